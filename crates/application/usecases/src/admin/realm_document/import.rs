//! Brings a realm in line with a document. Everything is checked, keys are made and passwords hashed before the first
//! transaction; settings, keys, clients and connections commit together; seed users follow in batches. Importing twice changes
//! nothing.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use vestibule_authn::{CredentialKind, PasswordHash};
use vestibule_kernel::{Changed, Cx, Digest, EventRecord, RealmId, Secret, SystemCx, UserId};
use vestibule_realms::{CleanPicture, PictureSlot, Realm, RealmSecret, RealmSettings, SecretName, Theme};
use vestibule_storage::RealmTx;

use super::{
    RealmDocument, RealmEntry,
    apply::{self, Outcome, PreparedClient},
    connections::{self, PreparedConnection},
    people::{self, Person, SeedPassword},
    pictures, secrets,
};
use crate::{
    App,
    admin::{AdminFailure, Ceiling, bootstrap, client_rules, passwords, themes},
    keys, secrets as realm_secrets,
};

/// Most clients of a document.
pub const MAX_CLIENTS: usize = 2_000;
/// Most secrets of a document.
const MAX_SECRETS: usize = 200;
/// Most users of a document.
pub const MAX_USERS: usize = 10_000;
/// Users stored in one transaction.
const BATCH: usize = 200;

/// How many entries of a kind were created, brought in line, or left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New ones.
    pub created: u64,
    /// Those brought in line.
    pub updated: u64,
    /// Those that were as the document says.
    pub unchanged: u64,
}

impl Counts {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }

    fn changed(self) -> bool {
        self.created + self.updated > 0
    }
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The realm.
    pub realm_id: RealmId,
    /// Its slug.
    pub realm: String,
    /// Whether the realm is new.
    pub realm_created: bool,
    /// Whether settings or hosts changed.
    pub settings_changed: bool,
    /// Signing keys made because an algorithm had none.
    pub keys_created: u64,
    /// Secrets set because the realm had none of that name, or another value.
    pub secrets_set: u64,
    /// Whether a new revision of the look was published.
    pub theme_published: bool,
    /// Pictures.
    pub pictures: Counts,
    /// Clients.
    pub clients: Counts,
    /// Connections to upstream providers.
    pub connections: Counts,
    /// Users.
    pub users: Counts,
    /// Passwords given to users who had none.
    pub passwords_set: u64,
}

impl ImportReport {
    /// Whether anything changed.
    pub fn changed(&self) -> bool {
        self.realm_created
            || self.settings_changed
            || self.keys_created > 0
            || self.secrets_set > 0
            || self.theme_published
            || self.pictures.changed()
            || self.clients.changed()
            || self.connections.changed()
            || self.users.changed()
            || self.passwords_set > 0
    }
}

/// A document that passed every check that needs no database.
struct Checked {
    realm: RealmEntry,
    settings: RealmSettings,
    secrets: Vec<(SecretName, Secret)>,
    theme: Option<Theme>,
    pictures: BTreeMap<PictureSlot, CleanPicture>,
    clients: Vec<PreparedClient>,
    connections: Vec<PreparedConnection>,
    people: Vec<Person>,
}

/// Imports a document whose secret references were resolved.
///
/// # Errors
/// [`AdminFailure::Invalid`] names the first value that breaks a rule; [`AdminFailure::Ceiling`] when the document
/// would hand out, or overwrite somebody with, more than the caller holds. Nothing is stored in either case, except
/// that users of earlier batches stay when a later one conflicts; importing again goes on from there.
pub async fn import(
    app: &App,
    cx: &SystemCx,
    document: RealmDocument,
    ceiling: Ceiling<'_>,
) -> Result<ImportReport, AdminFailure> {
    let mut document = document;
    let entries = std::mem::take(&mut document.pictures);
    let mut checked = check(document, cx, ceiling, UserId::from_uuid(app.entropy.uuid(cx.now)))?;
    if let Some(theme) = &checked.theme {
        themes::check(app, theme).await.map_err(|failure| failure.below("/theme"))?;
    }
    checked.pictures = pictures::prepare(app, entries).await?;
    let (realm, created) = bootstrap::ensure_realm(
        app,
        &checked.realm.slug,
        checked.realm.hosts.clone(),
        checked.settings.clone(),
    )
    .await?;
    let cx = cx.in_realm(realm.id);
    let mut report = ImportReport {
        realm_id: realm.id,
        realm: realm.slug.to_string(),
        realm_created: created,
        settings_changed: false,
        keys_created: 0,
        secrets_set: 0,
        theme_published: false,
        pictures: Counts::default(),
        clients: Counts::default(),
        connections: Counts::default(),
        users: Counts::default(),
        passwords_set: 0,
    };
    let configured = configure(app, &cx, &checked, ceiling, &mut report).await;
    if let Err(failure) = configured {
        if created {
            give_up(app, &cx, &realm).await;
        }
        return Err(failure);
    }
    app.snapshots.refresh(realm.id).await?;
    for batch in checked.people.chunks(BATCH) {
        seed(app, &cx, &checked.settings, batch, ceiling, &mut report).await?;
    }
    Ok(report)
}

fn check(
    document: RealmDocument,
    cx: &SystemCx,
    ceiling: Ceiling<'_>,
    probe: UserId,
) -> Result<Checked, AdminFailure> {
    if document.clients.len() > MAX_CLIENTS {
        return Err(AdminFailure::invalid("/clients", format!("at most {MAX_CLIENTS} in one document")));
    }
    if document.users.len() > MAX_USERS {
        return Err(AdminFailure::invalid("/users", format!("at most {MAX_USERS} in one document")));
    }
    if document.secrets.len() > MAX_SECRETS {
        return Err(AdminFailure::invalid("/secrets", format!("at most {MAX_SECRETS} in one document")));
    }
    let mut own_secrets = secrets::values(document.secrets)?;
    let connections = connections::prepare(document.connections, &mut own_secrets)?;
    document.settings.check().map_err(|error| AdminFailure::invalid("/settings", error))?;
    let mut clients: Vec<PreparedClient> = Vec::with_capacity(document.clients.len());
    for (index, entry) in document.clients.into_iter().enumerate() {
        let pointer = format!("/clients/{index}");
        if clients.iter().any(|other| other.entry.client_id == entry.client_id) {
            return Err(AdminFailure::invalid(pointer, "the client_id appears twice in the document"));
        }
        ceiling.admit_client(&pointer, &entry.metadata)?;
        client_rules::check(&entry.metadata, &document.settings, &pointer)?;
        let secrets = secrets::stored(&entry, &pointer, cx.now)?;
        clients.push(PreparedClient { entry, secrets });
    }
    let people = people::check(document.users, &document.settings, ceiling, probe, cx.now)?;
    for person in &people {
        person.seed_password()?;
    }
    Ok(Checked {
        realm: document.realm,
        settings: document.settings,
        secrets: own_secrets,
        theme: document.theme,
        pictures: BTreeMap::new(),
        clients,
        connections,
        people,
    })
}

/// Settings, keys, clients and connections: one transaction.
async fn configure(
    app: &App,
    cx: &Cx,
    checked: &Checked,
    ceiling: Ceiling<'_>,
    report: &mut ImportReport,
) -> Result<(), AdminFailure> {
    let mut tx = app.store.read(cx).await?;
    let present = tx.keys().list_keys().await?;
    let new_secrets = changed_secrets(app, cx, tx.as_mut(), &checked.secrets).await?;
    tx.commit().await?;
    let generated = keys::generate_missing(app, cx.realm, &checked.settings, &present).await?;

    let mut tx = app.store.write(cx).await?;
    // Takes the realm's row: what is compared below stays true until the commit.
    tx.realm().touch_config().await?;
    let realm = tx.realm().get_realm().await?;
    if realm.hosts != checked.realm.hosts || realm.settings != checked.settings {
        let change = realm
            .reconfigure(checked.realm.hosts.clone(), checked.settings.clone(), cx.now)
            .map_err(|error| AdminFailure::invalid("/realm", error))?;
        tx.realm().save_realm(change).await?;
        report.settings_changed = true;
    }
    report.keys_created = keys::save_missing(tx.as_mut(), generated, cx.now).await?;
    for secret in new_secrets {
        tx.secrets().save_secret(secret).await?;
        report.secrets_set += 1;
    }
    if let Some(theme) = &checked.theme {
        report.theme_published = themes::apply(tx.as_mut(), theme, cx.now).await?;
    }
    for (slot, clean) in &checked.pictures {
        report.pictures.count(pictures::apply(tx.as_mut(), (*slot, clean.clone()), cx.now).await?);
    }
    for client in &checked.clients {
        report.clients.count(apply::apply_client(tx.as_mut(), client, ceiling, cx.now).await?);
    }
    for entry in checked.connections.iter().enumerate() {
        report.connections.count(connections::apply(app, cx, tx.as_mut(), entry).await?);
    }
    if !report.changed() {
        tx.rollback().await?;
        return Ok(());
    }
    let summary = json!({
        "settings": report.settings_changed,
        "secrets_set": report.secrets_set,
        "theme_published": report.theme_published,
        "pictures_set": report.pictures.created + report.pictures.updated,
        "clients_created": report.clients.created,
        "clients_updated": report.clients.updated,
        "connections_created": report.connections.created,
        "connections_updated": report.connections.updated,
        "users_listed": checked.people.len(),
    });
    tx.events().append_event(EventRecord::about("realm.imported", "realm", cx.realm, summary)).await?;
    tx.commit().await?;
    Ok(())
}

/// The secrets whose value differs from the stored one, sealed anew.
async fn changed_secrets(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    wanted: &[(SecretName, Secret)],
) -> Result<Vec<Changed<RealmSecret>>, AdminFailure> {
    let mut changed = Vec::new();
    for (name, value) in wanted {
        let stored = tx.secrets().find_secret(name).await?;
        // One that does not open any more is replaced.
        let stored = stored.and_then(|secret| realm_secrets::open(app, cx, &secret).ok());
        let same = stored.is_some_and(|old| Digest::of(&old).matches(&value.digest()));
        if !same {
            changed.push(realm_secrets::seal(app, cx, name.clone(), value)?);
        }
    }
    Ok(changed)
}

/// A realm made by an import that failed would be in the way of the next attempt.
async fn give_up(app: &App, cx: &Cx, realm: &Realm) {
    let undo = async {
        let mut tx = app.store.system(&app.above_realms()).await?;
        tx.directory().delete_realm(realm.id).await?;
        tx.commit().await
    };
    if let Err(error) = undo.await {
        tracing::warn!(%error, realm.id = %cx.realm, "a half imported realm stays; import it again");
    }
}

/// One batch of users: passwords are hashed for those who have none, then the batch is stored at once.
async fn seed(
    app: &App,
    cx: &Cx,
    settings: &RealmSettings,
    batch: &[Person],
    ceiling: Ceiling<'_>,
    report: &mut ImportReport,
) -> Result<(), AdminFailure> {
    let mut tx = app.store.read(cx).await?;
    let mut needs_password = Vec::with_capacity(batch.len());
    for person in batch {
        let has_one = match apply::find_person(tx.as_mut(), person).await? {
            Some(user) => {
                tx.credentials().find_credential(user.id, CredentialKind::Password).await?.is_some()
            }
            None => false,
        };
        needs_password.push(!has_one);
    }
    tx.commit().await?;

    let mut hashes: Vec<Option<PasswordHash>> = Vec::with_capacity(batch.len());
    for (person, needed) in batch.iter().zip(needs_password) {
        hashes.push(match person.seed_password()?.filter(|_| needed) {
            None => None,
            Some(SeedPassword::Hash(hash)) => Some(hash),
            Some(SeedPassword::Plain(text)) => {
                Some(passwords::hash_in_bulk(app, &text, passwords::cost(settings)).await?)
            }
        });
    }

    let mut tx = app.store.write(cx).await?;
    let mut changed = false;
    for (person, hash) in batch.iter().zip(&hashes) {
        let outcome = apply::apply_person(app, tx.as_mut(), person, hash.as_ref(), ceiling, cx.now).await?;
        changed |= outcome.password_set || outcome.user != Outcome::Unchanged;
        report.users.count(outcome.user);
        report.passwords_set += u64::from(outcome.password_set);
    }
    if changed {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}
