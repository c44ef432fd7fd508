//! From an upstream identity to an account, as the domain decides it: signed in, linked, claimed by its true owner,
//! made, or asked for its own proof. One transaction; repeated when another sign-in of the same person was faster.

use serde_json::Map;
use vestibule_authn::{AuthnEvent, MethodId, flow::WaitingIdentity};
use vestibule_federation::{
    AddressHolder, Attempt, Connection, FederationEvent, Identity, LinkFacts, Linking, NewAddress,
    UpstreamIdentity, link, link_to,
};
use vestibule_kernel::{
    Cx, IdentityId, PageRequest, SessionId, StoreError, UserId,
    contact::{Email, Identifier},
};
use vestibule_sessions::RevocationCause;
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::{EmailAddress, NewUser, Profile, User, UserError, UserPatch, profile::AttributeRule};

use super::{FederationError, callback::FederatedOutcome, tell};
use crate::{App, RealmSnapshot, access::end, admin::profile_rules::profile_rules};

/// How often a decision is made anew when rows moved meanwhile.
const TRIES: u32 = 3;

pub(super) async fn settle(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (attempt, connection): (&Attempt, &Connection),
    upstream: &UpstreamIdentity,
) -> Result<FederatedOutcome, FederationError> {
    let mut tries = 0;
    loop {
        let turn = Turn { app, cx, realm, attempt, connection, upstream };
        match Box::pin(turn.once()).await {
            // Two first sign-ins of one person at once: the second finds what the first made.
            Err(FederationError::Store(StoreError::Conflict(_) | StoreError::Stale)) if tries < TRIES => {
                tries += 1;
            }
            other => return other,
        }
    }
}

struct Turn<'a> {
    app: &'a App,
    cx: &'a Cx,
    realm: &'a RealmSnapshot,
    attempt: &'a Attempt,
    connection: &'a Connection,
    upstream: &'a UpstreamIdentity,
}

impl Turn<'_> {
    async fn once(&self) -> Result<FederatedOutcome, FederationError> {
        let mut tx = self.app.store.write(self.cx).await?;
        let (connection, subject) = (self.connection.id, &self.upstream.subject);
        let identity = tx.federation().find_identity(connection, subject).await?;
        let owner = match self.upstream.email.as_ref() {
            Some(asserted) if identity.is_none() => find_owner(tx.as_mut(), &asserted.email).await?,
            _ => None,
        };
        let facts = LinkFacts {
            connection: self.connection,
            upstream: self.upstream,
            identity: identity.as_ref(),
            holder: owner.as_ref().and_then(|owner| holder(owner, self.upstream)),
        };
        let decision = link(facts);
        let outcome = self.carry_out(tx.as_mut(), decision, identity, owner).await;
        match outcome {
            Ok(outcome) => {
                tx.commit().await?;
                self.app.jobs_wake.notify_one();
                Ok(outcome)
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    async fn carry_out(
        &self,
        tx: &mut dyn RealmTx,
        decision: Linking,
        identity: Option<Identity>,
        owner: Option<User>,
    ) -> Result<FederatedOutcome, FederationError> {
        match (decision, identity, owner) {
            (Linking::SignIn { user }, Some(identity), _) => {
                tx.federation().save_identity(identity.used(self.upstream, self.cx.now)).await?;
                Ok(FederatedOutcome::User { user, created: false })
            }
            (Linking::Link { user }, _, owner) => {
                self.link(tx, user).await?;
                if let Some(owner) = &owner {
                    tell(self.app, self.cx, tx, (owner, MessageKind::IdentityLinked), self.connection)
                        .await?;
                }
                Ok(FederatedOutcome::User { user, created: false })
            }
            (Linking::Claim { user }, _, Some(owner)) => {
                self.cleanse(tx, owner).await?;
                self.link(tx, user).await?;
                Ok(FederatedOutcome::User { user, created: false })
            }
            (Linking::Create { email: NewAddress::Verified(email), released_by }, _, owner) => {
                if let (Some(_), Some(owner)) = (released_by, owner) {
                    self.release(tx, owner, &email).await?;
                }
                if asks_more(self.realm, self.upstream) {
                    // The page of a new account asks for the rest; the address is proven.
                    return self.wait(tx, None, Some(email), true).await;
                }
                let user = self.create(tx, email).await?;
                self.link(tx, user).await?;
                Ok(FederatedOutcome::User { user, created: true })
            }
            (Linking::Create { email, .. }, _, _) => {
                // Without a proven address the page of a new account asks for one, and has it proven.
                if self.app.methods.get(&MethodId::EMAIL_CODE).is_none() {
                    return Err(FederationError::Unproven);
                }
                let email = match email {
                    NewAddress::ToVerify(email) | NewAddress::Verified(email) => Some(email),
                    NewAddress::None => None,
                };
                self.wait(tx, None, email, false).await
            }
            (Linking::AskProof { user }, _, _) => {
                let own = identity_at(tx, user, self.connection).await?;
                link_to(user, None, own.as_ref()).map_err(FederationError::Refused)?;
                let email = self.upstream.email.as_ref().map(|asserted| asserted.email.clone());
                self.wait(tx, Some(user), email, false).await
            }
            (Linking::Refused(refusal), _, _) => Err(FederationError::Refused(refusal)),
            // What was decided about was read in the same transaction.
            (Linking::SignIn { .. } | Linking::Claim { .. }, _, _) => {
                Err(FederationError::Store(StoreError::Stale))
            }
        }
    }

    async fn link(&self, tx: &mut dyn RealmTx, user: UserId) -> Result<(), FederationError> {
        let id = IdentityId::from_uuid(self.app.entropy.uuid(self.cx.now));
        let change = Identity::link(id, self.connection.id, self.upstream, user, self.cx.now);
        Ok(tx.federation().save_identity(change).await?)
    }

    /// What the identity brought waits as long as a flow may still take.
    async fn wait(
        &self,
        tx: &mut dyn RealmTx,
        user: Option<UserId>,
        email: Option<Email>,
        proven: bool,
    ) -> Result<FederatedOutcome, FederationError> {
        let expires_at = self.cx.now + crate::flow::start::lifetime(self.realm);
        tx.federation().keep_upstream(self.attempt.id, self.upstream, expires_at).await?;
        Ok(FederatedOutcome::Waiting(Box::new(WaitingIdentity {
            attempt: self.attempt.id,
            connection: self.connection.id,
            user,
            label: label_of(self.upstream),
            email,
            proven,
            profile: profile_of(self.realm, self.upstream).values().clone(),
        })))
    }

    async fn create(&self, tx: &mut dyn RealmTx, email: Email) -> Result<UserId, FederationError> {
        let id = UserId::from_uuid(self.app.entropy.uuid(self.cx.now));
        let new = NewUser {
            emails: vec![EmailAddress { email, verified_at: Some(self.cx.now), primary: true }],
            profile: profile_of(self.realm, self.upstream),
            locale: self.upstream.locale.as_ref().or(self.cx.origin.language.as_ref()).cloned(),
            ..NewUser::default()
        };
        let change = User::create(id, new, self.cx.now).map_err(|error| broken(&error))?;
        tx.users().save_user(change).await?;
        Ok(id)
    }

    /// The true owner arrives at an account that claimed their address without proof: whoever made it keeps nothing
    /// that opens it.
    async fn cleanse(&self, tx: &mut dyn RealmTx, owner: User) -> Result<(), FederationError> {
        let (user, now) = (owner.id, self.cx.now);
        for credential in tx.credentials().list_credentials(user).await? {
            let event = AuthnEvent::CredentialRemoved { user, id: credential.id, kind: credential.kind };
            tx.credentials().delete_credential(credential.id, event.into()).await?;
        }
        forget_identities(tx, user).await?;
        end::end_access(self.app, tx, user, RevocationCause::AccountChanged, now).await?;
        let asserted = self.upstream.email.as_ref().map(|asserted| asserted.email.normal());
        // What was never proven is not the owner's: only the address they proved stays.
        let emails = owner
            .emails
            .iter()
            .filter(|address| Some(address.email.normal()) == asserted)
            .map(|address| EmailAddress { verified_at: Some(now), primary: true, ..address.clone() })
            .collect();
        let patch = UserPatch {
            username: Some(None),
            emails: Some(emails),
            phones: Some(Vec::new()),
            profile: Some(profile_of(self.realm, self.upstream)),
            public_metadata: Some(Map::new()),
            ..UserPatch::default()
        };
        let change = owner.update(patch, now).map_err(|error| broken(&error))?;
        Ok(tx.users().save_user(change).await?)
    }

    /// Somebody's account gives up an address that it never proved.
    async fn release(&self, tx: &mut dyn RealmTx, owner: User, email: &Email) -> Result<(), FederationError> {
        let emails = owner.emails.iter().filter(|address| address.email.normal() != email.normal());
        let mut emails: Vec<EmailAddress> = emails.cloned().collect();
        if !emails.iter().any(|address| address.primary)
            && let Some(first) = emails.first_mut()
        {
            first.primary = true;
        }
        let patch = UserPatch { emails: Some(emails), ..UserPatch::default() };
        let change = owner.update(patch, self.cx.now).map_err(|error| broken(&error))?;
        Ok(tx.users().save_user(change).await?)
    }
}

/// Takes every identity off a user whose account's true owner arrived.
pub(crate) async fn forget_identities(tx: &mut dyn RealmTx, user: UserId) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = tx.federation().list_identities(user, &PageRequest::new(PageRequest::MAX, after)).await?;
        for identity in page.items {
            let (id, connection) = (identity.id, identity.connection);
            let event = FederationEvent::IdentityUnlinked { id, user, connection };
            tx.federation().delete_identity(user, id, event.into()).await?;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

fn broken(error: &UserError) -> FederationError {
    FederationError::Store(StoreError::Corrupt(format!("a user could not be made: {error}")))
}

async fn find_owner(tx: &mut dyn RealmTx, email: &Email) -> Result<Option<User>, StoreError> {
    match Identifier::parse(email.as_str()) {
        Ok(identifier) => tx.users().find_user_by_identifier(&identifier).await,
        Err(_) => Ok(None),
    }
}

fn holder(owner: &User, upstream: &UpstreamIdentity) -> Option<AddressHolder> {
    let asserted = upstream.email.as_ref()?.email.normal();
    let this = owner.emails.iter().find(|address| address.email.normal() == asserted)?;
    let others = owner.emails.iter().filter(|address| address.email.normal() != asserted);
    let otherwise_proven = others.map(|address| address.verified_at).any(|at| at.is_some())
        || owner.phones.iter().any(|number| number.verified_at.is_some());
    Some(AddressHolder {
        user: owner.id,
        verified: this.verified_at.is_some(),
        otherwise_proven,
        privileged: !owner.admin_scopes.is_empty(),
    })
}

/// Whether the realm wants more of somebody new than the provider told: terms, a user name, a part of the profile.
fn asks_more(realm: &RealmSnapshot, upstream: &UpstreamIdentity) -> bool {
    let settings = &realm.realm.settings;
    let profile = profile_of(realm, upstream).values().clone();
    settings.sign_up.accept_terms
        || settings.sign_up.username
        || Profile::parse(profile, &profile_rules(settings)).is_err()
}

/// A name to show for somebody of a provider.
fn label_of(upstream: &UpstreamIdentity) -> String {
    let address = upstream.email.as_ref().map(|asserted| asserted.email.to_string());
    address.unwrap_or_else(|| {
        let named =
            ["preferred_username", "name"].iter().find_map(|name| upstream.claims.get(*name)?.as_str());
        named.unwrap_or_else(|| upstream.subject.as_str()).to_owned()
    })
}

/// What a user has at a connection.
async fn identity_at(
    tx: &mut dyn RealmTx,
    user: UserId,
    connection: &Connection,
) -> Result<Option<Identity>, StoreError> {
    let page = tx.federation().list_identities(user, &PageRequest::new(PageRequest::MAX, None)).await?;
    Ok(page.items.into_iter().find(|identity| identity.connection == connection.id))
}

/// The values that the realm's schema admits; others are left out, they were never asked for.
pub(super) fn profile_of(realm: &RealmSnapshot, upstream: &UpstreamIdentity) -> Profile {
    let rules: Vec<AttributeRule> = profile_rules(&realm.realm.settings)
        .into_iter()
        .map(|rule| AttributeRule { required: false, ..rule })
        .collect();
    let mut admitted = Map::new();
    for (name, value) in &upstream.profile {
        let one: Map<_, _> = std::iter::once((name.clone(), value.clone())).collect();
        if Profile::parse(one, &rules).is_ok() {
            admitted.insert(name.clone(), value.clone());
        }
    }
    Profile::parse(admitted, &rules).unwrap_or_default()
}

/// Links an identity to the account of the session that left for it, if that session still lives.
pub(super) async fn link_signed_in(
    app: &App,
    cx: &Cx,
    connection: &Connection,
    upstream: &UpstreamIdentity,
    (user, session): (UserId, SessionId),
) -> Result<(), FederationError> {
    let mut tx = app.store.write(cx).await?;
    let live = tx.sessions().find_session(session).await?.and_then(|session| session.active(cx.now));
    if live.is_none_or(|live| live.get().user != user) {
        tx.rollback().await?;
        return Err(FederationError::Foreign);
    }
    match attach(app, cx, tx.as_mut(), connection, upstream, user).await {
        Ok(()) => {
            tx.commit().await?;
            app.jobs_wake.notify_one();
            Ok(())
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// Links an identity to a user who proved themselves, unless it is somebody else's.
pub(super) async fn attach(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    connection: &Connection,
    upstream: &UpstreamIdentity,
    user: UserId,
) -> Result<(), FederationError> {
    let found = tx.federation().find_identity(connection.id, &upstream.subject).await?;
    let own = identity_at(tx, user, connection).await?;
    link_to(user, found.as_ref(), own.as_ref()).map_err(FederationError::Refused)?;
    if let Some(found) = found {
        return Ok(tx.federation().save_identity(found.used(upstream, cx.now)).await?);
    }
    let id = IdentityId::from_uuid(app.entropy.uuid(cx.now));
    tx.federation().save_identity(Identity::link(id, connection.id, upstream, user, cx.now)).await?;
    // Who made the account just now knows.
    let owner = tx.users().find_user(user).await?.filter(|owner| owner.created_at < cx.now);
    if let Some(owner) = owner {
        tell(app, cx, tx, (&owner, MessageKind::IdentityLinked), connection).await?;
    }
    Ok(())
}
