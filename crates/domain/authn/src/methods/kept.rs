//! What a method keeps between question and answer, with whom, where and until when it belongs: a payload that reaches
//! another method, realm, person or time judges nothing, even if the engine above made a mistake.

use chrono::Duration;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use vestibule_kernel::{RealmId, Timestamp, UserId};
use zeroize::Zeroizing;

use crate::method::{MethodCx, MethodError, MethodId};

/// Which of a method's two conversations a payload belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ceremony {
    /// An answer proves a factor.
    Prove,
    /// An answer binds an authenticator.
    Enrol,
}

/// A payload.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept<T> {
    method: MethodId,
    ceremony: Ceremony,
    realm: RealmId,
    /// Whom it is about; `None`: whoever answers.
    pub user: Option<UserId>,
    until: Timestamp,
    /// What the method judges by.
    pub data: T,
}

impl<T: Serialize + DeserializeOwned> Kept<T> {
    /// Makes the bytes the engine seals.
    ///
    /// # Errors
    /// [`MethodError::Unusable`] if the data has no JSON form, which is a bug.
    pub fn seal(
        cx: &MethodCx<'_>,
        method: MethodId,
        ceremony: Ceremony,
        lifetime: Duration,
        data: T,
    ) -> Result<Zeroizing<Vec<u8>>, MethodError> {
        let user = cx.person.map(|person| person.id);
        let kept = Self { method, ceremony, realm: cx.realm.id, user, until: cx.now + lifetime, data };
        serde_json::to_vec(&kept)
            .map(Zeroizing::new)
            .map_err(|_not_json: serde_json::Error| MethodError::Unusable)
    }

    /// Reads a payload for judging. `None`: it is over, or was made for another person than the one who answers.
    ///
    /// # Errors
    /// [`MethodError::Unusable`] for damaged bytes and for a payload of another method, ceremony or realm.
    pub fn open(
        cx: &MethodCx<'_>,
        method: &MethodId,
        ceremony: Ceremony,
        payload: &[u8],
    ) -> Result<Option<Self>, MethodError> {
        let kept = Self::peek(payload).ok_or(MethodError::Unusable)?;
        if kept.method != *method || kept.ceremony != ceremony || kept.realm != cx.realm.id {
            return Err(MethodError::Unusable);
        }
        let theirs = kept.user.is_none_or(|user| cx.person.is_some_and(|person| person.id == user));
        Ok((theirs && cx.now < kept.until).then_some(kept))
    }

    /// Reads a payload for showing it.
    pub fn peek(payload: &[u8]) -> Option<Self> {
        serde_json::from_slice(payload).ok()
    }
}
