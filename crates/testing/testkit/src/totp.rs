//! A person's authenticator app.

use chrono::Utc;
use data_encoding::BASE32_NOPAD;

/// Seconds for which one code stands.
const STEP: i64 = 30;

/// An app that was given a key. A server takes each code once, and those of one step earlier or later.
pub struct AuthenticatorApp {
    secret: Vec<u8>,
    /// The step of the last code given, so that none is given twice.
    last: i64,
}

impl AuthenticatorApp {
    /// Takes the key as a page shows it: base32, in groups.
    pub fn with_key(key: &str) -> Self {
        let key: String = key.split_whitespace().collect();
        Self { secret: BASE32_NOPAD.decode(key.as_bytes()).expect("a key in base32"), last: 0 }
    }

    /// The next code that was not given yet: that of now, else of the next step.
    pub fn code(&mut self) -> String {
        let step = (Utc::now().timestamp() / STEP).max(self.last + 1);
        self.last = step;
        let app = totp_rs::Builder::new()
            .with_algorithm(totp_rs::Algorithm::SHA1)
            .with_secret(self.secret.clone())
            .build()
            .expect("a TOTP secret");
        app.generate(u64::try_from(step * STEP).expect("a time after 1970")).to_string()
    }
}
