//! What browsers send, as far as the library does not judge it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;
use vestibule_authn::method::{Answer, MethodError};
use webauthn_rs::prelude::RegisterPublicKeyCredential;

/// Reads the document of a ceremony.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, MethodError> {
    let Answer::Document(document) = answer else { return Err(MethodError::Malformed) };
    T::deserialize(document).map_err(|_shape: serde_json::Error| MethodError::Malformed)
}

/// The id of the credential that answered.
pub(crate) fn raw_id(answer: &Answer) -> Option<Vec<u8>> {
    let Answer::Document(document) = answer else { return None };
    let text = document.get("rawId")?.as_str().filter(|text| text.len() <= 2_048)?;
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The parts of the client's data that say where the page stood.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<Value>,
}

/// Whether the ceremony ran on a page of its own: our pages are never framed, so a framed one is an attack
/// (§7.1 steps 10 and 11; the library looks at it for registrations only).
pub(crate) fn is_own_page(client_data: &[u8]) -> bool {
    serde_json::from_slice(client_data)
        .is_ok_and(|frame: Frame| !frame.cross_origin && frame.top_origin.is_none())
}

/// How the authenticator can be reached, by the words of the specification.
pub(crate) fn transports(answer: &RegisterPublicKeyCredential) -> Vec<String> {
    let known = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];
    let listed = serde_json::to_value(&answer.response.transports).unwrap_or_default();
    let listed = listed.as_array().cloned().unwrap_or_default();
    let mut words: Vec<String> =
        known.into_iter().filter(|word| listed.iter().any(|one| one == word)).map(str::to_owned).collect();
    words.dedup();
    words
}

/// The model of the authenticator, as it says without proof: bytes 37 to 53 of the authenticator data (§6.1). `None`
/// where it says nothing.
pub(crate) fn model(attestation: &[u8]) -> Option<Uuid> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Attestation {
        auth_data: serde_cbor_2::Value,
    }
    let read: Attestation = serde_cbor_2::from_slice(attestation).ok()?;
    let serde_cbor_2::Value::Bytes(bytes) = read.auth_data else { return None };
    let model = Uuid::from_slice(bytes.get(37..53)?).ok()?;
    (!model.is_nil()).then_some(model)
}
