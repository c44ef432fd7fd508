//! What browsers see of the protocol: redirects to proven addresses, the form that posts itself, error pages.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use vestibule_kernel::{OpaqueToken, StoreError, TokenKind, contact::Locale};
use vestibule_oauth::{OAuthError, ResponseMode, authorize::AuthorizationResponse};
use vestibule_templates::{
    Message,
    views::{AppView, ErrorPage, FormPostPage},
};
use vestibule_usecases::{flow::StartedFlow, oauth::AuthorizeOutcome};

use super::client;
pub(super) use crate::flow::without_realm;
use crate::{
    cx::RealmRequest,
    extract::{cookies, params::pairs},
    page::{PageClass, PageSpec, page, problem_page},
    problem::Problem,
};

/// Whether somebody looks at the answer. Realms may share an origin: a script of one realm's page that fetches another
/// realm's authorization endpoint, for the code in its answer, is told no more than a browser without cookies
/// (<https://www.w3.org/TR/fetch-metadata/>; browsers that do not say count as looking).
fn is_looked_at(http: &HttpRequest) -> bool {
    http.headers().get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
}

/// The session cookie of this browser; none where a script asks.
pub(super) fn session(http: &HttpRequest, request: &RealmRequest) -> Option<OpaqueToken> {
    if !is_looked_at(http) {
        return None;
    }
    cookies::read(http, &cookies::session_cookie(&request.realm.realm.slug), TokenKind::Session)
}

/// The flow cookie of this browser.
pub(super) fn flow(http: &HttpRequest, request: &RealmRequest) -> Option<OpaqueToken> {
    cookies::read(http, &cookies::flow_cookie(&request.realm.realm.slug), TokenKind::Flow)
}

/// The realm and the form of a POST, or the page that refuses it.
pub(super) async fn posted(
    http: &HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> Result<(RealmRequest, Vec<u8>), HttpResponse> {
    let request = request.map_err(|problem| without_realm(http, &problem))?;
    match client::form_bytes(http, payload).await {
        Ok(form) => Ok((request, form)),
        Err(error) => Err(error_page(&request, error, None)),
    }
}

/// A redirect that turns every method into GET (RFC 9700 §4.12).
pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// A request of a browser, as it came.
#[derive(Clone, Copy)]
pub(super) struct Received<'a> {
    /// The path below the issuer.
    pub(super) path: &'static str,
    /// The encoded parameters.
    pub(super) encoded: &'a [u8],
    /// Whether they came in a form.
    pub(super) by_form: bool,
}

/// Longest query that a form is turned into.
const MAX_QUERY_BYTES: usize = 6_000;

impl Received<'_> {
    /// Whether the request could go on as a GET. A form sent by another site brings no `SameSite=Lax` cookie; the same
    /// request by GET does, and both must have the same result (OpenID Connect Core §3.1.2.1).
    pub(super) fn may_become_get(&self) -> bool {
        self.by_form && self.encoded.len() <= MAX_QUERY_BYTES
    }

    /// The same request by GET.
    pub(super) fn by_get(&self, request: &RealmRequest) -> HttpResponse {
        // Encoded anew: what came may hold bytes no header can.
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs(self.encoded).unwrap_or_default())
            .finish();
        see_other(&request.realm.issuer.url(&format!("{}?{query}", self.path)))
    }
}

/// The answer to an authorization request.
pub(super) fn outcome(
    request: &RealmRequest,
    received: Option<Received<'_>>,
    outcome: &AuthorizeOutcome,
) -> HttpResponse {
    match outcome {
        AuthorizeOutcome::ByGet => match received {
            Some(received) => received.by_get(request),
            None => error_page(request, OAuthError::RequestExpired, None),
        },
        AuthorizeOutcome::Respond(response) => respond(request, response),
        AuthorizeOutcome::Flow(started) => to_flow(request, started),
        AuthorizeOutcome::Page(error) => error_page(request, *error, None),
    }
}

fn respond(request: &RealmRequest, response: &AuthorizationResponse) -> HttpResponse {
    match response.mode() {
        ResponseMode::Query | ResponseMode::Fragment => see_other(&response.location()),
        ResponseMode::FormPost => {
            let action = response.redirect_uri().to_owned();
            let fields = response.parameters().iter();
            let view = FormPostPage {
                app: None,
                action: action.clone(),
                fields: fields.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            };
            page(&request.state, &spec(request).class(PageClass::FormPost(action)), &view)
        }
    }
}

/// On to a flow, with the cookie that binds it to this browser.
pub(super) fn to_flow(request: &RealmRequest, started: &StartedFlow) -> HttpResponse {
    let mut answer = see_other(&request.realm.issuer.url(&format!("/flow/{}", started.flow)));
    let name = cookies::flow_cookie(&request.realm.realm.slug);
    let cookie = cookies::secret_cookie(name, started.cookie.expose().to_owned(), None);
    if let Err(error) = answer.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
    answer
}

/// How a page of this realm is sent.
pub(super) fn spec(request: &RealmRequest) -> PageSpec<'_> {
    PageSpec::of(request)
}

/// A refusal that is not told to any client: one stable sentence and a machine-readable code.
pub(super) fn error_page(
    request: &RealmRequest,
    error: OAuthError,
    developer: Option<String>,
) -> HttpResponse {
    let status = match error {
        OAuthError::RealmSuspended => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    let key = format!("oauth-{}", error.cause());
    let known = request.state.pages.texts(&Locale::english()).has(&key);
    let told = known.then(|| Message::named(key));
    // What somebody meets who goes back or waits too long is said to them; the rest only those can mend who run the
    // application.
    let (sentence, advice, detail) = match (error, told) {
        (OAuthError::RequestUsed, Some(told)) => (told, Some("oauth-advice-used"), None),
        (OAuthError::RequestExpired, Some(told)) => (told, Some("oauth-advice-expired"), None),
        (OAuthError::RealmSuspended | OAuthError::AccountInactive, Some(told)) => (told, None, None),
        (_, told) => (Message::new("oauth-other"), Some("oauth-advice-fault"), told),
    };
    let home = Message::new("oauth-home").with("realm", request.realm.display_name());
    let view = ErrorPage {
        status: status.as_u16(),
        code: error.cause().to_owned(),
        sentence,
        advice: advice.map(Message::new),
        detail,
        fault: (!known).then(|| error.description().to_owned()),
        time: request.cx.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        action: (status != StatusCode::FORBIDDEN).then(|| (request.realm.issuer.path("/"), home)),
        developer: developer.filter(|_| request.app().installation.dev),
    };
    page(&request.state, &spec(request).status(status), &view)
}

/// A store failure as a page.
pub(super) fn store_page(request: &RealmRequest, error: StoreError) -> HttpResponse {
    problem(request, &error.into())
}

/// A problem as a page.
pub(super) fn problem(request: &RealmRequest, problem: &Problem) -> HttpResponse {
    problem_page(&request.state, spec(request), problem, request.cx.now, None)
}

/// The name pages show for a client.
pub(super) fn app_view(request: &RealmRequest, id: Option<&vestibule_kernel::ClientId>) -> Option<AppView> {
    id.and_then(|id| request.realm.client(id)).map(AppView::of)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_script_is_no_onlooker() {
        let sent = |mode: &str| TestRequest::get().insert_header(("sec-fetch-mode", mode)).to_http_request();
        assert!(is_looked_at(&TestRequest::get().to_http_request()) && is_looked_at(&sent("navigate")));
        for mode in ["cors", "no-cors", "same-origin", "websocket", ""] {
            assert!(!is_looked_at(&sent(mode)), "{mode}");
        }
    }
}
