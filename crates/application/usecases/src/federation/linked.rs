//! The identities linked to an account, as its owner sees them.

use vestibule_authn::{Credential, CredentialKind, MethodId, method::LoginMethod};
use vestibule_federation::Identity;
use vestibule_kernel::{CredentialId, Cx, PageRequest, StoreError, UserId};
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::provider_name;
use crate::{App, RealmSnapshot, texting};

/// One linked identity.
#[derive(Debug, Clone)]
pub struct LinkedIdentity {
    /// The identity.
    pub identity: Identity,
    /// The provider's name.
    pub provider: String,
    /// Whether it can be taken off: something else still opens the account.
    pub removable: bool,
}

/// What a user has at providers, oldest first.
///
/// # Errors
/// The store failed.
pub async fn list_linked(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    user: UserId,
) -> Result<Vec<LinkedIdentity>, StoreError> {
    let mut tx = app.store.read(cx).await?;
    let owned = Owned::load(tx.as_mut(), user).await?;
    tx.commit().await?;
    let linked = owned.identities.iter().map(|identity| {
        let connection = realm.connections.iter().find(|connection| connection.id == identity.connection);
        LinkedIdentity {
            provider: connection.map(|connection| provider_name(app, connection)).unwrap_or_default(),
            removable: owned.opens_without(app, realm, identity),
            identity: identity.clone(),
        }
    });
    Ok(linked.collect())
}

/// Everything that could open an account.
pub(crate) struct Owned {
    pub(crate) user: Option<User>,
    pub(crate) identities: Vec<Identity>,
    pub(crate) credentials: Vec<Credential>,
}

impl Owned {
    pub(crate) async fn load(tx: &mut dyn RealmTx, user: UserId) -> Result<Self, StoreError> {
        let identities =
            tx.federation().list_identities(user, &PageRequest::new(PageRequest::MAX, None)).await?.items;
        let credentials = tx.credentials().list_credentials(user).await?;
        Ok(Self { user: tx.users().find_user(user).await?, identities, credentials })
    }

    /// Whether the account can still be entered without this identity, by what the realm has switched on now. A second
    /// factor alone opens nothing; a proven mailbox does where codes sign in or a password can be recovered.
    pub(super) fn opens_without(&self, app: &App, realm: &RealmSnapshot, identity: &Identity) -> bool {
        let others = self.identities.iter().filter(|other| other.id != identity.id);
        self.opens(app, realm, (others, self.credentials.iter()))
    }

    /// Whether the account can still be entered without this authenticator, likewise.
    pub(crate) fn opens_without_credential(
        &self,
        app: &App,
        realm: &RealmSnapshot,
        id: CredentialId,
    ) -> bool {
        let others = self.credentials.iter().filter(|other| other.id != id);
        self.opens(app, realm, (self.identities.iter(), others))
    }

    /// Whether the account can be entered at all.
    pub(crate) fn opens_now(&self, app: &App, realm: &RealmSnapshot) -> bool {
        self.opens(app, realm, (self.identities.iter(), self.credentials.iter()))
    }

    fn opens<'a>(
        &self,
        app: &App,
        realm: &RealmSnapshot,
        (mut identities, credentials): (
            impl Iterator<Item = &'a Identity>,
            impl Iterator<Item = &'a Credential>,
        ),
    ) -> bool {
        let kinds: Vec<CredentialKind> = credentials.map(|credential| credential.kind).collect();
        let enabled = |other: &Identity| {
            let connection = realm.connections.iter().find(|connection| connection.id == other.connection);
            connection.is_some_and(|connection| connection.active().is_some())
        };
        if identities.any(enabled) {
            return true;
        }
        let settings = &realm.realm.settings;
        let login = &settings.login;
        let has = |kind: CredentialKind| kinds.contains(&kind);
        let user = self.user.as_ref();
        let mailbox = app.methods.get(&MethodId::EMAIL_CODE).is_some()
            && user.is_some_and(|user| user.emails.iter().any(|address| address.verified_at.is_some()));
        let phone = user.is_some_and(|user| texting::reaches(app, realm, user));
        if login.password && (has(CredentialKind::Password) || login.recovery && mailbox) {
            return true;
        }
        app.methods.iter().map(LoginMethod::facts).any(|facts| {
            let usable = facts.first && settings.allows_first(facts.id.as_str());
            usable
                && match facts.credential {
                    Some(kind) => has(kind),
                    None if facts.id == MethodId::EMAIL_CODE => mailbox,
                    None => facts.id == MethodId::PHONE_CODE && phone,
                }
        })
    }
}
