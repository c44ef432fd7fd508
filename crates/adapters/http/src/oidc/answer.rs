//! The dialect of the protocol endpoints: JSON that is never stored, errors by RFC 6749 §5.2.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;
use serde_json::{Value, json};
use vestibule_kernel::StoreError;
use vestibule_oauth::{ErrorCode, OAuthError};
use vestibule_usecases::oauth::ProtocolFailure;

use crate::command::CommandLost;

/// A JSON answer with a status.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(body)
}

fn error_body(error: &str, description: &str) -> Value {
    json!({"error": error, "error_description": description})
}

/// The answer to a refused or failed protocol request.
pub(super) fn failure(failure: &ProtocolFailure) -> HttpResponse {
    match failure {
        ProtocolFailure::Refused(error) => refused(*error, error.description()),
        ProtocolFailure::Metadata { error, detail } => refused(*error, &clean(detail)),
        ProtocolFailure::RateLimited { retry_after_seconds } => {
            busy(StatusCode::TOO_MANY_REQUESTS, "Too many requests.", *retry_after_seconds)
        }
        ProtocolFailure::Signing(error) => {
            tracing::error!(%error, "a token could not be signed");
            internal()
        }
        ProtocolFailure::Store(error) => store(error),
    }
}

/// The answer when the store failed: temporary faults say when to come back.
pub(super) fn store(error: &StoreError) -> HttpResponse {
    match error {
        StoreError::Unavailable(cause) => {
            tracing::warn!(cause, "the store is unavailable");
            busy(StatusCode::SERVICE_UNAVAILABLE, "The service is not available right now.", 1)
        }
        StoreError::Stale | StoreError::Conflict(_) => {
            busy(StatusCode::SERVICE_UNAVAILABLE, "The request met another one; try again.", 1)
        }
        StoreError::NotFound(_) | StoreError::Corrupt(_) => {
            tracing::error!(%error, "stored data is damaged");
            internal()
        }
    }
}

/// The answer when a command was lost.
pub(super) fn lost(_: CommandLost) -> HttpResponse {
    internal()
}

fn internal() -> HttpResponse {
    json(StatusCode::INTERNAL_SERVER_ERROR, &error_body("server_error", "Something went wrong on our side."))
}

fn busy(status: StatusCode, description: &str, seconds: u64) -> HttpResponse {
    let mut answer = json(status, &error_body("temporarily_unavailable", description));
    answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    answer
}

/// The answer to a refusal.
pub(super) fn refused(error: OAuthError, description: &str) -> HttpResponse {
    let code = error.code();
    let status = status(error);
    let mut answer = json(status, &error_body(code.as_str(), description));
    let challenge = match code {
        // A 401 names the scheme (RFC 9110 §15.5.2, RFC 6749 §5.2).
        ErrorCode::InvalidClient => Some("Basic realm=\"client\", charset=\"UTF-8\"".to_owned()),
        ErrorCode::InvalidToken | ErrorCode::InsufficientScope => Some(bearer_challenge(error)),
        _ => None,
    };
    if let Some(value) = challenge.and_then(|text| header::HeaderValue::from_str(&text).ok()) {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    answer
}

/// The challenge of a protected resource ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
pub(super) fn bearer_challenge(error: OAuthError) -> String {
    let scope =
        if error.code() == ErrorCode::InsufficientScope { ", scope=\"openid\"" } else { Default::default() };
    format!(
        "Bearer error=\"{}\", error_description=\"{}\"{scope}",
        error.code().as_str(),
        error.description()
    )
}

fn status(error: OAuthError) -> StatusCode {
    match error {
        // A realm that takes no registrations has no such endpoint.
        OAuthError::RegistrationClosed => StatusCode::NOT_FOUND,
        OAuthError::RegistrationQuota | OAuthError::RealmSuspended => StatusCode::FORBIDDEN,
        _ => match error.code() {
            ErrorCode::InvalidClient | ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
            ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        },
    }
}

/// A description within the character set of RFC 6749 §5.2.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => '?',
        })
        .take(1_000)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_the_status_their_specification_gives_them() {
        for (error, expected) in [
            (OAuthError::CredentialsWrong, 401),
            (OAuthError::TokenInvalid, 401),
            (OAuthError::OpenidMissing, 403),
            (OAuthError::CodeUnknown, 400),
            (OAuthError::RegistrationClosed, 404),
        ] {
            let answer = refused(error, error.description());
            assert_eq!(answer.status().as_u16(), expected, "{error}");
            assert_eq!(
                answer.headers().contains_key(header::WWW_AUTHENTICATE),
                expected == 401 || expected == 403
            );
            assert_eq!(answer.headers().get(header::CACHE_CONTROL).unwrap(), "no-store");
        }
    }

    #[test]
    fn descriptions_stay_within_the_grammar() {
        assert_eq!(clean("a \"b\"\n\u{e9}"), "a 'b'??");
    }
}
