//! Calls to providers: small JSON answers over the guarded client, with a breaker for each host, so that one that is
//! down costs its own sign-ins only, and not for long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use serde_json::{Map, Value};
use url::Url;
use vestibule_egress::{Authorization, Egress, Exchange};
use vestibule_federation::{AssertionSigner, ConnectorError};
use vestibule_oauth::{FetchError, JwksSource, TokenSigner};

use crate::discovery::Documents;

/// Failures in a row after which a host is left alone.
const FAILURES: u32 = 5;
/// For so long.
const REST: Duration = Duration::from_secs(20);

/// What connectors reach.
pub struct Upstream {
    egress: Arc<Egress>,
    /// Keys of providers.
    pub(crate) jwks: Arc<dyn JwksSource>,
    /// Verifies what they sign.
    pub(crate) verifier: Arc<dyn TokenSigner>,
    /// Signs assertions about us.
    pub(crate) assertions: Arc<dyn AssertionSigner>,
    /// Metadata documents.
    pub(crate) documents: Documents,
    failing: Cache<String, Arc<AtomicU32>>,
}

impl Upstream {
    /// Over these ports.
    pub fn new(
        egress: Arc<Egress>,
        jwks: Arc<dyn JwksSource>,
        verifier: Arc<dyn TokenSigner>,
        assertions: Arc<dyn AssertionSigner>,
    ) -> Arc<Self> {
        let failing = Cache::builder().max_capacity(1_000).time_to_live(REST).build();
        Arc::new(Self { egress, jwks, verifier, assertions, documents: Documents::new(), failing })
    }

    /// A GET with a bearer token, if there is one.
    pub(crate) async fn get(&self, uri: &str, bearer: Option<&str>) -> Result<Value, ConnectorError> {
        let authorization = bearer.map_or(Authorization::None, Authorization::Bearer);
        self.call(uri, &Exchange { form: None, authorization }).await
    }

    /// As [`Self::get`], for an answer that must be an object.
    pub(crate) async fn get_object(
        &self,
        uri: &str,
        bearer: Option<&str>,
    ) -> Result<Map<String, Value>, ConnectorError> {
        object(self.get(uri, bearer).await?)
    }

    /// A POST of a form.
    pub(crate) async fn post(
        &self,
        uri: &str,
        form: &[(&str, &str)],
        authorization: Authorization<'_>,
    ) -> Result<Map<String, Value>, ConnectorError> {
        object(self.call(uri, &Exchange { form: Some(form), authorization }).await?)
    }

    async fn call(&self, uri: &str, exchange: &Exchange<'_>) -> Result<Value, ConnectorError> {
        let host = Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let failures = self.failing.get(&host);
        if failures.is_some_and(|failures| failures.load(Ordering::Relaxed) >= FAILURES) {
            return Err(ConnectorError::Unavailable("it failed several times and is left alone".to_owned()));
        }
        let outcome = self.egress.exchange(uri, exchange).await.map_err(of_fetch).and_then(
            |(status, body)| match status {
                500.. | 429 => Err(ConnectorError::Unavailable(format!("status {status}"))),
                300..400 => Err(ConnectorError::Invalid("it redirects where it must not")),
                _ => match serde_json::from_slice::<Value>(&body) {
                    Ok(value) if (200..300).contains(&status) && value.get("error").is_none() => Ok(value),
                    Ok(_) => Err(ConnectorError::Invalid("it refused the request")),
                    Err(_) => Err(ConnectorError::Invalid("it does not speak JSON")),
                },
            },
        );
        match &outcome {
            Err(ConnectorError::Unavailable(_)) => {
                self.failing.get_with(host, Arc::default).fetch_add(1, Ordering::Relaxed);
            }
            _ => self.failing.invalidate(&host),
        }
        outcome
    }
}

/// A failed call in words of a connector.
pub(crate) fn of_fetch(error: FetchError) -> ConnectorError {
    match error {
        FetchError::Refused(why) => ConnectorError::Refused(why),
        FetchError::Failed(why) => ConnectorError::Unavailable(why),
    }
}

fn object(value: Value) -> Result<Map<String, Value>, ConnectorError> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(ConnectorError::Invalid("an answer is no object")),
    }
}
