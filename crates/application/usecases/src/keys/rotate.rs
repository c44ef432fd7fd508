//! Rotation: what is due is decided by `vestibule_oauth::rotation`, here it is carried out. Of two servers that do it
//! at the same time the second finds nothing left to do.

use std::collections::BTreeSet;

use vestibule_kernel::{Cx, Timestamp};
use vestibule_oauth::{
    GeneratedKey, SigningKey,
    rotation::{self, RotationPolicy, RotationStep},
};
use vestibule_realms::settings::Algorithm;
use vestibule_storage::RealmTx;

use super::{KeyError, initial::generate, policy_of};
use crate::App;

/// Does what the realm's schedule asks for at `cx.now`; true if anything was done.
///
/// # Errors
/// A key could not be made, or the store failed; the next round tries again.
pub async fn rotate_due(app: &App, cx: &Cx) -> Result<bool, KeyError> {
    carry_out(app, cx, &|keys, policy| Ok(rotation::due(keys, policy, cx.now))).await
}

/// Makes a new key sign at once; the others of the algorithm stay published until what they signed has expired.
/// `keys:rotate` is the caller's check.
///
/// # Errors
/// [`KeyError::NotUsed`] when the realm's settings do not name the algorithm.
pub async fn rotate_now(app: &App, cx: &Cx, alg: Algorithm) -> Result<(), KeyError> {
    let alg = alg.as_str();
    let plan = |keys: &[SigningKey], policy: &RotationPolicy| {
        if policy.algorithms.contains(&alg) {
            Ok(rotation::at_once(keys, alg, cx.now))
        } else {
            Err(KeyError::NotUsed(alg))
        }
    };
    carry_out(app, cx, &plan).await?;
    Ok(())
}

type Plan<'a> =
    &'a (dyn Fn(&[SigningKey], &RotationPolicy) -> Result<Vec<RotationStep>, KeyError> + Send + Sync);

async fn carry_out(app: &App, cx: &Cx, plan: Plan<'_>) -> Result<bool, KeyError> {
    let mut tx = app.store.read(cx).await?;
    let settings = tx.realm().get_realm().await?.settings;
    let keys = tx.keys().list_keys().await?;
    tx.commit().await?;
    let steps = plan(&keys, &policy_of(&settings))?;
    if steps.is_empty() {
        return Ok(false);
    }
    let wanted: BTreeSet<&'static str> = steps
        .iter()
        .filter_map(|step| match step {
            RotationStep::Create { alg, .. } => Some(*alg),
            RotationStep::Activate { .. } | RotationStep::Retire { .. } | RotationStep::Remove => None,
        })
        .collect();
    let mut generated = generate(app, cx.realm, wanted).await?;

    let mut tx = app.store.write(cx).await?;
    // Takes the realm's row, so that the plan is made anew from what nobody else changes meanwhile.
    tx.realm().touch_config().await?;
    let policy = policy_of(&tx.realm().get_realm().await?.settings);
    let keys = tx.keys().list_keys().await?;
    let steps = plan(&keys, &policy)?;
    for step in &steps {
        apply(tx.as_mut(), step, &keys, &mut generated, policy.keep_retired, cx.now).await?;
    }
    if steps.is_empty() {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(true)
}

async fn apply(
    tx: &mut dyn RealmTx,
    step: &RotationStep,
    keys: &[SigningKey],
    generated: &mut Vec<GeneratedKey>,
    keep_retired: chrono::Duration,
    now: Timestamp,
) -> Result<(), KeyError> {
    let find = |kid: &str| keys.iter().find(|key| key.public.kid == kid).cloned();
    match step {
        RotationStep::Create { alg, activate_at } => {
            // None is left only when the settings changed since the first look: the next round makes it.
            if let Some(index) = generated.iter().position(|key| key.public.alg == *alg) {
                let key = SigningKey::create(generated.swap_remove(index), *activate_at, now);
                tx.keys().save_key(key).await?;
            }
        }
        RotationStep::Activate { kid } => {
            if let Some(key) = find(kid) {
                tx.keys().save_key(key.activate(now)).await?;
            }
        }
        RotationStep::Retire { kid } => {
            if let Some(key) = find(kid) {
                tx.keys().save_key(key.retire(now + keep_retired, now)).await?;
            }
        }
        RotationStep::Remove => {
            tx.keys().remove_retired_keys(now).await?;
        }
    }
    Ok(())
}
