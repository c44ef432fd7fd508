//! Password hashing on threads of its own: as many as permitted, each with its Argon2 memory kept, behind a bounded
//! queue that refuses at once when full. Never runs on an async thread. Does not know users.

mod argon2id;
mod pool;

use async_trait::async_trait;
use tokio::sync::oneshot;
use vestibule_authn::{HashCost, HashError, PasswordHash, PasswordHasher, Verdict};
use vestibule_kernel::Secret;
use zeroize::Zeroizing;

pub use pool::{Argon2Pool, PoolConfig, PoolStats};

/// What a thread of the pool is to do.
enum Task {
    Hash {
        cost: HashCost,
        reply: oneshot::Sender<Result<String, HashError>>,
    },
    Verify {
        hash: Option<Zeroizing<String>>,
        cost: HashCost,
        reply: oneshot::Sender<Result<Verdict, HashError>>,
    },
}

impl Task {
    /// Nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool {
        match self {
            Self::Hash { reply, .. } => reply.is_closed(),
            Self::Verify { reply, .. } => reply.is_closed(),
        }
    }
}

struct Order {
    password: Zeroizing<Vec<u8>>,
    task: Task,
}

fn order(password: &Secret, task: Task) -> Order {
    Order { password: Zeroizing::new(password.expose().as_bytes().to_vec()), task }
}

/// A thread that died without answering counts as lack of capacity: nothing was decided.
const NO_ANSWER: HashError = HashError::Busy { retry_after_seconds: 1 };

#[async_trait]
impl PasswordHasher for Argon2Pool {
    async fn hash(&self, password: &Secret, cost: HashCost) -> Result<PasswordHash, HashError> {
        let (reply, answer) = oneshot::channel();
        self.submit(order(password, Task::Hash { cost, reply }))?;
        let text = answer.await.unwrap_or(Err(NO_ANSWER))?;
        Ok(PasswordHash::from_stored(text))
    }

    async fn verify(
        &self,
        password: &Secret,
        hash: Option<&PasswordHash>,
        cost: HashCost,
    ) -> Result<Verdict, HashError> {
        let (reply, answer) = oneshot::channel();
        let hash = hash.map(|hash| Zeroizing::new(hash.expose().to_owned()));
        self.submit(order(password, Task::Verify { hash, cost, reply }))?;
        answer.await.unwrap_or(Err(NO_ANSWER))
    }
}
