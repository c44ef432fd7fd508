//! Request → context: the realm is resolved first of all, from the path or from a configured own host; headers never
//! reach an address.

use std::{future::Future, net::IpAddr, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use ipnet::IpNet;
use vestibule_kernel::{Actor, Cx, Origin, SystemCx, contact::Locale};
use vestibule_usecases::{App, RealmSnapshot};

use crate::{
    language,
    problem::{Problem, code},
    state::HttpState,
};

/// A request in a realm.
#[derive(Clone)]
pub struct RealmRequest {
    /// Application and listener.
    pub state: HttpState,
    /// The realm as configured.
    pub realm: Arc<RealmSnapshot>,
    /// The context, with nobody recognised yet; its origin has the language of the browser's pages.
    pub cx: Cx,
    /// The path of the page below the issuer, to come back to.
    pub here: String,
}

impl RealmRequest {
    /// The application.
    pub fn app(&self) -> &Arc<App> {
        &self.state.app
    }

    /// The language of a page for whose request nothing stored says otherwise.
    pub fn language(&self) -> Locale {
        self.realm.language(self.cx.origin.language.as_ref())
    }
}

/// A request above realms.
#[derive(Clone)]
pub struct SystemRequest {
    /// Application and listener.
    pub state: HttpState,
    /// The context, with nobody recognised yet.
    pub cx: SystemCx,
}

/// The request id: set by the middleware, on the answer as `X-Request-Id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

fn state_of(request: &HttpRequest) -> Result<HttpState, Problem> {
    let data: Option<&web::Data<HttpState>> = request.app_data();
    data.map(|state| state.get_ref().clone()).ok_or_else(|| Problem::new(&code::INTERNAL))
}

/// Address, user agent and request id, each bounded.
pub fn origin_of(request: &HttpRequest, proxies: &[IpNet]) -> Origin {
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let user_agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .map(|text| text.chars().filter(|c| !c.is_control()).take(256).collect());
    Origin { ip: client_ip(request, proxies), user_agent, request_id, language: None }
}

/// The peer's address, or the last address in `X-Forwarded-For` that is no trusted proxy, if the peer is one.
fn client_ip(request: &HttpRequest, proxies: &[IpNet]) -> Option<IpAddr> {
    let trusted = |ip: &IpAddr| proxies.iter().any(|net| net.contains(ip));
    let peer = request.peer_addr()?.ip();
    if !trusted(&peer) {
        return Some(peer);
    }
    let forwarded: Vec<IpAddr> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    Some(forwarded.into_iter().rev().find(|ip| !trusted(ip)).unwrap_or(peer))
}

/// The host a request names, without port, lower case.
fn host_of(request: &HttpRequest) -> Option<String> {
    let host = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let host = host.or_else(|| request.uri().host())?;
    let name = host
        .rsplit_once(':')
        .map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    Some(name.to_ascii_lowercase())
}

impl FromRequest for RealmRequest {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = state_of(&request)?;
            let found = match request.match_info().get("realm") {
                Some(slug) => state.app.snapshots.by_slug(slug).await?,
                None => match host_of(&request) {
                    Some(host) => state.app.snapshots.by_host(&host).await?,
                    None => None,
                },
            };
            let realm = found.ok_or_else(|| Problem::new(&code::NO_SUCH_REALM))?;
            let mut origin = origin_of(&request, &state.trusted_proxies);
            origin.language = Some(language::of_browser(&request, &realm));
            let here = language::here(&request, &realm);
            let cx =
                Cx { realm: realm.realm.id, actor: Actor::Anonymous, now: state.app.clock.now(), origin };
            Ok(Self { state, realm, cx, here })
        })
    }
}

impl FromRequest for SystemRequest {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = state_of(&request)?;
            let mut origin = origin_of(&request, &state.trusted_proxies);
            origin.language = Some(language::outside_realms(&request));
            let cx = SystemCx { actor: Actor::Anonymous, now: state.app.clock.now(), origin };
            Ok(Self { state, cx })
        })
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn ip(peer: &str, forwarded: Option<&str>) -> Option<IpAddr> {
        let mut request = TestRequest::default().peer_addr(format!("{peer}:1").parse().unwrap());
        if let Some(forwarded) = forwarded {
            request = request.insert_header(("x-forwarded-for", forwarded));
        }
        client_ip(&request.to_http_request(), &["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn forwarded_addresses_count_only_from_a_trusted_proxy() {
        assert_eq!(ip("192.0.2.1", Some("198.51.100.7")), "192.0.2.1".parse().ok());
        assert_eq!(ip("10.0.0.1", Some("6.6.6.6, 198.51.100.7, 10.0.0.2")), "198.51.100.7".parse().ok());
        assert_eq!(ip("10.0.0.1", None), "10.0.0.1".parse().ok());
    }
}
