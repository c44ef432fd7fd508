//! Notices about an account. They go to every address that is proven to be its owner's, so that whoever took one of
//! them cannot hide what they do (NIST SP 800-63B-4 §4.6).

use chrono::SecondsFormat;
use serde_json::{Map, Value};
use vestibule_kernel::{
    Cx, JobId, StoreError, UserId,
    contact::{Email, Locale},
};
use vestibule_storage::{Job, RealmTx, jobs::MessageKind};
use vestibule_users::User;

use crate::App;

/// Where notices to a user go: each proven address, or the main one of somebody who has proven none.
pub(crate) fn addresses(user: &User) -> Vec<Email> {
    let proven = user.emails.iter().filter(|address| address.verified_at.is_some());
    let proven: Vec<Email> = proven.map(|address| address.email.clone()).collect();
    if proven.is_empty() {
        user.primary_email().map(|main| main.email.clone()).into_iter().collect()
    } else {
        proven
    }
}

/// The values of a message.
pub(crate) fn values<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))).collect()
}

/// The time of the request, for the values of a message.
pub(crate) fn time(cx: &Cx) -> (&'static str, String) {
    ("time", cx.now.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Queues a notice to each of the addresses; whether there was any. The language is the one in which whoever caused it
/// was served, if that was the user.
pub(crate) async fn tell_at(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    (user, to): (UserId, &[Email]),
    (message, data, locale): (MessageKind, &Map<String, Value>, Option<Locale>),
) -> Result<bool, StoreError> {
    for email in to {
        let (to, data, locale) = (Some(email.clone()), data.clone(), locale.clone());
        let job = Job::SendMessage { user, to, message, data, locale };
        tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(cx.now)), &job, cx.now).await?;
    }
    Ok(!to.is_empty())
}

/// Queues a notice about what a user did themselves to all their addresses.
pub(crate) async fn tell(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    user: &User,
    (message, data): (MessageKind, Map<String, Value>),
) -> Result<bool, StoreError> {
    let locale = cx.origin.language.clone();
    tell_at(app, cx, tx, (user.id, &addresses(user)), (message, &data, locale)).await
}
