//! One request and its whole answer, whatever its status: what a protocol client needs. The same guard, limits and
//! deadline as for everything else that goes out.

use vestibule_oauth::FetchError;

use crate::client::{Call, Egress, read_bounded};

/// How a request authenticates.
#[derive(Clone, Copy)]
pub enum Authorization<'a> {
    /// Not at all.
    None,
    /// A bearer token ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    Bearer(&'a str),
    /// Client id and secret ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
    Basic(&'a str, &'a str),
}

/// A request: a GET, or a POST of a form.
#[derive(Clone, Copy)]
pub struct Exchange<'a> {
    /// The form of a POST; none: a GET.
    pub form: Option<&'a [(&'a str, &'a str)]>,
    /// How it authenticates.
    pub authorization: Authorization<'a>,
}

/// A POST of a document whose bytes are given: what a signature covers must be what is sent.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// The form of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: &'a [u8],
    /// Further header fields. One with a value that no field can have makes the request fail.
    pub headers: &'a [(&'static str, &'a str)],
    /// How it authenticates.
    pub authorization: Authorization<'a>,
}

impl Egress {
    /// Posts a document and gives back status and body, bounded as every answer is.
    ///
    /// # Errors
    /// As [`Self::exchange`].
    pub async fn post(&self, uri: &str, post: &Post<'_>) -> Result<(u16, Vec<u8>), FetchError> {
        self.within_deadline(uri, Call::Post(post), async |response| {
            let status = response.status().as_u16();
            Ok((status, read_bounded(response).await?))
        })
        .await
    }

    /// Sends a request and gives back status and body, bounded as every answer is.
    ///
    /// # Errors
    /// [`FetchError::Refused`] when the rules forbid the address, [`FetchError::Failed`] when no answer came.
    pub async fn exchange(&self, uri: &str, exchange: &Exchange<'_>) -> Result<(u16, Vec<u8>), FetchError> {
        self.within_deadline(uri, Call::Exchange(exchange), async |response| {
            let status = response.status().as_u16();
            Ok((status, read_bounded(response).await?))
        })
        .await
    }
}
