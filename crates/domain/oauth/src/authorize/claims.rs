//! The `claims` parameter ([OpenID Connect Core §5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)):
//! names are noted, `sub` and `acr` have a meaning of their own, the rest is voluntary.

use serde_json::{Map, Value};

use super::checks::Input;
use crate::{error::OAuthError, request::AuthorizationRequest, token::claims::releasing_scope};

/// Most claims asked for by name.
const MAX_CLAIMS: usize = 100;

pub(super) fn check(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let Some(text) = input.parameters.get("claims") else { return Ok(()) };
    let malformed = OAuthError::ClaimsMalformed;
    let Ok(Value::Object(claims)) = serde_json::from_str(text) else { return Err(malformed) };
    let id_token = member(&claims, "id_token")?;
    let userinfo = member(&claims, "userinfo")?;
    for wanted in [&id_token, &userinfo] {
        if let Some(subject) = wanted.get("sub").and_then(|sub| sub.get("value")) {
            let subject = subject.as_str().ok_or(malformed)?;
            if request.expected_subject.as_deref().is_some_and(|expected| expected != subject) {
                return Err(OAuthError::SubjectContradiction);
            }
            request.expected_subject = Some(subject.to_owned());
        }
    }
    if let Some(acr) = id_token.get("acr").and_then(Value::as_object) {
        context(acr, request)?;
    }
    // A name is honoured only where the client may have the scope that releases it.
    let scopes = input.client.scopes();
    let honoured = |wanted: &Map<String, Value>| -> Vec<String> {
        let may = |name: &&String| releasing_scope(name).is_some_and(|scope| scopes.contains(scope));
        wanted.keys().filter(may).cloned().collect()
    };
    request.id_token_claims = honoured(&id_token);
    request.userinfo_claims = honoured(&userinfo);
    request.claims = Some(Value::Object(claims));
    Ok(())
}

/// `id_token` or `userinfo`: an object whose members are null or objects.
fn member(claims: &Map<String, Value>, name: &str) -> Result<Map<String, Value>, OAuthError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(wanted)) => {
            let shaped = wanted.len() <= MAX_CLAIMS
                && wanted
                    .iter()
                    .all(|(name, value)| name.len() <= 100 && (value.is_null() || value.is_object()));
            if shaped { Ok(wanted.clone()) } else { Err(OAuthError::ClaimsMalformed) }
        }
        Some(_) => Err(OAuthError::ClaimsMalformed),
    }
}

/// `acr` with `value` or `values`, essential or not (§5.5.1.1).
fn context(acr: &Map<String, Value>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let mut values: Vec<String> = Vec::new();
    if let Some(value) = acr.get("value") {
        values.push(value.as_str().ok_or(OAuthError::ClaimsMalformed)?.to_owned());
    }
    if let Some(list) = acr.get("values") {
        for value in list.as_array().ok_or(OAuthError::ClaimsMalformed)?.iter().take(20) {
            values.push(value.as_str().ok_or(OAuthError::ClaimsMalformed)?.to_owned());
        }
    }
    if !values.is_empty() {
        request.acr_values = values;
        request.acr_essential = acr.get("essential") == Some(&Value::Bool(true));
    }
    Ok(())
}
