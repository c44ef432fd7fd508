//! Examples of bodies, for the document and the reference page.

use serde_json::{Value, json};

use crate::openapi::infer::{metadata_example, settings_example};

const REALM: &str = "rlm_agm7jm2wcj3rfbaa4qxrhq6qhe";
const USER: &str = "usr_agm7jm2wcj3rfbaa4qxrhq6qhe";
const SESSION: &str = "ses_agm7jm2wcj3rfbaa4qxrhq6qhe";
const TIME: &str = "2026-01-31T09:30:00Z";

fn page(item: Value) -> Value {
    json!({"items": [item], "next": null})
}

pub(super) fn realm() -> Value {
    json!({
        "id": REALM, "slug": "acme", "status": "active", "hosts": [],
        "issuer": "https://id.example/realms/acme",
        "admin_resource": "https://id.example/realms/acme/admin/v1",
        "settings": settings_example(), "created_at": TIME, "updated_at": TIME,
    })
}

pub(super) fn realms() -> Value {
    page(realm())
}

pub(super) fn new_realm() -> Value {
    json!({"slug": "acme", "hosts": [], "settings": {"display_name": "Acme Shop"}})
}

pub(super) fn realm_patch() -> Value {
    json!({"settings": {"display_name": "Acme", "password": {"min_length": 15}}})
}

pub(super) fn document() -> Value {
    json!({
        "realm": {"slug": "acme", "hosts": []},
        "settings": {"display_name": "Acme Shop"},
        "clients": [{
            "client_id": "shop", "client_name": "Acme Shop",
            "redirect_uris": ["https://shop.acme.example/callback"],
            "secret": "vcs_8sBn2kQ0xYz7LmT4pRwE6uVf",
        }],
        "users": [{
            "username": "ada",
            "emails": [{"email": "ada@acme.example", "verified": true}],
            "password": "correct horse battery staple",
        }],
    })
}

pub(super) fn picture() -> Value {
    json!({
        "url": "https://id.example/realms/acme/flow/picture-5f0c9d1e2a3b4c5d6e7f80915f0c9d1e.svg",
        "media_type": "image/svg+xml", "width": 96, "height": 48, "updated_at": TIME,
    })
}

pub(super) fn picture_file() -> Value {
    json!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 1\"><path d=\"M0 0h2v1\"/></svg>")
}

fn tokens() -> Value {
    json!({"light": {"accent": "#0b6e4f"}, "dark": {"accent": "#7fd8b8"}, "radius_control": 6})
}

fn copy() -> Value {
    json!({"en": {"identify-title": "Welcome to Acme"}})
}

pub(super) fn theme_patch() -> Value {
    json!({
        "tokens": tokens(), "copy": copy(), "slots": {"footer": {"en": "[Imprint](https://acme.example/imprint)"}},
        "templates": {"signed_out.html": null},
    })
}

pub(super) fn theme_draft() -> Value {
    json!({"tokens": tokens(), "copy": copy(), "slots": {}, "templates": {}, "based_on": 3, "updated_at": TIME})
}

pub(super) fn theme_preview() -> Value {
    json!({"url": "https://id.example.com/realms/acme/preview/AQIDBAUGBwgJ", "expires_at": TIME})
}

pub(super) fn theme_publication() -> Value {
    json!({"note": "spring colours"})
}

pub(super) fn theme_revision() -> Value {
    json!({"number": 4, "tokens": tokens(), "copy": copy(), "slots": {}, "templates": {}, "note": "spring colours",
        "published_at": TIME})
}

pub(super) fn theme_revisions() -> Value {
    page(json!({"number": 4, "note": "spring colours", "published_at": TIME}))
}

pub(super) fn new_invitation() -> Value {
    json!({"email": "grace@acme.example", "days": 7, "locale": "en", "send": true})
}

pub(super) fn invitation() -> Value {
    json!({"url": "https://id.example.com/realms/acme/sign-up?invitation=AQIDBAUGBwgJ", "expires_at": TIME})
}

pub(super) fn secret() -> Value {
    json!({"value": "the password of the mail server"})
}

pub(super) fn secrets() -> Value {
    page(json!({"name": "smtp", "updated_at": TIME}))
}

pub(super) fn import_report() -> Value {
    let counts = json!({"created": 1, "updated": 0, "unchanged": 0});
    json!({
        "realm_id": REALM, "realm": "acme", "realm_created": true, "settings_changed": false,
        "keys_created": 2, "secrets_set": 0, "theme_published": false, "clients": counts.clone(),
        "pictures": counts.clone(), "connections": counts.clone(), "users": counts, "passwords_set": 1,
    })
}

pub(super) fn user() -> Value {
    json!({
        "id": USER, "status": "active", "username": "ada",
        "emails": [{"email": "ada@acme.example", "verified": true, "primary": true}],
        "phones": [], "locale": "en", "admin_scopes": [],
        "profile": {"name": "Ada Lovelace"}, "public_metadata": {}, "private_metadata": {},
        "created_at": TIME, "updated_at": TIME,
    })
}

pub(super) fn users() -> Value {
    page(user())
}

pub(super) fn new_user() -> Value {
    json!({
        "username": "ada",
        "emails": [{"email": "ada@acme.example", "verified": true}],
        "profile": {"name": "Ada Lovelace"},
        "password": "correct horse battery staple",
    })
}

pub(super) fn user_patch() -> Value {
    json!({"profile": {"name": "Ada King", "nickname": null}})
}

pub(super) fn suspend() -> Value {
    json!({"reason": "chargeback under investigation"})
}

pub(super) fn password() -> Value {
    json!({"password": "correct horse battery staple"})
}

pub(super) fn credential() -> Value {
    json!({"items": [{
        "id": "crd_agm7jm2wcj3rfbaa4qxrhq6qhe", "kind": "password", "label": null,
        "created_at": TIME, "updated_at": TIME, "last_used_at": TIME,
    }], "next": null})
}

pub(super) fn sessions() -> Value {
    page(json!({
        "id": SESSION, "user_id": USER, "auth_time": TIME,
        "acr": "urn:vestibule:acr:single-factor", "amr": ["pwd"],
        "ip": "192.0.2.7", "user_agent": "Mozilla/5.0", "created_at": TIME, "last_seen_at": TIME,
        "idle_expires_at": "2026-02-07T09:30:00Z", "expires_at": "2026-03-02T09:30:00Z",
    }))
}

pub(super) fn revoked() -> Value {
    json!({"revoked": 3})
}

pub(super) fn client() -> Value {
    let mut client = json!({
        "client_id": "shop", "status": "enabled", "verification": "verified",
        "secrets": [{"created_at": TIME, "expires_at": null}], "created_at": TIME, "updated_at": TIME,
    });
    if let (Some(object), Value::Object(metadata)) = (client.as_object_mut(), metadata_example()) {
        object.extend(metadata);
        object.insert("client_name".to_owned(), json!("Acme Shop"));
        object.insert("redirect_uris".to_owned(), json!(["https://shop.acme.example/callback"]));
    }
    client
}

pub(super) fn client_with_secret() -> Value {
    let mut client = client();
    if let Some(object) = client.as_object_mut() {
        object.insert("client_secret".to_owned(), json!("vcs_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX"));
    }
    client
}

pub(super) fn clients() -> Value {
    page(client())
}

pub(super) fn new_client() -> Value {
    json!({
        "client_id": "shop", "client_name": "Acme Shop",
        "redirect_uris": ["https://shop.acme.example/callback"],
        "token_endpoint_auth_method": "client_secret_basic",
    })
}

pub(super) fn client_patch() -> Value {
    json!({"redirect_uris": ["https://shop.acme.example/callback", "https://beta.acme.example/callback"]})
}

pub(super) fn connection() -> Value {
    json!({
        "id": "con_agm7jm2wcj3rfbaa4qxrhq6qhe", "key": "globex",
        "redirect_uri": "https://id.example/realms/acme/federation/globex/callback",
        "created_at": TIME, "updated_at": TIME,
        "provider": "oidc", "display_name": "Globex ID", "enabled": true, "hidden": false,
        "client_id": "acme", "client_secret_name": "connection.globex", "token_auth": "client_secret_basic",
        "endpoints": {
            "issuer": "https://id.globex.example", "authorization_endpoint": null, "token_endpoint": null,
            "userinfo_endpoint": null, "jwks_uri": null,
        },
        "scopes": [], "pkce": true, "claims": {"nickname": "preferred_username"},
        "authoritative_domains": ["globex.example"], "home_realm": false, "link_policy": "ask", "sign_up": true, "parameters": {},
    })
}

pub(super) fn connections() -> Value {
    page(connection())
}

pub(super) fn new_connection() -> Value {
    json!({
        "key": "globex", "provider": "oidc", "display_name": "Globex ID", "client_id": "acme",
        "client_secret": "what Globex gave us", "endpoints": {"issuer": "https://id.globex.example"},
        "authoritative_domains": ["globex.example"],
    })
}

pub(super) fn connection_patch() -> Value {
    json!({"display_name": "Globex", "enabled": false})
}

pub(super) fn identities() -> Value {
    page(json!({
        "id": "idn_agm7jm2wcj3rfbaa4qxrhq6qhe", "connection_id": "con_agm7jm2wcj3rfbaa4qxrhq6qhe",
        "subject": "248289761001", "claims": {"email": "ada@globex.example", "email_verified": true},
        "created_at": TIME, "last_used_at": TIME,
    }))
}

pub(super) fn rotate() -> Value {
    json!({"overlap_seconds": 86_400})
}

pub(super) fn initial_access() -> Value {
    json!({"uses": 1, "lifetime_seconds": 86_400})
}

pub(super) fn initial_access_token() -> Value {
    json!({"token": "via_8sBn2kQ0xYz7LmT4pRwE6uVf1aGhJkLmNoPqRsTuVwX", "uses": 1, "expires_at": TIME})
}

pub(super) fn grants() -> Value {
    page(json!({
        "user_id": USER, "client_id": "shop", "scopes": ["email", "openid"],
        "created_at": TIME, "updated_at": TIME,
    }))
}

pub(super) fn keys() -> Value {
    page(json!({
        "kid": "4kq2", "alg": "ES256", "status": "active",
        "jwk": {"kty": "EC", "crv": "P-256", "kid": "4kq2", "alg": "ES256", "use": "sig", "x": "…", "y": "…"},
        "created_at": TIME, "activate_at": TIME, "retired_at": null, "remove_at": null,
    }))
}

pub(super) fn rotate_keys() -> Value {
    json!({"algorithm": "ES256"})
}

pub(super) fn events() -> Value {
    page(json!({
        "id": "evt_agm7jm2wcj3rfbaa4qxrhq6qhe", "type": "user.signed_in", "occurred_at": TIME,
        "actor": {"type": "user", "id": USER}, "subject": {"type": "user", "id": USER},
        "ip": "192.0.2.7", "user_agent": "Mozilla/5.0", "request_id": "5f0c9d1e2a3b4c5d6e7f8091",
        "data": {"client": "shop", "amr": ["pwd"]},
    }))
}

pub(super) fn event_types() -> Value {
    page(json!({"type": "user.signed_in", "meaning": "A user proved who they are"}))
}

pub(super) fn jobs() -> Value {
    page(json!({
        "id": "job_agm7jm2wcj3rfbaa4qxrhq6qhe", "kind": "send_message", "state": "parked", "attempts": 10,
        "run_at": TIME, "last_error": "the mail server refused the connection", "created_at": TIME,
    }))
}

pub(super) fn deliveries() -> Value {
    page(json!({
        "id": "job_agm7jm2wcj3rfbaa4qxrhq6qhe", "user_id": USER, "channel": "email", "message": "sign_in_code",
        "recipient": "a•••@acme.example", "state": "sent", "attempts": 1, "answer": "250 2.0.0 queued",
        "created_at": TIME, "updated_at": TIME,
    }))
}

pub(super) fn mail_test() -> Value {
    json!({"to": "operator@acme.example"})
}

pub(super) fn sms_test() -> Value {
    json!({"to": "+491711234567"})
}

pub(super) fn mail_test_result() -> Value {
    json!({"state": "sent", "answer": "250 2.0.0 queued"})
}
