//! The HTML skin: `GET` renders the current state, `POST` takes one action and answers 303 to the `GET`, or 422 with
//! the same page and what was wrong. Works with scripts off.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde_json::{Map, Value};
use vestibule_authn::{ActionKind, StateName};
use vestibule_kernel::{FlowId, Version};
use vestibule_realms::RealmSettings;
use vestibule_templates::{Message, views::SlowedPage};
use vestibule_usecases::federation::home_realm;
use vestibule_usecases::flow::{
    self, ActRequest, Acted, Browser, Command, Detail, FlowError, Outcome, Unsent,
};

use super::{
    commands::{self, Fields},
    csrf, profile_fields, set_cookies, state_page,
};
use crate::{
    command,
    cx::RealmRequest,
    extract::{body, params::Params},
    page::{PageSpec, page, problem_page},
    problem::{Problem, code},
};

/// `GET {issuer}/flow/{flow}?at={state}`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return without_realm(&http, &problem),
    };
    let browser = super::browser(&http, &request.realm);
    let Some(id) = super::flow_id(&http) else { return failure(&request, None, &FlowError::Unknown) };
    let shown = match flow::show(request.app(), &request.cx, &request.realm, &browser, id, Detail::Page).await
    {
        Ok(shown) => shown,
        Err(error) => return failure(&request, Some(id), &error),
    };
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let state = shown.flow.state.name();
    if query.get("at").is_some_and(|at| at != state.as_str()) {
        return see_state(&request, id, state);
    }
    state_page::render(&request, &browser, &shown, None)
}

/// `POST {issuer}/flow/{flow}`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return without_realm(&http, &problem),
    };
    let browser = super::browser(&http, &request.realm);
    let Some(id) = super::flow_id(&http) else { return failure(&request, None, &FlowError::Unknown) };
    let form = match form(&http, &request, payload, &browser, id).await {
        Ok(form) => form,
        Err(problem) => {
            let again = Some((request.realm.issuer.url(&format!("/flow/{id}")), START_AGAIN));
            return problem_page(&request.state, spec(&request), &problem, request.cx.now, again);
        }
    };
    if form.get("action") == Some(ActionKind::Federate.as_str()) {
        return crate::federation::forward(&request, &browser, id, form.get("connection")).await;
    }
    let Some(command) = command_of(&form, &request.realm.realm.settings) else {
        let problem = Problem::new(&code::INVALID_FORM);
        return problem_page(&request.state, spec(&request), &problem, request.cx.now, None);
    };
    let step = form.get("step").and_then(|text| text.parse().ok()).map(Version::from_stored);
    let (passkeys, remember_device) = (form.has("passkeys"), form.has("remember_device"));
    let act = ActRequest {
        flow: id,
        browser: browser.clone(),
        step,
        command,
        beside: false,
        passkeys,
        remember_device,
    };
    let task = {
        let request = request.clone();
        async move { flow::act(request.app(), &request.cx, &request.realm, act).await }
    };
    let acted = match command::run(&request.state, task).await {
        Ok(Ok(acted)) => acted,
        Ok(Err(error)) => return act_failure(&request, id, &error),
        Err(lost) => {
            return problem_page(&request.state, spec(&request), &lost.into(), request.cx.now, None);
        }
    };
    if let Some(home) = home_of(&request, &acted, &form) {
        return crate::federation::forward(&request, &browser, id, Some(&home)).await;
    }
    answer(&request, &browser, &acted, &form).await
}

/// The provider at which whoever just said who they are is at home. Who brought a password along is let alone.
fn home_of(request: &RealmRequest, acted: &Acted, form: &Params) -> Option<String> {
    let said = form.get("action") == Some(ActionKind::Identify.as_str())
        && form.get("password").is_none_or(str::is_empty)
        && acted.outcome == Outcome::Moved
        && acted.session.is_none();
    let typed = acted.flow.identifier.as_deref().filter(|_| said)?;
    home_realm(&request.realm, typed).map(|connection| connection.key.to_string())
}

const START_AGAIN: Message = Message::new("error-start-again");

/// Reads and checks the form: size, encoding, origin, CSRF token.
async fn form(
    http: &HttpRequest,
    request: &RealmRequest,
    payload: web::Payload,
    browser: &Browser,
    id: FlowId,
) -> Result<Params, Problem> {
    csrf::check_origin(http, &request.realm.issuer.origin())?;
    if body::media_type(http) != "application/x-www-form-urlencoded" {
        return Err(Problem::new(&code::INVALID_FORM));
    }
    let bytes = body::read(http, payload, body::MAX_FORM_BYTES).await?;
    let form = Params::parse(&bytes, &["scopes"])
        .map_err(|error| Problem::new(&code::INVALID_FORM).detail(error))?;
    if browser.flow.is_some() {
        csrf::check_token(form.get("csrf"), browser.flow.as_ref(), id)?;
    }
    Ok(form)
}

/// The fields of a form. Those of the profile are called `profile.<name>`; their types are the realm's.
struct FormFields<'a> {
    form: &'a Params,
    settings: &'a RealmSettings,
}

impl Fields for FormFields<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.form.has(name).then(|| self.form.get(name).unwrap_or_default().to_owned())
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.form.all(name).into_iter().map(str::to_owned).collect()
    }

    fn document(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.form.get(name)?).ok()
    }

    fn profile(&self) -> Map<String, Value> {
        let named = self.form.names().filter_map(|name| name.strip_prefix("profile."));
        named
            .filter_map(|name| {
                let text = self.form.get(&format!("profile.{name}"))?;
                Some((name.to_owned(), profile_fields::typed(self.settings, name, text)))
            })
            .collect()
    }

    fn ticked(&self, name: &str) -> bool {
        self.form.get(name).is_some()
    }

    fn unsent(&self) -> Unsent {
        Unsent::MeansNo
    }
}

/// The command a form stands for; its fields are those of the state table.
fn command_of(form: &Params, settings: &RealmSettings) -> Option<Command> {
    let word = form.get("action")?;
    let kind = StateName::ALL.into_iter().find_map(|state| ActionKind::allowed(state, word))?;
    commands::command(kind, &FormFields { form, settings })
}

async fn answer(request: &RealmRequest, browser: &Browser, acted: &Acted, form: &Params) -> HttpResponse {
    let id = acted.flow.id;
    let mut answer = match &acted.outcome {
        Outcome::Moved | Outcome::Repeated => see_state(request, id, acted.flow.state.name()),
        Outcome::Refused(refusal) => {
            match flow::show(request.app(), &request.cx, &request.realm, browser, id, Detail::Page).await {
                Ok(shown) => state_page::render(request, browser, &shown, Some((refusal, form))),
                Err(error) => return failure(request, Some(id), &error),
            }
        }
    };
    if acted.signed_out {
        answer.headers_mut().insert(
            header::HeaderName::from_static("clear-site-data"),
            header::HeaderValue::from_static("\"cache\", \"storage\""),
        );
    }
    set_cookies(&mut answer, request, acted);
    answer
}

/// 303 to the page of the current state.
fn see_state(request: &RealmRequest, id: FlowId, state: StateName) -> HttpResponse {
    let to = request.realm.issuer.url(&format!("/flow/{id}?at={}", state.as_str()));
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

fn spec(request: &RealmRequest) -> PageSpec<'_> {
    PageSpec::of(request)
}

/// The page of an action that did not happen.
pub(crate) fn act_failure(request: &RealmRequest, id: FlowId, error: &FlowError) -> HttpResponse {
    match error {
        FlowError::NotAllowed(state) => see_state(request, id, *state),
        FlowError::Limited { retry_after_seconds } => {
            let words = ("slowed-network-seconds", "slowed-network-minutes");
            let view = SlowedPage {
                form: None,
                retry_seconds: Some(*retry_after_seconds),
                app: None,
                explanation: state_page::wait(*retry_after_seconds, words),
            };
            let spec =
                spec(request).status(StatusCode::TOO_MANY_REQUESTS).retry_after(Some(*retry_after_seconds));
            page(&request.state, &spec, &view)
        }
        other => failure(request, Some(id), other),
    }
}

/// The page of a flow that cannot be shown, with a way to start again that keeps the application's request.
pub(crate) fn failure(request: &RealmRequest, id: Option<FlowId>, error: &FlowError) -> HttpResponse {
    let issuer = &request.realm.issuer;
    let again = match (error, id) {
        (FlowError::Expired { request: Some(parked) }, Some(id)) => {
            Some(issuer.url(&format!("/oauth/authorize/resume?request={parked}&flow={id}")))
        }
        (FlowError::Expired { .. } | FlowError::Unknown | FlowError::Foreign, _) => {
            Some(issuer.url("/login"))
        }
        (FlowError::LinkGone, _) => Some(issuer.url("/login")),
        (
            FlowError::SignUpClosed
            | FlowError::Method(_)
            | FlowError::NoText(_)
            | FlowError::NoMethod
            | FlowError::Busy { .. }
            | FlowError::ScopeNotAsked,
            Some(id),
        ) => Some(issuer.url(&format!("/flow/{id}"))),
        _ => None,
    };
    let problem = problem_of(error);
    problem_page(&request.state, spec(request), &problem, request.cx.now, again.map(|to| (to, START_AGAIN)))
}

/// A realm that is not there, as a page.
pub(crate) fn without_realm(http: &HttpRequest, problem: &Problem) -> HttpResponse {
    use actix_web::{HttpMessage, ResponseError};
    let Some(state) = http.app_data::<web::Data<crate::HttpState>>() else { return problem.error_response() };
    let request_id =
        http.extensions().get::<crate::cx::RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let now = state.app.clock.now();
    let spec = PageSpec { locale: crate::language::outside_realms(http), ..PageSpec::new(None, &request_id) };
    problem_page(state, spec, problem, now, None)
}

/// The problem of a flow error, the same for both skins.
pub(crate) fn problem_of(error: &FlowError) -> Problem {
    match error {
        FlowError::Unknown => Problem::new(&code::FLOW_UNKNOWN),
        FlowError::Foreign => Problem::new(&code::FLOW_FOREIGN),
        FlowError::Expired { .. } => Problem::new(&code::FLOW_GONE),
        FlowError::NotAllowed(state) => {
            Problem::new(&code::FLOW_ACTION).detail(format!("the state is {}", state.as_str()))
        }
        FlowError::ScopeNotAsked => {
            Problem::new(&code::INVALID).field("/scopes", "a scope was not asked for")
        }
        FlowError::Limited { retry_after_seconds } => {
            Problem::new(&code::RATE_LIMITED).retry_after(*retry_after_seconds)
        }
        FlowError::Busy { retry_after_seconds } => {
            Problem::new(&code::BUSY).retry_after(*retry_after_seconds)
        }
        FlowError::SignUpClosed => Problem::new(&code::SIGN_UP_CLOSED),
        FlowError::LinkGone => Problem::new(&code::LINK_GONE),
        FlowError::Spent => Problem::new(&code::FLOW_ACTION),
        FlowError::Method(error) => Problem::new(&code::METHOD_UNUSABLE).detail(error),
        FlowError::NoText(error) => Problem::new(&code::METHOD_UNUSABLE).detail(error),
        FlowError::RealmSuspended => Problem::new(&code::REALM_SUSPENDED),
        FlowError::NoMethod => Problem::new(&code::NO_METHOD),
        FlowError::Store(error) => error.clone().into(),
    }
}
