//! Browsers in which a second factor is waived.

use chrono::Duration;
use vestibule_authn::{TrustScope, TrustedDevice};
use vestibule_kernel::{Changed, DeviceId, UserId};

use super::fixture::{Fixture, TestStore, at, id, session};

/// A browser that this user trusts for a minute.
pub(super) fn trusted(user: UserId, id: DeviceId) -> Changed<TrustedDevice> {
    let seen = (Some("192.0.2.7".to_owned()), Some("test agent".to_owned()));
    TrustedDevice::trust(id, user, seen, Duration::seconds(60), at(0))
}

pub async fn a_browser_is_trusted_until_its_time_is_over(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (ada, bob) = (fixture.user("ada@acme.test").await.id, fixture.user("bob@acme.test").await.id);
    let (laptop, phone) = (DeviceId::from_uuid(id()), DeviceId::from_uuid(id()));
    let mut tx = fixture.write().await;
    tx.trusted_devices().save_trusted_device(trusted(ada, laptop)).await.unwrap();
    tx.trusted_devices().save_trusted_device(trusted(ada, phone)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let devices = tx.trusted_devices();
    assert!(devices.use_trusted_device(ada, laptop, at(59)).await.unwrap());
    assert!(!devices.use_trusted_device(bob, laptop, at(59)).await.unwrap(), "trust is of one person");
    assert!(!devices.use_trusted_device(ada, DeviceId::from_uuid(id()), at(59)).await.unwrap());
    assert!(!devices.use_trusted_device(ada, laptop, at(60)).await.unwrap(), "its time is over");
    let used = TrustedDevice { last_used_at: at(59), ..trusted(ada, laptop).value };
    let listed = devices.list_trusted_devices(ada, at(59)).await.unwrap();
    assert_eq!(listed, [used, trusted(ada, phone).value], "the last used first");
    assert_eq!(devices.list_trusted_devices(ada, at(60)).await.unwrap(), []);
    assert_eq!(devices.list_trusted_devices(bob, at(1)).await.unwrap(), []);
    // Trusted anew.
    let anew = TrustedDevice::trust(phone, ada, (None, None), Duration::seconds(60), at(30));
    devices.save_trusted_device(anew.clone()).await.unwrap();
    assert_eq!(devices.list_trusted_devices(ada, at(89)).await.unwrap(), [anew.value]);
    tx.commit().await.unwrap();
}

pub async fn forgetting_ends_the_trust_and_what_it_waived(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (ada, bob) = (fixture.user("ada@acme.test").await.id, fixture.user("bob@acme.test").await.id);
    let ids: Vec<_> = (0..4).map(|_| DeviceId::from_uuid(id())).collect();
    let mut sessions = Vec::new();
    let mut tx = fixture.write().await;
    for user in [ada, bob] {
        let mut waived = session(user, at(0)).value.into_inner();
        waived.second_factor_waived = true;
        sessions.push(waived.id);
        let waived = waived.active(at(1)).unwrap();
        tx.sessions().save_session(Changed::quiet(waived, None)).await.unwrap();
    }
    for (user, device) in [(ada, ids[0]), (ada, ids[1]), (ada, ids[2]), (bob, ids[3])] {
        tx.trusted_devices().save_trusted_device(trusted(user, device)).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert!(waived(&fixture, &sessions).await.iter().all(|waived| *waived));
    let mut tx = fixture.write().await;
    let devices = tx.trusted_devices();
    assert_eq!(devices.forget_trusted_devices(TrustScope::One(ada, ids[3])).await.unwrap(), 0, "it is Bob's");
    assert_eq!(devices.forget_trusted_devices(TrustScope::One(ada, ids[0])).await.unwrap(), 1);
    assert_eq!(devices.list_trusted_devices(ada, at(1)).await.unwrap().len(), 2);
    tx.commit().await.unwrap();
    assert_eq!(waived(&fixture, &sessions).await, [false, true]);
    let mut tx = fixture.write().await;
    assert_eq!(tx.trusted_devices().forget_trusted_devices(TrustScope::User(ada)).await.unwrap(), 2);
    assert_eq!(tx.trusted_devices().forget_trusted_devices(TrustScope::User(ada)).await.unwrap(), 0);
    assert!(tx.trusted_devices().use_trusted_device(bob, ids[3], at(1)).await.unwrap());
    assert_eq!(tx.trusted_devices().forget_trusted_devices(TrustScope::Realm).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(waived(&fixture, &sessions).await, [false, false]);
    let kinds = fixture.event_kinds().await;
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    assert_eq!((count("device.trusted"), count("device.forgotten")), (4, 4));
}

async fn waived(fixture: &Fixture, sessions: &[vestibule_kernel::SessionId]) -> Vec<bool> {
    let mut tx = fixture.read().await;
    let mut found = Vec::new();
    for id in sessions {
        found.push(tx.sessions().find_session(*id).await.unwrap().unwrap().second_factor_waived);
    }
    tx.commit().await.unwrap();
    found
}
