//! What a login method is: one module implementing [`LoginMethod`], one line in the composition root.

use vestibule_kernel::assurance::{Amr, Factor};

use crate::credential::CredentialKind;

/// Facts about a login method.
pub trait LoginMethod: Send + Sync {
    /// The credential it verifies.
    fn credential(&self) -> CredentialKind;
    /// The class of the proof it gives.
    fn factor(&self) -> Factor;
    /// The `amr` value it earns.
    fn amr(&self) -> Amr;
}

/// A password.
#[derive(Debug, Clone, Copy, Default)]
pub struct PasswordMethod;

impl LoginMethod for PasswordMethod {
    fn credential(&self) -> CredentialKind {
        CredentialKind::Password
    }

    fn factor(&self) -> Factor {
        Factor::Knowledge
    }

    fn amr(&self) -> Amr {
        Amr::Pwd
    }
}
