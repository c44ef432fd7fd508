//! What is read together on a person's way through the server.

use vestibule_authn::{Credential, CredentialKind};
use vestibule_consent::Grant;
use vestibule_kernel::{Changed, FlowId, RequestId, contact::Identifier};
use vestibule_sessions::{RevocationCause, SessionScope};
use vestibule_storage::sign_in::Sought;

use super::fixture::{Fixture, TestStore, at, digest, flow, id, password, stored_request};

pub async fn an_attempt_finds_flow_request_and_person_together(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, ada) = (fixture.client("shop").await, fixture.user("ada@acme.test").await);
    let bob = fixture.user("bob@acme.test").await;
    fixture.session(ada.id).await;
    let request = stored_request(&client, None);
    let totp = Credential { kind: CredentialKind::Totp, ..password(ada.id, "hash").value };
    let app = totp.id;
    let (mut of_bob, unparked, secret) = (flow(Some(bob.id)), flow(None), password(ada.id, "hash"));
    of_bob.value.request = Some(request.id);
    let (parked, unparked_id, credential) = (of_bob.value.id, unparked.value.id, secret.value.id);
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&request).await.unwrap();
    tx.credentials().save_credential(secret).await.unwrap();
    tx.credentials().save_credential(Changed::quiet(totp, None)).await.unwrap();
    tx.flows().save_flow(of_bob).await.unwrap();
    tx.flows().save_flow(unparked).await.unwrap();
    tx.commit().await.unwrap();

    let typed = Identifier::parse("ADA@acme.test").unwrap();
    let nobody = Identifier::parse("nobody@acme.test").unwrap();
    let mut tx = fixture.read().await;
    let agent = Some("test agent");
    let file = tx.sign_in().load_sign_in(parked, Sought::Identifier(&typed), agent).await.unwrap();
    assert_eq!(file.flow.unwrap().id, parked);
    assert_eq!(file.request.unwrap().request, request.request);
    let holder = file.holder.unwrap();
    assert_eq!(holder.user, ada);
    let ids: Vec<_> = holder.credentials.iter().map(|one| one.id).collect();
    assert!(ids.len() == 2 && ids.contains(&credential) && ids.contains(&app));
    assert!(holder.knows_user_agent);

    let file = tx.sign_in().load_sign_in(parked, Sought::OfFlow, agent).await.unwrap();
    let holder = file.holder.unwrap();
    assert_eq!(holder.user, bob);
    assert!(holder.credentials.is_empty() && !holder.knows_user_agent);

    let file = tx.sign_in().load_sign_in(unparked_id, Sought::OfFlow, None).await.unwrap();
    assert!(file.flow.is_some() && file.request.is_none() && file.holder.is_none());
    let file = tx.sign_in().load_sign_in(parked, Sought::Identifier(&nobody), None).await.unwrap();
    assert!(file.flow.is_some() && file.holder.is_none());
    let file = tx.sign_in().load_sign_in(parked, Sought::Nobody, None).await.unwrap();
    assert!(file.flow.is_some() && file.request.is_some() && file.holder.is_none());
    let unknown = FlowId::from_uuid(id());
    let file = tx.sign_in().load_sign_in(unknown, Sought::Identifier(&typed), None).await.unwrap();
    assert!(file.flow.is_none() && file.request.is_none());
    tx.commit().await.unwrap();
}

pub async fn a_return_finds_request_flow_session_and_grant_together(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, ..) = fixture.signed_in().await;
    let other = fixture.client("other").await;
    let request = stored_request(&client, None);
    let mut worked = flow(Some(user.id));
    worked.value.request = Some(request.id);
    let flow = worked.value.id;
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&request).await.unwrap();
    tx.flows().save_flow(worked).await.unwrap();
    let grant = Grant::give(user.id, client.clone(), ["openid".to_owned()].into(), at(0));
    let allowed = grant.value.scopes.clone();
    if tx.grants().find_grant(user.id, &client).await.unwrap().is_none() {
        tx.grants().save_grant(grant).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut tx = fixture.read().await;
    let secret = &session.secret;
    let file = tx.sign_in().load_return(request.id, Some(flow), Some(secret)).await.unwrap();
    assert_eq!(file.request.unwrap().request, request.request);
    assert_eq!(file.flow.unwrap().id, flow);
    let browser = file.signed_in.unwrap();
    assert_eq!((browser.session.id, &browser.user), (session.id, &user));
    assert!(browser.grant.unwrap().scopes.is_superset(&allowed));

    let file = tx.sign_in().load_return(request.id, None, None).await.unwrap();
    assert!(file.request.is_some() && file.flow.is_none() && file.signed_in.is_none());
    let unknown = RequestId::from_uuid(id());
    let file = tx.sign_in().load_return(unknown, Some(flow), Some(&digest())).await.unwrap();
    assert!(file.request.is_none() && file.flow.is_none() && file.signed_in.is_none());

    let browser = tx.sign_in().load_signed_in(secret, &client).await.unwrap().unwrap();
    assert_eq!((browser.session.id, browser.grant.is_some()), (session.id, true));
    let browser = tx.sign_in().load_signed_in(secret, &other).await.unwrap().unwrap();
    assert!(browser.grant.is_none(), "what another client was allowed does not count");
    tx.commit().await.unwrap();
}

pub async fn the_owner_of_a_token_comes_with_its_liveness(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (_, user, session, family, _) = fixture.signed_in().await;
    let mut tx = fixture.read().await;
    tx.ends_with_next();
    let (liveness, owner) = tx.sign_in().load_token_owner(family.id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!((liveness.family.id, owner), (family.id, user));
    assert!(liveness.user_active && !liveness.session_revoked);
    let mut tx = fixture.write().await;
    let scope = SessionScope::One(session.id);
    tx.sessions().revoke_sessions(scope, RevocationCause::SignedOut, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let owner = tx.sign_in().load_token_owner(family.id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(owner.is_none_or(|(liveness, _)| liveness.session_revoked));
}
