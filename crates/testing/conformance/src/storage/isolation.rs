//! Realm isolation: a second realm calls every repository method with the first one's names and gets nothing, changes
//! nothing.

use vestibule_authn::{AttemptReserved, CredentialKind, Reservation, StoredChallenge, TrustScope};
use vestibule_consent::Grant;
use vestibule_events::EventFilter;
use vestibule_kernel::{
    Changed, ClientId, CredentialId, DeviceId, Digest, ExportId, FamilyId, FlowId, JobId, MailId,
    PageRequest, RequestId, Sealed, SessionId, StoreError, UserId, Version, contact::Identifier,
};
use vestibule_oauth::{CodeOutcome, GeneratedKey, OAuthEvent, PublicKey, RefreshOutcome, SigningKey};
use vestibule_realms::PictureSlot;
use vestibule_sessions::{RevocationCause, Session, SessionScope};
use vestibule_storage::{
    Channel, Delivery, DeliveryFilter, IdempotencySlot, IdempotentResponse, Job, JobOutcome, RealmTx,
    TextFigures, jobs::MessageKind, sign_in::Sought,
};
use vestibule_users::{User, UserFilter, UserStatus};

use super::{
    challenges::challenge,
    deliveries::delivery,
    exports::asked,
    fixture::{
        Fixture, TestStore, at, code, digest, ended, event, family, flow, id, lifetimes, password,
        refresh_token, stored_request,
    },
    mailbox::{mail, sms},
    pictures::picture,
    secrets::{secret, secret_name},
    themes::{draft, look, revision},
    trusted_devices::trusted,
};

/// The names of everything in the first realm.
struct Names {
    client: ClientId,
    user: User,
    session: Session,
    family: FamilyId,
    refresh: Digest,
    code: Digest,
    credential: CredentialId,
    device: DeviceId,
    copy: ExportId,
    challenge: StoredChallenge,
    flow: FlowId,
    request: RequestId,
    reference: Digest,
    key: SigningKey,
    initial: Digest,
    once: Digest,
    idempotency: (Digest, Digest),
    mail: MailId,
    job: JobId,
}

async fn fill(fixture: &Fixture) -> Names {
    let (client, user, session, family, refresh) = fixture.signed_in().await;
    let code = fixture.code(&client, user.id, session.id).await.digest;
    let (password, flow) = (password(user.id, "hash"), flow(Some(user.id)));
    let (credential, flow_id) = (password.value.id, flow.value.id);
    let reference = digest();
    let request = stored_request(&client, Some(reference));
    let public = PublicKey { kid: "k1".to_owned(), alg: "ES256".to_owned(), jwk: serde_json::Map::new() };
    let key = SigningKey::create(GeneratedKey { public, private: Sealed::from_bytes(vec![1]) }, at(0), at(0));
    let names = Names {
        client,
        session,
        family: family.id,
        refresh: refresh.digest,
        code,
        credential,
        device: DeviceId::from_uuid(id()),
        copy: ExportId::from_uuid(id()),
        challenge: challenge(Some(flow_id), Some(user.id)),
        flow: flow_id,
        request: request.id,
        reference,
        key: key.value.clone(),
        initial: digest(),
        once: digest(),
        idempotency: (digest(), digest()),
        mail: MailId::from_uuid(id()),
        job: JobId::from_uuid(id()),
        user,
    };
    let mut tx = fixture.write().await;
    tx.keys().save_key(key).await.unwrap();
    tx.credentials().save_credential(password).await.unwrap();
    tx.flows().save_flow(flow).await.unwrap();
    of_the_account(&mut *tx, &names).await;
    tx.requests().insert_request(&request).await.unwrap();
    let scopes = ["openid".to_owned()].into();
    let grant = Grant::give(names.user.id, names.client.clone(), scopes, at(0));
    tx.grants().save_grant(grant).await.unwrap();
    let created = event("initial_access_token.created");
    tx.clients().save_initial_access_token(&names.initial, 1, at(60), created).await.unwrap();
    tx.tokens().remember_once("jti", &names.once, at(60)).await.unwrap();
    let (key, body) = names.idempotency;
    tx.idempotency().claim_idempotency_key(&key, &body, at(0)).await.unwrap();
    tx.mailbox().keep_mail(names.mail, &mail("m1"), at(0)).await.unwrap();
    let sent = delivery(names.job, Some(names.user.id));
    tx.deliveries().save_delivery(&sent, None).await.unwrap();
    tx.text_counts().count_text_sent("+49171", at(0)).await.unwrap();
    tx.secrets().save_secret(secret("smtp", &[1])).await.unwrap();
    tx.pictures().save_picture(picture(PictureSlot::Logo, &[1])).await.unwrap();
    tx.themes().save_draft(draft(15)).await.unwrap();
    tx.themes().publish_revision(revision(15)).await.unwrap();
    tx.jobs().enqueue(names.job, &notice(names.user.id), at(0)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.system().await;
    tx.claim_jobs(1, 60, at(0)).await.unwrap();
    tx.finish_job(fixture.cx.realm, names.job, JobOutcome::Park { error: "x".to_owned() }).await.unwrap();
    tx.commit().await.unwrap();
    names
}

async fn of_the_account(tx: &mut dyn RealmTx, names: &Names) {
    tx.challenges().insert_challenge(&names.challenge).await.unwrap();
    tx.trusted_devices().save_trusted_device(trusted(names.user.id, names.device)).await.unwrap();
    tx.exports().insert_export(asked(names.user.id, names.copy)).await.unwrap();
}

fn notice(user: UserId) -> Job {
    let (message, data) = (MessageKind::NewDevice, serde_json::Map::new());
    Job::SendMessage { user, to: None, message, data, locale: None }
}

/// Whether nothing was found.
fn nothing<T>(found: Result<Option<T>, StoreError>) -> bool {
    found.unwrap().is_none()
}

async fn nothing_is_looked_like(tx: &mut dyn RealmTx) {
    let logo = picture(PictureSlot::Logo, &[1]).value.info;
    assert!(nothing(tx.pictures().find_picture_by_hash(&logo.hash).await));
    assert!(tx.pictures().list_pictures().await.unwrap().is_empty());
    assert!(nothing(tx.themes().find_draft().await));
    assert!(nothing(tx.themes().current_revision().await));
    assert!(nothing(tx.themes().find_revision(1).await));
    assert!(tx.themes().list_revisions().await.unwrap().is_empty());
}

async fn nobody_is_trusted(tx: &mut dyn RealmTx, names: &Names) {
    let (user, devices) = (names.user.id, tx.trusted_devices());
    assert!(devices.list_trusted_devices(user, at(1)).await.unwrap().is_empty());
    assert!(!devices.use_trusted_device(user, names.device, at(1)).await.unwrap());
    for scope in [TrustScope::One(user, names.device), TrustScope::User(user), TrustScope::Realm] {
        assert_eq!(devices.forget_trusted_devices(scope).await.unwrap(), 0);
    }
}

async fn no_copy_is_made_or_taken(tx: &mut dyn RealmTx, names: &Names) {
    let (user, exports) = (names.user.id, tx.exports());
    assert!(nothing(exports.find_export(names.copy).await));
    assert!(exports.list_exports(user, at(1)).await.unwrap().is_empty());
    assert!(!exports.note_export_progress(names.copy, 1).await.unwrap());
    assert!(nothing(exports.take_export(user, names.copy, at(1), event("user.exported")).await));
}

async fn nothing_is_found(tx: &mut dyn RealmTx, names: &Names) {
    let page = PageRequest::default();
    let user = names.user.id;
    let identifier = Identifier::parse(names.user.emails[0].email.as_str()).unwrap();
    assert!(nothing(tx.clients().find_client(&names.client).await));
    assert!(tx.clients().list_clients(&page).await.unwrap().items.is_empty());
    assert!(tx.clients().list_all_clients().await.unwrap().is_empty());
    assert_eq!(tx.clients().count_registered_clients().await.unwrap(), 0);
    assert!(tx.keys().list_keys().await.unwrap().is_empty());
    assert!(nothing(tx.secrets().find_secret(&secret_name("smtp")).await));
    assert!(tx.secrets().list_secrets().await.unwrap().is_empty());
    nothing_is_looked_like(tx).await;
    assert!(nothing(tx.users().find_user(user).await));
    assert!(nothing(tx.users().find_user_by_identifier(&identifier).await));
    assert!(tx.users().list_users(&UserFilter::default(), &page).await.unwrap().items.is_empty());
    let prefix = &UserFilter { identifier_prefix: Some(String::new()), status: None };
    assert!(tx.users().list_users(prefix, &page).await.unwrap().items.is_empty());
    assert!(tx.credentials().list_credentials(user).await.unwrap().is_empty());
    assert!(nothing(tx.credentials().find_credential(user, CredentialKind::Password).await));
    let external = tx.credentials().find_credential_by_external_id(CredentialKind::Password, b"x").await;
    assert!(nothing(external));
    assert!(nothing(tx.flows().find_flow(names.flow).await));
    for sought in [Sought::Identifier(&identifier), Sought::OfFlow, Sought::Nobody] {
        let file = tx.sign_in().load_sign_in(names.flow, sought, Some("test agent")).await.unwrap();
        assert!(file.flow.is_none() && file.request.is_none() && file.holder.is_none());
    }
    let kept = &names.challenge;
    assert!(nothing(tx.challenges().find_challenge(kept.id).await));
    assert!(nothing(tx.challenges().find_challenge_by_link(&kept.link.unwrap()).await));
    let of_flow = tx.challenges().find_flow_challenge(names.flow, &kept.method, kept.purpose).await;
    assert!(nothing(of_flow));
    assert_eq!(tx.challenges().count_challenges_to("ada@acme.test", at(0)).await.unwrap(), 0);
    let (secret, flow) = (&names.session.secret, Some(names.flow));
    let file = tx.sign_in().load_return(names.request, flow, Some(secret)).await.unwrap();
    assert!(file.request.is_none() && file.flow.is_none() && file.signed_in.is_none());
    assert!(nothing(tx.sign_in().load_signed_in(secret, &names.client).await));
    assert!(nothing(tx.sign_in().load_token_owner(names.family).await));
    assert!(nothing(tx.sessions().find_session_by_secret(secret).await));
    assert!(nothing(tx.sessions().find_session(names.session.id).await));
    assert!(tx.sessions().list_sessions(None, at(1), &page).await.unwrap().items.is_empty());
    assert!(tx.sessions().list_sessions(Some(user), at(1), &page).await.unwrap().items.is_empty());
    assert!(!tx.sessions().knows_user_agent(user, "test agent").await.unwrap());
    assert!(nothing(tx.grants().find_grant(user, &names.client).await));
    assert!(tx.grants().list_grants(None, &page).await.unwrap().items.is_empty());
    assert!(tx.grants().list_grants(Some(user), &page).await.unwrap().items.is_empty());
    assert!(nothing(tx.requests().find_request(names.request).await));
    assert!(nothing(tx.requests().find_request_by_reference(&names.reference).await));
    assert!(nothing(tx.tokens().find_family(names.family).await));
    assert!(nothing(tx.tokens().find_refresh_token(&names.refresh).await));
    assert!(nothing(tx.tokens().token_liveness(names.family, at(1)).await));
    assert!(tx.tokens().list_session_clients(&[names.session.id]).await.unwrap().is_empty());
    assert!(tx.tokens().list_client_access(user, at(1)).await.unwrap().is_empty());
    assert!(!tx.tokens().is_remembered("jti", &names.once).await.unwrap());
    let events = tx.events().list_events(&EventFilter::default(), &page).await.unwrap().items;
    assert_eq!(events.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["realm.created"]);
    assert!(tx.jobs().list_jobs(None, &page).await.unwrap().items.is_empty());
    nothing_was_delivered(tx, user).await;
    assert!(tx.mailbox().list_mails(Channel::Email, &page).await.unwrap().items.is_empty());
    assert!(nothing(tx.mailbox().find_mail(names.mail).await));
}

async fn nothing_is_consumed_or_removed(tx: &mut dyn RealmTx, names: &Names) {
    let gone = || event("user.deleted");
    let user = names.user.id;
    assert!(!tx.clients().delete_client(&names.client, gone()).await.unwrap());
    assert!(!tx.clients().consume_initial_access_token(&names.initial, at(1)).await.unwrap());
    assert_eq!(tx.keys().remove_retired_keys(at(1_000_000)).await.unwrap(), 0);
    assert!(!tx.secrets().delete_secret(&secret_name("smtp"), gone()).await.unwrap());
    assert!(!tx.pictures().delete_picture(PictureSlot::Logo, gone()).await.unwrap());
    nothing_is_sealed_anew(tx).await;
    assert!(!tx.themes().delete_draft(Version::FIRST, Some(gone())).await.unwrap());
    assert!(!tx.users().delete_user(user, gone()).await.unwrap());
    assert!(!tx.credentials().delete_credential(names.credential, gone()).await.unwrap());
    let reserved = tx.challenges().reserve_challenge_attempt(names.challenge.id, at(2)).await.unwrap();
    assert_eq!(reserved, AttemptReserved::Refused);
    tx.challenges().release_challenge_attempt(names.challenge.id).await.unwrap();
    assert!(!tx.challenges().consume_challenge(names.challenge.id, at(2)).await.unwrap());
    tx.lockouts().reset_attempts(user, CredentialKind::Password).await.unwrap();
    tx.lockouts().release_attempt(user, CredentialKind::Password).await.unwrap();
    for scope in [
        SessionScope::One(names.session.id),
        SessionScope::User(user),
        SessionScope::UserExcept(user, SessionId::from_uuid(id())),
        SessionScope::Realm,
    ] {
        let ended = tx.sessions().revoke_sessions(scope, RevocationCause::Administrator, at(1)).await;
        assert_eq!(ended.unwrap(), []);
    }
    assert!(!tx.grants().withdraw_grant(user, &names.client, gone(), at(1)).await.unwrap());
    assert!(matches!(tx.tokens().consume_code(&names.code, at(1)).await, Ok(CodeOutcome::Unknown)));
    let refreshed = tx.tokens().consume_refresh_token(&names.refresh, 10, at(1)).await;
    assert!(matches!(refreshed, Ok(RefreshOutcome::Unknown)));
    assert!(!tx.tokens().revoke_family(names.family, gone(), at(1)).await.unwrap());
    assert_eq!(tx.tokens().revoke_client_families(user, &names.client, at(1)).await.unwrap(), 0);
    assert_eq!(tx.tokens().revoke_user_families(user, at(1)).await.unwrap(), 0);
    assert!(!tx.jobs().retry_job(names.job, at(1)).await.unwrap());
    let (key, _) = names.idempotency;
    let answer = IdempotentResponse { status: 200, body: "{}".to_owned(), location: None, etag: None };
    assert!(tx.idempotency().store_idempotent_response(&key, &answer).await.is_err());
    tx.idempotency().release_idempotency_key(&key).await.unwrap();
}

async fn nothing_is_sealed_anew(tx: &mut dyn RealmTx) {
    let page = PageRequest::default();
    assert!(tx.credentials().list_sealed_credentials(&page).await.unwrap().items.is_empty());
    let sealed = Sealed::from_bytes(vec![1]);
    assert!(!tx.secrets().reseal_secret(&secret_name("smtp"), &sealed, &sealed).await.unwrap());
}

/// Changes of rows of the first realm find no row in the second.
async fn changes_are_stale(tx: &mut dyn RealmTx, names: &Names) {
    let user = names.user.clone().set_status(UserStatus::Suspended, None, at(1));
    assert_eq!(tx.users().save_user(user).await, Err(StoreError::Stale));
    let client = super::fixture::client(names.client.as_str()).value;
    let client = client.updated(OAuthEvent::ClientUpdated { id: names.client.clone() }, at(1));
    assert_eq!(tx.clients().save_client(client).await, Err(StoreError::Stale));
    assert_eq!(tx.keys().save_key(names.key.clone().activate(at(1))).await, Err(StoreError::Stale));
    let mut credential = password(names.user.id, "stolen").value;
    credential.id = names.credential;
    let expected = Some(credential.version);
    assert_eq!(
        tx.credentials().save_credential(Changed::quiet(credential, expected)).await,
        Err(StoreError::Stale)
    );
    let session = names.session.clone().active(at(1)).unwrap().touch(lifetimes(), at(120)).unwrap();
    assert_eq!(tx.sessions().save_session(session).await, Err(StoreError::Stale));
    let grant = Grant::give(names.user.id, names.client.clone(), ["openid".to_owned()].into(), at(0)).value;
    let grant = grant.widen(["email".to_owned()], at(1));
    assert_eq!(tx.grants().save_grant(grant).await, Err(StoreError::Stale));
}

/// So do those that may be judged as late as the commit.
async fn late_changes_are_stale(fixture: &Fixture, names: &Names) {
    let mut tx = fixture.write().await;
    let claimed = tx.requests().consume_request(names.request, at(1)).await;
    assert_eq!(ended(tx, claimed).await, Err(StoreError::Stale));
    let mut flow = flow(None).value;
    flow.id = names.flow;
    let expected = Some(flow.version);
    let mut tx = fixture.write().await;
    let saved = tx.flows().save_flow(Changed::quiet(flow, expected)).await;
    assert_eq!(ended(tx, saved).await, Err(StoreError::Stale));
}

async fn nothing_was_delivered(tx: &mut dyn RealmTx, user: UserId) {
    assert_eq!(tx.text_counts().text_figures("+49171", at(0)).await.unwrap(), TextFigures::default());
    for filter in [DeliveryFilter::default(), DeliveryFilter { user: Some(user), state: None }] {
        let listed = tx.deliveries().list_deliveries(filter, &PageRequest::default()).await;
        assert!(listed.unwrap().items.is_empty());
    }
}

async fn a_delivery_to_a_foreign_user_is_refused(fixture: &Fixture, names: &Names) {
    let mut tx = fixture.write().await;
    let foreign = delivery(names.job, Some(names.user.id));
    let saved = tx.deliveries().save_delivery(&foreign, None).await;
    assert!(ended(tx, saved).await.is_err(), "a reference across realms was stored");
}

/// New rows cannot refer to rows of another realm: the foreign keys include the realm.
async fn references_are_refused(fixture: &Fixture, names: &Names) {
    let user: UserId = names.user.id;
    let (client, session) = (&names.client, names.session.id);
    let refused = async |work: &dyn Fn(Box<dyn RealmTx>) -> Attempt| {
        assert!(work(fixture.write().await).await.is_err(), "a reference across realms was stored");
    };
    refused(&|mut tx| {
        Box::pin(async move {
            tx.credentials().save_credential(password(user, "x")).await?;
            tx.commit().await
        })
    })
    .await;
    refused(&|mut tx| {
        Box::pin(async move {
            tx.challenges().insert_challenge(&challenge(None, Some(user))).await?;
            tx.commit().await
        })
    })
    .await;
    refused(&|mut tx| {
        Box::pin(async move {
            tx.sessions().save_session(super::fixture::session(user, at(0))).await?;
            tx.commit().await
        })
    })
    .await;
    refused(&|mut tx| {
        let code = code(client, user, session);
        Box::pin(async move {
            tx.tokens().insert_code(&code).await?;
            tx.commit().await
        })
    })
    .await;
    refused(&|mut tx| {
        let family = family(client, user, Some(session));
        Box::pin(async move {
            tx.tokens().insert_family(&family, None).await?;
            tx.commit().await
        })
    })
    .await;
    let (of, predecessor) = (names.family, names.refresh);
    refused(&|mut tx| {
        Box::pin(async move {
            tx.tokens().insert_refresh_token(&refresh_token(of), &predecessor).await?;
            tx.commit().await
        })
    })
    .await;
    refused(&|mut tx| {
        let request = stored_request(client, None);
        Box::pin(async move {
            tx.requests().insert_request(&request).await?;
            tx.commit().await
        })
    })
    .await;
}

type Attempt = std::pin::Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// The same names are free in the second realm.
async fn names_are_free(tx: &mut dyn RealmTx, names: &Names) {
    // Guesses at names that nobody has are counted too.
    for failures in 1..=3 {
        let counted = tx.lockouts().reserve_attempt(names.user.id, CredentialKind::Password, at(1)).await;
        assert!(matches!(counted.unwrap(), Reservation::Granted(lockout) if lockout.failures == failures));
    }
    assert!(tx.tokens().remember_once("jti", &names.once, at(60)).await.unwrap());
    let (key, body) = names.idempotency;
    let slot = tx.idempotency().claim_idempotency_key(&key, &body, at(0)).await.unwrap();
    assert_eq!(slot, IdempotencySlot::Fresh);
    tx.mailbox().keep_mail(names.mail, &mail("m1"), at(0)).await.unwrap();
    tx.mailbox().keep_sms(MailId::from_uuid(id()), &sms("m1"), at(0)).await.unwrap();
    assert_eq!(
        tx.mailbox().list_mails(Channel::Email, &PageRequest::default()).await.unwrap().items.len(),
        1
    );
    let own = Delivery { attempts: 7, ..delivery(names.job, None) };
    tx.deliveries().save_delivery(&own, None).await.unwrap();
    assert_eq!(
        tx.deliveries()
            .list_deliveries(DeliveryFilter::default(), &PageRequest::default())
            .await
            .unwrap()
            .items,
        [own]
    );
    tx.text_counts().count_text_answered("+49171", at(0)).await.unwrap();
    assert!(tx.text_counts().note_texts_stopped("+49171", at(0), event("sms.stopped")).await.unwrap());
    tx.secrets().save_secret(secret("smtp", &[2])).await.unwrap();
    tx.pictures().save_picture(picture(PictureSlot::Logo, &[2])).await.unwrap();
    tx.themes().save_draft(draft(17)).await.unwrap();
    tx.themes().publish_revision(revision(17)).await.unwrap();
    tx.clients().save_client(super::fixture::client(names.client.as_str())).await.unwrap();
    let user = super::fixture::user(names.user.emails[0].email.as_str());
    tx.users().save_user(user).await.unwrap();
}

/// Nobody of the first realm can trust a browser in the second.
async fn a_foreign_user_trusts_nothing(fixture: &Fixture, names: &Names) {
    let mut tx = fixture.write().await;
    let saved = tx.trusted_devices().save_trusted_device(trusted(names.user.id, names.device)).await;
    assert!(super::fixture::ended(tx, saved).await.is_err(), "a reference across realms was stored");
}

/// Nobody of the first realm has a copy made in the second, and no copy of the first becomes ready from there.
async fn a_foreign_user_gets_no_copy(fixture: &Fixture, names: &Names) {
    let mut tx = fixture.write().await;
    let asked_for = tx.exports().insert_export(asked(names.user.id, ExportId::from_uuid(id()))).await;
    assert!(super::fixture::ended(tx, asked_for).await.is_err(), "a reference across realms was stored");
    let mut tx = fixture.write().await;
    let ready = asked(names.user.id, names.copy).value.finish(1, at(1));
    let finished = tx.exports().finish_export(ready, vec![1]).await;
    assert_eq!(super::fixture::ended(tx, finished).await, Err(StoreError::Stale));
}

/// In the first realm everything is as it was.
async fn all_is_as_it_was(fixture: &Fixture, names: &Names) {
    let mut tx = fixture.write().await;
    assert_eq!(tx.users().find_user(names.user.id).await.unwrap().as_ref(), Some(&names.user));
    assert!(tx.clients().find_client(&names.client).await.unwrap().is_some());
    assert!(tx.clients().consume_initial_access_token(&names.initial, at(1)).await.unwrap());
    assert_eq!(tx.keys().list_keys().await.unwrap().len(), 1);
    let kept = tx.secrets().find_secret(&secret_name("smtp")).await.unwrap().unwrap();
    assert_eq!(kept.sealed.as_bytes(), [1]);
    let logo = picture(PictureSlot::Logo, &[1]).value;
    assert_eq!(tx.pictures().find_picture_by_hash(&logo.info.hash).await.unwrap(), Some(logo));
    assert_eq!(tx.themes().find_draft().await.unwrap().map(|draft| draft.theme), Some(look(15)));
    assert_eq!(tx.themes().current_revision().await.unwrap().map(|one| one.theme), Some(look(15)));
    let stored = tx.credentials().list_credentials(names.user.id).await.unwrap();
    assert_eq!(stored[0].hash().unwrap().expose(), "hash");
    let reserved =
        tx.lockouts().reserve_attempt(names.user.id, CredentialKind::Password, at(1)).await.unwrap();
    assert!(matches!(reserved, Reservation::Granted(lockout) if lockout.failures == 1));
    assert!(tx.trusted_devices().use_trusted_device(names.user.id, names.device, at(1)).await.unwrap());
    let copy = tx.exports().find_export(names.copy).await.unwrap();
    assert_eq!(copy, Some(asked(names.user.id, names.copy).value));
    assert!(tx.challenges().consume_challenge(names.challenge.id, at(2)).await.unwrap());
    assert_eq!(tx.sessions().find_session(names.session.id).await.unwrap().unwrap().revoked_at, None);
    assert!(tx.grants().find_grant(names.user.id, &names.client).await.unwrap().is_some());
    tx.requests().consume_request(names.request, at(1)).await.unwrap();
    assert!(tx.tokens().token_liveness(names.family, at(1)).await.unwrap().is_some());
    assert!(matches!(tx.tokens().consume_code(&names.code, at(1)).await, Ok(CodeOutcome::Consumed(_))));
    let refreshed = tx.tokens().consume_refresh_token(&names.refresh, 0, at(1)).await;
    assert!(matches!(refreshed, Ok(RefreshOutcome::Rotated { .. })));
    assert!(tx.jobs().retry_job(names.job, at(1)).await.unwrap());
    let kept = tx.deliveries().list_deliveries(DeliveryFilter::default(), &PageRequest::default()).await;
    assert_eq!(kept.unwrap().items, [delivery(names.job, Some(names.user.id))]);
    let counted = TextFigures { last_hour: 1, last_day: 1, ..TextFigures::default() };
    assert_eq!(tx.text_counts().text_figures("+49171", at(0)).await.unwrap(), counted);
    let (key, body) = names.idempotency;
    let slot = tx.idempotency().claim_idempotency_key(&key, &body, at(1)).await.unwrap();
    assert_eq!(slot, IdempotencySlot::Running);
    tx.commit().await.unwrap();
}

pub async fn a_second_realm_gets_nothing_from_any_method(store: TestStore) {
    let first = Fixture::new(store.clone(), "first").await;
    let second = Fixture::new(store, "second").await;
    let names = fill(&first).await;
    let mut tx = second.write().await;
    nothing_is_found(&mut *tx, &names).await;
    nobody_is_trusted(&mut *tx, &names).await;
    no_copy_is_made_or_taken(&mut *tx, &names).await;
    nothing_is_consumed_or_removed(&mut *tx, &names).await;
    changes_are_stale(&mut *tx, &names).await;
    tx.rollback().await.unwrap();
    late_changes_are_stale(&second, &names).await;
    references_are_refused(&second, &names).await;
    a_delivery_to_a_foreign_user_is_refused(&second, &names).await;
    a_foreign_user_trusts_nothing(&second, &names).await;
    a_foreign_user_gets_no_copy(&second, &names).await;
    let mut tx = second.write().await;
    names_are_free(&mut *tx, &names).await;
    tx.rollback().await.unwrap();
    let mut tx = second.write().await;
    let foreign = super::fixture::realm(first.cx.realm, "first", &[])
        .value
        .set_status(vestibule_realms::RealmStatus::Suspended, at(1));
    assert_eq!(tx.realm().save_realm(foreign.unwrap()).await, Err(StoreError::NotFound("realm")));
    assert_eq!(tx.realm().get_realm().await.unwrap().slug.as_str(), "second");
    tx.realm().touch_config().await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = first.read().await;
    assert_eq!(
        tx.realm().get_realm().await.unwrap().config_version,
        6,
        "created, a client, a key, a secret, a picture, a look"
    );
    tx.commit().await.unwrap();
    all_is_as_it_was(&first, &names).await;
}
