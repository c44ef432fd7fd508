//! The table of checks that run once client and redirect address are proven, in this order.

use crate::{
    authorize::{AuthorizeContext, Hint, Parameters, REPEATABLE, claims},
    client::{Client, GrantType},
    error::OAuthError,
    pkce,
    request::{AuthorizationRequest, Prompt, ResponseMode},
    resource, scope,
};

/// Most bytes of a nonce.
const MAX_NONCE_BYTES: usize = 4_096;
/// Most bytes of a login hint that is carried on.
const MAX_HINT_BYTES: usize = 320;
/// Most values of a list parameter that are looked at.
const MAX_VALUES: usize = 20;

pub(super) struct Input<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) context: &'a AuthorizeContext<'a>,
    pub(super) client: &'a Client,
}

type Check = fn(&Input<'_>, &mut AuthorizationRequest) -> Result<(), OAuthError>;

/// The order is part of the contract: the response mode first, since every later refusal travels in it.
pub(super) const TABLE: [(&str, Check); 13] = [
    ("response_mode", response_mode),
    ("repeated parameters", repeats),
    ("request object", request_object),
    ("pushed requests only", pushed_only),
    ("response_type", response_type),
    ("resource", resources),
    ("scope", scopes),
    ("code_challenge", challenge),
    ("nonce", nonce),
    ("prompt", prompt),
    ("max_age", max_age),
    ("claims", claims::check),
    ("id_token_hint", hint),
];

fn words(value: Option<&str>) -> Vec<String> {
    value
        .unwrap_or_default()
        .split(' ')
        .filter(|w| !w.is_empty())
        .take(MAX_VALUES)
        .map(str::to_owned)
        .collect()
}

fn response_mode(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    // Types that put tokens in the address answer in the fragment, refusals too (Multiple Response Types §5).
    let types = words(input.parameters.get("response_type"));
    if types.iter().any(|word| word == "token" || word == "id_token") {
        request.response_mode = ResponseMode::Fragment;
    }
    if let Some(text) = input.parameters.get("response_mode") {
        request.response_mode = ResponseMode::parse(text).ok_or(OAuthError::ResponseModeUnsupported)?;
    }
    Ok(())
}

fn repeats(input: &Input<'_>, _: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    if input.parameters.has_repeats(&REPEATABLE) { Err(OAuthError::ParameterRepeated) } else { Ok(()) }
}

fn request_object(input: &Input<'_>, _: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    if input.parameters.get("request").is_some() {
        return Err(OAuthError::RequestObjectUnsupported);
    }
    match (input.parameters.get("request_uri"), input.context.pushed) {
        (None, _) => Ok(()),
        (Some(_), true) => Err(OAuthError::RequestUriInPush),
        (Some(_), false) => Err(OAuthError::RequestUriUnsupported),
    }
}

fn pushed_only(input: &Input<'_>, _: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    if input.client.metadata.require_pushed_authorization_requests && !input.context.pushed {
        return Err(OAuthError::PushRequired);
    }
    Ok(())
}

fn response_type(input: &Input<'_>, _: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    match input.parameters.get("response_type") {
        None => Err(OAuthError::ResponseTypeMissing),
        Some("code") if input.client.metadata.grant_types.contains(&GrantType::AuthorizationCode) => Ok(()),
        Some("code") => Err(OAuthError::CodeNotAllowed),
        Some(_) => Err(OAuthError::ResponseTypeUnsupported),
    }
}

fn resources(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let asked = input.parameters.all("resource");
    request.resources = resource::check(&asked, &input.client.metadata.resources, input.context.resources)?;
    Ok(())
}

/// Scopes the client may not have are left out (OpenID Connect Core §3.1.2.1 lets unknown ones be ignored); nothing
/// left is an error.
fn scopes(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let text = input.parameters.get("scope").ok_or(OAuthError::ScopeMissing)?;
    let asked = scope::parse(text).ok_or(OAuthError::ScopeMalformed)?;
    let allowed = input.client.scopes();
    let may_refresh = input.client.metadata.grant_types.contains(&GrantType::RefreshToken);
    request.scopes = asked
        .into_iter()
        .filter(|word| allowed.contains(word.as_str()))
        .filter(|word| may_refresh || word != scope::OFFLINE_ACCESS)
        .collect();
    if request.scopes.is_empty() { Err(OAuthError::ScopeNotAllowed) } else { Ok(()) }
}

fn challenge(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    let required = input.client.is_public() || input.client.metadata.require_pkce;
    let method = input.parameters.get("code_challenge_method");
    match input.parameters.get("code_challenge") {
        None if required || method.is_some() => Err(OAuthError::ChallengeMissing),
        None => Ok(()),
        // Without a method RFC 7636 §4.3 means `plain`, which does not exist here.
        Some(_) if !method.is_some_and(|method| pkce::METHODS.contains(&method)) => {
            Err(OAuthError::ChallengeMethod)
        }
        Some(text) if !pkce::is_challenge(text) => Err(OAuthError::ChallengeMalformed),
        Some(text) => {
            request.code_challenge = Some(text.to_owned());
            Ok(())
        }
    }
}

fn nonce(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.nonce = input.parameters.get("nonce").map(str::to_owned);
    let fits = request.nonce.as_ref().is_none_or(|nonce| nonce.len() <= MAX_NONCE_BYTES);
    if fits { Ok(()) } else { Err(OAuthError::ParameterTooLong) }
}

fn prompt(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    for word in words(input.parameters.get("prompt")) {
        request.prompt.insert(Prompt::parse(&word).ok_or(OAuthError::PromptUnsupported)?);
    }
    if request.prompt.contains(&Prompt::None) && request.prompt.len() > 1 {
        return Err(OAuthError::PromptNoneCombined);
    }
    Ok(())
}

fn max_age(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    request.max_age = match input.parameters.get("max_age") {
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
            Some(text.parse().map_err(|_ignored: std::num::ParseIntError| OAuthError::MaxAgeMalformed)?)
        }
        Some(_) => return Err(OAuthError::MaxAgeMalformed),
        None => input.client.metadata.default_max_age,
    };
    Ok(())
}

fn hint(input: &Input<'_>, request: &mut AuthorizationRequest) -> Result<(), OAuthError> {
    match &input.context.hint {
        Hint::Absent => Ok(()),
        Hint::Invalid => Err(OAuthError::HintInvalid),
        Hint::Subject(subject) => match &request.expected_subject {
            Some(expected) if expected != subject => Err(OAuthError::SubjectContradiction),
            _ => {
                request.expected_subject = Some(subject.clone());
                Ok(())
            }
        },
    }
}

/// Reads what never causes an error: `acr_values`, `login_hint`, `ui_locales`; `display` and `claims_locales` change
/// nothing (OpenID Connect Core §3.1.2.1).
pub(super) fn read_wishes(input: &Input<'_>, request: &mut AuthorizationRequest) {
    request.acr_values = words(input.parameters.get("acr_values"));
    if request.acr_values.is_empty() {
        request.acr_values.clone_from(&input.client.metadata.default_acr_values);
    }
    request.login_hint =
        input.parameters.get("login_hint").filter(|hint| hint.len() <= MAX_HINT_BYTES).map(str::to_owned);
    request.ui_locales =
        words(input.parameters.get("ui_locales")).into_iter().filter(|tag| tag.len() <= 35).collect();
}
