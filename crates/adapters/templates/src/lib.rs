//! Pages and mails: minijinja templates of the embedded theme, one typed view per page, one catalogue of copy, and the
//! stylesheet of each realm. Decides how things look and read; knows no request and no storage.

pub mod activity;
pub mod assets;
mod contract;
pub mod copy;
pub mod copy_book;
pub mod dates;
pub mod folder;
pub mod icons;
mod look_book;
pub mod mail;
pub mod message;
pub mod pages;
mod personal_data;
pub mod samples;
mod sandbox;
mod slots;
pub mod stylesheet;
mod themed;
pub mod views;

pub use assets::{Asset, Assets};
pub use copy::{Given, Texts};
pub use copy_book::CopyBook;
pub use icons::Icons;
pub use look_book::LookBook;
pub use mail::Mails;
pub use message::{FieldError, Message, MessageValue};
pub use pages::{Chooser, PageContext, PageError, Pages, Rendered, View};
