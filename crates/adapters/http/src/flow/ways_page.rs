//! The pages of challenges, new accounts, recovery and enrolment. Shows, decides nothing.

use actix_web::HttpResponse;
use vestibule_authn::{FlowState, MethodId, StateName, Task};
use vestibule_federation::ConnectionKey;
use vestibule_realms::settings::{SignUpContact, SignUpMode, SignUpPassword};
use vestibule_templates::{
    Message,
    views::{
        ChooseEnrolmentPage, ChooseMethodPage, CodePage, CodeText, CompleteProfilePage, EnrolPasskeyPage,
        EnrolSecurityKeyPage, EnrolTotpPage, FieldType, LinkAccountPage, NewPasswordPage, OtherMethod,
        PasskeyPage, PasswordField, PasswordHints, ProfileField, Provider, RecoverPage, RecoveryCodes,
        RecoveryCodesPage, Resend, SecurityKeyPage, SignUpPage, TermsDocument, Ways, Words,
    },
};
use vestibule_usecases::{
    RealmSnapshot,
    account::passkeys::ADDED,
    flow::{Shown, ShownChallenge},
};

use super::{
    profile_fields,
    state_page::{Context, identifier_label},
};
use crate::page::{PageSpec, page};

/// Seconds between two messages of one page.
const RESEND_WAIT_SECONDS: i64 = 30;
const CODE_DIGITS: u8 = 6;
/// Few enough to be told.
const FEW_ATTEMPTS: u32 = 2;

/// Where a code went: said by the method once somebody proved something, else what was typed, cut.
pub(super) fn sent_to(shown: &Shown) -> Option<String> {
    let proven = !shown.flow.proofs.is_empty();
    let said = shown.challenge.as_ref().and_then(|challenge| challenge.presentation.sent_to.clone());
    said.filter(|_| proven).or_else(|| shown.flow.identifier.clone())
}

/// For how many days the browser can be trusted along with an answer: with a second factor that is not a spare one, and
/// not on the way to the account's own pages, which ask each time.
pub(super) fn remember_days(realm: &RealmSnapshot, shown: &Shown) -> Option<u64> {
    let FlowState::Challenge { method, task: Task::Second, .. } = &shown.flow.state else { return None };
    let days = realm.realm.settings.mfa.remember_device_days;
    (days > 0 && *method != MethodId::RECOVERY_CODE && shown.flow.account.is_none()).then_some(days)
}

impl Context<'_> {
    pub(super) fn ways(&self) -> Ways {
        let shown = self.shown;
        let state = shown.flow.state.name();
        let before = matches!(state, StateName::Identify | StateName::Password | StateName::LinkAccount);
        let passkey = shown
            .challenge
            .as_ref()
            .filter(|challenge| state == StateName::Identify && challenge.open)
            .and_then(|challenge| challenge.presentation.webauthn.clone());
        let has_options = passkey.is_some();
        let methods = shown
            .offers
            .iter()
            // The button with the options does the same.
            .filter(|method| !(has_options && **method == MethodId::PASSKEY))
            // A code needs to know whose.
            .filter(|method| {
                state != StateName::Identify || !matches!(method.as_str(), "email_code" | "phone_code")
            })
            .map(|method| {
                OtherMethod::of(method.as_str()).last_used(before && self.was_last(method.as_str()))
            })
            .collect();
        Ways {
            methods,
            providers: if state == StateName::Identify { self.providers() } else { Vec::new() },
            passkey,
            passkey_last_used: self.was_last("passkey"),
            sign_up: shown.sign_up && state == StateName::Identify,
            recover: shown.recover && before,
        }
    }

    /// Whether somebody signed in by this way last, in this browser.
    fn was_last(&self, way: &str) -> bool {
        self.browser.last_way.as_deref() == Some(way)
    }

    /// A button for each provider.
    fn providers(&self) -> Vec<Provider> {
        let offered = crate::federation::offered(self.request).into_iter();
        let of = |(key, name): (ConnectionKey, String)| Provider {
            last_used: self.was_last(&format!("provider:{key}")),
            key: key.to_string(),
            name,
        };
        offered.map(of).collect()
    }

    /// The page that asks whether an account is theirs.
    pub(super) fn link_account(&self) -> LinkAccountPage {
        let waiting = self.shown.flow.waiting.as_ref();
        LinkAccountPage {
            form: self.form(),
            app: self.app.clone(),
            provider: self.comes_from().unwrap_or_default(),
            upstream: waiting.map(|waiting| waiting.label.clone()).unwrap_or_default(),
            username: self.shown.flow.identifier.clone().unwrap_or_default(),
            password: self.request.realm.realm.settings.login.password,
            ways: self.ways(),
            errors: self.errors(),
        }
    }

    /// The provider whose identity waits in the flow.
    fn comes_from(&self) -> Option<String> {
        let waiting = self.shown.flow.waiting.as_ref()?;
        Some(crate::federation::name_of(self.request, waiting.connection))
    }

    /// How the password field of the first page is there.
    pub(super) fn password_field(&self) -> PasswordField {
        if self.request.realm.realm.settings.login.password {
            PasswordField::Hidden
        } else {
            PasswordField::Absent
        }
    }

    /// The page of a challenge.
    pub(super) fn challenge(&self, spec: &PageSpec<'_>, method: &MethodId, task: Task) -> HttpResponse {
        let state = &self.request.state;
        match (task, method.as_str()) {
            (Task::Enrol, "totp") => page(state, spec, &self.enrol_totp()),
            (Task::Enrol, "recovery_code") => page(state, spec, &self.recovery_codes()),
            (Task::Enrol, "phone_code") => page(state, spec, &self.code(method, task)),
            (Task::Enrol, "security_key") => page(state, spec, &self.enrol_security_key()),
            (Task::Enrol | Task::Offer, _) => page(state, spec, &self.enrol_passkey(task == Task::Offer)),
            (_, "passkey") => page(state, spec, &self.passkey()),
            (_, "security_key") => page(state, spec, &self.security_key()),
            _ => page(state, spec, &self.code(method, task)),
        }
    }

    fn shown_challenge(&self) -> Option<&ShownChallenge> {
        self.shown.challenge.as_ref()
    }

    fn code(&self, method: &MethodId, task: Task) -> CodePage {
        let to = sent_to(self.shown).unwrap_or_default();
        let link = self.shown_challenge().is_some_and(|challenge| challenge.link)
            || self.request.realm.realm.settings.login.magic_link;
        let text = match (task, method.as_str()) {
            (Task::SignUp | Task::Enrol, "phone_code") => CodeText::verify_phone(&to, CODE_DIGITS),
            (Task::SignUp, _) => CodeText::verify_email(&to, CODE_DIGITS, true),
            (Task::Recover, _) => CodeText::recover(&to, CODE_DIGITS, true),
            (_, "phone_code") if self.names_account() => CodeText::phone_of_account(&to, CODE_DIGITS),
            (_, "phone_code") => CodeText::phone_code(&to, CODE_DIGITS),
            (_, "totp") => CodeText::totp(CODE_DIGITS),
            (_, "recovery_code") => CodeText::recovery_code(),
            _ => CodeText::email_code(&to, CODE_DIGITS, link),
        };
        let sends = matches!(method.as_str(), "email_code" | "phone_code");
        let resend = self.shown_challenge().filter(|_| sends).map(|challenge| {
            let since = (self.request.cx.now - challenge.created_at).num_seconds();
            Resend { wait_seconds: u64::try_from((RESEND_WAIT_SECONDS - since).max(0)).unwrap_or(0) }
        });
        let left = self.shown_challenge().map(|challenge| challenge.attempts_left);
        let restart = match task {
            Task::SignUp if method.as_str() == "phone_code" => "phone-other",
            Task::SignUp => "code-other-address",
            _ => "ways-restart",
        };
        // Where something is added the others are set up, not asked.
        let ways = if task == Task::Enrol {
            let others = self.enrolments().into_iter().filter(|other| other.method != method.as_str());
            Ways { methods: others.collect(), ..Ways::default() }
        } else {
            self.ways()
        };
        CodePage {
            form: self.form(),
            app: self.app.clone(),
            text,
            username: self.shown.flow.identifier.clone(),
            resend,
            remember_days: remember_days(&self.request.realm, self.shown),
            attempts_left: left.filter(|left| *left <= FEW_ATTEMPTS && self.refused.is_some()),
            ways,
            phone: (task == Task::Enrol && method.as_str() == "phone_code").then(|| self.typed("phone")),
            restart: Some(Message::new(restart)),
            reason: self.reason(),
            errors: self.errors(),
        }
    }

    /// Whether the account was named by something else than a number, and nothing is proven: then nothing is said about
    /// where its codes go, or whether there is one.
    fn names_account(&self) -> bool {
        let flow = &self.shown.flow;
        let digits = |text: &str| !text.contains('@') && !text.chars().any(char::is_alphabetic);
        flow.proofs.is_empty() && !flow.identifier.as_deref().is_some_and(digits)
    }

    fn options(&self) -> serde_json::Value {
        let webauthn = self.shown_challenge().and_then(|challenge| challenge.presentation.webauthn.clone());
        webauthn.unwrap_or_default()
    }

    fn passkey(&self) -> PasskeyPage {
        PasskeyPage {
            form: self.form(),
            app: self.app.clone(),
            username: self.shown.flow.identifier.clone(),
            options: self.options(),
            remember_days: remember_days(&self.request.realm, self.shown),
            ways: self.ways(),
            reason: self.reason(),
            errors: self.errors(),
        }
    }

    fn security_key(&self) -> SecurityKeyPage {
        SecurityKeyPage {
            form: self.form(),
            app: self.app.clone(),
            username: self.shown.flow.identifier.clone(),
            options: self.options(),
            remember_days: remember_days(&self.request.realm, self.shown),
            ways: self.ways(),
            reason: self.reason(),
            errors: self.errors(),
        }
    }

    pub(super) fn choose_method(&self) -> ChooseMethodPage {
        ChooseMethodPage {
            form: self.form(),
            app: self.app.clone(),
            username: self.shown.flow.identifier.clone(),
            methods: self.shown.offers.iter().map(|method| OtherMethod::of(method.as_str())).collect(),
            reason: self.reason(),
            help: self.request.realm.realm.settings.branding.support_uri.clone(),
            errors: self.errors(),
        }
    }

    pub(super) fn sign_up(&self) -> SignUpPage {
        let settings = &self.request.realm.realm.settings;
        let waiting = self.shown.flow.waiting.as_ref();
        // What a provider told stands in the fields until somebody types something else.
        let told = |name: &str| {
            let waiting = waiting.filter(|_| self.refused.is_none())?;
            match name.strip_prefix("profile.") {
                Some(attribute) => waiting.profile.get(attribute).map(profile_fields::shown),
                None if name == "email" => waiting.email.as_ref().map(ToString::to_string),
                None => None,
            }
        };
        // An invitation names the address.
        let invited = settings.sign_up.mode == SignUpMode::Invited && waiting.is_none();
        let told = |name: &str| {
            let named = || self.shown.flow.identifier.clone().filter(|_| invited && self.refused.is_none());
            told(name).or_else(|| (name == "email").then(named).flatten())
        };
        let typed = |name: &str| told(name).unwrap_or_else(|| self.typed(name));
        let asks = if waiting.is_some() { SignUpPassword::None } else { settings.sign_up.password };
        let takes =
            if waiting.is_some() || invited { SignUpContact::Email } else { settings.sign_up.contact };
        let either = takes == SignUpContact::Either;
        let mut fields = Vec::new();
        if takes.takes_email() {
            let field = profile_fields::identifier("email", FieldType::Email, typed("email"));
            fields.push(ProfileField { required: !either, ..field });
        }
        if takes.takes_phone() {
            let field = profile_fields::identifier("phone", FieldType::Phone, typed("phone"));
            fields.push(ProfileField { required: !either, ..field });
        }
        if settings.sign_up.username {
            let kind = FieldType::Text { max_length: 64 };
            fields.push(profile_fields::identifier("username", kind, typed("username")));
        }
        fields.extend(profile_fields::asked(settings, &typed));
        let terms = settings.branding.terms_uri.clone().filter(|_| settings.sign_up.accept_terms);
        SignUpPage {
            form: self.form(),
            app: self.app.clone(),
            fields,
            connects: self.comes_from(),
            providers: if waiting.is_some() { Vec::new() } else { self.providers() },
            password: (asks != SignUpPassword::None).then(|| self.hints()),
            password_optional: asks == SignUpPassword::Optional,
            one_contact: either,
            terms_accepted: !self.typed("terms").is_empty(),
            terms: terms
                .map(|href| TermsDocument {
                    key: "terms".to_owned(),
                    title: Words::Message(Message::new("footer-terms")),
                    href,
                })
                .into_iter()
                .collect(),
            errors: self.errors(),
        }
    }

    pub(super) fn complete_profile(&self, names: &[String], skippable: bool) -> CompleteProfilePage {
        let settings = &self.request.realm.realm.settings;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        CompleteProfilePage {
            form: self.form(),
            app: self.app.clone(),
            fields: profile_fields::fields(settings, &names, &|name| self.typed(name)),
            skippable,
            errors: self.errors(),
        }
    }

    fn hints(&self) -> PasswordHints {
        let policy = &self.request.realm.realm.settings.password;
        PasswordHints { min_length: policy.min_length, leaks_refused: policy.refuse_common }
    }

    pub(super) fn recover(&self) -> RecoverPage {
        let (label, inputmode) = identifier_label(&self.request.realm.realm.settings.login);
        let typed = self.typed("username");
        let known = self.shown.flow.identifier.clone().unwrap_or_default();
        RecoverPage {
            form: self.form(),
            app: self.app.clone(),
            label: Message::new(label),
            inputmode,
            username: if typed.is_empty() { known } else { typed },
            errors: self.errors(),
        }
    }

    pub(super) fn new_password(&self) -> NewPasswordPage {
        NewPasswordPage {
            form: self.form(),
            app: self.app.clone(),
            username: self.shown.flow.identifier.clone().unwrap_or_default(),
            hints: self.hints(),
            ends_sessions: true,
            reason: None,
            errors: self.errors(),
        }
    }

    /// What can be set up by itself.
    fn enrolments(&self) -> Vec<OtherMethod> {
        let offers = self.shown.offers.iter().filter(|method| **method != MethodId::RECOVERY_CODE);
        offers.map(|method| OtherMethod::enrol(method.as_str())).collect()
    }

    pub(super) fn choose_enrolment(&self) -> ChooseEnrolmentPage {
        ChooseEnrolmentPage {
            form: self.form(),
            app: self.app.clone(),
            reason: Message::new("choose-enrolment-required"),
            methods: self.enrolments(),
            phone: self.typed("phone"),
            errors: self.errors(),
        }
    }

    fn enrol_totp(&self) -> EnrolTotpPage {
        let shown =
            self.shown_challenge().map(|challenge| challenge.presentation.clone()).unwrap_or_default();
        EnrolTotpPage {
            form: self.form(),
            app: self.app.clone(),
            otpauth: shown.otpauth.unwrap_or_default(),
            manual_key: shown.manual_key.unwrap_or_default(),
            reason: None,
            errors: self.errors(),
        }
    }

    fn enrol_passkey(&self, offered: bool) -> EnrolPasskeyPage {
        EnrolPasskeyPage {
            form: self.form(),
            app: self.app.clone(),
            options: self.options(),
            offered,
            wanted: self.shown.flow.account.as_ref().is_some_and(|page| page.as_str() == ADDED),
            reason: None,
            errors: self.errors(),
        }
    }

    /// Whoever has no key at hand sets something else up. A number would have to be typed, and is asked for on the page of
    /// all of them.
    fn enrol_security_key(&self) -> EnrolSecurityKeyPage {
        let others = self.enrolments().into_iter();
        EnrolSecurityKeyPage {
            form: self.form(),
            app: self.app.clone(),
            options: self.options(),
            methods: others.filter(|other| other.method != MethodId::PHONE_CODE.as_str()).collect(),
            errors: self.errors(),
        }
    }

    fn recovery_codes(&self) -> RecoveryCodesPage {
        let codes = self.shown_challenge().map(|challenge| challenge.presentation.recovery_codes.clone());
        let account = self.shown.flow.identifier.clone().unwrap_or_default();
        RecoveryCodesPage {
            form: self.form(),
            app: self.app.clone(),
            codes: RecoveryCodes::new(codes.unwrap_or_default(), self.request.realm.display_name(), &account),
            errors: self.errors(),
        }
    }
}
