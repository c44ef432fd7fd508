//! Codes, families, refresh tokens, one-time values.

use vestibule_kernel::{Digest, StoreError, Timestamp};
use vestibule_oauth::{ClientAccess, CodeOutcome, RefreshOutcome, RefreshToken};
use vestibule_sessions::{RevocationCause, SessionScope};
use vestibule_users::UserStatus;

use super::fixture::{Fixture, TestStore, all_at_once, at, code, digest, event, refresh_token};

pub async fn a_code_is_redeemed_once(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, ..) = fixture.signed_in().await;
    let code = code(&client, user.id, session.id);
    let mut tx = fixture.write().await;
    tx.tokens().insert_code(&code).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let Ok(CodeOutcome::Consumed(found)) = tx.tokens().consume_code(&code.digest, at(7)).await else {
        panic!("not redeemed")
    };
    assert_eq!((found.family, &found.client, found.user), (code.family, &client, user.id));
    assert_eq!((found.session, &found.details), (session.id, &code.details));
    assert_eq!((found.issued_at, found.expires_at, found.consumed_at), (at(0), at(60), Some(at(7))));
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let Ok(CodeOutcome::Reused(found)) = tx.tokens().consume_code(&code.digest, at(8)).await else {
        panic!("not recognised")
    };
    assert_eq!((found.family, found.consumed_at), (code.family, Some(at(7))));
    assert!(matches!(tx.tokens().consume_code(&digest(), at(8)).await, Ok(CodeOutcome::Unknown)));
    tx.commit().await.unwrap();
}

pub async fn parallel_redemptions_of_a_code_have_one_winner(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, ..) = fixture.signed_in().await;
    let code = fixture.code(&client, user.id, session.id).await.digest;
    let outcomes = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move {
            let mut tx = fixture.write().await;
            let outcome = tx.tokens().consume_code(&code, at(1)).await.unwrap();
            tx.commit().await.unwrap();
            outcome
        }
    })
    .await;
    let won = outcomes.iter().filter(|outcome| matches!(outcome, CodeOutcome::Consumed(_))).count();
    let reused = outcomes.iter().filter(|outcome| matches!(outcome, CodeOutcome::Reused(_))).count();
    assert_eq!((won, reused), (1, 49));
}

/// Rotates a token and stores its successor in the same transaction, as the use case does.
async fn refresh(fixture: &Fixture, token: Digest, grace: u64, now: Timestamp) -> (RefreshOutcome, Digest) {
    let mut tx = fixture.write().await;
    let outcome = tx.tokens().consume_refresh_token(&token, grace, now).await.unwrap();
    let mut next = digest();
    if let RefreshOutcome::Rotated { family, .. } | RefreshOutcome::Retried { family, .. } = &outcome {
        let successor = RefreshToken { issued_at: now, ..refresh_token(family.id) };
        next = successor.digest;
        tx.tokens().insert_refresh_token(&successor, &token).await.unwrap();
    }
    tx.commit().await.unwrap();
    (outcome, next)
}

pub async fn a_refresh_token_rotates_once(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (.., family, first) = fixture.signed_in().await;
    let mut tx = fixture.read().await;
    let (found, of) = tx.tokens().find_refresh_token(&first.digest).await.unwrap().unwrap();
    assert!(found.consumed_at.is_none() && of == family);
    assert!(tx.tokens().find_refresh_token(&digest()).await.unwrap().is_none());
    tx.commit().await.unwrap();
    let (outcome, second) = refresh(&fixture, first.digest, 0, at(5)).await;
    let RefreshOutcome::Rotated { token, family: of } = outcome else { panic!("not rotated") };
    assert!(token.digest.matches(&first.digest) && *of == family);
    assert_eq!((token.issued_at, token.expires_at, token.consumed_at), (at(0), at(3_600), Some(at(5))));
    let (outcome, _) = refresh(&fixture, first.digest, 0, at(5)).await;
    assert!(matches!(outcome, RefreshOutcome::Reused { family: of } if *of == family));
    assert!(matches!(refresh(&fixture, second, 0, at(6)).await.0, RefreshOutcome::Rotated { .. }));
    assert!(matches!(refresh(&fixture, digest(), 0, at(6)).await.0, RefreshOutcome::Unknown));
}

pub async fn a_lost_answer_is_repeated_within_the_grace(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (.., family, first) = fixture.signed_in().await;
    let (_, lost) = refresh(&fixture, first.digest, 10, at(0)).await;
    let (outcome, third) = refresh(&fixture, first.digest, 10, at(9)).await;
    let RefreshOutcome::Retried { token, family: of } = outcome else { panic!("not repeated") };
    assert!(token.digest.matches(&first.digest) && *of == family);
    // The answer that was thought lost is worth nothing now.
    assert!(matches!(refresh(&fixture, lost, 10, at(9)).await.0, RefreshOutcome::Reused { .. }));
    assert!(matches!(refresh(&fixture, first.digest, 10, at(10)).await.0, RefreshOutcome::Reused { .. }));
    assert!(matches!(refresh(&fixture, third, 10, at(11)).await.0, RefreshOutcome::Rotated { .. }));
}

pub async fn a_used_successor_makes_a_retry_a_reuse(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (.., first) = fixture.signed_in().await;
    let (_, second) = refresh(&fixture, first.digest, 10, at(0)).await;
    assert!(matches!(refresh(&fixture, second, 10, at(1)).await.0, RefreshOutcome::Rotated { .. }));
    assert!(matches!(refresh(&fixture, first.digest, 10, at(2)).await.0, RefreshOutcome::Reused { .. }));
}

pub async fn parallel_rotations_have_one_winner(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (.., first) = fixture.signed_in().await;
    let outcomes = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move { refresh(&fixture, first.digest, 0, at(1)).await.0 }
    })
    .await;
    let rotated = outcomes.iter().filter(|outcome| matches!(outcome, RefreshOutcome::Rotated { .. })).count();
    let reused = outcomes.iter().filter(|outcome| matches!(outcome, RefreshOutcome::Reused { .. })).count();
    assert_eq!((rotated, reused), (1, 49));
}

pub async fn parallel_retries_leave_one_token(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (.., first) = fixture.signed_in().await;
    let outcomes = all_at_once(20, |_| {
        let fixture = fixture.clone();
        async move { refresh(&fixture, first.digest, 10, at(1)).await }
    })
    .await;
    let rotated =
        outcomes.iter().filter(|(outcome, _)| matches!(outcome, RefreshOutcome::Rotated { .. })).count();
    let retried =
        outcomes.iter().filter(|(outcome, _)| matches!(outcome, RefreshOutcome::Retried { .. })).count();
    assert_eq!((rotated, retried), (1, 19));
    let mut live = 0;
    let mut tx = fixture.read().await;
    for (_, next) in &outcomes {
        let (token, _) = tx.tokens().find_refresh_token(next).await.unwrap().unwrap();
        live += usize::from(token.consumed_at.is_none());
    }
    tx.commit().await.unwrap();
    assert_eq!(live, 1);
}

pub async fn revoking_a_family_is_seen_by_the_liveness_check(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, family, _) = fixture.signed_in().await;
    let (second, _) = fixture.family(&client, user.id, Some(session.id)).await;
    let mut tx = fixture.write().await;
    let found = tx.tokens().token_liveness(family.id, at(1)).await.unwrap().unwrap();
    assert_eq!(found.family, family);
    assert!(found.user_active && !found.session_revoked);
    assert!(tx.tokens().revoke_family(family.id, event("token.revoked"), at(2)).await.unwrap());
    assert!(!tx.tokens().revoke_family(family.id, event("token.revoked"), at(3)).await.unwrap());
    assert!(tx.tokens().token_liveness(family.id, at(3)).await.unwrap().is_none());
    assert_eq!(tx.tokens().find_family(family.id).await.unwrap().unwrap().revoked_at, Some(at(2)));
    assert_eq!(tx.tokens().revoke_user_families(user.id, at(4)).await.unwrap(), 1);
    assert!(tx.tokens().token_liveness(second.id, at(4)).await.unwrap().is_none());
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "token.revoked").count(), 2);
}

pub async fn liveness_sees_user_and_session(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, ..) = fixture.signed_in().await;
    let (free, _) = fixture.family(&client, user.id, None).await;
    let mut tx = fixture.write().await;
    tx.users().save_user(user.set_status(UserStatus::Suspended, None, at(1))).await.unwrap();
    let found = tx.tokens().token_liveness(free.id, at(1)).await.unwrap().unwrap();
    assert!(!found.user_active && !found.session_revoked);
    tx.sessions()
        .revoke_sessions(SessionScope::One(session.id), RevocationCause::SignedOut, at(2))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    // A family made after the end of its session is not alive either.
    let (late, _) = fixture.family(&client, found.family.user, Some(session.id)).await;
    let mut tx = fixture.read().await;
    assert!(tx.tokens().token_liveness(late.id, at(3)).await.unwrap().unwrap().session_revoked);
    tx.commit().await.unwrap();
}

pub async fn session_clients_are_those_with_live_families(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, ..) = fixture.signed_in().await;
    fixture.family(&client, user.id, Some(session.id)).await;
    let other = fixture.client("other").await;
    let (ended, _) = fixture.family(&other, user.id, Some(session.id)).await;
    let mut tx = fixture.write().await;
    tx.tokens().revoke_family(ended.id, event("token.revoked"), at(1)).await.unwrap();
    let found = tx.tokens().list_session_clients(&[session.id]).await.unwrap();
    assert_eq!(found, [(session.id, client)]);
    assert!(tx.tokens().list_session_clients(&[]).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}

pub async fn a_one_time_value_is_remembered_until_it_expires(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let value = digest();
    let mut tx = fixture.write().await;
    assert!(!tx.tokens().is_remembered("jti", &value).await.unwrap());
    assert!(tx.tokens().remember_once("jti", &value, at(60)).await.unwrap());
    assert!(!tx.tokens().remember_once("jti", &value, at(60)).await.unwrap());
    assert!(tx.tokens().remember_once("revoked_jti", &value, at(60)).await.unwrap());
    assert!(tx.tokens().is_remembered("jti", &value).await.unwrap());
    tx.commit().await.unwrap();
    let later = fixture.later(60);
    let mut tx = later.write().await;
    assert!(!tx.tokens().is_remembered("jti", &value).await.unwrap());
    assert!(tx.tokens().remember_once("jti", &value, at(120)).await.unwrap());
    assert!(!tx.tokens().remember_once("jti", &value, at(120)).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn parallel_presentations_of_a_value_have_one_winner(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let value = digest();
    let won = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move {
            let mut tx = fixture.write().await;
            let won: Result<bool, StoreError> = tx.tokens().remember_once("jti", &value, at(60)).await;
            tx.commit().await.unwrap();
            won.unwrap()
        }
    })
    .await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
}

pub async fn client_access_is_what_a_user_can_withdraw(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, family, token) = fixture.signed_in().await;
    let (.., other_family, _) = fixture.signed_in().await;
    let (newer, _) = fixture.family(&client, user.id, Some(session.id)).await;
    let (_, next) = refresh(&fixture, token.digest, 0, at(50)).await;
    assert!(!next.matches(&token.digest));
    let mut tx = fixture.write().await;
    let found = tx.tokens().list_client_access(user.id, at(60)).await.unwrap();
    let expected = ClientAccess { client: client.clone(), since: family.created_at, last_used_at: at(50) };
    assert_eq!(found, [expected]);
    assert!(tx.tokens().list_client_access(user.id, family.expires_at).await.unwrap().is_empty());
    assert_eq!(tx.tokens().revoke_client_families(user.id, &client, at(60)).await.unwrap(), 2);
    assert_eq!(tx.tokens().revoke_client_families(user.id, &client, at(60)).await.unwrap(), 0);
    assert!(tx.tokens().list_client_access(user.id, at(60)).await.unwrap().is_empty());
    assert!(tx.tokens().token_liveness(newer.id, at(60)).await.unwrap().is_none());
    assert!(tx.tokens().token_liveness(other_family.id, at(60)).await.unwrap().is_some());
    tx.commit().await.unwrap();
}
