//! The authorization code grant: one conditional update claims the code; whatever follows, it stays burned.

use vestibule_kernel::{Cx, OpaqueToken, TokenKind};
use vestibule_oauth::{
    AuthorizationCode, Client, CodeOutcome, GrantType, OAuthError, OAuthEvent, TokenFamily,
    grants::authorization_code::{
        CodeRequest, has_refresh, narrow_resources, redeem, refresh_token, start_family,
    },
    resource::{Reach, reach_of_user},
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
struct Redeemed {
    family: TokenFamily,
    reach: Reach,
    refresh: Option<OpaqueToken>,
    person: Option<User>,
}

pub(super) async fn exchange(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    request: &TokenRequest,
) -> Result<TokenResponse, ProtocolFailure> {
    let text = request.code.as_deref().ok_or(OAuthError::CodeMissing)?;
    let code = OpaqueToken::parse(TokenKind::AuthorizationCode, text).ok_or(OAuthError::CodeUnknown)?;
    let mut tx = app.store.write(cx).await?;
    let code = match tx.tokens().consume_code(&code.digest(), cx.now).await? {
        CodeOutcome::Consumed(code) => code,
        CodeOutcome::Unknown => {
            tx.rollback().await?;
            return Err(OAuthError::CodeUnknown.into());
        }
        CodeOutcome::Reused(code) => {
            let event =
                OAuthEvent::CodeReused { client: code.client.clone(), user: code.user, family: code.family };
            tx.tokens().revoke_family(code.family, event.into(), cx.now).await?;
            tx.commit().await?;
            return Err(OAuthError::CodeReused.into());
        }
    };
    let redeemed = match redeemed(app, cx, realm, client, request, tx.as_mut(), &code).await {
        Ok(redeemed) => redeemed,
        Err(ProtocolFailure::Refused(error)) => {
            // Burned all the same.
            tx.commit().await?;
            return Err(error.into());
        }
        Err(failure) => return Err(failure),
    };
    tx.commit().await?;
    let tokens = UserTokens {
        client,
        family: &redeemed.family,
        scopes: &redeemed.family.details.scopes,
        reach: redeemed.reach,
        person: redeemed.person.as_ref(),
        first: true,
        refresh: redeemed.refresh,
    };
    Ok(issue::user_tokens(app, cx, realm, tokens)?)
}

async fn redeemed(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    request: &TokenRequest,
    tx: &mut dyn RealmTx,
    code: &AuthorizationCode,
) -> Result<Redeemed, ProtocolFailure> {
    let named: Vec<&str> = request.resources.iter().map(String::as_str).collect();
    let asked = CodeRequest {
        redirect_uri: request.redirect_uri.as_deref(),
        verifier: request.code_verifier.as_deref(),
        resources: &named,
    };
    redeem(code, client, asked, cx.now)?;
    let settings = &realm.realm.settings.tokens;
    let family = start_family(code, seconds(settings.refresh_absolute_seconds), cx.now);
    let own = resources::granted(app, realm, client, &family.details.resources);
    let granted = resources::still_allowed(&family.details.resources, client, &own);
    let meant = narrow_resources(&granted, asked.resources, &own)?;
    let refresh = has_refresh(&family).then(|| app.entropy.token(TokenKind::Refresh));
    let stored = refresh
        .as_ref()
        .map(|token| refresh_token(&family, token.digest(), seconds(settings.refresh_idle_seconds), cx.now));
    tx.tokens().insert_family(&family, stored.as_ref()).await?;
    let liveness = tx.tokens().token_liveness(family.id, cx.now).await?;
    if !liveness.is_some_and(|alive| alive.user_active && !alive.session_revoked) {
        let revoked = OAuthEvent::TokenRevoked {
            client: client.id.clone(),
            user: Some(family.user),
            family: Some(family.id),
        };
        tx.tokens().revoke_family(family.id, revoked.into(), cx.now).await?;
        return Err(OAuthError::GrantDead.into());
    }
    let wants_person = !family.details.id_token_claims.is_empty();
    let person = if wants_person { tx.users().find_user(family.user).await? } else { None };
    let reach = reach_of_user(&family.details.scopes, &meant, &own);
    let event = OAuthEvent::TokenIssued {
        client: client.id.clone(),
        user: Some(family.user),
        family: Some(family.id),
        grant_type: GrantType::AuthorizationCode.as_str(),
        scopes: family.details.scopes.iter().cloned().collect(),
    };
    tx.events().append_event(event.into()).await?;
    Ok(Redeemed { family, reach, refresh, person })
}
