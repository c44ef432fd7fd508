//! What a sign-in asks for the profile. Which of it somebody lacks, and what they left before, is decided elsewhere.

use std::collections::BTreeSet;

use super::{RealmSettings, SettingsError, within};

/// The standard claims that a field of a form can ask for: all but `address`, which is several.
pub const ASKABLE_CLAIMS: [&str; 12] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
];

/// Most attributes on one page: few enough to be answered on the way to something else.
pub const ASKED_AT_ONCE: usize = 3;

impl RealmSettings {
    /// A name that nobody knows would never be asked for, and a later attribute of that name by surprise.
    pub(super) fn check_ask_profile(&self) -> Result<(), SettingsError> {
        let names = &self.login.ask_profile;
        within("login.ask_profile", u64::try_from(names.len()).unwrap_or(u64::MAX), 0, 20)?;
        within("login.ask_again_days", self.login.ask_again_days, 0, 365)?;
        let known = |name: &str| {
            ASKABLE_CLAIMS.contains(&name) || self.profile.iter().any(|attribute| attribute.name == name)
        };
        let mut seen = BTreeSet::new();
        if names.iter().all(|name| known(name) && seen.insert(name)) {
            return Ok(());
        }
        Err(SettingsError::Contradiction(
            "login.ask_profile names standard claims (without address) or attributes of profile, each once",
        ))
    }

    /// Whether the realm demands this attribute of everybody.
    pub fn requires_attribute(&self, name: &str) -> bool {
        self.profile.iter().any(|attribute| attribute.required && attribute.name == name)
    }

    /// The attributes that a sign-in asks for, in the order in which it does: what the realm requires before the rest.
    pub fn asked_at_sign_in(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.login.ask_profile.iter().map(String::as_str).collect();
        names.sort_by_key(|name| !self.requires_attribute(name));
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(names: &[&str]) -> RealmSettings {
        let attributes = serde_json::json!([
            {"name": "plan", "type": "text"}, {"name": "city", "type": "text", "required": true},
        ]);
        let mut settings = RealmSettings {
            profile: serde_json::from_value(attributes).unwrap(),
            ..RealmSettings::default()
        };
        settings.login.ask_profile = names.iter().map(|name| (*name).to_owned()).collect();
        settings
    }

    #[test]
    fn only_attributes_that_there_are_can_be_asked_for() {
        assert!(asking(&["birthdate", "plan", "city"]).check().is_ok());
        for wrong in [&["address"][..], &["email"], &["shoe"], &[""], &["plan", "plan"]] {
            assert!(asking(wrong).check().is_err(), "{wrong:?}");
        }
        let mut gone = asking(&["plan"]);
        gone.profile.clear();
        assert!(gone.check().is_err(), "an attribute that is asked for cannot be removed");
        let many: Vec<String> = (0..21).map(|number| format!("a{number}")).collect();
        assert!(asking(&many.iter().map(String::as_str).collect::<Vec<_>>()).check().is_err());
    }

    #[test]
    fn what_is_required_is_asked_for_first() {
        assert_eq!(asking(&["birthdate", "plan", "city"]).asked_at_sign_in(), ["city", "birthdate", "plan"]);
    }

    #[test]
    fn the_pause_is_at_most_a_year() {
        let mut settings = asking(&["plan"]);
        settings.login.ask_again_days = 0;
        assert!(settings.check().is_ok());
        settings.login.ask_again_days = 366;
        assert!(settings.check().is_err());
    }

    #[test]
    fn settings_of_before_ask_for_nothing() {
        let old: RealmSettings = serde_json::from_str(r#"{"login": {"password": true}}"#).unwrap();
        assert!(old.login.ask_profile.is_empty() && old.login.ask_again_days == 30);
    }
}
