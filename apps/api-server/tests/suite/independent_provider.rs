//! Signing in through a provider that others wrote: `oidc-provider-mock`, on Flask and Authlib, as a process.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    RealmDoc, Settings, Visitor,
    oidc::claims,
    programs::{free_port, provided},
    wait,
};

use crate::scene::{REALM, admin_token, bearer, request, text};

const SOON: Duration = Duration::from_secs(30);

/// The provider. Ends with the value.
struct Provider {
    process: Child,
    origin: String,
}

impl Provider {
    async fn start() -> Self {
        let port = free_port();
        let process = Command::new(provided("VESTIBULE_TEST_PROVIDER_PYTHON"))
            .args([
                "-W",
                "ignore",
                "-m",
                "oidc_provider_mock",
                "--require-registration",
                "true",
                "--require-nonce",
                "true",
            ])
            .args(["--port", &port.to_string()])
            .env("AUTHLIB_INSECURE_TRANSPORT", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the provider starts");
        let provider = Self { process, origin: format!("http://127.0.0.1:{port}") };
        let metadata = provider.url("/.well-known/openid-configuration");
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        wait::until(SOON, "the provider answers", || async {
            client.get(metadata.clone()).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        provider
    }

    fn url(&self, path: &str) -> Url {
        format!("{}{path}", self.origin).parse().unwrap()
    }

    /// Registers us, and a person with claims.
    async fn register(&self, callback: &str, person: (&str, Value)) -> (String, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = json!({"redirect_uris": [callback]});
        let made = client.post(self.url("/oauth2/clients")).json(&body).send().await.unwrap();
        let made: Value = made.error_for_status().unwrap().json().await.unwrap();
        let (subject, claims) = person;
        let set = client.put(self.url(&format!("/users/{subject}"))).json(&claims).send().await.unwrap();
        set.error_for_status().unwrap();
        (text(&made, "client_id"), text(&made, "client_secret"))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn people_sign_in_through_a_provider_that_others_wrote_and_may_refuse_there() {
    let provider = Provider::start().await;
    let port = free_port();
    let callback = format!("http://localhost:{port}/realms/{REALM}/federation/other/callback");
    let grace = json!({"email": "grace@partner.test", "email_verified": true, "name": "Grace Hopper"});
    let (client, secret) = provider.register(&callback, ("grace-1", grace)).await;
    let allowed = provider.origin.trim_start_matches("http://");
    let settings = Settings::sqlite().with("EGRESS__ALLOW", allowed);
    settings.import(&RealmDoc::standard(REALM));
    let server = vestibule_testkit::TestServer::start(settings, port).await;
    let connections = server.url(&format!("/realms/{REALM}/admin/v1/connections"));
    let admin = || async { bearer(&admin_token(&server, REALM, "realm:read realm:write users:read").await) };
    let connection = json!({
        "key": "other", "provider": "oidc", "display_name": "Other", "client_id": client, "client_secret": secret,
        "endpoints": {"issuer": provider.origin}, "authoritative_domains": ["partner.test"],
    });
    admin().await.post_json(&connections, &connection).await.expect(201);

    let mut subjects = Vec::new();
    for agrees in [true, false, true] {
        let mut visitor = Visitor::new();
        let request = request(&server).with("scope", "openid email profile");
        let page = visitor.visit(&request.url()).await.page();
        let form = page.form_with("connection").press("provider-other");
        let left = visitor.submit_only(&form).await.expect(200);
        let there = visitor.visit(&left.page().link("a#continue").unwrap()).await.expect(200).page();
        let mut answer = if agrees {
            visitor.submit_only(&there.form_with("sub").set("sub", "grace-1")).await
        } else {
            visitor.post(&there.url, &[("action".to_owned(), "deny".to_owned())]).await
        };
        if !agrees {
            // It forgets to send our `state` back with a refusal: a page says so and leads on, and nobody comes in.
            let back = visitor.get(&answer.location().unwrap()).await.expect(410).page();
            assert!(back.link("a#start-again").is_some() && back.html.contains("VST-071"), "{}", back.html);
            continue;
        }
        let mut back = None;
        for _ in 0..12 {
            back = request.callback(&answer);
            if back.is_some() {
                break;
            }
            answer = match answer.location() {
                Some(next) => visitor.get(&next).await,
                None => visitor.next(&answer, "", "").await,
            };
        }
        let tokens = request.exchange(back.expect("a code").code()).await.expect(200).json();
        let id = claims(&text(&tokens, "id_token"));
        assert_eq!(id["amr"], json!(["fed"]));
        let user = server.url(&format!("/realms/{REALM}/admin/v1/users/{}", text(&id, "sub")));
        let user = admin().await.get(&user).await.expect(200).json();
        assert_eq!(user["profile"]["name"], "Grace Hopper");
        assert_eq!(user["emails"][0]["verified"], true);
        subjects.push(text(&id, "sub"));
    }
    assert_eq!(subjects[0], subjects[1], "the same person again");
}
