//! Settings of sign-up and of second factors.

use serde::{Deserialize, Serialize};

use super::{RealmSettings, SettingsError, within};

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpMode {
    /// Nobody: accounts are made by administrators and imports.
    #[default]
    Closed,
    /// Whoever was invited, by the address that the invitation went to.
    Invited,
    /// Anybody.
    Open,
}

/// Whether a password is part of a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpPassword {
    /// It must be chosen.
    #[default]
    Required,
    /// It may be chosen.
    Optional,
    /// It is not asked for.
    None,
}

/// What a new account is reached at, and proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpContact {
    /// An address of mail.
    #[default]
    Email,
    /// A phone number, by a code in a text message. Needs `login.phone_identifier` and `sms.countries`.
    Phone,
    /// One of the two, as the person likes.
    Either,
}

impl SignUpContact {
    /// Whether an address will do.
    pub const fn takes_email(self) -> bool {
        matches!(self, Self::Email | Self::Either)
    }

    /// Whether a number will do.
    pub const fn takes_phone(self) -> bool {
        matches!(self, Self::Phone | Self::Either)
    }
}

/// New accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignUp {
    /// Who may make one.
    pub mode: SignUpMode,
    /// What a new account proves: an address, a number, or one of them.
    pub contact: SignUpContact,
    /// Whether a password is chosen.
    pub password: SignUpPassword,
    /// Whether a user name is asked for beside the contact.
    pub username: bool,
    /// Profile attributes asked for: standard claims or the realm's own. At most 20; the realm's required ones are
    /// always asked.
    pub fields: Vec<String>,
    /// Whether the terms (`branding.terms_uri`) must be accepted.
    pub accept_terms: bool,
    /// Whether addresses of throw-away mail services are refused.
    pub refuse_disposable: bool,
    /// New accounts from one network address in an hour.
    pub per_address_hour: u32,
}

impl Default for SignUp {
    fn default() -> Self {
        Self {
            mode: SignUpMode::Closed,
            contact: SignUpContact::Email,
            password: SignUpPassword::Required,
            username: false,
            fields: vec!["name".to_owned()],
            accept_terms: false,
            refuse_disposable: true,
            per_address_hour: 30,
        }
    }
}

/// Whether a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaPolicy {
    /// Only where a client asks for it.
    Off,
    /// From everybody who has one.
    #[default]
    Optional,
    /// From everybody; who has none adds one at the next sign-in. Needs ways that can become two factors of different
    /// classes: see [`RealmSettings::check`].
    Required,
}

/// Second factors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mfa {
    /// Who is asked.
    pub policy: MfaPolicy,
    /// Whether an authenticator app can be added.
    pub totp: bool,
    /// Whether a security key can be added: a key that answers to a touch. Needs an issuer whose host is a name.
    pub security_key: bool,
    /// Whether recovery codes can be made.
    pub recovery_codes: bool,
    /// Days for which people may ask not to be asked for a second factor again in a browser: 0 (nobody may) to 365. A
    /// client that demands two factors, and sensitive changes to an account, ask for it all the same.
    pub remember_device_days: u64,
    /// Whether a confirmed phone number is a second factor, by codes in text messages: a restricted authenticator
    /// (NIST SP 800-63B-4 §3.2.9), about which people are told when they add one. Needs `sms.countries`.
    pub phone_code: bool,
}

impl Default for Mfa {
    fn default() -> Self {
        Self {
            policy: MfaPolicy::Optional,
            totp: true,
            security_key: false,
            recovery_codes: true,
            remember_device_days: 30,
            phone_code: false,
        }
    }
}

/// More than browsers look at.
const MAX_PASSKEY_ORIGINS: usize = 10;
/// A host name has at most 253 characters.
const MAX_ORIGIN_CHARS: usize = 300;

/// An origin as `collectedClientData` names it ([WebAuthn §5.8.1](https://www.w3.org/TR/webauthn-3/#dictionary-client-data)):
/// of a page, without path and in lower case, or of a native application, by the hash of its signing key.
fn is_passkey_origin(origin: &str) -> bool {
    if origin.len() > MAX_ORIGIN_CHARS {
        return false;
    }
    if let Some(hash) = origin.strip_prefix("android:apk-key-hash:") {
        return hash.len() == 43
            && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    }
    let Some(authority) = origin.strip_prefix("https://") else { return false };
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let labels = host.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    });
    labels && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0 && number != 443))
}

impl RealmSettings {
    pub(super) fn check_ways_in(&self) -> Result<(), SettingsError> {
        within("sign_up.fields", u64::try_from(self.sign_up.fields.len()).unwrap_or(u64::MAX), 0, 20)?;
        self.check_ask_profile()?;
        within("mfa.remember_device_days", self.mfa.remember_device_days, 0, 365)?;
        within("sign_up.per_address_hour", u64::from(self.sign_up.per_address_hour), 1, 1_000_000)?;
        let login = &self.login;
        if login.passkey_origins.len() > MAX_PASSKEY_ORIGINS
            || !login.passkey_origins.iter().all(|origin| is_passkey_origin(origin))
        {
            return Err(SettingsError::Contradiction(
                "login.passkey_origins takes at most 10 origins, `https://host` or `android:apk-key-hash:…`",
            ));
        }
        if self.texts_codes() && self.sms.countries.is_empty() {
            return Err(SettingsError::Contradiction(
                "login.phone_code and mfa.phone_code need sms.countries, the countries that codes are sent to",
            ));
        }
        self.check_two_factors()?;
        if self.sign_up.mode == SignUpMode::Invited && !login.email_identifier {
            return Err(SettingsError::Contradiction(
                "sign_up.mode = invited needs login.email_identifier: invitations go to addresses",
            ));
        }
        if self.sign_up.mode == SignUpMode::Open {
            let contact = self.sign_up.contact;
            if contact.takes_email() && !login.email_identifier {
                return Err(SettingsError::Contradiction(
                    "sign_up.mode = open needs login.email_identifier: a new account proves its address",
                ));
            }
            if contact.takes_phone() && (!login.phone_identifier || self.sms.countries.is_empty()) {
                return Err(SettingsError::Contradiction(
                    "sign_up.contact = phone or either needs login.phone_identifier and sms.countries: a new account \
                     proves its number",
                ));
            }
            let by_mail = login.email_code || login.magic_link;
            let comes_back =
                (!contact.takes_email() || by_mail) && (!contact.takes_phone() || login.phone_code);
            if self.sign_up.password == SignUpPassword::None && !comes_back {
                return Err(SettingsError::Contradiction(
                    "sign_up.password = none needs another way to sign in",
                ));
            }
        }
        Ok(())
    }

    /// Whether everybody could meet a demand for two factors. Two classes make two factors: a code proves a mailbox or a
    /// telephone, and every second factor proves a thing that somebody has. Beside a code only a password or a passkey makes
    /// two; without them whoever proved everything they have would be refused.
    const fn check_two_factors(&self) -> Result<(), SettingsError> {
        let (login, mfa) = (&self.login, &self.mfa);
        if !matches!(mfa.policy, MfaPolicy::Required) || login.passkey {
            return Ok(());
        }
        if !(mfa.totp || mfa.security_key || mfa.phone_code) {
            return Err(SettingsError::Contradiction(
                "mfa.policy = required needs a second factor: mfa.totp, mfa.security_key, mfa.phone_code or login.passkey",
            ));
        }
        if !login.password && (login.email_code || login.magic_link || login.phone_code) {
            return Err(SettingsError::Contradiction(
                "mfa.policy = required needs login.password or login.passkey where codes sign in: what comes second to a \
                 code makes two proofs, not two factors of different classes",
            ));
        }
        Ok(())
    }

    /// The profile attributes that sign-up asks for: those it lists, then the realm's own required ones.
    pub fn sign_up_fields(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.sign_up.fields.iter().map(String::as_str).collect();
        for attribute in self.profile.iter().filter(|attribute| attribute.required) {
            if !names.contains(&attribute.name.as_str()) {
                names.push(&attribute.name);
            }
        }
        names
    }

    /// Whether a method is switched on. A method this build does not know by name is on where it is wired.
    pub fn allows_method(&self, method: &str) -> bool {
        match method {
            "password" => self.login.password,
            "email_code" => self.login.email_code || self.login.magic_link,
            "passkey" => self.login.passkey,
            "totp" => self.mfa.totp,
            "security_key" => self.mfa.security_key,
            "recovery_code" => self.mfa.recovery_codes,
            "phone_code" => self.texts_codes(),
            _ => true,
        }
    }

    /// Whether a method is switched on as a way in.
    pub fn allows_first(&self, method: &str) -> bool {
        if method == "phone_code" { self.login.phone_code } else { self.allows_method(method) }
    }

    /// Whether a method is switched on as a second factor.
    pub fn allows_second(&self, method: &str) -> bool {
        if method == "phone_code" { self.mfa.phone_code } else { self.allows_method(method) }
    }

    /// Whether codes by text message are used for anything.
    pub const fn texts_codes(&self) -> bool {
        self.login.phone_code || self.mfa.phone_code
    }
}

#[cfg(test)]
mod tests {
    use vestibule_kernel::Region;

    use super::*;

    #[test]
    fn origins_of_passkeys_are_bare() {
        let check = |origin: &str| {
            let mut settings = RealmSettings::default();
            settings.login.passkey_origins = vec![origin.to_owned()];
            settings.check().is_ok()
        };
        let hash = "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        for good in ["https://acme.example", "https://a-b.acme.example:8443", hash] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "http://acme.example",
            "https://acme.example/",
            "https://acme.example/path",
            "https://Acme.example",
            "https://acme.example:443",
            "https://ada@acme.example",
            "https://",
            "https://acme..example",
            "android:apk-key-hash:short",
            "",
        ] {
            assert!(!check(bad), "{bad}");
        }
        let mut settings = RealmSettings::default();
        settings.login.passkey_origins = vec!["https://acme.example".to_owned(); MAX_PASSKEY_ORIGINS + 1];
        assert!(settings.check().is_err());
    }

    #[test]
    fn a_new_account_can_be_proven_and_comes_back() {
        let open = |contact, change: &dyn Fn(&mut RealmSettings)| {
            let mut settings = RealmSettings::default();
            settings.sign_up.mode = SignUpMode::Open;
            settings.sign_up.contact = contact;
            change(&mut settings);
            settings.check().is_ok()
        };
        let texts = |settings: &mut RealmSettings| {
            settings.login.phone_identifier = true;
            settings.sms.countries.insert(Region::parse("DE").unwrap());
        };
        let without_password = |settings: &mut RealmSettings| {
            texts(settings);
            settings.sign_up.password = SignUpPassword::None;
            settings.login.email_code = true;
        };
        assert!(open(SignUpContact::Email, &|_| {}));
        assert!(!open(SignUpContact::Phone, &|_| {}) && !open(SignUpContact::Either, &|_| {}));
        assert!(open(SignUpContact::Phone, &texts) && open(SignUpContact::Either, &texts));
        assert!(!open(SignUpContact::Either, &without_password), "who gave a number could not come back");
        let by_text = |settings: &mut RealmSettings| {
            without_password(settings);
            settings.login.phone_code = true;
        };
        assert!(open(SignUpContact::Either, &by_text));
    }

    #[test]
    fn codes_by_text_message_need_countries() {
        let mut settings = RealmSettings::default();
        assert!(!settings.allows_method("phone_code"));
        settings.login.phone_code = true;
        assert!(settings.check().is_err());
        settings.sms.countries.insert(Region::parse("DE").unwrap());
        assert!(settings.check().is_ok());
        assert!(settings.allows_first("phone_code") && !settings.allows_second("phone_code"));
        settings.mfa.phone_code = true;
        settings.sms.countries.clear();
        settings.login.phone_code = false;
        assert!(settings.check().is_err());
        assert!(!settings.allows_first("phone_code") && settings.allows_second("phone_code"));
        assert!(settings.allows_first("totp") && settings.allows_second("password"));
    }

    #[test]
    fn two_factors_are_demanded_only_where_two_classes_can_be_proven() {
        let realm = |password: bool, passkey: bool, code: bool, second: bool| {
            let mut settings = RealmSettings::default();
            settings.login.password = password;
            settings.login.passkey = passkey;
            settings.login.email_code = code;
            settings.mfa.totp = second;
            settings.mfa.policy = MfaPolicy::Required;
            settings
        };
        assert!(realm(true, false, true, true).check().is_ok(), "a password beside the code");
        assert!(realm(false, true, true, false).check().is_ok(), "a passkey is two factors");
        assert!(
            realm(false, false, false, true).check().is_ok(),
            "only providers sign in, and their word pairs"
        );
        assert!(realm(true, false, false, false).check().is_err(), "nothing comes second");
        assert!(realm(false, false, true, true).check().is_err(), "a mailbox and an app are one factor");
        let mut texts = realm(false, false, false, true);
        texts.sms.countries.insert(Region::parse("DE").unwrap());
        assert!(texts.check().is_ok());
        texts.login.phone_code = true;
        assert!(texts.check().is_err(), "a telephone and an app are two things that somebody has");
        texts.mfa.policy = MfaPolicy::Optional;
        assert!(texts.check().is_ok(), "and may both be asked for where nothing is demanded");
        let mut keys = realm(true, false, true, false);
        keys.mfa.security_key = true;
        assert!(keys.check().is_ok());
    }

    #[test]
    fn a_security_key_is_there_where_it_is_switched_on() {
        let mut settings = RealmSettings::default();
        assert!(!settings.allows_second("security_key"));
        settings.mfa.security_key = true;
        assert!(settings.allows_second("security_key") && settings.check().is_ok());
    }

    #[test]
    fn an_open_sign_up_needs_a_contact_and_a_way_in() {
        let mut settings = RealmSettings::default();
        settings.sign_up.mode = SignUpMode::Open;
        assert!(settings.check().is_ok());
        settings.sign_up.password = SignUpPassword::None;
        assert!(settings.check().is_err());
        settings.login.email_code = true;
        assert!(settings.check().is_ok());
        settings.login.email_identifier = false;
        assert!(settings.check().is_err());
    }
}
