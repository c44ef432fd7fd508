//! A program without a user: gets a token for itself and asks what the token is worth.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    DemoState,
    oidc::{Registration, RelyingPartyError},
};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/service/run", web::post().to(run)).route("/service/page", web::get().to(page));
}

async fn page(demo: web::Data<DemoState>) -> HttpResponse {
    demo.pages.service(None, demo.app.clock.now())
}

/// What the page shows after a run.
#[derive(Debug, serde::Serialize)]
pub(super) struct ServiceRun {
    pub(super) token: String,
    pub(super) expires_in: Option<u64>,
    pub(super) scope: Option<String>,
    pub(super) introspection: serde_json::Value,
}

async fn run(request: HttpRequest, demo: web::Data<DemoState>) -> HttpResponse {
    // Nothing is changed for the visitor, but a foreign page has no business starting it.
    let foreign = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if foreign {
        return HttpResponse::Forbidden().finish();
    }
    match token_for_itself(&demo).await {
        Ok(run) => demo.pages.service(Some(&run), demo.app.clock.now()),
        Err(error) => demo.pages.failed(None, &error),
    }
}

async fn token_for_itself(demo: &DemoState) -> Result<ServiceRun, RelyingPartyError> {
    let client = Registration {
        client_id: "stock-sync",
        secret: Some(demo.secrets.service.clone()),
        scope: "stock:read stock:write",
    };
    let provider = demo.provider().await?;
    let tokens = provider.client_credentials(&demo.transport, &client).await?;
    let introspection = provider.introspect(&demo.transport, &client, &tokens.access_token).await?;
    Ok(ServiceRun {
        token: tokens.access_token,
        expires_in: tokens.expires_in,
        scope: tokens.scope,
        introspection,
    })
}
