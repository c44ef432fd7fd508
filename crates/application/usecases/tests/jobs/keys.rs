//! Key rotation on a real store.

use tokio_util::sync::CancellationToken;
use vestibule_kernel::ports::Clock;
use vestibule_oauth::{KeyStatus, SigningKey};
use vestibule_realms::settings::Algorithm;
use vestibule_usecases::{
    jobs::rotate_keys,
    keys::{self, KeyError},
};

use crate::harness::World;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

async fn stored(world: &World, alg: &str) -> Vec<SigningKey> {
    let mut tx = world.app.store.read(&world.app.system_cx(world.realm)).await.unwrap();
    let keys = tx.keys().list_keys().await.unwrap();
    tx.commit().await.unwrap();
    keys.into_iter().filter(|key| key.public.alg == alg).collect()
}

fn statuses(keys: &[SigningKey]) -> Vec<KeyStatus> {
    keys.iter().map(|key| key.status).collect()
}

async fn scheduled(world: &World) -> u64 {
    rotate_keys(&world.app, &CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn a_new_realm_gets_one_signing_key_for_each_algorithm() {
    let world = World::new().await;
    for alg in ["ES256", "RS256"] {
        assert_eq!(statuses(&stored(&world, alg).await), [KeyStatus::Active], "{alg}");
    }
    assert_eq!(scheduled(&world).await, 0, "and no more");
}

#[tokio::test]
async fn the_schedule_publishes_then_signs_then_removes() {
    let world = World::new().await;
    let first = stored(&world, "ES256").await.remove(0);
    world.clock.advance(89 * DAY);
    assert_eq!(scheduled(&world).await, 1);
    let keys = stored(&world, "ES256").await;
    assert_eq!(statuses(&keys), [KeyStatus::Active, KeyStatus::Next]);
    assert_eq!(scheduled(&world).await, 0);

    world.clock.advance(DAY);
    assert_eq!(scheduled(&world).await, 1);
    let keys = stored(&world, "ES256").await;
    assert_eq!(statuses(&keys), [KeyStatus::Retiring, KeyStatus::Active]);
    let realm = world.app.snapshots.by_id(world.realm).await.unwrap().unwrap();
    assert_eq!(realm.signing_key("ES256").unwrap().public.kid, keys[1].public.kid);

    // What the old key signed still verifies, until the longest token has expired.
    let old = world.app.signer.sign(world.realm, &first, "at+jwt", b"{}").unwrap();
    assert!(world.app.signer.verify(&realm.keys, "at+jwt", &old).is_ok());
    let remove_at = keys[0].remove_at.unwrap();
    assert!((remove_at - world.clock.now()).num_seconds() >= 600 + HOUR);
    world.clock.advance((remove_at - world.clock.now()).num_seconds());
    assert_eq!(scheduled(&world).await, 1);
    assert_eq!(statuses(&stored(&world, "ES256").await), [KeyStatus::Active]);
    let realm = world.app.snapshots.by_id(world.realm).await.unwrap().unwrap();
    assert!(world.app.signer.verify(&realm.keys, "at+jwt", &old).is_err());
}

#[tokio::test]
async fn by_command_a_new_key_signs_at_once_and_the_old_one_stays_published() {
    let world = World::new().await;
    let cx = world.app.system_cx(world.realm);
    let before = stored(&world, "RS256").await.remove(0).public.kid;
    keys::rotate_now(&world.app, &cx, Algorithm::RS256).await.unwrap();
    let realm = world.app.snapshots.by_id(world.realm).await.unwrap().unwrap();
    assert_ne!(realm.signing_key("RS256").unwrap().public.kid, before);
    let kids: Vec<_> = stored(&world, "RS256").await.into_iter().map(|key| key.public.kid).collect();
    assert!(kids.len() == 2 && kids.contains(&before));
    assert_eq!(stored(&world, "ES256").await.len(), 1, "other algorithms are left alone");
    let unused = keys::rotate_now(&world.app, &cx, Algorithm::EdDSA).await;
    assert!(matches!(unused, Err(KeyError::NotUsed("EdDSA"))));
}

#[tokio::test]
async fn of_two_rotations_at_the_same_time_one_makes_the_key() {
    let world = World::new().await;
    world.clock.advance(89 * DAY);
    let cx = world.app.system_cx(world.realm);
    let (one, two) = tokio::join!(keys::rotate_due(&world.app, &cx), keys::rotate_due(&world.app, &cx));
    assert_eq!([one.unwrap(), two.unwrap()].iter().filter(|done| **done).count(), 1);
    for alg in ["ES256", "RS256"] {
        assert_eq!(statuses(&stored(&world, alg).await), [KeyStatus::Active, KeyStatus::Next], "{alg}");
    }
}
