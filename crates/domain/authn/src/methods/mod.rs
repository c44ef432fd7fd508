//! The methods that need nothing but arithmetic: authenticator apps, recovery codes, codes by mail and by text message.
//! Each is a [`crate::LoginMethod`]; passkeys are in an adapter of their own.

pub mod email_code;
pub mod kept;
mod one_time;
pub mod phone_code;
pub mod recovery_code;
pub mod totp;
pub mod typed;

pub use email_code::EmailCode;
pub use phone_code::PhoneCode;
pub use recovery_code::RecoveryCodes;
pub use totp::Totp;
