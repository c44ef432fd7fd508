//! The pure transition: what an input does to a flow, given what the policy still asks for. Knows no storage, no
//! client and no page.

use vestibule_kernel::{ChallengeId, Changed, Timestamp, UserId};

use crate::{
    events::AuthnEvent,
    flow::{Flow, Intent, Proof, WaitingIdentity},
    method::MethodId,
    requirement::{Requirement, Requirements},
};

use super::state::{ActionKind, FailureReason, FlowState, StateName, Task};

/// What happened, already judged by the method that knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// An identifier was given; `user` is who it matched, if anybody.
    Identified {
        /// As typed.
        identifier: String,
        /// The match. Never shows in the next state: known and unknown walk the same pages.
        user: Option<UserId>,
    },
    /// A method proved a factor for this user.
    Proved {
        /// Who.
        user: UserId,
        /// What: a passkey that verified its user proves two things at once.
        proofs: Vec<Proof>,
        /// Whether the account may sign in; told only now, after the proof.
        account_active: bool,
    },
    /// A method refused.
    Refused {
        /// The matched user, for the audit entry.
        user: Option<UserId>,
        /// A closed word for the audit entry.
        cause: &'static str,
    },
    /// Guesses come too fast.
    Slowed {
        /// The matched user, for the audit entry.
        user: Option<UserId>,
        /// When to try again.
        until: Option<Timestamp>,
    },
    /// A challenge of a method waits for its answer.
    Challenged {
        /// Which method.
        method: MethodId,
        /// The stored challenge.
        challenge: ChallengeId,
        /// What its answer is for.
        task: Task,
    },
    /// An authenticator was added, and another is set up with it before whatever else is owed.
    Enrolled {
        /// What adding it proved.
        proofs: Vec<Proof>,
        /// The method of the other one.
        method: MethodId,
        /// Its stored challenge.
        challenge: ChallengeId,
    },
    /// Nothing is owed, and before the end an authenticator is offered to who proved themselves.
    Offered {
        /// Its method.
        method: MethodId,
        /// Its stored challenge.
        challenge: ChallengeId,
    },
    /// What the profile lacked was filled in, as far as it had to be.
    ProfileSaved,
    /// What was offered, or asked for and not needed, is left for another day.
    Skipped,
    /// A person asks for the form of a new account.
    SigningUp,
    /// Somebody came back from a provider whose identity is not linked yet: the account with its address proves itself
    /// first, or a new one is made.
    Waiting {
        /// What waits.
        identity: Box<WaitingIdentity>,
    },
    /// A person who began another way would rather type the password.
    ByPassword,
    /// A person says that the password is forgotten.
    Recovering,
    /// The mailbox of a forgotten password was proven.
    Recovered {
        /// Whose.
        user: UserId,
        /// The proof.
        proof: Proof,
    },
    /// Back to the identifier.
    Restart,
    /// Go on with the session of this browser.
    UseSession {
        /// Whose session it is.
        user: UserId,
    },
    /// Sign in with another account.
    UseAnother,
    /// Agreed to these scopes.
    Allowed {
        /// A subset of what was asked.
        scopes: Vec<String>,
    },
    /// Refused.
    Denied,
    /// Sign out.
    SignOut,
    /// Stay signed in.
    Stay,
}

/// What the step depends on beside flow and input.
#[derive(Debug, Clone)]
pub struct StepContext {
    /// The time of the request.
    pub now: Timestamp,
    /// What would be owed after this input, computed by the policy from flow and input.
    pub owed: Requirements,
}

/// The answer of a step in words, for page and audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// On to the next state.
    Advanced,
    /// Not accepted; the same page again with a message.
    Refused,
    /// Too fast.
    Slowed,
    /// Nothing is owed any more.
    Satisfied,
    /// Over without success.
    Failed,
}

/// A new flow and what was decided.
#[must_use = "a transition that is not saved never happened"]
pub struct Transition {
    /// The flow after the step.
    pub flow: Changed<Flow>,
    /// What was decided.
    pub decision: Decision,
}

/// Why an input does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The state does not allow this.
    #[error("{0:?} is not possible now")]
    NotAllowed(StateName),
    /// The time of the flow is over.
    #[error("the flow has expired")]
    Expired,
    /// More scopes than were asked for.
    #[error("a scope was not asked for")]
    ScopeNotAsked,
    /// What the page asks for is needed.
    #[error("what is asked for cannot be left out")]
    Needed,
}

impl Input {
    /// The action that leads to this input.
    pub const fn action(&self) -> Option<ActionKind> {
        match self {
            Self::Identified { .. } => Some(ActionKind::Identify),
            Self::Restart => Some(ActionKind::Restart),
            Self::UseSession { .. } => Some(ActionKind::UseSession),
            Self::UseAnother => Some(ActionKind::UseAnother),
            Self::Allowed { .. } => Some(ActionKind::Allow),
            Self::Denied => Some(ActionKind::Deny),
            Self::SignOut => Some(ActionKind::SignOut),
            Self::Stay => Some(ActionKind::Stay),
            // Outcomes of a method: they may follow `identify` (a manager filled both fields) or `password`.
            Self::Proved { .. }
            | Self::Refused { .. }
            | Self::Slowed { .. }
            | Self::Challenged { .. }
            | Self::Enrolled { .. }
            | Self::Offered { .. }
            | Self::Recovered { .. } => None,
            Self::ProfileSaved => Some(ActionKind::SaveProfile),
            Self::Skipped => Some(ActionKind::Skip),
            Self::SigningUp => Some(ActionKind::SignUp),
            Self::Waiting { .. } => Some(ActionKind::Federate),
            Self::ByPassword => Some(ActionKind::Begin),
            Self::Recovering => Some(ActionKind::Recover),
        }
    }
}

/// Takes one step.
///
/// # Errors
/// The input does not fit the state, or the time is over; the flow is unchanged.
pub fn step(mut flow: Flow, input: Input, context: &StepContext) -> Result<Transition, StepError> {
    if flow.is_expired(context.now) {
        return Err(StepError::Expired);
    }
    let state = flow.state.name();
    let fits = match input.action() {
        None if matches!(input, Input::Offered { .. }) => flow.state == FlowState::Satisfied,
        Some(action) => state.actions().iter().any(|allowed| allowed.name == action),
        None => judges(state),
    };
    if !fits {
        return Err(StepError::NotAllowed(state));
    }
    if input == Input::Skipped && matches!(flow.state, FlowState::CompleteProfile { skippable: false, .. }) {
        return Err(StepError::Needed);
    }
    let first = matches!(flow.state, FlowState::Challenge { task: Task::First, .. });
    if input == Input::ByPassword && !(first && flow.identifier.is_some()) {
        return Err(StepError::NotAllowed(state));
    }
    let expected = flow.version;
    let (decision, event) = match input {
        Input::Proved { .. } | Input::Refused { .. } | Input::Slowed { .. } => {
            judged(&mut flow, input, context)
        }
        Input::Allowed { .. } | Input::Denied => consent(&mut flow, input, context)?,
        Input::Identified { .. }
        | Input::Challenged { .. }
        | Input::Enrolled { .. }
        | Input::Offered { .. }
        | Input::ProfileSaved
        | Input::Skipped
        | Input::SigningUp
        | Input::Waiting { .. }
        | Input::ByPassword
        | Input::Recovering
        | Input::Recovered { .. }
        | Input::Restart
        | Input::UseSession { .. }
        | Input::UseAnother
        | Input::SignOut
        | Input::Stay => (moved(&mut flow, input, context), None),
    };
    flow.version = expected.next();
    let mut changed = Changed::quiet(flow, Some(expected));
    if let Some(event) = event {
        changed = changed.and(event);
    }
    Ok(Transition { flow: changed, decision })
}

/// Whether the outcome of a method can follow in this state.
const fn judges(state: StateName) -> bool {
    match state {
        StateName::Identify
        | StateName::Password
        | StateName::Passkey
        | StateName::EmailCode
        | StateName::PhoneCode
        | StateName::Totp
        | StateName::RecoveryCode
        | StateName::OtherMethod
        | StateName::ChooseMethod
        | StateName::SignUp
        | StateName::LinkAccount
        | StateName::VerifyContact
        | StateName::Recover
        | StateName::RecoverCode
        | StateName::NewPassword
        | StateName::ChooseEnrolment
        | StateName::EnrolTotp
        | StateName::EnrolPasskey
        | StateName::EnrolPhone
        | StateName::OfferPasskey
        | StateName::RecoveryCodes
        | StateName::EnrolOther
        | StateName::CompleteProfile => true,
        StateName::ChooseAccount
        | StateName::Consent
        | StateName::Slowed
        | StateName::ConfirmLogout
        | StateName::Satisfied
        | StateName::Continue
        | StateName::SignedOut
        | StateName::Failed => false,
    }
}

/// What a method found out.
fn judged(flow: &mut Flow, input: Input, context: &StepContext) -> (Decision, Option<AuthnEvent>) {
    let failed = |flow: &Flow, user: Option<UserId>, cause: &'static str| {
        Some(AuthnEvent::SignInFailed { user, flow: flow.id, client: flow.client.clone(), cause })
    };
    match input {
        Input::Proved { user, proofs, account_active: true } => {
            if flow.user.is_some_and(|known| known != user) {
                // What somebody else proved or agreed to here is not theirs.
                flow.forget_proofs();
                flow.consented = None;
            }
            flow.release_unless_of(user);
            flow.user = Some(user);
            flow.proofs.extend(proofs);
            (advance(flow, &context.owed), None)
        }
        Input::Proved { user, account_active: false, .. } => {
            flow.user = Some(user);
            let event = failed(flow, Some(user), "account_inactive");
            (fail(flow, FailureReason::AccountInactive), event)
        }
        Input::Refused { user, cause } => {
            // A wrong password of the first page is typed again on its own; a passkey offered beside it leaves it be.
            if flow.state == FlowState::Identify && flow.identifier.is_some() {
                flow.state = FlowState::Password;
            }
            (Decision::Refused, failed(flow, user, cause))
        }
        Input::Slowed { user, until } => {
            flow.state = FlowState::Slowed { until };
            (Decision::Slowed, failed(flow, user, "slowed"))
        }
        _ => (Decision::Refused, None),
    }
}

/// The answer to a client's request.
fn consent(
    flow: &mut Flow,
    input: Input,
    context: &StepContext,
) -> Result<(Decision, Option<AuthnEvent>), StepError> {
    let Input::Allowed { scopes } = input else {
        let event = AuthnEvent::ConsentDenied { user: flow.user, flow: flow.id, client: flow.client.clone() };
        return Ok((fail(flow, FailureReason::Denied), Some(event)));
    };
    let FlowState::Consent { scopes: asked } = &flow.state else {
        return Err(StepError::NotAllowed(flow.state.name()));
    };
    if scopes.iter().any(|scope| !asked.contains(scope)) {
        return Err(StepError::ScopeNotAsked);
    }
    flow.consented = Some(scopes);
    Ok((advance(flow, &context.owed), None))
}

/// The page that asks for the password: whose identity waits is asked there.
fn password_page(flow: &Flow) -> FlowState {
    let links = flow.waiting.as_ref().is_some_and(|waiting| waiting.user.is_some());
    if links { FlowState::LinkAccount } else { FlowState::Password }
}

/// A step that proves nothing.
fn moved(flow: &mut Flow, input: Input, context: &StepContext) -> Decision {
    match input {
        Input::Identified { identifier, user } => {
            flow.identifier = Some(identifier);
            flow.user = user;
            flow.waiting = None;
            flow.forget_proofs();
            flow.consented = None;
            flow.state = FlowState::Password;
        }
        Input::UseSession { user } => {
            flow.release_unless_of(user);
            flow.user = Some(user);
            return advance(flow, &context.owed);
        }
        Input::Enrolled { proofs, method, challenge } => {
            flow.proofs.extend(proofs);
            flow.state = FlowState::Challenge { method, challenge, task: Task::Enrol };
        }
        Input::Offered { method, challenge } => {
            flow.state = FlowState::Challenge { method, challenge, task: Task::Offer };
        }
        Input::ProfileSaved | Input::Skipped => return advance(flow, &context.owed),
        Input::Challenged { method, challenge, task } => {
            flow.state = FlowState::Challenge { method, challenge, task };
        }
        Input::SigningUp => flow.state = FlowState::SignUp,
        Input::Waiting { identity } => {
            flow.identifier = identity.email.as_ref().map(ToString::to_string);
            flow.user = identity.user;
            flow.forget_proofs();
            flow.consented = None;
            flow.state = if identity.user.is_some() { FlowState::LinkAccount } else { FlowState::SignUp };
            flow.waiting = Some(*identity);
        }
        Input::ByPassword => flow.state = password_page(flow),
        Input::Recovering => flow.state = FlowState::Recover,
        Input::Recovered { user, proof } => {
            flow.release_unless_of(user);
            flow.user = Some(user);
            flow.forget_proofs();
            flow.proofs.push(proof);
            flow.recovered = true;
            flow.consented = None;
            flow.state = FlowState::NewPassword;
        }
        Input::SignOut => flow.state = FlowState::SignedOut,
        Input::Stay => flow.state = FlowState::Continue,
        _ => {
            flow.user = None;
            flow.identifier = None;
            flow.forget_proofs();
            flow.waiting = None;
            // What one person agreed to must not bind the next.
            flow.consented = None;
            flow.fresh = true;
            flow.state = FlowState::Identify;
        }
    }
    Decision::Advanced
}

/// Moves to the page of the first thing owed.
fn advance(flow: &mut Flow, owed: &Requirements) -> Decision {
    flow.state = match owed.first() {
        None => FlowState::Satisfied,
        Some(Requirement::ChooseAccount) => FlowState::ChooseAccount,
        Some(Requirement::FirstFactor)
            if flow.identifier.is_some() && flow.intent != Intent::LogoutConfirm =>
        {
            FlowState::Password
        }
        Some(Requirement::FirstFactor) => FlowState::Identify,
        Some(Requirement::SecondFactor) => FlowState::ChooseMethod { task: Task::Second },
        Some(Requirement::Unmet) => return fail(flow, FailureReason::Unmet),
        Some(Requirement::Enrolment) => FlowState::ChooseEnrolment,
        Some(Requirement::Profile { fields, skippable }) => {
            FlowState::CompleteProfile { fields: fields.clone(), skippable: *skippable }
        }
        Some(Requirement::Consent { scopes }) => FlowState::Consent { scopes: scopes.clone() },
    };
    if flow.state == FlowState::Satisfied { Decision::Satisfied } else { Decision::Advanced }
}

fn fail(flow: &mut Flow, reason: FailureReason) -> Decision {
    flow.forget_proofs();
    flow.state = FlowState::Failed { reason };
    Decision::Failed
}
