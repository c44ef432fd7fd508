//! A realm as a document. Secrets of clients leave as digests only, others not at all; importing the document again changes nothing.

use vestibule_authn::CredentialKind;
use vestibule_kernel::{Cx, PageRequest};
use vestibule_oauth::Client;
use vestibule_storage::RealmTx;
use vestibule_users::{User, profile::AttributeRule};

use super::{
    ClientEntry, ConnectionEntry, EmailEntry, PasswordSource, PhoneEntry, RealmDocument, RealmEntry,
    UserEntry, pictures, secrets,
};
use crate::{
    App,
    admin::{AdminFailure, Ceiling, profile_rules::profile_rules},
};

/// Most users in an exported document.
pub const MAX_EXPORTED_USERS: usize = super::MAX_USERS;

/// How much of a realm is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportScope {
    /// Settings, clients and connections.
    Configuration,
    /// Users too, without passwords.
    Users,
    /// Users with their password hashes.
    UsersWithPasswords,
}

/// Writes the realm of the context down. Password hashes of users who hold more than the ceiling are left out.
///
/// # Errors
/// [`AdminFailure::Conflict`] when users are asked for and the realm has more than [`MAX_EXPORTED_USERS`].
pub async fn export(
    app: &App,
    cx: &Cx,
    scope: ExportScope,
    ceiling: Ceiling<'_>,
) -> Result<RealmDocument, AdminFailure> {
    let mut tx = app.store.read(cx).await?;
    let realm = tx.realm().get_realm().await?;
    let mut clients: Vec<ClientEntry> =
        tx.clients().list_all_clients().await?.into_iter().map(client_entry).collect();
    clients.sort_by(|a, b| a.client_id.cmp(&b.client_id));
    let connections =
        tx.federation().list_connections().await?.into_iter().map(ConnectionEntry::of).collect();
    let theme = tx.themes().current_revision().await?.map(|revision| revision.theme);
    let pictures = pictures::exported(tx.as_mut()).await?;
    let users = match scope {
        ExportScope::Configuration => Vec::new(),
        ExportScope::Users | ExportScope::UsersWithPasswords => {
            let rules = profile_rules(&realm.settings);
            users(tx.as_mut(), &rules, scope == ExportScope::UsersWithPasswords, ceiling).await?
        }
    };
    tx.commit().await?;
    Ok(RealmDocument {
        realm: RealmEntry { slug: realm.slug, hosts: realm.hosts },
        settings: realm.settings,
        theme,
        pictures,
        secrets: std::collections::BTreeMap::new(),
        clients,
        connections,
        users,
    })
}

fn client_entry(client: Client) -> ClientEntry {
    ClientEntry {
        client_id: client.id,
        status: client.status,
        verification: client.verification,
        secrets: client.secrets.iter().map(secrets::exported).collect(),
        metadata: client.metadata,
    }
}

async fn users(
    tx: &mut dyn RealmTx,
    rules: &[AttributeRule],
    with_passwords: bool,
    ceiling: Ceiling<'_>,
) -> Result<Vec<UserEntry>, AdminFailure> {
    let mut entries = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest::new(PageRequest::MAX, after);
        let page = tx.users().list_users(&vestibule_users::UserFilter::default(), &request).await?;
        if entries.len() + page.items.len() > MAX_EXPORTED_USERS {
            return Err(AdminFailure::Conflict("the realm has too many users for one document"));
        }
        for user in page.items {
            let mut entry = user_entry(&user, rules);
            if with_passwords && ceiling.admit("/users", &user.admin_scopes).is_ok() {
                let credential = tx.credentials().find_credential(user.id, CredentialKind::Password).await?;
                let hash = credential.as_ref().and_then(|credential| credential.hash());
                entry.password = hash.map(|hash| PasswordSource::Hash(hash.expose().to_owned()));
            }
            entries.push(entry);
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(entries),
        }
    }
}

/// A user as the document has them: without the values of attributes that the realm gave up, which no import takes.
fn user_entry(user: &User, rules: &[AttributeRule]) -> UserEntry {
    let emails = user.emails.iter().map(|address| EmailEntry {
        email: address.email.clone(),
        verified: address.verified_at.is_some(),
        primary: address.primary,
    });
    let phones = user.phones.iter().map(|number| PhoneEntry {
        phone: number.phone.clone(),
        verified: number.verified_at.is_some(),
        primary: number.primary,
    });
    UserEntry {
        id: Some(user.id),
        username: user.username.clone(),
        emails: emails.collect(),
        phones: phones.collect(),
        status: user.status,
        locale: user.locale.clone(),
        admin_scopes: user.admin_scopes.clone(),
        password: None,
        profile: user.profile.known(rules),
        public_metadata: user.public_metadata.clone(),
        private_metadata: user.private_metadata.clone(),
    }
}
