//! What became of messages of a realm, and whether mail works at all.

use std::time::Duration;

use serde_json::Map;
use vestibule_kernel::{JobId, Page, PageRequest, contact::Email, ports::MailOutcome};
use vestibule_storage::{Delivery, DeliveryFilter, jobs::MessageKind};

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
    ports::Recipient,
};

/// Test messages of a realm in an hour: enough to get a configuration right, too few to bother anybody with.
const TESTS_PER_HOUR: u32 = 10;

/// A page of deliveries, newest first.
///
/// # Errors
/// Needs `jobs:read`.
pub async fn list(
    app: &App,
    admin: &AdminCx,
    filter: DeliveryFilter,
    page: &PageRequest,
) -> Result<Page<Delivery>, AdminFailure> {
    admin.require(AdminScope::JOBS_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let deliveries = tx.deliveries().list_deliveries(filter, page).await?;
    tx.commit().await?;
    Ok(deliveries)
}

/// Sends a test message and returns what became of it, at once: it is not queued and not tried again.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::TooMany`] beyond ten in an hour.
pub async fn test_mail(app: &App, admin: &AdminCx, to: Email) -> Result<MailOutcome, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let key = format!("mail-test:{}", cx.realm);
    let quota = app.limiter.check(&key, TESTS_PER_HOUR, Duration::from_hours(1)).await;
    if !quota.allowed {
        return Err(AdminFailure::TooMany { retry_after_seconds: quota.reset.as_secs().max(1) });
    }
    let realm = app.snapshots.by_id(cx.realm).await?.ok_or(AdminFailure::NotFound("realm"))?;
    let host = app.installation.public_url.host_str().unwrap_or("localhost");
    let message_id = format!("{}@{host}", JobId::from_uuid(app.entropy.uuid(cx.now)));
    let recipient = Recipient { to, name: None, locale: None };
    let rendered = app.renderer.render(&realm, &recipient, MessageKind::MailTest, &Map::new(), message_id);
    Ok(match rendered {
        Ok(mail) => app.mailer.send(cx.realm, &mail).await,
        Err(error) => MailOutcome::Never(error.to_string()),
    })
}
