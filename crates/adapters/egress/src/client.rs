//! The guarded client.

use std::{
    error::Error,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_trait::async_trait;
use reqwest::{Certificate, Client, RequestBuilder, Response, header, redirect::Policy};
use tokio::{sync::Semaphore, time::timeout};
use url::Url;
use vestibule_oauth::{FetchError, LogoutSender};

use crate::{
    address::is_public,
    exchange::{Authorization, Exchange, Post},
    guard::{Guard, Rules},
    resolver::{PrivateAnswer, PublicOnly},
};

/// Largest body that is read.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Requests at the same time; further ones wait within their deadline.
const MAX_IN_FLIGHT: usize = 64;

/// A host and port excepted from the rules: http and private addresses are allowed for exactly this pair.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AllowedTarget {
    /// The host as it stands in a URL; IPv6 addresses with or without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl AllowedTarget {
    /// In the spelling of a parsed URL.
    pub(crate) fn normalized(&self) -> Self {
        let bracketed = if self.host.contains(':') && !self.host.starts_with('[') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let host = url::Host::parse(&bracketed).map_or(bracketed, |host| host.to_string());
        Self { host, port: self.port }
    }
}

/// How the outside may be reached.
#[derive(Debug, Clone)]
pub struct EgressConfig {
    /// Exceptions by name.
    pub allow: Vec<AllowedTarget>,
    /// Ports beside 443.
    pub ports: Vec<u16>,
    /// Further certificate authorities: contents of PEM files.
    pub extra_root_certificates: Vec<Vec<u8>>,
    /// A whole call may take so long: name, connection, TLS, answer.
    pub deadline: Duration,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            ports: Vec::new(),
            extra_root_certificates: Vec::new(),
            deadline: Duration::from_secs(5),
        }
    }
}

/// Why the client could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressConfigError {
    /// An extra authority is no PEM certificate.
    #[error("an extra root certificate is not a PEM certificate")]
    Certificate,
}

/// The guarded client: cheap to share, one per process.
pub struct Egress {
    guard: Guard,
    roots: Vec<Certificate>,
    deadline: Duration,
    permits: Semaphore,
    // Made at first use: reading the system's authorities takes longer than the rest of the start.
    public: OnceLock<Option<Client>>,
    excepted: OnceLock<Option<Client>>,
}

/// What is sent.
pub(crate) enum Call<'a> {
    Exchange(&'a Exchange<'a>),
    Post(&'a Post<'a>),
    Get { accept: &'static str },
    PostForm(&'a [(&'a str, &'a str)]),
}

impl Egress {
    /// Checks the configuration; connects to nothing.
    ///
    /// # Errors
    /// An extra authority that cannot be read.
    pub fn new(config: &EgressConfig) -> Result<Arc<Self>, EgressConfigError> {
        let mut roots = Vec::new();
        for pem in &config.extra_root_certificates {
            let found = Certificate::from_pem_bundle(pem)
                .map_err(|_cause: reqwest::Error| EgressConfigError::Certificate)?;
            if found.is_empty() {
                return Err(EgressConfigError::Certificate);
            }
            roots.extend(found);
        }
        Ok(Arc::new(Self {
            guard: Guard::new(config),
            roots,
            deadline: config.deadline,
            permits: Semaphore::new(MAX_IN_FLIGHT),
            public: OnceLock::new(),
            excepted: OnceLock::new(),
        }))
    }

    /// The addresses at which a realm's own mail server may be spoken to: checked here, and to be connected to as they are,
    /// so that a second answer for the name cannot lead elsewhere. Whoever connects does so with TLS and checks the
    /// certificate for the name.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn mail_server(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, FetchError> {
        let rules = self.guard.admit_mail(host, port)?;
        let found = timeout(self.deadline, tokio::net::lookup_host((host, port))).await;
        let found: Vec<SocketAddr> = match found {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(error)) => return Err(FetchError::Failed(format!("the name does not resolve: {error}"))),
            Err(_elapsed) => return Err(FetchError::Failed("no answer in time".to_owned())),
        };
        if rules == Rules::Public && !found.iter().all(|address| is_public(address.ip())) {
            return Err(FetchError::Refused("the address is not public"));
        }
        if found.is_empty() {
            return Err(FetchError::Failed("the name has no address".to_owned()));
        }
        Ok(found)
    }

    /// Gets a small document; anything but 200 is a failure.
    ///
    /// # Errors
    /// [`FetchError::Refused`] when the rules forbid the address, [`FetchError::Failed`] for everything else.
    pub async fn get(&self, uri: &str, accept: &'static str) -> Result<Vec<u8>, FetchError> {
        self.within_deadline(uri, Call::Get { accept }, async |response| {
            if response.status() != reqwest::StatusCode::OK {
                return Err(FetchError::Failed(format!("status {}", response.status().as_u16())));
            }
            read_bounded(response).await
        })
        .await
    }

    /// Posts a form; any 2xx is success and the body is not read.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post_form(&self, uri: &str, form: &[(&str, &str)]) -> Result<(), FetchError> {
        self.within_deadline(uri, Call::PostForm(form), async |response| {
            if response.status().is_success() {
                Ok(())
            } else {
                Err(FetchError::Failed(format!("status {}", response.status().as_u16())))
            }
        })
        .await
    }

    pub(crate) async fn within_deadline<T>(
        &self,
        uri: &str,
        call: Call<'_>,
        read: impl AsyncFnOnce(Response) -> Result<T, FetchError>,
    ) -> Result<T, FetchError> {
        let (url, rules) = self.guard.admit(uri)?;
        let work = async {
            let _permit = self.permits.acquire().await;
            let response = self.request(url, rules, &call)?.send().await.map_err(|error| outcome(&error))?;
            read(response).await
        };
        // The cause stays in our log: whoever registered the address learns nothing about our network.
        let result = timeout(self.deadline, work)
            .await
            .unwrap_or_else(|_elapsed| Err(FetchError::Failed("no answer in time".to_owned())));
        if let Err(error) = &result {
            tracing::debug!(%error, "an outgoing request failed");
        }
        result
    }

    fn request(&self, url: Url, rules: Rules, call: &Call<'_>) -> Result<RequestBuilder, FetchError> {
        let slot = match rules {
            Rules::Public => &self.public,
            Rules::Excepted => &self.excepted,
        };
        let client = slot
            .get_or_init(|| self.build(rules))
            .as_ref()
            .ok_or_else(|| FetchError::Failed("outgoing TLS is not available".to_owned()))?;
        Ok(match call {
            Call::Get { accept } => client.get(url).header(header::ACCEPT, *accept),
            Call::PostForm(form) => client.post(url).form(form),
            Call::Exchange(exchange) => {
                let request = match exchange.form {
                    Some(form) => client.post(url).form(form),
                    None => client.get(url),
                };
                authenticated(request, exchange.authorization)
            }
            Call::Post(post) => {
                let request = client.post(url).header(header::CONTENT_TYPE, post.content_type);
                let request =
                    post.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                authenticated(request, post.authorization).body(post.body.to_vec())
            }
        })
    }

    fn build(&self, rules: Rules) -> Option<Client> {
        let with = |certificates: &dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder| {
            let builder = Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .referer(false)
                .retry(reqwest::retry::never())
                .timeout(self.deadline)
                .pool_max_idle_per_host(2)
                .pool_idle_timeout(Duration::from_secs(30))
                .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")));
            let builder = match rules {
                Rules::Public => builder.https_only(true).dns_resolver(PublicOnly),
                Rules::Excepted => builder,
            };
            certificates(builder).build()
        };
        let merged = with(&|builder| builder.tls_certs_merge(self.roots.clone()));
        // A machine without any certificate authority still serves what is configured.
        merged
            .or_else(|error| {
                tracing::warn!(%error, "the system's certificate authorities could not be read");
                with(&|builder| builder.tls_certs_only(self.roots.clone()))
            })
            .inspect_err(|error| tracing::error!(%error, "outgoing requests are not possible"))
            .ok()
    }
}

fn authenticated(request: RequestBuilder, authorization: Authorization<'_>) -> RequestBuilder {
    let request = request.header(header::ACCEPT, "application/json");
    match authorization {
        Authorization::None => request,
        Authorization::Bearer(token) => request.bearer_auth(token),
        Authorization::Basic(id, secret) => request.basic_auth(encoded(id), Some(encoded(secret))),
    }
}

/// Identifier and secret are form-encoded before they are joined (RFC 6749 §2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// One of few words, whatever went wrong.
fn outcome(error: &reqwest::Error) -> FetchError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<PrivateAnswer>() {
            return FetchError::Refused("the address is not public");
        }
        cause = current.source();
    }
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "no proper answer"
    };
    FetchError::Failed(what.to_owned())
}

pub(crate) async fn read_bounded(mut response: Response) -> Result<Vec<u8>, FetchError> {
    let too_large = || FetchError::Failed("the answer is too large".to_owned());
    let announced = response.content_length().unwrap_or_default();
    if usize::try_from(announced).map_or(true, |announced| announced > MAX_BODY_BYTES) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| outcome(&error))? {
        if body.len().saturating_add(chunk.len()) > MAX_BODY_BYTES {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[async_trait]
impl LogoutSender for Egress {
    async fn send_logout(&self, uri: &str, logout_token: &str) -> Result<(), FetchError> {
        self.post_form(uri, &[("logout_token", logout_token)]).await
    }
}
