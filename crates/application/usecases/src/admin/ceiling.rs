//! The upper bound of what an actor may hand out: nobody grants more than they hold, and nobody changes what would
//! let them act as somebody who holds more.

use std::collections::BTreeSet;

use vestibule_oauth::{ClientMetadata, scope::ADMIN_SCOPES};

use crate::{
    access::{AdminCx, InstallationCx},
    admin::AdminFailure,
};

/// The most admin scopes that the result of a change may carry.
#[derive(Debug, Clone, Copy)]
pub enum Ceiling<'a> {
    /// Whoever holds the machine: command line, bootstrap.
    Host,
    /// An administrator with these scopes.
    Held(&'a BTreeSet<String>),
}

impl<'a> From<&'a AdminCx> for Ceiling<'a> {
    fn from(admin: &'a AdminCx) -> Self {
        Self::Held(admin.scopes())
    }
}

impl<'a> From<&'a InstallationCx> for Ceiling<'a> {
    fn from(operator: &'a InstallationCx) -> Self {
        Self::Held(operator.scopes())
    }
}

impl Ceiling<'_> {
    /// Goes on only if every scope is known and none exceeds the ceiling.
    ///
    /// Stops: a narrow administrator who raises themselves through a user, a client or an import (CVE-2026-3121).
    ///
    /// # Errors
    /// [`AdminFailure::Invalid`] for an unknown word, [`AdminFailure::Ceiling`] for one beyond the actor's rights.
    pub fn admit(&self, pointer: &str, scopes: &[String]) -> Result<(), AdminFailure> {
        for scope in scopes {
            if !ADMIN_SCOPES.contains(&scope.as_str()) {
                return Err(AdminFailure::invalid(pointer, format!("{scope} is no scope of the admin API")));
            }
            match self {
                Self::Host => {}
                Self::Held(held) if held.contains(scope) => {}
                Self::Held(_) => return Err(AdminFailure::Ceiling(scope.clone())),
            }
        }
        Ok(())
    }

    /// The same for a client: the admin scopes it holds, and those it may ask its users for.
    ///
    /// Stops: a client made to collect, without a question, the tokens of stronger administrators who open its page.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn admit_client(&self, pointer: &str, metadata: &ClientMetadata) -> Result<(), AdminFailure> {
        self.admit(&format!("{pointer}/admin_scopes"), &metadata.admin_scopes)?;
        let asked: Vec<String> = metadata
            .scope
            .split(' ')
            .filter(|scope| ADMIN_SCOPES.contains(scope))
            .map(str::to_owned)
            .collect();
        self.admit(&format!("{pointer}/scope"), &asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hands_out_more_than_they_hold() {
        let held = BTreeSet::from(["users:read".to_owned()]);
        let ceiling = Ceiling::Held(&held);
        assert!(ceiling.admit("/admin_scopes", &["users:read".to_owned()]).is_ok());
        let refused = ceiling.admit("/admin_scopes", &["users:write".to_owned()]);
        assert!(matches!(refused, Err(AdminFailure::Ceiling(scope)) if scope == "users:write"));
        assert!(matches!(
            Ceiling::Host.admit("/admin_scopes", &["everything".to_owned()]),
            Err(AdminFailure::Invalid(_))
        ));
    }
}
