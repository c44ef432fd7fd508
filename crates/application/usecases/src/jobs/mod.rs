//! Background work: the loop that claims queued jobs under a lease and carries them out, and what runs by schedule.
//! Each job may run more than once; no transaction is open while one signs, renders or talks to the network.

mod backchannel_logout;
mod backoff;
mod deliveries;
mod inspect;
mod perform;
mod purge_expired;
mod rotate_keys;
mod run;
mod send_challenge;
mod send_message;

use vestibule_kernel::ports::MailOutcome;

pub use backoff::MAX_ATTEMPTS;
pub use inspect::{JobInRealm, list, retry};
pub use purge_expired::purge_expired;
pub use rotate_keys::rotate_keys;
pub use run::{WorkerSettings, run, run_due};

/// How one attempt at a job ended. Texts are shown to administrators: what went wrong, never with whom or with which
/// secret.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Attempt {
    /// There is nothing left to do.
    Done,
    /// It may work later.
    Again(String),
    /// It will never work, and nobody can change that.
    Refused(String),
    /// It will not work unless somebody changes something.
    Never(String),
}

impl From<MailOutcome> for Attempt {
    fn from(outcome: MailOutcome) -> Self {
        match outcome {
            MailOutcome::Sent(_) => Self::Done,
            MailOutcome::TryLater(why) => Self::Again(why),
            MailOutcome::Rejected(why) => Self::Refused(why),
            MailOutcome::Never(why) => Self::Never(why),
        }
    }
}
