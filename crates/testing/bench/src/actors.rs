//! What the simulated clients and people do: fixed requests, sign-ins over the pages, exchanges, refreshes.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use vestibule_testkit::AuthorizeRequest;

use crate::{
    browser::{Browser, Cookies, Seen, authorize_request, encoded, expect, jar, parameter, path_of},
    load::Actor,
    scene,
    wire::{self, Connection},
};

/// The pages of a sign-in by password, and one more.
const MOST_PAGES: usize = 3;

/// Sends one request over and over.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    pub(crate) request: Arc<[u8]>,
    pub(crate) status: u16,
    /// What the answer must contain, so that nothing is counted that did not do its work.
    pub(crate) contains: &'static str,
}

impl Actor for Repeat {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let answer = connection.send(&self.request).await?;
        expect(&answer, self.status)?;
        if !answer.text().contains(self.contains) {
            bail!("no {} in: {}", self.contains, answer.text().chars().take(300).collect::<String>());
        }
        Ok(())
    }
}

/// Signs in with one user after the other, each time in a fresh browser.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    pub(crate) host: String,
    pub(crate) realm: &'static str,
    pub(crate) users: u32,
    pub(crate) next: Arc<AtomicU32>,
    /// Counts refusals for want of capacity, which are no failures where they are asked for.
    pub(crate) shed: Option<Arc<AtomicU32>>,
}

impl SignIn {
    /// One sign-in over the pages, up to the code; the session's cookies, or none if the server was too busy and said so properly.
    pub(crate) async fn walk(&self, connection: &mut Connection) -> Result<Option<Cookies>> {
        // A step that no power of two divides spreads the users over the whole realm.
        let number = self.next.fetch_add(1, Ordering::Relaxed).wrapping_mul(7_919) % self.users.max(1);
        let user = format!("user{number}");
        let mut browser = Browser::new(&self.host, connection);
        let mut seen = browser.arrive(self.realm).await?;
        for _ in 0..MOST_PAGES {
            match seen {
                Seen::Busy(_) if self.shed.is_some() => return Ok(None),
                Seen::Page(page) => {
                    let fields = [("username", user.as_str()), ("password", scene::password())];
                    seen = browser.press(&page, "submit", &fields).await?;
                }
                end => {
                    end.signed_in()?;
                    return Ok(Some(browser.into_cookies()));
                }
            }
        }
        bail!("the sign-in of {user} does not end")
    }
}

impl Actor for SignIn {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let refused = self.walk(connection).await?.is_none();
        if let Some(shed) = self.shed.as_ref().filter(|_| refused) {
            shed.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Collects codes with the session of one sign-in, without pages.
#[derive(Debug, Clone)]
pub(crate) struct CollectCodes {
    pub(crate) host: String,
    pub(crate) realm: &'static str,
    pub(crate) client: &'static str,
    pub(crate) cookies: Cookies,
    pub(crate) codes: Arc<Mutex<Vec<(AuthorizeRequest, String)>>>,
}

impl Actor for CollectCodes {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let request = authorize_request(&self.host, self.realm, self.client);
        let jar = jar(&self.cookies);
        let path = path_of(request.url().as_str())?;
        let answer = connection.send(&wire::get(&self.host, &path, &[("Cookie", jar.as_str())])).await?;
        let to =
            answer.header("location").with_context(|| format!("{}: {}", answer.status, answer.text()))?;
        let code = parameter(to, "code").with_context(|| format!("no code in {to}"))?;
        self.codes.lock().ok().context("the list of codes")?.push((request, code));
        Ok(())
    }
}

/// Exchanges collected codes and keeps the tokens.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) host: String,
    pub(crate) realm: &'static str,
    /// `Authorization` of a confidential client.
    pub(crate) authorization: Option<String>,
    pub(crate) codes: Arc<Mutex<Vec<(AuthorizeRequest, String)>>>,
    pub(crate) tokens: Arc<Mutex<Vec<Value>>>,
}

impl Actor for Exchange {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let next = self.codes.lock().ok().context("the list of codes")?.pop();
        let (request, code) = next.context("no codes left")?;
        let headers: Vec<_> =
            self.authorization.iter().map(|value| ("Authorization", value.as_str())).collect();
        let fields = request.exchange_fields(&code);
        let tokens = token_request(connection, &self.host, self.realm, &headers, &fields).await?;
        self.tokens.lock().ok().context("the list of tokens")?.push(tokens);
        Ok(())
    }
}

/// Refreshes one chain of tokens.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) host: String,
    pub(crate) realm: &'static str,
    pub(crate) token: String,
}

impl Actor for Refresh {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let fields =
            [("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", self.token.as_str())]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let tokens = token_request(connection, &self.host, self.realm, &[], &fields).await?;
        self.token = text(&tokens, "refresh_token")?;
        Ok(())
    }
}

async fn token_request(
    connection: &mut Connection,
    host: &str,
    realm: &str,
    headers: &[(&str, &str)],
    fields: &[(String, String)],
) -> Result<Value> {
    let body = encoded(fields);
    let path = format!("/realms/{realm}/oauth/token");
    let answer = connection.send(&wire::post(host, &path, headers, &body)).await?;
    expect(&answer, 200)?;
    Ok(serde_json::from_slice(&answer.body)?)
}

/// A text in a JSON object.
pub(crate) fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value.get(key).and_then(Value::as_str).with_context(|| format!("no {key} in the answer"))?.to_owned())
}
