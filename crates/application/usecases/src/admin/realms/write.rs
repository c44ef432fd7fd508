//! Creates a realm with its keys, and changes its hosts and settings.

use serde_json::{Map, Value};
use vestibule_realms::{Realm, RealmSettings, Slug};

use crate::{
    App,
    access::InstallationCx,
    admin::{
        AdminFailure, Ceiling, Precondition, bootstrap,
        realm_document::{self, PictureEntries, RealmDocument, RealmEntry},
        reconfigure::{Configuration, reconfigure},
        settings,
    },
};

/// What a realm is made of.
#[derive(Debug, Clone)]
pub struct NewRealm {
    /// Its slug.
    pub slug: Slug,
    /// Its own hosts.
    pub hosts: Vec<String>,
    /// Its settings.
    pub settings: RealmSettings,
}

/// Creates a realm that can issue tokens at once.
///
/// # Errors
/// [`AdminFailure::Conflict`] for a taken slug or host; see [`AdminFailure`].
pub async fn create(app: &App, operator: &InstallationCx, new: NewRealm) -> Result<Realm, AdminFailure> {
    if bootstrap::find_realm(app, &new.slug).await?.is_some() {
        return Err(AdminFailure::Conflict("another realm has this slug"));
    }
    let slug = new.slug.to_string();
    let document = RealmDocument {
        theme: None,
        pictures: PictureEntries::default(),
        realm: RealmEntry { slug: new.slug, hosts: new.hosts },
        settings: new.settings,
        secrets: std::collections::BTreeMap::new(),
        clients: Vec::new(),
        connections: Vec::new(),
        users: Vec::new(),
    };
    let report = realm_document::import(app, operator.system(), document, Ceiling::from(operator)).await?;
    if !report.realm_created {
        return Err(AdminFailure::Conflict("another realm has this slug"));
    }
    super::get(app, operator, &slug).await
}

/// Merges a patch of `hosts` and `settings` into a realm.
///
/// # Errors
/// See [`AdminFailure`].
pub async fn update(
    app: &App,
    operator: &InstallationCx,
    name: &str,
    mut patch: Map<String, Value>,
    precondition: &Precondition,
) -> Result<Realm, AdminFailure> {
    let realm = super::get(app, operator, name).await?;
    let hosts = match patch.remove("hosts") {
        None => None,
        Some(Value::Null) => Some(Vec::new()),
        Some(value) => {
            Some(serde_json::from_value(value).map_err(|error| AdminFailure::invalid("/hosts", error))?)
        }
    };
    let changes = settings::take_settings(&mut patch)?;
    reconfigure(app, &operator.system().in_realm(realm.id), precondition, |stored| {
        let settings = settings::patched(&stored.settings, changes)?;
        Ok(Configuration { hosts: hosts.unwrap_or_else(|| stored.hosts.clone()), settings })
    })
    .await
}
