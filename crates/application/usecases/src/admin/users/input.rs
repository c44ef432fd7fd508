//! What an administrator writes about a user: one shape for creating and changing, checked as a whole.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_kernel::{
    Timestamp,
    contact::{Locale, Username},
};
use vestibule_realms::RealmSettings;
use vestibule_users::{EmailAddress, NewUser, PhoneNumber, Profile, User};

use crate::admin::{
    AdminFailure,
    profile_rules::profile_rules,
    realm_document::{EmailEntry, PhoneEntry},
};

/// The parts of a user that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UserInput {
    pub(super) username: Option<Username>,
    pub(super) emails: Vec<EmailEntry>,
    pub(super) phones: Vec<PhoneEntry>,
    pub(super) locale: Option<Locale>,
    pub(super) admin_scopes: Vec<String>,
    pub(super) profile: Map<String, Value>,
    pub(super) public_metadata: Map<String, Value>,
    pub(super) private_metadata: Map<String, Value>,
}

impl UserInput {
    /// Reads a JSON object.
    pub(super) fn parse(object: Map<String, Value>) -> Result<Self, AdminFailure> {
        serde_json::from_value(Value::Object(object)).map_err(|error| AdminFailure::invalid("", error))
    }

    /// A stored user as input, to be patched: without the values of attributes that the realm gave up since.
    pub(super) fn of(user: &User, settings: &RealmSettings) -> Self {
        let emails = user.emails.iter().map(|address| EmailEntry {
            email: address.email.clone(),
            verified: address.verified_at.is_some(),
            primary: address.primary,
        });
        let phones = user.phones.iter().map(|number| PhoneEntry {
            phone: number.phone.clone(),
            verified: number.verified_at.is_some(),
            primary: number.primary,
        });
        Self {
            username: user.username.clone(),
            emails: emails.collect(),
            phones: phones.collect(),
            locale: user.locale.clone(),
            admin_scopes: user.admin_scopes.clone(),
            profile: user.profile.known(&profile_rules(settings)),
            public_metadata: user.public_metadata.clone(),
            private_metadata: user.private_metadata.clone(),
        }
    }

    /// The user it describes. A verified address without an earlier date counts from now.
    pub(super) fn into_new(self, settings: &RealmSettings, now: Timestamp) -> Result<NewUser, AdminFailure> {
        let profile = Profile::parse(self.profile, &profile_rules(settings))
            .map_err(|error| AdminFailure::invalid("/profile", error))?;
        let (one_email, one_phone) = (self.emails.len() == 1, self.phones.len() == 1);
        let emails = self.emails.into_iter().map(|entry| EmailAddress {
            email: entry.email,
            verified_at: entry.verified.then_some(now),
            primary: entry.primary || one_email,
        });
        let phones = self.phones.into_iter().map(|entry| PhoneNumber {
            phone: entry.phone,
            verified_at: entry.verified.then_some(now),
            primary: entry.primary || one_phone,
        });
        Ok(NewUser {
            username: self.username,
            emails: emails.collect(),
            phones: phones.collect(),
            profile,
            public_metadata: self.public_metadata,
            private_metadata: self.private_metadata,
            locale: self.locale,
            admin_scopes: self.admin_scopes,
        })
    }
}
