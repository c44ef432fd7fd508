//! What became of messages of a realm, and whether mail and text messages work at all.

use std::{sync::Arc, time::Duration};

use serde_json::Map;
use vestibule_kernel::{
    JobId, Page, PageRequest,
    contact::{Email, Phone},
    ports::{MailOutcome, Sms},
};
use vestibule_storage::{
    Delivery, DeliveryFilter,
    jobs::{MessageKind, SmsKind},
};

use crate::{
    App, RealmSnapshot,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
    mail,
    ports::Recipient,
    sms,
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
    let (realm, message_id) = prepare_test(app, admin, "mail-test").await?;
    let recipient = Recipient { to, name: None, locale: None };
    let rendered = app.renderer.render(&realm, &recipient, MessageKind::MailTest, &Map::new(), message_id);
    Ok(match rendered {
        Ok(letter) => mail::send(app, cx, &realm, &letter).await?,
        Err(error) => MailOutcome::Never(error.to_string()),
    })
}

/// Sends a test text message, as [`test_mail`] does.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::TooMany`] beyond ten in an hour.
pub async fn test_sms(app: &App, admin: &AdminCx, to: Phone) -> Result<MailOutcome, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let (realm, message_id) = prepare_test(app, admin, "sms-test").await?;
    Ok(match app.renderer.render_sms(&realm, None, SmsKind::Test, &Map::new()) {
        Ok(text) => sms::send(app, admin.cx(), &realm, &Sms { message_id, to, text }).await?,
        Err(error) => MailOutcome::Never(error.to_string()),
    })
}

/// Counts a test against the quota of its kind, and names its message.
async fn prepare_test(
    app: &App,
    admin: &AdminCx,
    kind: &str,
) -> Result<(Arc<RealmSnapshot>, String), AdminFailure> {
    let cx = admin.cx();
    let key = format!("{kind}:{}", cx.realm);
    let quota = app.limiter.check(&key, TESTS_PER_HOUR, Duration::from_hours(1)).await;
    if !quota.allowed {
        return Err(AdminFailure::TooMany { retry_after_seconds: quota.reset.as_secs().max(1) });
    }
    let realm = app.snapshots.by_id(cx.realm).await?.ok_or(AdminFailure::NotFound("realm"))?;
    let host = app.installation.public_url.host_str().unwrap_or("localhost");
    Ok((realm, format!("{}@{host}", JobId::from_uuid(app.entropy.uuid(cx.now)))))
}
