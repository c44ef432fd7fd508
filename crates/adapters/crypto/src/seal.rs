//! Sealing of secrets that are needed again in clear: AES-256-GCM under a key derived for the realm from the master
//! key, bound to the row it belongs to. Does not know where the master key lies.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest::{SHA256, digest},
    hkdf,
};
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use vestibule_kernel::{
    RealmId, Sealed,
    ports::{SealError, SealedPlace, Vault},
};
use zeroize::{Zeroize, Zeroizing};

use crate::entropy;

/// First byte of a sealed value: the format below.
const FORMAT: u8 = 1;
const KEY_ID_LEN: usize = 4;
const HEADER_LEN: usize = 1 + KEY_ID_LEN;

/// Why a text is not a master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Neither hexadecimal nor base64.
    #[error("the master key must be written in hexadecimal or base64")]
    Encoding,
    /// Not 32 bytes.
    #[error("the master key must have exactly 32 bytes")]
    Length,
    /// All bytes are equal: a placeholder, not a key.
    #[error("the master key is a placeholder")]
    Weak,
}

/// The 32-byte key above all sealed values of an installation. Wiped when dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A fresh key.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy::fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits or base64 (either alphabet, with or without padding); white space around is ignored.
    ///
    /// # Errors
    /// [`MasterKeyError`] says what is wrong without repeating the text.
    pub fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let bytes = Zeroizing::new(if text.len() == 64 {
            hex::decode(text).map_err(|_cause: hex::FromHexError| MasterKeyError::Encoding)?
        } else {
            let lenient =
                GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
            let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
            GeneralPurpose::new(alphabet, lenient)
                .decode(text)
                .map_err(|_cause: base64::DecodeError| MasterKeyError::Encoding)?
        });
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(MasterKeyError::Length);
        }
        key.copy_from_slice(&bytes);
        if key.iter().all(|byte| Some(byte) == key.first()) {
            return Err(MasterKeyError::Weak);
        }
        Ok(Self(key))
    }

    /// A key that was read elsewhere.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// The key in base64, for the one file it is written to.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(general_purpose::STANDARD.encode(self.0.as_slice()))
    }

    fn id(&self) -> [u8; KEY_ID_LEN] {
        let mut labelled = Zeroizing::new(b"vestibule master key id v1".to_vec());
        labelled.extend_from_slice(self.0.as_slice());
        let mut id = [0; KEY_ID_LEN];
        id.iter_mut().zip(digest(&SHA256, &labelled).as_ref()).for_each(|(to, from)| *to = *from);
        id
    }
}

struct Key {
    id: [u8; KEY_ID_LEN],
    extracted: hkdf::Prk,
}

impl Key {
    fn new(master: &MasterKey) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"vestibule seal v1");
        Self { id: master.id(), extracted: salt.extract(master.0.as_slice()) }
    }

    /// A key per realm keeps the number of values under one key small and realms apart.
    fn for_realm(&self, realm: RealmId) -> Option<LessSafeKey> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        let realm = realm.as_uuid().into_bytes();
        let info = [b"realm".as_slice(), realm.as_slice()];
        self.extracted.expand(&info, hkdf::HKDF_SHA256).ok()?.fill(bytes.as_mut_slice()).ok()?;
        UnboundKey::new(&AES_256_GCM, bytes.as_slice()).ok().map(LessSafeKey::new)
    }
}

/// Seals under the current master key; opens what the current or the previous one sealed.
///
/// Layout: format (1 byte), key id (4), nonce (12), ciphertext and tag.
pub struct Sealer {
    current: Key,
    previous: Option<Key>,
}

fn associated_data(place: &SealedPlace<'_>) -> Vec<u8> {
    let mut data = place.realm.as_uuid().into_bytes().to_vec();
    data.extend_from_slice(place.purpose.as_bytes());
    // Neither purposes nor ids hold NUL: the parts cannot run into each other.
    data.push(0);
    data.extend_from_slice(place.row.as_bytes());
    data
}

impl Sealer {
    /// With the master key in use and, during its rotation, the one before.
    pub fn new(current: &MasterKey, previous: Option<&MasterKey>) -> Self {
        Self { current: Key::new(current), previous: previous.map(Key::new) }
    }
}

impl Vault for Sealer {
    fn seal(&self, place: SealedPlace<'_>, secret: &[u8]) -> Result<Sealed, SealError> {
        let key = self.current.for_realm(place.realm).ok_or(SealError::Damaged)?;
        let mut nonce = [0; NONCE_LEN];
        entropy::fill(&mut nonce);
        let mut body = secret.to_vec();
        let aad = Aad::from(associated_data(&place));
        let sealed = key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body);
        if sealed.is_err() {
            body.zeroize();
            return Err(SealError::Damaged);
        }
        let mut out = vec![FORMAT];
        out.extend_from_slice(&self.current.id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&body);
        Ok(Sealed::from_bytes(out))
    }

    fn open(&self, place: SealedPlace<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let bytes = sealed.as_bytes();
        let (header, rest) = bytes.split_at_checked(HEADER_LEN).ok_or(SealError::Damaged)?;
        let (&format, id) = header.split_first().ok_or(SealError::Damaged)?;
        if format != FORMAT {
            return Err(SealError::Damaged);
        }
        let key = [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find(|key| key.id == id)
            .ok_or(SealError::UnknownKey)?;
        let key = key.for_realm(place.realm).ok_or(SealError::Damaged)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce)
            .map_err(|_cause: aws_lc_rs::error::Unspecified| SealError::Damaged)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(nonce, Aad::from(associated_data(&place)), &mut body)
            .map_err(|_cause: aws_lc_rs::error::Unspecified| SealError::Damaged)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    fn is_outdated(&self, sealed: &Sealed) -> bool {
        sealed.as_bytes().get(1..HEADER_LEN) != Some(self.current.id.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn place(realm: u128, purpose: &'static str, row: &'static str) -> SealedPlace<'static> {
        SealedPlace { realm: RealmId::from_uuid(Uuid::from_u128(realm)), purpose, row }
    }

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let sealer = Sealer::new(&MasterKey::generate(), None);
        let value = sealer.seal(place(1, "signing_key", "a"), b"secret").unwrap();
        assert_eq!(sealer.open(place(1, "signing_key", "a"), &value).unwrap().as_slice(), b"secret");
        for other in [place(2, "signing_key", "a"), place(1, "totp", "a"), place(1, "signing_key", "b")] {
            assert_eq!(sealer.open(other, &value).unwrap_err(), SealError::Damaged);
        }
    }

    #[test]
    fn any_changed_byte_is_refused() {
        let sealer = Sealer::new(&MasterKey::generate(), None);
        let value = sealer.seal(place(1, "p", "r"), b"secret").unwrap();
        for index in 0..value.as_bytes().len() {
            let mut bytes = value.as_bytes().to_vec();
            bytes[index] ^= 1;
            assert!(sealer.open(place(1, "p", "r"), &Sealed::from_bytes(bytes)).is_err(), "byte {index}");
        }
        for length in 0..value.as_bytes().len() {
            let cut = Sealed::from_bytes(value.as_bytes()[..length].to_vec());
            assert!(sealer.open(place(1, "p", "r"), &cut).is_err(), "length {length}");
        }
    }

    #[test]
    fn the_previous_master_key_still_opens_and_is_marked_outdated() {
        let (old, new) = (MasterKey::generate(), MasterKey::generate());
        let before = Sealer::new(&old, None);
        let value = before.seal(place(1, "p", "r"), b"secret").unwrap();
        let during = Sealer::new(&new, Some(&old));
        assert_eq!(during.open(place(1, "p", "r"), &value).unwrap().as_slice(), b"secret");
        assert!(during.is_outdated(&value) && !before.is_outdated(&value));
        let after = Sealer::new(&new, None);
        assert_eq!(after.open(place(1, "p", "r"), &value).unwrap_err(), SealError::UnknownKey);
    }

    #[test]
    fn equal_values_seal_differently() {
        let sealer = Sealer::new(&MasterKey::generate(), None);
        let (a, b) = (sealer.seal(place(1, "p", "r"), b"x"), sealer.seal(place(1, "p", "r"), b"x"));
        assert_ne!(a.unwrap().as_bytes(), b.unwrap().as_bytes());
    }

    #[test]
    fn a_master_key_is_read_in_hex_and_base64_and_nothing_else() {
        let key = MasterKey::generate();
        let hex = hex::encode(key.0.as_slice());
        let url = general_purpose::URL_SAFE_NO_PAD.encode(key.0.as_slice());
        for text in [key.to_text().as_str(), &hex, &url, &format!(" {hex}\n")] {
            assert_eq!(MasterKey::parse(text).map(|key| key.id()), Ok(key.id()));
        }
        assert_eq!(MasterKey::parse("").err(), Some(MasterKeyError::Length));
        assert_eq!(MasterKey::parse("c2hvcnQ=").err(), Some(MasterKeyError::Length));
        assert_eq!(MasterKey::parse("not a key").err(), Some(MasterKeyError::Encoding));
        assert_eq!(MasterKey::parse(&"0".repeat(64)).err(), Some(MasterKeyError::Weak));
    }
}
