//! A plain OAuth 2 client: the provider's API says who the access token was given for. There is no signature and no
//! nonce; what binds the answer to us is the code, which only we can trade (secret and PKCE), at an address that the
//! connection fixes.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use vestibule_federation::{
    ActiveConnection, AuthorizationDetails, ConnectionError, ConnectionSettings, Connector, ConnectorError,
    ExchangeDetails, Preset, Subject, UpstreamIdentity,
};

use crate::{token, upstream::Upstream, url::authorization};

/// Addresses of a provider that connections need not name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Addresses {
    pub(crate) authorization: Option<&'static str>,
    pub(crate) token: Option<&'static str>,
    pub(crate) userinfo: Option<&'static str>,
}

/// More claims, from a further call.
#[async_trait]
pub(crate) trait Extra: Send + Sync {
    /// Adds to the claims of the userinfo address.
    async fn add(
        &self,
        upstream: &Upstream,
        userinfo: &str,
        token: &str,
        claims: &mut Map<String, Value>,
    ) -> Result<(), ConnectorError>;
}

/// Nothing more.
pub(crate) struct NoExtra;

#[async_trait]
impl Extra for NoExtra {
    async fn add(
        &self,
        _upstream: &Upstream,
        _userinfo: &str,
        _token: &str,
        _claims: &mut Map<String, Value>,
    ) -> Result<(), ConnectorError> {
        Ok(())
    }
}

/// A client of one provider.
pub(crate) struct OAuth2Connector<E> {
    pub(crate) preset: Preset,
    pub(crate) addresses: Addresses,
    /// The claim that is the subject; a connection may name another.
    pub(crate) subject: &'static str,
    pub(crate) extra: E,
    pub(crate) upstream: Arc<Upstream>,
}

fn address(
    own: Option<&String>,
    preset: Option<&'static str>,
    what: &'static str,
) -> Result<String, ConnectorError> {
    own.cloned().or_else(|| preset.map(str::to_owned)).ok_or(ConnectorError::Incomplete(what))
}

/// A subject is a text or a whole number; never anything else that prints.
fn subject(value: Option<&Value>) -> Result<Subject, ConnectorError> {
    let text = match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) if number.is_u64() => Some(number.to_string()),
        _ => None,
    };
    text.and_then(|text| Subject::parse(&text))
        .ok_or(ConnectorError::Invalid("the subject is empty or malformed"))
}

#[async_trait]
impl<E: Extra> Connector for OAuth2Connector<E> {
    fn preset(&self) -> &Preset {
        &self.preset
    }

    fn check(&self, settings: &ConnectionSettings) -> Result<(), ConnectionError> {
        let own = &settings.endpoints;
        for (field, set, preset) in [
            ("endpoints/authorization_endpoint", &own.authorization_endpoint, self.addresses.authorization),
            ("endpoints/token_endpoint", &own.token_endpoint, self.addresses.token),
            ("endpoints/userinfo_endpoint", &own.userinfo_endpoint, self.addresses.userinfo),
        ] {
            if set.is_none() && preset.is_none() {
                return Err(ConnectionError { field, reason: "this provider needs the address" });
            }
        }
        Ok(())
    }

    async fn authorization_url(
        &self,
        connection: ActiveConnection<'_>,
        details: AuthorizationDetails<'_>,
    ) -> Result<String, ConnectorError> {
        let settings = &connection.get().settings;
        let own = settings.endpoints.authorization_endpoint.as_ref();
        let endpoint = address(own, self.addresses.authorization, "the authorization endpoint")?;
        authorization(&endpoint, &self.preset, settings, details, false)
    }

    async fn exchange(
        &self,
        connection: ActiveConnection<'_>,
        details: ExchangeDetails<'_>,
    ) -> Result<UpstreamIdentity, ConnectorError> {
        let settings = &connection.get().settings;
        let own = &settings.endpoints;
        let is_issuer = |iss: &str| own.issuer.as_deref().is_none_or(|issuer| issuer == iss);
        let code = token::code(details.answer, is_issuer, false)?;
        let endpoint = address(own.token_endpoint.as_ref(), self.addresses.token, "the token endpoint")?;
        let userinfo =
            address(own.userinfo_endpoint.as_ref(), self.addresses.userinfo, "the userinfo address")?;
        let pair = (code, details.secret.map(vestibule_kernel::Secret::expose));
        let answer = token::request(&self.upstream, &endpoint, &self.preset, settings, details, pair).await?;
        let access_token =
            token::access_token(&answer).ok_or(ConnectorError::Invalid("there is no access token"))?;
        let mut claims = self.upstream.get_object(&userinfo, Some(access_token)).await?;
        self.extra.add(&self.upstream, &userinfo, access_token, &mut claims).await?;
        let name = settings.parameters.get("subject_claim").map_or(self.subject, String::as_str);
        let subject = subject(claims.get(name))?;
        Ok(UpstreamIdentity::of(subject, &claims, &self.preset.mapping(settings)))
    }
}
