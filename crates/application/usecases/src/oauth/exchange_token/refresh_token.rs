//! The refresh grant: one conditional update rotates the token; a spent one that comes back ends its family.

use std::collections::BTreeSet;

use vestibule_kernel::{Cx, Digest, OpaqueToken, TokenKind};
use vestibule_oauth::{
    Client, GrantType, OAuthError, OAuthEvent, TokenFamily,
    grants::{
        authorization_code::{narrow_resources, refresh_token},
        refresh_token::{RefreshDecision, decide},
    },
    resource::{self, Reach, reach_of_user},
};
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::{TokenRequest, TokenResponse};
use crate::{
    App, RealmSnapshot,
    oauth::{
        ProtocolFailure,
        entry::seconds,
        issue::{self, UserTokens},
        resources,
    },
};

/// What the transaction leaves to be signed.
struct Renewed {
    scopes: BTreeSet<String>,
    reach: Reach,
    refresh: OpaqueToken,
    person: Option<User>,
}

pub(super) async fn exchange(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    request: &TokenRequest,
) -> Result<TokenResponse, ProtocolFailure> {
    let text = request.refresh_token.as_deref().ok_or(OAuthError::RefreshMissing)?;
    let presented = OpaqueToken::parse(TokenKind::Refresh, text).ok_or(OAuthError::RefreshUnknown)?;
    let grace = realm.realm.settings.tokens.refresh_grace_seconds;
    let mut tx = app.store.write(cx).await?;
    let outcome = tx.tokens().consume_refresh_token(&presented.digest(), grace, cx.now).await?;
    let (family, scopes) = match decide(outcome, client, request.scope.as_deref(), cx.now) {
        RefreshDecision::Renew { family, scopes } => (family, scopes),
        RefreshDecision::Refuse(error) => {
            tx.rollback().await?;
            return Err(error.into());
        }
        RefreshDecision::Revoke { family } => {
            let event = OAuthEvent::RefreshTokenReused {
                client: family.client.clone(),
                user: family.user,
                family: family.id,
            };
            tx.tokens().revoke_family(family.id, event.into(), cx.now).await?;
            tx.commit().await?;
            return Err(OAuthError::RefreshReused.into());
        }
    };
    let digest = presented.digest();
    let renewed = match renew(app, cx, realm, client, request, tx.as_mut(), (&family, scopes, &digest)).await
    {
        Ok(renewed) => renewed,
        Err(failure) => {
            tx.rollback().await?;
            return Err(failure);
        }
    };
    tx.commit().await?;
    let tokens = UserTokens {
        client,
        family: &family,
        scopes: &renewed.scopes,
        reach: renewed.reach,
        person: renewed.person.as_ref(),
        first: false,
        refresh: Some(renewed.refresh),
    };
    Ok(issue::user_tokens(app, cx, realm, tokens)?)
}

async fn renew(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    request: &TokenRequest,
    tx: &mut dyn RealmTx,
    (family, scopes, predecessor): (&TokenFamily, BTreeSet<String>, &Digest),
) -> Result<Renewed, ProtocolFailure> {
    let liveness = tx.tokens().token_liveness(family.id, cx.now).await?;
    if !liveness.is_some_and(|alive| alive.user_active && !alive.session_revoked) {
        return Err(OAuthError::GrantDead.into());
    }
    let own = resources::granted(app, realm, client, &family.details.resources);
    let granted = resources::still_allowed(&family.details.resources, client, &own);
    let named: Vec<&str> = request.resources.iter().map(String::as_str).collect();
    let meant = narrow_resources(&granted, &named, &own)?;
    let wants_person =
        !family.details.id_token_claims.is_empty() || scopes.iter().any(|scope| resource::is_admin(scope));
    let person = if wants_person { tx.users().find_user(family.user).await? } else { None };
    // What client or person lost since the grant does not come back with a refresh.
    let allowed = client.scopes();
    let held = |scope: &String| {
        !resource::is_admin(scope)
            || person.as_ref().is_some_and(|person| person.admin_scopes.iter().any(|held| held == scope))
    };
    let scopes: BTreeSet<String> =
        scopes.into_iter().filter(|scope| allowed.contains(scope.as_str()) && held(scope)).collect();
    let refresh = app.entropy.token(TokenKind::Refresh);
    let idle = seconds(realm.realm.settings.tokens.refresh_idle_seconds);
    let next = refresh_token(family, refresh.digest(), idle, cx.now);
    tx.tokens().insert_refresh_token(&next, predecessor).await?;
    let event = OAuthEvent::TokenIssued {
        client: client.id.clone(),
        user: Some(family.user),
        family: Some(family.id),
        grant_type: GrantType::RefreshToken.as_str(),
        scopes: scopes.iter().cloned().collect(),
    };
    tx.events().append_event(event.into()).await?;
    let reach = reach_of_user(&scopes, &meant, &own);
    Ok(Renewed { scopes, reach, refresh, person })
}
