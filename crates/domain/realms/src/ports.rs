//! How realms are stored.

use async_trait::async_trait;
use vestibule_kernel::{Changed, EventRecord, Page, PageRequest, RealmId, Sealed, StoreError, Version};

use crate::{
    picture::{CleanPicture, Picture, PictureError, PictureInfo, PictureSlot},
    realm::{Realm, Slug},
    secret::{RealmSecret, SecretInfo, SecretName},
    theme::{RevisionInfo, Theme, ThemeDraft, ThemeFault, ThemeRevision, pointer_token},
};

/// The realm of the transaction.
#[async_trait]
pub trait RealmRepo: Send {
    /// The realm itself.
    async fn get_realm(&mut self) -> Result<Realm, StoreError>;

    /// Stores settings, hosts or status, raises `config_version`, and appends the events. A host that another realm
    /// has is `Conflict("realm_hosts_host")`.
    async fn save_realm(&mut self, change: Changed<Realm>) -> Result<(), StoreError>;

    /// Raises `config_version` after a change of clients or keys and returns the new value.
    async fn touch_config(&mut self) -> Result<i64, StoreError>;
}

/// Secrets of the transaction's realm. Each change raises `config_version`: what was built with a secret is built anew.
#[async_trait]
pub trait SecretRepo: Send {
    /// Stores a secret, in place of one of the same name.
    async fn save_secret(&mut self, change: Changed<RealmSecret>) -> Result<(), StoreError>;

    /// One secret.
    async fn find_secret(&mut self, name: &SecretName) -> Result<Option<RealmSecret>, StoreError>;

    /// Every secret by name, without its value.
    async fn list_secrets(&mut self) -> Result<Vec<SecretInfo>, StoreError>;

    /// Puts the same value, sealed anew, in the place of what was read; false if that is not what is there any more.
    async fn reseal_secret(
        &mut self,
        name: &SecretName,
        from: &Sealed,
        to: &Sealed,
    ) -> Result<bool, StoreError>;

    /// Removes a secret and appends the event; false if there is none.
    async fn delete_secret(&mut self, name: &SecretName, event: EventRecord) -> Result<bool, StoreError>;
}

/// Makes an uploaded file harmless: what comes out was written by this server from what it understood, and holds
/// nothing else.
#[async_trait]
pub trait PictureCleaner: Send + Sync {
    /// Reads a file of at most [`crate::picture::MAX_UPLOAD_BYTES`]; `media_type` is what the sender says it is, if
    /// they do. Cleaning what came out changes nothing.
    ///
    /// # Errors
    /// See [`PictureError`].
    async fn clean(
        &self,
        slot: PictureSlot,
        media_type: Option<&str>,
        file: Vec<u8>,
    ) -> Result<CleanPicture, PictureError>;
}

/// For processes that take no uploads.
#[derive(Debug, Clone, Copy)]
pub struct NoPictures;

#[async_trait]
impl PictureCleaner for NoPictures {
    async fn clean(
        &self,
        _slot: PictureSlot,
        _media_type: Option<&str>,
        _file: Vec<u8>,
    ) -> Result<CleanPicture, PictureError> {
        Err(PictureError::Type)
    }
}

/// Pictures of the transaction's realm. Each change raises `config_version`.
#[async_trait]
pub trait PictureRepo: Send {
    /// Stores a picture, in place of the one of its slot.
    async fn save_picture(&mut self, change: Changed<Picture>) -> Result<(), StoreError>;

    /// Every picture by slot, without its content.
    async fn list_pictures(&mut self) -> Result<Vec<PictureInfo>, StoreError>;

    /// The picture whose content has this hash.
    async fn find_picture_by_hash(&mut self, hash: &str) -> Result<Option<Picture>, StoreError>;

    /// Removes a picture and appends the event; false if there is none.
    async fn delete_picture(&mut self, slot: PictureSlot, event: EventRecord) -> Result<bool, StoreError>;
}

/// Knows the texts, slots and templates that there are, and which others may take their place.
pub trait LookRules: Send + Sync {
    /// Everything that is wrong with the texts, slots and templates of a theme. Renders pages: work for the processor,
    /// of seconds at most.
    fn faults(&self, theme: &Theme) -> Vec<ThemeFault>;
}

/// For processes that change no look: nothing but tokens may be changed.
#[derive(Debug, Clone, Copy)]
pub struct NoLook;

impl LookRules for NoLook {
    fn faults(&self, theme: &Theme) -> Vec<ThemeFault> {
        let copy = theme.copy.keys().map(|language| format!("/copy/{language}"));
        let slots = theme.slots.keys().map(|slot| format!("/slots/{}", slot.as_str()));
        let templates = theme.templates.keys().map(|name| format!("/templates/{}", pointer_token(name)));
        let all = copy.chain(slots).chain(templates);
        all.map(|pointer| ThemeFault::new(pointer, "there are no pages here")).collect()
    }
}

/// The look of the transaction's realm.
#[async_trait]
pub trait ThemeRepo: Send {
    /// The draft, if somebody began one.
    async fn find_draft(&mut self) -> Result<Option<ThemeDraft>, StoreError>;

    /// Stores a new or changed draft. A second new one is `Conflict("theme_drafts_pkey")`.
    async fn save_draft(&mut self, change: Changed<ThemeDraft>) -> Result<(), StoreError>;

    /// Removes the draft of this version and appends the event, if one is given; false if it is another or there is none.
    async fn delete_draft(
        &mut self,
        version: Version,
        event: Option<EventRecord>,
    ) -> Result<bool, StoreError>;

    /// The revision that is shown: the highest one.
    async fn current_revision(&mut self) -> Result<Option<ThemeRevision>, StoreError>;

    /// A revision by number.
    async fn find_revision(&mut self, number: i64) -> Result<Option<ThemeRevision>, StoreError>;

    /// Every revision that is kept, the newest first.
    async fn list_revisions(&mut self) -> Result<Vec<RevisionInfo>, StoreError>;

    /// Stores a new revision, raises `config_version`, and removes those beyond
    /// [`crate::theme::KEPT_REVISIONS`]. A number that is taken is `Conflict("theme_revisions_pkey")`.
    async fn publish_revision(&mut self, change: Changed<ThemeRevision>) -> Result<(), StoreError>;
}

/// The directory above realms.
#[async_trait]
pub trait RealmDirectory: Send {
    /// All realms by slug.
    async fn list_realms(&mut self, page: &PageRequest) -> Result<Page<Realm>, StoreError>;

    /// Id and `config_version` of every realm: the poll that keeps snapshots fresh.
    async fn list_config_versions(&mut self) -> Result<Vec<(RealmId, i64)>, StoreError>;

    /// A realm by slug.
    async fn find_realm_by_slug(&mut self, slug: &Slug) -> Result<Option<Realm>, StoreError>;

    /// A realm by id.
    async fn find_realm(&mut self, id: RealmId) -> Result<Option<Realm>, StoreError>;

    /// A realm by one of its own hosts.
    async fn find_realm_by_host(&mut self, host: &str) -> Result<Option<Realm>, StoreError>;

    /// Stores a new realm; its event goes into the new realm's log. A taken slug is `Conflict("realms_slug")`.
    async fn create_realm(&mut self, change: Changed<Realm>) -> Result<(), StoreError>;

    /// Removes a realm and everything in it.
    async fn delete_realm(&mut self, id: RealmId) -> Result<(), StoreError>;
}
