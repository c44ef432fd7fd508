//! People who come by other ways than a password: a new account with a mailed code, a passkey, a mailed link.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use vestibule_conformance::authenticator::SoftAuthenticator;
use vestibule_testkit::{SmtpServer, smtp::Received};

use crate::{
    browser::{Browser, path_of},
    load::Actor,
    scene::{self, KEYS, MAIL},
    wire::Connection,
};

/// A mail that has not come by then does not come.
const MAIL_DEADLINE: Duration = Duration::from_secs(20);
/// Digits of a mailed code.
const CODE_LENGTH: usize = 6;

/// Makes one account after the other, each in a fresh browser and with an address that the mailed code proves.
#[derive(Clone)]
pub(crate) struct SignUp {
    pub(crate) host: String,
    pub(crate) smtp: Arc<SmtpServer>,
    pub(crate) next: Arc<AtomicU32>,
}

impl Actor for SignUp {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let email = format!("new{}@example.test", self.next.fetch_add(1, Ordering::Relaxed));
        let mut browser = Browser::new(&self.host, connection);
        let door = browser.arrive(MAIL).await?.page()?;
        let form = browser.press(&door, "sign-up", &[]).await?.page()?;
        let mail = self.smtp.next_to(&email);
        let asked = browser.press(&form, "submit", &[("email", &email)]).await?.page()?;
        let code = code_in(&mailed(mail).await?)?;
        browser.press(&asked, "submit", &[("code", &code)]).await?.signed_in()
    }
}

/// Signs in with one user after the other by the link in a mail, opened and confirmed in the browser that asked for it.
#[derive(Clone)]
pub(crate) struct LinkSignIn {
    pub(crate) host: String,
    pub(crate) smtp: Arc<SmtpServer>,
    pub(crate) users: u32,
    pub(crate) next: Arc<AtomicU32>,
}

impl Actor for LinkSignIn {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed) % self.users.max(1);
        let email = format!("user{number}@example.test");
        let mut browser = Browser::new(&self.host, connection);
        let door = browser.arrive(MAIL).await?.page()?;
        // Where nothing else signs in, who names an account asks for the mail.
        let mail = self.smtp.next_to(&email);
        browser.press(&door, "submit", &[("username", &email)]).await?.page()?;
        let link = link_in(&mailed(mail).await?)?;
        // Opened it shows what it is about; it is the button that signs in.
        let confirm = browser.open(&link).await?.page()?;
        browser.press(&confirm, "submit", &[]).await?.signed_in()
    }
}

/// Signs in by passkey, each time in a fresh browser, with the keys of a few people one after the other.
pub(crate) struct PasskeySignIn {
    host: String,
    authenticator: SoftAuthenticator,
    keys: usize,
    next: usize,
}

impl PasskeySignIn {
    /// Somebody without a key yet.
    pub(crate) fn new(host: String) -> Self {
        let authenticator = SoftAuthenticator::new(&format!("http://{host}"));
        Self { host, authenticator, keys: 0, next: 0 }
    }

    /// Signs a user in by password and accepts the passkey that is offered then.
    pub(crate) async fn enrol(&mut self, connection: &mut Connection, user: &str) -> Result<()> {
        let mut browser = Browser::new(&self.host, connection);
        let mut page = browser.arrive(KEYS).await?.page()?;
        // A browser that can keep passkeys says so along with each form.
        let fields = [("username", user), ("password", scene::password()), ("passkeys", "true")];
        page = browser.press(&page, "submit", &fields).await?.page()?;
        if !page.has("skip") {
            page = browser.press(&page, "submit", &fields).await?.page()?;
        }
        let credential = self.authenticator.create(&page.webauthn()?);
        browser.press(&page, "passkey-submit", &given(&credential.to_string())).await?.signed_in()?;
        self.keys += 1;
        Ok(())
    }
}

impl Actor for PasskeySignIn {
    async fn act(&mut self, connection: &mut Connection) -> Result<()> {
        let mut browser = Browser::new(&self.host, connection);
        let door = browser.arrive(KEYS).await?.page()?;
        let options: Value = door.webauthn()?;
        let number = self.next % self.keys.max(1);
        self.next += 1;
        let credential = self.authenticator.get_with(number, &options);
        browser.press(&door, "passkey-submit", &given(&credential.to_string())).await?.signed_in()
    }
}

/// What a script adds to the form of a passkey.
fn given(credential: &str) -> [(&str, &str); 1] {
    [("credential", credential)]
}

/// The plain part of a mail that was waited for.
async fn mailed(mail: impl Future<Output = Option<Received>>) -> Result<String> {
    let mail = tokio::time::timeout(MAIL_DEADLINE, mail).await.context("no mail came")?;
    mail.context("somebody else waits for this mail")?.text().context("a mail with a plain part")
}

/// The line of a mail that is a code.
fn code_in(text: &str) -> Result<String> {
    let is_code = |line: &&str| line.len() == CODE_LENGTH && line.bytes().all(|byte| byte.is_ascii_digit());
    let code = text.lines().map(str::trim).find(is_code);
    Ok(code.with_context(|| format!("no code in the mail: {text}"))?.to_owned())
}

/// Path of the link that a mail brings.
fn link_in(text: &str) -> Result<String> {
    let link = text.lines().map(str::trim).find(|line| line.contains("/flow/link/"));
    path_of(link.with_context(|| format!("no link in the mail: {text}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_link_are_read_from_a_mail() {
        let text =
            "Your code for 2026:\n\n482913\n\nOr:\nhttp://localhost:8080/realms/mail/flow/link/vml_x\n";
        assert_eq!(code_in(text).unwrap(), "482913");
        assert_eq!(link_in(text).unwrap(), "/realms/mail/flow/link/vml_x");
        assert!(code_in("Hello\n").is_err() && link_in("Hello\n").is_err());
    }
}
