//! The built-in realm of the installation's operators: there before anybody asks, made once however many servers
//! start together, and never set back once an operator changed it.

use std::collections::BTreeSet;

use vestibule_kernel::{Changed, ClientId, RealmId, StoreError};
use vestibule_oauth::{
    Client, ClientAuthMethod, ClientKind, ClientMetadata, GrantType, Verification, scope::ADMIN_SCOPES,
};
use vestibule_realms::{Realm, RealmSettings, Slug, realm::OPERATORS_SLUG};

use crate::{App, admin::AdminFailure, keys};

/// The public client through which operators get tokens: command line tools and, later, the console.
pub const CONSOLE_CLIENT: &str = "vestibule-console";

/// Makes sure that the operators' realm, its keys and its console client exist. Changes nothing that is there.
///
/// # Errors
/// The store or the signing library failed.
pub async fn bootstrap(app: &App) -> Result<RealmId, AdminFailure> {
    let settings =
        RealmSettings { display_name: "Vestibule operators".to_owned(), ..RealmSettings::default() };
    let slug = Slug::parse(OPERATORS_SLUG)
        .map_err(|error: vestibule_realms::RealmError| AdminFailure::invalid("/realm/slug", error))?;
    let (realm, _) = ensure_realm(app, &slug, Vec::new(), settings).await?;
    let cx = app.system_cx(realm.id);
    let console = console_client()?;

    let mut tx = app.store.read(&cx).await?;
    let keys = tx.keys().list_keys().await?;
    let has_console = tx.clients().find_client(&console).await?.is_some();
    tx.commit().await?;
    let generated = keys::generate_missing(app, realm.id, &realm.settings, &keys).await?;
    if generated.is_empty() && has_console {
        return Ok(realm.id);
    }

    let mut tx = app.store.write(&cx).await?;
    // Takes the realm's row: of two servers that start together the second sees what the first did.
    tx.realm().touch_config().await?;
    keys::save_missing(tx.as_mut(), generated, cx.now).await?;
    if tx.clients().find_client(&console).await?.is_none() {
        let client =
            Client::create(console, console_metadata(), Verification::Verified, Vec::new(), None, cx.now);
        tx.clients().save_client(client).await?;
    }
    tx.commit().await?;
    app.snapshots.refresh(realm.id).await?;
    Ok(realm.id)
}

/// The realm with this slug, made now if there is none; true if it was made. Of two callers one makes it and both get
/// it.
///
/// # Errors
/// Hosts or settings break a rule, or the store failed.
pub(crate) async fn ensure_realm(
    app: &App,
    slug: &Slug,
    hosts: Vec<String>,
    settings: RealmSettings,
) -> Result<(Realm, bool), AdminFailure> {
    if let Some(realm) = find_realm(app, slug).await? {
        return Ok((realm, false));
    }
    match create_realm(app, slug.clone(), hosts, settings).await {
        Ok(realm) => Ok((realm, true)),
        Err(AdminFailure::Conflict(reason)) => match find_realm(app, slug).await? {
            Some(realm) => Ok((realm, false)),
            None => Err(AdminFailure::Conflict(reason)),
        },
        Err(other) => Err(other),
    }
}

pub(crate) async fn find_realm(app: &App, slug: &Slug) -> Result<Option<Realm>, StoreError> {
    let mut tx = app.store.system(&app.above_realms()).await?;
    let realm = tx.directory().find_realm_by_slug(slug).await?;
    tx.rollback().await?;
    Ok(realm)
}

async fn create_realm(
    app: &App,
    slug: Slug,
    hosts: Vec<String>,
    settings: RealmSettings,
) -> Result<Realm, AdminFailure> {
    let cx = app.above_realms();
    let id = RealmId::from_uuid(app.entropy.uuid(cx.now));
    let change: Changed<Realm> = Realm::create(id, slug, hosts, settings, cx.now)
        .map_err(|error: vestibule_realms::RealmError| AdminFailure::invalid("/realm", error))?;
    let realm = change.value.clone();
    let mut tx = app.store.system(&cx).await?;
    tx.directory().create_realm(change).await?;
    tx.commit().await?;
    Ok(realm)
}

fn console_client() -> Result<ClientId, AdminFailure> {
    ClientId::parse(CONSOLE_CLIENT)
        .map_err(|error: vestibule_kernel::ids::IdError| AdminFailure::invalid("/client_id", error))
}

/// Loopback redirects on any port (RFC 8252 §7.3), no secret, no consent page: it belongs to the installation. What a
/// token carries is still bounded by what its user holds.
fn console_metadata() -> ClientMetadata {
    let scope = format!("openid profile email offline_access {}", ADMIN_SCOPES.join(" "));
    ClientMetadata {
        client_name: "Vestibule console".to_owned(),
        application_type: ClientKind::Native,
        redirect_uris: vec!["http://127.0.0.1/callback".to_owned(), "http://[::1]/callback".to_owned()],
        grant_types: BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
        token_endpoint_auth_method: ClientAuthMethod::None,
        scope,
        require_consent: false,
        ..ClientMetadata::default()
    }
}
