//! Passwords set by administrators, set-up and import: the policy of the realm, then the hash, always before any
//! transaction is opened.

use std::time::Duration;

use vestibule_authn::{
    HashError, PasswordHash,
    password::{self, PasswordError, PasswordRules},
    ports::HashCost,
};
use vestibule_kernel::Secret;
use vestibule_realms::{Realm, RealmSettings};
use vestibule_users::NewUser;

use crate::App;

/// How often a bulk import asks again when the hashing queue is full.
const BULK_ATTEMPTS: u32 = 50;
/// How long it waits in between.
const BULK_PAUSE: Duration = Duration::from_millis(200);

/// What a hash costs in this realm.
pub fn cost(settings: &RealmSettings) -> HashCost {
    let hashing = settings.hashing;
    HashCost { memory_kib: hashing.memory_kib, passes: hashing.passes, lanes: hashing.lanes }
}

/// Words a password may not consist of: the realm's names, the person's names and addresses.
pub fn context(realm: &Realm, user: &NewUser) -> Vec<String> {
    let mut words = vec![realm.slug.to_string(), realm.settings.display_name.clone()];
    words.extend(user.username.iter().map(ToString::to_string));
    for address in &user.emails {
        words.push(address.email.to_string());
        words.extend(address.email.as_str().split_once('@').map(|(local, _)| local.to_owned()));
    }
    words.extend(
        ["name", "given_name", "family_name"]
            .into_iter()
            .filter_map(|claim| user.profile.text(claim))
            .map(str::to_owned),
    );
    words
}

/// Checks a new password against the policy of the realm and gives its normal form.
///
/// # Errors
/// The first rule it breaks.
pub fn check(realm: &Realm, user: &NewUser, password: &Secret) -> Result<Secret, PasswordError> {
    let policy = &realm.settings.password;
    let normal = password::normalize(password).ok_or(PasswordError::TooLong(policy.max_length))?;
    let rules = PasswordRules {
        min_length: policy.min_length,
        max_length: policy.max_length,
        refuse_common: policy.refuse_common,
        blocklist: &policy.blocklist,
        context: context(realm, user),
    };
    password::check(&normal, &rules)?;
    Ok(normal)
}

/// Hashes one of many passwords: a full queue is waited for, since people who sign in go first.
pub(crate) async fn hash_in_bulk(
    app: &App,
    password: &Secret,
    cost: HashCost,
) -> Result<PasswordHash, HashError> {
    let mut attempt = 0;
    loop {
        match app.hasher.hash(password, cost).await {
            Err(HashError::Busy { .. }) if attempt < BULK_ATTEMPTS => {
                attempt += 1;
                tokio::time::sleep(BULK_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
