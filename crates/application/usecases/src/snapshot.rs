//! Realms as configured, in memory: settings, clients, published keys. Renewed when a realm's `config_version` moves;
//! never a user, session, code or token.

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use tokio_util::sync::CancellationToken;
use url::Url;
use vestibule_federation::{Connection, ConnectionKey};
use vestibule_kernel::{ClientId, RealmId, StoreError, SystemCx, Timestamp, ports::Clock};
use vestibule_oauth::{Client, KeyStatus, SigningKey};
use vestibule_realms::{Issuer, PictureInfo, PictureSlot, Realm, RealmStatus, Slug, Theme};
use vestibule_storage::Store;

use crate::{look::Look, oauth::documents::Documents};

/// The poll that bounds a lost notification.
const POLL: Duration = Duration::from_secs(2);

/// One realm as configured at one `config_version`.
pub struct RealmSnapshot {
    /// The realm.
    pub realm: Realm,
    /// Its issuer.
    pub issuer: Issuer,
    /// Its clients.
    pub clients: HashMap<ClientId, Client>,
    /// Its published keys, oldest first.
    pub keys: Vec<SigningKey>,
    /// Its connections to upstream providers, by key.
    pub connections: Vec<Connection>,
    /// Pictures of its brand, by slot.
    pub pictures: Vec<PictureInfo>,
    /// Its look.
    pub look: Look,
    /// Its public documents, as they are sent.
    pub documents: Documents,
}

impl RealmSnapshot {
    /// A realm as read at one `config_version`; makes its public documents.
    pub fn new(
        realm: Realm,
        issuer: Issuer,
        clients: HashMap<ClientId, Client>,
        keys: Vec<SigningKey>,
    ) -> Self {
        let documents = Documents::of(&realm, &issuer, &keys);
        Self {
            realm,
            issuer,
            clients,
            keys,
            connections: Vec::new(),
            pictures: Vec::new(),
            look: Look::default(),
            documents,
        }
    }

    /// The same realm with its connections.
    #[must_use]
    pub fn with_connections(self, connections: Vec<Connection>) -> Self {
        Self { connections, ..self }
    }

    /// The same realm with its pictures.
    #[must_use]
    pub fn with_pictures(self, pictures: Vec<PictureInfo>) -> Self {
        Self { pictures, ..self }
    }

    /// The same realm in another look.
    #[must_use]
    pub fn with_look(self, look: Look) -> Self {
        Self { look, ..self }
    }

    /// A picture of its brand.
    pub fn picture(&self, slot: PictureSlot) -> Option<&PictureInfo> {
        self.pictures.iter().find(|picture| picture.slot == slot)
    }

    /// A connection by key, whatever its status.
    pub fn connection(&self, key: &ConnectionKey) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.key == *key)
    }

    /// A client by id, whatever its status.
    pub fn client(&self, id: &ClientId) -> Option<&Client> {
        self.clients.get(id)
    }

    /// The key that signs with this algorithm now: the newest active one.
    pub fn signing_key(&self, alg: &str) -> Option<&SigningKey> {
        self.keys.iter().rev().find(|key| key.status == KeyStatus::Active && key.public.alg == alg)
    }

    /// Whether the realm serves anybody.
    pub fn is_active(&self) -> bool {
        self.realm.status == RealmStatus::Active
    }

    /// The name people read.
    pub fn display_name(&self) -> &str {
        let name = self.realm.settings.display_name.as_str();
        if name.is_empty() { self.realm.slug.as_str() } else { name }
    }
}

#[derive(Default, Clone)]
struct Directory {
    realms: HashMap<RealmId, Arc<RealmSnapshot>>,
    slugs: HashMap<String, RealmId>,
    hosts: HashMap<String, RealmId>,
}

impl Directory {
    fn put(&mut self, snapshot: Arc<RealmSnapshot>) {
        let id = snapshot.realm.id;
        self.forget(id);
        self.slugs.insert(snapshot.realm.slug.to_string(), id);
        for host in &snapshot.realm.hosts {
            self.hosts.insert(host.clone(), id);
        }
        self.realms.insert(id, snapshot);
    }

    fn forget(&mut self, id: RealmId) {
        self.realms.remove(&id);
        self.slugs.retain(|_, known| *known != id);
        self.hosts.retain(|_, known| *known != id);
    }
}

/// Snapshots of the realms in use, without a lock on the read path.
pub struct Snapshots {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    public_url: Url,
    theme: Theme,
    directory: ArcSwap<Directory>,
}

impl Snapshots {
    /// Nothing loaded yet; realms are loaded at first use.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, public_url: Url) -> Self {
        Self { store, clock, public_url, theme: Theme::default(), directory: ArcSwap::default() }
    }

    /// With a look of the installation under that of each realm.
    #[must_use]
    pub fn with_theme(self, theme: Theme) -> Self {
        Self { theme, ..self }
    }

    /// A theme of a realm as it is shown: over that of the installation.
    pub fn layered(&self, theme: Theme) -> Theme {
        theme.over(&self.theme)
    }

    /// A realm by the slug in a path. A text that is no slug is answered without a query.
    pub async fn by_slug(&self, slug: &str) -> Result<Option<Arc<RealmSnapshot>>, StoreError> {
        let directory = self.directory.load();
        if let Some(found) = directory.slugs.get(slug).and_then(|id| directory.realms.get(id)) {
            return Ok(Some(Arc::clone(found)));
        }
        let Ok(slug) = Slug::parse(slug) else { return Ok(None) };
        let mut tx = self.store.system_read(&self.cx()).await?;
        let realm = tx.directory().find_realm_by_slug(&slug).await?;
        tx.rollback().await?;
        self.load(realm).await
    }

    /// A realm by one of its own hosts.
    pub async fn by_host(&self, host: &str) -> Result<Option<Arc<RealmSnapshot>>, StoreError> {
        let directory = self.directory.load();
        if let Some(found) = directory.hosts.get(host).and_then(|id| directory.realms.get(id)) {
            return Ok(Some(Arc::clone(found)));
        }
        if host.len() > 253 || !host.contains('.') {
            return Ok(None);
        }
        let mut tx = self.store.system_read(&self.cx()).await?;
        let realm = tx.directory().find_realm_by_host(host).await?;
        tx.rollback().await?;
        self.load(realm).await
    }

    /// A realm by id.
    pub async fn by_id(&self, id: RealmId) -> Result<Option<Arc<RealmSnapshot>>, StoreError> {
        if let Some(found) = self.directory.load().realms.get(&id) {
            return Ok(Some(Arc::clone(found)));
        }
        self.refresh(id).await
    }

    /// Reads a realm anew: after a change made by this process, or one learnt of through the feed. A realm that is
    /// gone is forgotten.
    pub async fn refresh(&self, id: RealmId) -> Result<Option<Arc<RealmSnapshot>>, StoreError> {
        let mut tx = self.store.system_read(&self.cx()).await?;
        let realm = tx.directory().find_realm(id).await?;
        tx.rollback().await?;
        if realm.is_none() {
            self.directory.rcu(|old| {
                let mut new = Directory::clone(old);
                new.forget(id);
                new
            });
        }
        self.load(realm).await
    }

    /// Follows configuration changes of other servers until `stop`.
    pub async fn follow(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.store.feed().changed(POLL) => {}
            }
            if let Err(error) = self.catch_up().await {
                tracing::warn!(%error, "configuration changes could not be read");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(POLL) => {}
                }
            }
        }
    }

    async fn catch_up(&self) -> Result<(), StoreError> {
        let mut tx = self.store.system_read(&self.cx()).await?;
        let versions: HashMap<_, _> = tx.directory().list_config_versions().await?.into_iter().collect();
        tx.rollback().await?;
        let loaded: Vec<_> = self
            .directory
            .load()
            .realms
            .iter()
            .map(|(id, known)| (*id, known.realm.config_version))
            .collect();
        for (id, known) in loaded {
            if versions.get(&id) != Some(&known) {
                self.refresh(id).await?;
            }
        }
        Ok(())
    }

    fn cx(&self) -> SystemCx {
        SystemCx::internal(self.now())
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn load(&self, realm: Option<Realm>) -> Result<Option<Arc<RealmSnapshot>>, StoreError> {
        let Some(realm) = realm else { return Ok(None) };
        let cx = self.cx().in_realm(realm.id);
        let mut tx = self.store.read(&cx).await?;
        // Read inside the same transaction, so that version, clients and keys belong together.
        let realm = tx.realm().get_realm().await?;
        let clients = tx.clients().list_all_clients().await?;
        let keys = tx.keys().list_keys().await?;
        let connections = tx.federation().list_connections().await?;
        let pictures = tx.pictures().list_pictures().await?;
        let theme = tx.themes().current_revision().await?.map(|revision| revision.theme);
        tx.commit().await?;
        let issuer = Issuer::of(&realm, &self.public_url);
        let clients = clients.into_iter().map(|client| (client.id.clone(), client)).collect();
        let snapshot = RealmSnapshot::new(realm, issuer, clients, keys)
            .with_connections(connections)
            .with_pictures(pictures)
            .with_look(Look::new(self.layered(theme.unwrap_or_default())));
        let snapshot = Arc::new(snapshot);
        self.directory.rcu(|old| {
            let newer = old
                .realms
                .get(&snapshot.realm.id)
                .is_some_and(|known| known.realm.config_version > snapshot.realm.config_version);
            let mut new = Directory::clone(old);
            if !newer {
                new.put(Arc::clone(&snapshot));
            }
            new
        });
        Ok(Some(snapshot))
    }
}
