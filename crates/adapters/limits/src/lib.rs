//! Request limits in this process, on governor's cell rate algorithm: a key may burst up to its limit and recovers
//! evenly over the window. Servers that share nothing count apart; a shared limiter is another implementation of the
//! same port.
#![warn(missing_docs)]

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use governor::{
    DefaultKeyedRateLimiter, Quota as Rate, RateLimiter as Governor,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
};
use vestibule_kernel::ports::{Quota, RateLimiter};

type Keyed = DefaultKeyedRateLimiter<String, StateInformationMiddleware>;
type Rates = HashMap<(u32, Duration), Arc<Keyed>>;

/// Distinct (limit, window) pairs kept; realms set their own, so they must be bounded.
const MAX_RATES: usize = 1_024;
/// Keys of one rate beyond which those that have recovered are forgotten; twice as many are forgotten altogether.
const MAX_KEYS: usize = 200_000;
/// Checks between two looks at the number of keys: forgetting walks them all.
const LOOK_EVERY: u64 = 8_192;

/// A limiter for this process.
#[derive(Default)]
pub struct ProcessLimiter {
    rates: RwLock<Rates>,
    /// Until when a key that was refused stays refused.
    refused: RwLock<HashMap<String, Instant>>,
    checks: AtomicU64,
    clock: DefaultClock,
}

impl ProcessLimiter {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets keys that have recovered; to be called now and then.
    pub fn forget_recovered(&self) {
        let rates: Vec<_> =
            self.rates.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for rate in rates {
            rate.retain_recent();
            rate.shrink_to_fit();
        }
        let now = Instant::now();
        self.refused.write().unwrap_or_else(PoisonError::into_inner).retain(|_, until| *until > now);
    }

    /// Keeps a flood of fresh keys from filling the memory, at a price that does not grow with each request.
    fn bound(&self, name: (u32, Duration), rate: &Keyed) {
        if rate.len() > MAX_KEYS {
            rate.retain_recent();
        }
        if rate.len() > 2 * MAX_KEYS {
            self.rates.write().unwrap_or_else(PoisonError::into_inner).remove(&name);
        }
    }

    /// Remembers a refusal. A flood of them is bounded: when forgetting those that are over is not enough, all go.
    fn refuse(&self, key: &str, wait: Duration) {
        let now = Instant::now();
        let mut refused = self.refused.write().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= MAX_KEYS {
            refused.retain(|_, until| *until > now);
        }
        if refused.len() >= MAX_KEYS {
            refused.clear();
        }
        refused.insert(key.to_owned(), now + wait);
    }

    fn rate(&self, limit: NonZeroU32, window: Duration) -> Option<Arc<Keyed>> {
        let name = (limit.get(), window);
        if let Some(known) = self.rates.read().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Some(Arc::clone(known));
        }
        let rate = Rate::with_period(window / limit.get())?.allow_burst(limit);
        let fresh = Arc::new(Governor::keyed(rate).with_middleware::<StateInformationMiddleware>());
        let mut rates = self.rates.write().unwrap_or_else(PoisonError::into_inner);
        if rates.len() >= MAX_RATES {
            rates.clear();
        }
        Some(Arc::clone(rates.entry(name).or_insert(fresh)))
    }
}

#[async_trait]
impl RateLimiter for ProcessLimiter {
    async fn check(&self, key: &str, limit: u32, window: Duration) -> Quota {
        let refused = Quota { limit, remaining: 0, reset: window, allowed: false };
        let Some(allowed) = NonZeroU32::new(limit) else { return refused };
        let Some(rate) = self.rate(allowed, window) else { return refused };
        if self.checks.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY) {
            self.bound((limit, window), &rate);
        }
        match rate.check_key(&key.to_owned()) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity().min(limit);
                let reset = (window / limit) * (limit - remaining);
                Quota { limit, remaining, reset, allowed: true }
            }
            Err(until) => {
                let reset = until.wait_time_from(self.clock.now());
                self.refuse(key, reset);
                Quota { reset, ..refused }
            }
        }
    }

    async fn refused_for(&self, key: &str) -> Option<Duration> {
        let refused = self.refused.read().unwrap_or_else(PoisonError::into_inner);
        let left = refused.get(key)?.saturating_duration_since(Instant::now());
        (left > Duration::ZERO).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_key_may_burst_up_to_its_limit_and_no_further() {
        let limiter = ProcessLimiter::new();
        for left in (0..5).rev() {
            let quota = limiter.check("a", 5, MINUTE).await;
            assert!(quota.allowed);
            assert_eq!(quota.remaining, left);
        }
        let refused = limiter.check("a", 5, MINUTE).await;
        assert!(!refused.allowed);
        assert!(refused.reset > Duration::ZERO && refused.reset <= MINUTE / 5);
        assert!(limiter.check("b", 5, MINUTE).await.allowed, "another key counts apart");
    }

    #[tokio::test]
    async fn a_limit_of_zero_allows_nothing() {
        assert!(!ProcessLimiter::new().check("a", 0, MINUTE).await.allowed);
    }

    #[tokio::test]
    async fn a_refusal_can_be_asked_for_without_counting() {
        let limiter = ProcessLimiter::new();
        for _ in 0..2 {
            assert!(limiter.check("a", 2, MINUTE).await.allowed);
            assert_eq!(limiter.refused_for("a").await, None, "nothing was refused yet");
        }
        assert!(!limiter.check("a", 2, MINUTE).await.allowed);
        let left = limiter.refused_for("a").await.unwrap();
        assert!(left > Duration::ZERO && left <= MINUTE / 2);
        assert_eq!(limiter.refused_for("b").await, None);
    }

    #[tokio::test]
    async fn remembered_refusals_are_bounded() {
        let limiter = ProcessLimiter::new();
        for key in 0..=MAX_KEYS {
            limiter.refuse(&key.to_string(), MINUTE);
        }
        assert!(limiter.refused.read().unwrap().len() <= MAX_KEYS);
    }

    #[tokio::test]
    async fn parallel_requests_share_one_count() {
        let limiter = Arc::new(ProcessLimiter::new());
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let limiter = Arc::clone(&limiter);
                tokio::spawn(async move { limiter.check("a", 10, Duration::from_secs(3_600)).await.allowed })
            })
            .collect();
        let mut allowed = 0;
        for task in tasks {
            allowed += u32::from(task.await.unwrap());
        }
        assert_eq!(allowed, 10);
    }

    #[tokio::test]
    async fn a_flood_of_fresh_keys_is_bounded() {
        let limiter = ProcessLimiter::new();
        let day = Duration::from_secs(86_400);
        for key in 0..2 * MAX_KEYS + 3 * usize::try_from(LOOK_EVERY).unwrap() {
            limiter.check(&key.to_string(), 5, day).await;
        }
        let keys: usize = limiter.rates.read().unwrap().values().map(|rate| rate.len()).sum();
        assert!(keys <= 2 * MAX_KEYS, "{keys}");
    }

    #[tokio::test]
    async fn distinct_rates_are_bounded() {
        let limiter = ProcessLimiter::new();
        for limit in 1..=u32::try_from(MAX_RATES).unwrap() + 10 {
            limiter.check("a", limit, MINUTE).await;
        }
        assert!(limiter.rates.read().unwrap().len() <= MAX_RATES);
    }
}
