//! Which numbers get codes by text message: those of the countries that the realm names, and none that costs its sender
//! more than the usual. What is said about a number never depends on whether anybody here has it.

use std::time::Duration;

use vestibule_kernel::{Cx, PlannedPhone, StoreError, Timestamp, contact::Phone};
use vestibule_realms::{RealmEvent, settings::SmsLimits};
use vestibule_storage::{RealmTx, TextFigures};
use vestibule_users::User;

use crate::{
    App, RealmSnapshot,
    flow::{FlowError, limited, network_of},
};

const HOUR: Duration = Duration::from_hours(1);

/// Why no code is sent to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoText {
    /// Nothing was typed.
    #[error("a number is needed")]
    Missing,
    /// No numbering plan has it.
    #[error("this is no number that exists")]
    Malformed,
    /// Its country is not one of the realm's, or it is a number of a special price.
    #[error("no text messages go to numbers of this country")]
    Country,
    /// The realm's budget is used up, or too few codes to numbers like this one were answered.
    #[error("no text messages go there at the moment")]
    Unavailable,
}

/// Why no message goes out now, whatever the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The realm sent as many as it may.
    Budget,
    /// Too few of those to the block were answered.
    Stopped(TextFigures),
}

/// The block of numbers that somebody is counted under who has none.
const NO_BLOCK: &str = "+0";

/// Reads a number as a person typed it, and says whether codes go there.
pub(crate) fn accepted(app: &App, realm: &RealmSnapshot, typed: &str) -> Result<PlannedPhone, NoText> {
    if typed.trim().is_empty() {
        return Err(NoText::Missing);
    }
    let sms = &realm.realm.settings.sms;
    let planned = app.numbers.read(typed, sms.region.as_ref()).ok_or(NoText::Malformed)?;
    let named = planned.region.as_ref().is_some_and(|region| sms.countries.contains(region));
    if named && planned.usual { Ok(planned) } else { Err(NoText::Country) }
}

/// A number typed where somebody says who they are, in international form. Anything that does not look like a number is
/// left alone, and so are digits that no plan of the realm's region has: they may be a user name.
pub(crate) fn typed_phone(app: &App, realm: &RealmSnapshot, typed: &str) -> Option<Phone> {
    let typed = typed.trim();
    if typed.contains('@') || typed.chars().any(char::is_alphabetic) {
        return None;
    }
    let region = realm.realm.settings.sms.region.as_ref();
    let planned = app.numbers.read(typed, region).map(|planned| planned.phone);
    // An account may have a number that this build's plans do not know yet.
    planned.or_else(|| Phone::parse(typed).ok())
}

/// Whether a person can get codes: their main number is confirmed, and is one that codes go to.
pub(crate) fn reaches(app: &App, realm: &RealmSnapshot, user: &User) -> bool {
    let main = user.primary_phone().filter(|number| number.verified_at.is_some());
    main.is_some_and(|number| accepted(app, realm, number.phone.as_str()).is_ok())
}

/// What a number's block is counted under.
pub(crate) fn block_of(app: &App, phone: &Phone) -> String {
    app.numbers.read(phone.as_str(), None).map_or_else(|| NO_BLOCK.to_owned(), |planned| planned.prefix)
}

fn judge(limits: &SmsLimits, figures: TextFigures) -> Option<Full> {
    let spent =
        figures.last_hour >= u64::from(limits.per_hour) || figures.last_day >= u64::from(limits.per_day);
    if spent {
        Some(Full::Budget)
    } else {
        limits.stops(figures.judged, figures.answered).then_some(Full::Stopped(figures))
    }
}

/// Whether one more message may go to a block; for nobody's number the same is read.
pub(crate) async fn full(
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    block: Option<&str>,
    now: Timestamp,
) -> Result<Option<Full>, StoreError> {
    let figures = tx.text_counts().text_figures(block.unwrap_or(NO_BLOCK), now).await?;
    Ok(judge(&realm.realm.settings.sms.limits, figures))
}

/// Notes that a block was stopped, once in a day.
pub(crate) async fn note_stopped(
    app: &App,
    cx: &Cx,
    (block, figures): (&str, TextFigures),
) -> Result<(), StoreError> {
    if figures.stopped_at.is_some() {
        return Ok(());
    }
    let event = RealmEvent::TextsStopped {
        prefix: block.to_owned(),
        sent: figures.judged,
        answered: figures.answered,
    };
    let mut tx = app.store.write(cx).await?;
    tx.text_counts().note_texts_stopped(block, cx.now, event.into()).await?;
    tx.commit().await
}

/// Counts one code that a network asks for, whoever it is for.
pub(crate) async fn limit_network(app: &App, cx: &Cx, realm: &RealmSnapshot) -> Result<(), FlowError> {
    let Some(ip) = cx.origin.ip else { return Ok(()) };
    let limit = realm.realm.settings.sms.limits.per_network_hour;
    limited(app, cx, ("text_network", &network_of(ip)), (limit, HOUR)).await
}
