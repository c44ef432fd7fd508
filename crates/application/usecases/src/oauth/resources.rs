//! Which resources are the realm's own: userinfo, the issuer, its admin API, and for the operators' realm the admin API
//! of every realm.

use std::collections::BTreeSet;

use url::Url;
use vestibule_kernel::StoreError;
use vestibule_oauth::{Client, resource::OwnResources};

use crate::{App, RealmSnapshot, access::admin::installation_resource};

const ADMIN_PATH: &str = "/admin/v1";

fn base(realm: &RealmSnapshot) -> OwnResources {
    let own_admin = realm.issuer.admin_resource();
    OwnResources {
        userinfo: realm.issuer.userinfo_resource(),
        issuer: realm.issuer.as_str().to_owned(),
        admin: BTreeSet::from([own_admin.clone()]),
        own_admin,
    }
}

/// The realm's own resources among those a request names.
pub(super) async fn named(
    app: &App,
    realm: &RealmSnapshot,
    asked: &[&str],
) -> Result<OwnResources, StoreError> {
    let mut own = base(realm);
    if !realm.realm.is_operators() {
        return Ok(own);
    }
    own.admin.insert(installation_resource(app));
    for resource in asked.iter().take(vestibule_oauth::resource::MAX_RESOURCES) {
        if !own.admin.contains(*resource) && is_admin_of_a_realm(app, resource).await? {
            own.admin.insert((*resource).to_owned());
        }
    }
    Ok(own)
}

/// The realm's own resources among those of a grant, which were checked when it was given. Asks nobody.
pub(super) fn granted(
    app: &App,
    realm: &RealmSnapshot,
    client: &Client,
    resources: &[String],
) -> OwnResources {
    let mut own = base(realm);
    if realm.realm.is_operators() {
        own.admin.insert(installation_resource(app));
        let admin = |resource: &&String| {
            resource.ends_with(ADMIN_PATH) && !client.metadata.resources.contains(resource)
        };
        own.admin.extend(resources.iter().filter(admin).cloned());
    }
    own
}

/// The resources of a grant that its client may still ask for.
pub(super) fn still_allowed(resources: &[String], client: &Client, own: &OwnResources) -> Vec<String> {
    let allowed = |resource: &&String| {
        own.admin.contains(*resource)
            || **resource == own.userinfo
            || **resource == own.issuer
            || client.metadata.resources.contains(resource)
    };
    resources.iter().filter(allowed).cloned().collect()
}

async fn is_admin_of_a_realm(app: &App, resource: &str) -> Result<bool, StoreError> {
    if resource.len() > 500 || !resource.ends_with(ADMIN_PATH) {
        return Ok(false);
    }
    let below = format!("{}/realms/", app.installation.public_url.as_str().trim_end_matches('/'));
    let slug = resource.strip_prefix(&below).and_then(|rest| rest.strip_suffix(ADMIN_PATH));
    let realm = match slug {
        Some(slug) => app.snapshots.by_slug(slug).await?,
        None => match Url::parse(resource).ok().as_ref().and_then(Url::host_str) {
            Some(host) => app.snapshots.by_host(host).await?,
            None => None,
        },
    };
    Ok(realm.is_some_and(|realm| realm.issuer.admin_resource() == resource))
}
