//! What happens while people prove who they are.

use serde_json::json;
use vestibule_kernel::{
    ClientId, CredentialId, DeviceId, EventRecord, FlowId, UserId,
    assurance::{Acr, Amr},
};

use crate::credential::CredentialKind;

/// Events of sign-in.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum AuthnEvent {
    SignedIn { user: UserId, flow: FlowId, client: Option<ClientId>, amr: Vec<Amr>, acr: Acr },
    SignInFailed { user: Option<UserId>, flow: FlowId, client: Option<ClientId>, cause: &'static str },
    ConsentDenied { user: Option<UserId>, flow: FlowId, client: Option<ClientId> },
    CredentialBound { user: UserId, id: CredentialId, kind: CredentialKind },
    CredentialReplaced { user: UserId, id: CredentialId, kind: CredentialKind },
    CredentialRenamed { user: UserId, id: CredentialId, kind: CredentialKind },
    CredentialRemoved { user: UserId, id: CredentialId, kind: CredentialKind },
    CredentialCloneSuspected { user: UserId, id: CredentialId, kind: CredentialKind },
    DeviceTrusted { user: UserId, id: DeviceId },
    DeviceForgotten { user: UserId, id: DeviceId },
}

impl From<AuthnEvent> for EventRecord {
    fn from(event: AuthnEvent) -> Self {
        match event {
            AuthnEvent::SignedIn { user, flow, client, amr, acr } => {
                let amr: Vec<_> = amr.into_iter().map(Amr::as_str).collect();
                Self::about(
                    "user.signed_in",
                    "user",
                    user,
                    json!({"flow": flow, "client": client, "amr": amr, "acr": acr}),
                )
            }
            AuthnEvent::SignInFailed { user, flow, client, cause } => {
                let payload = json!({"flow": flow, "client": client, "cause": cause});
                match user {
                    Some(user) => Self::about("user.sign_in_failed", "user", user, payload),
                    None => Self::plain("user.sign_in_failed", payload),
                }
            }
            AuthnEvent::ConsentDenied { user, flow, client } => {
                let payload = json!({"flow": flow, "client": client});
                match user {
                    Some(user) => Self::about("consent.denied", "user", user, payload),
                    None => Self::plain("consent.denied", payload),
                }
            }
            AuthnEvent::CredentialBound { user, id, kind } => {
                Self::about("credential.bound", "user", user, json!({"credential": id, "kind": kind}))
            }
            AuthnEvent::CredentialReplaced { user, id, kind } => {
                Self::about("credential.replaced", "user", user, json!({"credential": id, "kind": kind}))
            }
            AuthnEvent::CredentialRenamed { user, id, kind } => {
                Self::about("credential.renamed", "user", user, json!({"credential": id, "kind": kind}))
            }
            AuthnEvent::CredentialRemoved { user, id, kind } => {
                Self::about("credential.removed", "user", user, json!({"credential": id, "kind": kind}))
            }
            AuthnEvent::CredentialCloneSuspected { user, id, kind } => Self::about(
                "credential.clone_suspected",
                "user",
                user,
                json!({"credential": id, "kind": kind}),
            ),
            AuthnEvent::DeviceTrusted { user, id } => {
                Self::about("device.trusted", "user", user, json!({"device": id}))
            }
            AuthnEvent::DeviceForgotten { user, id } => {
                Self::about("device.forgotten", "user", user, json!({"device": id}))
            }
        }
    }
}
