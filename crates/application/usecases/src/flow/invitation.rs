//! Invitations to make an account: a sealed link that names the realm, the address it went to and its end, so nothing is
//! stored until somebody comes. It opens the form for that address only, and the address is proven all the same; once the
//! account is there, the link leads nowhere any more.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use vestibule_authn::{Flow, FlowState};
use vestibule_kernel::{
    Cx, RealmId, Sealed, StoreError, Timestamp,
    contact::Email,
    ports::{SealError, SealedPlace},
};
use vestibule_realms::settings::SignUpMode;

use super::FlowError;
use crate::{App, RealmSnapshot};

/// Longer than any token that was made here.
const MAX_TOKEN_CHARS: usize = 1_200;

#[derive(Serialize, Deserialize)]
struct Invitation {
    email: Email,
    expires_at: Timestamp,
}

const fn place(realm: RealmId) -> SealedPlace<'static> {
    SealedPlace { realm, purpose: "invitation", row: "link" }
}

/// Makes the token of a link.
pub(crate) fn seal(
    app: &App,
    realm: RealmId,
    email: &Email,
    expires_at: Timestamp,
) -> Result<String, StoreError> {
    let text = serde_json::to_vec(&Invitation { email: email.clone(), expires_at }).unwrap_or_default();
    let sealed = app.vault.seal(place(realm), &text);
    let sealed = sealed.map_err(|_cause: SealError| StoreError::Unavailable("sealing failed".to_owned()))?;
    Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
}

/// The address that an invitation of this realm is for, while it holds.
///
/// # Errors
/// It is over, of another realm, or none of ours.
pub fn open_invitation(app: &App, cx: &Cx, token: &str) -> Result<Email, FlowError> {
    let read = || {
        let short = (token.len() <= MAX_TOKEN_CHARS).then_some(token)?;
        let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(short).ok()?);
        let text = app.vault.open(place(cx.realm), &sealed).ok()?;
        serde_json::from_slice::<Invitation>(&text).ok()
    };
    let held = read().filter(|invitation| invitation.expires_at > cx.now);
    held.map(|invitation| invitation.email).ok_or(FlowError::LinkGone)
}

/// The address that somebody may make an account with, where a realm takes invited people only. Such a flow begins with
/// the form, which nothing else leads to there, and with the address.
pub(super) fn invited<'f>(realm: &RealmSnapshot, flow: &'f Flow) -> Option<&'f str> {
    let asks = realm.realm.settings.sign_up.mode == SignUpMode::Invited;
    flow.identifier.as_deref().filter(|_| asks && matches!(flow.state, FlowState::SignUp))
}
