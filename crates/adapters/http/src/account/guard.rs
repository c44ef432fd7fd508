//! Who asks for a page of the account, and whether its forms come from it. A browser that is not signed in, or not
//! freshly enough, is sent through a flow that leads back to the same page.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use vestibule_authn::flow::AccountPath;
use vestibule_kernel::{OpaqueToken, StoreError};
use vestibule_usecases::{
    account::{self, AccountCx, AccountError},
    flow::{Browser, FlowError},
};

use super::{frame, privacy};
use crate::{
    command,
    cx::RealmRequest,
    extract::{body, cookies, params::Params},
    flow::{self, csrf},
    page::{PageClass, PageSpec, problem_page},
    problem::{Problem, code},
};

/// How recent the sign-in must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// A live session is enough.
    Session,
    /// The last sign-in is a few minutes old: pages that lead to sensitive changes ask for it before anything is
    /// typed.
    Fresh,
}

/// Somebody signed in at a page of their account.
#[derive(Clone)]
pub(crate) struct Entered {
    /// The request.
    pub(crate) request: RealmRequest,
    /// Who.
    pub(crate) me: AccountCx,
    /// Their session cookie.
    pub(crate) cookie: OpaqueToken,
}

/// Lets somebody into the page below `/account` (`""`: the overview).
///
/// # Errors
/// The answer to send instead.
pub(crate) async fn enter(
    http: &HttpRequest,
    request: Result<RealmRequest, Problem>,
    page: &str,
    proof: Proof,
) -> Result<Entered, HttpResponse> {
    let request = request.map_err(|problem| flow::without_realm(http, &problem))?;
    let browser = flow::browser(http, &request.realm);
    let entered =
        AccountCx::enter(request.app(), &request.cx, &request.realm, browser.session.as_ref()).await;
    match (entered, browser.session.clone()) {
        (Ok(me), Some(cookie)) if proof == Proof::Session || me.is_fresh() => {
            // Their own language goes before the browser's, also for what the page causes.
            let wishes = me.user().locale.iter().chain(&request.cx.origin.language);
            let cx = request.cx.speaking(Some(&request.realm.language(wishes)));
            let request = RealmRequest { cx, ..request };
            Ok(Entered { request, me, cookie })
        }
        (Ok(me), _) => Err(prove(&request, &browser, Some(&me), page).await),
        (Err(AccountError::SignedOut), _) => Err(prove(&request, &browser, None, page).await),
        (Err(AccountError::Leaving), _) => Err(see(&request, &format!("/account{}", privacy::LEAVING))),
        (Err(error), _) => Err(failure(&request, &error)),
    }
}

/// Lets somebody into a page with a form of it: the form's origin and token are checked, then the person.
///
/// # Errors
/// The answer to send instead.
pub(crate) async fn posted(
    http: &HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
    (page, proof): (&str, Proof),
) -> Result<(Entered, Params), HttpResponse> {
    let request = request.map_err(|problem| flow::without_realm(http, &problem))?;
    let form = match form(http, &request, payload).await {
        Ok(form) => form,
        Err(problem) => return Err(problem_answer(&request, &problem)),
    };
    let entered = enter(http, Ok(request), page, proof).await?;
    match csrf::check_session_token(form.get("csrf"), &entered.cookie) {
        Ok(()) => Ok((entered, form)),
        Err(problem) => Err(problem_answer(&entered.request, &problem)),
    }
}

/// Reads a form of our own pages.
pub(super) async fn form(
    http: &HttpRequest,
    request: &RealmRequest,
    payload: web::Payload,
) -> Result<Params, Problem> {
    csrf::check_origin(http, &request.realm.issuer.origin())?;
    if body::media_type(http) != "application/x-www-form-urlencoded" {
        return Err(Problem::new(&code::INVALID_FORM));
    }
    let bytes = body::read(http, payload, body::MAX_FORM_BYTES).await?;
    Params::parse(&bytes, &[]).map_err(|error| Problem::new(&code::INVALID_FORM).detail(error))
}

/// A fresh proof for somebody who was let in without one, and back to the page.
pub(crate) async fn prove_again(http: &HttpRequest, entered: &Entered, page: &str) -> HttpResponse {
    let browser = flow::browser(http, &entered.request.realm);
    prove(&entered.request, &browser, Some(&entered.me), page).await
}

/// Starts the flow that leads to the page, and sends the browser there.
pub(crate) async fn prove(
    request: &RealmRequest,
    browser: &Browser,
    me: Option<&AccountCx>,
    page: &str,
) -> HttpResponse {
    let to = AccountPath::parse(page).unwrap_or_else(|_| AccountPath::overview());
    let started = account::start_proof(request.app(), &request.cx, &request.realm, browser, (me, to)).await;
    let started = match started {
        Ok(started) => started,
        Err(error) => return failure(request, &error),
    };
    let mut answer = see(request, &format!("/flow/{}", started.flow));
    let name = cookies::flow_cookie(&request.realm.realm.slug);
    let cookie = cookies::secret_cookie(name, started.cookie.expose().to_owned(), None);
    if let Err(error) = answer.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
    answer
}

/// Runs a command of the person to its end, also when the client hangs up.
///
/// # Errors
/// Its own; one that ended without an answer counts as a store that did not answer.
pub(crate) async fn run<T: Send + 'static>(
    request: &RealmRequest,
    task: impl Future<Output = Result<T, AccountError>> + Send + 'static,
) -> Result<T, AccountError> {
    let lost = |lost: command::CommandLost| StoreError::Unavailable(lost.to_string());
    command::run(&request.state, task).await.map_err(lost)?
}

/// 303 to a path below the issuer.
pub(crate) fn see(request: &RealmRequest, path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, request.realm.issuer.url(path)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// 303 to a page of the account that says what was done: a word of [`frame::done`].
pub(crate) fn see_done(entered: &Entered, page: &str, done: &str) -> HttpResponse {
    see(&entered.request, &format!("/account{page}?done={done}"))
}

/// How a page of the account is sent.
pub(crate) fn spec(request: &RealmRequest) -> PageSpec<'_> {
    PageSpec::of(request).class(PageClass::Document)
}

/// The page of what did not happen. A proof that became too old is asked for by [`enter`], so that it leads back.
pub(crate) fn failure(request: &RealmRequest, error: &AccountError) -> HttpResponse {
    match error {
        AccountError::RealmSuspended => flow::failure(request, None, &FlowError::RealmSuspended),
        other => problem_answer(request, &problem_of(other)),
    }
}

/// A problem as a page, with the way back to the account.
pub(crate) fn problem_answer(request: &RealmRequest, problem: &Problem) -> HttpResponse {
    let again = Some((request.realm.issuer.url("/account"), frame::BACK));
    problem_page(&request.state, spec(request), problem, request.cx.now, again)
}

/// The problem of an error, the same for pages and JSON.
pub(crate) fn problem_of(error: &AccountError) -> Problem {
    match error {
        AccountError::SignedOut => Problem::new(&code::ACCOUNT_SIGNED_OUT),
        AccountError::Leaving => Problem::new(&code::ACCOUNT_LEAVING),
        AccountError::SoleOwner | AccountError::TooMany => Problem::new(&code::CONFLICT).detail(error),
        AccountError::ProofNeeded => Problem::new(&code::ACCOUNT_PROOF),
        AccountError::NotFound(what) => Problem::new(&code::NOT_FOUND).detail(format!("no such {what}")),
        AccountError::SwitchedOff => Problem::new(&code::ACCOUNT_SWITCHED_OFF),
        AccountError::Password(error) => Problem::new(&code::INVALID).field("/password", error),
        AccountError::Code(error) => Problem::new(&code::INVALID).field("/code", error),
        AccountError::Email(error) => Problem::new(&code::INVALID).field("/email", error),
        AccountError::Phone(error) => Problem::new(&code::INVALID).field("/phone", error),
        AccountError::Profile(error) => Problem::new(&code::INVALID).field("/own", error),
        AccountError::LastFactor => Problem::new(&code::LAST_FACTOR),
        AccountError::Limited { retry_after_seconds } => {
            Problem::new(&code::RATE_LIMITED).retry_after(*retry_after_seconds)
        }
        AccountError::Label => Problem::new(&code::INVALID).field("/label", error),
        AccountError::LastWayIn => Problem::new(&code::LAST_WAY_IN),
        AccountError::Busy { retry_after_seconds } => {
            Problem::new(&code::BUSY).retry_after(*retry_after_seconds)
        }
        AccountError::RealmSuspended => Problem::new(&code::REALM_SUSPENDED),
        AccountError::Store(error) => error.clone().into(),
    }
}
