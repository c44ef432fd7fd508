//! Changes of one's own account: addresses, authenticators, profile, leaving.

use std::sync::Arc;

use chrono::Duration;
use serde_json::{Map, json};
use vestibule_authn::{
    CredentialKind, FlowState, MethodId, Methods,
    flow::AccountPath,
    method::Answer,
    methods::{EmailCode, RecoveryCodes, Totp},
};
use vestibule_kernel::{
    ChallengeId, OpaqueToken, Secret,
    contact::{Email, Locale},
};
use vestibule_realms::settings::{AttributeType, MfaPolicy, ProfileAttribute, RealmSettings};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    account::{self, AccountCx, AccountError, CodeError, EmailRefusal, LeavingCx},
    challenge,
    flow::Browser,
};
use vestibule_users::{Profile, User, UserPatch, UserStatus, profile::ProfileError};

use crate::{
    ways::code_of,
    world::{ADA, PASSWORD, Visit, World, identify},
};

async fn world(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::with(change).await;
    world.app.methods = Methods::new(vec![Arc::new(EmailCode), Arc::new(Totp), Arc::new(RecoveryCodes)]);
    world
}

async fn cookie(world: &World) -> OpaqueToken {
    world.sign_in(&world.visit().await).await.session.unwrap()
}

async fn me(world: &World) -> AccountCx {
    enter(world, &cookie(world).await).await
}

async fn enter(world: &World, cookie: &OpaqueToken) -> AccountCx {
    let entered = AccountCx::enter(&world.app, &world.cx(), &world.realm, Some(cookie)).await;
    entered.unwrap_or_else(|error| panic!("{error}"))
}

async fn user(world: &World) -> User {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    user
}

/// The code that was mailed for a challenge; empty where none was.
async fn mailed(world: &World, id: ChallengeId) -> String {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let stored = tx.challenges().find_challenge(id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let opened = challenge::open(&world.app, world.realm.realm.id, &stored).unwrap();
    assert!(opened.link.is_none(), "a code of the account comes without a link");
    opened.code().map(|code| code.expose().to_owned()).unwrap_or_default()
}

async fn add(world: &World, me: &AccountCx, typed: &str) -> Result<ChallengeId, AccountError> {
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    account::add_email(&world.app, &world.realm, &fresh, typed).await
}

async fn confirm(world: &World, me: &AccountCx, id: ChallengeId, code: &str) -> Result<Email, AccountError> {
    account::confirm_email(&world.app, &world.realm, me, id, Secret::new(code.to_owned())).await
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

#[tokio::test]
async fn an_address_is_theirs_once_its_code_came_back_and_the_old_one_is_told() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    let id = add(&world, &me, " Ada@Lovelace.test ").await.unwrap();
    assert_eq!(user(&world).await.emails.len(), 1, "nothing is held before the proof");
    let code = mailed(&world, id).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert!(matches!(confirm(&world, &me, id, wrong).await, Err(AccountError::Code(CodeError::Wrong))));
    assert!(matches!(confirm(&world, &me, id, "x").await, Err(AccountError::Code(CodeError::Malformed))));
    assert!(world.told(MessageKind::EmailAdded).await.is_empty(), "nothing is theirs yet");
    confirm(&world, &me, id, &code).await.unwrap();
    assert_eq!(world.told(MessageKind::EmailAdded).await, [ADA], "the address they had is told");
    let again = confirm(&world, &me, id, &code).await;
    assert!(matches!(again, Err(AccountError::Code(CodeError::Spent))), "a code works once");
    let emails = user(&world).await.emails;
    assert!(emails[1].verified_at.is_some() && !emails[1].primary && emails[0].primary);

    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let main = account::remove_email(&world.app, &fresh, &email(ADA)).await;
    assert!(matches!(main, Err(AccountError::Email(EmailRefusal::Main))));
    account::make_primary(&world.app, &fresh, &email("ada@lovelace.test")).await.unwrap();
    let both = [ADA, "ada@lovelace.test"];
    assert_eq!(world.told(MessageKind::EmailChanged).await, both, "the old main address, and the new one");
    account::remove_email(&world.app, &fresh, &email(ADA)).await.unwrap();
    let told = world.told(MessageKind::EmailRemoved).await;
    assert_eq!(told, both, "the address that goes is told, and the one that stays");
    let left = user(&world).await.emails;
    assert_eq!((left.len(), left[0].email.normal(), left[0].primary), (1, "ada@lovelace.test", true));
}

#[tokio::test]
async fn a_new_password_is_told_at_every_proven_address() {
    let world = world(|_| {}).await;
    let before = me(&world).await;
    let id = add(&world, &before, "ada@lovelace.test").await.unwrap();
    let code = mailed(&world, id).await;
    confirm(&world, &before, id, &code).await.unwrap();
    let now = me(&world).await;
    let Ok(fresh) = now.fresh() else { panic!("fresh") };
    assert!(world.told(MessageKind::PasswordChanged).await.is_empty());
    let new = Secret::new("another long one".to_owned());
    account::change_password(&world.app, &world.realm, &fresh, &new).await.unwrap();
    assert_eq!(world.told(MessageKind::PasswordChanged).await, [ADA, "ada@lovelace.test"]);
}

#[tokio::test]
async fn an_address_of_somebody_else_looks_the_same_and_is_never_theirs() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    let bob = vestibule_users::NewUser {
        emails: vec![vestibule_users::user::EmailAddress {
            email: email("bob@acme.test"),
            verified_at: Some(world.now()),
            primary: true,
        }],
        ..vestibule_users::NewUser::default()
    };
    let id = vestibule_kernel::UserId::from_uuid(world.app.entropy.uuid(world.now()));
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    tx.users().save_user(User::create(id, bob, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let challenge = add(&world, &me, "bob@acme.test").await.unwrap();
    assert_eq!(mailed(&world, challenge).await, "");
    for guess in ["000000", "123456"] {
        let refused = confirm(&world, &me, challenge, guess).await;
        assert!(matches!(refused, Err(AccountError::Code(CodeError::Wrong))));
    }
    assert_eq!(user(&world).await.emails.len(), 1);
}

#[tokio::test]
async fn guesses_at_a_code_are_bounded() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    let id = add(&world, &me, "ada@lovelace.test").await.unwrap();
    let code = mailed(&world, id).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let guesses = (0..20).map(|_| confirm(&world, &me, id, wrong));
    for guess in futures::future::join_all(guesses).await {
        assert!(guess.is_err());
    }
    assert!(matches!(confirm(&world, &me, id, &code).await, Err(AccountError::Code(CodeError::Spent))));
}

#[tokio::test]
async fn addresses_are_checked_and_bounded() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    for (typed, expected) in
        [("  ", EmailRefusal::Missing), ("nonsense", EmailRefusal::Malformed), (ADA, EmailRefusal::Yours)]
    {
        let refused = add(&world, &me, typed).await;
        assert!(matches!(refused, Err(AccountError::Email(refusal)) if refusal == expected), "{typed}");
    }
    let mut limited = false;
    for index in 0..30 {
        let asked = add(&world, &me, &format!("a{index}@lovelace.test")).await;
        limited |= matches!(asked, Err(AccountError::Limited { .. }));
    }
    assert!(limited, "codes for many addresses are not sent without end");
}

/// Adds an authenticator app; whether recovery codes are missing then.
async fn add_app(world: &World, me: &AccountCx, label: Option<&str>) -> bool {
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let id = account::begin_factor(&world.app, &world.realm, &fresh, &MethodId::TOTP).await.unwrap();
    let shown = account::show_factor(&world.app, me, id, &MethodId::TOTP).await.unwrap().unwrap();
    let otpauth = url::Url::parse(&shown.otpauth.unwrap()).unwrap();
    let secret = otpauth.query_pairs().find(|(name, _)| name == "secret").unwrap().1.into_owned();
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let code = code_of(&secret, world);
    let given = (Answer::Code(Secret::new(code)), label.map(str::to_owned));
    let ids = (id, &MethodId::TOTP);
    account::confirm_factor(&world.app, &world.realm, &fresh, ids, given).await.unwrap()
}

async fn bound(world: &World, kind: CredentialKind) -> Vec<vestibule_authn::Credential> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let all = tx.credentials().list_credentials(world.user).await.unwrap();
    tx.commit().await.unwrap();
    all.into_iter().filter(|credential| credential.kind == kind).collect()
}

#[tokio::test]
async fn an_app_is_added_named_and_removed() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    assert!(add_app(&world, &me, Some(" My\u{7} phone ")).await, "recovery codes are missing");
    let app = bound(&world, CredentialKind::Totp).await.remove(0);
    assert_eq!(app.label.as_deref(), Some("My phone"));
    account::rename_factor(&world.app, &me, app.id, "Old phone").await.unwrap();
    assert_eq!(bound(&world, CredentialKind::Totp).await[0].label.as_deref(), Some("Old phone"));
    assert_eq!(world.told(MessageKind::FactorAdded).await, [ADA]);
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let password = bound(&world, CredentialKind::Password).await.remove(0);
    let other = account::remove_factor(&world.app, &world.realm, &fresh, password.id).await;
    assert!(matches!(other, Err(AccountError::NotFound(_))), "a password is no second factor");
    assert!(world.told(MessageKind::FactorRemoved).await.is_empty(), "nothing was removed yet");
    account::remove_factor(&world.app, &world.realm, &fresh, app.id).await.unwrap();
    assert!(bound(&world, CredentialKind::Totp).await.is_empty());
    assert_eq!(world.told(MessageKind::FactorRemoved).await, [ADA]);
    let events = world.events().await;
    for kind in ["credential.bound", "credential.renamed", "credential.removed"] {
        assert!(events.contains(&kind.to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn the_last_second_factor_stays_where_the_realm_demands_one() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Optional).await;
    let me = me(&world).await;
    add_app(&world, &me, None).await;
    add_app(&world, &me, None).await;
    let mut demanding = World::with(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    demanding.app.methods = Methods::new(vec![Arc::new(Totp)]);
    let apps = bound(&world, CredentialKind::Totp).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let remove = async |id| account::remove_factor(&world.app, &demanding.realm, &fresh, id).await;
    remove(apps[0].id).await.unwrap();
    assert!(matches!(remove(apps[1].id).await, Err(AccountError::LastFactor)));
    assert_eq!(bound(&world, CredentialKind::Totp).await.len(), 1);
}

#[tokio::test]
async fn new_recovery_codes_replace_the_old_set() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    for _ in 0..2 {
        let method = MethodId::RECOVERY_CODE;
        let id = account::begin_factor(&world.app, &world.realm, &fresh, &method).await.unwrap();
        let shown = account::show_factor(&world.app, &me, id, &method).await.unwrap().unwrap();
        assert!(!shown.recovery_codes.is_empty());
        let saved = (Answer::Document(json!({"saved": true})), None);
        account::confirm_factor(&world.app, &world.realm, &fresh, (id, &method), saved).await.unwrap();
        assert!(account::show_factor(&world.app, &me, id, &method).await.unwrap().is_none(), "shown once");
    }
    assert_eq!(bound(&world, CredentialKind::RecoveryCode).await.len(), 1);
}

fn attribute(name: &str, required: bool) -> ProfileAttribute {
    ProfileAttribute {
        name: name.to_owned(),
        kind: AttributeType::Text,
        required,
        max_length: 20,
        options: Vec::new(),
        scope: Some("profile".to_owned()),
    }
}

#[tokio::test]
async fn people_change_what_they_were_asked_for_and_nothing_else() {
    let world = world(|settings| {
        settings.profile = vec![attribute("plan", false), attribute("shoe", false)];
        settings.sign_up.fields = vec!["shoe".to_owned()];
    })
    .await;
    let me = me(&world).await;
    let update = async |values: serde_json::Value| {
        let values: Map<_, _> = values.as_object().cloned().unwrap();
        account::update_profile(&world.app, &world.realm, &me, values, None).await
    };
    update(json!({"name": "Ada", "shoe": "38"})).await.unwrap();
    let profile = user(&world).await.profile;
    assert_eq!((profile.text("name"), profile.text("shoe")), (Some("Ada"), Some("38")));
    for bad in [json!({"plan": "gold"}), json!({"admin": true})] {
        let refused = update(bad.clone()).await;
        assert!(matches!(refused, Err(AccountError::Profile(ProfileError::Unknown(_)))), "{bad}");
    }
    for bad in [json!({"name": 7}), json!({"name": "a\u{202e}b"}), json!({"shoe": "x".repeat(21)})] {
        let refused = update(bad.clone()).await;
        assert!(matches!(refused, Err(AccountError::Profile(ProfileError::Invalid(_)))), "{bad}");
    }
    update(json!({"shoe": null})).await.unwrap();
    assert_eq!(user(&world).await.profile.text("shoe"), None);
}

#[tokio::test]
async fn a_value_of_an_attribute_that_the_realm_gave_up_is_in_the_way_of_nothing() {
    let german = Locale::parse("de").unwrap();
    let world = world(|settings| settings.locales.supported.push(german.clone())).await;
    let stored = json!({"loyalty_tier": "gold", "nickname": "Ada"});
    let profile = Some(Profile::rehydrate(stored.as_object().cloned().unwrap()));
    let patch = UserPatch { profile, ..UserPatch::default() };
    let change = user(&world).await.update(patch, world.now()).unwrap();
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    tx.users().save_user(change).await.unwrap();
    tx.commit().await.unwrap();

    let me = me(&world).await;
    let update = async |values: serde_json::Value, language: Option<Option<Locale>>| {
        let values: Map<_, _> = values.as_object().cloned().unwrap();
        account::update_profile(&world.app, &world.realm, &me, values, language).await
    };
    let anew = update(json!({"loyalty_tier": "gold"}), None).await;
    assert!(matches!(anew, Err(AccountError::Profile(ProfileError::Unknown(_)))));
    update(json!({}), Some(Some(german.clone()))).await.unwrap();
    let after = user(&world).await;
    assert_eq!((after.locale, json!(after.profile.values())), (Some(german), json!({"nickname": "Ada"})));
}

#[tokio::test]
async fn securing_the_account_leaves_only_this_session() {
    let world = world(|_| {}).await;
    let (here, there) = (cookie(&world).await, cookie(&world).await);
    account::secure_account(&world.app, &enter(&world, &here).await).await.unwrap();
    assert!(world.is_live(&here).await && !world.is_live(&there).await);
}

/// Signs in to the account's own pages.
async fn come_back(world: &World) -> OpaqueToken {
    let cx = world.cx();
    let to = (None, AccountPath::overview());
    let started = account::start_proof(&world.app, &cx, &world.realm, &Browser::default(), to).await.unwrap();
    let visit =
        Visit { flow: started.flow, browser: Browser { flow: Some(started.cookie), ..Browser::default() } };
    world.act(&visit, identify(ADA, Some(PASSWORD))).await.unwrap().session.unwrap()
}

#[tokio::test]
async fn whoever_leaves_is_signed_out_and_can_come_back_for_their_account_only() {
    let world = world(|_| {}).await;
    let cookie = cookie(&world).await;
    let me = enter(&world, &cookie).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let due = account::schedule_deletion(&world.app, &world.realm, &fresh).await.unwrap();
    assert_eq!(due, world.now() + Duration::days(14));
    assert!(!world.is_live(&cookie).await);
    // Nowhere else are they let in.
    let refused = world.sign_in(&world.visit().await).await;
    assert!(matches!(refused.flow.state, FlowState::Failed { .. }) && refused.session.is_none());
    let back = come_back(&world).await;
    assert!(!world.is_live(&back).await, "a session of theirs opens nothing but the way back");
    let entered = AccountCx::enter(&world.app, &world.cx(), &world.realm, Some(&back)).await;
    assert!(matches!(entered, Err(AccountError::Leaving)));
    let leaving = LeavingCx::enter(&world.app, &world.cx(), &world.realm, Some(&back)).await;
    account::keep_account(&world.app, &leaving.unwrap_or_else(|error| panic!("{error}"))).await.unwrap();
    let kept = user(&world).await;
    assert_eq!((kept.status, kept.deletion_due), (UserStatus::Active, None));
    assert!(world.is_live(&back).await);
}

#[tokio::test]
async fn deletion_can_be_switched_off() {
    let world = world(|settings| settings.account.deletion = false).await;
    let me = me(&world).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let refused = account::schedule_deletion(&world.app, &world.realm, &fresh).await;
    assert!(matches!(refused, Err(AccountError::SwitchedOff)));
}
