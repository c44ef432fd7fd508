//! What is known about a person, by claim name and in the types OpenID Connect Core §5.1 prescribes; which part is
//! released is the domain's decision.

use serde_json::{Map, Value};
use vestibule_oauth::token::claims::OwnClaims;
use vestibule_users::User;

use crate::RealmSnapshot;

/// Every claim about a user that some scope may release.
pub(super) fn claims(user: &User) -> Map<String, Value> {
    let mut claims = user.profile.values().clone();
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    if let Some(address) = user.primary_email() {
        put("email", address.email.as_str().into());
        put("email_verified", address.verified_at.is_some().into());
    }
    if let Some(number) = user.primary_phone() {
        put("phone_number", number.phone.as_str().into());
        put("phone_number_verified", number.verified_at.is_some().into());
    }
    if let Some(locale) = &user.locale {
        put("locale", locale.as_str().into());
    }
    put("updated_at", user.updated_at.timestamp().into());
    if let Some(username) = &user.username {
        claims.entry("preferred_username").or_insert_with(|| username.as_str().into());
    }
    claims
}

/// The realm's own claims and the scopes that release them.
pub(super) fn own_claims(realm: &RealmSnapshot) -> OwnClaims {
    let attributes = realm.realm.settings.profile.iter();
    OwnClaims(
        attributes.filter_map(|rule| rule.scope.clone().map(|scope| (rule.name.clone(), scope))).collect(),
    )
}
