//! Where the issuer tells the applications that a session ended (OpenID Connect Back-Channel Logout 1.0).

use actix_web::{HttpResponse, http::header, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    DemoState,
    oidc::{Expected, RelyingPartyError},
    visits::{DemoApp, LogoutNotice},
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/{app}/backchannel-logout", web::post().to(backchannel_logout));
}

#[derive(Deserialize)]
struct LogoutRequest {
    logout_token: String,
}

async fn backchannel_logout(
    demo: web::Data<DemoState>,
    app: web::Path<DemoApp>,
    form: web::Form<LogoutRequest>,
) -> HttpResponse {
    match accept(&demo, *app, &form.logout_token).await {
        Ok(()) => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Err(error) => {
            let body = json!({"error": "invalid_request", "error_description": error.to_string()});
            HttpResponse::BadRequest().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
        }
    }
}

/// The checks of §2.6.
async fn accept(demo: &DemoState, app: DemoApp, token: &str) -> Result<(), RelyingPartyError> {
    let provider = demo.provider().await?;
    let now = demo.app.clock.now();
    let client_id = demo.registration(app).client_id;
    let expected = Expected { typ: "logout+jwt", client_id, nonce: None, now };
    let claims = provider.verified(&demo.transport, demo.app.signer.as_ref(), expected, token).await?;
    well_formed(&claims)?;
    let ended = demo.visits.end(app, &claims);
    demo.visits.keep_notice(LogoutNotice { app, at: now, claims, ended });
    Ok(())
}

fn well_formed(claims: &Map<String, Value>) -> Result<(), RelyingPartyError> {
    let event = claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(Value::is_object);
    let names_something = claims.contains_key("sid") || claims.contains_key("sub");
    if event && names_something && claims.contains_key("jti") && !claims.contains_key("nonce") {
        Ok(())
    } else {
        Err(RelyingPartyError::Broken("the token is no logout token"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_token_does_not_pass_for_a_logout_token() {
        let good = json!({"jti": "a", "sid": "b", "events": {EVENT: {}}});
        well_formed(good.as_object().unwrap()).unwrap();
        for bad in [
            json!({"jti": "a", "sid": "b"}),
            json!({"jti": "a", "events": {EVENT: {}}}),
            json!({"sid": "b", "events": {EVENT: {}}}),
            json!({"jti": "a", "sid": "b", "nonce": "c", "events": {EVENT: {}}}),
        ] {
            assert!(well_formed(bad.as_object().unwrap()).is_err(), "{bad}");
        }
    }
}
