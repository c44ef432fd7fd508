//! One entry against the store, inside the import's transaction: created, brought in line, or left as it is.

use vestibule_authn::{Credential, CredentialKind, PasswordHash};
use vestibule_kernel::{CredentialId, Timestamp, UserId};
use vestibule_oauth::{Client, ClientSecret, OAuthEvent};
use vestibule_sessions::RevocationCause;
use vestibule_storage::RealmTx;
use vestibule_users::{NewUser, User, UserStatus};

use super::{
    ClientEntry,
    people::{self, Person},
};
use crate::{
    App,
    access::AdminScope,
    admin::{AdminFailure, Ceiling, access_end, users::keep_an_owner},
};

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is new.
    Created,
    /// It was brought in line.
    Updated,
    /// It was as the document says.
    Unchanged,
}

/// A client entry with its secrets as they are stored.
pub(super) struct PreparedClient {
    pub(super) entry: ClientEntry,
    pub(super) secrets: Vec<ClientSecret>,
}

/// Brings one client in line.
pub(super) async fn apply_client(
    tx: &mut dyn RealmTx,
    prepared: &PreparedClient,
    ceiling: Ceiling<'_>,
    now: Timestamp,
) -> Result<Outcome, AdminFailure> {
    let entry = &prepared.entry;
    let Some(existing) = tx.clients().find_client(&entry.client_id).await? else {
        let mut change = Client::create(
            entry.client_id.clone(),
            entry.metadata.clone(),
            entry.verification,
            prepared.secrets.clone(),
            None,
            now,
        );
        change.value.status = entry.status;
        tx.clients().save_client(change).await?;
        return Ok(Outcome::Created);
    };
    let keep_secrets = prepared.secrets.is_empty() || same_secrets(&existing.secrets, &prepared.secrets);
    let same = existing.metadata == entry.metadata
        && existing.status == entry.status
        && existing.verification == entry.verification
        && keep_secrets;
    if same {
        return Ok(Outcome::Unchanged);
    }
    ceiling.admit_client("/clients", &existing.metadata)?;
    let id = existing.id.clone();
    let mut client = existing;
    client.metadata = entry.metadata.clone();
    client.status = entry.status;
    client.verification = entry.verification;
    let mut events = vec![OAuthEvent::ClientUpdated { id: id.clone() }];
    if !keep_secrets {
        client.secrets.clone_from(&prepared.secrets);
        events.push(OAuthEvent::ClientSecretRotated { id });
    }
    let mut events = events.into_iter();
    if let Some(first) = events.next() {
        let change = events.fold(client.updated(first, now), vestibule_kernel::Changed::and);
        tx.clients().save_client(change).await?;
    }
    Ok(Outcome::Updated)
}

fn same_secrets(stored: &[ClientSecret], wanted: &[ClientSecret]) -> bool {
    let found = |secret: &ClientSecret, among: &[ClientSecret]| {
        among
            .iter()
            .any(|other| other.digest.matches(&secret.digest) && other.expires_at == secret.expires_at)
    };
    stored.len() == wanted.len() && wanted.iter().all(|secret| found(secret, stored))
}

/// What became of a user and of their password.
pub(super) struct PersonOutcome {
    pub(super) user: Outcome,
    pub(super) password_set: bool,
}

/// The stored user that an entry means: by id, else by any of its identifiers.
///
/// # Errors
/// The identifiers belong to different users, or to another user than the id.
pub(super) async fn find_person(tx: &mut dyn RealmTx, person: &Person) -> Result<Option<User>, AdminFailure> {
    let mut found: Option<User> = match person.entry.id {
        Some(id) => tx.users().find_user(id).await?,
        None => None,
    };
    for identifier in people::identifiers(&person.new) {
        let Some(user) = tx.users().find_user_by_identifier(&identifier).await? else { continue };
        let clashes = person.entry.id.is_some_and(|id| id != user.id)
            || found.as_ref().is_some_and(|known| known.id != user.id);
        if clashes {
            return Err(AdminFailure::Conflict("the identifiers of one entry belong to different users"));
        }
        found.get_or_insert(user);
    }
    Ok(found)
}

/// Brings one user in line and gives them the password if they have none.
pub(super) async fn apply_person(
    app: &App,
    tx: &mut dyn RealmTx,
    person: &Person,
    hash: Option<&PasswordHash>,
    ceiling: Ceiling<'_>,
    now: Timestamp,
) -> Result<PersonOutcome, AdminFailure> {
    let found = find_person(tx, person).await?;
    let held = found.as_ref().map(|user| user.admin_scopes.clone()).unwrap_or_default();
    let (id, user) = match found {
        None => (create(app, tx, person, now).await?, Outcome::Created),
        Some(user) => (user.id, update(app, tx, user, person, ceiling, now).await?),
    };
    let Some(hash) = hash else { return Ok(PersonOutcome { user, password_set: false }) };
    if tx.credentials().find_credential(id, CredentialKind::Password).await?.is_some() {
        return Ok(PersonOutcome { user, password_set: false });
    }
    ceiling.admit(&person.pointer, &held)?;
    let credential = CredentialId::from_uuid(app.entropy.uuid(now));
    tx.credentials().save_credential(Credential::password(credential, id, hash.clone(), now)).await?;
    Ok(PersonOutcome { user, password_set: true })
}

async fn create(
    app: &App,
    tx: &mut dyn RealmTx,
    person: &Person,
    now: Timestamp,
) -> Result<UserId, AdminFailure> {
    let id = person.entry.id.unwrap_or_else(|| UserId::from_uuid(app.entropy.uuid(now)));
    let mut change = User::create(id, person.new.clone(), now)
        .map_err(|error| AdminFailure::invalid(&person.pointer, error))?;
    change.value.status = person.entry.status;
    tx.users().save_user(change).await?;
    Ok(id)
}

async fn update(
    app: &App,
    tx: &mut dyn RealmTx,
    user: User,
    person: &Person,
    ceiling: Ceiling<'_>,
    now: Timestamp,
) -> Result<Outcome, AdminFailure> {
    let private_metadata = user.keeping_notes(person.new.private_metadata.clone());
    let patch = people::difference(&user, &NewUser { private_metadata, ..person.new.clone() });
    let status = person.entry.status;
    if patch.is_none() && user.status == status {
        return Ok(Outcome::Unchanged);
    }
    ceiling.admit(&person.pointer, &user.admin_scopes)?;
    let manage = AdminScope::REALMS_MANAGE.as_str();
    if status != UserStatus::Active || !person.new.admin_scopes.iter().any(|scope| scope == manage) {
        keep_an_owner(tx, &user).await?;
    }
    let mut user = user;
    if let Some(patch) = patch {
        let change =
            user.update(patch, now).map_err(|error| AdminFailure::invalid(&person.pointer, error))?;
        user = change.value.clone();
        tx.users().save_user(change).await?;
    }
    if user.status != status {
        let id = user.id;
        tx.users().save_user(user.set_status(status, Some("realm document"), now)).await?;
        if status != UserStatus::Active {
            access_end::end_access(app, tx, id, RevocationCause::AccountChanged, now).await?;
        }
    }
    Ok(Outcome::Updated)
}
