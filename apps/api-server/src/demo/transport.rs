//! How the demo application calls the issuer: through the same guarded client as everything that leaves this process.

use std::sync::Arc;

use vestibule_egress::{Authorization, Egress, Exchange};

use super::oidc::Registration;

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Calls public endpoints.
pub(crate) struct Transport(Arc<Egress>);

impl Transport {
    pub(crate) fn new(egress: Arc<Egress>) -> Self {
        Self(egress)
    }

    /// A GET, with a bearer token if there is one.
    pub(crate) async fn get(&self, url: &str, bearer: Option<&str>) -> Result<Answer, String> {
        let authorization = bearer.map_or(Authorization::None, Authorization::Bearer);
        self.send(url, Exchange { form: None, authorization }).await
    }

    /// A form, authenticated as the client is registered.
    pub(crate) async fn post(
        &self,
        url: &str,
        client: &Registration,
        form: &[(&str, &str)],
    ) -> Result<Answer, String> {
        let mut form = form.to_vec();
        let authorization = match &client.secret {
            Some(secret) => Authorization::Basic(client.client_id, secret.expose()),
            None => {
                form.push(("client_id", client.client_id));
                Authorization::None
            }
        };
        self.send(url, Exchange { form: Some(&form), authorization }).await
    }

    async fn send(&self, url: &str, exchange: Exchange<'_>) -> Result<Answer, String> {
        let (status, body) = self.0.exchange(url, &exchange).await.map_err(|error| error.to_string())?;
        Ok(Answer { status, body })
    }
}
