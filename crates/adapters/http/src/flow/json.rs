//! The JSON skin over the same use cases: the state, its actions with their fields, messages, what is owed. A browser
//! sends its cookie and a CSRF header; a native client of the realm sends the flow's secret instead.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{StatusCode, header},
    web,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_authn::{
    ActionKind, FlowState, Intent, MethodId, Requirement, StateName,
    flow::state::{Field, FieldKind},
};
use vestibule_kernel::{FlowId, OpaqueToken, Timestamp, TokenKind, Version, contact::Locale};
use vestibule_templates::{
    message::scope_sentence,
    views::{FieldType, ProfileField},
};
use vestibule_usecases::federation::home_realm;
use vestibule_usecases::flow::{
    self, ActRequest, Browser, Command, Detail, FlowError, Outcome, Refusal, Shown, ShownChallenge, Unsent,
};

use super::{
    commands::{self, Fields},
    csrf, onward,
    page::problem_of,
    profile_fields, set_cookies, state_page,
    ways_page::remember_days,
};
use crate::{
    command,
    cx::RealmRequest,
    extract::body,
    problem::{Problem, code},
};

/// The header a native client sends the flow's secret in.
pub(super) const SECRET_HEADER: &str = "x-flow-secret";
/// The header a browser sends the CSRF token in.
const CSRF_HEADER: &str = "x-csrf-token";

/// A flow over JSON.
#[derive(Debug, Serialize)]
pub(super) struct FlowDocument {
    id: FlowId,
    intent: Intent,
    state: StateName,
    /// The version; send it back as `step` so that a repeated request is recognised.
    step: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<ScopeText>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
    /// What the challenge of the state shows: WebAuthn options, where a code went, a new secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge: Option<ChallengeDocument>,
    /// What the state asks for the profile, each in `profile` of the action.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    profile: Vec<ProfileDocument>,
    /// Methods that can be begun instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    methods: Vec<MethodId>,
    actions: Vec<ActionDocument>,
    messages: Vec<MessageDocument>,
    requirements: Vec<Requirement>,
    /// Providers that can be signed in with now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    connections: Vec<ConnectionDocument>,
    /// The connection at which whoever said who they are is at home: `federate` leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    home_realm: Option<String>,
    /// The identity of a provider that is connected once the account proves itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<WaitingDocument>,
    /// Days for which `remember_device` can be asked for with the answer; none where it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    remember_device_days: Option<u64>,
    expires_at: Timestamp,
    /// Where a flow that is over leads.
    #[serde(rename = "continue", skip_serializing_if = "Option::is_none")]
    onward: Option<String>,
    /// The CSRF token of a browser's flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf: Option<String>,
    /// The secret of a native client's flow; shown once, at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) flow_secret: Option<String>,
}

#[derive(Debug, Serialize)]
struct ChallengeDocument {
    /// What is asked for: one state may stand for several methods.
    method: MethodId,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webauthn: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    otpauth: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<String>,
    attempts_left: u32,
}

#[derive(Debug, Serialize)]
struct ProfileDocument {
    name: String,
    /// In the language of the flow.
    label: String,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    /// Most characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u32>,
    /// The only permitted texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ConnectionDocument {
    key: String,
    name: String,
}

#[derive(Debug, Serialize)]
struct WaitingDocument {
    provider: String,
    label: String,
}

#[derive(Debug, Serialize)]
struct ActionDocument {
    name: ActionKind,
    href: String,
    fields: &'static [Field],
}

#[derive(Debug, Serialize)]
struct MessageDocument {
    code: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<std::borrow::Cow<'static, str>>,
}

#[derive(Debug, Serialize)]
struct ScopeText {
    scope: String,
    text: String,
}

/// Who speaks, and how.
pub(super) struct Caller {
    pub(super) browser: Browser,
    native: bool,
}

impl Caller {
    /// The flow's secret if it was sent, else the cookies of a browser.
    pub(super) fn of(http: &HttpRequest, request: &RealmRequest) -> Result<Self, Problem> {
        let mut browser = super::browser(http, &request.realm);
        let Some(secret) = http.headers().get(SECRET_HEADER) else {
            return Ok(Self { browser, native: false });
        };
        let secret = secret.to_str().ok().and_then(|text| OpaqueToken::parse(TokenKind::Flow, text));
        browser.flow = Some(secret.ok_or_else(|| Problem::new(&code::FLOW_FOREIGN))?);
        browser.keeps_cookies = false;
        Ok(Self { browser, native: true })
    }

    /// A native client must belong to the realm and be trusted with people's passwords.
    fn check(&self, request: &RealmRequest, shown: &Shown) -> Result<(), Problem> {
        let client = shown.flow.client.as_ref().and_then(|id| request.realm.client(id));
        let trusted = client.is_some_and(|client| client.is_enabled() && client.metadata.headless);
        if self.native && !trusted { Err(Problem::new(&code::FLOW_FOREIGN)) } else { Ok(()) }
    }
}

/// `GET {issuer}/flow/v1/{flow}`.
pub(super) async fn show(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    let caller = match Caller::of(&http, &request) {
        Ok(caller) => caller,
        Err(problem) => return problem.error_response(),
    };
    match load(&http, &request, &caller).await {
        Ok(shown) => answer(&request, &caller, &shown, None),
        Err(problem) => problem.error_response(),
    }
}

async fn load(http: &HttpRequest, request: &RealmRequest, caller: &Caller) -> Result<Shown, Problem> {
    let id = super::flow_id(http).ok_or_else(|| Problem::new(&code::FLOW_UNKNOWN))?;
    let shown = flow::show(request.app(), &request.cx, &request.realm, &caller.browser, id, Detail::Owed)
        .await
        .map_err(|error| problem_of(&error))?;
    caller.check(request, &shown)?;
    Ok(shown)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ActBody {
    step: Option<i64>,
    /// Only makes a challenge; the state stays. For scripts that offer passkeys beside a form.
    beside: bool,
    /// Whether the device can keep passkeys: then one may be offered before the flow ends.
    passkeys: bool,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// `POST {issuer}/flow/v1/{flow}/{action}`.
pub(super) async fn act(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    match acted(&http, &request, payload).await {
        Ok(answer) => answer,
        Err(problem) => problem.error_response(),
    }
}

async fn acted(
    http: &HttpRequest,
    request: &RealmRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::of(http, request)?;
    let id = super::flow_id(http).ok_or_else(|| Problem::new(&code::FLOW_UNKNOWN))?;
    if caller.native {
        load(http, request, &caller).await?;
    } else {
        csrf::check_origin(http, &request.realm.issuer.origin())?;
        let sent = http.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
        csrf::check_token(sent, caller.browser.flow.as_ref(), id)?;
    }
    let bytes = body::read(http, payload, body::MAX_JSON_BYTES).await?;
    let body: ActBody = body::parse_json(http, &bytes, &["application/json"])?;
    let word = http.match_info().get("action").unwrap_or_default();
    let step = body.step.map(Version::from_stored);
    let (beside, passkeys) = (body.beside, body.passkeys);
    let remember_device = body.fields.get("remember_device").and_then(Value::as_bool).unwrap_or(false);
    // A native application's browser has no cookie of the flow: it could not come back.
    if word == ActionKind::Federate.as_str() && !caller.native {
        let connection = body.fields.get("connection").and_then(Value::as_str);
        let to = crate::federation::leave(request, &caller.browser, id, connection).await?;
        return Ok(HttpResponse::Ok().json(serde_json::json!({"location": to})));
    }
    let command = command_of(word, body.fields)?;
    let act = ActRequest {
        flow: id,
        browser: caller.browser.clone(),
        step,
        command,
        beside,
        passkeys,
        remember_device,
    };
    let task = {
        let request = request.clone();
        async move { flow::act(request.app(), &request.cx, &request.realm, act).await }
    };
    let acted = command::run(&request.state, task).await?.map_err(|error| problem_of(&error))?;
    let refusal = match &acted.outcome {
        Outcome::Refused(refusal) => Some(refusal),
        Outcome::Moved | Outcome::Repeated => None,
    };
    // The answer shows the session as it is now: the cookie that was just made counts.
    let mut now = caller;
    if acted.session.is_some() || acted.signed_out {
        now.browser.session.clone_from(&acted.session);
    }
    let shown = flow::show(request.app(), &request.cx, &request.realm, &now.browser, id, Detail::Owed)
        .await
        .map_err(|error: FlowError| problem_of(&error))?;
    let mut sent = answer(request, &now, &shown, refusal);
    set_cookies(&mut sent, request, &acted);
    Ok(sent)
}

/// The fields of a JSON body.
struct BodyFields(Map<String, Value>);

impl Fields for BodyFields {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    fn all(&self, name: &str) -> Vec<String> {
        let list = self.0.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn document(&self, name: &str) -> Option<Value> {
        self.0.get(name).filter(|value| value.is_object()).cloned()
    }

    fn profile(&self) -> Map<String, Value> {
        self.0.get("profile").and_then(Value::as_object).cloned().unwrap_or_default()
    }

    fn ticked(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn unsent(&self) -> Unsent {
        Unsent::MeansNothing
    }
}

/// The command a path and a body stand for; a field that the action does not have, or of another type, is refused.
fn command_of(word: &str, body: Map<String, Value>) -> Result<Command, Problem> {
    let kind = StateName::ALL.into_iter().find_map(|state| ActionKind::allowed(state, word));
    let kind = kind.ok_or_else(|| Problem::new(&code::NOT_FOUND))?;
    let field_of = |name: &str| {
        StateName::ALL
            .into_iter()
            .flat_map(StateName::actions)
            .filter(|action| action.name == kind)
            .flat_map(|action| action.fields)
            .find(|field| field.name == name)
    };
    for (name, value) in &body {
        let pointer = format!("/{name}");
        let Some(field) = field_of(name) else {
            return Err(Problem::new(&code::INVALID).field(pointer, "not a field of this action"));
        };
        let fits = match field.kind {
            FieldKind::Scopes => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            FieldKind::Document | FieldKind::Profile => value.is_object(),
            FieldKind::Consent => value.is_boolean(),
            FieldKind::Identifier
            | FieldKind::Password
            | FieldKind::Code
            | FieldKind::Name
            | FieldKind::Token
            | FieldKind::Email
            | FieldKind::Phone => value.is_string(),
        };
        if !fits {
            return Err(Problem::new(&code::INVALID).field(pointer, "has another type"));
        }
    }
    commands::command(kind, &BodyFields(body)).ok_or_else(|| {
        Problem::new(&code::INVALID).field("", "a field of this action is missing or malformed")
    })
}

/// The document of a flow: 422 with a refusal, 429 while slowed.
fn answer(request: &RealmRequest, caller: &Caller, shown: &Shown, refusal: Option<&Refusal>) -> HttpResponse {
    let document = document(request, caller, shown, refusal);
    let status = match (&shown.flow.state, refusal) {
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (FlowState::Slowed { .. }, None) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::OK,
    };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    if let FlowState::Slowed { until: Some(until) } = shown.flow.state {
        answer.insert_header((header::RETRY_AFTER, state_page::seconds_until(request, until).to_string()));
    }
    answer.json(document)
}

fn open_challenge(shown: &Shown) -> Option<&ShownChallenge> {
    shown.challenge.as_ref().filter(|challenge| challenge.open)
}

/// Whether an action of the state table leads anywhere here: the realm, the person and the challenge decide.
fn is_possible(shown: &Shown, action: ActionKind, connections: &[ConnectionDocument]) -> bool {
    match action {
        ActionKind::Begin => !shown.offers.is_empty(),
        ActionKind::Passkey => {
            open_challenge(shown).is_some_and(|challenge| challenge.presentation.webauthn.is_some())
        }
        ActionKind::ConfirmLink => open_challenge(shown).is_some_and(|challenge| challenge.link),
        ActionKind::SignUp => shown.sign_up,
        ActionKind::Skip => !matches!(shown.flow.state, FlowState::CompleteProfile { skippable: false, .. }),
        ActionKind::Recover => shown.recover,
        ActionKind::Federate => !connections.is_empty(),
        _ => true,
    }
}

/// The connection at which somebody is at home whose address was typed and not proven yet.
fn home_of(request: &RealmRequest, shown: &Shown) -> Option<String> {
    let typed =
        shown.flow.identifier.as_deref().filter(|_| shown.flow.state.name() == StateName::Password)?;
    home_realm(&request.realm, typed).map(|connection| connection.key.to_string())
}

pub(super) fn document(
    request: &RealmRequest,
    caller: &Caller,
    shown: &Shown,
    refusal: Option<&Refusal>,
) -> FlowDocument {
    let flow = &shown.flow;
    let state = flow.state.name();
    let issuer = &request.realm.issuer;
    let federates =
        !caller.native && state.actions().iter().any(|action| action.name == ActionKind::Federate);
    let offered = if federates { crate::federation::offered(request) } else { Vec::new() };
    let connections: Vec<_> =
        offered.into_iter().map(|(key, name)| ConnectionDocument { key: key.to_string(), name }).collect();
    let possible = state.actions().iter().filter(|action| is_possible(shown, action.name, &connections));
    let actions = possible.map(|action| ActionDocument {
        name: action.name,
        href: issuer.url(&format!("/flow/v1/{}/{}", flow.id, action.name.as_str())),
        fields: action.fields,
    });
    let refused = refusal.into_iter().flat_map(Refusal::each);
    let messages = refused.map(|refusal| message(request, shown, refusal));
    let scopes = match &flow.state {
        FlowState::Consent { scopes } => Some(scopes.iter().map(|scope| ScopeText {
            text: request.state.pages.say(&request.realm, &language(shown), &scope_sentence(scope)),
            scope: scope.clone(),
        })),
        _ => None,
    };
    let retry_at = match flow.state {
        FlowState::Slowed { until } => until,
        _ => None,
    };
    let csrf = caller.browser.flow.as_ref().filter(|_| !caller.native);
    let signed_out_to = flow.logout.as_ref().and_then(|logout| logout.to.clone());
    let leads = match state {
        StateName::SignedOut => signed_out_to,
        StateName::Continue | StateName::Failed => Some(onward(&request.realm, flow)),
        _ => None,
    };
    FlowDocument {
        id: flow.id,
        intent: flow.intent,
        state,
        step: flow.version.get(),
        identifier: flow.identifier.clone(),
        scopes: scopes.map(Iterator::collect),
        retry_at,
        challenge: open_challenge(shown).map(|challenge| challenge_of(shown, challenge)),
        profile: profile_of(request, shown),
        methods: shown.offers.clone(),
        actions: actions.collect(),
        waiting: flow.waiting.as_ref().map(|waiting| WaitingDocument {
            provider: crate::federation::name_of(request, waiting.connection),
            label: waiting.label.clone(),
        }),
        messages: messages.collect(),
        requirements: shown.owed.iter().cloned().collect(),
        remember_device_days: (!caller.native).then(|| remember_days(&request.realm, shown)).flatten(),
        expires_at: flow.expires_at,
        onward: leads,
        csrf: csrf.map(|cookie| csrf::token(cookie, flow.id).expose().to_owned()),
        flow_secret: None,
        connections,
        home_realm: home_of(request, shown),
    }
}

/// The language of sentences in a document: the one the flow was started with, else English like all of the API.
fn language(shown: &Shown) -> Locale {
    shown.flow.locale.clone().unwrap_or_else(Locale::english)
}

fn message(request: &RealmRequest, shown: &Shown, refusal: &Refusal) -> MessageDocument {
    let error = state_page::error_of(shown, refusal);
    MessageDocument {
        code: error.message.key().to_owned(),
        text: request.state.pages.say(&request.realm, &language(shown), &error.message),
        field: Some(error.field),
    }
}

/// The fields of the profile that the page of this state has.
fn profile_of(request: &RealmRequest, shown: &Shown) -> Vec<ProfileDocument> {
    let settings = &request.realm.realm.settings;
    let names = match &shown.flow.state {
        FlowState::SignUp => settings.sign_up_fields(),
        FlowState::CompleteProfile { fields, .. } => fields.iter().map(String::as_str).collect(),
        _ => return Vec::new(),
    };
    let fields = profile_fields::fields(settings, &names, &|_| String::new());
    let of = |(name, field): (&str, ProfileField)| {
        let (kind, max_length, options) = match field.kind {
            FieldType::Text { max_length } => ("text", Some(max_length), Vec::new()),
            FieldType::Select { options } => {
                ("text", None, options.into_iter().map(|(value, _)| value).collect())
            }
            FieldType::Date => ("date", None, Vec::new()),
            FieldType::Boolean => ("boolean", None, Vec::new()),
            FieldType::Integer => ("integer", None, Vec::new()),
            FieldType::Email => ("email", None, Vec::new()),
            FieldType::Phone => ("phone", None, Vec::new()),
        };
        let label = request.state.pages.words(&request.realm, &language(shown), &field.label);
        ProfileDocument { name: name.to_owned(), label, kind, required: field.required, max_length, options }
    };
    names.into_iter().zip(fields).map(of).collect()
}

fn challenge_of(shown: &Shown, challenge: &ShownChallenge) -> ChallengeDocument {
    let method = match &shown.flow.state {
        FlowState::Challenge { method, .. } => method.clone(),
        // Beside the first page there is a passkey's only.
        _ => MethodId::PASSKEY,
    };
    ChallengeDocument {
        method,
        sent_to: state_page::sent_to(shown),
        webauthn: challenge.presentation.webauthn.clone(),
        otpauth: challenge.presentation.otpauth.clone(),
        recovery_codes: challenge.presentation.recovery_codes.clone(),
        attempts_left: challenge.attempts_left,
    }
}

/// A caller that is trusted already: the one who just started the flow.
pub(super) const fn starter(browser: Browser, native: bool) -> Caller {
    Caller { browser, native }
}
