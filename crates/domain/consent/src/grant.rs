//! The OAuth grant: user × client × scopes.

use std::collections::BTreeSet;

use vestibule_kernel::{Changed, ClientId, Timestamp, UserId, Version};

use crate::events::ConsentEvent;

/// What a user allowed a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who allowed.
    pub user: UserId,
    /// Whom.
    pub client: ClientId,
    /// What.
    pub scopes: BTreeSet<String>,
    /// First given.
    pub created_at: Timestamp,
    /// Last widened.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

impl Grant {
    /// Records the first decision.
    pub fn give(user: UserId, client: ClientId, scopes: BTreeSet<String>, now: Timestamp) -> Changed<Self> {
        let event =
            ConsentEvent::Given { user, client: client.clone(), scopes: scopes.iter().cloned().collect() };
        Changed::created(
            Self { user, client, scopes, created_at: now, updated_at: now, version: Version::FIRST },
            event,
        )
    }

    /// Adds scopes to an earlier decision.
    pub fn widen(mut self, scopes: impl IntoIterator<Item = String>, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        self.scopes.extend(scopes);
        self.updated_at = now;
        self.version = expected.next();
        let event = ConsentEvent::Given {
            user: self.user,
            client: self.client.clone(),
            scopes: self.scopes.iter().cloned().collect(),
        };
        Changed::updated(self, expected, event)
    }

    /// Decides anew on what was asked (`prompt=consent`): what was left out this time is no longer granted; scopes that
    /// were not asked for stay as they are.
    pub fn decide_anew(
        mut self,
        asked: &BTreeSet<String>,
        agreed: impl IntoIterator<Item = String>,
        now: Timestamp,
    ) -> Changed<Self> {
        self.scopes.retain(|scope| !asked.contains(scope));
        self.widen(agreed, now)
    }
}

/// The proof that a user's token may carry these scopes: the client is the realm's own, or the user agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    user: UserId,
    client: ClientId,
    scopes: BTreeSet<String>,
}

impl Granted {
    /// A client of the realm itself needs no consent.
    pub fn first_party(user: UserId, client: ClientId, asked: BTreeSet<String>) -> Self {
        Self { user, client, scopes: asked }
    }

    /// What the grant covers of what is asked. The rest of the scopes is dropped, never added.
    pub fn by_consent(grant: &Grant, asked: &BTreeSet<String>) -> Self {
        Self {
            user: grant.user,
            client: grant.client.clone(),
            scopes: asked.intersection(&grant.scopes).cloned().collect(),
        }
    }

    /// Who.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Whom.
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// What.
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }
}

/// The scopes asked for that an earlier decision does not cover.
pub fn missing(grant: Option<&Grant>, asked: &BTreeSet<String>) -> Vec<String> {
    match grant {
        Some(grant) => asked.difference(&grant.scopes).cloned().collect(),
        None => asked.iter().cloned().collect(),
    }
}

/// What is decided about a request for scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentDecision {
    /// Go on with these.
    Granted(Granted),
    /// Ask the user about these scopes.
    Ask(Vec<String>),
}

/// How a request stands towards consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentRules {
    /// Whether people are asked at all: not for the realm's own applications, always for clients that registered
    /// themselves.
    pub asks: bool,
    /// Whether an earlier decision is not enough (`prompt=consent`).
    pub again: bool,
    /// When the request was parked for a flow; a decision made since then answers it, also when it left scopes out.
    pub parked_at: Option<Timestamp>,
}

/// The scopes people must be asked about; `None`: nothing is to be asked.
pub fn owed(asked: &BTreeSet<String>, grant: Option<&Grant>, rules: ConsentRules) -> Option<Vec<String>> {
    let answered =
        grant.is_some_and(|grant| rules.parked_at.is_some_and(|parked| grant.updated_at >= parked));
    if answered || !(rules.asks || rules.again) {
        return None;
    }
    if rules.again {
        return Some(asked.iter().cloned().collect());
    }
    let missing = missing(grant, asked);
    (grant.is_none() || !missing.is_empty()).then_some(missing)
}

/// Decides whether a request is covered. Scopes only shrink: what was refused is not in the result.
pub fn decide(
    user: UserId,
    client: &ClientId,
    asked: &BTreeSet<String>,
    grant: Option<&Grant>,
    rules: ConsentRules,
) -> ConsentDecision {
    let grant = grant.filter(|grant| grant.user == user && grant.client == *client);
    if let Some(scopes) = owed(asked, grant, rules) {
        return ConsentDecision::Ask(scopes);
    }
    ConsentDecision::Granted(match grant {
        Some(grant) if rules.asks || rules.again => Granted::by_consent(grant, asked),
        // Reached only where nobody is to be asked.
        _ => Granted::first_party(user, client.clone(), asked.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_only_what_was_agreed() {
        let user = UserId::from_uuid(uuid::Uuid::nil());
        let client = ClientId::parse("shop").unwrap();
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
        let grant = Grant::give(user, client, set(&["openid", "email"]), chrono::DateTime::UNIX_EPOCH).value;
        assert_eq!(missing(Some(&grant), &set(&["openid", "phone"])), ["phone"]);
        assert_eq!(Granted::by_consent(&grant, &set(&["openid", "phone"])).scopes(), &set(&["openid"]));
        let anew =
            grant.decide_anew(&set(&["email", "phone"]), ["phone".to_owned()], chrono::DateTime::UNIX_EPOCH);
        assert_eq!(anew.value.scopes, set(&["openid", "phone"]));
    }

    #[test]
    fn consent_is_asked_once_and_a_partial_answer_counts_for_its_request() {
        let user = UserId::from_uuid(uuid::Uuid::nil());
        let client = ClientId::parse("shop").unwrap();
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
        let (asked, start) = (set(&["openid", "phone"]), chrono::DateTime::UNIX_EPOCH);
        let later = start + chrono::Duration::seconds(60);
        let rules = ConsentRules { asks: true, again: false, parked_at: None };
        let ask = |grant: Option<&Grant>, rules| decide(user, &client, &asked, grant, rules);
        assert_eq!(ask(None, rules), ConsentDecision::Ask(vec!["openid".into(), "phone".into()]));
        let own = ConsentRules { asks: false, ..rules };
        assert!(matches!(ask(None, own), ConsentDecision::Granted(granted) if granted.scopes() == &asked));
        assert!(matches!(ask(None, ConsentRules { again: true, ..own }), ConsentDecision::Ask(_)));
        let partial = Grant::give(user, client.clone(), set(&["openid"]), later).value;
        assert_eq!(ask(Some(&partial), rules), ConsentDecision::Ask(vec!["phone".into()]));
        let parked = ConsentRules { parked_at: Some(start), again: true, ..rules };
        let ConsentDecision::Granted(granted) = ask(Some(&partial), parked) else { panic!("answered") };
        assert_eq!(granted.scopes(), &set(&["openid"]));
        let parked_later = ConsentRules { parked_at: Some(later + chrono::Duration::seconds(1)), ..parked };
        assert!(matches!(ask(Some(&partial), parked_later), ConsentDecision::Ask(_)));
    }
}
