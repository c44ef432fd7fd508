//! The language of a page: what a browser asks for, and the form that changes it. The choice lives in a cookie, in the
//! flow the page was of, and with the account of whoever is signed in; see ADR 13 for their order.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use vestibule_kernel::{FlowId, contact::Locale};
use vestibule_templates::{Chooser, Message};
use vestibule_usecases::{
    RealmSnapshot,
    language::{self, SPOKEN},
};

use crate::{
    address::Address,
    command,
    cx::RealmRequest,
    extract::{body, cookies, params::Params},
    flow::{browser, csrf, without_realm},
    page::{PageSpec, problem_page},
    problem::{Problem, code},
};

/// How long a browser keeps its language: a year.
const COOKIE_SECONDS: u64 = 365 * 24 * 3_600;
/// Longest path that a form brings back.
const MAX_BACK_BYTES: usize = 4_096;
/// Longest `Accept-Language` and most languages in it that are looked at.
const MAX_ACCEPT: (usize, usize) = (1_000, 20);

/// The form's address in a realm.
pub(crate) fn addresses() -> Vec<Address> {
    vec![Address::new("/language").on(Method::POST, web::to(choose))]
}

/// The language of a realm's page for this browser, where nothing stored says otherwise: its cookie, then what it
/// sends, then the realm's default.
pub(crate) fn of_browser(http: &HttpRequest, realm: &RealmSnapshot) -> Locale {
    let cookie = cookies::read_text(http, &cookies::language_cookie(&realm.realm.slug));
    let wishes: Vec<Locale> =
        cookie.into_iter().chain(accepted(http)).filter_map(|tag| Locale::parse(&tag).ok()).collect();
    realm.language(&wishes)
}

/// The language of a page outside realms: what the browser sends.
pub(crate) fn outside_realms(http: &HttpRequest) -> Locale {
    let spoken: Vec<Locale> = SPOKEN.into_iter().filter_map(|tag| Locale::parse(tag).ok()).collect();
    let accepted = accepted(http);
    language::best(&spoken, accepted.iter().map(String::as_str)).unwrap_or_else(Locale::english)
}

/// The languages of `Accept-Language`, the most wanted first (RFC 9110 §12.5.4).
fn accepted(http: &HttpRequest) -> Vec<String> {
    let text = http.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let text = text.filter(|text| text.len() <= MAX_ACCEPT.0).unwrap_or_default();
    let mut wanted: Vec<(u16, String)> = text
        .split(',')
        .take(MAX_ACCEPT.1)
        .filter_map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(Some(1_000), thousandths)?;
            (weight > 0 && !tag.trim().is_empty()).then(|| (weight, tag.trim().to_owned()))
        })
        .collect();
    wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wanted.into_iter().map(|(_, tag)| tag).collect()
}

/// A weight as RFC 9110 writes it (`0.8`, at most three decimals), in thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, part) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let part: u16 = if part.len() <= 3 { format!("{part:0<3}").parse().ok()? } else { return None };
    match (whole, part) {
        ("1", 0) => Some(1_000),
        ("0", part) => Some(part),
        _ => None,
    }
}

/// The form on a page of this request.
pub(crate) fn chooser(request: &RealmRequest) -> Chooser {
    Chooser { action: request.realm.issuer.path("/language"), back: request.here.clone() }
}

/// The path of a page below its realm, to come back to. A form's page is come back to by its address alone.
pub(crate) fn here(http: &HttpRequest, realm: &RealmSnapshot) -> String {
    let (path, query) = (http.path(), http.query_string());
    let prefixes = [realm.issuer.path(""), format!("/realms/{}", realm.realm.slug)];
    let below =
        prefixes.iter().filter(|prefix| !prefix.is_empty()).find_map(|prefix| path.strip_prefix(prefix));
    let path = below.unwrap_or(path);
    // What a provider's answer carries works once.
    let asked = http.method() == Method::GET && !query.is_empty() && !path.starts_with("/federation/");
    let here = if asked { format!("{path}?{query}") } else { path.to_owned() };
    if is_below(&here) { here } else { "/".to_owned() }
}

/// Whether a path stays below the issuer it is appended to.
fn is_below(back: &str) -> bool {
    let path = back.split(['?', '#']).next().unwrap_or_default();
    let climbs = path.split('/').any(|part| {
        let part = part.to_ascii_lowercase().replace("%2e", ".");
        part == "." || part == ".."
    });
    back.len() <= MAX_BACK_BYTES
        && back.starts_with('/')
        && !path.starts_with("//")
        && !climbs
        && back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// `POST {issuer}/language`: keeps the choice and goes back to a page of the realm.
async fn choose(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let mut request = match request {
        Ok(request) => request,
        Err(problem) => return without_realm(&http, &problem),
    };
    "/".clone_into(&mut request.here);
    match chosen(&http, &request, payload).await {
        Ok((locale, back)) => {
            let mut answer = HttpResponse::SeeOther()
                .insert_header((header::LOCATION, request.realm.issuer.url(&back)))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .finish();
            let name = cookies::language_cookie(&request.realm.realm.slug);
            let cookie = cookies::secret_cookie(name, locale.as_str().to_owned(), Some(COOKIE_SECONDS));
            if let Err(error) = answer.add_cookie(&cookie) {
                tracing::error!(%error, "a cookie could not be set");
            }
            answer
        }
        Err(problem) => {
            let again = Some((request.realm.issuer.url("/"), Message::new("error-start-again")));
            problem_page(&request.state, PageSpec::of(&request), &problem, request.cx.now, again)
        }
    }
}

async fn chosen(
    http: &HttpRequest,
    request: &RealmRequest,
    payload: web::Payload,
) -> Result<(Locale, String), Problem> {
    csrf::check_origin(http, &request.realm.issuer.origin())?;
    if body::media_type(http) != "application/x-www-form-urlencoded" {
        return Err(Problem::new(&code::INVALID_FORM));
    }
    let bytes = body::read(http, payload, body::MAX_FORM_BYTES).await?;
    let form = Params::parse(&bytes, &[]).map_err(|error| Problem::new(&code::INVALID_FORM).detail(error))?;
    let wanted = form.get("language").unwrap_or_default();
    let locale = request.realm.languages().into_iter().find(|locale| locale.as_str() == wanted);
    let locale = locale.ok_or_else(|| Problem::new(&code::INVALID_FORM).detail("no such language"))?;
    let back = form.get("back").filter(|back| is_below(back)).unwrap_or("/").to_owned();
    if request.realm.is_active() {
        let (inner, browser, flow) = (request.clone(), browser(http, &request.realm), flow_of(&back));
        let kept = locale.clone();
        let task = async move { language::choose(inner.app(), &inner.cx, &browser, flow, &kept).await };
        command::run(&request.state, task).await??;
    }
    Ok((locale, back))
}

/// The flow whose page a path is.
fn flow_of(back: &str) -> Option<FlowId> {
    back.strip_prefix("/flow/")?.split(['?', '#', '/']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_weights_of_a_header_order_its_languages() {
        let order = |text: &'static str| {
            accepted(&TestRequest::default().insert_header((header::ACCEPT_LANGUAGE, text)).to_http_request())
        };
        assert_eq!(order("en;q=0.8, de-CH, fr;q=0.9, ar;q=0, es;q=x"), ["de-CH", "fr", "en"]);
        assert!(order("").is_empty());
    }

    #[test]
    fn the_way_back_stays_in_the_realm() {
        for good in ["/", "/flow/flw_x?at=identify", "/oauth/authorize?a=%2F..%2F"] {
            assert!(is_below(good), "{good}");
        }
        let long = format!("/{}", "a".repeat(5_000));
        for bad in [
            "",
            "flow",
            "//evil.test",
            "https://evil.test",
            "@evil.test",
            "/../other",
            "/a/%2E./b",
            "/\\evil",
            "/a b",
            "/\r\nx",
            &long,
        ] {
            assert!(!is_below(bad), "{bad}");
        }
    }
}
