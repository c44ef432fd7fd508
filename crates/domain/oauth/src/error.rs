//! Every way the protocol says no: a closed list, each with the error code of its specification, a stable cause for
//! machines and one sentence for developers. Holds no value of the request.

/// The error codes of RFC 6749, RFC 6750, RFC 7591, RFC 8707, RFC 9470 and OpenID Connect Core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the specifications")]
pub enum ErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidGrant,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
    UnsupportedResponseType,
    AccessDenied,
    LoginRequired,
    ConsentRequired,
    InteractionRequired,
    AccountSelectionRequired,
    RequestNotSupported,
    RequestUriNotSupported,
    InvalidTarget,
    UnmetAuthenticationRequirements,
    InvalidRedirectUri,
    InvalidClientMetadata,
    InvalidToken,
    InsufficientScope,
}

impl ErrorCode {
    /// The value of the `error` parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::InteractionRequired => "interaction_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::InvalidTarget => "invalid_target",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        }
    }
}

macro_rules! causes {
    ($($name:ident = $code:ident, $word:literal, $sentence:literal;)*) => {
        /// Why a request was refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OAuthError {
            $(#[doc = $sentence] $name,)*
        }

        impl OAuthError {
            /// Every cause, for the reference.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code its specification gives it.
            pub const fn code(self) -> ErrorCode {
                match self { $(Self::$name => ErrorCode::$code,)* }
            }

            /// The stable word for machines: logs, events, error pages.
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// One sentence for developers: the `error_description`.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

causes! {
    // Parameters in general.
    ParametersMalformed = InvalidRequest, "parameters_malformed", "The parameters are not valid form encoding in UTF-8, or there are too many of them.";
    ParameterRepeated = InvalidRequest, "parameter_repeated", "A parameter appears more than once.";
    ParameterTooLong = InvalidRequest, "parameter_too_long", "A parameter is too long.";
    MediaType = InvalidRequest, "media_type", "The body must be application/x-www-form-urlencoded.";

    // Before the redirect address is proven: shown as a page.
    ClientIdMissing = InvalidRequest, "client_id_missing", "The parameter client_id is missing or malformed.";
    ClientUnknown = InvalidClient, "client_unknown", "There is no such client in this realm.";
    ClientDisabled = UnauthorizedClient, "client_disabled", "This client is disabled.";
    RedirectUriMissing = InvalidRequest, "redirect_uri_missing", "The parameter redirect_uri is missing and the client has not exactly one registered address.";
    RedirectUriUnknown = InvalidRequest, "redirect_uri_not_registered", "The redirect_uri is not one of the addresses registered for this client.";
    RequestUriUnknown = InvalidRequest, "request_uri_invalid", "The request_uri is unknown, expired, or of another client.";
    RequestUsed = InvalidRequest, "request_used", "This authorization request was answered already.";
    RequestExpired = InvalidRequest, "request_expired", "This authorization request has expired.";

    // Authorization request, in the order of the checks.
    ResponseModeUnsupported = InvalidRequest, "response_mode_unsupported", "The response_mode is not supported.";
    RequestObjectUnsupported = RequestNotSupported, "request_object_unsupported", "Request objects are not supported.";
    RequestUriUnsupported = RequestUriNotSupported, "request_uri_unsupported", "Only a request_uri from the pushed authorization request endpoint is supported.";
    RequestUriInPush = InvalidRequest, "request_uri_in_push", "A pushed request must not contain request_uri.";
    PushRequired = InvalidRequest, "pushed_request_required", "This client must push its authorization requests.";
    ResponseTypeMissing = InvalidRequest, "response_type_missing", "The parameter response_type is missing.";
    ResponseTypeUnsupported = UnsupportedResponseType, "response_type_unsupported", "Only response_type code is supported.";
    CodeNotAllowed = UnauthorizedClient, "authorization_code_not_allowed", "The client may not use the authorization code grant.";
    ScopeMissing = InvalidScope, "scope_missing", "The parameter scope is missing.";
    ScopeMalformed = InvalidScope, "scope_malformed", "The parameter scope is malformed.";
    ScopeNotAllowed = InvalidScope, "scope_not_allowed", "The client may not ask for this scope.";
    ScopeWidened = InvalidScope, "scope_widened", "The scope exceeds what was granted.";
    ChallengeMissing = InvalidRequest, "code_challenge_missing", "The parameter code_challenge is required (PKCE).";
    ChallengeMethod = InvalidRequest, "code_challenge_method", "The code_challenge_method must be S256.";
    ChallengeMalformed = InvalidRequest, "code_challenge_malformed", "The code_challenge must be 43 characters of base64url.";
    PromptUnsupported = InvalidRequest, "prompt_unsupported", "A value of prompt is not supported.";
    PromptNoneCombined = InvalidRequest, "prompt_none_combined", "The value none of prompt must stand alone.";
    MaxAgeMalformed = InvalidRequest, "max_age_malformed", "The parameter max_age must be a number of seconds.";
    ClaimsMalformed = InvalidRequest, "claims_malformed", "The parameter claims must be a JSON object of the shape OpenID Connect Core section 5.5 gives.";
    HintInvalid = InvalidRequest, "id_token_hint_invalid", "The id_token_hint is not an ID token of this issuer for this client.";
    SubjectContradiction = InvalidRequest, "subject_contradiction", "The id_token_hint and the claims parameter name different subjects.";
    ResourceMalformed = InvalidTarget, "resource_malformed", "A resource must be an absolute address without fragment.";
    ResourceNotAllowed = InvalidTarget, "resource_not_allowed", "The client may not ask for tokens for this resource.";
    ResourcesCombined = InvalidTarget, "resources_combined", "A token for an admin API cannot be meant for other resources as well.";

    // Decisions about the person.
    NotSignedIn = LoginRequired, "not_signed_in", "The person is not signed in, or must sign in again.";
    OtherSubject = LoginRequired, "other_subject", "Somebody else is signed in than the client expects.";
    ConsentMissing = ConsentRequired, "consent_missing", "The person has not agreed to what the client asks for.";
    ChoiceMissing = AccountSelectionRequired, "choice_missing", "The person must choose an account.";
    PageNeeded = InteractionRequired, "page_needed", "The request cannot be answered without showing a page.";
    AcrUnmet = UnmetAuthenticationRequirements, "acr_unmet", "The authentication context that was asked for cannot be reached.";
    Denied = AccessDenied, "denied", "The person refused the request.";
    AccountInactive = AccessDenied, "account_inactive", "The account may not be used.";
    RealmSuspended = AccessDenied, "realm_suspended", "The realm is suspended.";

    // Client authentication.
    CredentialsMissing = InvalidClient, "credentials_missing", "Client authentication is missing.";
    CredentialsMalformed = InvalidClient, "credentials_malformed", "The client credentials are malformed.";
    CredentialsCombined = InvalidClient, "credentials_combined", "More than one method of client authentication was used.";
    CredentialsMethod = InvalidClient, "credentials_method", "The client is registered for another method of authentication.";
    CredentialsWrong = InvalidClient, "credentials_wrong", "Client authentication failed.";
    AssertionType = InvalidClient, "assertion_type", "The client_assertion_type is not supported.";
    AssertionInvalid = InvalidClient, "assertion_invalid", "The client assertion is malformed, badly signed or not of this client.";
    AssertionAudience = InvalidClient, "assertion_audience", "The client assertion is meant for somebody else.";
    AssertionTime = InvalidClient, "assertion_time", "The client assertion is expired, not valid yet, or valid for too long.";
    AssertionReplayed = InvalidClient, "assertion_replayed", "The client assertion was used before.";
    KeysUnavailable = InvalidClient, "keys_unavailable", "The keys of the client could not be fetched.";

    // Token endpoint.
    GrantTypeMissing = InvalidRequest, "grant_type_missing", "The parameter grant_type is missing.";
    GrantTypeUnsupported = UnsupportedGrantType, "grant_type_unsupported", "The grant type is not supported.";
    GrantTypeNotAllowed = UnauthorizedClient, "grant_type_not_allowed", "The client may not use this grant type.";
    CodeMissing = InvalidRequest, "code_missing", "The parameter code is missing.";
    CodeUnknown = InvalidGrant, "code_unknown", "The authorization code is not valid.";
    CodeReused = InvalidGrant, "code_reused", "The authorization code was used before; its tokens are revoked.";
    CodeExpired = InvalidGrant, "code_expired", "The authorization code has expired.";
    CodeOfAnother = InvalidGrant, "code_of_another_client", "The authorization code was issued to another client.";
    RedirectUriDiffers = InvalidGrant, "redirect_uri_differs", "The redirect_uri is not the one of the authorization request.";
    VerifierMissing = InvalidGrant, "code_verifier_missing", "The parameter code_verifier is missing.";
    VerifierWrong = InvalidGrant, "code_verifier_wrong", "The code_verifier does not match the challenge.";
    VerifierUnexpected = InvalidGrant, "code_verifier_unexpected", "A code_verifier was sent though the request had no challenge.";
    RefreshMissing = InvalidRequest, "refresh_token_missing", "The parameter refresh_token is missing.";
    RefreshUnknown = InvalidGrant, "refresh_token_unknown", "The refresh token is not valid.";
    RefreshReused = InvalidGrant, "refresh_token_reused", "The refresh token was used before; its family is revoked.";
    RefreshExpired = InvalidGrant, "refresh_token_expired", "The refresh token has expired.";
    RefreshOfAnother = InvalidGrant, "refresh_token_of_another_client", "The refresh token was issued to another client.";
    GrantDead = InvalidGrant, "grant_revoked", "The grant was revoked, or its account or session is gone.";

    // Introspection, revocation, userinfo.
    TokenMissing = InvalidRequest, "token_missing", "The parameter token is missing.";
    TokenInvalid = InvalidToken, "token_invalid", "The access token is not valid.";
    TokenRepeated = InvalidRequest, "token_repeated", "The access token was sent in more than one way.";
    OpenidMissing = InsufficientScope, "openid_missing", "The access token lacks the scope openid or is meant for another resource.";

    // Registration.
    RegistrationClosed = AccessDenied, "registration_closed", "This realm does not accept registrations.";
    InitialTokenInvalid = InvalidToken, "initial_access_token_invalid", "A valid initial access token is required.";
    RegistrationTokenInvalid = InvalidToken, "registration_access_token_invalid", "The registration access token is not valid for this client.";
    RegistrationQuota = AccessDenied, "registration_quota", "The realm holds as many self-registered clients as it may.";
    RedirectUriRefused = InvalidRedirectUri, "redirect_uri_refused", "A redirect address breaks a rule.";
    MetadataRefused = InvalidClientMetadata, "metadata_refused", "A value of the client metadata breaks a rule.";
    MetadataMalformed = InvalidClientMetadata, "metadata_malformed", "The body must be a JSON object of client metadata.";
    SoftwareStatementUnsupported = InvalidClientMetadata, "software_statement_unsupported", "Software statements are not supported.";

    // Logout.
    LogoutHintInvalid = InvalidRequest, "logout_hint_invalid", "The id_token_hint is not an ID token of this issuer for this client.";
    LogoutUriUnknown = InvalidRequest, "post_logout_redirect_uri_not_registered", "The post_logout_redirect_uri is not registered for this client.";
}

impl std::fmt::Display for OAuthError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code().as_str(), self.description())
    }
}

impl std::error::Error for OAuthError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_unique_and_descriptions_fit_the_grammar_of_rfc_6749() {
        let mut seen = std::collections::BTreeSet::new();
        for error in OAuthError::ALL {
            assert!(seen.insert(error.cause()), "{}", error.cause());
            let legal = |b: u8| (0x20..=0x7e).contains(&b) && b != b'"' && b != b'\\';
            assert!(error.description().bytes().all(legal), "{}", error.description());
        }
    }
}
