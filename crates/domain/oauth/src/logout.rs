//! RP-initiated logout ([OpenID Connect RP-Initiated Logout 1.0](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)):
//! whether to sign out at once or to ask, and where to return to. Never to an address that is not proven.

use url::form_urlencoded;
use vestibule_kernel::{SessionId, UserId};

use crate::{client::Client, error::OAuthError};

/// What a verified `id_token_hint` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutHint {
    /// Its `sub`.
    pub user: Option<UserId>,
    /// Its `sid`.
    pub session: Option<SessionId>,
}

/// What the decision depends on.
pub struct LogoutFacts<'a> {
    /// The client: named by `client_id`, else by the hint's `aud`.
    pub client: Option<&'a Client>,
    /// The hint: `None` when absent, badly signed or of another issuer.
    pub hint: Option<LogoutHint>,
    /// Whether a hint was sent that is not genuine.
    pub hint_invalid: bool,
    /// Whether the hint's `aud` is another client than `client_id` names.
    pub hint_of_another: bool,
    /// The parameter `post_logout_redirect_uri`.
    pub return_to: Option<&'a str>,
    /// The parameter `state`.
    pub state: Option<&'a str>,
    /// Whose session this browser has, if it has one.
    pub session: Option<(SessionId, UserId)>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogoutDecision {
    /// The client proved that it knows who is signed in: sign out without asking. The address is complete.
    SignOut {
        /// Where to go then.
        return_to: Option<String>,
    },
    /// Ask the person.
    Ask {
        /// Where to go once confirmed.
        return_to: Option<String>,
    },
}

/// Decides.
///
/// Stops: open redirects through the return address, and forced logout by anybody's link.
///
/// # Errors
/// Shown as a page: the hint is for another client, or the address is not registered.
pub fn decide(facts: &LogoutFacts<'_>) -> Result<LogoutDecision, OAuthError> {
    if facts.hint_of_another {
        return Err(OAuthError::LogoutHintInvalid);
    }
    let return_to = match (facts.return_to, facts.client) {
        // Without a client nobody vouches for an address: the person is asked and stays here.
        (None, _) | (Some(_), None) => None,
        (Some(uri), Some(client)) => {
            if !client.metadata.post_logout_redirect_uris.iter().any(|known| known == uri) {
                return Err(OAuthError::LogoutUriUnknown);
            }
            (!facts.hint_invalid).then(|| with_state(uri, facts.state))
        }
    };
    let knows = match (&facts.hint, facts.session) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(hint), Some((session, user))) => hint.session == Some(session) || hint.user == Some(user),
    };
    Ok(if knows { LogoutDecision::SignOut { return_to } } else { LogoutDecision::Ask { return_to } })
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let encoded = form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
    match uri.split_once('?') {
        None => format!("{uri}?{encoded}"),
        Some((_, query)) if query.is_empty() || query.ends_with('&') => format!("{uri}{encoded}"),
        Some(_) => format!("{uri}&{encoded}"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;
    use vestibule_kernel::{ClientId, Version};

    use super::*;
    use crate::client::{ClientMetadata, ClientStatus, Verification};

    fn client() -> Client {
        Client {
            id: ClientId::parse("shop").unwrap(),
            status: ClientStatus::Enabled,
            verification: Verification::Verified,
            metadata: ClientMetadata {
                post_logout_redirect_uris: vec!["https://a.test/bye?x=1".into()],
                ..ClientMetadata::default()
            },
            secrets: vec![],
            registration_token: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            version: Version::FIRST,
        }
    }

    fn user(number: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(number))
    }

    fn facts(client: Option<&Client>, hint: Option<u128>, session: Option<u128>) -> LogoutFacts<'_> {
        LogoutFacts {
            client,
            hint: hint.map(|number| LogoutHint { user: Some(user(number)), session: None }),
            hint_invalid: false,
            hint_of_another: false,
            return_to: Some("https://a.test/bye?x=1"),
            state: Some("s t"),
            session: session.map(|number| (SessionId::from_uuid(Uuid::nil()), user(number))),
        }
    }

    #[test]
    fn a_genuine_hint_about_the_person_signed_in_needs_no_question() {
        let shop = client();
        let to = Some("https://a.test/bye?x=1&state=s+t".to_owned());
        let at_once = LogoutDecision::SignOut { return_to: to.clone() };
        let ask = LogoutDecision::Ask { return_to: to };
        assert_eq!(decide(&facts(Some(&shop), Some(1), Some(1))), Ok(at_once.clone()));
        assert_eq!(decide(&facts(Some(&shop), Some(1), None)), Ok(at_once));
        assert_eq!(decide(&facts(Some(&shop), Some(2), Some(1))), Ok(ask.clone()));
        assert_eq!(decide(&facts(Some(&shop), None, Some(1))), Ok(ask));
    }

    #[test]
    fn nobody_is_sent_to_an_address_that_is_not_proven() {
        let shop = client();
        for other in [
            "https://a.test/bye",
            "https://a.test/bye?x=1&y=2",
            "https://a.test/bye?x=1/",
            "https://evil.test",
        ] {
            let facts = LogoutFacts { return_to: Some(other), ..facts(Some(&shop), Some(1), Some(1)) };
            assert_eq!(decide(&facts), Err(OAuthError::LogoutUriUnknown), "{other}");
        }
        assert_eq!(decide(&facts(None, None, Some(1))), Ok(LogoutDecision::Ask { return_to: None }));
        let invalid = LogoutFacts { hint_invalid: true, ..facts(Some(&shop), None, Some(1)) };
        assert_eq!(decide(&invalid), Ok(LogoutDecision::Ask { return_to: None }));
        let foreign = LogoutFacts { hint_of_another: true, ..facts(Some(&shop), Some(1), Some(1)) };
        assert_eq!(decide(&foreign), Err(OAuthError::LogoutHintInvalid));
    }
}
