//! A WebAuthn authenticator in software: discoverable keys on P-256, a counter, and the mistakes and lies that a
//! relying party has to notice. It speaks the JSON of `PublicKeyCredential.toJSON()`.

#![expect(clippy::expect_used, reason = "a part of tests: what cannot happen ends them")]

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
/// The algorithm of the keys it makes (RFC 9053).
const ES256: i8 = -7;

/// What a browser or authenticator says that is not so, or not enough.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The origin of the page; `None`: the one given.
    pub origin: Option<String>,
    /// The relying party signed for; `None`: the one asked for.
    pub rp_id: Option<String>,
    /// The challenge signed; `None`: the one asked.
    pub challenge: Option<String>,
    /// The kind of ceremony; `None`: the right one.
    pub kind: Option<&'static str>,
    /// Whether the page is in a frame of another site.
    pub framed: bool,
    /// Whether the person was verified.
    pub verified: bool,
    /// Whether somebody was there.
    pub present: bool,
    /// Whether the key may be copied.
    pub synced: bool,
    /// Whether a key that may be copied was; also said of one that may not, if `claims_backup` is set.
    pub backed_up: bool,
    /// Whether the key is said to be copied though it may not be.
    pub claims_backup: bool,
    /// The algorithm of a new key, as its public key says (COSE); `None`: the one it has.
    pub algorithm: Option<i8>,
    /// Bytes of the id of a new key.
    pub id_length: u16,
    /// Whether the user handle is sent.
    pub handle: bool,
    /// Added to the counter with each signature.
    pub counts: i64,
    /// Whether a creation is answered with the newest key there is.
    pub repeats: bool,
}

impl Behaviour {
    /// A key of the U2F kind: it answers to a touch, and knows nobody.
    pub fn touch() -> Self {
        Self { verified: false, handle: false, ..Self::default() }
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            origin: None,
            rp_id: None,
            challenge: None,
            kind: None,
            framed: false,
            verified: true,
            present: true,
            synced: false,
            backed_up: true,
            claims_backup: false,
            algorithm: None,
            id_length: 32,
            handle: true,
            counts: 1,
            repeats: false,
        }
    }
}

struct Key {
    id: Vec<u8>,
    rp_id: String,
    handle: String,
    pair: EcdsaKeyPair,
    counter: i64,
}

/// An authenticator with the keys it made.
pub struct SoftAuthenticator {
    origin: String,
    keys: Vec<Key>,
    /// How it behaves.
    pub behaviour: Behaviour,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

impl SoftAuthenticator {
    /// One without keys, in a browser on this origin.
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), keys: Vec::new(), behaviour: Behaviour::default() }
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        let says = &self.behaviour;
        json!({
            "type": says.kind.unwrap_or(kind),
            "challenge": says.challenge.as_deref().unwrap_or(challenge),
            "origin": says.origin.as_deref().unwrap_or(&self.origin),
            "crossOrigin": says.framed,
        })
        .to_string()
        .into_bytes()
    }

    fn head(&self, rp_id: &str, counter: i64, attested: u8) -> Vec<u8> {
        let says = &self.behaviour;
        let mut flags = attested;
        for (said, flag) in [
            (says.present, PRESENT),
            (says.verified, VERIFIED),
            (says.synced, ELIGIBLE),
            (says.synced && says.backed_up || says.claims_backup, BACKED_UP),
        ] {
            if said {
                flags |= flag;
            }
        }
        let mut data = sha256(says.rp_id.as_deref().unwrap_or(rp_id).as_bytes());
        data.push(flags);
        data.extend(u32::try_from(counter).unwrap_or(0).to_be_bytes());
        data
    }

    /// Makes a key, and answers the options of a creation.
    ///
    /// # Panics
    /// Without the parts of options that a browser needs.
    pub fn create(&mut self, options: &Value) -> Value {
        // A passkey remembers its owner and verifies them; a security key does neither.
        let selection = |name: &str| text(options, &format!("/authenticatorSelection/{name}"));
        let asked = (selection("residentKey"), selection("userVerification"));
        assert!(matches!(asked, ("required", "required") | ("discouraged", "discouraged")), "{asked:?}");
        let old = if self.behaviour.repeats { self.keys.pop().map(|key| key.pair) } else { None };
        let new = || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let pair = old.unwrap_or_else(new);
        let mut id = sha256(pair.public_key().as_ref());
        id.resize(usize::from(self.behaviour.id_length), 0x5a);
        let rp_id = text(options, "/rp/id").to_owned();
        let mut data = self.head(&rp_id, 0, ATTESTED);
        data.extend([0xEA, 0x9B, 0x8D, 0x66, 0x4D, 0x01, 0x1D, 0x21]);
        data.extend([0x3C, 0xE4, 0xB6, 0xB4, 0x8C, 0xB5, 0x75, 0xD4]);
        data.extend(self.behaviour.id_length.to_be_bytes());
        data.extend(&id);
        let point = pair.public_key().as_ref();
        // A COSE key (RFC 9053 §7.1.1); a negative number n is written as -1 - n (RFC 8949 §3.1).
        data.extend([0xA5, 0x01, 0x02, 0x03]);
        match u8::try_from(-1 - self.behaviour.algorithm.unwrap_or(ES256)).expect("a negative number") {
            short @ 0..24 => data.push(0x20 | short),
            long => data.extend([0x38, long]),
        }
        data.extend([0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[1..33]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[33..65]);
        let mut attestation = vec![0xA3];
        attestation.extend(b"\x63fmt\x64none\x67attStmt\xA0\x68authData\x59");
        attestation.extend(u16::try_from(data.len()).expect("short authenticator data").to_be_bytes());
        attestation.extend(data);
        let client_data = self.client_data("webauthn.create", text(options, "/challenge"));
        let handle = text(options, "/user/id").to_owned();
        let name = BASE64.encode(&id);
        self.keys.push(Key { id, rp_id, handle, pair, counter: 0 });
        json!({
            "id": name, "rawId": name, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "attestationObject": BASE64.encode(attestation),
                "transports": ["internal", "hybrid"],
            }
        })
    }

    /// Signs with the newest key that the relying party may use.
    ///
    /// # Panics
    /// Without such a key.
    pub fn get(&mut self, options: &Value) -> Value {
        let rp_id = text(options, "/rpId").to_owned();
        let listed = options.get("allowCredentials").and_then(Value::as_array).cloned().unwrap_or_default();
        let usable = |key: &Key| {
            let named = listed.iter().any(|one| one.get("id") == Some(&json!(BASE64.encode(&key.id))));
            key.rp_id == rp_id && (listed.is_empty() || named)
        };
        let newest = self.keys.iter().rposition(usable).expect("a key for this site");
        self.get_with(newest, options)
    }

    /// Signs with the key of this number, in the order in which they were made.
    ///
    /// # Panics
    /// Without such a key.
    pub fn get_with(&mut self, number: usize, options: &Value) -> Value {
        let counts = self.behaviour.counts;
        self.keys[number].counter += counts;
        let key = &self.keys[number];
        let mut signed = self.head(&key.rp_id, key.counter, 0);
        let data = BASE64.encode(&signed);
        let client_data = self.client_data("webauthn.get", text(options, "/challenge"));
        signed.extend(sha256(&client_data));
        let signature = key.pair.sign(&SystemRandom::new(), &signed).expect("a signature");
        let name = BASE64.encode(&key.id);
        json!({
            "id": name, "rawId": name, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "authenticatorData": data,
                "signature": BASE64.encode(signature.as_ref()),
                "userHandle": self.behaviour.handle.then(|| key.handle.clone()),
            }
        })
    }
}
