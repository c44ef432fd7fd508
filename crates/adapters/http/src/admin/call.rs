//! The way every call of the admin API takes: recognise the caller, count the request, demand the scope, read the
//! input, run the use case to its end, answer. A handler is what is left.

use std::{future::Future, sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use vestibule_kernel::{Cx, Digest, ports::Quota};
use vestibule_realms::realm::OPERATORS_SLUG;
use vestibule_usecases::{
    App, RealmSnapshot,
    access::{AdminCx, InstallationCx, admin},
};

use super::{
    answer::{Answer, Envelope},
    idempotency,
    input::Input,
};
use crate::{
    command,
    cx::{RealmRequest, SystemRequest},
    extract::bearer,
    openapi::Operation,
    problem::{Problem, code},
    state::HttpState,
};

/// One minute: the window of the quota.
const WINDOW: Duration = Duration::from_secs(60);

/// A call of an administrator of a realm.
pub(super) struct RealmCall {
    pub(super) app: Arc<App>,
    pub(super) realm: Arc<RealmSnapshot>,
    pub(super) admin: AdminCx,
    pub(super) input: Input,
}

/// A call of an operator above realms.
pub(super) struct OperatorCall {
    pub(super) app: Arc<App>,
    pub(super) operator: InstallationCx,
    pub(super) input: Input,
}

/// What the common way needs to know of a caller.
struct Caller {
    /// Where answers are remembered, and as whom.
    cx: Cx,
    /// Requests per minute.
    limit: u32,
    /// Whether they hold the operation's scope.
    may: bool,
}

/// Runs an operation of a realm's admin API.
pub(super) async fn in_realm<Run, Done>(
    operation: &'static Operation,
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
    run: Run,
) -> HttpResponse
where
    Run: FnOnce(RealmCall) -> Done + Send + 'static,
    Done: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let mut envelope = Envelope { quota: None, request_id: request.cx.origin.request_id.clone() };
    let token = bearer::bearer_token(&http);
    let (app, realm) = (Arc::clone(request.app()), Arc::clone(&request.realm));
    let admin = match admin::authenticate(&app, &realm, &request.cx, token.as_deref()).await {
        Ok(admin) => admin,
        Err(error) => return envelope.respond(&http, Err(error.into())),
    };
    let caller = Caller {
        cx: admin.cx().clone(),
        limit: realm.realm.settings.limits.admin_per_minute,
        may: operation.access.admin_scope().is_some_and(|scope| admin.scopes().contains(scope)),
    };
    let outcome = conduct(operation, &http, payload, &request.state, caller, &mut envelope, move |input| {
        run(RealmCall { app, realm, admin, input })
    })
    .await;
    envelope.respond(&http, outcome)
}

/// Runs an operation of the admin API above realms.
pub(super) async fn above_realms<Run, Done>(
    operation: &'static Operation,
    http: HttpRequest,
    request: SystemRequest,
    payload: web::Payload,
    run: Run,
) -> HttpResponse
where
    Run: FnOnce(OperatorCall) -> Done + Send + 'static,
    Done: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let mut envelope = Envelope { quota: None, request_id: request.cx.origin.request_id.clone() };
    let token = bearer::bearer_token(&http);
    let app = Arc::clone(&request.state.app);
    let recognised = async {
        let operator = admin::authenticate_installation(&app, &request.cx, token.as_deref()).await?;
        let operators = app.snapshots.by_slug(OPERATORS_SLUG).await?;
        let operators = operators.ok_or_else(|| Problem::new(&code::UNAUTHENTICATED))?;
        let caller = Caller {
            cx: operator.system().in_realm(operators.realm.id),
            limit: operators.realm.settings.limits.admin_per_minute,
            may: operation.access.admin_scope().is_some_and(|scope| operator.scopes().contains(scope)),
        };
        Ok::<_, Problem>((operator, caller))
    };
    let (operator, caller) = match recognised.await {
        Ok(recognised) => recognised,
        Err(problem) => return envelope.respond(&http, Err(problem)),
    };
    let task_app = Arc::clone(&app);
    let outcome = conduct(operation, &http, payload, &request.state, caller, &mut envelope, move |input| {
        run(OperatorCall { app: task_app, operator, input })
    })
    .await;
    envelope.respond(&http, outcome)
}

async fn conduct<Run, Done>(
    operation: &'static Operation,
    http: &HttpRequest,
    payload: web::Payload,
    state: &HttpState,
    caller: Caller,
    envelope: &mut Envelope,
    run: Run,
) -> Result<Answer, Problem>
where
    Run: FnOnce(Input) -> Done + Send + 'static,
    Done: Future<Output = Result<Answer, Problem>> + Send + 'static,
{
    let quota = count(&state.app, &caller).await;
    envelope.quota = Some(quota);
    if !quota.allowed {
        return Err(Problem::new(&code::RATE_LIMITED).retry_after(quota.reset.as_secs().max(1)));
    }
    if !caller.may {
        // The use case demands the scope again; this answers before a body is read.
        let scope = operation.access.admin_scope().unwrap_or_default();
        return Err(Problem::new(&code::FORBIDDEN).detail(format!("the scope {scope} is required")));
    }
    let input = Input::read(operation, http, payload, &caller.cx.realm.to_string()).await?;
    let app = Arc::clone(&state.app);
    command::run(state, async move {
        match idempotency::Claim::of(&caller.cx, &input) {
            None => run(input).await,
            Some(claim) => claim.run(&app, &caller.cx, move || run(input)).await,
        }
    })
    .await?
}

async fn count(app: &App, caller: &Caller) -> Quota {
    let who = serde_json::to_vec(&caller.cx.actor).unwrap_or_default();
    let digest = Digest::of(&who);
    let name = URL_SAFE_NO_PAD.encode(digest.as_bytes());
    app.limiter.check(&format!("admin:{}:{name}", caller.cx.realm), caller.limit, WINDOW).await
}
