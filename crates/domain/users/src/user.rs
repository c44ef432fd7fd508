//! The user aggregate.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_kernel::{
    Changed, Timestamp, UserId, Version,
    contact::{Email, Locale, Phone, Username},
};

use crate::{
    events::UserEvent,
    profile::{Profile, ProfileError},
};

/// Most e-mail addresses or phone numbers of one user.
pub const MAX_CONTACTS: usize = 20;
/// Most bytes of one metadata document.
pub const MAX_METADATA_BYTES: usize = 16 * 1024;
/// The entry of the private metadata that says which terms somebody accepted, and when.
pub const TERMS_ACCEPTED: &str = "terms_accepted";
/// The entry of the private metadata that says which questions about their profile somebody left, and when.
pub const PROFILE_LEFT: &str = "profile_left";
/// The notes that the server itself makes in the private metadata.
const OWN_NOTES: [&str; 2] = [TERMS_ACCEPTED, PROFILE_LEFT];

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// May not sign in; nothing they hold works.
    Suspended,
    /// Asked to be deleted; signs in only to change their mind.
    PendingDeletion,
}

impl UserStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::PendingDeletion];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::PendingDeletion => "pending_deletion",
        }
    }

    /// The status with this stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// An e-mail address of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailAddress {
    /// The address.
    pub email: Email,
    /// When control of the mailbox was proven.
    pub verified_at: Option<Timestamp>,
    /// The one that is used; exactly one of several is.
    pub primary: bool,
}

/// A phone number of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// The number.
    pub phone: Phone,
    /// When possession was proven.
    pub verified_at: Option<Timestamp>,
    /// The one that is used; exactly one of several is.
    pub primary: bool,
}

/// Why a user was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// Without an identifier nobody could sign in.
    #[error("a user needs a user name, an e-mail address or a phone number")]
    NoIdentifier,
    /// More than [`MAX_CONTACTS`] addresses or numbers.
    #[error("a user has at most {MAX_CONTACTS} addresses and numbers of a kind")]
    TooManyContacts,
    /// The same address or number twice.
    #[error("{0} is given twice")]
    Duplicate(&'static str),
    /// None or several are marked as primary.
    #[error("exactly one of the {0} must be primary")]
    Primary(&'static str),
    /// A metadata document is larger than [`MAX_METADATA_BYTES`].
    #[error("metadata is limited to {MAX_METADATA_BYTES} bytes")]
    MetadataTooLarge,
    /// A profile value breaks the realm's schema.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// A person in a realm.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Their id, also the OpenID Connect `sub`.
    pub id: UserId,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// A name to sign in with.
    pub username: Option<Username>,
    /// Their addresses.
    pub emails: Vec<EmailAddress>,
    /// Their numbers.
    pub phones: Vec<PhoneNumber>,
    /// Standard claims and the realm's own attributes.
    pub profile: Profile,
    /// Shown to the user and their applications.
    pub public_metadata: Map<String, Value>,
    /// For administrators only.
    pub private_metadata: Map<String, Value>,
    /// Their language.
    pub locale: Option<Locale>,
    /// The scopes they hold at the admin API of this realm (and, in the operators' realm, of every realm).
    pub admin_scopes: Vec<String>,
    /// When they are erased, while their deletion is scheduled.
    pub deletion_due: Option<Timestamp>,
    /// When they were created.
    pub created_at: Timestamp,
    /// When they last changed; the `updated_at` claim.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

/// What a new user is made of.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// A name to sign in with.
    pub username: Option<Username>,
    /// Their addresses.
    pub emails: Vec<EmailAddress>,
    /// Their numbers.
    pub phones: Vec<PhoneNumber>,
    /// Standard claims and the realm's own attributes.
    pub profile: Profile,
    /// Shown to the user and their applications.
    pub public_metadata: Map<String, Value>,
    /// For administrators only.
    pub private_metadata: Map<String, Value>,
    /// Their language.
    pub locale: Option<Locale>,
    /// The scopes they hold at the admin API.
    pub admin_scopes: Vec<String>,
}

/// A change of a user: `None` leaves a part as it is.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of `User`")]
pub struct UserPatch {
    pub username: Option<Option<Username>>,
    pub emails: Option<Vec<EmailAddress>>,
    pub phones: Option<Vec<PhoneNumber>>,
    pub profile: Option<Profile>,
    pub public_metadata: Option<Map<String, Value>>,
    pub private_metadata: Option<Map<String, Value>>,
    pub locale: Option<Option<Locale>>,
    pub admin_scopes: Option<Vec<String>>,
}

impl User {
    /// A new active user. A single address or number becomes primary by itself.
    ///
    /// # Errors
    /// A rule of [`UserError`] is broken. The profile was checked by [`Profile::parse`].
    pub fn create(id: UserId, new: NewUser, now: Timestamp) -> Result<Changed<Self>, UserError> {
        let mut user = Self {
            id,
            status: UserStatus::Active,
            username: new.username,
            emails: new.emails,
            phones: new.phones,
            profile: new.profile,
            public_metadata: new.public_metadata,
            private_metadata: new.private_metadata,
            locale: new.locale,
            admin_scopes: new.admin_scopes,
            deletion_due: None,
            created_at: now,
            updated_at: now,
            version: Version::FIRST,
        };
        user.settle_primaries();
        user.check()?;
        Ok(Changed::created(user, UserEvent::Created { id }))
    }

    /// Applies a patch as a whole.
    ///
    /// # Errors
    /// The result breaks a rule of [`UserError`].
    pub fn update(mut self, patch: UserPatch, now: Timestamp) -> Result<Changed<Self>, UserError> {
        let expected = self.version;
        let mut fields = Vec::new();
        let mut put = |name: &'static str| fields.push(name);
        if let Some(value) = patch.username {
            self.username = value;
            put("username");
        }
        if let Some(value) = patch.emails {
            self.emails = value;
            put("emails");
        }
        if let Some(value) = patch.phones {
            self.phones = value;
            put("phones");
        }
        if let Some(value) = patch.profile {
            self.profile = value;
            put("profile");
        }
        if let Some(value) = patch.public_metadata {
            self.public_metadata = value;
            put("public_metadata");
        }
        if let Some(value) = patch.private_metadata {
            self.private_metadata = value;
            put("private_metadata");
        }
        if let Some(value) = patch.locale {
            self.locale = value;
            put("locale");
        }
        if let Some(value) = patch.admin_scopes {
            self.admin_scopes = value;
            put("admin_scopes");
        }
        self.settle_primaries();
        self.check()?;
        self.updated_at = now;
        self.version = expected.next();
        let id = self.id;
        Ok(Changed::updated(self, expected, UserEvent::Updated { id, fields }))
    }

    /// Nothing changes but the version: two changes of what opens the account cannot both look at the state before the
    /// other.
    pub fn touch(mut self, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        self.updated_at = now;
        self.version = expected.next();
        Changed::quiet(self, Some(expected))
    }

    /// Closes the account until it is erased or its owner comes back for it.
    pub fn schedule_deletion(mut self, due: Timestamp, now: Timestamp) -> Changed<Self> {
        self.deletion_due = Some(due);
        self.set_status(UserStatus::PendingDeletion, None, now)
    }

    /// Suspends or resumes a user; a scheduled deletion is over when they are anything else.
    pub fn set_status(mut self, status: UserStatus, reason: Option<&str>, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        let (id, from) = (self.id, self.status);
        self.status = status;
        self.deletion_due = self.deletion_due.filter(|_| status == UserStatus::PendingDeletion);
        self.updated_at = now;
        self.version = expected.next();
        let reason = reason.map(str::to_owned);
        Changed::updated(self, expected, UserEvent::StatusChanged { id, from, to: status, reason })
    }

    /// Whether they may sign in and what they hold still works.
    pub fn is_active(&self) -> bool {
        self.status == UserStatus::Active
    }

    /// The address mail goes to.
    pub fn primary_email(&self) -> Option<&EmailAddress> {
        self.emails.iter().find(|address| address.primary)
    }

    /// The number messages go to.
    pub fn primary_phone(&self) -> Option<&PhoneNumber> {
        self.phones.iter().find(|number| number.primary)
    }

    /// What people see: the name, else the user name, else the address.
    pub fn display_name(&self) -> String {
        self.profile
            .text("name")
            .map(str::to_owned)
            .or_else(|| self.username.as_ref().map(ToString::to_string))
            .or_else(|| self.primary_email().map(|address| address.email.to_string()))
            .or_else(|| self.primary_phone().map(|number| number.phone.to_string()))
            .unwrap_or_else(|| self.id.to_string())
    }

    fn settle_primaries(&mut self) {
        if let [only] = self.emails.as_mut_slice() {
            only.primary = true;
        }
        if let [only] = self.phones.as_mut_slice() {
            only.primary = true;
        }
    }

    /// The private metadata that somebody else wants for this user, with the notes of the server's own that it does not
    /// speak of: whoever replaces all of it does not mean what the person decided.
    pub fn keeping_notes(&self, mut wanted: Map<String, Value>) -> Map<String, Value> {
        for note in OWN_NOTES {
            if let Some(kept) = self.private_metadata.get(note).filter(|_| !wanted.contains_key(note)) {
                wanted.insert(note.to_owned(), kept.clone());
            }
        }
        wanted
    }

    fn check(&self) -> Result<(), UserError> {
        if self.username.is_none() && self.emails.is_empty() && self.phones.is_empty() {
            return Err(UserError::NoIdentifier);
        }
        if self.emails.len() > MAX_CONTACTS || self.phones.len() > MAX_CONTACTS {
            return Err(UserError::TooManyContacts);
        }
        let emails: Vec<_> = self.emails.iter().map(|a| (a.email.normal(), a.primary)).collect();
        let phones: Vec<_> = self.phones.iter().map(|p| (p.phone.normal(), p.primary)).collect();
        check_contacts("e-mail addresses", &emails)?;
        check_contacts("phone numbers", &phones)?;
        for metadata in [&self.public_metadata, &self.private_metadata] {
            if serde_json::to_string(metadata).map_or(usize::MAX, |text| text.len()) > MAX_METADATA_BYTES {
                return Err(UserError::MetadataTooLarge);
            }
        }
        Ok(())
    }
}

fn check_contacts(kind: &'static str, contacts: &[(&str, bool)]) -> Result<(), UserError> {
    let mut seen = std::collections::BTreeSet::new();
    if !contacts.iter().all(|(normal, _)| seen.insert(*normal)) {
        return Err(UserError::Duplicate(kind));
    }
    let primaries = contacts.iter().filter(|(_, primary)| *primary).count();
    if !contacts.is_empty() && primaries != 1 {
        return Err(UserError::Primary(kind));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str, primary: bool) -> EmailAddress {
        EmailAddress { email: Email::parse(text).unwrap(), verified_at: None, primary }
    }

    fn create(emails: Vec<EmailAddress>) -> Result<User, UserError> {
        let new = NewUser { emails, ..NewUser::default() };
        User::create(UserId::from_uuid(uuid::Uuid::nil()), new, chrono::DateTime::UNIX_EPOCH)
            .map(|changed| changed.value)
    }

    #[test]
    fn a_user_needs_an_identifier_and_one_primary_address() {
        assert_eq!(create(vec![]).unwrap_err(), UserError::NoIdentifier);
        assert!(create(vec![address("a@b.test", false)]).unwrap().emails[0].primary);
        let two = |first, second| create(vec![address("a@b.test", first), address("c@d.test", second)]);
        assert!(two(false, false).is_err());
        assert!(two(true, true).is_err());
        assert!(two(true, false).is_ok());
        assert_eq!(
            create(vec![address("a@b.test", true), address("A@B.test", false)]).unwrap_err(),
            UserError::Duplicate("e-mail addresses")
        );
    }

    #[test]
    fn a_scheduled_deletion_is_over_with_any_other_status() {
        let (now, due) =
            (chrono::DateTime::UNIX_EPOCH, chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(14));
        let leaving = create(vec![address("a@b.test", true)]).unwrap().schedule_deletion(due, now).value;
        assert_eq!((leaving.status, leaving.deletion_due), (UserStatus::PendingDeletion, Some(due)));
        assert!(!leaving.is_active());
        let kept = leaving.set_status(UserStatus::Active, None, now).value;
        assert_eq!(kept.deletion_due, None);
    }

    #[test]
    fn every_save_raises_the_version_and_tells_of_it() {
        let user = create(vec![address("a@b.test", true)]).unwrap();
        let changed = user.set_status(UserStatus::Suspended, Some("abuse"), chrono::DateTime::UNIX_EPOCH);
        assert_eq!(changed.expected, Some(Version::FIRST));
        assert_eq!(changed.value.version, Version::FIRST.next());
        assert_eq!(changed.events[0].kind, "user.status_changed");
    }
}
