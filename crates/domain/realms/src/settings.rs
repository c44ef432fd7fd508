//! What an administrator may set. Every field has a default, unknown fields are refused, and every field is read by
//! something: a setting without effect is a defect.

mod account;
mod ask_profile;
mod attributes;
mod mail;
mod sms;
mod ways_in;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vestibule_kernel::contact::{Locale, is_invisible};

use crate::branding::{Branding, BrandingError};
pub use account::Account;
pub use ask_profile::{ASKABLE_CLAIMS, ASKED_AT_ONCE};
pub use attributes::{AttributeType, ProfileAttribute};
pub use mail::{MailSender, MailServerAccount};
pub use sms::{SmsAccount, SmsLimits};
pub use ways_in::{Mfa, MfaPolicy, SignUp, SignUpContact, SignUpMode, SignUpPassword};

/// Why settings were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A number is outside its bounds.
    #[error("{field} must be between {min} and {max}")]
    OutOfRange {
        /// Path of the field.
        field: &'static str,
        /// Smallest permitted value.
        min: u64,
        /// Largest permitted value.
        max: u64,
    },
    /// A text is too long, or holds control characters or ones that nobody sees.
    #[error("{field} must be at most {max} characters without control or invisible ones")]
    Text {
        /// Path of the field.
        field: &'static str,
        /// Most characters.
        max: usize,
    },
    /// Fields contradict each other.
    #[error("{0}")]
    Contradiction(&'static str),
    /// An attribute of the profile would pass for something else.
    #[error("profile: an attribute cannot be called {0}, the name is reserved")]
    ReservedName(String),
    /// A branding value is unusable.
    #[error(transparent)]
    Branding(#[from] BrandingError),
}

/// All settings of a realm.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RealmSettings {
    /// The name people read; empty means the slug.
    pub display_name: String,
    /// Languages.
    pub locales: Locales,
    /// Look.
    pub branding: Branding,
    /// Ways in.
    pub login: Login,
    /// As whom mail is sent.
    pub mail: MailSender,
    /// By whom text messages are sent.
    pub sms: SmsAccount,
    /// New accounts.
    pub sign_up: SignUp,
    /// Second factors.
    pub mfa: Mfa,
    /// What a password must be.
    pub password: PasswordPolicy,
    /// What a password hash costs.
    pub hashing: Hashing,
    /// How long people stay signed in.
    pub sessions: Sessions,
    /// How long tokens and one-time things live.
    pub tokens: Tokens,
    /// Signing keys.
    pub keys: Keys,
    /// Dynamic client registration.
    pub registration: Registration,
    /// Profile attributes beyond the standard claims.
    pub profile: Vec<ProfileAttribute>,
    /// What people do with their own account.
    pub account: Account,
    /// Request limits.
    pub limits: Limits,
}

/// Languages of a realm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Locales {
    /// Used when nothing else decides.
    pub default: Locale,
    /// What people can choose from, in this order; announced as `ui_locales_supported`, as far as pages have texts in
    /// them.
    pub supported: Vec<Locale>,
}

impl Default for Locales {
    fn default() -> Self {
        Self { default: Locale::english(), supported: vec![Locale::english()] }
    }
}

/// Ways in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Login {
    /// Whether a password is accepted.
    pub password: bool,
    /// Whether a code sent by e-mail is accepted.
    pub email_code: bool,
    /// Whether mailed codes come with a link that does the same in the browser that asked.
    pub magic_link: bool,
    /// Whether a code sent by text message is accepted. Needs `sms.countries`.
    pub phone_code: bool,
    /// Whether passkeys are accepted, offered after a sign-in, and added where a second factor is required. Needs a
    /// host with a name.
    pub passkey: bool,
    /// Further origins whose pages and applications may use the passkeys of this realm, at most 10: `https://` origins,
    /// which browsers find at `/.well-known/webauthn`, and `android:apk-key-hash:` of native applications.
    pub passkey_origins: Vec<String>,
    /// Whether a forgotten password can be replaced by proving a mailbox.
    pub recovery: bool,
    /// Whether people may sign in with their e-mail address.
    pub email_identifier: bool,
    /// Whether people may sign in with a phone number.
    pub phone_identifier: bool,
    /// Whether people may sign in with a user name.
    pub username_identifier: bool,
    /// Tell people by mail when their account is used from a browser not seen before.
    pub new_device_notice: bool,
    /// Profile attributes that people who lack them are asked for at a sign-in, three at a time in this order: standard
    /// claims but the address, or the realm's own; at most 20. Those that the realm requires come first and cannot be left.
    pub ask_profile: Vec<String>,
    /// Days until somebody is asked again for what they left: 0 (at the next sign-in) to 365.
    pub ask_again_days: u64,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            password: true,
            email_code: false,
            magic_link: false,
            phone_code: false,
            passkey: false,
            passkey_origins: Vec::new(),
            recovery: true,
            email_identifier: true,
            phone_identifier: false,
            username_identifier: true,
            new_device_notice: true,
            ask_profile: Vec::new(),
            ask_again_days: 30,
        }
    }
}

/// NIST SP 800-63B-4 §3.1.1: length and a blocklist, no composition rules, no expiry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Least number of code points: 8 to 64.
    pub min_length: u64,
    /// Most number of code points: 64 to 1,024.
    pub max_length: u64,
    /// Refuse common passwords and words of the context (realm, own name and address).
    pub refuse_common: bool,
    /// Further words that a password may not be, compared without case; at most 1,000.
    pub blocklist: Vec<String>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 12, max_length: 256, refuse_common: true, blocklist: Vec::new() }
    }
}

/// Argon2id parameters ([RFC 9106](https://www.rfc-editor.org/rfc/rfc9106)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hashing {
    /// Memory in KiB: 8,192 to 262,144.
    pub memory_kib: u32,
    /// Passes: 1 to 10.
    pub passes: u32,
    /// Lanes: 1 to 4.
    pub lanes: u32,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

/// Lifetimes of SSO sessions and flows, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Ends a session that is not used for so long.
    pub idle_seconds: u64,
    /// Ends a session however much it is used; not less than `idle_seconds`.
    pub absolute_seconds: u64,
    /// A flow lives so long.
    pub flow_seconds: u64,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_seconds: 7 * 86_400, absolute_seconds: 30 * 86_400, flow_seconds: 30 * 60 }
    }
}

/// Lifetimes of tokens and one-time things, in seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// Access tokens.
    pub access_seconds: u64,
    /// ID tokens.
    pub id_seconds: u64,
    /// Authorization codes; at most 60 (RFC 9700, FAPI 2.0).
    pub code_seconds: u64,
    /// Pushed requests; 5 to 600 (RFC 9126 §2.2).
    pub pushed_request_seconds: u64,
    /// A refresh token that is not used for so long dies.
    pub refresh_idle_seconds: u64,
    /// A family of refresh tokens dies after so long.
    pub refresh_absolute_seconds: u64,
    /// A rotated refresh token may be presented again for so long, in case the answer was lost; 0 to 60.
    pub refresh_grace_seconds: u64,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            access_seconds: 600,
            id_seconds: 600,
            code_seconds: 60,
            pushed_request_seconds: 90,
            refresh_idle_seconds: 14 * 86_400,
            refresh_absolute_seconds: 90 * 86_400,
            refresh_grace_seconds: 10,
        }
    }
}

/// A signature algorithm of tokens ([RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256; the default.
    ES256,
    /// RSA PKCS#1 v1.5; every realm has it, since OpenID Connect requires it.
    RS256,
    /// RSA-PSS.
    PS256,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::ES256, Self::RS256, Self::PS256, Self::EdDSA];

    /// The JOSE name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// The algorithm with this JOSE name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }
}

/// Signing keys of a realm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Keys {
    /// Signs where a client asks for nothing else; must be among `algorithms`.
    pub default_algorithm: Algorithm,
    /// Algorithms there are keys for. RS256 is always among them.
    pub algorithms: BTreeSet<Algorithm>,
    /// Days after which a key is replaced by schedule; 0 switches the schedule off.
    pub rotate_after_days: u64,
    /// Hours a new key is published before it signs.
    pub publish_before_hours: u64,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            default_algorithm: Algorithm::ES256,
            algorithms: BTreeSet::from([Algorithm::ES256, Algorithm::RS256]),
            rotate_after_days: 90,
            publish_before_hours: 24,
        }
    }
}

/// Who may register clients by RFC 7591.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationMode {
    /// Nobody.
    #[default]
    Closed,
    /// Holders of an initial access token.
    Token,
    /// Anybody, within the quota.
    Open,
}

/// Dynamic client registration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// Who may register.
    pub mode: RegistrationMode,
    /// Most self-registered clients a realm holds.
    pub quota: u64,
    /// Self-registered confidential clients may leave out PKCE and are shown as verified. Unsafe outside test realms.
    pub trusted: bool,
}

impl Default for Registration {
    fn default() -> Self {
        Self { mode: RegistrationMode::Closed, quota: 100, trusted: false }
    }
}

/// Request limits of a realm, per minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sign-in attempts from one network address.
    pub sign_in_per_minute: u32,
    /// Sign-in attempts for one identifier, whatever the address.
    pub identifier_per_minute: u32,
    /// Requests of one client at the token endpoint.
    pub token_per_minute: u32,
    /// Requests of one caller at the admin API.
    pub admin_per_minute: u32,
    /// Dynamic registrations from one network address.
    pub registration_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in_per_minute: 60,
            identifier_per_minute: 20,
            token_per_minute: 60_000,
            admin_per_minute: 600,
            registration_per_minute: 10,
        }
    }
}

fn within(field: &'static str, value: u64, min: u64, max: u64) -> Result<(), SettingsError> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(SettingsError::OutOfRange { field, min, max }) }
}

fn text(field: &'static str, value: &str, max: usize) -> Result<(), SettingsError> {
    // The joiners are letters' business in Persian and in the scripts of India.
    let hidden = |c: char| c.is_control() || is_invisible(c) && c != '\u{200d}' && c != '\u{200c}';
    let fine = value.chars().count() <= max && !value.chars().any(hidden);
    if fine { Ok(()) } else { Err(SettingsError::Text { field, max }) }
}

const YEAR: u64 = 366 * 86_400;

impl RealmSettings {
    /// Checks every bound and contradiction.
    ///
    /// # Errors
    /// Names the first field that breaks a rule.
    pub fn check(&self) -> Result<(), SettingsError> {
        text("display_name", &self.display_name, 80)?;
        text("mail.sender_name", &self.mail.sender_name, 80)?;
        self.branding.check()?;
        self.mail.check()?;
        self.sms.check()?;
        self.check_people()?;
        self.check_ways_in()?;
        self.check_lifetimes()?;
        within("keys.rotate_after_days", self.keys.rotate_after_days, 0, 3_650)?;
        within("keys.publish_before_hours", self.keys.publish_before_hours, 0, 720)?;
        if !self.keys.algorithms.contains(&self.keys.default_algorithm) {
            return Err(SettingsError::Contradiction(
                "keys.default_algorithm must be one of keys.algorithms",
            ));
        }
        if !self.keys.algorithms.contains(&Algorithm::RS256) {
            return Err(SettingsError::Contradiction(
                "keys.algorithms must contain RS256 (OpenID Connect Core §15.1)",
            ));
        }
        within("registration.quota", self.registration.quota, 0, 100_000)?;
        for (field, value) in [
            ("limits.sign_in_per_minute", self.limits.sign_in_per_minute),
            ("limits.identifier_per_minute", self.limits.identifier_per_minute),
            ("limits.token_per_minute", self.limits.token_per_minute),
            ("limits.admin_per_minute", self.limits.admin_per_minute),
            ("limits.registration_per_minute", self.limits.registration_per_minute),
        ] {
            within(field, u64::from(value), 1, 10_000_000)?;
        }
        Ok(())
    }

    fn check_people(&self) -> Result<(), SettingsError> {
        if self.locales.supported.is_empty() || !self.locales.supported.contains(&self.locales.default) {
            return Err(SettingsError::Contradiction("locales.default must be one of locales.supported"));
        }
        if !(self.login.email_identifier || self.login.phone_identifier || self.login.username_identifier) {
            return Err(SettingsError::Contradiction("login needs at least one kind of identifier"));
        }
        within("password.min_length", self.password.min_length, 8, 64)?;
        within("password.max_length", self.password.max_length, 64, 1_024)?;
        if self.password.blocklist.len() > 1_000 {
            return Err(SettingsError::OutOfRange { field: "password.blocklist", min: 0, max: 1_000 });
        }
        within("hashing.memory_kib", u64::from(self.hashing.memory_kib), 8_192, 262_144)?;
        within("hashing.passes", u64::from(self.hashing.passes), 1, 10)?;
        within("hashing.lanes", u64::from(self.hashing.lanes), 1, 4)?;
        within("account.deletion_grace_days", self.account.deletion_grace_days, 1, 90)?;
        self.check_attributes()
    }

    fn check_lifetimes(&self) -> Result<(), SettingsError> {
        within("sessions.idle_seconds", self.sessions.idle_seconds, 60, YEAR)?;
        within("sessions.absolute_seconds", self.sessions.absolute_seconds, 60, YEAR)?;
        if self.sessions.absolute_seconds < self.sessions.idle_seconds {
            return Err(SettingsError::Contradiction(
                "sessions.absolute_seconds must not be less than sessions.idle_seconds, which would never count",
            ));
        }
        within("sessions.flow_seconds", self.sessions.flow_seconds, 60, 86_400)?;
        within("tokens.access_seconds", self.tokens.access_seconds, 30, 86_400)?;
        within("tokens.id_seconds", self.tokens.id_seconds, 30, 86_400)?;
        within("tokens.code_seconds", self.tokens.code_seconds, 5, 60)?;
        within("tokens.pushed_request_seconds", self.tokens.pushed_request_seconds, 5, 600)?;
        within("tokens.refresh_idle_seconds", self.tokens.refresh_idle_seconds, 60, YEAR)?;
        within("tokens.refresh_absolute_seconds", self.tokens.refresh_absolute_seconds, 60, 5 * YEAR)?;
        within("tokens.refresh_grace_seconds", self.tokens.refresh_grace_seconds, 0, 60)
    }

    /// The names of the sections that differ, for the audit entry.
    pub fn changed_sections(&self, old: &Self) -> Vec<&'static str> {
        [
            ("display_name", self.display_name != old.display_name),
            ("locales", self.locales != old.locales),
            ("branding", self.branding != old.branding),
            ("mail", self.mail != old.mail),
            ("sms", self.sms != old.sms),
            ("login", self.login != old.login),
            ("sign_up", self.sign_up != old.sign_up),
            ("mfa", self.mfa != old.mfa),
            ("password", self.password != old.password),
            ("hashing", self.hashing != old.hashing),
            ("sessions", self.sessions != old.sessions),
            ("tokens", self.tokens != old.tokens),
            ("keys", self.keys != old.keys),
            ("registration", self.registration != old.registration),
            ("profile", self.profile != old.profile),
            ("account", self.account != old.account),
            ("limits", self.limits != old.limits),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_survive_serde() {
        let settings = RealmSettings::default();
        settings.check().unwrap();
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<RealmSettings>(&text).unwrap(), settings);
    }

    #[test]
    fn every_section_that_differs_is_named() {
        let json = |settings: &RealmSettings| serde_json::to_value(settings).unwrap();
        let mut other = RealmSettings { display_name: "other".to_owned(), ..RealmSettings::default() };
        let attribute = serde_json::json!({"name": "plan", "type": "text"});
        other.profile.push(serde_json::from_value(attribute).unwrap());
        let mut all = json(&other);
        for (name, section) in all.as_object_mut().unwrap() {
            // The first number or box of each section becomes another.
            let differs = section.as_object_mut().is_some_and(|section| {
                section.values_mut().any(|value| {
                    *value = match &*value {
                        serde_json::Value::Bool(yes) => (!yes).into(),
                        serde_json::Value::Number(number) => (number.as_u64().unwrap() + 1).into(),
                        _ => return false,
                    };
                    true
                })
            });
            let by_hand = ["display_name", "profile", "locales", "keys", "branding", "sms"];
            assert!(differs || by_hand.contains(&name.as_str()), "{name}");
        }
        all["locales"]["supported"] = serde_json::json!(["en", "de"]);
        all["keys"]["algorithms"] = serde_json::json!(["RS256"]);
        all["branding"]["support_uri"] = "https://acme.example/help".into();
        all["sms"]["sender"] = "Acme".into();
        let other: RealmSettings = serde_json::from_value(all.clone()).unwrap();
        let named: BTreeSet<&str> = other.changed_sections(&RealmSettings::default()).into_iter().collect();
        let sections: BTreeSet<&str> = all.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(named, sections);
    }

    #[test]
    fn unknown_settings_are_refused() {
        assert!(serde_json::from_str::<RealmSettings>(r#"{"paswords":{}}"#).is_err());
        assert!(serde_json::from_str::<RealmSettings>(r#"{"password":{"min":8}}"#).is_err());
    }

    #[test]
    fn a_code_never_lives_longer_than_a_minute() {
        let mut settings = RealmSettings::default();
        settings.tokens.code_seconds = 61;
        assert!(settings.check().is_err());
    }

    #[test]
    fn a_session_that_is_used_never_ends_before_one_that_is_not() {
        let mut settings = RealmSettings::default();
        settings.sessions.idle_seconds = 86_400;
        settings.sessions.absolute_seconds = 86_400;
        assert_eq!(settings.check(), Ok(()));
        settings.sessions.absolute_seconds = 600;
        assert!(matches!(settings.check(), Err(SettingsError::Contradiction(_))));
    }

    #[test]
    fn names_that_people_read_hide_nothing() {
        let named = |display_name: &str, sender_name: &str| {
            let mut settings =
                RealmSettings { display_name: display_name.to_owned(), ..RealmSettings::default() };
            settings.mail.sender_name = sender_name.to_owned();
            settings.check()
        };
        assert_eq!(named("", "کتاب\u{200c}خانه"), Ok(()));
        for hiding in ["Acme\u{202e}", "Ac\u{200b}me", "Acme\n"] {
            assert!(named(hiding, "").is_err() && named("", hiding).is_err(), "{hiding:?}");
        }
    }

    #[test]
    fn rs256_cannot_be_removed() {
        let mut settings = RealmSettings::default();
        settings.keys.algorithms.remove(&Algorithm::RS256);
        assert!(settings.check().is_err());
    }
}
