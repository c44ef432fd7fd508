//! Realm documents for tests: a realm with the usual clients and people, changed where a test needs it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vestibule_oauth::scope::ADMIN_SCOPES;

/// The secret of every confidential client.
pub const CLIENT_SECRET: &str = "kqv7-Wm2t-Zx9c-Rf4h-Lp3d";
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery staple";
/// Where applications live: an address nobody listens on.
pub const APP: &str = "http://localhost:9/callback";
/// Where applications end a logout.
pub const APP_SIGNED_OUT: &str = "http://localhost:9/signed-out";

/// A realm document.
#[derive(Debug, Clone)]
pub struct RealmDoc(Value);

impl RealmDoc {
    /// An empty realm whose password hashes are cheap and whose limits are out of the way.
    pub fn empty(slug: &str) -> Self {
        let limits = json!({
            "sign_in_per_minute": 1_000_000, "identifier_per_minute": 1_000_000, "token_per_minute": 1_000_000,
            "admin_per_minute": 1_000_000, "registration_per_minute": 1_000_000
        });
        Self(json!({
            "realm": {"slug": slug},
            "settings": {
                "display_name": "Acme",
                "hashing": {"memory_kib": 8192, "passes": 1, "lanes": 1},
                "limits": limits
            },
            "clients": [],
            "users": []
        }))
    }

    /// A realm with a public client `spa`, a confidential one `web`, one of a third party `partner`, a machine
    /// `machine`, an administrator's machine `admin-machine`, and the users `ada` and `bob`.
    pub fn standard(slug: &str) -> Self {
        Self::empty(slug)
            .client("spa", json!({"token_endpoint_auth_method": "none", "require_consent": false}))
            .client("web", json!({"require_consent": false}))
            .client("partner", json!({"client_name": "Partner Shop"}))
            .client(
                "machine",
                json!({"grant_types": ["client_credentials"], "redirect_uris": [], "post_logout_redirect_uris": [],
                       "scope": "reports:read"}),
            )
            .client(
                "admin-machine",
                json!({"grant_types": ["client_credentials"], "redirect_uris": [], "post_logout_redirect_uris": [],
                       "scope": "", "admin_scopes": realm_scopes()}),
            )
            .user("ada")
            .user("bob")
    }

    /// Adds a client; what `metadata` leaves out is usual for a web application.
    #[must_use]
    pub fn client(mut self, id: &str, metadata: Value) -> Self {
        let mut client = json!({
            "client_id": id,
            "client_name": id,
            "redirect_uris": [APP],
            "post_logout_redirect_uris": [APP_SIGNED_OUT]
        });
        merge(&mut client, metadata);
        let method = client.get("token_endpoint_auth_method").and_then(Value::as_str);
        if !matches!(method, Some("none" | "private_key_jwt")) {
            merge(&mut client, json!({"secret": CLIENT_SECRET}));
        }
        self.push("clients", client);
        self
    }

    /// Adds a user with a user name, a verified address `{name}@example.test` and [`PASSWORD`].
    #[must_use]
    pub fn user(self, name: &str) -> Self {
        self.user_with(name, json!({"password": PASSWORD}))
    }

    /// Adds a user with further entries.
    #[must_use]
    pub fn user_with(mut self, name: &str, entries: Value) -> Self {
        let mut user = json!({
            "username": name,
            "emails": [{"email": format!("{name}@example.test"), "verified": true, "primary": true}],
            "profile": {"given_name": name, "name": name}
        });
        merge(&mut user, entries);
        self.push("users", user);
        self
    }

    /// Changes settings: the given object is laid over what is there.
    #[must_use]
    pub fn settings(mut self, settings: Value) -> Self {
        merge(&mut self.0, json!({"settings": settings}));
        self
    }

    /// Puts a theme in.
    #[must_use]
    pub fn theme(mut self, theme: Value) -> Self {
        merge(&mut self.0, json!({"theme": theme}));
        self
    }

    /// The document as JSON.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// Writes it to a file in a folder.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn write(&self, folder: &Path) -> PathBuf {
        let slug = self.0.pointer("/realm/slug").and_then(Value::as_str).unwrap_or("realm");
        let file = folder.join(format!("{slug}.json"));
        std::fs::write(&file, self.0.to_string()).expect("a realm document can be written");
        file
    }

    fn push(&mut self, list: &str, entry: Value) {
        if let Some(list) = self.0.get_mut(list).and_then(Value::as_array_mut) {
            list.push(entry);
        }
    }
}

/// Scopes of the admin API within one realm: all but those above realms.
pub fn realm_scopes() -> Vec<&'static str> {
    ADMIN_SCOPES.into_iter().filter(|scope| *scope != "realms:manage").collect()
}

/// Lays one JSON value over another: objects key by key, everything else replaced.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_laid_over_the_standard() {
        let doc = RealmDoc::standard("acme").settings(json!({"hashing": {"passes": 2}}));
        assert_eq!(doc.json().pointer("/settings/hashing/passes"), Some(&json!(2)));
        assert_eq!(doc.json().pointer("/settings/hashing/memory_kib"), Some(&json!(8192)));
        assert_eq!(doc.json().pointer("/clients/0/client_id"), Some(&json!("spa")));
        assert_eq!(doc.json().pointer("/clients/0/secret"), None);
    }
}
