//! Seed users of a document: checked as a whole before anything is stored, compared with what is there afterwards.

use std::collections::BTreeSet;

use vestibule_authn::PasswordHash;
use vestibule_kernel::{Secret, Timestamp, UserId, contact::Identifier};
use vestibule_realms::RealmSettings;
use vestibule_users::{EmailAddress, NewUser, PhoneNumber, Profile, User, UserPatch};

use super::{PasswordSource, UserEntry};
use crate::admin::{AdminFailure, Ceiling, profile_rules::profile_rules};

/// A checked entry.
pub(super) struct Person {
    /// The entry's own id and status.
    pub(super) entry: UserEntry,
    /// The user it describes.
    pub(super) new: NewUser,
    /// Where it stands in the document.
    pub(super) pointer: String,
}

/// The password of an entry, ready to be hashed or stored.
pub(super) enum SeedPassword {
    /// To be hashed.
    Plain(Secret),
    /// To be stored as it is.
    Hash(PasswordHash),
}

/// Checks every entry and that no identifier appears twice.
///
/// # Errors
/// The first entry that breaks a rule.
pub(super) fn check(
    entries: Vec<UserEntry>,
    settings: &RealmSettings,
    ceiling: Ceiling<'_>,
    probe: UserId,
    now: Timestamp,
) -> Result<Vec<Person>, AdminFailure> {
    let rules = profile_rules(settings);
    let mut seen = BTreeSet::new();
    let mut people = Vec::with_capacity(entries.len());
    for (index, entry) in entries.into_iter().enumerate() {
        let pointer = format!("/users/{index}");
        let profile = Profile::parse(entry.profile.clone(), &rules)
            .map_err(|error| AdminFailure::invalid(format!("{pointer}/profile"), error))?;
        ceiling.admit(&format!("{pointer}/admin_scopes"), &entry.admin_scopes)?;
        let new = NewUser {
            username: entry.username.clone(),
            emails: emails(&entry, now),
            phones: phones(&entry, now),
            profile,
            public_metadata: entry.public_metadata.clone(),
            private_metadata: entry.private_metadata.clone(),
            locale: entry.locale.clone(),
            admin_scopes: entry.admin_scopes.clone(),
        };
        // The domain's own check, with an id that is thrown away.
        let _checked =
            User::create(probe, new.clone(), now).map_err(|error| AdminFailure::invalid(&pointer, error))?;
        for identifier in identifiers(&new) {
            if !seen.insert(identifier.normal().to_owned()) {
                return Err(AdminFailure::invalid(
                    &pointer,
                    "an identifier of this user appears twice in the document",
                ));
            }
        }
        people.push(Person { entry, new, pointer });
    }
    Ok(people)
}

/// What the user may sign in with.
pub(super) fn identifiers(user: &NewUser) -> Vec<Identifier> {
    let texts = user
        .username
        .iter()
        .map(vestibule_kernel::contact::Username::as_str)
        .chain(user.emails.iter().map(|address| address.email.as_str()))
        .chain(user.phones.iter().map(|number| number.phone.as_str()));
    texts.filter_map(|text| Identifier::parse(text).ok()).collect()
}

impl Person {
    /// The seed password.
    ///
    /// # Errors
    /// A hash of an unknown scheme, or a password that is too long to be looked at.
    pub(super) fn seed_password(&self) -> Result<Option<SeedPassword>, AdminFailure> {
        let pointer = || format!("{}/password", self.pointer);
        match &self.entry.password {
            None => Ok(None),
            Some(PasswordSource::Plain(text)) => match vestibule_authn::password::normalize(text) {
                Some(normal) if !normal.expose().is_empty() => Ok(Some(SeedPassword::Plain(normal))),
                _ => Err(AdminFailure::invalid(pointer(), "a password has 1 to 4,096 bytes")),
            },
            Some(PasswordSource::Hash(text)) => match PasswordHash::import(text) {
                Some(hash) => Ok(Some(SeedPassword::Hash(hash))),
                None => Err(AdminFailure::invalid(pointer(), "the hash is neither argon2 nor bcrypt")),
            },
        }
    }
}

fn emails(entry: &UserEntry, now: Timestamp) -> Vec<EmailAddress> {
    let single = entry.emails.len() == 1;
    let convert = |address: &super::EmailEntry| EmailAddress {
        email: address.email.clone(),
        verified_at: address.verified.then_some(now),
        primary: address.primary || single,
    };
    entry.emails.iter().map(convert).collect()
}

fn phones(entry: &UserEntry, now: Timestamp) -> Vec<PhoneNumber> {
    let single = entry.phones.len() == 1;
    let convert = |number: &super::PhoneEntry| PhoneNumber {
        phone: number.phone.clone(),
        verified_at: number.verified.then_some(now),
        primary: number.primary || single,
    };
    entry.phones.iter().map(convert).collect()
}

/// What has to change for the stored user to be what is wanted; `None` if nothing has.
pub(crate) fn difference(user: &User, wanted: &NewUser) -> Option<UserPatch> {
    let mut emails = wanted.emails.clone();
    for address in &mut emails {
        // When it was verified stays what it was.
        let known = user.emails.iter().find(|known| known.email.normal() == address.email.normal());
        address.verified_at = address.verified_at.map(|now| known.and_then(|k| k.verified_at).unwrap_or(now));
    }
    let mut phones = wanted.phones.clone();
    for number in &mut phones {
        let known = user.phones.iter().find(|known| known.phone.normal() == number.phone.normal());
        number.verified_at = number.verified_at.map(|now| known.and_then(|k| k.verified_at).unwrap_or(now));
    }
    let mut changed = false;
    let mut patch = UserPatch::default();
    macro_rules! compare {
        ($field:ident, $wanted:expr) => {
            if user.$field != $wanted {
                patch.$field = Some($wanted);
                changed = true;
            }
        };
    }
    compare!(username, wanted.username.clone());
    compare!(emails, emails);
    compare!(phones, phones);
    compare!(profile, wanted.profile.clone());
    compare!(public_metadata, wanted.public_metadata.clone());
    compare!(private_metadata, wanted.private_metadata.clone());
    compare!(locale, wanted.locale.clone());
    compare!(admin_scopes, wanted.admin_scopes.clone());
    changed.then_some(patch)
}
