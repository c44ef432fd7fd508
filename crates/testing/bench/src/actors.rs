//! What the simulated clients and people do: fixed requests, sign-ins over the pages, exchanges, refreshes.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use vestibule_testkit::{AuthorizeRequest, realm::APP};

use crate::{
    load::Actor,
    scene,
    wire::{self, Answer, Connection},
};

const MOST_STEPS: usize = 12;

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
        let request = authorize_request(&self.host, self.realm, "app");
        let mut cookies = Vec::new();
        let mut path = path_of(request.url().as_str())?;
        let mut answer = self.get(connection, &path, &mut cookies).await?;
        for _ in 0..MOST_STEPS {
            if let Some(to) = answer.header("location") {
                if to.starts_with(APP) {
                    parameter(to, "code").with_context(|| format!("no code in {to}"))?;
                    return Ok(Some(cookies));
                }
                path = path_of(to)?;
                answer = self.get(connection, &path, &mut cookies).await?;
                continue;
            }
            if answer.status == 503 && self.shed.is_some() {
                answer.header("retry-after").context("503 without Retry-After")?;
                return Ok(None);
            }
            expect(&answer, 200)?;
            let html = answer.text();
            if let Some(next) = continue_link(&html) {
                path = path_of(&next)?;
                answer = self.get(connection, &path, &mut cookies).await?;
            } else {
                let body = filled(&html, &user).with_context(|| format!("no form on {path}"))?;
                answer = self.post(connection, &path, &body, &mut cookies).await?;
            }
        }
        bail!("the sign-in does not end: {path}")
    }

    async fn get(&self, connection: &mut Connection, path: &str, cookies: &mut Cookies) -> Result<Answer> {
        let jar = jar(cookies);
        let answer = connection.send(&wire::get(&self.host, path, &[("Cookie", jar.as_str())])).await?;
        keep(cookies, &answer);
        Ok(answer)
    }

    async fn post(
        &self,
        connection: &mut Connection,
        path: &str,
        body: &str,
        cookies: &mut Cookies,
    ) -> Result<Answer> {
        let (jar, origin) = (jar(cookies), format!("http://{}", self.host));
        let headers = [("Cookie", jar.as_str()), ("Origin", origin.as_str())];
        let answer = connection.send(&wire::post(&self.host, path, &headers, body)).await?;
        keep(cookies, &answer);
        Ok(answer)
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

fn authorize_request(host: &str, realm: &str, client: &str) -> AuthorizeRequest {
    AuthorizeRequest::new(&format!("http://{host}/realms/{realm}"), client, APP)
        .with("scope", "openid offline_access")
}

fn expect(answer: &Answer, status: u16) -> Result<()> {
    if answer.status != status {
        bail!("status {}: {}", answer.status, answer.text().chars().take(300).collect::<String>());
    }
    Ok(())
}

pub(crate) type Cookies = Vec<(String, String)>;

fn jar(cookies: &Cookies) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

fn keep(cookies: &mut Cookies, answer: &Answer) {
    for header in answer.headers("set-cookie") {
        let pair = header.split(';').next().and_then(|pair| pair.split_once('='));
        if let Some((name, value)) = pair {
            cookies.retain(|(known, _)| known != name);
            if !header.contains("Max-Age=0") {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

/// Path and query of an address that may be absolute.
fn path_of(address: &str) -> Result<String> {
    if address.starts_with('/') {
        return Ok(address.to_owned());
    }
    let url = url::Url::parse(address)?;
    Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
}

fn parameter(address: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Where the continue page leads.
fn continue_link(html: &str) -> Option<String> {
    let tag = tags(html, "<a ").find(|tag| attribute(tag, "id").as_deref() == Some("continue"))?;
    attribute(tag, "href")
}

/// The body of the page's form, user name and password filled in.
fn filled(html: &str, user: &str) -> Option<String> {
    let form = html.split("<form").skip(1).find(|form| form.contains("method=\"post\""))?;
    let form = form.split("</form>").next()?;
    let mut fields = Vec::new();
    for tag in tags(form, "<input ") {
        let Some(name) = attribute(tag, "name") else { continue };
        let value = match name.as_str() {
            "username" => user.to_owned(),
            "password" => scene::password().to_owned(),
            _ => attribute(tag, "value").unwrap_or_default(),
        };
        fields.push((name, value));
    }
    if let Some(button) = tags(form, "<button ").find(|tag| attribute(tag, "id").as_deref() == Some("submit"))
    {
        fields.extend(
            attribute(button, "name").map(|name| (name, attribute(button, "value").unwrap_or_default())),
        );
    }
    Some(encoded(&fields))
}

fn tags<'a>(html: &'a str, open: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(open).skip(1).filter_map(|rest| rest.split('>').next())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!("{name}=\"");
    let at = tag
        .match_indices(&start)
        .map(|(at, _)| at)
        .find(|at| *at == 0 || tag.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace)))?;
    let value = tag.get(at + start.len()..)?.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&#x2f;", "/").replace("&quot;", "\""))
}

fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_in() {
        let html = r#"<form id="x" method="post"><input type="hidden" name="csrf" value="a&amp;b"><input name="username">
            <input name="password" type="password"><button id="submit" name="action" value="go">Go</button></form>"#;
        let body = filled(html, "user1").unwrap();
        assert_eq!(body, "csrf=a%26b&username=user1&password=correct+horse+battery+staple&action=go");
    }

    #[test]
    fn the_continue_link_is_found() {
        let html = r#"<a href="/x">x</a> <a class="button" id="continue" href="/realms/a/oauth/authorize/resume?request=1&amp;x=2">"#;
        assert_eq!(continue_link(html).unwrap(), "/realms/a/oauth/authorize/resume?request=1&x=2");
    }
}
