//! The two applications: sign in, look at what came back, refresh, ask for more, sign out.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use vestibule_usecases::admin::theme_preview::{self, Previewed};

use super::{
    DemoState, REALM,
    oidc::{Expected, Pending, RelyingPartyError, Tokens},
    see_other, visit_cookie,
    visits::{DemoApp, SignedIn, Visit},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("", web::get().to(home))
        .route("/theme.css", web::get().to(theme))
        .route("/look", web::get().to(look))
        .route("/signed-out", web::get().to(signed_out))
        .route("/{app}/login", web::get().to(login))
        .route("/{app}/callback", web::get().to(callback))
        .route("/{app}/refresh", web::post().to(refresh))
        .route("/{app}/userinfo", web::post().to(userinfo))
        .route("/{app}/logout", web::post().to(logout))
        .route("/{app}", web::get().to(account));
}

type State = web::Data<DemoState>;
type Which = web::Path<DemoApp>;

async fn home(request: HttpRequest, demo: State) -> HttpResponse {
    let (_, visit) = demo.visit(&request);
    demo.pages.home(&demo, &visit)
}

async fn signed_out(request: HttpRequest, demo: State) -> HttpResponse {
    let (_, visit) = demo.visit(&request);
    demo.pages.signed_out(&visit)
}

/// Every page and mail of the realm, as its administrators preview them. Each look is a link of its own.
async fn look(demo: State) -> HttpResponse {
    let app = &demo.app;
    let link = match app.snapshots.by_slug(REALM).await {
        Ok(Some(realm)) => theme_preview::make(app, &app.system_cx(realm.realm.id), Previewed::Draft),
        _ => return HttpResponse::ServiceUnavailable().finish(),
    };
    match link {
        Ok(link) => see_other(&format!("{}/preview/{}", demo.issuer, link.token)),
        Err(error) => {
            tracing::error!(%error, "no preview could be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// The realm's colours, as on its own pages.
async fn theme(demo: State) -> HttpResponse {
    match demo.app.snapshots.by_slug(super::REALM).await {
        Ok(Some(realm)) => HttpResponse::Ok()
            .content_type("text/css; charset=utf-8")
            .body(vestibule_templates::pages::realm_stylesheet(&realm).1),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => {
            tracing::warn!(%error, "the realm's colours cannot be read");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

/// What a sign-in asks for beyond the usual.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    #[default]
    Usual,
    /// The password again, whatever session there is.
    Again,
    /// Signed in no longer ago than this moment.
    Fresh,
    /// Never show a page.
    Silent,
    /// Ask for consent again.
    Consent,
    /// Choose an account.
    Choose,
}

impl Mode {
    const fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Usual => &[],
            Self::Again => &[("prompt", "login")],
            Self::Fresh => &[("max_age", "0")],
            Self::Silent => &[("prompt", "none")],
            Self::Consent => &[("prompt", "consent")],
            Self::Choose => &[("prompt", "select_account")],
        }
    }
}

#[derive(Debug, Deserialize)]
struct LoginQuery {
    #[serde(default)]
    mode: Mode,
}

async fn login(request: HttpRequest, demo: State, app: Which, query: web::Query<LoginQuery>) -> HttpResponse {
    let (cookie, mut visit) = demo.visit(&request);
    let provider = match demo.provider().await {
        Ok(provider) => provider,
        Err(error) => return demo.pages.failed(Some(*app), &error),
    };
    let pending = Pending { state: demo.random(), nonce: demo.random(), verifier: demo.random() };
    let extra = query.mode.parameters();
    let url = provider.authorize_url(&demo.registration(*app), &demo.redirect_uri(*app), &pending, extra);
    let asked = extra.first().map(|(name, value)| format!(" and {name}={value}")).unwrap_or_default();
    visit.steps.clear();
    visit.note(
        "Sent you to the authorization endpoint",
        format!("GET {} with response_type=code, PKCE S256, state, nonce{asked}", url.path()),
        "https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest",
    );
    visit.pending = Some((*app, pending));
    demo.keep(&cookie, visit);
    let mut answer = see_other(url.as_str());
    // Cannot fail for a cookie of our own making; without it the callback says that the state is unknown.
    let _ = answer.add_cookie(&visit_cookie(&cookie));
    answer
}

#[derive(Debug, Deserialize)]
struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn callback(
    request: HttpRequest,
    demo: State,
    app: Which,
    query: web::Query<CallbackQuery>,
) -> HttpResponse {
    let (cookie, mut visit) = demo.visit(&request);
    let Some((_, pending)) = visit.pending.take().filter(|(of, _)| of == &*app) else {
        return demo
            .pages
            .failed(Some(*app), &RelyingPartyError::Broken("no sign-in is on its way in this browser"));
    };
    let done = finish_login(&demo, *app, &pending, query.into_inner(), &mut visit).await;
    // A fresh name for what is signed in now, so that a name planted before means nothing.
    demo.visits.forget(&cookie);
    let cookie = demo.random();
    demo.keep(&cookie, visit);
    let mut answer = match done {
        Ok(()) => see_other(&format!("/demo/{}", app.key())),
        Err(error) => demo.pages.failed(Some(*app), &error),
    };
    let _ = answer.add_cookie(&visit_cookie(&cookie));
    answer
}

async fn finish_login(
    demo: &DemoState,
    app: DemoApp,
    pending: &Pending,
    query: CallbackQuery,
    visit: &mut Visit,
) -> Result<(), RelyingPartyError> {
    let broken = |why| Err(RelyingPartyError::Broken(why));
    let provider = demo.provider().await?;
    if query.state.as_deref() != Some(&pending.state) {
        return broken("the answer belongs to another sign-in (state differs)");
    }
    if query.iss.as_deref() != Some(&provider.issuer) {
        return broken("the answer comes from another issuer (RFC 9207)");
    }
    if let Some(error) = query.error {
        let description = query.error_description.unwrap_or_default();
        return Err(RelyingPartyError::Refused {
            endpoint: "the authorization endpoint",
            status: 303,
            error,
            description,
        });
    }
    let Some(code) = query.code else { return broken("the answer has no code") };
    visit.note(
        "You came back with a code",
        "state and iss were checked",
        "https://www.rfc-editor.org/rfc/rfc9207",
    );
    let client = demo.registration(app);
    let redirect_uri = demo.redirect_uri(app);
    let tokens = provider.exchange(&demo.transport, &client, &redirect_uri, &code, pending).await?;
    let authentication = if client.secret.is_some() { "client_secret_basic" } else { "code_verifier only" };
    visit.note(
        "Traded the code for tokens",
        format!("POST {} as {} ({authentication})", path_of(&provider.token_endpoint), client.client_id),
        "https://www.rfc-editor.org/rfc/rfc7636#section-4.5",
    );
    keep_tokens(demo, app, tokens, Some(&pending.nonce), visit).await?;
    ask_userinfo(demo, app, visit).await
}

/// What the access token opens; it must be about the person of the ID token (OpenID Connect Core §5.3.2).
async fn ask_userinfo(demo: &DemoState, app: DemoApp, visit: &mut Visit) -> Result<(), RelyingPartyError> {
    let provider = demo.provider().await?;
    let Some(signed_in) = visit.signed_in.get_mut(&app) else { return Ok(()) };
    let claims = provider.userinfo(&demo.transport, &signed_in.tokens.access_token).await?;
    if claims.get("sub") != signed_in.claims.get("sub") {
        return Err(RelyingPartyError::Broken("the userinfo endpoint answered about somebody else"));
    }
    signed_in.userinfo = Some(claims);
    visit.note(
        "Asked the userinfo endpoint",
        "with the access token as bearer; sub is that of the ID token",
        "https://openid.net/specs/openid-connect-core-1_0.html#UserInfo",
    );
    Ok(())
}

/// Verifies the ID token and keeps everything. On a refresh, claims stay unless a new ID token came.
async fn keep_tokens(
    demo: &DemoState,
    app: DemoApp,
    mut tokens: Tokens,
    nonce: Option<&str>,
    visit: &mut Visit,
) -> Result<(), RelyingPartyError> {
    let provider = demo.provider().await?;
    let now = demo.app.clock.now();
    let before = visit.signed_in.remove(&app);
    let claims = match &tokens.id_token {
        Some(id_token) => {
            let client_id = demo.registration(app).client_id;
            let expected = Expected { typ: "JWT", client_id, nonce, now };
            let signer = demo.app.signer.as_ref();
            let claims = provider.verified(&demo.transport, signer, expected, id_token).await?;
            visit.note(
                "Verified the ID token",
                "signature by a published key, iss, aud, exp, iat, nonce",
                "https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation",
            );
            claims
        }
        None => before.as_ref().map(|before| before.claims.clone()).unwrap_or_default(),
    };
    if claims.is_empty() {
        return Err(RelyingPartyError::Broken("no ID token came"));
    }
    let mut userinfo = None;
    if let Some(before) = before {
        userinfo = before.userinfo;
        tokens.refresh_token = tokens.refresh_token.or(before.tokens.refresh_token);
        tokens.id_token = tokens.id_token.or(before.tokens.id_token);
    }
    visit.signed_in.insert(app, SignedIn { tokens, claims, userinfo, received_at: now });
    Ok(())
}

async fn account(request: HttpRequest, demo: State, app: Which) -> HttpResponse {
    let (_, visit) = demo.visit(&request);
    if visit.signed_in.contains_key(&app) {
        demo.pages.account(&demo, *app, &visit)
    } else {
        see_other("/demo")
    }
}

async fn refresh(request: HttpRequest, demo: State, app: Which) -> HttpResponse {
    let (cookie, mut visit) = demo.visit(&request);
    let token = visit.signed_in.get(&app).and_then(|signed_in| signed_in.tokens.refresh_token.clone());
    let Some(token) = token else { return see_other("/demo") };
    let done = async {
        let provider = demo.provider().await?;
        let tokens = provider.refresh(&demo.transport, &demo.registration(*app), &token).await?;
        let rotated = tokens.refresh_token.as_ref().is_some_and(|new| new != &token);
        let detail = if rotated {
            "the refresh token was replaced; the old one is dead"
        } else {
            "same refresh token"
        };
        visit.note("Refreshed the tokens", detail, "https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2");
        keep_tokens(&demo, *app, tokens, None, &mut visit).await
    };
    if let Err(error) = done.await {
        if matches!(error, RelyingPartyError::Refused { .. }) {
            visit.signed_in.remove(&app);
        }
        demo.keep(&cookie, visit);
        return demo.pages.failed(Some(*app), &error);
    }
    demo.keep(&cookie, visit);
    see_other(&format!("/demo/{}", app.key()))
}

async fn userinfo(request: HttpRequest, demo: State, app: Which) -> HttpResponse {
    let (cookie, mut visit) = demo.visit(&request);
    if !visit.signed_in.contains_key(&app) {
        return see_other("/demo");
    }
    let done = ask_userinfo(&demo, *app, &mut visit).await;
    demo.keep(&cookie, visit);
    match done {
        Ok(()) => see_other(&format!("/demo/{}", app.key())),
        Err(error) => demo.pages.failed(Some(*app), &error),
    }
}

/// Forgets the tokens here and ends the session there (RP-Initiated Logout §2).
async fn logout(request: HttpRequest, demo: State, app: Which) -> HttpResponse {
    let (cookie, mut visit) = demo.visit(&request);
    let id_token = visit.signed_in.remove(&app).and_then(|signed_in| signed_in.tokens.id_token);
    let provider = match demo.provider().await {
        Ok(provider) => provider,
        Err(error) => return demo.pages.failed(Some(*app), &error),
    };
    let mut url = provider.end_session_endpoint.clone();
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", demo.registration(*app).client_id)
            .append_pair("post_logout_redirect_uri", &format!("{}/demo/signed-out", demo.origin));
        if let Some(id_token) = &id_token {
            query.append_pair("id_token_hint", id_token);
        }
    }
    visit.note(
        "Signed out",
        format!("forgot the tokens here, then GET {} with id_token_hint", url.path()),
        "https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout",
    );
    demo.keep(&cookie, visit);
    see_other(url.as_str())
}

fn path_of(url: &str) -> String {
    url::Url::parse(url).map(|url| url.path().to_owned()).unwrap_or_default()
}
