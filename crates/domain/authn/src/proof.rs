//! The proof that a flow was finished. Only [`crate::flow::Flow::finish`] makes one, and a session opens from nothing
//! else.

use std::collections::BTreeSet;

use vestibule_kernel::{
    FlowId, SessionId, Timestamp, UserId,
    assurance::{Acr, Amr},
};

/// Somebody proved who they are, in one flow, as far as the policy asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    flow: FlowId,
    user: UserId,
    amr: BTreeSet<Amr>,
    acr: Acr,
    at: Timestamp,
    waived: bool,
    replaces: Option<SessionId>,
}

impl Authenticated {
    pub(crate) fn new(
        (flow, user): (FlowId, UserId),
        (amr, acr, at): (BTreeSet<Amr>, Acr, Timestamp),
        waived: bool,
        replaces: Option<SessionId>,
    ) -> Self {
        Self { flow, user, amr, acr, at, waived, replaces }
    }

    /// The flow it happened in.
    pub fn flow(&self) -> FlowId {
        self.flow
    }

    /// Who it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// How it was proven.
    pub fn amr(&self) -> &BTreeSet<Amr> {
        &self.amr
    }

    /// What the proofs add up to.
    pub fn acr(&self) -> Acr {
        self.acr
    }

    /// When the last factor was proven: `auth_time`.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether a second factor was waived, because the person trusts this browser. Says nothing to clients: what was
    /// proven is [`Self::acr`].
    pub fn second_factor_waived(&self) -> bool {
        self.waived
    }

    /// The session of this browser that the new one takes the place of.
    pub fn replaces(&self) -> Option<SessionId> {
        self.replaces
    }
}
