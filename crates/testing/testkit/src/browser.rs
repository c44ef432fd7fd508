//! A headless Chromium under WebDriver, with a fresh profile, scripts on or off.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{By, ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver, WebElement};
use url::Url;

use crate::{programs::provided, wait};

const AUDIT: &str = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', \
    'best-practice']}).then(done => done.violations.map(rule => rule.id + ': ' + rule.help + '\\n' + \
    rule.nodes.map(node => '    ' + node.html + ' ' + node.failureSummary).join('\\n')).join('\\n'))";

const DEADLINE: Duration = Duration::from_secs(20);

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// As in most browsers.
    On,
    /// As in a managed or cautious one.
    Off,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `prefers-color-scheme: light`.
    Light,
    /// `prefers-color-scheme: dark`.
    Dark,
}

/// A browser. Call [`Browser::quit`] at the end; otherwise its processes end with the value.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver session.
    pub driver: WebDriver,
    scripts: Scripts,
    process: Child,
    _profile: TempDir,
}

impl Browser {
    /// Starts chromedriver and a browser.
    ///
    /// # Panics
    /// Without `VESTIBULE_TEST_CHROMIUM` and `VESTIBULE_TEST_CHROMEDRIVER`.
    pub async fn start(scripts: Scripts) -> Self {
        let (process, port) = chromedriver();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let capabilities = capabilities(profile.path(), scripts);
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await;
        let driver = driver.expect("a browser session");
        driver.set_page_load_timeout(DEADLINE).await.expect("a page load timeout");
        Self { driver, scripts, process, _profile: profile }
    }

    /// Goes to an address.
    pub async fn goto(&self, url: &Url) {
        self.driver.goto(url.as_str()).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// The current address.
    pub async fn url(&self) -> Url {
        self.driver.current_url().await.expect("the browser's address")
    }

    /// Waits for an element.
    pub async fn find(&self, css: &str) -> WebElement {
        let what = format!("element {css}");
        wait::until(DEADLINE, &what, || async { self.driver.find(By::Css(css)).await.ok() }).await
    }

    /// Whether an element is there now.
    pub async fn has(&self, css: &str) -> bool {
        self.driver.find(By::Css(css)).await.is_ok()
    }

    /// Types into a field.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("a field can be cleared");
        field.send_keys(text).await.expect("a field takes text");
    }

    /// Clicks an element.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("click {css}: {error}"));
    }

    /// Waits until the address satisfies a condition.
    pub async fn wait_for_url(&self, what: &str, fits: impl Fn(&Url) -> bool) -> Url {
        wait::until(DEADLINE, what, || async { self.driver.current_url().await.ok().filter(|url| fits(url)) })
            .await
    }

    /// The page's visible text.
    pub async fn text(&self) -> String {
        // A page that is just being replaced has no text yet.
        let shown = || async {
            let body = self.driver.find(By::Css("body")).await.ok()?;
            body.text().await.ok()
        };
        wait::until(DEADLINE, "the page's text", shown).await
    }

    /// Sets the size of the window's content.
    pub async fn size(&self, width: u32, height: u32) {
        let parameters = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", parameters).await;
    }

    /// Asks pages for a colour scheme.
    pub async fn scheme(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let parameters = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", parameters).await;
    }

    /// Gives the browser a platform authenticator with a screen lock, that agrees to everything.
    pub async fn add_authenticator(&self) -> Authenticator<'_> {
        self.authenticator(json!({
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
            "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
            "automaticPresenceSimulation": true
        }))
        .await
    }

    /// Plugs a security key of the U2F kind in: it keeps nobody's name, checks nobody, and is touched when it asks.
    pub async fn add_security_key(&self) -> Authenticator<'_> {
        self.authenticator(json!({
            "protocol": "u2f", "transport": "usb", "hasResidentKey": false, "hasUserVerification": false,
            "automaticPresenceSimulation": true
        }))
        .await
    }

    async fn authenticator(&self, options: serde_json::Value) -> Authenticator<'_> {
        self.devtools("WebAuthn.enable", json!({"enableUI": false})).await;
        let made = self.devtools("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await;
        let id = made.get("authenticatorId").and_then(serde_json::Value::as_str);
        let id = id.expect("the id of an authenticator").to_owned();
        Authenticator { browser: self, id }
    }

    /// What the page's script gets for a ceremony: `create` or `get`, with the options of a document.
    ///
    /// # Panics
    /// When the browser refuses.
    pub async fn ceremony(&self, kind: &str, options: &serde_json::Value) -> serde_json::Value {
        let parse =
            if kind == "create" { "parseCreationOptionsFromJSON" } else { "parseRequestOptionsFromJSON" };
        let script = format!(
            "const done = arguments[1]; const publicKey = PublicKeyCredential.{parse}(arguments[0]); \
             navigator.credentials.{kind}({{publicKey}}).then((made) => done(made.toJSON()), (error) => done(String(error)));"
        );
        let made = self.driver.execute_async(&script, vec![options.clone()]).await.expect("a script");
        let made = made.json().clone();
        assert!(made.is_object(), "{kind}: {made}");
        made
    }

    /// Forgets every cookie of every site.
    pub async fn clear_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", json!({})).await;
    }

    async fn devtools(&self, command: &str, parameters: serde_json::Value) -> serde_json::Value {
        let done = self.driver.cdp().send_raw(command, parameters).await;
        done.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// What axe-core finds wrong on the page, rule by rule with the elements: every rule of WCAG 2.2 A and AA, and its
    /// good practices. Nothing: an empty text, as always in a browser without scripts.
    ///
    /// # Panics
    /// Without `VESTIBULE_TEST_AXE`.
    pub async fn audit(&self) -> String {
        if self.scripts == Scripts::Off {
            return String::new();
        }
        let axe = std::fs::read_to_string(provided("VESTIBULE_TEST_AXE")).expect("the script of axe-core");
        // By the debugger, as extensions do: the page's own policy admits no foreign script.
        let evaluate = |expression: String| async move {
            let wanted = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
            self.devtools("Runtime.evaluate", wanted).await
        };
        evaluate(axe).await;
        let found = evaluate(AUDIT.to_owned()).await;
        let text = found.pointer("/result/value").and_then(serde_json::Value::as_str).map(str::to_owned);
        text.unwrap_or_else(|| panic!("the audit failed: {found}"))
    }

    /// Saves a picture below `target/screenshots`.
    pub async fn screenshot(&self, name: &str) {
        let folder = screenshots();
        std::fs::create_dir_all(&folder).expect("the screenshots' folder");
        let file = folder.join(format!("{name}.png"));
        self.driver.screenshot(&file).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// Ends the browser.
    pub async fn quit(self) {
        let _ = self.driver.clone().quit().await;
    }
}

/// A virtual authenticator of a browser.
#[derive(Debug)]
pub struct Authenticator<'a> {
    browser: &'a Browser,
    id: String,
}

impl Authenticator<'_> {
    /// Whether the screen lock is opened from now on. While it is not, every dialog fails as if it were closed.
    pub async fn verifies(&self, verified: bool) {
        let parameters = json!({"authenticatorId": self.id, "isUserVerified": verified});
        self.browser.devtools("WebAuthn.setUserVerified", parameters).await;
    }

    /// Whether somebody touches it when it asks. While nobody does, dialogs stay open.
    pub async fn answers(&self, enabled: bool) {
        let parameters = json!({"authenticatorId": self.id, "enabled": enabled});
        self.browser.devtools("WebAuthn.setAutomaticPresenceSimulation", parameters).await;
    }

    /// How many keys it holds.
    pub async fn keys(&self) -> usize {
        let held =
            self.browser.devtools("WebAuthn.getCredentials", json!({"authenticatorId": self.id})).await;
        held.get("credentials").and_then(serde_json::Value::as_array).map_or(0, Vec::len)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where pictures go: beside the build.
fn screenshots() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the running test");
    test.ancestors().nth(3).expect("tests lie in target/<profile>/deps").join("screenshots")
}

fn capabilities(profile: &Path, scripts: Scripts) -> thirtyfour::ChromeCapabilities {
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_binary(&provided("VESTIBULE_TEST_CHROMIUM")).expect("a capability");
    let profile = format!("--user-data-dir={}", profile.display());
    for argument in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
        profile.as_str(),
    ] {
        capabilities.add_arg(argument).expect("an argument");
    }
    if scripts == Scripts::Off {
        let preferences = json!({"profile.managed_default_content_settings.javascript": 2});
        capabilities.add_experimental_option("prefs", preferences).expect("preferences");
    }
    capabilities
}

/// Starts chromedriver on a port of its own choice. It chooses for IPv4 and wants the same one for IPv6: where another
/// test has that, it ends, and another one is started.
fn chromedriver() -> (Child, u16) {
    const STARTS: u32 = 5;
    for _ in 0..STARTS {
        let mut process = Command::new(provided("VESTIBULE_TEST_CHROMEDRIVER"))
            .args(["--port=0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(process.stdout.take().expect("chromedriver's output")).lines();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse().ok()
        });
        if let Some(port) = port {
            // The pipe must stay open and be drained, or chromedriver dies of its own log.
            std::thread::spawn(move || lines.for_each(drop));
            return (process, port);
        }
        let _ = process.kill();
        let _ = process.wait();
    }
    panic!("chromedriver did not say its port in {STARTS} starts")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn word_after_scripts(scripts: Scripts) -> String {
        let browser = Browser::start(scripts).await;
        let page = "data:text/html,<p id=word>off</p><script>word.textContent='on'</script>";
        browser.goto(&Url::parse(page).unwrap()).await;
        let word = browser.find("#word").await.text().await.unwrap();
        browser.quit().await;
        word
    }

    #[tokio::test]
    async fn scripts_are_on_or_off_as_asked() {
        assert_eq!(word_after_scripts(Scripts::On).await, "on");
        assert_eq!(word_after_scripts(Scripts::Off).await, "off");
    }
}
