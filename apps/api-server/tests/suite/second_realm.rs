//! Whatever one realm handed out means nothing in another: the second realm answers it as it answers rubbish, and
//! what was handed out still works at home, so the second realm has not used it up either.

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, TestServer, Visitor,
    oidc::claims,
    realm::{APP, PASSWORD},
};

use crate::scene::{self, REALM, text};

/// The realm where everything is strange.
const OTHER: &str = "other";

/// A value of the same form that nobody ever handed out.
pub(crate) fn similar(value: &str) -> String {
    // A prefix is short; the `_` of a JWT is a digit of its encoding.
    let prefixed = value.split_once('_').filter(|(prefix, _)| prefix.len() <= 4);
    let (prefix, body) = prefixed.unwrap_or(("", value));
    // The last character of base64url and base32 carries unused bits: it stays, so that the form is canonical.
    let last = body.chars().next_back();
    let turned: String =
        body.chars().take(body.chars().count().saturating_sub(1)).map(turn).chain(last).collect();
    if prefix.is_empty() { turned } else { format!("{prefix}_{turned}") }
}

fn turn(c: char) -> char {
    match c {
        'a'..='f' | 'A'..='F' => char::from(u8::try_from(c).unwrap_or(b'a') + 6),
        'g'..='l' | 'G'..='L' => char::from(u8::try_from(c).unwrap_or(b'g') - 6),
        other => other,
    }
}

/// All that an answer tells: status, headers and body without what differs between any two requests (ids, times).
pub(crate) fn told(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "ratelimit", "content-length"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", masked(value.to_str().unwrap_or("?"))))
        .collect();
    headers.sort();
    // The address that was asked is the caller's own words.
    let asked = format!("\"instance\":\"{}\"", answer.url.path());
    let body = answer.body.replace(&asked, "");
    format!("{}\n{}\n\n{}", answer.status, headers.join("\n"), masked(&body))
}

fn masked(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut masked = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if is_word(c) {
            word.push(c);
            continue;
        }
        let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
        let random = has(char::is_ascii_digit) || has(char::is_ascii_uppercase);
        if word.len() >= 20 && random && has(char::is_ascii_alphabetic) {
            masked.push('~');
        } else {
            masked.extend(word.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }));
        }
        word.clear();
        masked.push(c);
    }
    masked
}

/// Two realms with the same users and clients; both register clients by initial access token.
async fn servers() -> Vec<TestServer> {
    let document = |slug| RealmDoc::standard(slug).settings(json!({"registration": {"mode": "token"}}));
    let mut servers = Vec::new();
    for settings in scene::both(&document(REALM)).await {
        settings.import(&document(OTHER));
        servers.push(settings.start().await);
    }
    servers
}

fn at(server: &TestServer, realm: &str, path: &str) -> Url {
    server.url(&format!("/realms/{realm}{path}"))
}

fn fields(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn tokens(server: &TestServer) -> Value {
    let request = scene::request(server).with("scope", "openid offline_access").with("prompt", "consent");
    let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
    request.exchange(callback.code()).await.expect(200).json()
}

/// Asks the other realm with the real thing and with something similar that never was: no difference.
async fn same_as_rubbish(what: &str, real: &str, ask: impl AsyncFn(String) -> Answer) -> Answer {
    let there = ask(real.to_owned()).await;
    let nowhere = ask(similar(real)).await;
    assert_ne!(real, similar(real), "{what}");
    assert_eq!(told(&there), told(&nowhere), "{what} is told from rubbish");
    there
}

#[tokio::test]
async fn tokens_are_unknown_in_another_realm() {
    for server in servers().await {
        let tokens = tokens(&server).await;
        let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
        let userinfo = at(&server, OTHER, "/oauth/userinfo");
        let by_get = async |token: String| scene::bearer(&token).get(&userinfo).await;
        let by_post = async |token: String| scene::bearer(&token).post(&userinfo, &[]).await;
        same_as_rubbish("an access token at userinfo", &access, by_get).await.expect(401);
        same_as_rubbish("an access token at userinfo by POST", &access, by_post).await.expect(401);
        for (what, token) in [("an access token", &access), ("a refresh token", &refresh)] {
            for endpoint in ["introspect", "revoke"] {
                let url = at(&server, OTHER, &format!("/oauth/{endpoint}"));
                let ask = async |token: String| scene::post_as("web", &url, &[("token", &token)]).await;
                let answer = same_as_rubbish(&format!("{what} at {endpoint}"), token, ask).await.expect(200);
                if endpoint == "introspect" {
                    assert_eq!(answer.json(), json!({"active": false}));
                }
            }
        }
        let redeem = at(&server, OTHER, "/oauth/token");
        let ask = async |token: String| {
            let sent = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", &token)];
            Visitor::new().post(&redeem, &fields(&sent)).await
        };
        let answer = same_as_rubbish("a refresh token", &refresh, ask).await.expect(400);
        assert_eq!(answer.json()["error"], "invalid_grant");

        scene::bearer(&access).get(&at(&server, REALM, "/oauth/userinfo")).await.expect(200);
        let sent = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", &refresh)];
        Visitor::new().post(&at(&server, REALM, "/oauth/token"), &fields(&sent)).await.expect(200);
    }
}

#[tokio::test]
async fn codes_and_pushed_requests_are_unknown_in_another_realm() {
    for server in servers().await {
        let request = scene::request(&server);
        let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
        let redeem = at(&server, OTHER, "/oauth/token");
        let ask = async |code: String| Visitor::new().post(&redeem, &request.exchange_fields(&code)).await;
        let answer = same_as_rubbish("a code", callback.code(), ask).await.expect(400);
        assert_eq!(answer.json()["error"], "invalid_grant");
        request.exchange(callback.code()).await.expect(200);

        let par = at(&server, REALM, "/oauth/par");
        let request = AuthorizeRequest::new(&server.issuer(REALM), "web", APP);
        let pushed = scene::visitor_as("web").post(&par, &request.parameters()).await.expect(201).json();
        let uri = text(&pushed, "request_uri");
        let open = async |realm: &str, uri: &str| {
            let mut url = at(&server, realm, "/oauth/authorize");
            url.query_pairs_mut().append_pair("client_id", "web").append_pair("request_uri", uri);
            Visitor::new().get(&url).await
        };
        let ask =
            async |token: String| open(OTHER, &format!("urn:ietf:params:oauth:request_uri:{token}")).await;
        let token = uri.rsplit(':').next().unwrap();
        same_as_rubbish("a pushed request", token, ask).await.expect(400);
        open(REALM, &uri).await.expect(303);
    }
}

#[tokio::test]
async fn cookies_flows_and_parked_requests_are_unknown_in_another_realm() {
    for server in servers().await {
        let mut visitor = Visitor::new();
        visitor.sign_in(&scene::request(&server), "ada", PASSWORD).await;
        let session = visitor.cookie(&format!("__Host-vst_session_{REALM}")).unwrap().to_owned();
        let silent = AuthorizeRequest::new(&server.issuer(OTHER), "spa", APP).with("prompt", "none");
        let home = at(&server, OTHER, "/");
        for (what, url) in [("a session", silent.url()), ("a session at the door", home)] {
            let ask = async |cookie: String| {
                let mut stranger = Visitor::new();
                stranger.set_cookie(&format!("__Host-vst_session_{OTHER}"), &cookie);
                stranger.get(&url).await
            };
            let answer = same_as_rubbish(what, &session, ask).await;
            assert!(answer.location().is_none_or(|to| to.as_str().contains("error=login_required")));
        }

        let mut visitor = Visitor::new();
        let page = visitor.visit(&scene::request(&server).url()).await.expect(200);
        let flow = page.url.path_segments().unwrap().next_back().unwrap().to_owned();
        let cookie = visitor.cookie(&format!("__Host-vst_flow_{REALM}")).unwrap().to_owned();
        let csrf = page.page().forms()[0].value("csrf").unwrap().to_owned();
        let stranger = || {
            let mut stranger = Visitor::new();
            stranger.set_cookie(&format!("__Host-vst_flow_{OTHER}"), &cookie);
            stranger
        };
        let url = |path: &str, flow: &str| at(&server, OTHER, &path.replace("{}", flow));
        let ask = async |flow: String| stranger().get(&url("/flow/{}", &flow)).await;
        same_as_rubbish("a flow's page", &flow, ask).await.expect(404);
        let ask = async |flow: String| stranger().get(&url("/flow/v1/{}", &flow)).await;
        same_as_rubbish("a flow's document", &flow, ask).await.expect(404);
        let sent = fields(&[("action", "identify"), ("username", "ada")]);
        let ask = async |flow: String| stranger().post(&url("/flow/{}", &flow), &sent).await;
        same_as_rubbish("a flow's form", &flow, ask).await.expect(403);
        let body = json!({"username": "ada"});
        let ask = async |flow: String| stranger().post_json(&url("/flow/v1/{}/identify", &flow), &body).await;
        same_as_rubbish("a flow's action", &flow, ask).await.expect(403);
        // The token of the form is right for this flow and cookie; the flow is still not there.
        let sent = [&sent[..], &fields(&[("csrf", &csrf)])].concat();
        stranger().post(&url("/flow/{}", &flow), &sent).await.expect(404);
        let mut with_token = stranger().with_header("X-CSRF-Token", &csrf);
        with_token.post_json(&url("/flow/v1/{}/identify", &flow), &body).await.expect(404);
        let ask = async |secret: String| {
            Visitor::new().with_header("X-Flow-Secret", &secret).get(&url("/flow/v1/{}", &flow)).await
        };
        same_as_rubbish("a flow's secret", &cookie, ask).await.expect(404);
        visitor.get(&page.url).await.expect(200);
    }
}

#[tokio::test]
async fn a_parked_request_goes_on_in_its_own_realm_only() {
    for server in servers().await {
        let request = scene::request(&server);
        let mut visitor = Visitor::new();
        let mut answer = visitor.visit(&request.url()).await;
        let onward = loop {
            match answer.page().link("a#continue") {
                Some(onward) => break onward,
                None => answer = visitor.next(&answer, "ada", PASSWORD).await,
            }
        };
        let parked = onward.query_pairs().find(|(name, _)| name == "request").unwrap().1.into_owned();
        let session = visitor.cookie(&format!("__Host-vst_session_{REALM}")).unwrap().to_owned();
        let ask = async |parked: String| {
            let mut stranger = Visitor::new();
            stranger.set_cookie(&format!("__Host-vst_session_{OTHER}"), &session);
            let mut url = onward.clone();
            url.set_path(&format!("/realms/{OTHER}/oauth/authorize/resume"));
            url.query_pairs_mut().clear().append_pair("request", &parked);
            stranger.get(&url).await
        };
        same_as_rubbish("a parked request", &parked, ask).await.expect(400);
        let answer = visitor.get(&onward).await;
        request.callback(&answer).expect("the request goes on at home").code();
    }
}

#[tokio::test]
async fn registrations_are_unknown_in_another_realm() {
    for server in servers().await {
        let admin = scene::admin_token(&server, REALM, "clients:write").await;
        let tokens = at(&server, REALM, "/admin/v1/initial-access-tokens");
        let made = scene::bearer(&admin).post_json(&tokens, &json!({})).await.expect(201).json();
        let initial = text(&made, "token");
        let wanted = json!({"client_name": "x", "redirect_uris": ["http://localhost:9/callback"],
                            "grant_types": ["authorization_code", "refresh_token"]});
        let register = async |realm: &str, token: &str| {
            scene::bearer(token).post_json(&at(&server, realm, "/oauth/register"), &wanted).await
        };
        let ask = async |token: String| register(OTHER, &token).await;
        same_as_rubbish("an initial access token", &initial, ask).await.expect(401);
        let client = register(REALM, &initial).await.expect(201).json();

        let (id, token) = (text(&client, "client_id"), text(&client, "registration_access_token"));
        let place = |realm: &str| at(&server, realm, &format!("/oauth/register/{id}"));
        let ask = async |token: String| scene::bearer(&token).get(&place(OTHER)).await;
        same_as_rubbish("a registration access token", &token, ask).await.expect(401);
        let ask = async |id: String| {
            scene::bearer(&token).get(&at(&server, OTHER, &format!("/oauth/register/{id}"))).await
        };
        same_as_rubbish("a registered client", &id, ask).await.expect(401);
        scene::bearer(&token).get(&place(REALM)).await.expect(200);

        let secret = text(&client, "client_secret");
        let ask = async |id: String| {
            let sent = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", &id)];
            let sent = [&sent[..], &[("client_secret", &secret)]].concat();
            Visitor::new().post(&at(&server, OTHER, "/oauth/token"), &fields(&sent)).await
        };
        same_as_rubbish("a client's credentials", &id, ask).await.expect(401);
    }
}

#[tokio::test]
async fn an_id_token_is_no_hint_in_another_realm() {
    for server in servers().await {
        let id_token = text(&tokens(&server).await, "id_token");
        assert_eq!(claims(&id_token)["iss"], server.issuer(REALM).as_str());
        let mut visitor = Visitor::new();
        visitor.sign_in(&AuthorizeRequest::new(&server.issuer(OTHER), "spa", APP), "ada", PASSWORD).await;
        for path in ["/oauth/logout", "/oauth/authorize"] {
            let mut url = match path {
                "/oauth/logout" => at(&server, OTHER, path),
                _ => AuthorizeRequest::new(&server.issuer(OTHER), "spa", APP).with("prompt", "none").url(),
            };
            url.query_pairs_mut().append_pair("id_token_hint", &id_token);
            let there = visitor.clone().get(&url).await;
            url.set_query(Some(&url.query().unwrap().replace(&id_token, "a.b.c")));
            let nowhere = visitor.clone().get(&url).await;
            assert_eq!(there.status, nowhere.status, "{path}: {} {}", there.body, nowhere.body);
            let to = |answer: &Answer| answer.location().map(|to| (to.path().to_owned(), error_of(&to)));
            let (there, nowhere) = (to(&there), to(&nowhere));
            assert_eq!(there.as_ref().and_then(|to| to.1.clone()), nowhere.and_then(|to| to.1), "{path}");
        }
    }
}

fn error_of(url: &Url) -> Option<String> {
    url.query_pairs().find(|(name, _)| name == "error").map(|(_, value)| value.into_owned())
}
