//! How many round trips to Postgres each endpoint makes, counted by a proxy between server and database.

use serde_json::Value;
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, Settings, SqlProxy, TestServer, Visitor,
    realm::{APP, PASSWORD},
};

use crate::scene::{self, REALM, text};

struct Counted {
    server: TestServer,
    proxy: SqlProxy,
}

impl Counted {
    /// A server whose background work is off the wire, warmed up so that connections and statements exist.
    async fn start() -> Self {
        let settings = Settings::postgres().await;
        settings.import(&RealmDoc::standard(REALM));
        let proxy = SqlProxy::start(&settings.database().unwrap().url()).await;
        let settings = settings
            .with("DATABASE__URL", proxy.url())
            .with("DATABASE__MAX_CONNECTIONS", "1")
            .with("WORKER__IN_PROCESS", "false");
        let server = settings.start().await;
        let counted = Self { server, proxy };
        for _ in 0..3 {
            let (request, callback) = counted.sign_in(&mut Visitor::new()).await;
            let tokens = request.exchange(&callback).await.expect(200).json();
            counted.refresh(&tokens).await;
            let access = counted.access_token_of_web().await;
            counted.userinfo(&access).await;
            counted.introspect(&access).await;
            counted.machine().await;
        }
        counted
    }

    async fn sign_in(&self, visitor: &mut Visitor) -> (AuthorizeRequest, String) {
        let request = scene::request(&self.server).with("scope", "openid offline_access");
        let callback = visitor.sign_in(&request, "ada", PASSWORD).await;
        let code = callback.code().to_owned();
        (request, code)
    }

    /// The fewest round trips of a whole sign-in, request by request.
    async fn least_sign_in(&self) -> u32 {
        let mut least: Vec<(String, u32)> = vec![(String::new(), u32::MAX)];
        for _ in 0..5 {
            let mut steps = Vec::new();
            let mut visitor = Visitor::new();
            let request = scene::request(&self.server);
            self.proxy.take();
            let mut answer = visitor.get(&request.url()).await;
            steps.push((step(&answer), self.proxy.take()));
            while request.callback(&answer).is_none() {
                answer = visitor.next(&answer, "ada", PASSWORD).await;
                steps.push((step(&answer), self.proxy.take()));
            }
            if sum(&steps) < sum(&least) {
                least = steps;
            }
        }
        for (step, trips) in &least {
            println!("  {step}: {trips}");
        }
        sum(&least)
    }

    /// A token that its own client, a confidential one, may ask about.
    async fn access_token_of_web(&self) -> String {
        let request = AuthorizeRequest::new(&self.server.issuer(REALM), "web", APP).with("scope", "openid");
        let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
        let fields = request.exchange_fields(callback.code());
        let token = scene::endpoint(&self.server, "token");
        let answer = scene::visitor_as("web").post(&token, &fields).await.expect(200).json();
        text(&answer, "access_token")
    }

    async fn userinfo(&self, access: &str) {
        scene::bearer(access).get(&scene::endpoint(&self.server, "userinfo")).await.expect(200);
    }

    async fn introspect(&self, access: &str) {
        let introspect = scene::endpoint(&self.server, "introspect");
        let told = scene::post_as("web", &introspect, &[("token", access)]).await.expect(200).json();
        assert_eq!(told["active"], true);
    }

    async fn refresh(&self, tokens: &Value) {
        let token = text(tokens, "refresh_token");
        let fields =
            [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", token.as_str())];
        scene::post(&scene::endpoint(&self.server, "token"), &fields).await.expect(200);
    }

    async fn machine(&self) {
        let fields = [("grant_type", "client_credentials"), ("scope", "reports:read")];
        scene::post_as("machine", &scene::endpoint(&self.server, "token"), &fields).await.expect(200);
    }

    /// The fewest round trips of several tries: what is not the endpoint's own (the journal, the configuration poll)
    /// happens between them.
    async fn least<F: AsyncFnMut()>(&self, mut act: F) -> u32 {
        let mut least = u32::MAX;
        for _ in 0..5 {
            self.proxy.take();
            act().await;
            least = least.min(self.proxy.take());
        }
        least
    }
}

fn sum(steps: &[(String, u32)]) -> u32 {
    steps.iter().fold(0, |sum, (_, trips)| sum.saturating_add(*trips))
}

/// A request without what differs between runs.
fn step(answer: &Answer) -> String {
    let path: Vec<&str> = answer
        .url
        .path()
        .split('/')
        .map(|part| if part.starts_with("flw_") { "{flow}" } else { part })
        .collect();
    format!("{} answered {}", path.join("/"), answer.status)
}

#[tokio::test]
async fn endpoints_stay_within_their_round_trips() {
    let counted = Counted::start().await;
    let mut over = Vec::new();
    let mut check = |work: &str, trips: u32, most: u32| {
        println!("{work}: {trips} round trips (at most {most})");
        if trips > most {
            over.push(format!("{work}: {trips} > {most}"));
        }
    };

    check("password sign-in, whole flow", counted.least_sign_in().await, 8);

    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(counted.sign_in(&mut Visitor::new()).await);
    }
    let mut tokens = Vec::new();
    let exchange = counted
        .least(async || {
            let (request, code) = codes.pop().unwrap();
            tokens.push(request.exchange(&code).await.expect(200).json());
        })
        .await;
    check("code exchange", exchange, 3);
    let refresh = counted.least(async || counted.refresh(&tokens.pop().unwrap()).await).await;
    check("refresh", refresh, 3);
    check("client credentials", counted.least(async || counted.machine().await).await, 0);

    let access = counted.access_token_of_web().await;
    check("userinfo", counted.least(async || counted.userinfo(&access).await).await, 1);
    check("introspection", counted.least(async || counted.introspect(&access).await).await, 1);
    let metadata = counted
        .least(async || {
            counted
                .server
                .get(&format!("/realms/{REALM}/.well-known/openid-configuration"))
                .await
                .expect(200);
        })
        .await;
    check("discovery", metadata, 0);
    assert!(over.is_empty(), "{over:?}");
}
