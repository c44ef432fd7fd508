//! The pages and the JSON of flows: two skins of the same use cases.

mod assets;
mod commands;
pub(crate) mod csrf;
mod door;
mod headless;
mod json;
mod link;
mod page;
pub(crate) mod profile_fields;
pub(crate) mod state_page;
mod ways_page;

use actix_web::{HttpRequest, HttpResponse, cookie::Cookie, http::Method, web};
use vestibule_kernel::{
    FlowId, TokenKind,
    assurance::{Amr, Factor},
};
use vestibule_usecases::{
    RealmSnapshot,
    flow::{Browser, DEVICE_LIFETIME},
};

use crate::{address::Address, cx::RealmRequest, extract::cookies};

pub(crate) use page::{act_failure, failure, problem_of, without_realm};

/// Addresses of the host: static files of the theme.
pub(crate) fn host_addresses() -> Vec<Address> {
    vec![Address::new("/assets/{file}").on(Method::GET, web::to(assets::file))]
}

/// The flow area of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    vec![
        Address::new("/flow/theme-{hash}.css").on(Method::GET, web::to(assets::theme)),
        Address::new("/flow/picture-{file}").on(Method::GET, web::to(assets::picture)),
        Address::new("/flow/v1").on(Method::POST, web::to(headless::start)),
        Address::new("/flow/v1/{flow}").on(Method::GET, web::to(json::show)),
        Address::new("/flow/v1/{flow}/{action}").on(Method::POST, web::to(json::act)),
        Address::new("/flow/link/{token}").on(Method::GET, web::to(link::show)),
        Address::new("/flow/{flow}")
            .on(Method::GET, web::to(page::show))
            .on(Method::POST, web::to(page::act)),
        Address::new("/login").on(Method::GET, web::to(door::login)),
        Address::new("/sign-up").on(Method::GET, web::to(door::sign_up)),
        Address::new("/recover").on(Method::GET, web::to(door::recover)),
        Address::new("/").on(Method::GET, web::to(door::home)),
    ]
}

/// The cookies of this browser in this realm.
pub(crate) fn browser(http: &HttpRequest, realm: &RealmSnapshot) -> Browser {
    let slug = &realm.realm.slug;
    Browser {
        flow: cookies::read(http, &cookies::flow_cookie(slug), TokenKind::Flow),
        session: cookies::read(http, &cookies::session_cookie(slug), TokenKind::Session),
        device: cookies::read_text(http, &cookies::device_cookie(slug)),
        keeps_cookies: true,
        last_way: cookies::read_text(http, &cookies::way_cookie(slug)),
    }
}

/// The flow in the address.
fn flow_id(http: &HttpRequest) -> Option<FlowId> {
    http.match_info().get("flow").and_then(|text| text.parse().ok())
}

/// Where a flow that is over leads: back to the parked request, to the page of the account it was started for, or to the
/// realm's home page.
fn onward(realm: &RealmSnapshot, flow: &vestibule_authn::Flow) -> String {
    match (flow.request, &flow.account) {
        (Some(request), _) => {
            realm.issuer.url(&format!("/oauth/authorize/resume?request={request}&flow={}", flow.id))
        }
        (None, Some(page)) => realm.issuer.url(&format!("/account{}", page.as_str())),
        (None, None) => realm.issuer.url("/"),
    }
}

/// Sets the cookies an action asks for.
pub(crate) fn set_cookies(
    answer: &mut HttpResponse,
    request: &RealmRequest,
    acted: &vestibule_usecases::flow::Acted,
) {
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
    let device = acted.device.clone().map(|text| {
        let age = u64::try_from(DEVICE_LIFETIME.num_seconds()).ok();
        cookies::secret_cookie(cookies::device_cookie(slug), text, age)
    });
    let way = acted.session.as_ref().and_then(|_| way_of(&acted.flow));
    let way = way.map(|way| way_cookie(request, way.to_owned()));
    for cookie in cookie.into_iter().chain(device).chain(way) {
        if let Err(error) = answer.add_cookie(&cookie) {
            tracing::error!(%error, "a cookie could not be set");
        }
    }
}

/// How long a browser remembers by which way somebody signed in.
const WAY_SECONDS: u64 = 365 * 86_400;

/// The cookie that remembers a way in.
pub(crate) fn way_cookie(request: &RealmRequest, way: String) -> Cookie<'static> {
    cookies::secret_cookie(cookies::way_cookie(&request.realm.realm.slug), way, Some(WAY_SECONDS))
}

/// The name of the method that a flow began with; a provider is known where its answer came back.
fn way_of(flow: &vestibule_authn::Flow) -> Option<&'static str> {
    let first = flow.proofs.first()?;
    match (first.factor, first.amr) {
        (_, Amr::Pwd) => Some("password"),
        (_, Amr::Sms) => Some("phone_code"),
        (Factor::Mailbox, _) => Some("email_code"),
        (_, Amr::Hwk | Amr::Swk) => Some("passkey"),
        _ => None,
    }
}
