//! The first operator: a link that works once, for half an hour, and creates the owner. There is no default password.

use chrono::Duration;
use serde_json::json;
use vestibule_authn::{Credential, password::PasswordError};
use vestibule_kernel::{
    CredentialId, EventRecord, OpaqueToken, Secret, SystemCx, Timestamp, TokenKind, UserId,
    contact::{ContactError, Email, Identifier},
};
use vestibule_oauth::scope::ADMIN_SCOPES;
use vestibule_realms::realm::OPERATORS_SLUG;
use vestibule_users::{EmailAddress, NewUser, Profile, User};

use crate::{
    App, RealmSnapshot,
    admin::{AdminFailure, passwords},
};

/// How long a set-up link works.
pub const SETUP_LIFETIME: Duration = Duration::minutes(30);

/// A fresh set-up code, shown once.
pub struct SetupCode {
    /// The code; the link is `{public_url}/setup/{code}`.
    pub code: OpaqueToken,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What the form of the set-up page says.
pub struct CompleteSetup {
    /// The code of the link.
    pub code: String,
    /// The owner's address: what they sign in with.
    pub email: String,
    /// The owner's name, if given.
    pub name: Option<String>,
    /// The password they chose.
    pub password: Secret,
}

/// Why no owner was created.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The code is unknown, used or over. Says no more.
    #[error("this set-up link is used up or has expired")]
    CodeInvalid,
    /// The address cannot be one.
    #[error(transparent)]
    Email(#[from] ContactError),
    /// The name has characters that a name cannot have.
    #[error("the name is not valid")]
    Name,
    /// The password breaks the policy.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// An operator has this address already.
    #[error("an operator with this e-mail address exists already")]
    EmailTaken,
    /// Anything else.
    #[error(transparent)]
    Failure(#[from] AdminFailure),
}

impl From<vestibule_kernel::StoreError> for SetupError {
    fn from(error: vestibule_kernel::StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// Makes a set-up code. Unused ones made before stop working.
///
/// # Errors
/// The store failed.
pub async fn create_code(app: &App) -> Result<SetupCode, AdminFailure> {
    let cx = app.above_realms();
    let code = app.entropy.token(TokenKind::Setup);
    let expires_at = cx.now + SETUP_LIFETIME;
    let mut tx = app.store.system(&cx).await?;
    tx.save_setup_code(&code.digest(), expires_at).await?;
    tx.commit().await?;
    Ok(SetupCode { code, expires_at })
}

/// Whether the link works now. Looking at it uses nothing up.
///
/// # Errors
/// The store failed.
pub async fn is_live(app: &App, cx: &SystemCx, code: &str) -> Result<bool, AdminFailure> {
    let Some(code) = OpaqueToken::parse(TokenKind::Setup, code) else { return Ok(false) };
    let mut tx = app.store.system(cx).await?;
    let live = tx.is_setup_code_live(&code.digest(), cx.now).await?;
    tx.rollback().await?;
    Ok(live)
}

/// Creates the owner: a user of the operators' realm with every admin scope. The code is claimed by one conditional
/// statement, and the user made in the same transaction; bad input does not use it up.
///
/// # Errors
/// See [`SetupError`].
pub async fn complete(app: &App, cx: &SystemCx, command: CompleteSetup) -> Result<UserId, SetupError> {
    if !is_live(app, cx, &command.code).await? {
        return Err(SetupError::CodeInvalid);
    }
    let code = OpaqueToken::parse(TokenKind::Setup, &command.code).ok_or(SetupError::CodeInvalid)?;
    let operators =
        app.snapshots.by_slug(OPERATORS_SLUG).await?.ok_or(AdminFailure::NotFound("realm operators"))?;
    let owner = owner(&command, cx.now)?;
    let password = passwords::check(&operators.realm, &owner, &command.password)?;
    refuse_taken(app, &operators, cx, &owner).await?;
    let hash = app
        .hasher
        .hash(&password, passwords::cost(&operators.realm.settings))
        .await
        .map_err(AdminFailure::from)?;

    let id = UserId::from_uuid(app.entropy.uuid(cx.now));
    let credential = CredentialId::from_uuid(app.entropy.uuid(cx.now));
    let user = User::create(id, owner, cx.now).map_err(|error| AdminFailure::invalid("/email", error))?;

    let mut tx = app.store.system(cx).await?;
    if !tx.consume_setup_code(&code.digest(), cx.now).await? {
        tx.rollback().await?;
        return Err(SetupError::CodeInvalid);
    }
    // The same transaction: whatever fails from here on leaves the link usable.
    let mut tx = tx.into_realm(&cx.in_realm(operators.realm.id)).await?;
    tx.users().save_user(user).await?;
    tx.credentials().save_credential(Credential::password(credential, id, hash, cx.now)).await?;
    tx.events().append_event(EventRecord::about("setup.completed", "user", id, json!({}))).await?;
    tx.commit().await?;
    Ok(id)
}

fn owner(command: &CompleteSetup, now: Timestamp) -> Result<NewUser, SetupError> {
    let email = Email::parse(&command.email)?;
    let mut profile = serde_json::Map::new();
    if let Some(name) = command.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        profile.insert("name".to_owned(), json!(name));
    }
    let profile =
        Profile::parse(profile, &[]).map_err(|_ignored: vestibule_users::ProfileError| SetupError::Name)?;
    Ok(NewUser {
        // Whoever has the link controls the installation: nobody stands above them who could verify the address.
        emails: vec![EmailAddress { email, verified_at: Some(now), primary: true }],
        profile,
        admin_scopes: ADMIN_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        ..NewUser::default()
    })
}

async fn refuse_taken(
    app: &App,
    operators: &RealmSnapshot,
    cx: &SystemCx,
    owner: &NewUser,
) -> Result<(), SetupError> {
    let mut tx = app.store.read(&cx.in_realm(operators.realm.id)).await?;
    let mut taken = false;
    for address in &owner.emails {
        let identifier = Identifier::parse(address.email.as_str())?;
        taken |= tx.users().find_user_by_identifier(&identifier).await?.is_some();
    }
    tx.commit().await?;
    if taken { Err(SetupError::EmailTaken) } else { Ok(()) }
}
