//! What is kept about a person, by subject: what the documents of an archive hold, and its page shows. Holds nothing that
//! somebody could sign in with.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};
use vestibule_authn::CredentialKind;
use vestibule_federation::Subject;
use vestibule_kernel::{Actor, ClientId, DeviceId, SessionId, Timestamp, UserId, contact::Locale};
use vestibule_users::{EmailAddress, PhoneNumber};

/// Everything that is kept about one person.
#[derive(Debug, Clone)]
pub struct PersonalData {
    /// When it was collected.
    pub made_at: Timestamp,
    /// Who they are.
    pub account: KeptAccount,
    /// What they sign in with.
    pub authenticators: Vec<KeptAuthenticator>,
    /// Where they are signed in.
    pub sessions: Vec<KeptSession>,
    /// Where no second factor is asked for.
    pub trusted_browsers: Vec<KeptBrowser>,
    /// What has access to the account.
    pub applications: Vec<KeptApplication>,
    /// Accounts elsewhere.
    pub connected_sign_ins: Vec<KeptIdentity>,
    /// What happened, the newest first.
    pub activity: Vec<KeptEvent>,
}

/// The account itself.
#[derive(Debug, Clone, Serialize)]
pub struct KeptAccount {
    /// Its id, also the `sub` of tokens.
    pub id: UserId,
    /// What people see.
    #[serde(skip)]
    pub name: String,
    /// A name to sign in with.
    pub username: Option<String>,
    /// Its addresses.
    pub emails: Vec<EmailAddress>,
    /// Its numbers.
    pub phones: Vec<PhoneNumber>,
    /// Standard claims and the realm's own attributes.
    pub profile: Map<String, Value>,
    /// Their language.
    pub locale: Option<Locale>,
    /// What applications keep with the account.
    pub metadata: Map<String, Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What is known of an authenticator, never what it is verified against.
#[derive(Debug, Clone, Serialize)]
pub struct KeptAuthenticator {
    /// Its kind.
    pub kind: CredentialKind,
    /// The person's name for it.
    pub label: Option<String>,
    /// Plain facts, such as its model.
    pub facts: BTreeMap<String, Value>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last proved something.
    pub last_used_at: Option<Timestamp>,
}

/// A session.
#[derive(Debug, Clone, Serialize)]
pub struct KeptSession {
    /// Its id.
    pub id: SessionId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When the person last proved who they are.
    pub signed_in_at: Timestamp,
    /// The address it was opened from.
    pub ip: Option<String>,
    /// The user agent it was opened with.
    pub user_agent: Option<String>,
}

/// A browser that is trusted.
#[derive(Debug, Clone, Serialize)]
pub struct KeptBrowser {
    /// Its id.
    pub id: DeviceId,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last spared its owner a second factor.
    pub last_used_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The address it was trusted from.
    pub ip: Option<String>,
    /// The user agent it was trusted with.
    pub user_agent: Option<String>,
}

/// An application with access.
#[derive(Debug, Clone, Serialize)]
pub struct KeptApplication {
    /// The client.
    pub client: ClientId,
    /// Its name; none: it was deleted since.
    pub name: Option<String>,
    /// What the person agreed to; empty for applications of the realm itself, which ask nobody.
    pub scopes: BTreeSet<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it last got a token that it can still renew.
    pub last_used_at: Option<Timestamp>,
}

/// An account at a provider.
#[derive(Debug, Clone, Serialize)]
pub struct KeptIdentity {
    /// The key of the connection.
    pub provider: Option<String>,
    /// The provider's name, as its button says.
    pub provider_name: Option<String>,
    /// Who the person is there.
    pub subject: Subject,
    /// What the provider said at the last sign-in.
    pub told_by_the_provider: Map<String, Value>,
    /// Since when.
    pub since: Timestamp,
    /// When it last signed in.
    pub last_used_at: Timestamp,
}

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct KeptEvent {
    /// What, one of the catalogue.
    #[serde(rename = "type")]
    pub kind: String,
    /// When.
    pub occurred_at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// From which address, where the person did it.
    pub ip: Option<String>,
    /// With which user agent, where the person did it.
    pub user_agent: Option<String>,
    /// Details.
    pub data: Value,
}
