//! Sends the code and link of a challenge while it waits for its answer. One that is over, answered or for nobody is
//! dropped: a late code helps no one.

use serde_json::{Map, Value};
use vestibule_authn::{
    ChallengePurpose, StoredChallenge,
    method::Delivery,
    methods::{email_code, phone_code},
};
use vestibule_kernel::{
    ChallengeId, Cx, JobId, StoreError, Timestamp,
    contact::Locale,
    ports::{MailOutcome, Sms},
};
use vestibule_storage::{
    Channel,
    jobs::{MessageKind, SmsKind},
    texts::slot_of,
};

use super::{
    Attempt,
    deliveries::{Ended, Note},
};
use crate::{
    App, RealmSnapshot, challenge, mail,
    ports::{Recipient, RenderError},
    sms,
    texting::{self, Full},
};

/// Renders and hands over one message.
pub(super) async fn send_challenge(
    app: &App,
    cx: &Cx,
    job: JobId,
    (id, asked_in): (ChallengeId, Option<&Locale>),
) -> Result<Ended, StoreError> {
    let Some(realm) = app.snapshots.by_id(cx.realm).await? else { return Ok((Attempt::Done, None)) };
    let mut tx = app.store.read(cx).await?;
    let found = tx.challenges().find_challenge(id).await?;
    let user = match found.as_ref().and_then(|challenge| challenge.user) {
        Some(user) => tx.users().find_user(user).await?,
        None => None,
    };
    tx.commit().await?;
    let Some(stored) = found.filter(|challenge| challenge.is_open(cx.now)) else {
        return Ok((Attempt::Done, None));
    };
    let opened = challenge::open(app, cx.realm, &stored)?;
    let Some(delivery) = &opened.delivery else { return Ok((Attempt::Done, None)) };
    let (Delivery::Email { code, .. } | Delivery::Sms { code, .. }) = delivery;

    let mut data = Map::new();
    data.insert("code".to_owned(), Value::String(code.expose().to_owned()));
    let minutes = (stored.expires_at - stored.created_at).num_minutes();
    data.insert("minutes".to_owned(), Value::String(minutes.to_string()));
    if let Some(token) = &opened.link {
        let link = realm.issuer.url(&format!("/flow/link/{}", token.expose()));
        data.insert("link".to_owned(), Value::String(link));
    }
    let locale = user.as_ref().and_then(|user| user.locale.as_ref()).or(asked_in).cloned();
    let name = user.as_ref().and_then(|user| user.profile.text("name")).map(str::to_owned);
    // The same for every attempt, so that a receiver can drop the second copy.
    let host = app.installation.public_url.host_str().unwrap_or("localhost");
    let message_id = format!("{job}@{host}");
    let user = user.map(|user| user.id);
    let note = match delivery {
        Delivery::Email { to, .. } => {
            let recipient = Recipient { to: to.clone(), name, locale };
            match letter(app, &realm, &recipient, &stored, &data, message_id) {
                Ok(letter) => Note {
                    user,
                    channel: Channel::Email,
                    message: mail_kind(stored.purpose).name(),
                    recipient: email_code::masked(to),
                    outcome: mail::send(app, cx, &realm, &letter).await?,
                },
                Err(error) => return Ok((Attempt::Never(error.to_string()), None)),
            }
        }
        Delivery::Sms { to, .. } => {
            let exists = opened.pending.as_ref() == Some(&challenge::account_exists());
            let kind = if exists { SmsKind::AccountExists } else { sms_kind(stored.purpose) };
            if exists {
                // There is no code to answer with.
                data.clear();
            }
            let text = match app.renderer.render_sms(&realm, locale.as_ref(), kind, &data) {
                Ok(text) => text,
                Err(error) => return Ok((Attempt::Never(error.to_string()), None)),
            };
            let sms = Sms { message_id, to: to.clone(), text };
            let outcome = text_within_budget(app, cx, &realm, (&sms, stored.created_at)).await?;
            let (message, recipient) = (kind.name(), phone_code::masked(to));
            Note { user, channel: Channel::Sms, message, recipient, outcome }
        }
    };
    Ok(note.ended())
}

/// Sends a text message unless the budget is spent by now or its block of numbers was stopped, and counts it once it was
/// handed over. Workers that send at the same time may each send one over the budget.
async fn text_within_budget(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (message, made): (&Sms, Timestamp),
) -> Result<MailOutcome, StoreError> {
    let block = texting::block_of(app, &message.to);
    let mut tx = app.store.read(cx).await?;
    let full = texting::full(realm, tx.as_mut(), Some(&block), cx.now).await?;
    tx.commit().await?;
    match full {
        Some(Full::Budget) => {
            let why = "the realm's budget of text messages is used up";
            return Ok(MailOutcome::Rejected(why.to_owned()));
        }
        Some(Full::Stopped(figures)) => {
            texting::note_stopped(app, cx, (&block, figures)).await?;
            let why = "too few codes to numbers like this one were answered";
            return Ok(MailOutcome::Rejected(why.to_owned()));
        }
        None => {}
    }
    let outcome = sms::send(app, cx, realm, message).await?;
    if matches!(outcome, MailOutcome::Sent(_)) {
        let mut tx = app.store.write(cx).await?;
        tx.text_counts().count_text_sent(&block, slot_of(made)).await?;
        tx.commit().await?;
    }
    Ok(outcome)
}

fn letter(
    app: &App,
    realm: &RealmSnapshot,
    recipient: &Recipient,
    stored: &StoredChallenge,
    data: &Map<String, Value>,
    message_id: String,
) -> Result<vestibule_kernel::ports::Mail, RenderError> {
    app.renderer.render(realm, recipient, mail_kind(stored.purpose), data, message_id)
}

const fn mail_kind(purpose: ChallengePurpose) -> MessageKind {
    match purpose {
        ChallengePurpose::Prove => MessageKind::SignInCode,
        ChallengePurpose::Recover => MessageKind::RecoverPassword,
        ChallengePurpose::VerifyContact | ChallengePurpose::Enrol | ChallengePurpose::Undo => {
            MessageKind::VerifyEmail
        }
    }
}

const fn sms_kind(purpose: ChallengePurpose) -> SmsKind {
    match purpose {
        ChallengePurpose::Prove | ChallengePurpose::Recover => SmsKind::SignInCode,
        ChallengePurpose::VerifyContact | ChallengePurpose::Enrol | ChallengePurpose::Undo => {
            SmsKind::VerifyPhone
        }
    }
}
