//! The demo's realm: a realm document imported through the use case everybody imports with. What people changed in it
//! stays; it is imported again only when the demo moved to another address.

use anyhow::{Context, Result, anyhow};
use vestibule_kernel::{ClientId, Digest, PageRequest, Secret};
use vestibule_usecases::{App, admin::realm_document::DocumentFormat};
use vestibule_users::UserFilter;

use super::{DemoSecrets, REALM};
use crate::commands::realm::import;

const DOCUMENT: &str = include_str!("../../demo/acme.toml");

/// The password of every seeded customer. They are invented people in a realm of this machine; no operator or
/// administrator has it.
pub(crate) const PASSWORD: &str = "try-the-demo-now";

/// [`PASSWORD`] under Argon2id m=19456,t=2,p=1, so that starting does not wait for one hash per person.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$QkQyVkhYeVpicXg2cTFtaA$QGt3LDUzI2rsSQBi12NBHI91OETndsW3bPR9NWv4wDU";

/// What the realm holds after seeding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seeded {
    pub(crate) users: usize,
    pub(crate) clients: usize,
    /// Whether the realm was made just now.
    pub(crate) fresh: bool,
}

impl DemoSecrets {
    /// Secrets of the demo's clients, different in each installation: derived from its master key, so that they need
    /// no file of their own.
    pub(crate) fn derive(master_key: &Secret) -> Self {
        let derive = |client: &str| {
            let text = format!("vestibule demo client\n{client}\n{}", master_key.expose());
            let digest = Digest::of(text.as_bytes());
            Secret::new(base64::Engine::encode(
                &base64::engine::general_purpose::URL_SAFE_NO_PAD,
                digest.as_bytes(),
            ))
        };
        Self { insights: derive("partner-insights"), service: derive("stock-sync") }
    }
}

/// Makes the realm if it is missing, or brings it to the address of this start.
pub(crate) async fn seed(app: &App, secrets: &DemoSecrets) -> Result<Seeded> {
    let origin = app.installation.public_url.as_str().trim_end_matches('/').to_owned();
    let before = app.snapshots.by_slug(REALM).await?;
    let callback = format!("{origin}/demo/shop/callback");
    let shop = ClientId::parse("acme-shop")?;
    let in_place = before
        .as_ref()
        .and_then(|realm| realm.client(&shop))
        .is_some_and(|client| client.metadata.redirect_uris.contains(&callback));
    if !in_place {
        let document = DOCUMENT
            .replace("{{origin}}", &origin)
            .replace("{{insights_secret}}", secrets.insights.expose())
            .replace("{{service_secret}}", secrets.service.expose())
            .replace("{{password_hash}}", PASSWORD_HASH);
        import(app, &document, DocumentFormat::Toml)
            .await
            .map_err(|why| anyhow!("the demo's realm: {why}"))?;
    }
    let realm =
        app.snapshots.by_slug(REALM).await?.context("the demo's realm is missing after its import")?;
    let mut tx = app.store.read(&app.system_cx(realm.realm.id)).await?;
    let users =
        tx.users().list_users(&UserFilter::default(), &PageRequest::new(PageRequest::MAX, None)).await?;
    tx.commit().await?;
    Ok(Seeded { users: users.items.len(), clients: realm.clients.len(), fresh: before.is_none() })
}
