//! Sends a message to a user: to the main address that is stored now, or to the one that was named, in the language and
//! look that hold now.

use serde_json::{Map, Value};
use vestibule_authn::methods::email_code;
use vestibule_kernel::{
    Cx, JobId, StoreError, UserId,
    contact::{Email, Locale},
};
use vestibule_storage::{Channel, jobs::MessageKind};
use vestibule_users::User;

use super::{
    Attempt,
    deliveries::{Ended, Note},
};
use crate::{App, mail, ports::Recipient};

/// Renders and hands over one message. A user or realm that is gone gets none.
pub(super) async fn send_message(
    app: &App,
    cx: &Cx,
    job: JobId,
    (user, to, asked_in): (UserId, Option<&Email>, Option<&Locale>),
    (message, data): (MessageKind, &Map<String, Value>),
) -> Result<Ended, StoreError> {
    let Some(realm) = app.snapshots.by_id(cx.realm).await? else { return Ok((Attempt::Done, None)) };
    let mut tx = app.store.read(cx).await?;
    let user = tx.users().find_user(user).await?;
    tx.commit().await?;
    // Somebody who was erased is told so at the address they had; who is invited is nobody yet.
    let of_nobody = matches!(message, MessageKind::AccountDeleted | MessageKind::InvitationToSignUp);
    if user.is_none() && !of_nobody {
        return Ok((Attempt::Done, None));
    }
    let main = user.as_ref().and_then(User::primary_email).map(|address| address.email.clone());
    let Some(to) = to.cloned().or(main) else { return Ok((Attempt::Done, None)) };
    let name = user.as_ref().and_then(|user| user.profile.text("name")).map(str::to_owned);
    let locale = user.as_ref().and_then(|user| user.locale.as_ref()).or(asked_in).cloned();
    let recipient = Recipient { to, name, locale };

    // The same for every attempt, so that a receiver can drop the second copy.
    let host = app.installation.public_url.host_str().unwrap_or("localhost");
    let letter = match app.renderer.render(&realm, &recipient, message, data, format!("{job}@{host}")) {
        Ok(letter) => letter,
        Err(error) => return Ok((Attempt::Never(error.to_string()), None)),
    };
    let note = Note {
        user: user.map(|user| user.id),
        channel: Channel::Email,
        message: message.name(),
        recipient: email_code::masked(&letter.to),
        outcome: mail::send(app, cx, &realm, &letter).await?,
    };
    Ok(note.ended())
}
