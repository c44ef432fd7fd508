//! Metadata of OpenID providers ([Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html)), kept for
//! an hour. The document must be that of the issuer that was asked for, or of one its connector accepts for it.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use serde::Deserialize;
use vestibule_federation::{Connection, ConnectorError, connection::is_address};

use crate::upstream::Upstream;

const KEPT: Duration = Duration::from_secs(3_600);

/// What is needed of a document.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    #[serde(default)]
    pub(crate) userinfo_endpoint: Option<String>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// Documents by issuer.
pub(crate) struct Documents(Cache<String, Arc<Metadata>>);

impl Documents {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(1_000).time_to_live(KEPT).build())
    }
}

impl Metadata {
    /// The metadata of a connection: as discovered, with what the connection sets by itself over it.
    pub(crate) async fn of(
        upstream: &Upstream,
        connection: &Connection,
        issuer: &str,
        accepts: impl Fn(&str) -> bool,
    ) -> Result<Self, ConnectorError> {
        let own = &connection.settings.endpoints;
        let all = (&own.authorization_endpoint, &own.token_endpoint, &own.jwks_uri);
        if let (Some(authorization), Some(token), Some(jwks)) = all {
            return Ok(Self {
                issuer: issuer.to_owned(),
                authorization_endpoint: authorization.clone(),
                token_endpoint: token.clone(),
                jwks_uri: jwks.clone(),
                userinfo_endpoint: own.userinfo_endpoint.clone(),
                authorization_response_iss_parameter_supported: false,
            });
        }
        let found = discovered(upstream, issuer).await?;
        if !accepts(&found.issuer) {
            return Err(ConnectorError::Mismatch("the metadata is that of another issuer"));
        }
        let or = |own: &Option<String>, found: &String| own.clone().unwrap_or_else(|| found.clone());
        Ok(Self {
            authorization_endpoint: or(&own.authorization_endpoint, &found.authorization_endpoint),
            token_endpoint: or(&own.token_endpoint, &found.token_endpoint),
            jwks_uri: or(&own.jwks_uri, &found.jwks_uri),
            userinfo_endpoint: own.userinfo_endpoint.clone().or_else(|| found.userinfo_endpoint.clone()),
            ..Self::clone(&found)
        })
    }
}

async fn discovered(upstream: &Upstream, issuer: &str) -> Result<Arc<Metadata>, ConnectorError> {
    if let Some(kept) = upstream.documents.0.get(issuer) {
        return Ok(kept);
    }
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let document = upstream.get(&address, None).await?;
    let metadata: Metadata = serde_json::from_value(document)
        .map_err(|_cause: serde_json::Error| ConnectorError::Invalid("its metadata is not complete"))?;
    let addresses = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
    if !addresses.into_iter().chain(metadata.userinfo_endpoint.as_ref()).all(|address| is_address(address)) {
        return Err(ConnectorError::Invalid("its metadata holds something that is no web address"));
    }
    let metadata = Arc::new(metadata);
    upstream.documents.0.insert(issuer.to_owned(), Arc::clone(&metadata));
    Ok(metadata)
}
