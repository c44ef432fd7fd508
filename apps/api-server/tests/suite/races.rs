//! Two servers on one Postgres: of any number of parallel claims of a single-use thing exactly one succeeds.

use serde_json::Value;
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, Settings, TestServer, Visitor,
    programs::free_port,
    realm::{APP, PASSWORD},
};

use crate::scene::{self, REALM, text};

const PARALLEL: usize = 50;

/// Two servers that say they are the same.
async fn pair(document: &RealmDoc) -> [TestServer; 2] {
    let (first, second) = (free_port(), free_port());
    // A connection for each request: what is tested is who wins, not who waits.
    let settings = Settings::postgres()
        .await
        .with("SERVER__PUBLIC_URL", &format!("http://localhost:{first}"))
        .with("DATABASE__MAX_CONNECTIONS", "40");
    settings.import(document);
    [TestServer::start(settings.clone(), first).await, TestServer::start(settings, second).await]
}

/// The same form fields to the same path of both servers in turn, all at once.
async fn stampede(servers: &[TestServer; 2], path: &str, fields: &[(String, String)]) -> Vec<Answer> {
    let requests: Vec<_> = (0..PARALLEL)
        .map(|index| {
            let url: Url = servers[index % 2].url(path);
            let fields = fields.to_vec();
            tokio::spawn(async move { Visitor::new().post(&url, &fields).await })
        })
        .collect();
    let mut answers = Vec::new();
    for request in requests {
        answers.push(request.await.unwrap());
    }
    answers
}

fn granted(answers: &[Answer]) -> Vec<Value> {
    for answer in answers {
        let status = answer.status.as_u16();
        assert!(matches!(status, 200 | 400), "status {status}: {}", answer.body);
    }
    answers.iter().filter(|answer| answer.status.as_u16() == 200).map(Answer::json).collect()
}

async fn code(server: &TestServer) -> (AuthorizeRequest, String) {
    let request = scene::request(server).with("scope", "openid offline_access");
    let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
    let code = callback.code().to_owned();
    (request, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_redemptions_of_a_code_one_succeeds() {
    let servers = pair(&RealmDoc::standard(REALM)).await;
    let (request, code) = code(&servers[0]).await;
    let path = format!("/realms/{REALM}/oauth/token");
    let answers = stampede(&servers, &path, &request.exchange_fields(&code)).await;
    assert_eq!(granted(&answers).len(), 1);
    // The code was presented again, so what the one got is revoked.
    let tokens = granted(&answers).remove(0);
    let info =
        scene::bearer(&text(&tokens, "access_token")).get(&scene::endpoint(&servers[1], "userinfo")).await;
    assert_eq!(info.status.as_u16(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_refreshes_one_rotates() {
    let document =
        RealmDoc::standard(REALM).settings(serde_json::json!({"tokens": {"refresh_grace_seconds": 0}}));
    let servers = pair(&document).await;
    let (request, code) = code(&servers[0]).await;
    let tokens = request.exchange(&code).await.expect(200).json();
    let fields: Vec<_> = [
        ("grant_type", "refresh_token".to_owned()),
        ("client_id", "spa".to_owned()),
        ("refresh_token", text(&tokens, "refresh_token")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    let path = format!("/realms/{REALM}/oauth/token");
    let answers = stampede(&servers, &path, &fields).await;
    assert_eq!(granted(&answers).len(), 1);
    // Reuse outside the grace revokes the family: the winner's token is dead too.
    let winner = text(&granted(&answers)[0], "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", winner.as_str())];
    let again = scene::post(&scene::endpoint(&servers[1], "token"), &fields).await.expect(400);
    assert_eq!(again.json()["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_of_a_refresh_may_be_asked_for_again() {
    let servers = pair(&RealmDoc::standard(REALM)).await;
    let (request, code) = code(&servers[0]).await;
    let tokens = request.exchange(&code).await.expect(200).json();
    let first = text(&tokens, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", first.as_str())];
    let one = scene::post(&scene::endpoint(&servers[0], "token"), &fields).await.expect(200).json();
    let two = scene::post(&scene::endpoint(&servers[1], "token"), &fields).await.expect(200).json();
    let userinfo = scene::endpoint(&servers[0], "userinfo");
    for tokens in [one, two] {
        scene::bearer(&text(&tokens, "access_token")).get(&userinfo).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_request_is_used_once() {
    let servers = pair(&RealmDoc::standard(REALM)).await;
    let mut visitor = Visitor::new();
    let request = scene::request(&servers[0]);
    visitor.sign_in(&request, "ada", PASSWORD).await;

    let pushed = AuthorizeRequest::new(&servers[0].issuer(REALM), "spa", APP).with("prompt", "none");
    let answer = Visitor::new().post(&scene::endpoint(&servers[0], "par"), &pushed.parameters()).await;
    let request_uri = text(&answer.expect(201).json(), "request_uri");
    let query = [("client_id", "spa"), ("request_uri", request_uri.as_str())];
    let attempts: Vec<_> = (0..PARALLEL)
        .map(|index| {
            let mut url = scene::endpoint(&servers[index % 2], "authorize");
            url.query_pairs_mut().extend_pairs(query);
            let mut visitor = visitor.clone();
            tokio::spawn(async move { visitor.get(&url).await })
        })
        .collect();
    let mut codes = 0;
    for attempt in attempts {
        let answer = attempt.await.unwrap();
        let callback = pushed.callback(&answer);
        codes += usize::from(callback.is_some_and(|callback| callback.get("code").is_some()));
    }
    assert_eq!(codes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_guesses_do_not_share_one_count() {
    let servers = pair(&RealmDoc::standard(REALM)).await;
    let mut guesses = Vec::new();
    for index in 0..PARALLEL {
        // The pages say the public address; a load balancer would send their forms to either server.
        let mut visitor = Visitor::new().with_header("Origin", &servers[0].origin());
        let page = visitor.visit(&scene::request(&servers[0]).url()).await.page();
        let form =
            page.form_with("username").set("username", "bob").set("password", "wrong password for bob");
        let mut form = form.press("submit");
        form.action.set_port(Some(servers[index % 2].port())).unwrap();
        guesses.push(async move {
            let answer = visitor.submit_only(&form).await;
            let Some(mut next) = answer.location() else { return answer };
            next.set_port(form.action.port()).unwrap();
            visitor.get(&next).await
        });
    }
    let guesses: Vec<_> = guesses.into_iter().map(tokio::spawn).collect();
    let mut judged = 0;
    for guess in guesses {
        let answer = guess.await.unwrap();
        assert!(
            matches!(answer.status.as_u16(), 200 | 422 | 429 | 503),
            "{}: {}",
            answer.status,
            answer.body
        );
        judged += usize::from(answer.page().has("input[name=password]:not([tabindex='-1'])"));
    }
    assert!(judged > 0, "no guess was judged at all");
    assert!(judged <= 10, "{judged} of {PARALLEL} parallel guesses were judged: they shared a count");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_registrations_no_more_than_the_quota_succeed() {
    let document = RealmDoc::standard(REALM).settings(serde_json::json!({
        "registration": {"mode": "open", "quota": 3},
        "limits": {"registration_per_minute": 1000},
    }));
    let servers = pair(&document).await;
    let path = format!("/realms/{REALM}/oauth/register");
    let requests: Vec<_> = (0..PARALLEL)
        .map(|index| {
            let url: Url = servers[index % 2].url(&path);
            let body = serde_json::json!({"redirect_uris": ["https://app.test/callback"]});
            tokio::spawn(async move { Visitor::new().post_json(&url, &body).await })
        })
        .collect();
    let mut made = 0;
    for request in requests {
        let answer = request.await.unwrap();
        match answer.status.as_u16() {
            201 => made += 1,
            // Too many waited for the same row: told to come back, nothing registered.
            503 => assert!(answer.header("retry-after").is_some()),
            status => assert_eq!((status, text(&answer.json(), "error")), (403, "access_denied".to_owned())),
        }
    }
    assert_eq!(made, 3);
}
