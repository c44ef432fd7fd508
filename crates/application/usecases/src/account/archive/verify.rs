//! Whether an archive is what its issuer handed out: every file as the manifest says, none more, and the manifest signed
//! by a key that the issuer publishes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use vestibule_oauth::{TokenError, TokenSigner};

use super::{MANIFEST, SIGNATURE, SIGNATURE_TYPE, hex, zip};

/// What is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// It cannot be read.
    #[error("this is no archive of somebody's data: a ZIP file with {MANIFEST} and {SIGNATURE}")]
    Unreadable,
    /// The signature is of none of the keys.
    #[error(
        "the signature is of none of these keys: it was changed, or signed by somebody else, or the key was retired since"
    )]
    Signature,
    /// The manifest is not the one that was signed.
    #[error("{MANIFEST} is not the one that was signed")]
    Manifest,
    /// It names another issuer.
    #[error("it is of another issuer: {0}")]
    Issuer(String),
    /// A file is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// A file was changed.
    #[error("{0} was changed")]
    Changed(String),
    /// A file was added.
    #[error("{0} was added")]
    Added(String),
}

/// What an archive says of itself, once that is known to be true.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VerifiedArchive {
    /// Who made it.
    pub issuer: String,
    /// Whose data: the `sub` of their tokens.
    pub account: String,
    /// When it was made, RFC 3339.
    pub made_at: String,
    files: Vec<Listed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Listed {
    name: String,
    sha256: String,
}

impl VerifiedArchive {
    /// How many files it lists.
    pub const fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it lists none.
    pub const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Checks an archive against the keys (a JWK set) of the issuer it should be of.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_archive(
    signer: &dyn TokenSigner,
    bytes: &[u8],
    (issuer, jwks): (&str, &Value),
) -> Result<VerifiedArchive, ArchiveFault> {
    let mut files = zip::unpack(bytes).ok_or(ArchiveFault::Unreadable)?;
    let mut take = |name: &str| files.remove(name).ok_or(ArchiveFault::Unreadable);
    let (manifest, signature) = (take(MANIFEST)?, take(SIGNATURE)?);
    let signature = String::from_utf8(signature).map_err(|_no_text| ArchiveFault::Unreadable)?;
    let signed = signer
        .verify_published(jwks, SIGNATURE_TYPE, signature.trim())
        .map_err(|_cause: TokenError| ArchiveFault::Signature)?;
    let shown: Map<String, Value> =
        serde_json::from_slice(&manifest).map_err(|_no_json: serde_json::Error| ArchiveFault::Manifest)?;
    if shown != signed {
        return Err(ArchiveFault::Manifest);
    }
    let verified: VerifiedArchive = serde_json::from_value(Value::Object(signed))
        .map_err(|_other_form: serde_json::Error| ArchiveFault::Manifest)?;
    if verified.issuer != issuer {
        return Err(ArchiveFault::Issuer(verified.issuer));
    }
    compare(&verified, files)?;
    Ok(verified)
}

fn compare(verified: &VerifiedArchive, mut files: BTreeMap<String, Vec<u8>>) -> Result<(), ArchiveFault> {
    for Listed { name, sha256 } in &verified.files {
        let content = files.remove(name).ok_or_else(|| ArchiveFault::Missing(name.clone()))?;
        if hex(&content) != *sha256 {
            return Err(ArchiveFault::Changed(name.clone()));
        }
    }
    files.into_keys().next().map_or(Ok(()), |name| Err(ArchiveFault::Added(name)))
}
