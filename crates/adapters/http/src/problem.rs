//! The only error mapping of our own APIs: problem details (RFC 9457) with stable codes. One registry makes codes,
//! answers and documentation.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use vestibule_kernel::StoreError;

use crate::command::CommandLost;

/// One entry of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemCode {
    /// `VST-nnn`; never reused.
    pub code: &'static str,
    /// Status.
    pub status: u16,
    /// One short sentence, the same for each occurrence.
    pub title: &'static str,
    /// What to do.
    pub hint: &'static str,
}

macro_rules! registry {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $hint:literal;)*) => {
        /// Every problem there is.
        pub mod code {
            use super::ProblemCode;
            $(#[doc = $title] pub const $name: ProblemCode = ProblemCode { code: $code, status: $status, title: $title, hint: $hint };)*
            /// The whole registry.
            pub const ALL: &[&ProblemCode] = &[$(&$name),*];
        }
    };
}

registry! {
    INTERNAL = "VST-001", 500, "Something went wrong on our side", "Try again. If it keeps happening, report the request id.";
    UNAVAILABLE = "VST-002", 503, "The service is not available right now", "Try again after the time in Retry-After.";
    NOT_FOUND = "VST-003", 404, "There is nothing at this address", "Check the path and the ids in it.";
    NO_SUCH_REALM = "VST-004", 404, "There is no such realm", "Check the realm in the address.";
    TOO_SLOW = "VST-006", 408, "The request took too long", "Send it again, and its body without pauses.";
    METHOD_NOT_ALLOWED = "VST-005", 405, "This method is not supported here", "See the Allow header.";
    UNAUTHENTICATED = "VST-010", 401, "A valid access token is required", "Send Authorization: Bearer with a token whose audience is this API.";
    FORBIDDEN = "VST-011", 403, "The token lacks a scope", "Ask for the scope named in the detail; its holder must have it too.";
    CEILING = "VST-012", 403, "The change goes beyond your own rights", "Nobody grants, or takes over, more than they hold. Ask somebody who holds the scope named in the detail.";
    BODY_TOO_LARGE = "VST-020", 413, "The body is too large", "Send less.";
    UNSUPPORTED_MEDIA_TYPE = "VST-021", 415, "The body has an unsupported media type", "Send application/json.";
    MALFORMED_BODY = "VST-022", 400, "The body cannot be read", "Send well-formed JSON in UTF-8.";
    INVALID = "VST-023", 422, "A value is not acceptable", "See errors for each field.";
    INVALID_QUERY = "VST-024", 400, "A query parameter is not acceptable", "See the detail.";
    INVALID_HEADER = "VST-025", 400, "A header is not acceptable", "See the detail.";
    PRECONDITION_REQUIRED = "VST-030", 428, "If-Match is required", "Read the resource and send its ETag in If-Match.";
    STALE = "VST-031", 412, "The resource was changed meanwhile", "Read it again and repeat the change.";
    CONFLICT = "VST-032", 409, "The change conflicts with what exists", "See the detail.";
    IDEMPOTENCY_MISMATCH = "VST-033", 422, "The Idempotency-Key was used for another request", "Use a fresh key.";
    IDEMPOTENCY_RUNNING = "VST-034", 409, "The same request is still running", "Try again after the time in Retry-After.";
    RATE_LIMITED = "VST-040", 429, "Too many requests", "Wait for the time in Retry-After.";
    FLOW_GONE = "VST-050", 410, "This page has expired", "It was open for too long. Start again to go on.";
    FLOW_FOREIGN = "VST-051", 403, "This page was opened in another browser", "Go on where you began, or start again here.";
    FLOW_ACTION = "VST-052", 409, "The flow does not allow this now", "Read its state and take one of its actions.";
    CSRF = "VST-053", 403, "This form can't be used any more", "Open the page again and repeat what you did.";
    FLOW_UNKNOWN = "VST-054", 404, "This page doesn't exist any more", "Start again to go on.";
    SETUP_GONE = "VST-057", 410, "This set-up link is used up or has expired", "Make a new one on the server.";
    REALM_SUSPENDED = "VST-055", 403, "This service is switched off", "It may come back later.";
    NO_METHOD = "VST-056", 403, "Nobody can sign in here at the moment", "No way to sign in is switched on.";
    INVALID_FORM = "VST-026", 400, "This form cannot be read", "Open the page again and repeat what you did.";
    NO_CONNECTION = "VST-070", 404, "There is no such way to sign in", "It may have been switched off. Choose another one.";
    PROVIDER_EXPIRED = "VST-071", 410, "Signing in elsewhere took too long", "Each trip works once, for ten minutes. Start again.";
    PROVIDER_FOREIGN = "VST-072", 403, "This answer belongs to another browser", "Go on where you began, or start again here.";
    PROVIDER_DENIED = "VST-073", 403, "The provider did not let you in", "You may have cancelled there. Start again, or choose another way.";
    PROVIDER_UNAVAILABLE = "VST-074", 503, "The provider does not answer", "Try again in a few minutes, or choose another way.";
    PROVIDER_INVALID = "VST-075", 502, "The provider's answer could not be verified", "Nobody was signed in. Start again; if it keeps happening, report the request id.";
    PROVIDER_MISCONFIGURED = "VST-076", 503, "This way to sign in is not set up correctly", "Choose another way, and tell whoever runs this service.";
    PROVIDER_NO_ACCOUNT = "VST-077", 403, "There is no account for you here", "This way takes nobody new. Ask whoever runs this service.";
    PROVIDER_ACCOUNT_EXISTS = "VST-078", 409, "An account with this address exists", "Sign in to it as you used to, then connect the provider in your account.";
    PROVIDER_LINKED_ELSEWHERE = "VST-079", 409, "It is connected to another account", "Each account at a provider belongs to one account here, and each account here has one there.";
    PROVIDER_ADDRESS_UNPROVEN = "VST-080", 409, "Your address could not be proven", "Verify it at the provider, or choose another way.";
    PROVIDER_UNEXPECTED_ACCOUNT = "VST-082", 409, "This is another account than the application asked for", "Choose the account at the provider that belongs to the one you use here, or another way.";
    LAST_WAY_IN = "VST-081", 409, "It is the last way into the account", "Add a password, a passkey or a verified address first.";
    BUSY = "VST-060", 503, "Many people are signing in right now", "Wait a few seconds and try again. Nothing was counted against you.";
    SIGN_UP_CLOSED = "VST-061", 403, "New accounts can't be created here", "The realm's sign_up.mode is closed, or it takes invited people only.";
    LINK_GONE = "VST-062", 410, "This link doesn't work any more", "It was used, is too old, or a newer one was asked for. Start again to go on.";
    ACCOUNT_SIGNED_OUT = "VST-090", 401, "Nobody is signed in", "Send the browser to the account's pages to sign in, then try again.";
    ACCOUNT_PROOF = "VST-091", 403, "Prove again that it is you", "The last sign-in is too old for this. Send the browser to /account/prove, then try again.";
    ACCOUNT_SWITCHED_OFF = "VST-092", 409, "This is switched off here", "The realm does not use it.";
    LAST_FACTOR = "VST-093", 409, "It is the last second step", "This realm asks for one. Add another one before you remove it.";
    ACCOUNT_LEAVING = "VST-094", 403, "The account is going to be deleted", "It can be kept: DELETE account/v1/deletion, or the account's page.";
    METHOD_UNUSABLE = "VST-063", 409, "This way of signing in can't be used now", "Choose another one.";
}

/// One field that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// JSON pointer.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

/// An answer in `application/problem+json`.
#[derive(Debug, Clone)]
pub struct Problem {
    code: &'static ProblemCode,
    detail: Option<String>,
    errors: Vec<FieldProblem>,
    retry_after_seconds: Option<u64>,
    request_id: Option<String>,
    instance: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    code: &'a str,
    hint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldProblem],
}

impl Problem {
    /// A problem without detail.
    pub fn new(code: &'static ProblemCode) -> Self {
        let retry_after_seconds = (code.status == 503).then_some(1);
        Self { code, detail: None, errors: Vec::new(), retry_after_seconds, request_id: None, instance: None }
    }

    /// Says what is wrong this time; never an internal cause.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Names a field.
    #[must_use]
    pub fn field(mut self, pointer: impl ToString, detail: impl ToString) -> Self {
        self.errors.push(FieldProblem { pointer: pointer.to_string(), detail: detail.to_string() });
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Names the request, so that its log lines can be found.
    #[must_use]
    pub fn request_id(mut self, id: &str) -> Self {
        self.request_id = Some(id.to_owned());
        self
    }

    /// Names the address that was asked, without its query (RFC 9457 §3.1.5).
    #[must_use]
    pub fn instance(mut self, path: &str) -> Self {
        self.instance = Some(path.to_owned());
        self
    }

    /// The registry entry.
    pub fn code(&self) -> &'static ProblemCode {
        self.code
    }

    /// The detail, for a page that shows it.
    pub fn detail_text(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Seconds until it makes sense to come back.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.code, self.code.title)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.code.code == code::ACCOUNT_SIGNED_OUT.code {
            answer.insert_header((header::WWW_AUTHENTICATE, "Session realm=\"account\""));
        } else if self.code.status == 401 {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
        }
        if self.code.status == 403 && self.code.code == code::FORBIDDEN.code {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\""));
        }
        let body = Body {
            kind: format!("/docs/errors/{}", self.code.code),
            title: self.code.title,
            status: self.code.status,
            detail: self.detail.as_deref(),
            instance: self.instance.as_deref(),
            code: self.code.code,
            hint: self.code.hint,
            request_id: self.request_id.as_deref(),
            errors: &self.errors,
        };
        answer.content_type("application/problem+json").json(body)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => {
                tracing::warn!(cause, "the store is unavailable");
                Self::new(&code::UNAVAILABLE)
            }
            StoreError::Stale => Self::new(&code::STALE),
            StoreError::Conflict(constraint) => {
                Self::new(&code::CONFLICT).detail(format!("taken: {constraint}"))
            }
            StoreError::NotFound(_) => Self::new(&code::NOT_FOUND),
            StoreError::Corrupt(cause) => {
                tracing::error!(cause, "stored data is damaged");
                Self::new(&code::INTERNAL)
            }
        }
    }
}

impl From<CommandLost> for Problem {
    fn from(_: CommandLost) -> Self {
        Self::new(&code::INTERNAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique() {
        let mut seen = std::collections::BTreeSet::new();
        assert!(code::ALL.iter().all(|entry| seen.insert(entry.code)));
    }
}
