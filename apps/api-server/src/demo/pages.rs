//! How the demo's pages look. Plain HTML under the same content security policy as the server's own pages, with the
//! shared stylesheet and the realm's colours; no script.

use actix_web::{HttpResponse, http::StatusCode, http::header, web};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, value::Serde};
use serde::Serialize;
use serde_json::{Map, json};
use vestibule_kernel::Timestamp;

use super::{
    DemoState,
    oidc::{self, RelyingPartyError},
    service::ServiceRun,
    visits::{DemoApp, SignedIn, Visit},
};

/// No script, no foreign content; frames only for the inbox's view of a message.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("templates/layout.html")),
    ("home.html", include_str!("templates/home.html")),
    ("account.html", include_str!("templates/account.html")),
    ("service.html", include_str!("templates/service.html")),
    ("signed_out.html", include_str!("templates/signed_out.html")),
    ("failed.html", include_str!("templates/failed.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("inbox.html", include_str!("templates/inbox.html")),
    ("message.html", include_str!("templates/message.html")),
];

/// Files of the demo itself.
const ASSETS: &[(&str, &str, &str)] = &[
    ("demo.css", "text/css; charset=utf-8", include_str!("assets/demo.css")),
    ("acme.svg", "image/svg+xml", include_str!("assets/acme.svg")),
    ("insights.svg", "image/svg+xml", include_str!("assets/insights.svg")),
];

pub(super) struct Pages {
    environment: Environment<'static>,
}

impl Pages {
    /// `shared` is the address of the server's own stylesheet; `applications` says whether the demo's are there.
    pub(super) fn new(shared: Option<String>, applications: bool) -> anyhow::Result<Self> {
        let theme = applications.then(|| "/demo/theme.css".to_owned());
        let stylesheets: Vec<String> = shared.into_iter().chain(theme).collect();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_global("stylesheets", Value::from(stylesheets));
        environment.add_global("applications", applications);
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment })
    }

    /// A page; a template that fails is a defect, logged by name.
    pub(super) fn render(&self, status: StatusCode, template: &str, view: &impl Serialize) -> HttpResponse {
        let rendered =
            self.environment.get_template(template).and_then(|page| page.render(Value::from(Serde(view))));
        match rendered {
            Ok(html) => HttpResponse::build(status)
                .content_type("text/html; charset=utf-8")
                .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
                .insert_header((header::REFERRER_POLICY, "same-origin"))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .body(html),
            Err(error) => {
                tracing::error!(template, %error, "a page of the demo cannot be rendered");
                HttpResponse::InternalServerError().finish()
            }
        }
    }

    pub(super) fn home(&self, demo: &DemoState, visit: &Visit) -> HttpResponse {
        let view = json!({
            "shop": visit.signed_in.get(&DemoApp::Shop).map(person),
            "insights": visit.signed_in.get(&DemoApp::Insights).map(person),
            "issuer": demo.issuer,
            "notices": notices(demo),
        });
        self.render(StatusCode::OK, "home.html", &view)
    }

    pub(super) fn account(&self, demo: &DemoState, app: DemoApp, visit: &Visit) -> HttpResponse {
        let Some(signed_in) = visit.signed_in.get(&app) else { return super::see_other("/demo") };
        let now = demo.app.clock.now();
        let view = json!({
            "app": app.key(),
            "app_name": app.name(),
            "manage": format!("{}/account", demo.issuer),
            "person": person(signed_in),
            "steps": visit.steps.iter().rev().collect::<Vec<_>>(),
            "id_token": signed_in.tokens.id_token.as_deref().map(|token| shown_token(token, now)),
            "access_token": shown_token(&signed_in.tokens.access_token, now),
            "has_refresh_token": signed_in.tokens.refresh_token.is_some(),
            "scope": signed_in.tokens.scope,
            "expires_in": signed_in.tokens.expires_in,
            "received_at": moment(signed_in.received_at),
            "userinfo": signed_in.userinfo.as_ref().map(|claims| rows(claims, now)),
            "notices": notices(demo),
        });
        self.render(StatusCode::OK, "account.html", &view)
    }

    pub(super) fn signed_out(&self, visit: &Visit) -> HttpResponse {
        let view = json!({ "steps": visit.steps.iter().rev().collect::<Vec<_>>() });
        self.render(StatusCode::OK, "signed_out.html", &view)
    }

    pub(super) fn service(&self, run: Option<&ServiceRun>, now: Timestamp) -> HttpResponse {
        let view = json!({
            "run": run.map(|run| json!({
                "token": shown_token(&run.token, now),
                "expires_in": run.expires_in,
                "scope": run.scope,
                "introspection": run.introspection.as_object().map(|claims| rows(claims, now)),
            })),
        });
        self.render(StatusCode::OK, "service.html", &view)
    }

    pub(super) fn failed(&self, app: Option<DemoApp>, error: &RelyingPartyError) -> HttpResponse {
        let (code, status) = match error {
            RelyingPartyError::Refused { error, .. } => (error.as_str(), StatusCode::OK),
            RelyingPartyError::Unreachable { .. } => ("unreachable", StatusCode::BAD_GATEWAY),
            RelyingPartyError::Broken(_) => ("refused_by_the_application", StatusCode::BAD_REQUEST),
        };
        let view = json!({
            "app": app.map(DemoApp::key),
            "code": code,
            "message": error.to_string(),
        });
        self.render(status, "failed.html", &view)
    }
}

/// A file of the demo.
pub(super) async fn asset(file: web::Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|(name, ..)| *name == file.as_str()) {
        Some((_, kind, body)) => HttpResponse::Ok()
            .content_type(*kind)
            .insert_header((header::CACHE_CONTROL, "max-age=300"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
            .body(*body),
        None => HttpResponse::NotFound().finish(),
    }
}

/// A time as people read it, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn person(signed_in: &SignedIn) -> serde_json::Value {
    let claim = |name: &str| signed_in.userinfo.as_ref().and_then(|claims| claims.get(name));
    let text = |name: &str| claim(name).or(signed_in.claims.get(name)).and_then(serde_json::Value::as_str);
    let email = text("email");
    let name = text("name").or(text("preferred_username")).or(email).or(text("sub")).unwrap_or("somebody");
    let initial = name.chars().next().map(|c| c.to_uppercase().to_string());
    json!({ "name": name, "email": email, "initial": initial })
}

/// A claim with what it means.
#[derive(Serialize)]
struct Row {
    name: String,
    value: String,
    /// The value in other words, such as a time.
    also: Option<String>,
    meaning: &'static str,
}

fn rows(claims: &Map<String, serde_json::Value>, now: Timestamp) -> Vec<Row> {
    let row = |(name, value): (&String, &serde_json::Value)| Row {
        name: name.clone(),
        value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        also: value.as_i64().filter(|_| is_time(name)).and_then(|seconds| relative(seconds, now)),
        meaning: meaning(name),
    };
    claims.iter().map(row).collect()
}

fn is_time(name: &str) -> bool {
    matches!(name, "exp" | "iat" | "nbf" | "auth_time" | "updated_at")
}

fn relative(seconds: i64, now: Timestamp) -> Option<String> {
    let at = chrono::DateTime::from_timestamp(seconds, 0)?;
    let distance = seconds - now.timestamp();
    let (ahead, distance) = (distance > 0, distance.abs());
    let words = match distance {
        0..=119 => format!("{distance} s"),
        120..=7_199 => format!("{} min", distance / 60),
        7_200..=172_799 => format!("{} h", distance / 3_600),
        _ => format!("{} days", distance / 86_400),
    };
    let words = if ahead { format!("in {words}") } else { format!("{words} ago") };
    Some(format!("{}, {words}", moment(at)))
}

fn meaning(claim: &str) -> &'static str {
    match claim {
        "iss" => "who issued it",
        "sub" => "who it is about; never changes",
        "aud" => "who it is for",
        "azp" | "client_id" => "the client it was issued to",
        "exp" => "worthless after",
        "iat" => "issued at",
        "nbf" => "worthless before",
        "auth_time" => "when the person last proved who they are",
        "nonce" => "ties the token to the request",
        "acr" => "how well it was proved",
        "amr" => "with what it was proved",
        "sid" => "the session at the issuer",
        "jti" => "the token's own id",
        "scope" => "what it allows",
        "at_hash" => "ties the access token to it",
        "c_hash" => "ties the code to it",
        "active" => "whether it works now",
        "email_verified" => "whether the address was checked",
        "token_type" => "how it is presented",
        _ => "",
    }
}

fn shown_token(token: &str, now: Timestamp) -> serde_json::Value {
    let decoded = oidc::decoded(token).map(|(header, payload)| {
        let claims = payload.as_object().map(|claims| rows(claims, now)).unwrap_or_default();
        json!({ "header": serde_json::to_string(&header).unwrap_or_default(), "claims": claims })
    });
    json!({ "raw": token, "decoded": decoded })
}

fn notices(demo: &DemoState) -> Vec<serde_json::Value> {
    let now = demo.app.clock.now();
    let notice = |notice: super::visits::LogoutNotice| {
        json!({
            "app": notice.app.name(),
            "at": moment(notice.at),
            "ended": notice.ended,
            "claims": rows(&notice.claims, now),
        })
    };
    demo.visits.notices().into_iter().map(notice).collect()
}
