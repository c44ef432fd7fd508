//! What people say about themselves. They change what the realm would have asked them for; what only administrators or
//! applications write (a plan, a customer number) they see and cannot change.

use serde_json::{Map, Value};
use vestibule_kernel::{StoreError, contact::Locale};
use vestibule_users::{
    Profile, User, UserPatch,
    profile::{ProfileError, STANDARD_CLAIMS, ValueKind},
};

use super::{AccountCx, AccountError};
use crate::{App, RealmSnapshot, admin::profile_rules::profile_rules};

/// Names, which everybody may change.
const NAMES: [&str; 3] = ["name", "given_name", "family_name"];

/// The attributes the person may change, in the order of the form: their names, what sign-up and sign-in ask for, and
/// whatever else of the plain standard claims they have.
pub fn own_fields<'a>(realm: &'a RealmSnapshot, user: &User) -> Vec<&'a str> {
    let asked = realm.realm.settings.sign_up_fields();
    let has = |name: &str, kind: &ValueKind| {
        matches!(kind, ValueKind::Text(_) | ValueKind::Date) && user.profile.values().contains_key(name)
    };
    let plain: Vec<&'static str> =
        STANDARD_CLAIMS.iter().filter(|(name, kind)| has(name, kind)).map(|(name, _)| *name).collect();
    let mut fields: Vec<&str> = Vec::new();
    let later = realm.realm.settings.asked_at_sign_in();
    for name in NAMES.into_iter().chain(asked).chain(later).chain(plain) {
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    fields
}

/// Attributes of the realm that the person has and may not change.
pub fn managed_fields<'a>(realm: &'a RealmSnapshot, user: &User) -> Vec<(&'a str, Value)> {
    let own = own_fields(realm, user);
    let attributes = realm.realm.settings.profile.iter().map(|attribute| attribute.name.as_str());
    let value = |name: &'a str| user.profile.values().get(name).map(|value| (name, value.clone()));
    // An attribute without a scope is told to no application, and may be none of the person's business.
    let told = |name: &&str| {
        realm.realm.settings.profile.iter().any(|rule| rule.name == **name && rule.scope.is_some())
    };
    attributes.filter(|name| !own.contains(name)).filter(told).filter_map(value).collect()
}

/// The languages pages can be shown in here.
pub fn languages(realm: &RealmSnapshot) -> Vec<Locale> {
    crate::language::offered(&realm.realm.settings)
}

/// Stores the fields of the form; an empty one is removed. `language`: `Some(None)` leaves it to the browser.
///
/// # Errors
/// A value is not allowed, or there is a field that is not theirs to change.
pub async fn update_profile(
    app: &App,
    realm: &RealmSnapshot,
    me: &AccountCx,
    values: Map<String, Value>,
    language: Option<Option<Locale>>,
) -> Result<(), AccountError> {
    if let Some(Some(locale)) = &language
        && !languages(realm).contains(locale)
    {
        return Err(AccountError::Profile(ProfileError::Invalid("locale".to_owned())));
    }
    let mut tx = app.store.write(me.cx()).await?;
    let user = super::contact::current(tx.as_mut(), me).await?;
    let own = own_fields(realm, &user);
    let rules = profile_rules(&realm.realm.settings);
    // What the realm gave up since is no reason to refuse something else.
    let mut merged = user.profile.known(&rules);
    for (name, value) in values {
        if !own.contains(&name.as_str()) {
            return Err(AccountError::Profile(ProfileError::Unknown(name)));
        }
        let empty = value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty());
        if empty {
            merged.remove(&name);
        } else {
            merged.insert(name, value);
        }
    }
    let profile = Profile::parse(merged, &rules)?;
    let profile = Some(profile).filter(|profile| *profile != user.profile);
    let locale = language.filter(|locale| *locale != user.locale);
    if profile.is_none() && locale.is_none() {
        tx.rollback().await?;
        return Ok(());
    }
    let patch = UserPatch { profile, locale, ..UserPatch::default() };
    let change = user.update(patch, me.cx().now);
    let change = change.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    tx.users().save_user(change).await?;
    tx.commit().await?;
    Ok(())
}
