//! HTML answers: every page leaves through here, so that each class of page has one approved set of headers. Does not
//! decide what a page says.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;
use vestibule_kernel::{Timestamp, contact::Locale, ports::Entropy};
use vestibule_realms::RealmEvent;
use vestibule_templates::{Chooser, Message, PageContext, PageError, Rendered, View, views::ErrorPage};
use vestibule_usecases::RealmSnapshot;

use crate::{
    cx::RealmRequest,
    language,
    middleware::security_headers::STRICT_TRANSPORT,
    problem::{Problem, ProblemCode},
    state::HttpState,
};

/// What a page may do besides showing itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PageClass {
    /// Sign-in, consent, sign-out, errors: no referrer; may be opened as a popup by an application.
    #[default]
    Flow,
    /// The one page whose form goes to a client: the origin of its registered redirect address.
    FormPost(String),
    /// Demo, inbox, reference: nobody's popup.
    Document,
    /// The overview of a look: frames pages of our own.
    Preview,
    /// A page with made-up content, which nothing is sent from: shown in frames of our own.
    Sample,
    /// A mail with made-up content: its styles stand in it.
    SampleMail,
}

/// A page to answer with.
pub struct PageSpec<'a> {
    /// The realm whose look it has.
    pub realm: Option<&'a RealmSnapshot>,
    /// The status.
    pub status: StatusCode,
    /// Its headers.
    pub class: PageClass,
    /// Sent as `Retry-After`.
    pub retry_after_seconds: Option<u64>,
    /// The request id.
    pub request_id: &'a str,
    /// The language.
    pub locale: Locale,
    /// How to change it.
    pub chooser: Option<Chooser>,
}

impl<'a> PageSpec<'a> {
    /// A page with status 200, in English: for developers, or outside realms.
    pub fn new(realm: Option<&'a RealmSnapshot>, request_id: &'a str) -> Self {
        Self {
            realm,
            status: StatusCode::OK,
            class: PageClass::Flow,
            retry_after_seconds: None,
            request_id,
            locale: Locale::english(),
            chooser: None,
        }
    }

    /// A page of a realm with status 200, in the language of the request.
    pub fn of(request: &'a RealmRequest) -> Self {
        Self {
            locale: request.language(),
            chooser: Some(language::chooser(request)),
            ..Self::new(Some(&request.realm), &request.cx.origin.request_id)
        }
    }

    /// Sets the language: the first of these that the realm offers, else it stays.
    #[must_use]
    pub fn speaking<'l>(mut self, wishes: impl IntoIterator<Item = &'l Locale>) -> Self {
        let wishes: Vec<Locale> = wishes.into_iter().cloned().chain([self.locale]).collect();
        self.locale = match self.realm {
            Some(realm) => realm.language(&wishes),
            None => wishes.into_iter().next().unwrap_or_else(Locale::english),
        };
        self
    }

    /// Sets the status.
    #[must_use]
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Sets the class.
    #[must_use]
    pub fn class(mut self, class: PageClass) -> Self {
        self.class = class;
        self
    }

    /// Says when to come back.
    #[must_use]
    pub const fn retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after_seconds = seconds;
        self
    }
}

/// Renders a page with the headers of its class.
pub fn page<V: View>(state: &HttpState, spec: &PageSpec<'_>, view: &V) -> HttpResponse {
    let nonce = nonce(state.app.entropy.as_ref());
    let context = PageContext {
        realm: spec.realm,
        locale: &spec.locale,
        chooser: spec.chooser.as_ref(),
        nonce: &nonce,
        request_id: spec.request_id,
        stylesheet: None,
    };
    let html = match state.pages.render(view, context) {
        Ok(Rendered { html, failed }) => {
            if let (Some(error), Some(realm)) = (failed, spec.realm) {
                passed_over(state, realm, &error);
            }
            html
        }
        Err(error) => {
            tracing::error!(template = error.template, cause = error.cause, "a page could not be rendered");
            return HttpResponse::InternalServerError()
                .content_type("text/plain; charset=utf-8")
                .body(format!("Something went wrong on our side. Reference: {}", spec.request_id));
        }
    };
    let mut answer = HttpResponse::build(spec.status);
    let https = state.app.installation.public_url.scheme() == "https";
    let more = spec.retry_after_seconds.map(|seconds| ("retry-after", seconds.to_string()));
    for (name, value) in headers(&spec.class, &nonce, https).into_iter().chain(more) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.insert_header((HeaderName::from_static(name), value));
        }
    }
    answer.content_type("text/html; charset=utf-8").body(html)
}

/// A page that was rendered already, with made-up content.
pub(crate) fn sample(state: &HttpState, class: PageClass, html: String) -> HttpResponse {
    let https = state.app.installation.public_url.scheme() == "https";
    let mut answer = HttpResponse::Ok();
    for (name, value) in headers(&class, "", https) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.insert_header((HeaderName::from_static(name), value));
        }
    }
    answer.content_type("text/html; charset=utf-8").body(html)
}

/// A template of a realm's own failed: its administrators read it in the log of events, ours in that of the server.
fn passed_over(state: &HttpState, realm: &RealmSnapshot, error: &PageError) {
    tracing::warn!(
        template = error.template, cause = error.cause, realm.id = %realm.realm.id,
        "a realm's own template failed; the built-in one was shown"
    );
    let (template, cause) = (error.template.to_owned(), error.cause.clone());
    let cx = state.app.system_cx(realm.realm.id);
    state.app.journal.record(&cx, RealmEvent::ThemeTemplateFailed { template, cause });
}

/// The page of a problem: the same code and sentence as the JSON answer, and a link to start again if there is one.
pub fn problem_page(
    state: &HttpState,
    spec: PageSpec<'_>,
    problem: &Problem,
    now: Timestamp,
    again: Option<(String, Message)>,
) -> HttpResponse {
    let code = problem.code();
    let (sentence, advice, fault) = words_of(state, code);
    let view = ErrorPage {
        status: code.status,
        code: code.code.to_owned(),
        sentence,
        advice: Some(advice),
        detail: None,
        fault,
        time: now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        action: again,
        developer: problem.detail_text().filter(|_| state.app.installation.dev).map(str::to_owned),
    };
    let status = StatusCode::from_u16(code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(state, &spec.status(status).retry_after(problem.retry_after_seconds()), &view)
}

/// The sentence of a problem, what to do, and the English title where people were not expected to see it.
fn words_of(state: &HttpState, code: &ProblemCode) -> (Message, Message, Option<String>) {
    let number = code.code.rsplit('-').next().unwrap_or_default();
    let key = |number: &str, part: &str| format!("problem-{number}-{part}");
    if state.pages.texts(&Locale::english()).has(&key(number, "title")) {
        return (Message::named(key(number, "title")), Message::named(key(number, "hint")), None);
    }
    let fault = format!("{}. {}", code.title, code.hint);
    (Message::new("problem-other-title"), Message::new("problem-other-hint"), Some(fault))
}

/// A fresh nonce.
fn nonce(entropy: &dyn Entropy) -> String {
    let bytes = entropy.bytes();
    URL_SAFE_NO_PAD.encode(bytes.get(..18).unwrap_or_default())
}

/// The headers of a class of pages, in the order they are sent.
fn headers(class: &PageClass, nonce: &str, https: bool) -> Vec<(&'static str, String)> {
    let document = matches!(class, PageClass::Document | PageClass::Preview);
    let framed = matches!(class, PageClass::Sample | PageClass::SampleMail);
    let referrer = if document { "same-origin" } else { "no-referrer" };
    let mut headers = vec![
        ("content-security-policy", content_security_policy(class, nonce)),
        ("x-frame-options", if framed { "SAMEORIGIN" } else { "DENY" }.to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("referrer-policy", referrer.to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("permissions-policy", PERMISSIONS.to_owned()),
        ("cache-control", "no-store".to_owned()),
    ];
    if document {
        headers.push(("cross-origin-opener-policy", "same-origin".to_owned()));
    }
    if https {
        headers.push((STRICT_TRANSPORT.0, STRICT_TRANSPORT.1.to_owned()));
    }
    headers
}

const PERMISSIONS: &str = "publickey-credentials-get=(self), publickey-credentials-create=(self), \
     otp-credentials=(self), camera=(), geolocation=(), microphone=(), payment=(), usb=()";

fn content_security_policy(class: &PageClass, nonce: &str) -> String {
    let (forms, frames) = match class {
        PageClass::FormPost(target) => {
            let own = || "'self'".to_owned();
            (origin_of(target).map_or_else(own, |origin| format!("'self' {origin}")), "")
        }
        PageClass::Flow | PageClass::Document => ("'self'".to_owned(), ""),
        PageClass::Preview => ("'self'".to_owned(), " frame-src 'self';"),
        PageClass::Sample | PageClass::SampleMail => {
            let styles = if *class == PageClass::Sample { "'self'" } else { "'unsafe-inline'" };
            return format!(
                "default-src 'none'; style-src {styles}; img-src 'self'; font-src 'self'; form-action 'none'; \
                 frame-ancestors 'self'; base-uri 'none'"
            );
        }
    };
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none';{frames} form-action {forms}; \
         frame-ancestors 'none'; base-uri 'none'; trusted-types vst; require-trusted-types-for 'script'"
    )
}

/// The origin of an absolute web address; nothing else can get into a policy.
fn origin_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let origin = matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())?;
    origin.bytes().all(|b| b.is_ascii_graphic() && b != b';' && b != b',').then_some(origin)
}
