//! The sweep.

use vestibule_oauth::CodeOutcome;
use vestibule_storage::PurgeCounts;

use super::{
    deliveries::delivery,
    fixture::{Fixture, TestStore, at, digest, event, flow, stored_request},
    mailbox::mail,
    trusted_devices::trusted,
};

const DAY: i64 = 86_400;

async fn sweep(fixture: &Fixture, seconds: i64, batch: u32) -> PurgeCounts {
    let mut tx = fixture.system().await;
    let counts = tx.purge_expired(at(seconds), batch).await.unwrap();
    tx.commit().await.unwrap();
    counts
}

fn removed(counts: &PurgeCounts, table: &str) -> u64 {
    counts.0.iter().filter(|(name, _)| *name == table).map(|(_, count)| count).sum()
}

pub async fn what_is_over_goes_and_what_is_needed_stays(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, family, token) = fixture.signed_in().await;
    let code = fixture.code(&client, user.id, session.id).await;
    let mut tx = fixture.write().await;
    tx.flows().save_flow(flow(Some(user.id))).await.unwrap();
    let device = vestibule_kernel::DeviceId::from_uuid(super::fixture::id());
    tx.trusted_devices().save_trusted_device(trusted(user.id, device)).await.unwrap();
    let copy = vestibule_kernel::ExportId::from_uuid(super::fixture::id());
    tx.exports().insert_export(super::exports::asked(user.id, copy)).await.unwrap();
    tx.requests().insert_request(&stored_request(&client, None)).await.unwrap();
    tx.tokens().remember_once("jti", &digest(), at(60)).await.unwrap();
    tx.idempotency().claim_idempotency_key(&digest(), &digest(), at(0)).await.unwrap();
    let created = event("initial_access_token.created");
    tx.clients().save_initial_access_token(&digest(), 1, at(60), created).await.unwrap();
    let mail_id = vestibule_kernel::MailId::from_uuid(super::fixture::id());
    tx.mailbox().keep_mail(mail_id, &mail("m1"), at(0)).await.unwrap();
    let job = vestibule_kernel::JobId::from_uuid(super::fixture::id());
    tx.deliveries().save_delivery(&delivery(job, None), None).await.unwrap();
    tx.text_counts().count_text_sent("+49171", at(0)).await.unwrap();
    tx.commit().await.unwrap();
    let nothing = sweep(&fixture, 1, 100).await;
    assert!(nothing.0.iter().all(|(_, count)| *count == 0), "{nothing:?}");

    let counts = sweep(&fixture, DAY / 2, 100).await;
    let gone =
        ["flows", "authorization_requests", "trusted_devices", "one_time_values", "initial_access_tokens"];
    for table in gone {
        assert_eq!(removed(&counts, table), 1, "{table}");
    }
    let mut tx = fixture.write().await;
    tx.tokens().consume_code(&code.digest, at(1)).await.unwrap();
    let reused = tx.tokens().consume_code(&code.digest, at(1)).await.unwrap();
    assert!(matches!(reused, CodeOutcome::Reused(_)), "reuse is still recognised");
    tx.commit().await.unwrap();

    let counts = sweep(&fixture, DAY + 3_600, 100).await;
    for table in ["authorization_codes", "refresh_tokens", "idempotency_keys", "data_exports"] {
        assert_eq!(removed(&counts, table), 1, "{table}");
    }
    assert_eq!(removed(&counts, "token_families"), 0);
    let mut tx = fixture.read().await;
    assert!(tx.tokens().find_refresh_token(&token.digest).await.unwrap().is_none());
    assert!(tx.tokens().find_family(family.id).await.unwrap().is_some());
    assert!(tx.sessions().find_session(session.id).await.unwrap().is_some());
    tx.commit().await.unwrap();

    let mut long = super::fixture::family(&client, user.id, Some(session.id));
    long.expires_at = at(400 * DAY);
    let mut tx = fixture.write().await;
    tx.tokens().insert_family(&long, None).await.unwrap();
    tx.commit().await.unwrap();
    let counts = sweep(&fixture, 31 * DAY, 100).await;
    for table in ["token_families", "sessions", "mailbox", "deliveries", "sms_counts"] {
        assert_eq!(removed(&counts, table), 1, "{table}");
    }
    let mut tx = fixture.read().await;
    assert!(tx.sessions().find_session(session.id).await.unwrap().is_none());
    assert_eq!(tx.tokens().find_family(long.id).await.unwrap().unwrap().session, None);
    assert!(tx.tokens().token_liveness(long.id, at(0)).await.unwrap().is_some(), "outlives its session");
    tx.commit().await.unwrap();
}

pub async fn a_sweep_is_bounded(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    for _ in 0..7 {
        tx.tokens().remember_once("jti", &digest(), at(60)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut found = Vec::new();
    for _ in 0..4 {
        found.push(removed(&sweep(&fixture, 61, 3).await, "one_time_values"));
    }
    assert_eq!(found, [3, 3, 1, 0]);
}
