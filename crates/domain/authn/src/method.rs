//! What a login method is: one module implementing [`LoginMethod`], one line in the composition root. A method makes
//! challenges and judges answers; it knows no storage, no flow, no page and sends nothing itself.
//!
//! The engine (use cases) keeps a challenge sealed, counts attempts before an answer is judged, claims the challenge
//! by one conditional statement, and carries out the effects a method returns.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_kernel::{
    CredentialId, RealmId, Secret, Timestamp, UserId,
    assurance::{Amr, Factor},
    contact::{Email, Locale, Phone},
    ports::Entropy,
};
use zeroize::Zeroizing;

use crate::credential::CredentialKind;

/// The name of a method: in addresses, settings, copy keys and storage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MethodId(Cow<'static, str>);

impl MethodId {
    /// A password. Judged by the hashing pool, so it is no [`LoginMethod`] of the registry.
    pub const PASSWORD: Self = Self::new("password");
    /// A code (and a link) sent to an e-mail address.
    pub const EMAIL_CODE: Self = Self::new("email_code");
    /// A code sent to a phone.
    pub const PHONE_CODE: Self = Self::new("phone_code");
    /// A WebAuthn credential.
    pub const PASSKEY: Self = Self::new("passkey");
    /// An authenticator app.
    pub const TOTP: Self = Self::new("totp");
    /// A saved recovery code.
    pub const RECOVERY_CODE: Self = Self::new("recovery_code");
    /// A WebAuthn credential that answers without checking who touches it: a second factor only.
    pub const SECURITY_KEY: Self = Self::new("security_key");

    /// A method's name: lower case words joined by `_`.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A stored name.
    pub const fn from_stored(name: String) -> Self {
        Self(Cow::Owned(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a method is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodFacts {
    /// Its name.
    pub id: MethodId,
    /// The class of the proof it gives.
    pub factor: Factor,
    /// The authenticator a user must have bound before; `None`: it needs only a contact of the user.
    pub credential: Option<CredentialKind>,
    /// Whether it can be the first factor.
    pub first: bool,
    /// Whether it can be the second factor.
    pub second: bool,
    /// Whether a user can have several authenticators of this kind.
    pub several: bool,
    /// Whether its challenge can be answered before anybody said who they are (a discoverable passkey).
    pub discovers: bool,
}

/// The realm as a method sees it.
#[derive(Debug, Clone)]
pub struct MethodRealm {
    /// Its id.
    pub id: RealmId,
    /// The name people read.
    pub name: String,
    /// The WebAuthn relying party id: a host name without port.
    pub rp_id: String,
    /// The origins pages of this realm are on, the issuer's first.
    pub origins: Vec<String>,
    /// Whether mailed codes come with a link that does the same.
    pub email_link: bool,
}

/// A person as a method sees them.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// What they would type to sign in.
    pub login_name: String,
    /// What people call them.
    pub display_name: String,
    /// The address codes go to: verified, or the one being verified now.
    pub email: Option<Email>,
    /// The number codes go to: verified, or the one being verified now.
    pub phone: Option<Phone>,
    /// Their language.
    pub locale: Option<Locale>,
}

/// A bound authenticator with its secret in clear, for as long as a method needs it.
#[derive(Clone)]
pub struct OpenCredential {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub user: UserId,
    /// The name it answers under (the credential id of WebAuthn).
    pub external_id: Option<Vec<u8>>,
    /// The user's name for it.
    pub label: Option<String>,
    /// What the method stored.
    pub secret: Zeroizing<Vec<u8>>,
    /// When it was bound.
    pub created_at: Timestamp,
}

/// What a method may look at.
#[derive(Clone, Copy)]
pub struct MethodCx<'a> {
    /// The time of the request.
    pub now: Timestamp,
    /// The realm.
    pub realm: &'a MethodRealm,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// Who it is about, if that is known. Beginning without anybody must look the same from outside.
    pub person: Option<&'a Person>,
    /// Their authenticators of the method's kind; for an answer that names one, that one, whoever's it is.
    pub credentials: &'a [OpenCredential],
}

/// How the secret part of a challenge reaches the person.
#[derive(Clone)]
pub enum Delivery {
    /// By mail to the stored address.
    Email {
        /// Where to.
        to: Email,
        /// The code to type.
        code: Secret,
        /// Whether a link does the same in the browser that asked.
        link: bool,
    },
    /// By text message.
    Sms {
        /// Where to.
        to: Phone,
        /// The code to type.
        code: Secret,
    },
}

/// A challenge that was begun.
#[derive(Clone)]
pub struct Begun {
    /// What the method needs to judge the answer; kept sealed.
    pub payload: Zeroizing<Vec<u8>>,
    /// What has to be sent, if anything.
    pub delivery: Option<Delivery>,
    /// How long it can be answered.
    pub lifetime: Duration,
    /// How many answers are judged.
    pub max_attempts: u32,
}

/// What the page of a challenge shows. Never a secret of the person; an enrolment shows the new secret to its owner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Presentation {
    /// The masked address or number a code went to.
    pub sent_to: Option<String>,
    /// The options of a WebAuthn ceremony, for the page's script.
    pub webauthn: Option<Value>,
    /// The `otpauth:` address of a new authenticator app.
    pub otpauth: Option<String>,
    /// The same secret, in groups of four, to type.
    pub manual_key: Option<String>,
    /// New recovery codes, shown once.
    pub recovery_codes: Vec<String>,
}

/// What a person sent.
#[derive(Clone)]
pub enum Answer {
    /// A code, as typed.
    Code(Secret),
    /// A JSON document made by the page's script, bounded by the adapter that read it.
    Document(Value),
}

/// One thing an answer proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// The class.
    pub factor: Factor,
    /// The method, truthfully.
    pub amr: Amr,
}

/// What must be stored with an accepted answer.
#[derive(Clone)]
pub enum MethodEffect {
    /// The authenticator was used; its secret part changed (a counter, a used code). Lost when another answer changed
    /// it meanwhile: then this one is not accepted.
    Update {
        /// Which.
        credential: CredentialId,
        /// Its new secret part.
        secret: Zeroizing<Vec<u8>>,
        /// Plain facts that changed with it; the others stay.
        facts: BTreeMap<String, Value>,
    },
    /// The authenticator was used.
    Used {
        /// Which.
        credential: CredentialId,
    },
    /// The authenticator is spent: gone in the same transaction, or the answer is not accepted.
    Spend {
        /// Which.
        credential: CredentialId,
    },
    /// The address was proven to be theirs.
    VerifyEmail(Email),
    /// The number was proven to be theirs; one that they did not have yet becomes theirs.
    VerifyPhone(Phone),
}

/// The judgement of an answer.
#[must_use = "an unread judgement would let anybody in"]
#[derive(Clone)]
pub enum Judgement {
    /// Not right; the attempt stays counted.
    Wrong,
    /// Signed rightly, and yet refused: the counter says that a copy of the authenticator exists. Recorded as
    /// [`crate::AuthnEvent::CredentialCloneSuspected`]; the attempt stays counted, the page is that of a wrong answer.
    Cloned {
        /// Whose authenticator it is.
        user: UserId,
        /// Which.
        credential: CredentialId,
    },
    /// Right.
    Right {
        /// Whose answer it is: of the person, or of the authenticator that answered.
        user: UserId,
        /// What it proves.
        proven: Vec<Proven>,
        /// What must be stored with it, or nothing is accepted.
        effects: Vec<MethodEffect>,
    },
}

/// A new authenticator, after its enrolment was confirmed.
#[derive(Clone)]
pub struct NewCredential {
    /// Its kind.
    pub kind: CredentialKind,
    /// The name it answers under.
    pub external_id: Option<Vec<u8>>,
    /// A first name for it, that its owner can change.
    pub label: Option<String>,
    /// What is kept, sealed.
    pub secret: Zeroizing<Vec<u8>>,
    /// Plain facts for lists: make, transports, whether it is synced. Never secrets.
    pub facts: BTreeMap<String, Value>,
}

/// The end of an enrolment.
#[must_use = "an unread judgement would let anybody in"]
#[derive(Clone)]
pub enum Enrolled {
    /// Not right; the attempt stays counted.
    Wrong,
    /// Confirmed.
    Right {
        /// What is bound: one authenticator, or a set that replaces the ones of the same kind (recovery codes).
        credentials: Vec<NewCredential>,
        /// Whether authenticators of this kind that the user had are removed.
        replaces: bool,
        /// What must be stored with it: a number that is theirs from now on.
        effects: Vec<MethodEffect>,
        /// What confirming it proved.
        proven: Vec<Proven>,
    },
}

/// Why a method does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// The method does not do this.
    #[error("the method cannot do this")]
    Unsupported,
    /// The person has nothing this method could use.
    #[error("the person has no such authenticator or contact")]
    NothingBound,
    /// The answer is of the wrong type or malformed; no attempt is counted.
    #[error("the answer is malformed")]
    Malformed,
    /// The kept challenge cannot be read: a bug or damage.
    #[error("the stored challenge is unusable")]
    Unusable,
}

/// A way to prove a factor.
pub trait LoginMethod: Send + Sync {
    /// What it is good for.
    fn facts(&self) -> MethodFacts;

    /// Makes a challenge. For a person who does not exist, or has nothing bound, [`MethodError::NothingBound`]: the
    /// engine shows the same page and sends nothing.
    ///
    /// # Errors
    /// See [`MethodError`].
    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError>;

    /// What the page of a kept challenge shows.
    fn present(&self, payload: &[u8]) -> Presentation;

    /// The external id of the authenticator an answer names, where answers name one.
    fn names(&self, answer: &Answer) -> Option<Vec<u8>> {
        let _ = answer;
        None
    }

    /// Judges an answer to a kept challenge. Called after the attempt was counted.
    ///
    /// # Errors
    /// [`MethodError::Malformed`] gives the attempt back.
    fn judge(&self, cx: &MethodCx<'_>, payload: &[u8], answer: &Answer) -> Result<Judgement, MethodError>;

    /// Starts binding a new authenticator.
    ///
    /// # Errors
    /// [`MethodError::Unsupported`] where nothing is bound.
    fn begin_enrolment(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let _ = cx;
        Err(MethodError::Unsupported)
    }

    /// What the page of an enrolment shows.
    fn present_enrolment(&self, payload: &[u8]) -> Presentation {
        self.present(payload)
    }

    /// Confirms a new authenticator.
    ///
    /// # Errors
    /// As for [`Self::judge`].
    fn finish_enrolment(
        &self,
        cx: &MethodCx<'_>,
        payload: &[u8],
        answer: &Answer,
    ) -> Result<Enrolled, MethodError> {
        let _ = (cx, payload, answer);
        Err(MethodError::Unsupported)
    }
}

/// The methods of this installation, in the order in which they are offered.
#[derive(Clone, Default)]
pub struct Methods(Vec<Arc<dyn LoginMethod>>);

impl Methods {
    /// A registry; the order is the order of offers.
    pub fn new(methods: Vec<Arc<dyn LoginMethod>>) -> Self {
        Self(methods)
    }

    /// The method of this name.
    pub fn get(&self, id: &MethodId) -> Option<&dyn LoginMethod> {
        self.iter().find(|method| method.facts().id == *id)
    }

    /// The method whose name is this text.
    pub fn named(&self, text: &str) -> Option<&dyn LoginMethod> {
        self.iter().find(|method| method.facts().id.as_str() == text)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &dyn LoginMethod> {
        self.0.iter().map(AsRef::as_ref)
    }
}
