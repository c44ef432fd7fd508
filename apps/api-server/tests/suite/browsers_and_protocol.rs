//! The protocol where browsers meet it: the same by GET and POST, answers to forms, cookies, and who may read an answer
//! from another origin.

use reqwest::{Client, Method, header, redirect::Policy};
use serde_json::json;
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, Settings, TestServer, Visitor,
    realm::{APP, APP_SIGNED_OUT, PASSWORD},
    visitor,
};

use crate::scene::{self, REALM, text};

const ELSEWHERE: &str = "https://app.example";

/// Where a browser ends up: at the application with these parameters, or on a page of ours.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Application(Url, Vec<(String, String)>),
    Page { status: u16, path: String, shows: Option<String> },
}

/// Follows an answer as a browser does, and forgets what differs from one time to the next.
async fn place(visitor: &mut Visitor, mut answer: Answer) -> Place {
    for _ in 0..5 {
        let next = answer.location().filter(|_| answer.status.is_redirection());
        let page = answer.page();
        match next.or_else(|| page.link("a#continue")) {
            Some(to) if to.origin() == answer.url.origin() => answer = visitor.get(&to).await,
            Some(mut to) => {
                let known = ["error", "state", "iss"];
                let sent = to.query().or(to.fragment()).unwrap_or_default();
                let pairs: Vec<_> = url::form_urlencoded::parse(sent.as_bytes()).into_owned().collect();
                let pairs = pairs.into_iter().map(|(name, value)| {
                    let value = if known.contains(&name.as_str()) { value } else { "some".to_owned() };
                    (name, value)
                });
                let pairs = pairs.filter(|(name, _)| name != "error_description").collect();
                to.set_query(None);
                to.set_fragment(None);
                return Place::Application(to, pairs);
            }
            None => break,
        }
    }
    let path = answer.url.path().split("/flw_").next().unwrap_or_default().to_owned();
    let shows = ["#logout-confirm", "#consent-accept", "#error-reference", "input[name=username]"];
    let shows = shows.into_iter().find(|css| answer.page().has(css)).map(str::to_owned);
    Place::Page { status: answer.status.as_u16(), path, shows }
}

/// The same request by GET and by POST, each in a browser of its own.
async fn by_both(endpoint: &Url, fields: &[(String, String)], browser: &Visitor) -> (Place, Place) {
    let (mut getter, mut poster) = (browser.clone(), browser.clone());
    let mut url = endpoint.clone();
    url.query_pairs_mut().extend_pairs(fields);
    let answer = getter.get(&url).await;
    let by_get = place(&mut getter, answer).await;
    let answer = poster.post(endpoint, fields).await;
    (by_get, place(&mut poster, answer).await)
}

async fn signed_in(server: &TestServer) -> Visitor {
    let mut visitor = Visitor::new();
    visitor.sign_in(&scene::request(server), "ada", PASSWORD).await.code();
    visitor
}

#[tokio::test]
async fn an_authorization_request_has_the_same_result_by_post_as_by_get() {
    let server = scene::standard().await;
    let (nobody, ada) = (Visitor::new(), signed_in(&server).await);
    let authorize = scene::endpoint(&server, "authorize");
    let request = |client: &str| AuthorizeRequest::new(&server.issuer(REALM), client, APP);
    let at_the_application = |place: &Place, name: &str| {
        matches!(place, Place::Application(to, pairs)
            if to.as_str() == APP && pairs.iter().any(|(known, _)| known == name))
    };
    for (browser, request, name) in [
        (&ada, request("spa"), "code"),
        (&ada, request("spa").with("prompt", "none"), "code"),
        (&nobody, request("spa").with("prompt", "none"), "error"),
        (&nobody, request("spa").with("response_type", "token"), "error"),
        (&ada, request("spa").with("code_challenge_method", "plain"), "error"),
    ] {
        let (by_get, by_post) = by_both(&authorize, &request.parameters(), browser).await;
        assert!(at_the_application(&by_get, name), "{name}: {by_get:?}");
        assert_eq!(by_get, by_post);
    }
    for (browser, request, status, expected) in [
        (&nobody, request("spa"), 200, "input[name=username]"),
        (&ada, request("spa").with("prompt", "login"), 200, "input[name=username]"),
        (&ada, request("partner").with("scope", "openid email"), 200, "#consent-accept"),
        (&ada, request("nobody"), 400, "#error-reference"),
    ] {
        let (by_get, by_post) = by_both(&authorize, &request.parameters(), browser).await;
        let shown = matches!(&by_get, Place::Page { status: got, shows: Some(css), .. }
            if *got == status && css == expected);
        assert!(shown, "{expected}: {by_get:?}");
        assert_eq!(by_get, by_post);
    }
}

#[tokio::test]
async fn a_logout_request_has_the_same_result_by_post_as_by_get() {
    let server = scene::standard().await;
    let logout = scene::endpoint(&server, "logout");
    let fields = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let mut ada = Visitor::new();
    let request = scene::request(&server);
    let code = ada.sign_in(&request, "ada", PASSWORD).await.code().to_owned();
    let hint = text(&request.exchange(&code).await.expect(200).json(), "id_token");

    let asked = fields(&[("post_logout_redirect_uri", APP_SIGNED_OUT), ("client_id", "spa")]);
    let (by_get, by_post) = by_both(&logout, &asked, &ada).await;
    assert!(
        matches!(&by_get, Place::Page { shows: Some(css), .. } if css == "#logout-confirm"),
        "{by_get:?}"
    );
    assert_eq!(by_get, by_post);
    let evil = fields(&[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://evil.example/")]);
    let (by_get, by_post) = by_both(&logout, &evil, &ada).await;
    assert!(matches!(&by_get, Place::Page { status: 400, .. }), "{by_get:?}");
    assert_eq!(by_get, by_post);

    let genuine =
        fields(&[("id_token_hint", &hint), ("post_logout_redirect_uri", APP_SIGNED_OUT), ("state", "x y")]);
    let expected = vec![("state".to_owned(), "x y".to_owned())];
    let expected = Place::Application(APP_SIGNED_OUT.parse().unwrap(), expected);
    for by_form in [false, true] {
        let mut visitor = Visitor::new();
        let request = scene::request(&server);
        let code = visitor.sign_in(&request, "ada", PASSWORD).await.code().to_owned();
        let hint = text(&request.exchange(&code).await.expect(200).json(), "id_token");
        let mut sent = genuine.clone();
        sent[0].1 = hint;
        let answer = if by_form {
            visitor.post(&logout, &sent).await
        } else {
            let mut url = logout.clone();
            url.query_pairs_mut().extend_pairs(&sent);
            visitor.get(&url).await
        };
        assert_eq!(place(&mut visitor, answer).await, expected, "by form: {by_form}");
        let silent = scene::request(&server).with("prompt", "none");
        let answer = visitor.get(&silent.url()).await;
        assert_eq!(silent.callback(&answer).unwrap().get("error"), Some("login_required"));
    }
}

#[tokio::test]
async fn the_forms_of_a_sign_in_are_answered_by_303_to_our_own_pages() {
    let server = scene::standard().await;
    let mut visitor = Visitor::new();
    let request = AuthorizeRequest::new(&server.issuer(REALM), "partner", APP).with("scope", "openid email");
    let mut answer = visitor.get(&request.url()).await;
    let mut forms = 0;
    while request.callback(&answer).is_none() {
        let posts = !answer.status.is_redirection() && !answer.page().has("a#continue");
        answer = visitor.next(&answer, "ada", PASSWORD).await;
        if posts {
            forms += 1;
            assert_eq!(answer.status.as_u16(), 303, "{}: {}", answer.url, answer.body);
            let to = answer.location().unwrap();
            assert_eq!(to.origin(), answer.url.origin(), "a form never leads to another origin");
        }
        assert!(forms < 10, "the sign-in does not end");
    }
    assert!(forms >= 2, "name and password, then consent: {forms}");
    // A form that is refused is the page again, and no redirect.
    let mut other = Visitor::new();
    let page = other.visit(&scene::request(&server).url()).await.page();
    let form = page.form_with("username").set("username", "ada").set("password", "not the password");
    let mut wrong = other.submit_only(&form.press("submit")).await;
    if wrong.status.as_u16() == 303 {
        let to = wrong.location().unwrap();
        let form = other.get(&to).await.page().form_with("password").set("password", "not the password");
        wrong = other.submit_only(&form.press("submit")).await;
    }
    wrong.expect(422);
}

#[tokio::test]
async fn cookies_of_sign_in_and_language_are_for_this_host_alone_and_out_of_reach_of_scripts() {
    let settings = Settings::sqlite();
    let locales = json!({"default": "en", "supported": ["en", "de"]});
    settings.import(&RealmDoc::standard(REALM).settings(json!({"locales": locales})));
    let server = settings.start().await;
    let mut visitor = Visitor::new();
    let mut seen = std::collections::BTreeMap::new();
    let mut look = |answer: &Answer| {
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().unwrap().to_owned();
            let name = text.split('=').next().unwrap_or_default().to_owned();
            seen.entry(name).or_insert_with(Vec::new).push(text);
        }
    };
    let request = scene::request(&server);
    let mut answer = visitor.get(&request.url()).await;
    while request.callback(&answer).is_none() {
        look(&answer);
        answer = visitor.next(&answer, "ada", PASSWORD).await;
    }
    look(&answer);
    let language = server.url(&format!("/realms/{REALM}/language"));
    look(&visitor.post(&language, &[("language".to_owned(), "de".to_owned())]).await.expect(303));
    look(&visitor.get(&scene::endpoint(&server, "logout")).await);
    for kind in ["session", "flow", "device", "language"] {
        let name = format!("__Host-vst_{kind}_{REALM}");
        assert!(seen.contains_key(&name), "{name} was not set: {:?}", seen.keys());
    }
    for text in seen.values().flatten() {
        let attributes: Vec<String> =
            text.split(';').skip(1).map(|part| part.trim().to_lowercase()).collect();
        for wanted in ["secure", "httponly", "samesite=lax", "path=/"] {
            assert!(attributes.iter().any(|one| one == wanted), "{wanted} is missing: {text}");
        }
        assert!(text.starts_with("__Host-"), "{text}");
        assert!(!attributes.iter().any(|one| one.starts_with("domain")), "{text}");
    }
}

/// One request from a page of another origin.
async fn from_elsewhere(server: &TestServer, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let url = server.url(path);
    let mut request = client.request(method, url.clone()).header(header::ORIGIN, ELSEWHERE);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    visitor::read(url, request.send().await.unwrap()).await
}

#[tokio::test]
async fn other_origins_read_what_browser_applications_need_and_nothing_else() {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM).settings(json!({"registration": {"mode": "open"}})));
    let server = settings.start().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let below = |path: &str| format!("/realms/{REALM}{path}");
    for (method, path) in [
        (Method::POST, below("/oauth/token")),
        (Method::POST, below("/oauth/revoke")),
        (Method::GET, below("/oauth/userinfo")),
        (Method::POST, below("/oauth/userinfo")),
        (Method::GET, below("/oauth/jwks")),
        (Method::GET, below("/.well-known/openid-configuration")),
        (Method::GET, format!("/.well-known/oauth-authorization-server/realms/{REALM}")),
    ] {
        let answer = from_elsewhere(&server, method.clone(), &path, &form).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{method} {path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{method} {path}");
        let wish = [("access-control-request-method", method.as_str())];
        let preflight = from_elsewhere(&server, Method::OPTIONS, &path, &wish).await.expect(204);
        assert_eq!(preflight.header("access-control-allow-origin"), Some("*"), "{path}");
        let allowed = preflight.header("access-control-allow-methods").unwrap();
        assert!(allowed.contains(method.as_str()), "{path}: {allowed}");
        assert_eq!(preflight.header("access-control-allow-credentials"), None, "{path}");
    }
    let query = scene::request(&server).url();
    let query = query.query().unwrap();
    for (method, path) in [
        (Method::GET, below(&format!("/oauth/authorize?{query}"))),
        (Method::GET, below(&format!("/oauth/authorize?{query}&prompt=none"))),
        (Method::GET, below("/oauth/authorize?client_id=nobody")),
        (Method::POST, below("/oauth/authorize")),
        (Method::OPTIONS, below("/oauth/authorize")),
        (Method::GET, below("/oauth/authorize/resume?request=x")),
        (Method::GET, below("/oauth/logout")),
        (Method::POST, below("/oauth/logout")),
        (Method::GET, below("/login")),
        (Method::POST, below("/flow/v1")),
        (Method::GET, below("/account/v1")),
        (Method::GET, below("/admin/v1/users")),
        (Method::POST, below("/oauth/introspect")),
        (Method::GET, "/nowhere".to_owned()),
    ] {
        let answer = from_elsewhere(&server, method.clone(), &path, &form).await;
        for name in ["access-control-allow-origin", "access-control-allow-credentials"] {
            assert_eq!(answer.header(name), None, "{method} {path} answered {}", answer.status);
        }
    }
}
