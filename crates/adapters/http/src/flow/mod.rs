//! The pages and the JSON of flows: two skins of the same use cases.

mod assets;
pub(crate) mod csrf;
mod door;
mod headless;
mod json;
mod page;
mod state_page;

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_kernel::{FlowId, TokenKind};
use vestibule_usecases::{RealmSnapshot, flow::Browser};

use crate::{cx::RealmRequest, extract::cookies};

/// Addresses of the host: static files of the theme.
pub fn host_routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/assets/{file}").route(web::get().to(assets::file)));
}

/// The flow area of one realm.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/flow/theme-{hash}.css").route(web::get().to(assets::theme)))
        .service(web::resource("/flow/v1").route(web::post().to(headless::start)))
        .service(web::resource("/flow/v1/{flow}").route(web::get().to(json::show)))
        .service(web::resource("/flow/v1/{flow}/{action}").route(web::post().to(json::act)))
        .service(
            web::resource("/flow/{flow}").route(web::get().to(page::show)).route(web::post().to(page::act)),
        )
        .service(web::resource("/login").route(web::get().to(door::login)))
        .service(web::resource("/").route(web::get().to(door::home)));
}

/// The cookies of this browser in this realm.
fn browser(http: &HttpRequest, realm: &RealmSnapshot) -> Browser {
    let slug = &realm.realm.slug;
    Browser {
        flow: cookies::read(http, &cookies::flow_cookie(slug), TokenKind::Flow),
        session: cookies::read(http, &cookies::session_cookie(slug), TokenKind::Session),
    }
}

/// The flow in the address.
fn flow_id(http: &HttpRequest) -> Option<FlowId> {
    http.match_info().get("flow").and_then(|text| text.parse().ok())
}

/// Where a flow that is over leads: back to the parked request, or to the realm's home page.
fn onward(realm: &RealmSnapshot, flow: &vestibule_authn::Flow) -> String {
    match flow.request {
        Some(request) => {
            realm.issuer.url(&format!("/oauth/authorize/resume?request={request}&flow={}", flow.id))
        }
        None => realm.issuer.url("/"),
    }
}

/// Sets the cookies an action asks for.
fn set_cookies(answer: &mut HttpResponse, request: &RealmRequest, acted: &vestibule_usecases::flow::Acted) {
    let slug = &request.realm.realm.slug;
    let name = cookies::session_cookie(slug);
    let cookie = match (&acted.session, acted.signed_out) {
        (Some(token), _) => {
            let age = request.realm.realm.settings.sessions.absolute_seconds;
            Some(cookies::secret_cookie(name, token.expose().to_owned(), Some(age)))
        }
        (None, true) => Some(cookies::removal(name)),
        (None, false) => None,
    };
    if let Some(cookie) = cookie
        && let Err(error) = answer.add_cookie(&cookie)
    {
        tracing::error!(%error, "a cookie could not be set");
    }
}
