//! Values that must not be seen: secrets in clear, digests of one-time tokens, sealed values. None of them has
//! `Debug`, `Display`, `Serialize` or `PartialEq`; comparison is constant in time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret in clear, wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the text. Only for secrets with at least 112 bits of entropy.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

/// SHA-256 of a high-entropy secret, as stored.
#[derive(Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Hashes bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A stored digest; `None` unless it has 32 bytes.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, for storage and lookup.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A value encrypted with its row's identity as associated data. Opaque to everybody but the sealing port.
#[derive(Clone)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Wraps a ciphertext.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The ciphertext.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What a one-time or bearer token is for. Each kind has its own prefix and its own table: a token of one kind never
/// passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// The SSO session cookie.
    Session,
    /// The cookie that binds a flow to a browser.
    Flow,
    /// An authorization code.
    AuthorizationCode,
    /// A refresh token.
    Refresh,
    /// The random part of a pushed request's `request_uri`.
    PushedRequest,
    /// The initial access token of dynamic registration.
    InitialAccess,
    /// The registration access token of one client.
    RegistrationAccess,
    /// A generated client secret.
    ClientSecret,
    /// The first operator's set-up link.
    Setup,
    /// The `state` of a trip to an upstream provider.
    FederationState,
    /// The reference of an answer that an upstream provider sent by a cross-site form.
    FederationAnswer,
    /// The token of a mailed link.
    Link,
    /// A CSRF token, derived and never stored.
    Csrf,
}

impl TokenKind {
    /// The prefix, known to secret scanners.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "vss_",
            Self::Flow => "vfl_",
            Self::AuthorizationCode => "vac_",
            Self::Refresh => "vrt_",
            Self::PushedRequest => "vpr_",
            Self::InitialAccess => "via_",
            Self::RegistrationAccess => "vra_",
            Self::ClientSecret => "vcs_",
            Self::Setup => "vsu_",
            Self::FederationState => "vfs_",
            Self::FederationAnswer => "vfa_",
            Self::Link => "vln_",
            Self::Csrf => "vcf_",
        }
    }
}

/// A 256-bit random token with its kind's prefix, shown once and stored as its digest.
#[derive(Clone)]
pub struct OpaqueToken(Secret);

/// Characters after the prefix: 32 bytes in unpadded base64url.
const BODY_CHARS: usize = 43;

impl OpaqueToken {
    /// Makes a token of fresh random bytes.
    pub fn new(kind: TokenKind, random: [u8; 32]) -> Self {
        Self(Secret::new(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(random))))
    }

    /// Accepts only the exact prefix, length and canonical alphabet of the kind, so that one token has one spelling.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let body = text.strip_prefix(kind.prefix())?;
        if body.len() != BODY_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
        (bytes.len() == 32).then(|| Self(Secret::new(text.to_owned())))
    }

    /// A token that is derived instead of stored: HMAC-SHA-256 under a high-entropy secret over the context, such as a
    /// CSRF token over (flow id, version). Each part of the context is counted with its length, so that parts cannot
    /// run into each other.
    pub fn derived(kind: TokenKind, secret: &Secret, context: &[&[u8]]) -> Self {
        let mut message = kind.prefix().as_bytes().to_vec();
        for part in context {
            message.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            message.extend_from_slice(part);
        }
        Self::new(kind, hmac_sha256(secret.expose().as_bytes(), &message))
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.digest().matches(&other.digest())
    }

    /// The token in clear, for the one response that carries it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What is stored and looked up.
    pub fn digest(&self) -> Digest {
        self.0.digest()
    }
}

/// RFC 2104 over SHA-256, whose block has 64 bytes.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = Zeroizing::new([0_u8; 64]);
    let hashed: [u8; 32] = Sha256::digest(key).into();
    let key = if key.len() > block.len() { hashed.as_slice() } else { key };
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let pad = |with: u8| Zeroizing::new(block.map(|byte| byte ^ with));
    let inner = Sha256::new().chain_update(pad(0x36).as_slice()).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c).as_slice()).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4231_hmac_sha256_vectors() {
        let hex = |bytes: [u8; 32]| data_encoding::HEXLOWER.encode(&bytes);
        assert_eq!(
            hex(hmac_sha256(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            hex(hmac_sha256(&[0xaa; 131], long)),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_derived_token_depends_on_every_part() {
        let secret = Secret::new("vfl_something_random".to_owned());
        let token = OpaqueToken::derived(TokenKind::Csrf, &secret, &[b"flow", b"1"]);
        assert!(OpaqueToken::parse(TokenKind::Csrf, token.expose()).is_some());
        assert!(token.matches(&OpaqueToken::derived(TokenKind::Csrf, &secret, &[b"flow", b"1"])));
        let other = Secret::new("vfl_something_randon".to_owned());
        for different in [
            OpaqueToken::derived(TokenKind::Csrf, &other, &[b"flow", b"1"]),
            OpaqueToken::derived(TokenKind::Csrf, &secret, &[b"flow", b"2"]),
            OpaqueToken::derived(TokenKind::Csrf, &secret, &[b"flow1", b""]),
            OpaqueToken::derived(TokenKind::Csrf, &secret, &[b"flow1"]),
            OpaqueToken::derived(TokenKind::Flow, &secret, &[b"flow", b"1"]),
        ] {
            assert!(!token.matches(&different));
        }
    }

    #[test]
    fn a_token_has_one_spelling_and_one_kind() {
        let token = OpaqueToken::new(TokenKind::Refresh, [7; 32]);
        let text = token.expose().to_owned();
        assert!(OpaqueToken::parse(TokenKind::Refresh, &text).is_some());
        assert!(OpaqueToken::parse(TokenKind::Session, &text).is_none());
        assert!(OpaqueToken::parse(TokenKind::Refresh, &text[..text.len() - 1]).is_none());
        assert!(OpaqueToken::parse(TokenKind::Refresh, &format!("{text}=")).is_none());
        // The last character carries two spare bits: a changed spelling must not name the same token.
        let mut other = text[..text.len() - 1].to_owned();
        other.push('d');
        assert!(OpaqueToken::parse(TokenKind::Refresh, &other).is_none());
    }

    #[test]
    fn digests_compare_by_content() {
        assert!(Digest::of(b"a").matches(&Digest::of(b"a")));
        assert!(!Digest::of(b"a").matches(&Digest::of(b"b")));
        assert!(Digest::from_stored(&[0; 31]).is_none());
    }
}
