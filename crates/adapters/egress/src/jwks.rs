//! Key documents of clients, kept for a while: at most one forced refetch a minute, one fetch at a time for each
//! address, and the last good answer while the client's server is away.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use moka::sync::Cache;
use serde_json::Value;
use tokio::sync;
use vestibule_kernel::{Timestamp, ports::Clock};
use vestibule_oauth::{FetchError, JwksSource};

use crate::client::Egress;

/// Documents kept.
const CAPACITY: u64 = 1_000;
/// A document is taken from memory for so long.
const FRESH_SECONDS: i64 = 600;
/// A forced refetch, and one after a failure, at most this often.
const REFETCH_SECONDS: i64 = 60;
/// An address that never answered is tried again after so long.
const RETRY_SECONDS: i64 = 5;
/// While fetches fail, the last good document is served for so long.
const STALE_SECONDS: i64 = 86_400;

/// `JwksSource` over the guarded client.
pub struct JwksCache {
    egress: Arc<Egress>,
    clock: Arc<dyn Clock>,
    documents: Cache<String, Arc<Document>>,
}

#[derive(Default)]
struct Document {
    state: Mutex<State>,
    /// Held while fetching.
    fetching: sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct State {
    good: Option<(Value, Timestamp)>,
    failed: Option<(FetchError, Timestamp)>,
    forced: Option<Timestamp>,
    /// Fetches so far.
    fetches: u64,
}

impl State {
    /// What can be answered without fetching; `None` to fetch now.
    fn answer(&self, refresh: bool, now: Timestamp) -> Option<Result<Value, FetchError>> {
        let age = |since: Timestamp| (now - since).num_seconds();
        let recently = |since: Option<Timestamp>, seconds| since.is_some_and(|since| age(since) < seconds);
        let failed = self.failed.as_ref();
        if let Some((value, fetched)) = &self.good {
            let hold_back = recently(failed.map(|(_, at)| *at), REFETCH_SECONDS);
            let wanted = if refresh {
                !recently(self.forced, REFETCH_SECONDS)
            } else {
                age(*fetched) >= FRESH_SECONDS
            };
            let usable = age(*fetched) < STALE_SECONDS;
            return (usable && (hold_back || !wanted)).then(|| Ok(value.clone()));
        }
        let (error, at) = failed?;
        (age(*at) < RETRY_SECONDS).then(|| Err(error.clone()))
    }

    /// Notes the outcome of a fetch and answers: the last good document rather than an error.
    fn note(
        &mut self,
        outcome: Result<Value, FetchError>,
        refresh: bool,
        now: Timestamp,
    ) -> Result<Value, FetchError> {
        self.fetches = self.fetches.wrapping_add(1);
        if refresh {
            self.forced = Some(now);
        }
        match outcome {
            Ok(value) => {
                self.good = Some((value.clone(), now));
                self.failed = None;
                Ok(value)
            }
            Err(error) => {
                self.failed = Some((error.clone(), now));
                match &self.good {
                    Some((value, fetched)) if (now - *fetched).num_seconds() < STALE_SECONDS => {
                        Ok(value.clone())
                    }
                    _ => Err(error),
                }
            }
        }
    }
}

impl Document {
    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl JwksCache {
    /// An empty cache.
    pub fn new(egress: Arc<Egress>, clock: Arc<dyn Clock>) -> Self {
        Self { egress, clock, documents: Cache::new(CAPACITY) }
    }

    async fn fetch(&self, uri: &str) -> Result<Value, FetchError> {
        let body = self.egress.get(uri, "application/jwk-set+json, application/json").await?;
        let document: Value = serde_json::from_slice(&body)
            .map_err(|_cause: serde_json::Error| FetchError::Failed("the answer is not JSON".to_owned()))?;
        if document.get("keys").is_some_and(Value::is_array) {
            Ok(document)
        } else {
            Err(FetchError::Failed("the answer is not a JWK set".to_owned()))
        }
    }
}

#[async_trait]
impl JwksSource for JwksCache {
    async fn jwks(&self, uri: &str, refresh: bool) -> Result<Value, FetchError> {
        let document = self.documents.get_with_by_ref(uri, Arc::default);
        let before = document.state();
        if let Some(answer) = before.answer(refresh, self.clock.now()) {
            return answer;
        }
        let _one_at_a_time = document.fetching.lock().await;
        // Somebody else may have fetched while this call waited.
        let state = document.state();
        if state.fetches != before.fetches
            && let Some(answer) = state.answer(false, self.clock.now())
        {
            return answer;
        }
        let outcome = self.fetch(uri).await;
        let now = self.clock.now();
        document.state.lock().unwrap_or_else(PoisonError::into_inner).note(outcome, refresh, now)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn failure() -> FetchError {
        FetchError::Failed("x".to_owned())
    }

    #[test]
    fn a_good_document_is_kept_ten_minutes() {
        let mut state = State::default();
        assert!(state.answer(false, at(0)).is_none());
        state.note(Ok(json!(1)), false, at(0)).unwrap();
        assert_eq!(state.answer(false, at(599)), Some(Ok(json!(1))));
        assert!(state.answer(false, at(600)).is_none());
    }

    #[test]
    fn an_unknown_key_id_forces_one_fetch_a_minute() {
        let mut state = State::default();
        state.note(Ok(json!(1)), false, at(0)).unwrap();
        assert!(state.answer(true, at(1)).is_none(), "the first is not held back");
        state.note(Ok(json!(2)), true, at(1)).unwrap();
        assert_eq!(state.answer(true, at(60)), Some(Ok(json!(2))));
        assert!(state.answer(true, at(61)).is_none());
    }

    #[test]
    fn while_the_other_side_is_away_the_last_document_serves_for_a_day() {
        let mut state = State::default();
        state.note(Ok(json!(1)), false, at(0)).unwrap();
        assert_eq!(state.note(Err(failure()), false, at(700)), Ok(json!(1)));
        assert_eq!(state.answer(false, at(759)), Some(Ok(json!(1))), "no fetch for a minute");
        assert_eq!(state.answer(true, at(759)), Some(Ok(json!(1))));
        assert!(state.answer(false, at(760)).is_none());
        assert_eq!(state.note(Err(failure()), false, at(86_400)), Err(failure()));
    }

    #[test]
    fn an_address_that_never_answered_is_not_hammered() {
        let mut state = State::default();
        assert_eq!(state.note(Err(failure()), false, at(0)), Err(failure()));
        assert_eq!(state.answer(false, at(4)), Some(Err(failure())));
        assert!(state.answer(false, at(5)).is_none());
    }
}
