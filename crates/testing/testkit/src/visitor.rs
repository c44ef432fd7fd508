//! A person's browser without scripts: follows redirects on the server's own origin, keeps cookies by a browser's
//! rules (where `http://localhost` counts as secure), reads pages, sends forms, signs in.

use std::collections::BTreeMap;

use reqwest::{Client, Method, Response, StatusCode, header, redirect::Policy};
use serde_json::Value;
use url::Url;

use crate::{
    oidc::{AuthorizeRequest, Callback},
    page::{Form, Page},
};

const MOST_STEPS: usize = 20;

/// A browser with a cookie jar.
#[derive(Debug, Clone)]
pub struct Visitor {
    client: Client,
    cookies: BTreeMap<String, String>,
    headers: Vec<(String, String)>,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The address asked.
    pub url: Url,
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: header::HeaderMap,
    /// Body, as text.
    pub body: String,
    /// Body, as sent.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| {
            panic!("{} answered {} with no JSON ({error}): {}", self.url, self.status, self.body)
        })
    }

    /// The body as a page.
    pub fn page(&self) -> Page {
        Page { url: self.url.clone(), html: self.body.clone() }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where a redirect leads.
    pub fn location(&self) -> Option<Url> {
        self.url.join(self.header("location")?).ok()
    }

    /// Fails the test unless the status is the expected one.
    #[expect(clippy::return_self_not_must_use, reason = "most callers only want the check")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.url, self.body);
        self
    }
}

impl Default for Visitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Visitor {
    /// A fresh browser.
    ///
    /// # Panics
    /// If there is no HTTP client to be had.
    pub fn new() -> Self {
        let client = Client::builder().redirect(Policy::none()).no_proxy().build().expect("an HTTP client");
        Self { client, cookies: BTreeMap::new(), headers: Vec::new() }
    }

    /// Sends this header with every request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Names and values of the cookies held.
    pub fn cookies(&self) -> Vec<(String, String)> {
        self.cookies.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Names of the cookies held.
    pub fn cookie_names(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }

    /// Plants a cookie.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// One GET; redirects are not followed.
    pub async fn get(&mut self, url: &Url) -> Answer {
        let request = self.client.request(Method::GET, url.clone());
        self.send(url, request).await
    }

    /// One POST of form fields; redirects are not followed.
    pub async fn post(&mut self, url: &Url, fields: &[(String, String)]) -> Answer {
        let request = self.posting(url).form(fields);
        self.send(url, request).await
    }

    /// One POST of JSON.
    pub async fn post_json(&mut self, url: &Url, body: &Value) -> Answer {
        let request = self.posting(url).json(body);
        self.send(url, request).await
    }

    /// One PUT of JSON.
    pub async fn put_json(&mut self, url: &Url, body: &Value) -> Answer {
        let request = self.client.request(Method::PUT, url.clone()).json(body);
        self.send(url, request).await
    }

    /// A POST from a page of the same origin, unless another `Origin` was asked for.
    fn posting(&self, url: &Url) -> reqwest::RequestBuilder {
        let request = self.client.request(Method::POST, url.clone());
        if self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("origin")) {
            return request;
        }
        request.header(header::ORIGIN, url.origin().ascii_serialization())
    }

    /// A GET that follows redirects while they stay on the origin.
    pub async fn visit(&mut self, url: &Url) -> Answer {
        let answer = self.get(url).await;
        self.follow(answer).await
    }

    /// Sends a form and follows redirects while they stay on the origin.
    pub async fn submit(&mut self, form: &Form) -> Answer {
        let answer = self.submit_only(form).await;
        self.follow(answer).await
    }

    /// Sends a form.
    pub async fn submit_only(&mut self, form: &Form) -> Answer {
        if form.method == "post" {
            return self.post(&form.action, form.fields()).await;
        }
        let mut url = form.action.clone();
        url.query_pairs_mut().clear().extend_pairs(form.fields());
        self.get(&url).await
    }

    async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..MOST_STEPS {
            match answer.location() {
                Some(next) if answer.status.is_redirection() && next.origin() == answer.url.origin() => {
                    answer = self.get(&next).await;
                }
                _ => return answer,
            }
        }
        panic!("a loop of redirects at {}", answer.url)
    }

    /// Walks a sign-in as a person would: identifier, password, consent, the continue page; returns what the
    /// application got.
    ///
    /// # Panics
    /// If a page cannot be walked.
    pub async fn sign_in(&mut self, request: &AuthorizeRequest, username: &str, password: &str) -> Callback {
        let mut answer = self.get(&request.url()).await;
        for _ in 0..MOST_STEPS {
            if let Some(callback) = request.callback(&answer) {
                return callback;
            }
            answer = self.next(&answer, username, password).await;
        }
        panic!("the sign-in does not end; last page {}:\n{}", answer.url, answer.body)
    }

    /// The one request that a person, or their browser, makes after this answer.
    ///
    /// # Panics
    /// If there is nothing to do, or the server refuses what was right.
    pub async fn next(&mut self, answer: &Answer, username: &str, password: &str) -> Answer {
        let page = answer.page();
        let next =
            match answer.location().filter(|_| answer.status.is_redirection()).or(page.link("a#continue")) {
                Some(next) => self.get(&next).await,
                None => self.submit_only(&filled(answer, &page, username, password)).await,
            };
        assert!(!next.status.is_server_error(), "{} answered {}:\n{}", next.url, next.status, next.body);
        assert!(next.status.as_u16() != 422, "refused: {}\n{}", next.url, next.body);
        next
    }

    async fn send(&mut self, url: &Url, mut request: reqwest::RequestBuilder) -> Answer {
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{url}: {error}"));
        self.keep_cookies(&response);
        read(url.clone(), response).await
    }

    /// Stores cookies as a browser would: a `__Host-` cookie that breaks its rules is dropped.
    fn keep_cookies(&mut self, response: &Response) {
        for header in response.headers().get_all(header::SET_COOKIE) {
            let text = header.to_str().expect("a cookie is text");
            let mut parts = text.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let attributes: Vec<String> = parts.map(str::to_lowercase).collect();
            let has = |attribute: &str| attributes.iter().any(|known| known == attribute);
            let domain = attributes.iter().any(|known| known.starts_with("domain="));
            if name.starts_with("__Host-") && !(has("secure") && has("path=/") && !domain) {
                continue;
            }
            let gone = has("max-age=0")
                || attributes.iter().any(|known| known.starts_with("expires=thu, 01 jan 1970"));
            if gone {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The form of a page as a person who agrees would send it.
fn filled(answer: &Answer, page: &Page, username: &str, password: &str) -> Form {
    let forms = page.forms();
    if let Some(consent) = forms.iter().find(|form| form.has_button("consent-accept")) {
        return consent.clone().press("consent-accept");
    }
    let form = forms.into_iter().find(|form| form.method == "post");
    let mut form = form.unwrap_or_else(|| {
        panic!("nothing to do on {} (status {}):\n{}", page.url, answer.status, page.html)
    });
    for (field, value) in [("username", username), ("password", password)] {
        if form.has(field) {
            form = form.set(field, value);
        }
    }
    if form.has_button("submit") { form.press("submit") } else { form }
}

/// Reads an answer to its end.
///
/// # Panics
/// If the connection breaks.
pub async fn read(url: Url, response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.unwrap_or_else(|error| panic!("{url}: {error}"));
    let text = String::from_utf8_lossy(&body).into_owned();
    Answer { url, status, headers, body: text, bytes: body.to_vec() }
}
