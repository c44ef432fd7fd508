//! Invitations to make an account.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_usecases::admin::invitations::Invitation;

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewInvitation)]
pub(in crate::admin) struct NewInvitationBody {
    /// The address.
    pub(in crate::admin) email: String,
    /// Days for which it holds: 1 to 30; 7 if left out.
    pub(in crate::admin) days: Option<u16>,
    /// The language of the mail; the realm's if left out.
    pub(in crate::admin) locale: Option<String>,
    /// Whether a mail brings it; true if left out.
    pub(in crate::admin) send: Option<bool>,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(in crate::admin) struct InvitationView {
    /// Where it leads: the form of a new account, for this address.
    pub(in crate::admin) url: String,
    /// When it is over.
    expires_at: DateTime<Utc>,
}

impl From<Invitation> for InvitationView {
    fn from(invitation: Invitation) -> Self {
        Self { url: invitation.url, expires_at: invitation.expires_at }
    }
}
