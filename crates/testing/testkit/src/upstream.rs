//! An upstream provider that behaves as told: by the book, or with one fault. Speaks OpenID Connect and OAuth 2 on a
//! loopback port; signs with whatever signer the test brings.

#![expect(clippy::indexing_slicing, reason = "a helper that fails is a test that fails")]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::Utc;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use uuid::Uuid;
use vestibule_kernel::RealmId;
use vestibule_oauth::{SigningKey, TokenSigner};

/// What is wrong with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It accepts the connection and says nothing.
    Silent,
    /// Its answers never end.
    Huge,
    /// Its endpoints redirect.
    Redirects,
    /// It answers 500.
    Broken,
    /// It does not speak JSON.
    Html,
    /// Its metadata is that of another issuer.
    OtherMetadata,
    /// Its ID tokens are signed by a key it does not publish.
    ForeignKey,
    /// Its ID tokens are not signed (`alg: none`).
    Unsigned,
    /// Its ID tokens repeat another nonce.
    WrongNonce,
    /// Its ID tokens are for another client.
    WrongAudience,
    /// Its ID tokens are for several and do not say who is meant.
    SeveralAudiences,
    /// Its ID tokens are of another issuer.
    WrongIssuer,
    /// Its ID tokens are over.
    Expired,
    /// Its ID tokens are of tomorrow.
    Future,
    /// `at_hash` is that of another access token.
    WrongHash,
    /// The subject is empty.
    EmptySubject,
    /// There is no subject.
    NoSubject,
    /// The userinfo endpoint is about somebody else.
    OtherUserinfo,
}

struct State {
    fault: Option<Fault>,
    claims: Map<String, Value>,
    userinfo: Value,
    emails: Value,
    nonce: String,
    challenge: Option<String>,
    keys: Vec<SigningKey>,
    published: usize,
    forms: Vec<Vec<(String, String)>>,
}

/// A running provider.
#[derive(Clone)]
pub struct Provider {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    signer: Arc<dyn TokenSigner>,
}

/// The client registered there, and its secret.
pub const CLIENT: (&str, &str) = ("vestibule-client", "a secret: of \u{fc}s + ours");
/// The code that can be traded.
pub const CODE: &str = "good-code";
/// The access token that is given out.
pub const ACCESS_TOKEN: &str = "an-access-token";

fn realm() -> RealmId {
    RealmId::from_uuid(Uuid::from_u128(1))
}

impl Provider {
    /// Starts one that does everything right, for the person `subject-1`.
    pub async fn start(signer: Arc<dyn TokenSigner>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        let claims = json!({
            "sub": "subject-1", "email": "ada@acme.test", "email_verified": true, "name": "Ada Lovelace",
        });
        let state = State {
            fault: None,
            claims: claims.as_object().cloned().unwrap_or_default(),
            userinfo: claims,
            emails: json!([]),
            nonce: String::new(),
            challenge: None,
            keys: ["ES256", "RS256"].map(|alg| key(signer.as_ref(), alg)).to_vec(),
            published: 0,
            forms: Vec::new(),
        };
        let provider = Self { address, state: Arc::new(Mutex::new(state)), signer };
        let server = provider.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.answer(stream).await });
            }
        });
        provider
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its port on the loopback address.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An address of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Gives it a fault, or takes it away.
    pub fn fault(&self, fault: Option<Fault>) {
        self.with(|state| state.fault = fault);
    }

    /// The claims of its next ID tokens.
    pub fn claims(&self, claims: &Value) {
        let claims = claims.as_object().cloned().unwrap_or_default();
        self.with(|state| state.claims = claims);
    }

    /// What its userinfo endpoint says, and the list below it.
    pub fn userinfo(&self, userinfo: Value, emails: Value) {
        self.with(|state| (state.userinfo, state.emails) = (userinfo, emails));
    }

    /// What the authorization request held.
    pub fn expect(&self, nonce: &str, challenge: Option<&str>) {
        self.with(|state| (state.nonce, state.challenge) = (nonce.to_owned(), challenge.map(str::to_owned)));
    }

    /// It signs with another key from now on, and publishes that one alone.
    pub fn rotate(&self) {
        self.with(|state| state.published = 1 - state.published);
    }

    /// The forms it was sent.
    pub fn forms(&self) -> Vec<Vec<(String, String)>> {
        self.with(|state| state.forms.clone())
    }

    async fn answer(&self, mut stream: TcpStream) {
        let Some((path, head, body)) = read(&mut stream).await else { return };
        let fault = self.with(|state| state.fault);
        let hits = path == "/token" || path.starts_with("/userinfo");
        let text = match fault {
            Some(Fault::Silent) if hits => {
                // Until the other side has had enough.
                let _gone = stream.read(&mut [0; 1]).await;
                return;
            }
            Some(Fault::Huge) if hits => {
                let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
                while stream.write_all(&[b' '; 16_384]).await.is_ok() {}
                return;
            }
            Some(Fault::Redirects) if hits => {
                format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", self.url("/jwks"))
            }
            Some(Fault::Broken) if hits => {
                "HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
            }
            Some(Fault::Html) if hits => reply(200, "<html>"),
            _ => {
                let (status, body) = self.document(&path, &head, &body);
                reply(status, &body.to_string())
            }
        };
        let _gone = stream.write_all(text.as_bytes()).await;
    }

    fn document(&self, path: &str, head: &str, body: &str) -> (u16, Value) {
        match path {
            "/.well-known/openid-configuration" => (200, self.metadata()),
            "/jwks" => {
                let key = self.with(|state| state.keys[state.published].public.jwk.clone());
                (200, json!({"keys": [key]}))
            }
            "/token" => self.token(head, body),
            "/userinfo" | "/userinfo/emails" if !head.contains(&format!("Bearer {ACCESS_TOKEN}")) => {
                (401, json!({"error": "invalid_token"}))
            }
            "/userinfo/emails" => (200, self.with(|state| state.emails.clone())),
            "/userinfo" => {
                let mut userinfo = self.with(|state| state.userinfo.clone());
                if self.with(|state| state.fault) == Some(Fault::OtherUserinfo) {
                    userinfo["sub"] = "subject-2".into();
                }
                (200, userinfo)
            }
            _ => (404, json!({"error": "not_found"})),
        }
    }

    fn metadata(&self) -> Value {
        let other = self.with(|state| state.fault) == Some(Fault::OtherMetadata);
        let issuer = if other { "https://other.test".to_owned() } else { self.issuer() };
        json!({
            "issuer": issuer,
            "authorization_endpoint": self.url("/authorize"),
            "token_endpoint": self.url("/token"),
            "userinfo_endpoint": self.url("/userinfo"),
            "jwks_uri": self.url("/jwks"),
            "authorization_response_iss_parameter_supported": true,
        })
    }

    fn token(&self, head: &str, body: &str) -> (u16, Value) {
        let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let get = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let basic = STANDARD.encode(format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1)));
        let known = head.contains(&format!("Basic {basic}")) || get("client_id").as_deref() == Some(CLIENT.0);
        let proves = self.with(|state| state.challenge.clone()).is_none_or(|challenge| {
            get("code_verifier").is_some_and(|verifier| {
                URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
            })
        });
        let good = get("code").as_deref() == Some(CODE) && proves;
        self.with(|state| state.forms.push(form.clone()));
        if !known {
            return (401, json!({"error": "invalid_client"}));
        }
        if !good {
            return (400, json!({"error": "invalid_grant"}));
        }
        let id_token = self.id_token();
        (
            200,
            json!({"access_token": ACCESS_TOKEN, "token_type": "bearer", "expires_in": 60, "id_token": id_token}),
        )
    }

    fn id_token(&self) -> String {
        let now = Utc::now().timestamp();
        let (fault, mut claims, nonce) =
            self.with(|state| (state.fault, state.claims.clone(), state.nonce.clone()));
        let half = Sha256::digest(ACCESS_TOKEN.as_bytes());
        let hash = URL_SAFE_NO_PAD.encode(&half[..16]);
        for (name, value) in [
            ("iss", json!(self.issuer())),
            ("aud", json!(CLIENT.0)),
            ("nonce", json!(nonce)),
            ("iat", json!(now)),
            ("exp", json!(now + 300)),
            ("at_hash", json!(hash)),
        ] {
            claims.entry(name).or_insert(value);
        }
        let wrong = match fault {
            Some(Fault::WrongNonce) => Some(("nonce", json!("another"))),
            Some(Fault::WrongAudience) => Some(("aud", json!("another"))),
            Some(Fault::SeveralAudiences) => Some(("aud", json!([CLIENT.0, "another"]))),
            Some(Fault::WrongIssuer) => Some(("iss", json!("https://other.test"))),
            Some(Fault::Expired) => Some(("exp", json!(now - 3_600))),
            Some(Fault::Future) => Some(("iat", json!(now + 86_400))),
            Some(Fault::WrongHash) => Some(("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
            Some(Fault::EmptySubject) => Some(("sub", json!(""))),
            _ => None,
        };
        if let Some((name, value)) = wrong {
            claims.insert(name.to_owned(), value);
        }
        if fault == Some(Fault::NoSubject) {
            claims.remove("sub");
        }
        let claims = Value::Object(claims).to_string();
        if fault == Some(Fault::Unsigned) {
            let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
            return format!("{}.{}.", part(r#"{"alg":"none","typ":"JWT"}"#), part(&claims));
        }
        let key = self.with(|state| state.keys[state.published].clone());
        let key = if fault == Some(Fault::ForeignKey) { key_like(self.signer.as_ref(), &key) } else { key };
        self.signer.sign(realm(), &key, "JWT", claims.as_bytes()).expect("the key signs")
    }
}

fn key(signer: &dyn TokenSigner, alg: &str) -> SigningKey {
    let made = signer.generate(realm(), alg).expect("a key is made");
    SigningKey::create(made, Utc::now(), Utc::now()).value
}

/// Another key that pretends to be this one.
fn key_like(signer: &dyn TokenSigner, like: &SigningKey) -> SigningKey {
    key(signer, &like.public.alg)
}

fn reply(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

async fn read(stream: &mut TcpStream) -> Option<(String, String, String)> {
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase().strip_prefix("content-length: ").and_then(|n| n.parse::<usize>().ok())
        });
        if body.len() >= length.unwrap_or(0) {
            let target = head.split(' ').nth(1)?;
            let path = target.split('?').next()?.to_owned();
            return Some((path, head.to_owned(), body.to_owned()));
        }
    }
}
