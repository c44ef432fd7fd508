//! The threads and the queue. Decides who waits and who is refused.

use std::{
    collections::VecDeque,
    num::NonZeroUsize,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use vestibule_authn::HashError;

use super::{
    Order, Task,
    argon2id::{self, Memory},
};

/// Idle threads give their memory back after this long.
const KEEP_MEMORY: Duration = Duration::from_secs(30);
/// More than this is given back right after the hash that needed it.
const KEEP_KIB: usize = 65_536;

/// Size of the pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolConfig {
    /// Threads, and so hashes at the same time. Memory is at most threads × the realm's `memory_kib`.
    pub threads: NonZeroUsize,
    /// Requests that may wait.
    pub queue: usize,
}

impl Default for PoolConfig {
    /// A thread per core, sixteen waiting places for each.
    fn default() -> Self {
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { threads, queue: threads.get().saturating_mul(16) }
    }
}

/// What the pool is doing, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStats {
    /// Requests waiting now.
    pub queued: usize,
    /// Hashes being computed now.
    pub in_flight: usize,
    /// Threads.
    pub threads: usize,
    /// Waiting places.
    pub capacity: usize,
    /// Hashes computed since the start.
    pub completed: u64,
    /// Requests refused since the start because the queue was full.
    pub refused: u64,
}

struct Queue {
    waiting: VecDeque<Order>,
    closed: bool,
}

struct Shared {
    config: PoolConfig,
    queue: Mutex<Queue>,
    arrived: Condvar,
    in_flight: AtomicUsize,
    completed: AtomicU64,
    refused: AtomicU64,
    /// Smoothed duration of one hash in microseconds.
    typical_micros: AtomicU64,
}

impl Shared {
    /// A panic while the lock was held leaves a queue that is still a queue.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a full queue will have drained, in whole seconds.
    fn retry_after_seconds(&self, queued: usize) -> u64 {
        let rounds = queued.div_ceil(self.config.threads.get());
        let micros = u64::try_from(rounds)
            .unwrap_or(u64::MAX)
            .saturating_mul(self.typical_micros.load(Ordering::Relaxed));
        micros.div_ceil(1_000_000).clamp(1, 30)
    }

    fn note_completed(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let before = self.typical_micros.load(Ordering::Relaxed);
        let after = if before == 0 { micros } else { before.saturating_mul(7).saturating_add(micros) / 8 };
        self.typical_micros.store(after, Ordering::Relaxed);
        self.completed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Hashes passwords on dedicated threads. Dropping it lets the threads finish what waits and end.
pub struct Argon2Pool(Arc<Shared>);

impl Argon2Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn start(config: PoolConfig) -> std::io::Result<Self> {
        let pool = Self(Arc::new(Shared {
            config,
            queue: Mutex::new(Queue { waiting: VecDeque::new(), closed: false }),
            arrived: Condvar::new(),
            in_flight: AtomicUsize::new(0),
            completed: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            typical_micros: AtomicU64::new(0),
        }));
        for number in 0..config.threads.get() {
            let shared = Arc::clone(&pool.0);
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || work(&shared))?;
        }
        Ok(pool)
    }

    /// What the pool is doing.
    pub fn stats(&self) -> PoolStats {
        PoolStats {
            queued: self.0.lock().waiting.len(),
            in_flight: self.0.in_flight.load(Ordering::Relaxed),
            threads: self.0.config.threads.get(),
            capacity: self.0.config.queue,
            completed: self.0.completed.load(Ordering::Relaxed),
            refused: self.0.refused.load(Ordering::Relaxed),
        }
    }

    pub(super) fn submit(&self, order: Order) -> Result<(), HashError> {
        let mut queue = self.0.lock();
        // An idle thread takes the order at once, so `queue = 0` still hashes.
        let busy = self.0.in_flight.load(Ordering::Relaxed);
        let idle = self.0.config.threads.get().saturating_sub(busy);
        if queue.waiting.len() >= self.0.config.queue.saturating_add(idle) {
            let queued = queue.waiting.len();
            drop(queue);
            self.0.refused.fetch_add(1, Ordering::Relaxed);
            return Err(HashError::Busy { retry_after_seconds: self.0.retry_after_seconds(queued) });
        }
        queue.waiting.push_back(order);
        drop(queue);
        self.0.arrived.notify_one();
        Ok(())
    }
}

impl Drop for Argon2Pool {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.arrived.notify_all();
    }
}

fn work(shared: &Shared) {
    let mut memory = Memory::default();
    while let Some(order) = next(shared, &mut memory) {
        // Counted down also when the hash panics: the thread is lost, its place in the count is not.
        let _counted = Counted(&shared.in_flight);
        if !order.task.is_abandoned() {
            perform(shared, order, &mut memory);
        }
        if memory.kib() > KEEP_KIB {
            memory.release();
        }
    }
    memory.release();
}

struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Waits for an order; `None` when the pool is gone and nothing waits. Memory is wiped before waiting.
fn next(shared: &Shared, memory: &mut Memory) -> Option<Order> {
    let mut queue = shared.lock();
    loop {
        if let Some(order) = queue.waiting.pop_front() {
            shared.in_flight.fetch_add(1, Ordering::Relaxed);
            return Some(order);
        }
        if queue.closed {
            return None;
        }
        if memory.is_dirty() {
            drop(queue);
            memory.wipe();
            queue = shared.lock();
            continue;
        }
        if memory.kib() == 0 {
            queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        let (guard, waited) =
            shared.arrived.wait_timeout(queue, KEEP_MEMORY).unwrap_or_else(PoisonError::into_inner);
        queue = guard;
        if waited.timed_out() {
            memory.release();
        }
    }
}

fn perform(shared: &Shared, order: Order, memory: &mut Memory) {
    let started = Instant::now();
    // Counted before the answer goes out, so that whoever has it sees it counted. A dropped receiver is no fault: the
    // caller has gone.
    match order.task {
        Task::Hash { cost, reply } => {
            let hash = argon2id::hash(memory, &order.password, cost);
            shared.note_completed(started.elapsed());
            let _gone = reply.send(hash);
        }
        Task::Verify { hash, cost, reply } => {
            let stored = hash.as_ref().map(|hash| hash.as_str());
            let verdict = argon2id::verify(memory, &order.password, stored, cost);
            shared.note_completed(started.elapsed());
            let _gone = reply.send(verdict);
        }
    }
}

#[cfg(test)]
mod tests {
    use vestibule_authn::{HashCost, PasswordHash, PasswordHasher, Verdict};
    use vestibule_kernel::Secret;

    use super::*;

    const CHEAP: HashCost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
    /// Long enough that a burst of calls is queued before the first is done.
    const SLOW: HashCost = HashCost { memory_kib: 65_536, passes: 10, lanes: 1 };

    fn pool(threads: usize, queue: usize) -> Argon2Pool {
        Argon2Pool::start(PoolConfig { threads: threads.try_into().unwrap(), queue }).unwrap()
    }

    #[tokio::test]
    async fn hashes_and_verifies_through_the_port() {
        let pool = pool(2, 8);
        let password = Secret::new("correct horse".to_owned());
        let hash = pool.hash(&password, CHEAP).await.unwrap();
        assert_eq!(pool.verify(&password, Some(&hash), CHEAP).await, Ok(Verdict::Right));
        assert_eq!(pool.verify(&password, None, CHEAP).await, Ok(Verdict::Wrong));
        let other = Secret::new("wrong".to_owned());
        assert_eq!(pool.verify(&other, Some(&hash), CHEAP).await, Ok(Verdict::Wrong));
        let damaged = PasswordHash::from_stored("$argon2id$".to_owned());
        assert_eq!(pool.verify(&other, Some(&damaged), CHEAP).await, Err(HashError::Unusable));
        let stats = pool.stats();
        assert_eq!((stats.queued, stats.refused, stats.threads), (0, 0, 2));
        assert!(stats.completed >= 4);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_recovers() {
        let pool = Arc::new(pool(1, 2));
        let secret = || Secret::new("x".to_owned());
        let calls: Vec<_> = (0..6)
            .map(|_| {
                let pool = Arc::clone(&pool);
                tokio::spawn(async move { pool.hash(&secret(), SLOW).await.map(|_hash| ()) })
            })
            .collect();
        let mut refused = 0;
        for call in calls {
            match call.await.unwrap() {
                Ok(()) => {}
                Err(HashError::Busy { retry_after_seconds }) => {
                    assert!((1..=30).contains(&retry_after_seconds));
                    refused += 1;
                }
                Err(other) => panic!("{other}"),
            }
        }
        // One in work and two waiting at most when all six came; the thread may already have taken the first.
        assert!((3..=4).contains(&refused), "{refused} refused");
        assert_eq!(pool.stats().refused, refused);
        assert!(pool.hash(&secret(), CHEAP).await.is_ok());
    }

    #[tokio::test]
    async fn abandoned_work_is_not_done() {
        let pool = Arc::new(pool(1, 8));
        let password = Secret::new("a".to_owned());
        let first = pool.hash(&password, SLOW);
        let second = pool.hash(&password, SLOW);
        tokio::join!(first, async {
            // Polled once, so that it is queued, then dropped.
            let mut second = Box::pin(second);
            let polled = futures_poll_once(&mut second).await;
            assert!(polled.is_none());
        })
        .0
        .unwrap();
        pool.hash(&Secret::new("c".to_owned()), CHEAP).await.unwrap();
        assert_eq!(pool.stats().completed, 2);
    }

    async fn futures_poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|cx| match std::pin::Pin::new(&mut *future).poll(cx) {
            std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
            std::task::Poll::Pending => std::task::Poll::Ready(None),
        })
        .await
    }

    #[tokio::test]
    async fn what_waits_is_finished_when_the_pool_goes() {
        let pool = pool(1, 8);
        let (reply, answer) = tokio::sync::oneshot::channel();
        let password = zeroize::Zeroizing::new(b"x".to_vec());
        pool.submit(Order { password, task: Task::Hash { cost: CHEAP, reply } }).unwrap();
        drop(pool);
        assert!(answer.await.unwrap().is_ok());
    }
}
