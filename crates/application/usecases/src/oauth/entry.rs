//! The one decision "may this person enter this client now", asked at every door: the authorization request, its
//! resumption after a flow, and (as liveness) each exchange of a token. Only its result mints a code.

use std::collections::BTreeSet;

use vestibule_authn::Requirements;
use vestibule_consent::{ConsentDecision, ConsentRules, Grant, Granted, grant};
use vestibule_kernel::{Cx, FamilyId, OpaqueToken, RequestId, StoreError, Timestamp, TokenKind};
use vestibule_oauth::{
    AuthorizationCode, AuthorizationRequest, Client, OAuthError, Prompt, code::CodeDetails, resource,
};
use vestibule_sessions::ActiveSession;
use vestibule_storage::{RealmTx, sign_in::SignedIn};
use vestibule_users::User;

use crate::{
    App, RealmSnapshot,
    flow::{
        policy::{self, Mfa, Owed, Progress},
        session_lifetimes,
    },
};

/// Who is signed in in this browser: a live session of an active user.
pub(super) struct Person {
    pub(super) session: ActiveSession,
    pub(super) user: User,
}

/// What is decided.
pub(super) enum Entry {
    /// They may enter, with these scopes.
    Admitted(Granted),
    /// Something is owed first.
    Owes(Requirements),
    /// Nothing of what was asked for was agreed to.
    Nothing,
}

/// The person, if session and user are still what they were.
pub(super) fn person(signed_in: Option<SignedIn>, now: Timestamp) -> (Option<Person>, Option<Grant>) {
    let Some(SignedIn { session, user, grant }) = signed_in else { return (None, None) };
    match session.active(now) {
        Some(session) if user.is_active() => (Some(Person { session, user }), grant),
        _ => (None, None),
    }
}

/// Recognises the person by the session cookie, with what they allowed this client.
pub(super) async fn recognise_for(
    tx: &mut dyn RealmTx,
    cookie: Option<&OpaqueToken>,
    client: &Client,
    now: Timestamp,
) -> Result<(Option<Person>, Option<Grant>), StoreError> {
    let Some(cookie) = cookie else { return Ok((None, None)) };
    Ok(person(tx.sign_in().load_signed_in(&cookie.digest(), &client.id).await?, now))
}

/// Recognises the person by the session cookie.
pub(super) async fn recognise(
    tx: &mut dyn RealmTx,
    cookie: Option<&OpaqueToken>,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    let Some(cookie) = cookie else { return Ok(None) };
    let Some(session) = tx.sessions().find_session_by_secret(&cookie.digest()).await? else {
        return Ok(None);
    };
    let Some(session) = session.active(now) else { return Ok(None) };
    let user = tx.users().find_user(session.get().user).await?;
    Ok(user.filter(User::is_active).map(|user| Person { session, user }))
}

/// Decides.
pub(super) fn decide(
    client: &Client,
    request: &AuthorizationRequest,
    person: Option<&Person>,
    grant: Option<&Grant>,
    progress: &Progress,
    (mfa, now): (Mfa, Timestamp),
) -> Entry {
    // Only where it matters.
    let grant = grant.filter(|_| policy::asks_consent(client, request));
    let facts = Owed {
        now,
        request: Some(request),
        client: Some(client),
        session: person.map(|person| &person.session),
        grant,
        mfa,
        profile: None,
    };
    let owed = policy::owed(facts, progress);
    let Some(person) = person.filter(|_| owed.is_empty()) else { return Entry::Owes(owed) };
    let rules = ConsentRules {
        asks: client.metadata.require_consent,
        again: request.prompt.contains(&Prompt::Consent),
        // What the flow agreed to was stored with the grant; it answers `prompt=consent`.
        parked_at: progress.since,
    };
    match grant::decide(person.user.id, &client.id, &request.consent_scopes(), grant, rules) {
        ConsentDecision::Granted(granted) if granted.scopes().is_empty() => Entry::Nothing,
        ConsentDecision::Granted(granted) => Entry::Admitted(granted),
        ConsentDecision::Ask(scopes) => {
            Entry::Owes(Requirements::new(vec![vestibule_authn::Requirement::Consent { scopes }]))
        }
    }
}

/// Why a page may not be shown (`prompt=none`), by what is owed first.
pub(super) fn silent_error(
    owed: &Requirements,
    request: &AuthorizationRequest,
    person: Option<&Person>,
) -> OAuthError {
    use vestibule_authn::Requirement;
    // What nobody can meet is said before what a page would ask.
    let unmet = owed.iter().find(|requirement| **requirement == Requirement::Unmet);
    match unmet.or_else(|| owed.first()) {
        Some(Requirement::FirstFactor) => match person {
            Some(person) if !policy::is_expected(Some(request), person.user.id) => OAuthError::OtherSubject,
            _ => OAuthError::NotSignedIn,
        },
        Some(Requirement::ChooseAccount) => OAuthError::ChoiceMissing,
        Some(Requirement::SecondFactor | Requirement::Enrolment | Requirement::Unmet) => OAuthError::AcrUnmet,
        Some(Requirement::Consent { .. }) => OAuthError::ConsentMissing,
        Some(Requirement::Profile { .. }) | None => OAuthError::PageNeeded,
    }
}

/// Somebody who may enter a client.
pub(super) struct Admitted {
    pub(super) request: AuthorizationRequest,
    pub(super) person: Person,
    pub(super) granted: Granted,
}

/// Claims the parked request, if there is one, and stores a code. `None`: the request was answered before.
pub(super) async fn enter(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    mut tx: Box<dyn RealmTx>,
    parked: Option<RequestId>,
    admitted: Admitted,
) -> Result<Option<OpaqueToken>, StoreError> {
    if let Some(id) = parked {
        match tx.requests().consume_request(id, cx.now).await {
            Err(StoreError::Stale) => {
                tx.rollback().await?;
                return Ok(None);
            }
            other => other?,
        }
    }
    let code = issue_code(app, cx, realm, tx.as_mut(), admitted).await?;
    match tx.commit().await {
        Ok(()) => Ok(Some(code)),
        Err(StoreError::Stale) if parked.is_some() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Stores a code for somebody who may enter, and keeps their session from going idle. The caller commits.
async fn issue_code(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    admitted: Admitted,
) -> Result<OpaqueToken, StoreError> {
    let Admitted { request, person, granted } = admitted;
    let settings = &realm.realm.settings;
    let code = app.entropy.token(TokenKind::AuthorizationCode);
    let session = person.session.get().clone();
    // Scopes of an admin API are granted only as far as the person holds them.
    let held = |scope: &&String| {
        !resource::is_admin(scope) || person.user.admin_scopes.iter().any(|held| held == *scope)
    };
    let agreed: BTreeSet<String> = granted.scopes().iter().filter(held).cloned().collect();
    let request = request.limited_to(&agreed);
    let stored = AuthorizationCode {
        digest: code.digest(),
        family: FamilyId::from_uuid(app.entropy.uuid(cx.now)),
        client: request.client.clone(),
        user: granted.user(),
        session: session.id,
        details: CodeDetails {
            granted: request.scopes.clone(),
            request,
            auth_time: session.auth_time.timestamp(),
            acr: session.acr.as_str().to_owned(),
            amr: session.amr.iter().map(|amr| amr.as_str().to_owned()).collect(),
        },
        issued_at: cx.now,
        expires_at: cx.now + seconds(settings.tokens.code_seconds),
        consumed_at: None,
    };
    tx.tokens().insert_code(&stored).await?;
    if let Some(touched) = person.session.touch(session_lifetimes(realm), cx.now) {
        tx.sessions().save_session(touched).await?;
    }
    Ok(code)
}

/// A bounded setting as a duration.
pub(super) fn seconds(setting: u64) -> chrono::Duration {
    chrono::Duration::seconds(i64::try_from(setting).unwrap_or(i64::from(i32::MAX)))
}
