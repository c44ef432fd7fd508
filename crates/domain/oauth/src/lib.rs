//! The protocol: clients, authorization requests, codes, tokens, keys, logout. Decides by the letter of the RFCs what
//! is valid; does not know HTTP, storage or how people sign in.
#![warn(missing_docs)]

pub mod authorize;
pub mod client;
pub mod code;
pub mod error;
pub mod events;
pub mod family;
pub mod grants;
pub mod keys;
pub mod logout;
pub mod metadata;
pub mod pkce;
pub mod ports;
pub mod request;
pub mod resource;
pub mod rotation;
pub mod scope;
pub mod token;

pub use client::{
    Client, ClientAuthMethod, ClientKind, ClientMetadata, ClientSecret, ClientStatus, GrantType, SubjectType,
    Verification,
};
pub use code::{AuthorizationCode, CodeOutcome};
pub use error::{ErrorCode, OAuthError};
pub use events::OAuthEvent;
pub use family::{ClientAccess, FamilyStatus, RefreshOutcome, RefreshToken, TokenFamily, TokenLiveness};
pub use keys::{GeneratedKey, KeyStatus, PublicKey, SigningKey};
pub use ports::*;
pub use request::{AuthorizationRequest, Prompt, ResponseMode, StoredRequest};
