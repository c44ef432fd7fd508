//! The refresh grant (RFC 6749 §6, [RFC 9700 §4.14](https://www.rfc-editor.org/rfc/rfc9700#section-4.14)): rotation,
//! reuse, narrowing.

use std::collections::BTreeSet;

use vestibule_kernel::Timestamp;

use crate::{
    client::Client,
    error::OAuthError,
    family::{RefreshOutcome, TokenFamily},
    scope,
};

/// What to do after a refresh token was presented.
#[derive(Clone)]
pub enum RefreshDecision {
    /// Issue the next tokens of this family, the access token with these scopes. The rotation is kept.
    Renew {
        /// The family; keeps its original grant.
        family: Box<TokenFamily>,
        /// Scopes of the access token.
        scopes: BTreeSet<String>,
    },
    /// A spent token of this client came back: revoke the family, commit, then refuse.
    Revoke {
        /// The family.
        family: Box<TokenFamily>,
    },
    /// Refuse and undo the rotation, so that nobody but the owner can spend the token.
    Refuse(OAuthError),
}

/// Decides over the outcome of the one conditional update that claimed the token.
pub fn decide(
    outcome: RefreshOutcome,
    client: &Client,
    scope: Option<&str>,
    now: Timestamp,
) -> RefreshDecision {
    let (token, family) = match outcome {
        RefreshOutcome::Unknown => return RefreshDecision::Refuse(OAuthError::RefreshUnknown),
        RefreshOutcome::Reused { family } if family.client == client.id => {
            return RefreshDecision::Revoke { family };
        }
        // Somebody else's spent token is no sign of theft from its owner, and must not let anybody end it.
        RefreshOutcome::Reused { .. } => return RefreshDecision::Refuse(OAuthError::RefreshOfAnother),
        RefreshOutcome::Rotated { token, family } | RefreshOutcome::Retried { token, family } => {
            (token, family)
        }
    };
    if family.client != client.id {
        return RefreshDecision::Refuse(OAuthError::RefreshOfAnother);
    }
    if family.revoked_at.is_some() {
        return RefreshDecision::Refuse(OAuthError::GrantDead);
    }
    if now >= token.expires_at || now >= family.expires_at {
        return RefreshDecision::Refuse(OAuthError::RefreshExpired);
    }
    match narrow(&family.details.scopes, scope) {
        Ok(scopes) => RefreshDecision::Renew { family, scopes },
        Err(error) => RefreshDecision::Refuse(error),
    }
}

/// The scopes of the next access token: those asked for, all of them granted before; without a parameter all.
///
/// # Errors
/// `invalid_scope` for a wider or malformed scope.
pub fn narrow(granted: &BTreeSet<String>, asked: Option<&str>) -> Result<BTreeSet<String>, OAuthError> {
    let Some(text) = asked else { return Ok(granted.clone()) };
    let asked = scope::parse(text).ok_or(OAuthError::ScopeMalformed)?;
    if asked.is_empty() {
        return Ok(granted.clone());
    }
    if asked.is_subset(granted) { Ok(asked) } else { Err(OAuthError::ScopeWidened) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn scopes_may_shrink_and_never_grow() {
        let granted = set(&["openid", "email"]);
        assert_eq!(narrow(&granted, None), Ok(granted.clone()));
        assert_eq!(narrow(&granted, Some("email")), Ok(set(&["email"])));
        assert_eq!(narrow(&granted, Some("email phone")), Err(OAuthError::ScopeWidened));
        assert_eq!(narrow(&granted, Some("a\"")), Err(OAuthError::ScopeMalformed));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_result_is_within_the_grant(
            granted in proptest::collection::btree_set("[a-e]", 0..5),
            asked in proptest::option::of("[a-f ]{0,12}"),
        ) {
            if let Ok(scopes) = narrow(&granted, asked.as_deref()) {
                prop_assert!(scopes.is_subset(&granted));
            }
        }
    }
}
