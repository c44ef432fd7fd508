//! Sends a message to a user: to the address that is stored now, in the language and look that hold now.

use serde_json::{Map, Value};
use vestibule_authn::methods::email_code;
use vestibule_kernel::{Cx, JobId, StoreError, UserId, contact::Locale};
use vestibule_storage::{Channel, jobs::MessageKind};

use super::{
    Attempt,
    deliveries::{Ended, Note},
};
use crate::{App, ports::Recipient};

/// Renders and hands over one message. A user or realm that is gone gets none.
pub(super) async fn send_message(
    app: &App,
    cx: &Cx,
    job: JobId,
    (user, asked_in): (UserId, Option<&Locale>),
    (message, data): (MessageKind, &Map<String, Value>),
) -> Result<Ended, StoreError> {
    let Some(realm) = app.snapshots.by_id(cx.realm).await? else { return Ok((Attempt::Done, None)) };
    let mut tx = app.store.read(cx).await?;
    let user = tx.users().find_user(user).await?;
    tx.commit().await?;
    let Some(user) = user else { return Ok((Attempt::Done, None)) };
    let Some(address) = user.primary_email() else { return Ok((Attempt::Done, None)) };
    let name = user.profile.text("name").map(str::to_owned);
    let locale = user.locale.as_ref().or(asked_in).cloned();
    let recipient = Recipient { to: address.email.clone(), name, locale };

    // The same for every attempt, so that a receiver can drop the second copy.
    let host = app.installation.public_url.host_str().unwrap_or("localhost");
    let mail = match app.renderer.render(&realm, &recipient, message, data, format!("{job}@{host}")) {
        Ok(mail) => mail,
        Err(error) => return Ok((Attempt::Never(error.to_string()), None)),
    };
    let note = Note {
        user: Some(user.id),
        channel: Channel::Email,
        message: message.name(),
        recipient: email_code::masked(&mail.to),
        outcome: app.mailer.send(cx.realm, &mail).await,
    };
    Ok(note.ended())
}
