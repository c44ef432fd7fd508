//! Flows.

use vestibule_authn::{
    FlowState,
    flow::{AccountPath, LogoutReturn, Proof},
};
use vestibule_kernel::{
    Changed, FlowId, SessionId, StoreError, Version,
    assurance::{Amr, Factor},
    contact::Locale,
};

use super::fixture::{Fixture, TestStore, at, ended, flow, id};

pub async fn a_flow_comes_back_as_stored(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let mut change = flow(Some(user));
    let flow = &mut change.value;
    flow.state = FlowState::Consent { scopes: vec!["email".to_owned()] };
    flow.session = Some(SessionId::from_uuid(id()));
    flow.proofs = vec![Proof { factor: Factor::Knowledge, amr: Amr::Pwd, at: at(3) }];
    flow.consented = Some(vec!["openid".to_owned()]);
    (flow.waived, flow.recovered) = (true, true);
    flow.logout =
        Some(LogoutReturn { client: flow.client.clone(), to: Some("https://app.test/".to_owned()) });
    flow.account = Some(AccountPath::parse("/password").unwrap());
    flow.locale = Some(Locale::parse("de").unwrap());
    let flow = change.value.clone();
    let mut tx = fixture.write().await;
    tx.flows().save_flow(change).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let found = tx.flows().find_flow(flow.id).await.unwrap().unwrap();
    assert!(tx.flows().find_flow(FlowId::from_uuid(id())).await.unwrap().is_none());
    tx.commit().await.unwrap();
    assert!(found.is_bound_to(&flow.binding));
    assert_eq!((found.intent, &found.state), (flow.intent, &flow.state));
    assert_eq!((found.request, found.session, found.user), (flow.request, flow.session, flow.user));
    assert_eq!((&found.client, &found.identifier), (&flow.client, &flow.identifier));
    assert_eq!((&found.proofs, &found.consented), (&flow.proofs, &flow.consented));
    assert_eq!((found.fresh, &found.logout, &found.locale), (flow.fresh, &flow.logout, &flow.locale));
    assert_eq!(found.account, flow.account);
    assert!(found.waived && found.recovered);
    assert_eq!((found.created_at, found.expires_at), (flow.created_at, flow.expires_at));
    assert_eq!(found.version, Version::FIRST);
}

pub async fn a_double_submit_is_stale(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let change = flow(None);
    let flow = change.value.clone();
    let mut tx = fixture.write().await;
    tx.flows().save_flow(change).await.unwrap();
    tx.commit().await.unwrap();
    let step = |to: FlowState| {
        let mut next = flow.clone();
        next.state = to;
        next.version = flow.version.next();
        Changed::quiet(next, Some(flow.version))
    };
    let mut tx = fixture.write().await;
    tx.flows().save_flow(step(FlowState::Password)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let saved = tx.flows().save_flow(step(FlowState::Continue)).await;
    assert_eq!(ended(tx, saved).await, Err(StoreError::Stale));
    let mut tx = fixture.read().await;
    let found = tx.flows().find_flow(flow.id).await.unwrap().unwrap();
    assert_eq!((found.state, found.version), (FlowState::Password, flow.version.next()));
    tx.rollback().await.unwrap();
}
