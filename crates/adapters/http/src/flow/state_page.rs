//! One state of a flow as its page. Shows, decides nothing.

use actix_web::{HttpResponse, http::StatusCode};
use url::Url;
use vestibule_authn::{FailureReason, FlowState, Intent, MethodId, StateName};
use vestibule_kernel::contact::Locale;
use vestibule_realms::settings::Login;
use vestibule_templates::{
    FieldError, Message,
    message::scope_sentence,
    views::{self, AccountItem, AppView, Form, ScopeItem, Ways},
};
use vestibule_usecases::{
    federation::leads_home,
    flow::{Browser, Refusal, Shown},
};
use vestibule_users::{User, UserStatus};

pub(super) use super::ways_page::sent_to;
use super::{csrf, onward};
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    page::{PageSpec, page},
};

/// What was refused, and the form as typed.
pub(super) type Refused<'a> = Option<(&'a Refusal, &'a Params)>;

/// Renders the page of the flow's state; 422 with a refusal, 429 while slowed.
pub(super) fn render(
    request: &RealmRequest,
    browser: &Browser,
    shown: &Shown,
    refused: Refused<'_>,
) -> HttpResponse {
    let app = app_of(request, shown);
    let spec = PageSpec::of(request).speaking(languages(shown));
    let spec = if refused.is_some() { spec.status(StatusCode::UNPROCESSABLE_ENTITY) } else { spec };
    let context = Context { request, browser, shown, app, refused };
    match &shown.flow.state {
        FlowState::Identify => page(&request.state, &spec, &context.identify()),
        FlowState::Password => page(&request.state, &spec, &context.password()),
        FlowState::Challenge { method, task, .. } => context.challenge(&spec, method, *task),
        FlowState::ChooseMethod { .. } => page(&request.state, &spec, &context.choose_method()),
        FlowState::SignUp => page(&request.state, &spec, &context.sign_up()),
        FlowState::LinkAccount => page(&request.state, &spec, &context.link_account()),
        FlowState::Recover => page(&request.state, &spec, &context.recover()),
        FlowState::NewPassword => page(&request.state, &spec, &context.new_password()),
        FlowState::ChooseEnrolment => page(&request.state, &spec, &context.choose_enrolment()),
        FlowState::ChooseAccount => page(&request.state, &spec, &context.choose_account()),
        FlowState::CompleteProfile { fields, skippable } => {
            page(&request.state, &spec, &context.complete_profile(fields, *skippable))
        }
        FlowState::Consent { scopes } => page(&request.state, &spec, &context.consent(scopes)),
        FlowState::Slowed { until } => {
            let seconds = until.map(|until| seconds_until(request, until));
            let spec = spec.status(StatusCode::TOO_MANY_REQUESTS).retry_after(seconds);
            page(&request.state, &spec, &context.slowed(seconds))
        }
        FlowState::ConfirmLogout => page(&request.state, &spec, &context.confirm_logout()),
        FlowState::SignedOut => context.signed_out(&spec),
        FlowState::Satisfied | FlowState::Continue => page(&request.state, &spec, &context.onward()),
        FlowState::Failed { reason: FailureReason::Denied } if shown.flow.request.is_some() => {
            page(&request.state, &spec, &context.onward())
        }
        FlowState::Failed { reason } => page(&request.state, &spec, &context.failed(*reason)),
    }
}

/// The languages that go before the browser's: the flow's, then that of whoever proved who they are. The owner of an
/// identifier that was only typed is not asked: the language of the page would tell that there is one.
fn languages(shown: &Shown) -> impl Iterator<Item = &Locale> {
    let own = shown.account.as_ref().and_then(|user| user.locale.as_ref());
    shown.flow.locale.iter().chain(own)
}

pub(super) struct Context<'a> {
    pub(super) request: &'a RealmRequest,
    pub(super) browser: &'a Browser,
    pub(super) shown: &'a Shown,
    pub(super) app: Option<AppView>,
    pub(super) refused: Refused<'a>,
}

impl Context<'_> {
    pub(super) fn form(&self) -> Form {
        let flow = &self.shown.flow;
        let csrf = self.browser.flow.as_ref().map(|cookie| csrf::token(cookie, flow.id).expose().to_owned());
        Form {
            action: self.request.realm.issuer.path(&format!("/flow/{}", flow.id)),
            csrf: csrf.unwrap_or_default(),
            step: flow.version.get(),
        }
    }

    pub(super) fn errors(&self) -> Vec<FieldError> {
        let each = self.refused.into_iter().flat_map(|(refusal, _)| refusal.each());
        each.map(|refusal| error_of(self.shown, refusal)).collect()
    }

    /// What was typed into a field of a refused form.
    pub(super) fn typed(&self, name: &str) -> String {
        self.refused.and_then(|(_, form)| form.get(name)).unwrap_or_default().to_owned()
    }

    pub(super) fn reason(&self) -> Option<Message> {
        let again = self.shown.flow.intent == Intent::StepUp && self.shown.flow.session.is_some();
        let reason = if self.shown.flow.account.is_some() { "reason-account" } else { "reason-step-up" };
        again.then(|| Message::new(reason))
    }

    fn identify(&self) -> views::IdentifyPage {
        let (label, inputmode) = identifier_label(&self.request.realm.realm.settings.login);
        let typed = self.refused.map(|_| self.typed("username"));
        let local = self.request.realm.realm.settings.login.password || !self.shown.offers.is_empty();
        let asks = local || leads_home(&self.request.realm);
        let ways = self.ways();
        views::IdentifyPage {
            form: self.form(),
            app: self.app.clone(),
            label: Message::new(label),
            inputmode,
            asks: asks || ways.providers.is_empty(),
            username: typed.or_else(|| self.shown.flow.identifier.clone()).unwrap_or_default(),
            password: self.password_field(),
            // An account that is made here could not be entered.
            ways: Ways { sign_up: ways.sign_up && local, ..ways },
            notice: None,
            reason: self.reason(),
            errors: self.errors(),
        }
    }

    fn password(&self) -> views::PasswordPage {
        views::PasswordPage {
            form: self.form(),
            app: self.app.clone(),
            username: self.shown.flow.identifier.clone().unwrap_or_default(),
            ways: self.ways(),
            reason: self.reason(),
            errors: self.errors(),
        }
    }

    fn choose_account(&self) -> views::ChooseAccountPage {
        views::ChooseAccountPage { form: self.form(), app: self.app.clone(), account: self.account() }
    }

    fn account(&self) -> AccountItem {
        self.shown.account.as_ref().map_or_else(
            || AccountItem { name: String::new(), initial: views::initial(""), identifier: None },
            account,
        )
    }

    fn consent(&self, scopes: &[String]) -> views::ConsentPage {
        let redirect = self.shown.request.as_ref().map(|stored| stored.request.redirect_uri.as_str());
        let mut items: Vec<_> = scopes
            .iter()
            .map(|scope| ScopeItem {
                scope: scope.clone(),
                sentence: scope_sentence(scope),
                optional: scope != vestibule_oauth::scope::OPENID,
            })
            .collect();
        items.sort_by_key(|item| item.optional);
        views::ConsentPage {
            form: self.form(),
            app: self.app.clone().unwrap_or_else(AppView::unnamed),
            destination: redirect.map(destination).unwrap_or_default(),
            account: self.account(),
            scopes: items,
            errors: self.errors(),
        }
    }

    fn slowed(&self, seconds: Option<u64>) -> views::SlowedPage {
        let explanation = match seconds {
            Some(seconds) => wait(seconds, ("slowed-retry-seconds", "slowed-retry-minutes")),
            None => Message::new("slowed-disabled"),
        };
        views::SlowedPage {
            form: Some(self.form()),
            retry_seconds: seconds,
            app: self.app.clone(),
            explanation,
        }
    }

    fn confirm_logout(&self) -> views::ConfirmLogoutPage {
        views::ConfirmLogoutPage {
            form: self.form(),
            app: self.app.clone(),
            account: self.shown.account.as_ref().map(account),
        }
    }

    fn signed_out(&self, spec: &PageSpec<'_>) -> HttpResponse {
        let back = self.shown.flow.logout.as_ref().and_then(|logout| logout.to.clone());
        if let Some(to) = back {
            let name = self.app.as_ref().map(|app| app.name.clone());
            return page(&self.request.state, spec, &views::ContinuePage { app: name, to });
        }
        let sign_in = self.request.realm.issuer.path("/login");
        let view = views::SignedOutPage { sign_in, app: self.app.clone(), back: None };
        page(&self.request.state, spec, &view)
    }

    fn onward(&self) -> views::ContinuePage {
        let app = self.app.as_ref().map(|app| app.name.clone());
        views::ContinuePage { app, to: onward(&self.request.realm, &self.shown.flow) }
    }

    fn failed(&self, reason: FailureReason) -> views::FailedPage {
        let leaves = |user: &User| user.status == UserStatus::PendingDeletion;
        let leaving = self.shown.account.as_ref().is_some_and(leaves);
        let explanation = match reason {
            FailureReason::Denied => "failed-denied",
            FailureReason::AccountInactive if leaving => "failed-leaving",
            FailureReason::AccountInactive => "failed-account-inactive",
            FailureReason::Unmet => "failed-unmet",
        };
        let back = self.shown.flow.request.map(|_| onward(&self.request.realm, &self.shown.flow));
        let account = leaving.then(|| self.request.realm.issuer.path("/account"));
        views::FailedPage { explanation: Message::new(explanation), app: self.app.clone(), account, back }
    }
}

/// The label of the identifier field and its `inputmode`, by the kinds that the realm accepts.
pub(super) const fn identifier_label(login: &Login) -> (&'static str, &'static str) {
    match (login.email_identifier, login.username_identifier, login.phone_identifier) {
        (true, false, false) => ("identify-label-email", "email"),
        (false, false, true) => ("identify-label-phone", "tel"),
        (false, true, false) => ("identify-label-username", "text"),
        (true, true, false) => ("identify-label-email-username", "email"),
        (true, false, true) => ("identify-label-email-phone", "text"),
        (false, true, true) => ("identify-label-username-phone", "text"),
        (true, true, true) | (false, false, false) => ("identify-label-any", "text"),
    }
}

fn app_of(request: &RealmRequest, shown: &Shown) -> Option<AppView> {
    let flow = &shown.flow;
    let id =
        flow.client.as_ref().or_else(|| flow.logout.as_ref().and_then(|logout| logout.client.as_ref()))?;
    request.realm.client(id).map(AppView::of)
}

/// How a person is shown to themselves.
pub(crate) fn account(user: &User) -> AccountItem {
    let name = user.display_name();
    let email = user.primary_email().map(|address| address.email.to_string());
    let other = email.or_else(|| user.username.as_ref().map(ToString::to_string));
    AccountItem { initial: views::initial(&name), identifier: other.filter(|other| *other != name), name }
}

/// The button of a page that asks for a passkey or a security key.
const PASSKEY: &str = "passkey-submit";

/// Where a refused number stands: in a field of its own where one is added, else in that of who somebody is, or in the
/// button that asked for a code.
fn phone_field(shown: &Shown) -> &'static str {
    match shown.flow.state.name() {
        StateName::ChooseEnrolment | StateName::EnrolPhone | StateName::SignUp => "phone",
        StateName::Identify => "username",
        _ => "method-phone_code",
    }
}

/// A refusal of one thing as an error at its field.
pub(super) fn error_of(shown: &Shown, refusal: &Refusal) -> FieldError {
    let spent = shown.challenge.as_ref().is_some_and(|challenge| challenge.attempts_left == 0);
    // These pages have no field for a code: what was answered there was a passkey.
    let passkey = matches!(
        shown.flow.state.name(),
        StateName::Identify
            | StateName::Password
            | StateName::Passkey
            | StateName::EnrolPasskey
            | StateName::OfferPasskey
    );
    // Security keys share these states, and have words of their own.
    let key =
        matches!(&shown.flow.state, FlowState::Challenge { method, .. } if *method == MethodId::SECURITY_KEY);
    let (field, text) = match refusal {
        Refusal::CodeSpent if passkey => (PASSKEY, "passkey-expired"),
        Refusal::CodeWrong | Refusal::CodeMalformed if key => (PASSKEY, "security-key-failed"),
        Refusal::PasskeyUnknown if key => (PASSKEY, "security-key-unknown"),
        Refusal::PasskeyExists if key => (PASSKEY, "security-key-exists"),
        Refusal::CodeWrong | Refusal::CodeMalformed if passkey => (PASSKEY, "passkey-failed"),
        Refusal::PasskeyUnknown => (PASSKEY, "passkey-unknown"),
        Refusal::PasskeyExists => (PASSKEY, "passkey-exists"),
        Refusal::UsernameMissing => ("username", "identify-required"),
        Refusal::UsernameMalformed => ("username", "identify-malformed"),
        Refusal::PasswordMissing => ("password", "password-required"),
        Refusal::PasswordTooLong => ("password", "password-too-long"),
        Refusal::PasswordWrong => ("password", "password-wrong"),
        Refusal::UnexpectedAccount => ("password", "password-unexpected-account"),
        Refusal::NothingChosen => ("scopes", "consent-none-chosen"),
        Refusal::CodeWrong | Refusal::CodeSpent if spent => ("code", "code-too-many"),
        Refusal::CodeWrong if shown.flow.state.name() == StateName::EnrolTotp => ("code", "enrol-totp-wrong"),
        Refusal::CodeWrong => ("code", "code-wrong"),
        Refusal::CodeMalformed => ("code", "code-required"),
        Refusal::CodeSpent => ("code", "code-expired"),
        Refusal::CodesNotSaved => ("saved", "recovery-codes-saved-required"),
        Refusal::PhoneMissing => (phone_field(shown), "phone-required"),
        Refusal::PhoneMalformed => (phone_field(shown), "phone-malformed"),
        Refusal::PhoneCountry => (phone_field(shown), "phone-country"),
        Refusal::PhoneUnavailable => (phone_field(shown), "phone-unavailable"),
        Refusal::PhoneTaken => ("code", "phone-taken"),
        Refusal::NotInvited => ("email", "sign-up-not-invited"),
        Refusal::OneContact => ("email", "sign-up-one-contact"),
        Refusal::EmailMissing => ("email", "field-required"),
        Refusal::EmailMalformed => ("email", "field-invalid"),
        Refusal::EmailDisposable => ("email", "sign-up-domain"),
        Refusal::UsernameTaken => ("username", "sign-up-taken-username"),
        Refusal::AlreadyRegistered => ("code", "sign-up-already-registered"),
        Refusal::PasswordTooShort => ("password", "password-too-short"),
        Refusal::PasswordCommon => ("password", "password-common"),
        Refusal::PasswordContext => ("password", "password-context"),
        Refusal::TermsNotAccepted => ("terms", "sign-up-terms-required"),
        Refusal::ProfileMissing(name) => return of_profile(name, "field-required"),
        Refusal::ProfileInvalid(name) => return of_profile(name, "field-invalid"),
        // Each of them is told by itself; of the whole the first one speaks.
        Refusal::Several(refused) => match refused.first() {
            Some(first) => return error_of(shown, first),
            None => ("form", "field-invalid"),
        },
    };
    FieldError::new(field, Message::new(text))
}

/// An error at a field of the profile.
fn of_profile(name: &str, key: &'static str) -> FieldError {
    FieldError::new(format!("profile.{name}"), Message::new(key))
}

/// The host an answer goes to; for an application on a device its scheme.
fn destination(redirect_uri: &str) -> String {
    match Url::parse(redirect_uri) {
        Ok(url) => url.host_str().map_or_else(|| format!("{}:", url.scheme()), str::to_owned),
        Err(_) => String::new(),
    }
}

/// Whole seconds from the request to a moment, at least one.
pub(super) fn seconds_until(request: &RealmRequest, until: vestibule_kernel::Timestamp) -> u64 {
    let left = (until - request.cx.now).num_milliseconds().max(0);
    u64::try_from(left).unwrap_or(0).div_ceil(1_000).max(1)
}

/// A waiting time in the sentence for seconds or the one for minutes.
pub(super) fn wait(seconds: u64, (in_seconds, in_minutes): (&'static str, &'static str)) -> Message {
    match seconds {
        0..=90 => Message::new(in_seconds).count("count", seconds.max(1)),
        _ => Message::new(in_minutes).count("count", seconds.div_ceil(60)),
    }
}
