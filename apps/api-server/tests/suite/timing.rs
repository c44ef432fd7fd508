//! Known and unknown people take the same time. Medians over interleaved tries: the slack is wide enough for a busy
//! machine and far below what a skipped password hash would show.

use std::time::{Duration, Instant};

use serde_json::json;
use vestibule_testkit::{Answer, RealmDoc, Settings, TestServer, Visitor};

use crate::scene::{self, REALM};

const TRIES: usize = 15;
/// How far apart the medians may be.
const MOST: f64 = 1.6;

async fn server() -> TestServer {
    let mut document = RealmDoc::standard(REALM).settings(json!({"limits": {"sign_in_per_minute": 1000}}));
    for index in 0..TRIES {
        document = document.user(&format!("known{index}"));
    }
    let settings = Settings::sqlite();
    settings.import(&document);
    settings.start().await
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// Medians of both kinds of names, in turns; the answers must look alike too.
async fn compare(what: &str, attempt: impl AsyncFn(String) -> (Duration, Answer)) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for index in 0..TRIES {
        let (took, told) = attempt(format!("known{index}@example.test")).await;
        known.push(took);
        let (took, other) = attempt(format!("stranger{index}@example.test")).await;
        unknown.push(took);
        assert_eq!(told.status, other.status, "{what}");
        let (told, other) = (shape(&told, "known"), shape(&other, "stranger"));
        assert_eq!(told, other, "{what}");
    }
    let ratio = median(known.clone()) / median(unknown.clone());
    println!("{what}: known people take {ratio:.2} of the time of unknown ones");
    assert!((1.0 / MOST..MOST).contains(&ratio), "{what}: {ratio:.2}; known {known:?}, unknown {unknown:?}");
}

/// The text of the page without the name that was typed.
fn shape(answer: &Answer, typed: &str) -> String {
    let text = answer.page().text("main");
    text.unwrap_or_else(|| panic!("no page: {}", answer.body)).replace(typed, "somebody")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_takes_as_long_as_an_unknown_name() {
    let server = server().await;
    compare("sign-in", async |name| {
        let mut visitor = Visitor::new();
        let page = visitor.visit(&scene::request(&server).url()).await;
        let form = page.page().form_with("password");
        let form =
            form.set("username", &name).set("password", "a wrong but long enough password").press("submit");
        let began = Instant::now();
        let answer = visitor.submit(&form).await;
        (began.elapsed(), answer)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_takes_as_long_for_nobody() {
    let server = server().await;
    let address = server.url(&format!("/realms/{REALM}/recover"));
    compare("recovery", async |name| {
        let mut visitor = Visitor::new();
        let page = visitor.visit(&address).await;
        let form = page.page().form_with("username");
        let form = form.set("username", &name).press("submit");
        let began = Instant::now();
        let answer = visitor.submit(&form).await;
        (began.elapsed(), answer)
    })
    .await;
}
