//! The one path that makes tokens: claims by the domain, signatures by the key ring. Called after the commit, so that a
//! failure to sign leaves nothing redeemable behind.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use vestibule_kernel::{Cx, OpaqueToken};
use vestibule_oauth::{
    Client, SigningKey, TokenError, TokenFamily,
    resource::Reach,
    scope::{self, OPENID},
    token::{
        Audience,
        access::{self, AccessTokenClaims, SignIn, jti_in_family},
        claims,
        id::{self, IdTokenClaims},
    },
};
use vestibule_users::User;

use crate::{
    App, RealmSnapshot,
    oauth::{entry::seconds, exchange_token::TokenResponse, person},
};

/// What a user's tokens are made of.
pub(super) struct UserTokens<'a> {
    pub(super) client: &'a Client,
    pub(super) family: &'a TokenFamily,
    /// Scopes of this response: the grant or less.
    pub(super) scopes: &'a BTreeSet<String>,
    /// Audience and scopes of the access token.
    pub(super) reach: Reach,
    /// The person, where the ID token carries claims about them.
    pub(super) person: Option<&'a User>,
    /// Whether this is the first response of the family: its ID token carries the nonce.
    pub(super) first: bool,
    pub(super) refresh: Option<OpaqueToken>,
}

/// The key for an algorithm a client chose, else the realm's default.
fn key<'a>(realm: &'a RealmSnapshot, chosen: Option<&str>) -> Result<&'a SigningKey, TokenError> {
    let alg = chosen.unwrap_or_else(|| realm.realm.settings.keys.default_algorithm.as_str());
    realm.signing_key(alg).ok_or(TokenError::Key)
}

fn random(app: &App) -> String {
    let bytes = app.entropy.bytes();
    URL_SAFE_NO_PAD.encode(bytes.split_at(16).0)
}

fn sign_access(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    claims: &AccessTokenClaims<'_>,
) -> Result<String, TokenError> {
    let key = key(realm, client.metadata.access_token_signed_response_alg.as_deref())?;
    app.signer.sign(cx.realm, key, access::TYP, &claims.to_json())
}

/// Signs a user's tokens.
pub(super) fn user_tokens(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tokens: UserTokens<'_>,
) -> Result<TokenResponse, TokenError> {
    let settings = &realm.realm.settings.tokens;
    let (family, details) = (tokens.family, &tokens.family.details);
    let subject = family.user.to_string();
    let sign_in =
        SignIn { auth_time: details.auth_time, acr: &details.acr, amr: &details.amr, sid: family.session };
    let jti = jti_in_family(family.id, &random(app));
    let access_token = sign_access(
        app,
        cx,
        realm,
        tokens.client,
        &AccessTokenClaims {
            iss: realm.issuer.as_str(),
            sub: &subject,
            aud: Audience(&tokens.reach.audience),
            client_id: &tokens.client.id,
            jti: &jti,
            iat: cx.now,
            exp: cx.now + seconds(settings.access_seconds),
            scope: &tokens.reach.scopes,
            sign_in: Some(sign_in),
        },
    )?;
    let id_token = if tokens.scopes.contains(OPENID) {
        Some(sign_id(app, cx, realm, &tokens, &subject, sign_in, &access_token)?)
    } else {
        None
    };
    Ok(TokenResponse {
        access_token,
        expires_in: settings.access_seconds,
        scope: scope::join(&tokens.reach.scopes),
        refresh_token: tokens.refresh,
        id_token,
    })
}

fn sign_id(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tokens: &UserTokens<'_>,
    subject: &str,
    sign_in: SignIn<'_>,
    access_token: &str,
) -> Result<String, TokenError> {
    let key = key(realm, tokens.client.metadata.id_token_signed_response_alg.as_deref())?;
    let details = &tokens.family.details;
    let own = person::own_claims(realm);
    // With an access token in the response, scopes release claims at userinfo alone (OpenID Connect Core §5.4); the ID
    // token carries those asked for by name.
    let about = tokens.person.map(person::claims).unwrap_or_default();
    let released = claims::release(&about, &BTreeSet::new(), &details.id_token_claims, &own);
    let lifetime = i64::try_from(realm.realm.settings.tokens.id_seconds).unwrap_or(600);
    let claims = IdTokenClaims {
        iss: realm.issuer.as_str(),
        sub: subject,
        aud: &tokens.client.id,
        iat: cx.now.timestamp(),
        exp: cx.now.timestamp() + lifetime,
        nonce: details.nonce.as_deref().filter(|_| tokens.first),
        at_hash: &id::at_hash(access_token, &key.public.alg),
        sign_in,
        person: &released,
    };
    app.signer.sign(cx.realm, key, id::TYP, &claims.to_json())
}

/// Signs a client's own access token.
pub(super) fn client_token(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    client: &Client,
    reach: &Reach,
) -> Result<TokenResponse, TokenError> {
    let lifetime = realm.realm.settings.tokens.access_seconds;
    let jti = random(app);
    let claims = AccessTokenClaims {
        iss: realm.issuer.as_str(),
        sub: client.id.as_str(),
        aud: Audience(&reach.audience),
        client_id: &client.id,
        jti: &jti,
        iat: cx.now,
        exp: cx.now + seconds(lifetime),
        scope: &reach.scopes,
        sign_in: None,
    };
    Ok(TokenResponse {
        access_token: sign_access(app, cx, realm, client, &claims)?,
        expires_in: lifetime,
        scope: scope::join(&reach.scopes),
        refresh_token: None,
        id_token: None,
    })
}
