//! The linking rules, as examples and over every combination of facts.

use proptest::prelude::*;
use serde_json::Map;
use uuid::Uuid;
use vestibule_kernel::{ConnectionId, IdentityId, Timestamp};

use super::*;
use crate::{
    claims::AssertedEmail,
    connection::{ConnectionKey, ConnectionSettings, ProviderKey},
    identity::Subject,
};

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn connection(policy: LinkPolicy, authoritative: bool, sign_up: bool) -> Connection {
    let mut settings = ConnectionSettings::new(ProviderKey::parse("oidc").unwrap(), "us".to_owned());
    settings.link_policy = policy;
    settings.sign_up = sign_up;
    if authoritative {
        settings.authoritative_domains.insert("acme.test".to_owned());
    }
    let id = ConnectionId::from_uuid(Uuid::from_u128(9));
    Connection::create(id, ConnectionKey::parse("globex").unwrap(), settings, Timestamp::UNIX_EPOCH)
        .unwrap()
        .value
}

fn upstream(email: Option<bool>) -> UpstreamIdentity {
    UpstreamIdentity {
        subject: Subject::parse("s").unwrap(),
        email: email
            .map(|verified| AssertedEmail { email: Email::parse("ada@acme.test").unwrap(), verified }),
        locale: None,
        profile: Map::new(),
        claims: Map::new(),
    }
}

fn policies() -> impl Strategy<Value = LinkPolicy> {
    prop_oneof![Just(LinkPolicy::Ask), Just(LinkPolicy::Automatic), Just(LinkPolicy::Never)]
}

prop_compose! {
    fn holders()(some in any::<bool>(), verified in any::<bool>(), otherwise_proven in any::<bool>(), privileged in any::<bool>()) -> Option<AddressHolder> {
        some.then_some(AddressHolder { user: user(1), verified, otherwise_proven, privileged })
    }
}

proptest! {
    #[test]
    fn an_account_is_reached_only_by_a_verified_address_of_an_authoritative_provider(
        policy in policies(),
        authoritative in any::<bool>(),
        sign_up in any::<bool>(),
        email in any::<Option<bool>>(),
        holder in holders(),
    ) {
        let connection = connection(policy, authoritative, sign_up);
        let upstream = upstream(email);
        let facts = LinkFacts { connection: &connection, upstream: &upstream, identity: None, holder };
        let trusted = authoritative && email == Some(true);
        match link(facts) {
            Linking::SignIn { .. } => prop_assert!(false, "nothing was linked before"),
            Linking::Link { user } => {
                let holder = holder.unwrap();
                prop_assert!(trusted && holder.verified && policy == LinkPolicy::Automatic);
                prop_assert!(!holder.privileged, "an administrator proves themselves here");
                prop_assert_eq!(user, holder.user);
            }
            Linking::Claim { user } => {
                let holder = holder.unwrap();
                prop_assert!(trusted && !holder.verified && !holder.otherwise_proven && !holder.privileged);
                prop_assert_eq!(user, holder.user);
            }
            Linking::AskProof { .. } => {
                let holder = holder.unwrap();
                prop_assert!(holder.verified || trusted && holder.privileged);
                prop_assert!(email == Some(true) && policy != LinkPolicy::Never);
            }
            Linking::Create { email: NewAddress::Verified(_), released_by } => {
                prop_assert!(trusted && sign_up);
                prop_assert!(holder.is_none_or(|holder| !holder.verified && !holder.privileged));
                prop_assert_eq!(released_by, holder.map(|holder| holder.user));
            }
            Linking::Create { email, released_by } => {
                prop_assert!(sign_up && released_by.is_none());
                prop_assert!(email == NewAddress::None || holder.is_none(), "a taken address is never given twice");
            }
            Linking::Refused(LinkRefusal::AddressTaken) => {
                let holder = holder.unwrap();
                prop_assert!(holder.verified || trusted && holder.privileged);
                prop_assert!(policy == LinkPolicy::Never && email == Some(true));
            }
            Linking::Refused(refusal) => {
                prop_assert_eq!(refusal, LinkRefusal::SignUpClosed);
                prop_assert!(!sign_up);
            }
        }
    }

    #[test]
    fn an_unverified_address_does_not_tell_that_there_is_an_account(
        policy in policies(),
        authoritative in any::<bool>(),
        holder in holders(),
    ) {
        let connection = connection(policy, authoritative, true);
        let upstream = upstream(Some(false));
        let facts = LinkFacts { connection: &connection, upstream: &upstream, identity: None, holder };
        let created = matches!(link(facts), Linking::Create { released_by: None, .. });
        prop_assert!(created);
    }
}

#[test]
fn a_linked_identity_signs_in_whatever_its_address_says() {
    let connection = connection(LinkPolicy::Never, false, false);
    let upstream = upstream(Some(true));
    let id = IdentityId::from_uuid(Uuid::from_u128(3));
    let identity = Identity::link(id, connection.id, &upstream, user(7), Timestamp::UNIX_EPOCH).value;
    let holder =
        Some(AddressHolder { user: user(1), verified: true, otherwise_proven: true, privileged: false });
    let facts = LinkFacts { connection: &connection, upstream: &upstream, identity: Some(&identity), holder };
    assert_eq!(link(facts), Linking::SignIn { user: user(7) });
}

#[test]
fn linking_from_within_never_moves_an_identity() {
    let connection = connection(LinkPolicy::Ask, false, true);
    let id = IdentityId::from_uuid(Uuid::from_u128(3));
    let theirs = Identity::link(id, connection.id, &upstream(None), user(7), Timestamp::UNIX_EPOCH).value;
    assert_eq!(link_to(user(1), Some(&theirs), None), Err(LinkRefusal::LinkedElsewhere));
    assert_eq!(link_to(user(7), Some(&theirs), Some(&theirs)), Ok(()));
    assert_eq!(link_to(user(7), None, Some(&theirs)), Err(LinkRefusal::AnotherLinked));
    assert_eq!(link_to(user(1), None, None), Ok(()));
}
