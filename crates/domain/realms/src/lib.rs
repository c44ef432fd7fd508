//! A tenant: its name, addresses and rules. Decides what a realm may be set to and when its status may change;
//! does not know users, protocols or storage.
#![warn(missing_docs)]

pub mod branding;
pub mod events;
pub mod issuer;
pub mod picture;
pub mod ports;
pub mod realm;
pub mod secret;
pub mod settings;
pub mod theme;

pub use branding::Branding;
pub use events::RealmEvent;
pub use issuer::Issuer;
pub use picture::{CleanPicture, Picture, PictureError, PictureInfo, PictureKind, PictureSlot};
pub use ports::{
    LookRules, NoLook, NoPictures, PictureCleaner, PictureRepo, RealmDirectory, RealmRepo, SecretRepo,
    ThemeRepo,
};
pub use realm::{Realm, RealmError, RealmStatus, Slug};
pub use secret::{RealmSecret, SecretInfo, SecretName};
pub use settings::{MailSender, RealmSettings, SmsAccount};
pub use theme::{Theme, ThemeDraft, ThemeRevision};
