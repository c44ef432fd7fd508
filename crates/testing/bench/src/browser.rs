//! A person's browser, as cheap as a load generator on the same machine should be: cookies, redirects, the forms of
//! pages, over one kept connection.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use vestibule_testkit::{AuthorizeRequest, realm::APP};

use crate::wire::{self, Answer, Connection};

const MOST_STEPS: usize = 12;

/// Names and values.
pub(crate) type Cookies = Vec<(String, String)>;

/// A browser; fresh at its start.
#[derive(Debug)]
pub(crate) struct Browser<'a> {
    host: &'a str,
    connection: &'a mut Connection,
    cookies: Cookies,
}

/// Where redirects and pages that lead onward end.
#[derive(Debug)]
pub(crate) enum Seen {
    /// A page that wants something.
    Page(Page),
    /// The application, at this address.
    Application(String),
    /// The server was too busy and said so properly, at this address.
    Busy(String),
}

/// A page.
#[derive(Debug)]
pub(crate) struct Page {
    path: String,
    html: String,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(host: &'a str, connection: &'a mut Connection) -> Self {
        Self { host, connection, cookies: Vec::new() }
    }

    /// What it was given.
    pub(crate) fn into_cookies(self) -> Cookies {
        self.cookies
    }

    /// Comes from the public client of a realm, as somebody who wants in.
    pub(crate) async fn arrive(&mut self, realm: &str) -> Result<Seen> {
        let request = authorize_request(self.host, realm, "app");
        self.open(&path_of(request.url().as_str())?).await
    }

    /// Opens an address and goes on as far as it leads.
    pub(crate) async fn open(&mut self, path: &str) -> Result<Seen> {
        let answer = self.get(path).await?;
        self.follow(path.to_owned(), answer).await
    }

    /// Fills in the form of this button, with fields that a script would add, presses it and goes on as far as that leads.
    pub(crate) async fn press(&mut self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Result<Seen> {
        let (action, body) = filled(&page.html, button, fields)
            .with_context(|| format!("no button {button} on {}", page.path))?;
        let path = action.unwrap_or_else(|| page.path.clone());
        let answer = self.post(&path, &body).await?;
        self.follow(path, answer).await
    }

    async fn follow(&mut self, mut path: String, mut answer: Answer) -> Result<Seen> {
        for _ in 0..MOST_STEPS {
            let next = match answer.header("location") {
                Some(to) if to.starts_with(APP) => return Ok(Seen::Application(to.to_owned())),
                Some(to) => path_of(to)?,
                None if answer.status == 503 => {
                    answer.header("retry-after").context("503 without Retry-After")?;
                    return Ok(Seen::Busy(path));
                }
                None => {
                    expect(&answer, 200)?;
                    let html = answer.text();
                    match continue_link(&html) {
                        Some(next) => path_of(&next)?,
                        None => return Ok(Seen::Page(Page { path, html })),
                    }
                }
            };
            answer = self.get(&next).await?;
            path = next;
        }
        bail!("one address leads to the next without an end: {path}")
    }

    async fn get(&mut self, path: &str) -> Result<Answer> {
        let jar = jar(&self.cookies);
        let answer = self.connection.send(&wire::get(self.host, path, &[("Cookie", jar.as_str())])).await?;
        keep(&mut self.cookies, &answer);
        Ok(answer)
    }

    async fn post(&mut self, path: &str, body: &str) -> Result<Answer> {
        let (jar, origin) = (jar(&self.cookies), format!("http://{}", self.host));
        let headers = [("Cookie", jar.as_str()), ("Origin", origin.as_str())];
        let answer = self.connection.send(&wire::post(self.host, path, &headers, body)).await?;
        keep(&mut self.cookies, &answer);
        Ok(answer)
    }
}

impl Seen {
    /// A page was expected.
    pub(crate) fn page(self) -> Result<Page> {
        match self {
            Self::Page(page) => Ok(page),
            Self::Application(to) => bail!("the application was reached too early: {to}"),
            Self::Busy(path) => bail!("the server is too busy for {path}"),
        }
    }

    /// The application was expected, with a code: only somebody who is signed in brings one.
    pub(crate) fn signed_in(self) -> Result<()> {
        match self {
            Self::Application(to) => {
                parameter(&to, "code").map(drop).with_context(|| format!("no code in {to}"))
            }
            Self::Page(page) => {
                bail!("the application was not reached, but {}: {}", page.path, page.excerpt())
            }
            Self::Busy(path) => bail!("the server is too busy for {path}"),
        }
    }
}

impl Page {
    /// Whether it has a button of this id.
    pub(crate) fn has(&self, button: &str) -> bool {
        form_of(&self.html, button).is_some()
    }

    /// What a script hands to the authenticator: the options of WebAuthn.
    pub(crate) fn webauthn(&self) -> Result<Value> {
        let block = self.html.split("id=\"webauthn-options\"").nth(1).context("no options of WebAuthn")?;
        let block = block.split_once('>').and_then(|(_, rest)| rest.split("</script>").next());
        let options: Value = serde_json::from_str(block.context("options of WebAuthn")?)?;
        options.get("challenge").or(options.pointer("/publicKey/challenge")).context("a challenge")?;
        Ok(options.get("publicKey").cloned().unwrap_or(options))
    }

    /// What its main part says, for a failure.
    fn excerpt(&self) -> String {
        let main = self.html.split("<main").nth(1).unwrap_or(&self.html);
        main.chars().take(1_000).collect()
    }
}

/// A request of this client, from a realm on this host.
pub(crate) fn authorize_request(host: &str, realm: &str, client: &str) -> AuthorizeRequest {
    AuthorizeRequest::new(&format!("http://{host}/realms/{realm}"), client, APP)
        .with("scope", "openid offline_access")
}

/// An answer of this status, or what it says instead.
pub(crate) fn expect(answer: &Answer, status: u16) -> Result<()> {
    if answer.status != status {
        bail!("status {}: {}", answer.status, answer.text().chars().take(300).collect::<String>());
    }
    Ok(())
}

/// The value of a `Cookie` header.
pub(crate) fn jar(cookies: &Cookies) -> String {
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
pub(crate) fn path_of(address: &str) -> Result<String> {
    if address.starts_with('/') {
        return Ok(address.to_owned());
    }
    let url = url::Url::parse(address)?;
    Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
}

/// A parameter of an address.
pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Fields as a form sends them.
pub(crate) fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Where the continue page leads.
fn continue_link(html: &str) -> Option<String> {
    let tag = tags(html, "<a ").find(|tag| attribute(tag, "id").as_deref() == Some("continue"))?;
    attribute(tag, "href")
}

/// The inside of the form that this button stands in, and the button's tag.
fn form_of<'a>(html: &'a str, button: &str) -> Option<(&'a str, &'a str)> {
    html.split("<form").skip(1).filter_map(|form| form.split("</form>").next()).find_map(|form| {
        let tag = tags(form, "<button ").find(|tag| attribute(tag, "id").as_deref() == Some(button))?;
        Some((form, tag))
    })
}

/// Where the form that this button stands in goes, if it says so, and what it sends.
fn filled(html: &str, button: &str, given: &[(&str, &str)]) -> Option<(Option<String>, String)> {
    let (form, button) = form_of(html, button)?;
    let action = form.split('>').next().and_then(|tag| attribute(tag, "action"));
    let names = tags(form, "<input ").filter_map(|tag| {
        let checkable = matches!(attribute(tag, "type").as_deref(), Some("checkbox" | "radio"));
        let sent = !checkable || tag.split_whitespace().any(|word| word == "checked");
        attribute(tag, "name")
            .filter(|_| sent)
            .map(|name| (name, attribute(tag, "value").unwrap_or_default()))
    });
    let mut fields: Vec<(String, String)> =
        names.filter(|(name, _)| given.iter().all(|(known, _)| known != name)).collect();
    fields.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
        .extend(attribute(button, "name").map(|name| (name, attribute(button, "value").unwrap_or_default())));
    Some((action, encoded(&fields)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_button_is_filled_in() {
        let html = r#"<form method="post" action="&#x2f;away"><button id="other" name="action" value="stay">Stay</button></form>
            <form id="x" method="post"><input type="hidden" name="csrf" value="a&amp;b"><input name="username">
            <input type="checkbox" name="remember" value="yes"><input name="password" type="password">
            <button id="submit" name="action" value="go">Go</button></form>"#;
        let (action, body) = filled(html, "submit", &[("username", "user1"), ("passkeys", "true")]).unwrap();
        assert_eq!(action, None);
        assert_eq!(body, "csrf=a%26b&password=&username=user1&passkeys=true&action=go");
        let other = filled(html, "other", &[]).unwrap();
        assert_eq!(other, (Some("/away".to_owned()), "action=stay".to_owned()));
        assert_eq!(filled(html, "missing", &[]), None);
    }

    #[test]
    fn the_continue_link_is_found() {
        let html = r#"<a href="/x">x</a> <a class="button" id="continue" href="/realms/a/oauth/authorize/resume?request=1&amp;x=2">"#;
        assert_eq!(continue_link(html).unwrap(), "/realms/a/oauth/authorize/resume?request=1&x=2");
    }

    #[test]
    fn options_are_read_from_a_page() {
        let html = r#"<script type="application/json" id="webauthn-options" nonce="x">{"challenge":"a\u003cb"}</script>"#;
        let page = |html: &str| Page { path: "/".to_owned(), html: html.to_owned() };
        assert_eq!(page(html).webauthn().unwrap(), serde_json::json!({"challenge": "a<b"}));
        assert!(page(&html.replace("challenge", "other")).webauthn().is_err());
        assert!(page("<p>").webauthn().is_err());
    }
}
