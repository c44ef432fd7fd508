//! Starts a flow: one row, bound to the browser by a cookie. Does not decide what is owed; the first page does.

use chrono::Duration;
use vestibule_authn::{
    Flow, FlowState, Intent,
    flow::{AccountPath, LogoutReturn, NewFlow},
};
use vestibule_kernel::{
    Changed, ClientId, Cx, FlowId, OpaqueToken, RequestId, SessionId, StoreError, TokenKind, UserId,
    contact::Locale,
};

use super::challenge::offer_passkey;
use crate::{App, RealmSnapshot};

/// What a flow is started with. `..NewFlowRequest::new(intent)` fills the rest with nothing.
#[derive(Clone)]
pub struct NewFlowRequest {
    /// What it is for.
    pub intent: Intent,
    /// Where it starts; `None`: [`FlowState::initial`] of the intent.
    pub state: Option<FlowState>,
    /// The parked authorization request it works towards.
    pub request: Option<RequestId>,
    /// The client of that request.
    pub client: Option<ClientId>,
    /// The live session of this browser: kept where it is enough, replaced by a new sign-in.
    pub session: Option<SessionId>,
    /// Whose session it is, where the flow is about that user from the start (consent, confirming a sign-out).
    pub user: Option<UserId>,
    /// `login_hint`: fills the identifier field, proves nothing.
    pub identifier: Option<String>,
    /// Whether the session is not enough (`prompt=login`, `max_age`).
    pub fresh: bool,
    /// Where a sign-out returns to.
    pub logout: Option<LogoutReturn>,
    /// The page of the account it leads to, where it works towards no request.
    pub account: Option<AccountPath>,
    /// The language chosen for this flow.
    pub locale: Option<Locale>,
    /// The flow cookie this browser sent, if any: flows in several tabs share it.
    pub cookie: Option<OpaqueToken>,
}

impl NewFlowRequest {
    /// A flow of the intent that knows nothing yet.
    pub const fn new(intent: Intent) -> Self {
        Self {
            intent,
            state: None,
            request: None,
            client: None,
            session: None,
            user: None,
            identifier: None,
            fresh: false,
            logout: None,
            account: None,
            locale: None,
            cookie: None,
        }
    }
}

/// A flow to send the browser to: `{issuer}/flow/{flow}`, with the cookie set.
#[derive(Clone)]
pub struct StartedFlow {
    /// Its id.
    pub flow: FlowId,
    /// The value of the flow cookie.
    pub cookie: OpaqueToken,
}

/// Longest identifier that is carried into a form.
const MAX_HINT_BYTES: usize = 320;

/// Makes a flow without storing it, for a caller that stores it together with its authorization request.
pub fn prepare_flow(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    new: NewFlowRequest,
) -> (Changed<Flow>, StartedFlow) {
    let id = FlowId::from_uuid(app.entropy.uuid(cx.now));
    let cookie = new.cookie.unwrap_or_else(|| app.entropy.token(TokenKind::Flow));
    let hint = new.identifier.filter(|text| {
        !text.is_empty() && text.len() <= MAX_HINT_BYTES && !text.chars().any(char::is_control)
    });
    let flow = NewFlow {
        id,
        binding: cookie.digest(),
        intent: new.intent,
        state: new.state.unwrap_or_else(|| FlowState::initial(new.intent)),
        request: new.request,
        client: new.client,
        session: new.session,
        user: new.user,
        identifier: hint,
        fresh: new.fresh,
        logout: new.logout,
        account: new.account,
        locale: new.locale,
        expires_at: cx.now + lifetime(realm),
    };
    (Flow::start(flow, cx.now), StartedFlow { flow: id, cookie })
}

/// How long a flow of the realm lives.
pub fn lifetime(realm: &RealmSnapshot) -> Duration {
    Duration::seconds(i64::try_from(realm.realm.settings.sessions.flow_seconds).unwrap_or(1_800))
}

/// Starts and stores a flow: one insert.
///
/// # Errors
/// The store failed.
pub async fn start_flow(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    new: NewFlowRequest,
) -> Result<StartedFlow, StoreError> {
    let (flow, started) = prepare_flow(app, cx, realm, new);
    let mut tx = app.store.write(cx).await?;
    let begun = flow.value.clone();
    tx.flows().save_flow(flow).await?;
    offer_passkey(app, cx, realm, &begun, tx.as_mut()).await?;
    tx.commit().await?;
    Ok(started)
}
