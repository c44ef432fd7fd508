//! Refusals of admin use cases as problems.

use vestibule_usecases::{access::admin::AdminError, admin::AdminFailure};

use crate::problem::{Problem, code};

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Unauthenticated => Self::new(&code::UNAUTHENTICATED),
            AdminError::MissingScope(scope) => {
                Self::new(&code::FORBIDDEN).detail(format!("the scope {scope} is required"))
            }
            AdminError::Store(error) => error.into(),
        }
    }
}

impl From<AdminFailure> for Problem {
    fn from(failure: AdminFailure) -> Self {
        match failure {
            AdminFailure::Access(error) => error.into(),
            AdminFailure::NotFound(what) => {
                Self::new(&code::NOT_FOUND).detail(format!("there is no such {what}"))
            }
            AdminFailure::Stale => Self::new(&code::STALE),
            AdminFailure::Invalid(faults) => {
                faults.iter().fold(Self::new(&code::INVALID), |problem, fault| {
                    problem.field(&fault.pointer, &fault.detail)
                })
            }
            AdminFailure::Conflict(reason) => Self::new(&code::CONFLICT).detail(reason),
            AdminFailure::Ceiling(scope) => {
                Self::new(&code::CEILING).detail(format!("the scope {scope} is beyond your own rights"))
            }
            AdminFailure::Busy { retry_after_seconds } => {
                Self::new(&code::BUSY).retry_after(retry_after_seconds)
            }
            AdminFailure::TooMany { retry_after_seconds } => {
                Self::new(&code::RATE_LIMITED).retry_after(retry_after_seconds)
            }
            AdminFailure::Signing(error) => {
                tracing::error!(%error, "a signing key could not be made");
                Self::new(&code::INTERNAL)
            }
            AdminFailure::Cancelled => Self::new(&code::UNAVAILABLE),
            AdminFailure::Store(error) => error.into(),
        }
    }
}
