//! Killing a server under load, as a power cut would, loses nothing that it acknowledged.

use std::time::Duration;

use serde_json::json;
use vestibule_testkit::{RealmDoc, Visitor, realm::PASSWORD, wait};

use crate::scene::{self, REALM, text};

/// What a worker saw acknowledged before the server died.
#[derive(Default)]
struct Acknowledged {
    users: Vec<String>,
    refresh_tokens: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_under_load_loses_no_acknowledged_user_or_sign_in() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let port = server.port();
        let token = scene::admin_token(&server, REALM, "users:read users:write").await;
        let users = server.url(&format!("/realms/{REALM}/admin/v1/users"));
        let request = scene::request(&server).with("scope", "openid offline_access");

        let acknowledged = std::sync::Arc::new(tokio::sync::Mutex::new(Acknowledged::default()));
        let mut workers = Vec::new();
        for worker in 0..3 {
            let (token, users, seen) = (token.clone(), users.clone(), acknowledged.clone());
            workers.push(tokio::spawn(async move {
                for number in 0_u32.. {
                    let body = scene::new_user(&format!("crash-{worker}-{number}"));
                    let answer = scene::bearer(&token).post_json(&users, &body).await.expect(201);
                    seen.lock().await.users.push(text(&answer.json(), "id"));
                }
            }));
            let (request, seen) = (request.clone(), acknowledged.clone());
            workers.push(tokio::spawn(async move {
                loop {
                    let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
                    let tokens = request.exchange(callback.code()).await.expect(200).json();
                    seen.lock().await.refresh_tokens.push(text(&tokens, "refresh_token"));
                }
            }));
        }
        wait::until(Duration::from_mins(1), "users and sign-ins under load", || async {
            let seen = acknowledged.lock().await;
            (seen.users.len() >= 20 && seen.refresh_tokens.len() >= 10).then_some(())
        })
        .await;
        let settings = server.kill();
        for worker in workers {
            // The server is gone: each worker fails at its next request.
            let _ = worker.await;
        }

        let server = vestibule_testkit::TestServer::start(settings, port).await;
        let seen = acknowledged.lock().await;
        for id in &seen.users {
            scene::bearer(&token)
                .get(&server.url(&format!("/realms/{REALM}/admin/v1/users/{id}")))
                .await
                .expect(200);
        }
        for refresh_token in &seen.refresh_tokens {
            let fields = [
                ("grant_type", "refresh_token"),
                ("client_id", "spa"),
                ("refresh_token", refresh_token.as_str()),
            ];
            scene::post(&scene::endpoint(&server, "token"), &fields).await.expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_told_to_stop_finishes_what_it_began() {
    let server = scene::standard().await;
    let request = scene::request(&server);
    let sign_in = tokio::spawn(async move {
        let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
        request.exchange(callback.code()).await
    });
    sign_in.await.unwrap().expect(200);
    let settings = server.stop().await;
    let again = settings.start().await;
    let tokens = scene::signed_in_tokens(&again, "openid").await;
    assert_eq!(tokens["token_type"], json!("Bearer"));
}
