//! Users and what belongs to them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vestibule_authn::Credential;
use vestibule_consent::Grant;
use vestibule_sessions::Session;
use vestibule_users::User;

/// An e-mail address.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = EmailAddress)]
pub(in crate::admin) struct EmailView {
    /// The address.
    email: String,
    /// Whether control of the mailbox was proven.
    #[serde(default)]
    verified: bool,
    /// The one that is used; may be left out for a single one.
    #[serde(default)]
    primary: bool,
}

/// A phone number.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = PhoneNumber)]
pub(in crate::admin) struct PhoneView {
    /// The number in international form.
    phone: String,
    /// Whether possession was proven.
    #[serde(default)]
    verified: bool,
    /// The one that is used; may be left out for a single one.
    #[serde(default)]
    primary: bool,
}

/// A user.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(in crate::admin) struct UserView {
    /// Their id, `usr_…`; also the `sub` of tokens.
    id: String,
    /// `active`, `suspended` or `pending_deletion`.
    status: String,
    /// A name to sign in with.
    username: Option<String>,
    /// Their addresses.
    emails: Vec<EmailView>,
    /// Their numbers.
    phones: Vec<PhoneView>,
    /// Their language.
    locale: Option<String>,
    /// Scopes of the admin API they hold.
    admin_scopes: Vec<String>,
    /// Standard claims and the realm's own attributes.
    #[schema(value_type = Object)]
    profile: Map<String, Value>,
    /// Shown to the user and their applications.
    #[schema(value_type = Object)]
    public_metadata: Map<String, Value>,
    /// For administrators only.
    #[schema(value_type = Object)]
    private_metadata: Map<String, Value>,
    /// When they were created.
    created_at: DateTime<Utc>,
    /// When they last changed.
    updated_at: DateTime<Utc>,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let emails = user.emails.iter().map(|address| EmailView {
            email: address.email.to_string(),
            verified: address.verified_at.is_some(),
            primary: address.primary,
        });
        let phones = user.phones.iter().map(|number| PhoneView {
            phone: number.phone.to_string(),
            verified: number.verified_at.is_some(),
            primary: number.primary,
        });
        Self {
            id: user.id.to_string(),
            status: user.status.as_str().to_owned(),
            username: user.username.as_ref().map(ToString::to_string),
            emails: emails.collect(),
            phones: phones.collect(),
            locale: user.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            admin_scopes: user.admin_scopes.clone(),
            profile: user.profile.values().clone(),
            public_metadata: user.public_metadata.clone(),
            private_metadata: user.private_metadata.clone(),
            created_at: user.created_at,
            updated_at: user.updated_at,
        }
    }
}

/// The reason of a suspension.
#[derive(Deserialize, ToSchema)]
#[schema(as = SuspendUser)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct SuspendBody {
    /// Kept in the audit log; at most 200 characters.
    #[serde(default)]
    pub(in crate::admin) reason: Option<String>,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[schema(as = SetPassword)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct PasswordBody {
    /// The password, by the policy of the realm.
    pub(in crate::admin) password: String,
}

/// An authenticator, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Credential)]
pub(in crate::admin) struct CredentialView {
    /// Its id, `crd_…`.
    id: String,
    /// `password`, `totp`, `passkey`, `security_key` or `recovery_code`.
    kind: String,
    /// The user's name for it.
    label: Option<String>,
    /// When it was bound.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
    /// When it last proved something.
    last_used_at: Option<DateTime<Utc>>,
}

impl From<Credential> for CredentialView {
    fn from(credential: Credential) -> Self {
        Self {
            id: credential.id.to_string(),
            kind: credential.kind.as_str().to_owned(),
            label: credential.label,
            created_at: credential.created_at,
            updated_at: credential.updated_at,
            last_used_at: credential.last_used_at,
        }
    }
}

/// A live session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(in crate::admin) struct SessionView {
    /// Its id, `ses_…`; the `sid` of tokens.
    id: String,
    /// Whose it is.
    user_id: String,
    /// When the last factor was proven.
    auth_time: DateTime<Utc>,
    /// The context reached.
    acr: String,
    /// How.
    amr: Vec<String>,
    /// Address at sign-in.
    ip: Option<String>,
    /// User agent at sign-in.
    user_agent: Option<String>,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    last_seen_at: DateTime<Utc>,
    /// Ends here unless used before.
    idle_expires_at: DateTime<Utc>,
    /// Ends here in any case.
    expires_at: DateTime<Utc>,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            id: session.id.to_string(),
            user_id: session.user.to_string(),
            auth_time: session.auth_time,
            acr: session.acr.as_str().to_owned(),
            amr: session.amr.iter().map(|amr| amr.as_str().to_owned()).collect(),
            ip: session.ip,
            user_agent: session.user_agent,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            idle_expires_at: session.idle_expires_at,
            expires_at: session.expires_at,
        }
    }
}

/// What a user allowed a client.
#[derive(Serialize, ToSchema)]
#[schema(as = Grant)]
pub(in crate::admin) struct GrantView {
    /// Who allowed.
    user_id: String,
    /// Whom.
    client_id: String,
    /// What.
    scopes: Vec<String>,
    /// First given.
    created_at: DateTime<Utc>,
    /// Last widened.
    updated_at: DateTime<Utc>,
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        Self {
            user_id: grant.user.to_string(),
            client_id: grant.client.to_string(),
            scopes: grant.scopes.into_iter().collect(),
            created_at: grant.created_at,
            updated_at: grant.updated_at,
        }
    }
}
