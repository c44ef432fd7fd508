//! One guess of a password: reserved in the database, compared on the hashing pool, settled. Unknown people cost the
//! same work, are slowed by the same rule and get the same answers.

use vestibule_authn::{
    Credential, CredentialKind, Flow, HashError, Input, Reservation, flow::Proof, password, ports::Verdict,
};
use vestibule_kernel::{
    Actor, Cx, Digest, Secret, UserId,
    assurance::{Amr, Factor},
    contact::Identifier,
};
use vestibule_oauth::request::StoredRequest;
use vestibule_storage::sign_in::Sought;
use vestibule_users::User;

use super::{
    FlowError,
    act::{Acted, Command, Outcome, Place, Refusal, accepted_identifier, limit_identifier, normal_of},
    device::{KnownDevices, made_up},
    policy,
    settle::{Move, Turn, settle},
};
use crate::{App, RealmSnapshot, admin::passwords};

/// What can be refused without looking anything up.
pub(super) fn precheck(app: &App, realm: &RealmSnapshot, command: &Command) -> Option<Refusal> {
    let of_password = |password: &Secret| {
        if password.expose().is_empty() {
            Some(Refusal::PasswordMissing)
        } else if password.expose().len() > password::MAX_BYTES {
            Some(Refusal::PasswordTooLong)
        } else {
            None
        }
    };
    match command {
        Command::Identify { username, password } => {
            if username.trim().is_empty() {
                Some(Refusal::UsernameMissing)
            } else if Identifier::parse(username).is_err()
                && accepted_identifier(app, realm, username).is_none()
            {
                Some(Refusal::UsernameMalformed)
            } else {
                password.as_ref().and_then(of_password)
            }
        }
        Command::Password { password } => of_password(password),
        Command::Saved { saved: false } => Some(Refusal::CodesNotSaved),
        _ => None,
    }
}

/// Who the guess is about.
struct Target {
    flow: Flow,
    request: Option<StoredRequest>,
    /// Set when the identifier came with the password.
    identifier: Option<String>,
    user: Option<User>,
    /// Their authenticators.
    bound: Vec<Credential>,
    knows_user_agent: bool,
    /// The user, the user in this known browser, or the stand-in of an identifier nobody has.
    counted: UserId,
    reservation: Reservation,
}

pub(super) async fn run(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    username: Option<String>,
    password: Secret,
) -> Result<Acted, FlowError> {
    let devices = KnownDevices::open(app, cx, place.browser.device.as_deref());
    if let Some(username) = &username {
        limit_identifier(app, cx, realm, &devices.counted_name(&normal_of(app, realm, username))).await?;
    }
    let target = match reserve(app, cx, realm, place, username, &devices).await? {
        Ok(target) => *target,
        Err(repeated) => return Ok(*repeated),
    };
    let mut moves = Vec::new();
    if let Some(identifier) = &target.identifier {
        let user = target.user.as_ref().map(|user| user.id);
        moves.push(Move::Given(Input::Identified { identifier: identifier.clone(), user }));
    }
    let known = target.user.as_ref().map(|user| user.id);
    let until = match target.reservation {
        Reservation::Granted(_) => None,
        Reservation::Delayed { until } => Some(Some(until)),
        Reservation::Disabled => Some(None),
    };
    if let Some(until) = until {
        moves.push(Move::Given(Input::Slowed { user: known, until }));
        return settle(app, cx, realm, place, Turn::plain(target.flow, moves), None).await;
    }
    let verdict = verify(app, cx, realm, &target, &password).await?;
    Box::pin(decide(app, cx, realm, place, target, moves, (verdict, password))).await
}

async fn decide(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    target: Target,
    mut moves: Vec<Move>,
    (verdict, password): (Verdict, Secret),
) -> Result<Acted, FlowError> {
    let Target { flow, request, user, bound, knows_user_agent, counted, .. } = target;
    let outdated = password_of(&bound).filter(|_| verdict == Verdict::RightButOutdated).cloned();
    let proven = match verdict {
        Verdict::Wrong => None,
        Verdict::Right | Verdict::RightButOutdated => user,
    };
    let Some(user) = proven else {
        moves.push(Move::Given(Input::Refused { user: flow_user(&moves, &flow), cause: "password" }));
        let turn = Turn { refusal: Some(Refusal::PasswordWrong), ..Turn::plain(flow, moves) };
        return settle(app, cx, realm, place, turn, None).await;
    };
    let cx = &cx.acting_as(Actor::User(user.id));
    let mut turn = Turn {
        request,
        reset: Some((counted, CredentialKind::Password)),
        knows_user_agent,
        bound: Some(bound),
        ..Turn::plain(flow, moves)
    };
    if policy::is_awaited(&turn.flow, turn.request.as_ref().map(|stored| &stored.request), user.id) {
        let proof = Proof { factor: Factor::Knowledge, amr: Amr::Pwd, at: cx.now };
        let account_active = policy::lets_in(&turn.flow, &user);
        turn.moves.push(Move::Given(Input::Proved { user: user.id, proofs: vec![proof], account_active }));
        turn.user = Some(user);
    } else {
        turn.moves.push(Move::Given(Input::Refused { user: Some(user.id), cause: "unexpected_account" }));
        turn.refusal = Some(Refusal::UnexpectedAccount);
    }
    let acted = settle(app, cx, realm, place, turn, None).await?;
    if let (Some(credential), Outcome::Moved) = (outdated, &acted.outcome) {
        rehash(app, cx, realm, credential, &password).await;
    }
    Ok(acted)
}

fn flow_user(moves: &[Move], flow: &Flow) -> Option<UserId> {
    match moves.first() {
        Some(Move::Given(Input::Identified { user, .. })) => *user,
        _ => flow.user,
    }
}

/// One short transaction: load, and count the attempt before it is made.
async fn reserve(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    username: Option<String>,
    devices: &KnownDevices,
) -> Result<Result<Box<Target>, Box<Acted>>, FlowError> {
    let given = username.as_deref().map(|typed| accepted_identifier(app, realm, typed));
    let sought = match &given {
        Some(Some(identifier)) => Sought::Identifier(identifier),
        Some(None) => Sought::Nobody,
        None => Sought::OfFlow,
    };
    let kind = CredentialKind::Password;
    let mut tx = app.store.write(cx).await?;
    let file = tx.sign_in().load_sign_in(place.id, sought, cx.origin.user_agent.as_deref()).await?;
    let flow = match place.enter(file.flow, cx) {
        Ok(Ok(flow)) => flow,
        Ok(Err(repeated)) => {
            tx.rollback().await?;
            return Ok(Err(repeated));
        }
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    let typed = username.as_deref().or(flow.identifier.as_deref()).unwrap_or_default();
    let counted = match &file.holder {
        Some(holder) => devices.counted(holder.user.id),
        None => stand_in(app, realm, typed),
    };
    tx.ends_with_next();
    let reservation = tx.lockouts().reserve_attempt(counted, kind, cx.now).await?;
    tx.commit().await?;
    let knows_user_agent = file.holder.as_ref().is_some_and(|holder| holder.knows_user_agent);
    let (user, bound) = file.holder.map(|holder| (holder.user, holder.credentials)).unzip();
    Ok(Ok(Box::new(Target {
        flow,
        request: file.request,
        identifier: username,
        user,
        bound: bound.unwrap_or_default(),
        knows_user_agent,
        counted,
        reservation,
    })))
}

/// The id under which guesses at an identifier nobody has are counted.
pub(super) fn stand_in(app: &App, realm: &RealmSnapshot, typed: &str) -> UserId {
    made_up(&Digest::of(normal_of(app, realm, typed).as_bytes()))
}

fn password_of(bound: &[Credential]) -> Option<&Credential> {
    bound.iter().find(|credential| credential.kind == CredentialKind::Password)
}

async fn verify(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    target: &Target,
    password: &Secret,
) -> Result<Verdict, FlowError> {
    let normal = password::normalize(password).unwrap_or_else(|| Secret::new(String::new()));
    let hash = password_of(&target.bound).and_then(Credential::hash);
    match app.hasher.verify(&normal, hash, passwords::cost(&realm.realm.settings)).await {
        Ok(verdict) => Ok(verdict),
        Err(HashError::Busy { retry_after_seconds }) => {
            let mut tx = app.store.write(cx).await?;
            tx.lockouts().release_attempt(target.counted, CredentialKind::Password).await?;
            tx.commit().await?;
            Err(FlowError::Busy { retry_after_seconds })
        }
        Err(HashError::Unusable) => {
            tracing::error!(user.id = %target.counted, "a stored password hash cannot be used");
            Ok(Verdict::Wrong)
        }
    }
}

/// Hashes a proven password anew under the realm's cost. A convenience: when it fails, the next sign-in does it.
async fn rehash(app: &App, cx: &Cx, realm: &RealmSnapshot, credential: Credential, password: &Secret) {
    let Some(normal) = password::normalize(password) else { return };
    let Ok(hash) = app.hasher.hash(&normal, passwords::cost(&realm.realm.settings)).await else { return };
    let stored = async {
        let mut tx = app.store.write(cx).await?;
        tx.credentials().save_credential(credential.rehashed(hash, cx.now)).await?;
        tx.commit().await
    };
    if let Err(error) = stored.await {
        tracing::info!(%error, "a password was not hashed anew; the next sign-in does it");
    }
}
