//! Looking at a look that is not published: a link that works for an hour and needs no sign-in, so that it can be opened in
//! a browser, handed to whoever has to agree, and looked at on a phone. It shows made-up content only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use vestibule_kernel::{
    Cx, RealmId, Sealed, StoreError, Timestamp,
    ports::{SealError, SealedPlace},
};

use crate::{
    App, Look,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// How long a link works.
const LIFETIME_MINUTES: i64 = 60;
/// Longer than any token that was made here.
const MAX_TOKEN_CHARS: usize = 400;

/// Which look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Previewed {
    /// The draft, as it is when it is looked at.
    Draft,
    /// A revision.
    Revision(i64),
}

#[derive(Serialize, Deserialize)]
struct Link {
    look: Previewed,
    expires_at: Timestamp,
}

/// A link to a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLink {
    /// What stands in its address.
    pub token: String,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// A look behind a link.
#[derive(Debug, Clone)]
pub struct PreviewedLook {
    /// The look, over that of the installation.
    pub look: Look,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

const fn place(realm: RealmId) -> SealedPlace<'static> {
    SealedPlace { realm, purpose: "theme_preview", row: "link" }
}

/// Makes a link.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::NotFound`] if there is no such revision.
pub async fn link(app: &App, admin: &AdminCx, look: Previewed) -> Result<PreviewLink, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    if let Previewed::Revision(number) = look {
        super::themes::load_revision(app, cx, number).await?;
    }
    Ok(make(app, cx, look)?)
}

/// Makes a link, for whoever has decided that there is one.
///
/// # Errors
/// The cipher failed.
pub fn make(app: &App, cx: &Cx, look: Previewed) -> Result<PreviewLink, StoreError> {
    let expires_at = cx.now + Duration::minutes(LIFETIME_MINUTES);
    let text = serde_json::to_vec(&Link { look, expires_at }).unwrap_or_default();
    let sealed = app.vault.seal(place(cx.realm), &text);
    let sealed = sealed.map_err(|_cause: SealError| StoreError::Unavailable("sealing failed".to_owned()))?;
    Ok(PreviewLink { token: URL_SAFE_NO_PAD.encode(sealed.as_bytes()), expires_at })
}

/// The look behind a link of this realm; `None` for one that is over, of another realm, or none of ours.
///
/// # Errors
/// The store failed.
pub async fn open(app: &App, cx: &Cx, token: &str) -> Result<Option<PreviewedLook>, StoreError> {
    let Some(link) = read(app, cx, token) else { return Ok(None) };
    let mut tx = app.store.read(cx).await?;
    let theme = match link.look {
        Previewed::Draft => match tx.themes().find_draft().await? {
            Some(draft) => Some(draft.theme),
            // Published or given up: what is shown now.
            None => tx.themes().current_revision().await?.map(|revision| revision.theme),
        },
        Previewed::Revision(number) => {
            tx.themes().find_revision(number).await?.map(|revision| revision.theme)
        }
    };
    tx.commit().await?;
    let look = Look::new(app.snapshots.layered(theme.unwrap_or_default()));
    Ok(Some(PreviewedLook { look, expires_at: link.expires_at }))
}

fn read(app: &App, cx: &Cx, token: &str) -> Option<Link> {
    if token.len() > MAX_TOKEN_CHARS {
        return None;
    }
    let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(token).ok()?);
    let text = app.vault.open(place(cx.realm), &sealed).ok()?;
    serde_json::from_slice(&text).ok().filter(|link: &Link| link.expires_at > cx.now)
}
