//! The way to a page of the account for a browser that is not signed in there, or not freshly enough.

use vestibule_authn::{CredentialKind, FlowState, Intent, flow::AccountPath};
use vestibule_kernel::Cx;

use super::{AccountCx, AccountError};
use crate::{
    App, RealmSnapshot,
    flow::{self, Browser, NewFlowRequest, StartedFlow},
};

/// Starts a flow that leads to the page: a sign-in for nobody yet, a step-up for whoever is signed in.
///
/// # Errors
/// The store failed.
pub async fn start_proof(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    browser: &Browser,
    (me, to): (Option<&AccountCx>, AccountPath),
) -> Result<StartedFlow, AccountError> {
    let new = NewFlowRequest {
        account: Some(to),
        cookie: browser.flow.clone(),
        ..NewFlowRequest::new(Intent::SignIn)
    };
    let Some(me) = me else { return Ok(flow::start_flow(app, cx, realm, new).await?) };
    let mut tx = app.store.read(cx).await?;
    let password = tx.credentials().find_credential(me.id(), CredentialKind::Password).await?;
    tx.commit().await?;
    let by_password = password.is_some() && realm.realm.settings.login.password;
    let new = NewFlowRequest {
        intent: Intent::StepUp,
        // Who it is is known: their password is asked for, not their name.
        state: by_password.then_some(FlowState::Password),
        session: Some(me.session().id),
        user: Some(me.id()),
        identifier: Some(flow::login_name(me.user())),
        fresh: true,
        ..new
    };
    Ok(flow::start_flow(app, cx, realm, new).await?)
}
