//! The demo's realms: realm documents imported through the use case everybody imports with. What people changed in them
//! stays; they are imported again only when the demo moved to another address.

use anyhow::{Context, Result, anyhow};
use vestibule_federation::{ConnectionKey, FederationEvent};
use vestibule_kernel::{Digest, PageRequest, Secret};
use vestibule_usecases::{App, admin::realm_document::DocumentFormat};
use vestibule_users::UserFilter;

use super::{DemoSecrets, PARTNER, REALM};
use crate::commands::realm::import;

const DOCUMENT: &str = include_str!("../../demo/acme.toml");
const PARTNER_DOCUMENT: &str = include_str!("../../demo/partner.toml");

/// The password of every seeded customer. They are invented people in a realm of this machine; no operator or
/// administrator has it.
pub(crate) const PASSWORD: &str = "try-the-demo-now";

/// [`PASSWORD`] under Argon2id m=19456,t=2,p=1, so that starting does not wait for one hash per person.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$QkQyVkhYeVpicXg2cTFtaA$QGt3LDUzI2rsSQBi12NBHI91OETndsW3bPR9NWv4wDU";

/// What a realm holds after seeding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) users: usize,
    pub(crate) clients: usize,
}

/// What the realms hold after seeding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seeded {
    pub(crate) acme: Counted,
    pub(crate) partner: Counted,
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
        Self {
            insights: derive("partner-insights"),
            service: derive("stock-sync"),
            partner: derive("acme at partner"),
        }
    }
}

/// Makes the realms if they are missing, or brings them to the address of this start.
pub(crate) async fn seed(app: &App, secrets: &DemoSecrets) -> Result<Seeded> {
    let origin = app.installation.public_url.as_str().trim_end_matches('/').to_owned();
    let before = app.snapshots.by_slug(REALM).await?;
    let upstream = format!("{origin}/realms/{PARTNER}");
    let key = ConnectionKey::parse(PARTNER)?;
    let connection = before.as_ref().and_then(|realm| realm.connection(&key));
    let in_place = connection
        .is_some_and(|connection| connection.settings.endpoints.issuer.as_deref() == Some(upstream.as_str()));
    if !in_place {
        if let (Some(realm), Some(connection)) = (&before, connection) {
            // People at the old address are nobody at the new one.
            let mut tx = app.store.write(&app.system_cx(realm.realm.id)).await?;
            let (id, identities) = (connection.id, tx.federation().count_identities(connection.id).await?);
            let event = FederationEvent::ConnectionDeleted { id, key, identities };
            tx.federation().delete_connection(id, event.into()).await?;
            tx.commit().await?;
        }
        for (slug, document) in [(PARTNER, PARTNER_DOCUMENT), (REALM, DOCUMENT)] {
            let document = document
                .replace("{{origin}}", &origin)
                .replace("{{insights_secret}}", secrets.insights.expose())
                .replace("{{service_secret}}", secrets.service.expose())
                .replace("{{partner_secret}}", secrets.partner.expose())
                .replace("{{password_hash}}", PASSWORD_HASH);
            import(app, &document, DocumentFormat::Toml)
                .await
                .map_err(|why| anyhow!("the demo's realm {slug}: {why}"))?;
        }
    }
    let acme = count(app, REALM).await?;
    let partner = count(app, PARTNER).await?;
    Ok(Seeded { acme, partner, fresh: before.is_none() })
}

async fn count(app: &App, slug: &str) -> Result<Counted> {
    let realm = app.snapshots.by_slug(slug).await?.context("a realm of the demo is missing")?;
    let mut tx = app.store.read(&app.system_cx(realm.realm.id)).await?;
    let users =
        tx.users().list_users(&UserFilter::default(), &PageRequest::new(PageRequest::MAX, None)).await?;
    tx.commit().await?;
    Ok(Counted { users: users.items.len(), clients: realm.clients.len() })
}
