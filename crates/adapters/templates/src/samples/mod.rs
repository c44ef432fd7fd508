//! One example of every page, in its states: what previews show, what `theme check` renders, and what the templates of a
//! realm's own are held to before they are kept.

mod account;
mod flow;
mod recovery;

use std::collections::HashMap;

use minijinja::{Value, value::Serde};
use serde_json::{Map, json};
use url::Url;
use vestibule_kernel::{RealmId, contact::Locale};
use vestibule_oauth::client::Verification;
use vestibule_realms::{Issuer, Realm, RealmSettings, Slug};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{RealmSnapshot, language::SPOKEN};

use crate::{
    Chooser, FieldError, Message, View,
    views::{
        AccountItem, AppView, ChooseAccountPage, ConfirmLogoutPage, ConsentPage, ContinuePage, ErrorPage,
        FailedPage, Form, FormPostPage, ProblemItem, ProblemListPage, ProblemPage, RealmHomePage,
        ReferenceBody, ReferenceGroup, ReferenceMember, ReferenceOperation, ReferencePage,
        ReferenceParameter, ReferenceSchema, ScopeItem, SetupDonePage, SetupPage, SignedOutPage, SlowedPage,
    },
};

/// A page in one of its states, with made-up content.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its name: the page, and the state after a dash.
    pub name: &'static str,
    /// The template, by its path in the theme's `templates` folder.
    pub template: &'static str,
    /// Whether it is a page of a realm; the others are pages of the installation.
    pub of_realm: bool,
    pub(crate) page: Value,
}

impl Sample {
    fn of_realm<V: View>(name: &'static str, view: &V) -> Self {
        Self { name, template: V::TEMPLATE, of_realm: true, page: Value::from(Serde(view)) }
    }

    fn of_nobody<V: View>(name: &'static str, view: &V) -> Self {
        Self { of_realm: false, ..Self::of_realm(name, view) }
    }
}

fn app(name: &str, verification: Verification) -> AppView {
    AppView {
        name: name.to_owned(),
        initial: crate::views::initial(name),
        home: None,
        policy: Some("https://shop.acme.test/privacy".to_owned()),
        terms: Some("https://shop.acme.test/terms".to_owned()),
        verified: verification == Verification::Verified,
    }
}

fn form() -> Form {
    let action = "/realms/acme/flow/flw_agnaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    Form { action, csrf: "vcf_x".to_owned(), step: 3 }
}

fn ada() -> AccountItem {
    AccountItem {
        name: "Ada Lovelace".to_owned(),
        initial: "A".to_owned(),
        identifier: Some("ada@acme.test".to_owned()),
    }
}

/// A realm named Acme that offers every language, this one first; `None` never, for its parts are all well-formed.
pub fn realm(public_url: &Url, language: &Locale) -> Option<RealmSnapshot> {
    let mut settings = RealmSettings { display_name: "Acme".to_owned(), ..RealmSettings::default() };
    settings.locales.default = language.clone();
    settings.locales.supported = SPOKEN.iter().filter_map(|tag| Locale::parse(tag).ok()).collect();
    settings.branding.terms_uri = Some("/terms".to_owned());
    settings.branding.policy_uri = Some("/privacy".to_owned());
    settings.branding.support_uri = Some("mailto:help@acme.test".to_owned());
    let (id, slug) = (RealmId::from_uuid(uuid::Uuid::nil()), Slug::parse("acme").ok()?);
    let realm = Realm::create(id, slug, vec![], settings, chrono::DateTime::UNIX_EPOCH).ok()?.value;
    let issuer = Issuer::of(&realm, public_url);
    Some(RealmSnapshot::new(realm, issuer, HashMap::new(), Vec::new()))
}

/// How the language of a page is changed there.
pub fn chooser() -> Chooser {
    Chooser {
        action: "/realms/acme/language".to_owned(),
        back: "/flow/flw_agnaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
    }
}

/// Every page in its states.
pub fn pages() -> Vec<Sample> {
    let mut out = Vec::new();
    flow::pages(&mut out);
    recovery::pages(&mut out);
    account::pages(&mut out);
    flow_pages(&mut out);
    other_pages(&mut out);
    reference_pages(&mut out);
    out
}

/// Made-up values of a message, with every link it may take below an issuer.
pub fn message_data(kind: MessageKind, issuer: &Issuer) -> Map<String, serde_json::Value> {
    let link = |path: &str| issuer.url(path);
    let all = json!({
        "time": "2026-03-01T12:00:00Z", "date": "2026-03-31T12:00:00Z", "browser": "Firefox", "system": "Linux",
        "ip": "192.0.2.7", "code": "482913", "minutes": 10, "days": 7,
        "link": link("/flow/confirm?token=vml_x"), "recover_link": link("/flow/recover"),
        "undo_link": link("/account/undo?token=vml_y"), "old": "ada@acme.test", "new": "ada@new.test",
        "number": "•••67", "factor": "passkey", "left": "9", "provider": "Google",
    });
    let takes: &[&str] = match kind {
        MessageKind::NewDevice => &["time", "browser", "system", "ip"],
        MessageKind::SignInCode | MessageKind::VerifyEmail | MessageKind::RecoverPassword => {
            &["code", "minutes", "link"]
        }
        MessageKind::AccountExists => &["link", "recover_link"],
        MessageKind::EmailAdded => &["new", "undo_link"],
        MessageKind::EmailChanged => &["old", "new", "undo_link"],
        MessageKind::EmailRemoved => &["old"],
        MessageKind::PhoneAdded | MessageKind::PhoneChanged | MessageKind::PhoneRemoved => {
            &["number", "time"]
        }
        MessageKind::FactorAdded | MessageKind::FactorRemoved => &["factor", "time"],
        MessageKind::RecoveryCodeUsed => &["left", "time"],
        MessageKind::PasskeyCopied | MessageKind::SecurityKeyCopied => &["time"],
        MessageKind::IdentityLinked | MessageKind::IdentityUnlinked => &["provider", "time"],
        MessageKind::DeletionScheduled => &["date", "undo_link"],
        MessageKind::ExportReady | MessageKind::InvitationToSignUp => &["link", "days"],
        MessageKind::PasswordChanged
        | MessageKind::DeletionUndone
        | MessageKind::AccountDeleted
        | MessageKind::MailTest => &[],
    };
    let Some(all) = all.as_object() else { return Map::new() };
    all.iter()
        .filter(|(name, _)| takes.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

fn flow_pages(out: &mut Vec<Sample>) {
    let shop = || Some(app("Acme Shop", Verification::Verified));
    let choose = ChooseAccountPage { form: form(), app: shop(), account: ada() };
    out.push(Sample::of_realm("choose-account", &choose));
    let scopes = ["openid", "profile", "email", "offline_access"].map(|scope| ScopeItem {
        scope: scope.to_owned(),
        sentence: crate::message::scope_sentence(scope),
        optional: scope != "openid",
    });
    let consent = ConsentPage {
        form: form(),
        app: app("Globex Analytics", Verification::Unverified),
        destination: "analytics.globex.test".to_owned(),
        account: ada(),
        scopes: scopes.to_vec(),
        errors: vec![],
    };
    out.push(Sample::of_realm("consent", &consent));
    let wrong = ConsentPage {
        app: app("Globex Analytics", Verification::Verified),
        errors: vec![FieldError::new("scopes", Message::new("consent-none-chosen"))],
        ..consent
    };
    out.push(Sample::of_realm("consent-error", &wrong));
    let slowed = SlowedPage {
        form: Some(form()),
        retry_seconds: Some(16),
        app: shop(),
        explanation: Message::new("slowed-retry-seconds").count("count", 16),
    };
    out.push(Sample::of_realm("slowed", &slowed));
    let logout = ConfirmLogoutPage { form: form(), app: shop(), account: Some(ada()) };
    out.push(Sample::of_realm("confirm-logout", &logout));
    let back = Some("https://shop.acme.test/bye".to_owned());
    let out_page = SignedOutPage { sign_in: "/realms/acme/login".to_owned(), app: shop(), back };
    out.push(Sample::of_realm("signed-out", &out_page));
    let failed = FailedPage {
        explanation: Message::new("failed-account-inactive"),
        app: shop(),
        account: None,
        back: Some("/realms/acme/oauth/authorize/resume?request=req_x".to_owned()),
    };
    out.push(Sample::of_realm("failed", &failed));
    let leaving = FailedPage {
        explanation: Message::new("failed-leaving"),
        account: Some("/realms/acme/account".to_owned()),
        ..failed
    };
    out.push(Sample::of_realm("failed-leaving", &leaving));
}

fn other_pages(out: &mut Vec<Sample>) {
    let onward = ContinuePage {
        app: Some("Acme Shop".to_owned()),
        // No refresh in the fixture's picture: the address is of no host.
        to: "/realms/acme/oauth/authorize/resume?request=req_x&flow=flw_x".to_owned(),
    };
    out.push(Sample::of_realm("continue", &onward));
    let post = FormPostPage {
        app: Some("Acme Shop".to_owned()),
        action: "https://shop.acme.test/cb".to_owned(),
        fields: vec![("code".to_owned(), "vac_x".to_owned()), ("state".to_owned(), "xyz".to_owned())],
    };
    out.push(Sample::of_realm("form-post", &post));
    let error = ErrorPage {
        status: 410,
        code: "VST-050".to_owned(),
        sentence: Message::named("problem-050-title".to_owned()),
        advice: Some(Message::named("problem-050-hint".to_owned())),
        detail: None,
        fault: None,
        time: "2026-03-01T12:00:00Z".to_owned(),
        action: Some(("/realms/acme/login".to_owned(), Message::new("error-start-again"))),
        developer: Some(
            "redirect_uri: received https://a.test/cb/\nregistered: https://a.test/cb".to_owned(),
        ),
    };
    out.push(Sample::of_realm("error", &error));
    let home = RealmHomePage {
        account: Some(ada()),
        sign_in: "/realms/acme/login".to_owned(),
        sign_out: "/realms/acme/oauth/logout".to_owned(),
        apps: vec![AppView {
            home: Some("https://shop.acme.test/".to_owned()),
            ..app("Acme Shop", Verification::Verified)
        }],
    };
    out.push(Sample::of_realm("home", &home));
    let nobody = RealmHomePage { account: None, apps: vec![], ..home };
    out.push(Sample::of_realm("home-signed-out", &nobody));
    let setup = SetupPage {
        action: "/setup/x".to_owned(),
        csrf: "vcf_x".to_owned(),
        email: String::new(),
        name: String::new(),
        min_length: 12,
        errors: vec![],
    };
    out.push(Sample::of_nobody("setup", &setup));
    let wrong = SetupPage {
        email: "ada@example.com".to_owned(),
        errors: vec![FieldError::new("password", Message::new("setup-password-short").with("min", 12))],
        ..setup
    };
    out.push(Sample::of_nobody("setup-error", &wrong));
    let done =
        SetupDonePage { email: "ada@example.com".to_owned(), sign_in: "/realms/operators/login".to_owned() };
    out.push(Sample::of_nobody("setup-done", &done));
}

fn reference_pages(out: &mut Vec<Sample>) {
    let problem = ProblemItem {
        code: "VST-003".to_owned(),
        status: 404,
        title: "There is nothing at this address".to_owned(),
    };
    let body = ReferenceBody {
        media_types: "application/json".to_owned(),
        schema: "User".to_owned(),
        example: "{\n  \"username\": \"ada\"\n}".to_owned(),
    };
    let operation = ReferenceOperation {
        id: "updateUser".to_owned(),
        method: "PATCH".to_owned(),
        path: "/realms/{realm}/admin/v1/users/{user_id}".to_owned(),
        summary: "Change a user".to_owned(),
        access: "users:write".to_owned(),
        parameters: vec![ReferenceParameter {
            name: "user_id".to_owned(),
            place: "path".to_owned(),
            required: true,
            description: "The user's id.".to_owned(),
        }],
        body: Some(body.clone()),
        status: 200,
        answer: "The user".to_owned(),
        result: Some(body),
        problems: vec![problem.clone()],
        curl: "curl -X PATCH 'https://id.example/…'".to_owned(),
    };
    let member = ReferenceMember {
        name: "emails".to_owned(),
        kind: "array of User".to_owned(),
        schema: Some("User".to_owned()),
        required: true,
        description: "Their addresses.".to_owned(),
    };
    let reference = ReferencePage {
        groups: vec![ReferenceGroup {
            name: "Users".to_owned(),
            anchor: "users".to_owned(),
            operations: vec![operation],
        }],
        schemas: vec![ReferenceSchema { name: "User".to_owned(), members: vec![member] }],
        document: "/admin/v1/openapi.json".to_owned(),
    };
    out.push(Sample::of_nobody("reference", &reference));
    out.push(Sample::of_nobody("problems", &ProblemListPage { problems: vec![problem.clone()] }));
    let one = ProblemPage {
        problem,
        hint: "Check the path and the ids in it.".to_owned(),
        operations: vec![("updateUser".to_owned(), "Change a user".to_owned())],
    };
    out.push(Sample::of_nobody("problem", &one));
}
