//! The demo: an ordinary relying party at `/demo` and the developer inbox at `/dev/mail`, served beside the real server
//! in developer mode. The application uses public endpoints only, over HTTP, like anybody else's.

mod app;
mod inbox;
mod logout;
mod oidc;
mod pages;
pub(crate) mod seed;
mod service;
mod transport;
mod visits;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, cookie::Cookie, http::header, middleware::from_fn, web};
use tokio::sync::OnceCell;
use vestibule_http::{HttpState, middleware};
use vestibule_kernel::Secret;
use vestibule_usecases::App;

use crate::wire::Parts;

use self::{
    inbox::Inbox,
    oidc::{Provider, Registration, RelyingPartyError},
    pages::Pages,
    transport::Transport,
    visits::{COOKIE, DemoApp, Visit, Visits},
};

/// The slug of the demo's realm.
pub(crate) const REALM: &str = "acme";
/// The slug of the realm that it signs people in with.
pub(crate) const PARTNER: &str = "partner";

/// Everything the demo's pages reach.
pub(crate) struct DemoState {
    app: Arc<App>,
    transport: Transport,
    pages: Arc<Pages>,
    visits: Visits,
    issuer: String,
    /// This host as browsers see it, without a trailing slash.
    origin: String,
    secrets: DemoSecrets,
    provider: OnceCell<Provider>,
}

/// The secrets of the demo's confidential clients, as imported with the realm.
pub(crate) struct DemoSecrets {
    pub(crate) insights: Secret,
    pub(crate) service: Secret,
    pub(crate) partner: Secret,
}

impl DemoState {
    fn new(parts: &Parts, pages: Arc<Pages>, secrets: DemoSecrets) -> Self {
        let app = Arc::clone(&parts.app);
        let transport = Transport::new(Arc::clone(&parts.egress));
        let origin = app.installation.public_url.as_str().trim_end_matches('/').to_owned();
        let issuer = format!("{origin}/realms/{REALM}");
        let (visits, provider) = (Visits::default(), OnceCell::new());
        Self { app, transport, pages, visits, issuer, origin, secrets, provider }
    }

    /// The issuer's metadata, read once.
    async fn provider(&self) -> Result<&Provider, RelyingPartyError> {
        self.provider.get_or_try_init(|| Provider::discover(&self.transport, &self.issuer)).await
    }

    fn registration(&self, app: DemoApp) -> Registration {
        match app {
            DemoApp::Shop => Registration {
                client_id: "acme-shop",
                secret: None,
                scope: "openid profile email offline_access",
            },
            DemoApp::Insights => Registration {
                client_id: "partner-insights",
                secret: Some(self.secrets.insights.clone()),
                scope: "openid profile email",
            },
        }
    }

    fn redirect_uri(&self, app: DemoApp) -> String {
        format!("{}/demo/{}/callback", self.origin, app.key())
    }

    fn random(&self) -> String {
        let bytes = self.app.entropy.bytes();
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes)
    }

    /// The visit of the browser, and the value its cookie must have.
    fn visit(&self, request: &HttpRequest) -> (String, Visit) {
        match request.cookie(COOKIE) {
            Some(cookie) => (cookie.value().to_owned(), self.visits.get(cookie.value())),
            None => (self.random(), Visit::default()),
        }
    }

    fn keep(&self, cookie: &str, visit: Visit) {
        self.visits.put(cookie, visit, self.app.clock.now());
    }
}

impl DemoApp {
    /// Its word in paths.
    const fn key(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Insights => "insights",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Shop => "Acme Shop",
            Self::Insights => "Partner Insights",
        }
    }
}

/// The developer's pages of one process: the inbox, and in the demo its applications.
#[derive(Clone)]
pub(crate) struct DevPages {
    inbox: web::Data<Inbox>,
    applications: Option<web::Data<DemoState>>,
}

impl DevPages {
    /// The inbox, and with the secrets of its clients the demo.
    pub(crate) fn new(parts: &Parts, secrets: Option<DemoSecrets>) -> anyhow::Result<Self> {
        let shared = parts.pages.assets().url("vestibule.css");
        let pages = Arc::new(Pages::new(shared, secrets.is_some())?);
        let inbox = Inbox { app: Arc::clone(&parts.app), pages: Arc::clone(&pages) };
        let applications = secrets.map(|secrets| web::Data::new(DemoState::new(parts, pages, secrets)));
        Ok(Self { inbox: web::Data::new(inbox), applications })
    }

    /// Mounts the pages; to be called before the server's own routes are mounted.
    pub(crate) fn configure(self, config: &mut web::ServiceConfig, http: &HttpState) {
        let http = web::Data::new(http.clone());
        config.service(
            web::scope("/dev")
                .app_data(http.clone())
                .app_data(self.inbox)
                .configure(inbox::routes)
                .wrap(from_fn(middleware::security_headers::security_headers))
                .wrap(from_fn(middleware::request_id::request_id)),
        );
        let Some(applications) = self.applications else { return };
        // Whoever opens the bare address of the demo means the demo.
        config.route("/", web::get().to(async || see_other("/demo")));
        config.service(
            web::scope("/demo")
                .app_data(http)
                .app_data(applications)
                .configure(app::routes)
                .configure(logout::routes)
                .configure(service::routes)
                .wrap(from_fn(middleware::security_headers::security_headers))
                .wrap(from_fn(middleware::request_id::request_id)),
        );
    }
}

/// A redirect with GET.
fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// The cookie that names a visit; browsers take `Secure` ones from http://localhost.
fn visit_cookie(value: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, value.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(actix_web::cookie::SameSite::Lax)
        .finish()
}
