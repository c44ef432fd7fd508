//! The table of checks: order, destinations, each rule.

use chrono::DateTime;
use vestibule_kernel::Version;

use super::*;
use crate::{
    client::{ClientAuthMethod, ClientMetadata, ClientStatus, GrantType, Verification},
    request::Prompt,
};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(change: impl FnOnce(&mut ClientMetadata)) -> Client {
    let mut metadata = ClientMetadata {
        redirect_uris: vec!["https://a.test/cb".into(), "https://a.test/cb?x=1".into()],
        token_endpoint_auth_method: ClientAuthMethod::None,
        ..ClientMetadata::default()
    };
    change(&mut metadata);
    Client {
        id: ClientId::parse("shop").unwrap(),
        status: ClientStatus::Enabled,
        verification: Verification::Verified,
        metadata,
        secrets: vec![],
        registration_token: None,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
        version: Version::FIRST,
    }
}

fn base() -> Vec<(&'static str, &'static str)> {
    vec![
        ("client_id", "shop"),
        ("redirect_uri", "https://a.test/cb"),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

fn run(
    client: Option<&Client>,
    pairs: &[(&str, &str)],
    hint: Hint,
) -> Result<AuthorizationRequest, AuthorizeRefusal> {
    let parameters =
        Parameters::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let resources = OwnResources {
        userinfo: "https://id.test/oauth/userinfo".into(),
        issuer: "https://id.test".into(),
        own_admin: "https://id.test/admin/v1".into(),
        admin: BTreeSet::new(),
    };
    check(&parameters, &AuthorizeContext { client, resources: &resources, hint, pushed: false })
}

/// The base request with some parameters replaced (`""` removes one).
fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut pairs = base();
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    pairs
}

fn redirected(changes: &[(&'static str, &'static str)]) -> OAuthError {
    match run(Some(&client(|_| ())), &with(changes), Hint::Absent) {
        Err(AuthorizeRefusal::Redirect(_, error)) => error,
        other => panic!("{changes:?}: {other:?}"),
    }
}

fn accepted(changes: &[(&'static str, &'static str)]) -> AuthorizationRequest {
    run(Some(&client(|_| ())), &with(changes), Hint::Absent).unwrap_or_else(|e| panic!("{changes:?}: {e:?}"))
}

#[test]
fn until_client_and_address_are_proven_a_refusal_is_a_page() {
    let shop = client(|_| ());
    for (changes, error) in [
        (&[("client_id", "")][..], OAuthError::ClientIdMissing),
        (&[("client_id", "a b")], OAuthError::ClientIdMissing),
        (&[("redirect_uri", "")], OAuthError::RedirectUriMissing),
        (&[("redirect_uri", "https://a.test/cb/")], OAuthError::RedirectUriUnknown),
        // The address is judged before anything else, however wrong the rest is.
        (
            &[("redirect_uri", "https://evil.test"), ("response_type", "token")],
            OAuthError::RedirectUriUnknown,
        ),
    ] {
        assert_eq!(run(Some(&shop), &with(changes), Hint::Absent), Err(AuthorizeRefusal::Page(error)));
    }
    assert_eq!(run(None, &base(), Hint::Absent), Err(AuthorizeRefusal::Page(OAuthError::ClientUnknown)));
    let mut disabled = client(|_| ());
    disabled.status = ClientStatus::Disabled;
    let refused = run(Some(&disabled), &base(), Hint::Absent);
    assert_eq!(refused, Err(AuthorizeRefusal::Page(OAuthError::ClientDisabled)));
    for name in ["client_id", "redirect_uri"] {
        let mut twice = base();
        twice.push((name, "https://a.test/cb"));
        assert!(matches!(run(Some(&shop), &twice, Hint::Absent), Err(AuthorizeRefusal::Page(_))), "{name}");
    }
}

#[test]
fn a_single_registered_address_may_be_left_out() {
    let single = client(|m| m.redirect_uris.truncate(1));
    let request = run(Some(&single), &with(&[("redirect_uri", "")]), Hint::Absent).unwrap();
    assert_eq!((request.redirect_uri.as_str(), request.redirect_uri_given), ("https://a.test/cb", false));
}

#[test]
fn afterwards_a_refusal_goes_back_in_the_mode_that_was_asked_for() {
    let refusal =
        run(Some(&client(|_| ())), &with(&[("response_mode", "form_post"), ("scope", "")]), Hint::Absent);
    let Err(AuthorizeRefusal::Redirect(target, OAuthError::ScopeMissing)) = refusal else { panic!() };
    let response = target.error(OAuthError::ScopeMissing, "https://id.test");
    assert_eq!(response.mode(), ResponseMode::FormPost);
    assert!(response.parameters().contains(&("state", "s".to_owned())));
}

#[test]
fn each_rule_of_the_table_refuses_with_its_own_error() {
    for (changes, error) in [
        (&[("response_mode", "web_message")][..], OAuthError::ResponseModeUnsupported),
        (&[("request", "eyJ")], OAuthError::RequestObjectUnsupported),
        (&[("request_uri", "https://a.test/r")], OAuthError::RequestUriUnsupported),
        (&[("response_type", "")], OAuthError::ResponseTypeMissing),
        (&[("response_type", "token")], OAuthError::ResponseTypeUnsupported),
        (&[("response_type", "code id_token")], OAuthError::ResponseTypeUnsupported),
        (&[("scope", "")], OAuthError::ScopeMissing),
        (&[("scope", "a\"b")], OAuthError::ScopeMalformed),
        (&[("scope", "unknown")], OAuthError::ScopeNotAllowed),
        (&[("code_challenge", ""), ("code_challenge_method", "")], OAuthError::ChallengeMissing),
        (&[("code_challenge_method", "plain")], OAuthError::ChallengeMethod),
        (&[("code_challenge_method", "")], OAuthError::ChallengeMethod),
        (&[("code_challenge", "short")], OAuthError::ChallengeMalformed),
        (&[("prompt", "none login")], OAuthError::PromptNoneCombined),
        (&[("prompt", "maybe")], OAuthError::PromptUnsupported),
        (&[("max_age", "-1")], OAuthError::MaxAgeMalformed),
        (&[("max_age", "1e3")], OAuthError::MaxAgeMalformed),
        (&[("claims", "{")], OAuthError::ClaimsMalformed),
        (&[("claims", "[]")], OAuthError::ClaimsMalformed),
        (&[("claims", r#"{"id_token":{"sub":"x"}}"#)], OAuthError::ClaimsMalformed),
        (&[("resource", "https://api.test")], OAuthError::ResourceNotAllowed),
    ] {
        assert_eq!(redirected(changes), error, "{changes:?}");
    }
    let mut twice = base();
    twice.push(("state", "t"));
    assert!(matches!(
        run(Some(&client(|_| ())), &twice, Hint::Absent),
        Err(AuthorizeRefusal::Redirect(_, OAuthError::ParameterRepeated))
    ));
}

#[test]
fn clients_get_only_what_they_are_registered_for() {
    let run = |client: &Client| run(Some(client), &base(), Hint::Absent).map_err(|refusal| refusal.error());
    let pushing = client(|m| m.require_pushed_authorization_requests = true);
    assert_eq!(run(&pushing).err(), Some(OAuthError::PushRequired));
    let service = client(|m| m.grant_types = BTreeSet::from([GrantType::ClientCredentials]));
    assert_eq!(run(&service).err(), Some(OAuthError::CodeNotAllowed));
    let plain = client(|m| m.grant_types = BTreeSet::from([GrantType::AuthorizationCode]));
    let pairs = with(&[("scope", "openid offline_access")]);
    let request = super::tests::run(Some(&plain), &pairs, Hint::Absent).unwrap();
    assert!(
        !request.scopes.contains("offline_access"),
        "without the refresh grant there is no offline access"
    );
}

#[test]
fn pkce_can_be_lifted_for_confidential_clients_only() {
    let pairs = with(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let lifted = |method| {
        let client = client(|m| {
            m.require_pkce = false;
            m.token_endpoint_auth_method = method;
        });
        run(Some(&client), &pairs, Hint::Absent).map_err(|refusal| refusal.error())
    };
    assert!(lifted(ClientAuthMethod::ClientSecretBasic).is_ok());
    assert_eq!(lifted(ClientAuthMethod::None), Err(OAuthError::ChallengeMissing));
}

#[test]
fn hints_for_pages_and_unknown_parameters_never_cause_an_error() {
    let request = accepted(&[
        ("display", "nonsense"),
        ("ui_locales", "de fr xx-invalid"),
        ("claims_locales", "??"),
        ("login_hint", "ada@example.test"),
        ("acr_values", "unknown"),
        ("foo", "bar"),
    ]);
    assert_eq!(request.login_hint.as_deref(), Some("ada@example.test"));
    assert!(!request.acr_essential);
}

#[test]
fn prompts_ages_and_claims_are_read() {
    let request = accepted(&[
        ("prompt", "login consent"),
        ("max_age", "0"),
        (
            "claims",
            r#"{"id_token":{"acr":{"essential":true,"values":["urn:vestibule:acr:multi-factor"]},"email":null},"userinfo":{"name":null}}"#,
        ),
    ]);
    assert_eq!(request.prompt, BTreeSet::from([Prompt::Login, Prompt::Consent]));
    assert_eq!(request.max_age, Some(0));
    assert!(request.acr_essential);
    assert_eq!(request.acr_values, ["urn:vestibule:acr:multi-factor"]);
    assert_eq!(request.userinfo_claims, ["name"]);
}

#[test]
fn the_expected_subject_comes_from_hint_and_claims_which_must_agree() {
    let shop = client(|_| ());
    let pairs = with(&[("claims", r#"{"id_token":{"sub":{"value":"usr_a"}}}"#)]);
    let subject = |hint| run(Some(&shop), &pairs, hint).map(|request| request.expected_subject);
    assert_eq!(subject(Hint::Absent), Ok(Some("usr_a".to_owned())));
    assert_eq!(subject(Hint::Subject("usr_a".into())), Ok(Some("usr_a".to_owned())));
    let error = |hint| subject(hint).err().map(|refusal| refusal.error());
    assert_eq!(error(Hint::Subject("usr_b".into())), Some(OAuthError::SubjectContradiction));
    assert_eq!(error(Hint::Invalid), Some(OAuthError::HintInvalid));
}
