//! Scopes the server itself knows, and the claims each releases (OpenID Connect Core §5.4, §11).

/// The scope that makes a request an OpenID Connect request.
pub const OPENID: &str = "openid";
/// The scope that asks for a refresh token beyond the session.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Standard scopes and the claims they release.
pub const STANDARD_SCOPES: [(&str, &[&str]); 6] = [
    (OPENID, &["sub"]),
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    (OFFLINE_ACCESS, &[]),
];

/// Scopes of the admin API (UX.md §19). A token carries those that its subject holds and that were asked for.
pub const ADMIN_SCOPES: [&str; 18] = [
    "users:read",
    "users:write",
    "credentials:write",
    "sessions:read",
    "sessions:revoke",
    "clients:read",
    "clients:write",
    "consents:read",
    "consents:write",
    "keys:read",
    "keys:rotate",
    "events:read",
    "jobs:read",
    "jobs:write",
    "realm:read",
    "realm:write",
    "realm:apply",
    "realms:manage",
];

/// Whether a text is one scope token (RFC 6749 §3.3): 1 to 100 visible ASCII characters without `"` and `\`.
pub fn is_scope_token(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|b| b == 0x21 || (0x23..=0x5b).contains(&b) || (0x5d..=0x7e).contains(&b))
}

/// Whether a scope is about a person and means nothing in a client's own token.
pub fn is_identity_scope(scope: &str) -> bool {
    STANDARD_SCOPES.iter().any(|(standard, _)| *standard == scope)
}

/// Splits a `scope` parameter; `None` unless every part is a scope token (RFC 6749 §3.3).
pub fn parse(text: &str) -> Option<std::collections::BTreeSet<String>> {
    let parts: Vec<&str> = text.split(' ').filter(|part| !part.is_empty()).collect();
    let shaped = parts.len() <= 100 && parts.iter().all(|part| is_scope_token(part));
    shaped.then(|| parts.into_iter().map(str::to_owned).collect())
}

/// Joins scopes for a `scope` member.
pub fn join<'a>(scopes: impl IntoIterator<Item = &'a String>) -> String {
    scopes.into_iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
