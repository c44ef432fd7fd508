//! What a sign-in asks for the profile: whoever lacks an attribute that the realm asks for fills in a few on the way, or
//! leaves them for some days where they may. Not in a step-up, on the way to one's own account, after a forgotten
//! password, nor right after the account was made: there something else is in hand.

use chrono::{DateTime, Duration, SecondsFormat};
use serde_json::{Map, Value};
use vestibule_authn::{Flow, FlowState, Input, Intent, Requirement, Task};
use vestibule_kernel::{Actor, Changed, Cx, StoreError, Timestamp, UserId};
use vestibule_realms::{
    RealmSettings,
    settings::{ASKED_AT_ONCE, AttributeType},
};
use vestibule_storage::RealmTx;
use vestibule_users::{
    Profile, User, UserPatch,
    user::{PROFILE_LEFT, UserError},
};

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal, Unsent},
    effects::Effect,
    offer::{self, Arriving},
    settle::settle,
    sign_up,
};
use crate::{App, RealmSnapshot, admin::profile_rules::profile_rules};

/// What the profile of whoever proves themselves now lacks and this flow asks for.
pub(super) async fn asked(
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, proven): (&Flow, Option<&User>),
    id: UserId,
    tx: &mut dyn RealmTx,
) -> Result<Option<Requirement>, StoreError> {
    let settings = &realm.realm.settings;
    let joins = matches!(flow.intent, Intent::SignIn | Intent::SignUp | Intent::Recover);
    let offered = matches!(flow.state, FlowState::Challenge { task: Task::Offer, .. });
    let else_in_hand = !joins || flow.account.is_some() || flow.recovered || offered;
    if settings.login.ask_profile.is_empty() || else_in_hand {
        return Ok(None);
    }
    let loaded = match proven.filter(|user| user.id == id) {
        Some(_) => None,
        None => tx.users().find_user(id).await?,
    };
    let user = proven.filter(|user| user.id == id).or(loaded.as_ref());
    let older = user.filter(|user| user.is_active() && user.created_at < flow.created_at);
    Ok(older.and_then(|user| lacking(settings, user, cx.now)))
}

/// The first attributes that somebody lacks and did not leave lately.
fn lacking(settings: &RealmSettings, user: &User, now: Timestamp) -> Option<Requirement> {
    let days = Duration::days(i64::try_from(settings.login.ask_again_days).unwrap_or(i64::MAX));
    let due = |name: &&str| {
        let left = left_at(user, name);
        settings.requires_attribute(name) || left.is_none_or(|left| now - left >= days)
    };
    let has = |name: &str| user.profile.get(name).is_some();
    let names = settings.asked_at_sign_in().into_iter().filter(|name| !has(name)).filter(due);
    let fields: Vec<String> = names.take(ASKED_AT_ONCE).map(str::to_owned).collect();
    let skippable = !fields.iter().any(|name| settings.requires_attribute(name));
    (!fields.is_empty()).then_some(Requirement::Profile { fields, skippable })
}

/// When somebody left an attribute; none too where an administrator wrote something else there.
fn left_at(user: &User, name: &str) -> Option<Timestamp> {
    let text = user.private_metadata.get(PROFILE_LEFT)?.get(name)?.as_str()?;
    DateTime::parse_from_rfc3339(text).ok().map(Into::into)
}

/// What a flow that stands at the page owes.
pub(super) fn owed_in(state: &FlowState) -> Option<Requirement> {
    match state {
        FlowState::CompleteProfile { fields, skippable } => {
            Some(Requirement::Profile { fields: fields.clone(), skippable: *skippable })
        }
        _ => None,
    }
}

/// A page that is being answered: its flow, who it is about, and what it asks for.
struct Page {
    flow: Flow,
    arriving: Arriving,
    fields: Vec<String>,
    skippable: bool,
}

/// Loads the page; `Err` in the inner result: the form was sent before.
async fn load(app: &App, cx: &Cx, place: &Place<'_>) -> Result<Result<Page, Box<Acted>>, FlowError> {
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(Err(repeated)),
    };
    let FlowState::CompleteProfile { fields, skippable } = &flow.state else {
        return Err(FlowError::NotAllowed(flow.state.name()));
    };
    let (fields, skippable) = (fields.clone(), *skippable);
    let mut tx = app.store.read(cx).await?;
    let arriving = offer::arriving(cx, &flow, tx.as_mut()).await?;
    tx.commit().await?;
    let arriving = arriving.ok_or(FlowError::Unknown)?;
    Ok(Ok(Page { flow, arriving, fields, skippable }))
}

/// Saves what was filled in and goes on; what was left empty, and may be, is left like by [`skip`].
pub(super) async fn save(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (values, unsent): (Map<String, Value>, Unsent),
) -> Result<Acted, FlowError> {
    let page = match load(app, cx, place).await? {
        Ok(page) => page,
        Err(repeated) => return Ok(*repeated),
    };
    let settings = &realm.realm.settings;
    match completed(settings, &page.fields, &page.arriving.user, (&values, unsent)) {
        Ok(profile) => go_on(app, cx, realm, place, (page, profile), Input::ProfileSaved).await,
        Err(refusal) => Ok(Acted::of(page.flow, Outcome::Refused(refusal))),
    }
}

/// Leaves everything that the page asks for; somebody is asked again once the realm's days are over.
pub(super) async fn skip(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
) -> Result<Acted, FlowError> {
    let page = match load(app, cx, place).await? {
        Ok(page) => page,
        Err(repeated) => return Ok(*repeated),
    };
    if !page.skippable {
        // Whichever is needed; the first where the realm has changed its mind meanwhile.
        let needed = page.fields.iter().find(|name| realm.realm.settings.requires_attribute(name));
        let needed = needed.or(page.fields.first()).cloned().unwrap_or_default();
        return Ok(Acted::of(page.flow, Outcome::Refused(Refusal::ProfileMissing(needed))));
    }
    let profile = page.arriving.user.profile.clone();
    go_on(app, cx, realm, place, (page, profile), Input::Skipped).await
}

/// Takes the step, with the change of the person in its transaction.
async fn go_on(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (page, profile): (Page, Profile),
    step: Input,
) -> Result<Acted, FlowError> {
    let Page { flow, mut arriving, fields, .. } = page;
    let cx = &cx.acting_as(Actor::User(arriving.user.id));
    // Who was deactivated meanwhile changes nothing.
    let active = arriving.user.is_active();
    let changed =
        if active { change(cx, &realm.realm.settings, &fields, (&arriving.user, profile))? } else { None };
    if let Some(changed) = changed {
        arriving.user = changed.value.clone();
        arriving.effects.push(Effect::SaveUser(Box::new(changed)));
    }
    settle(app, cx, realm, place, arriving.turn(flow, step), None).await
}

/// The profile with the values of the page, held to what sign-up holds them to.
fn completed(
    settings: &RealmSettings,
    fields: &[String],
    user: &User,
    (values, unsent): (&Map<String, Value>, Unsent),
) -> Result<Profile, Refusal> {
    let asked: Vec<&str> = fields.iter().map(String::as_str).collect();
    let mut given = sign_up::given(&asked, values)?;
    if unsent == Unsent::MeansNo {
        let boxes = settings.profile.iter().filter(|attribute| attribute.kind == AttributeType::Boolean);
        // One that is required has to be ticked, as at sign-up.
        for name in boxes.filter(|attribute| !attribute.required).map(|attribute| &attribute.name) {
            if asked.contains(&name.as_str()) {
                given.entry(name.clone()).or_insert(Value::Bool(false));
            }
        }
    }
    let profile = user.profile.with(given, &profile_rules(settings)).map_err(sign_up::profile_refusal)?;
    let missing =
        asked.into_iter().find(|name| settings.requires_attribute(name) && profile.get(name).is_none());
    match missing {
        Some(name) => Err(Refusal::ProfileMissing(name.to_owned())),
        None => Ok(profile),
    }
}

/// The user with this profile, and with a note of what the page asked for and the profile still lacks.
fn change(
    cx: &Cx,
    settings: &RealmSettings,
    fields: &[String],
    (user, profile): (&User, Profile),
) -> Result<Option<Changed<User>>, StoreError> {
    let asked = settings.asked_at_sign_in();
    let lacks = |name: &str| profile.get(name).is_none();
    let mut left =
        user.private_metadata.get(PROFILE_LEFT).and_then(Value::as_object).cloned().unwrap_or_default();
    left.retain(|name, _| asked.contains(&name.as_str()) && lacks(name));
    for name in fields.iter().filter(|name| lacks(name)) {
        left.insert(name.clone(), Value::from(cx.now.to_rfc3339_opts(SecondsFormat::Secs, true)));
    }
    let mut notes = user.private_metadata.clone();
    if left.is_empty() {
        notes.remove(PROFILE_LEFT);
    } else {
        notes.insert(PROFILE_LEFT.to_owned(), Value::Object(left));
    }
    let profile = Some(profile).filter(|profile| *profile != user.profile);
    let notes = Some(notes).filter(|notes| *notes != user.private_metadata);
    update(user, (profile, notes), cx.now)
}

fn update(
    user: &User,
    (profile, notes): (Option<Profile>, Option<Map<String, Value>>),
    now: Timestamp,
) -> Result<Option<Changed<User>>, StoreError> {
    if profile.is_none() && notes.is_none() {
        return Ok(None);
    }
    let noted = notes.is_some();
    let patch = UserPatch { profile: profile.clone(), private_metadata: notes, ..UserPatch::default() };
    match user.clone().update(patch, now) {
        Ok(changed) => Ok(Some(changed)),
        // No room for the note beside what administrators wrote: the person is asked again at the next sign-in.
        Err(UserError::MetadataTooLarge) if noted => update(user, (profile, None), now),
        Err(error) => Err(StoreError::Corrupt(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use vestibule_realms::settings::ASKABLE_CLAIMS;
    use vestibule_users::{STANDARD_CLAIMS, profile::ValueKind};

    #[test]
    fn every_standard_claim_of_one_field_can_be_asked_for() {
        let plain = STANDARD_CLAIMS.iter().filter(|(_, kind)| *kind != ValueKind::Address);
        let names: Vec<&str> = plain.map(|(name, _)| *name).collect();
        assert_eq!(names, ASKABLE_CLAIMS);
    }
}
