//! What a sign-in attempt looks at.

use vestibule_authn::CredentialKind;
use vestibule_kernel::{FlowId, contact::Identifier};
use vestibule_storage::sign_in::Sought;

use super::fixture::{Fixture, TestStore, flow, id, password, stored_request};

pub async fn an_attempt_finds_flow_request_and_person_together(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, ada) = (fixture.client("shop").await, fixture.user("ada@acme.test").await);
    let bob = fixture.user("bob@acme.test").await;
    fixture.session(ada.id).await;
    let request = stored_request(&client, None);
    let (mut of_bob, unparked, secret) = (flow(Some(bob.id)), flow(None), password(ada.id, "hash"));
    of_bob.value.request = Some(request.id);
    let (parked, unparked_id, credential) = (of_bob.value.id, unparked.value.id, secret.value.id);
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&request).await.unwrap();
    tx.credentials().save_credential(secret).await.unwrap();
    tx.flows().save_flow(of_bob).await.unwrap();
    tx.flows().save_flow(unparked).await.unwrap();
    tx.commit().await.unwrap();

    let kind = CredentialKind::Password;
    let typed = Identifier::parse("ADA@acme.test").unwrap();
    let nobody = Identifier::parse("nobody@acme.test").unwrap();
    let mut tx = fixture.read().await;
    let agent = Some("test agent");
    let file = tx.sign_in().load_sign_in(parked, Sought::Identifier(&typed), kind, agent).await.unwrap();
    assert_eq!(file.flow.unwrap().id, parked);
    assert_eq!(file.request.unwrap().request, request.request);
    let holder = file.holder.unwrap();
    assert_eq!(holder.user, ada);
    assert_eq!(holder.credential.unwrap().id, credential);
    assert!(holder.knows_user_agent);

    let file = tx.sign_in().load_sign_in(parked, Sought::OfFlow, kind, agent).await.unwrap();
    let holder = file.holder.unwrap();
    assert_eq!(holder.user, bob);
    assert!(holder.credential.is_none() && !holder.knows_user_agent);

    let file = tx.sign_in().load_sign_in(unparked_id, Sought::OfFlow, kind, None).await.unwrap();
    assert!(file.flow.is_some() && file.request.is_none() && file.holder.is_none());
    let file = tx.sign_in().load_sign_in(parked, Sought::Identifier(&nobody), kind, None).await.unwrap();
    assert!(file.flow.is_some() && file.holder.is_none());
    let file = tx.sign_in().load_sign_in(parked, Sought::Nobody, kind, None).await.unwrap();
    assert!(file.flow.is_some() && file.request.is_some() && file.holder.is_none());
    let unknown = FlowId::from_uuid(id());
    let file = tx.sign_in().load_sign_in(unknown, Sought::Identifier(&typed), kind, None).await.unwrap();
    assert!(file.flow.is_none() && file.request.is_none());
    tx.commit().await.unwrap();
}
