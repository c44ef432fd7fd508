//! A copy of everything that is kept about a person, for the person: documents in JSON, a page that shows them without
//! any program, and a manifest with the hash of each file. Made while they wait and kept nowhere.

use std::{fmt::Write, time::Duration};

use serde_json::{Map, Value, json};
use vestibule_authn::Credential;
use vestibule_kernel::{Digest, EventRecord, PageRequest, StoreError};
use vestibule_storage::RealmTx;
use vestibule_users::{User, UserEvent};

use super::{AccountError, FreshCx, zip::Zip};
use crate::{App, RealmSnapshot, flow::limited};

/// Copies that one person takes in a day.
const COPIES_PER_DAY: u32 = 10;
/// Most entries of the log in a copy, the newest ones.
const MOST_EVENTS: usize = 10_000;

/// An archive to hand over.
pub struct Archive {
    /// A name for the file.
    pub name: String,
    /// A ZIP archive.
    pub bytes: Vec<u8>,
}

/// Makes the copy.
///
/// # Errors
/// Too many were taken, or the store failed.
pub async fn export_data(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
) -> Result<Archive, AccountError> {
    let about = me.id().to_string();
    limited(app, me.cx(), ("account_export", &about), (COPIES_PER_DAY, Duration::from_hours(24))).await?;
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let user = super::contact::current(tx.as_mut(), me).await?;
    let documents = collect(realm, me, tx.as_mut(), &user).await?;
    let event: EventRecord = UserEvent::Exported { id: user.id }.into();
    tx.events().append_event(event).await?;
    tx.commit().await?;
    let date = me.cx().now.format("%Y-%m-%d");
    let name = format!("{}-{date}.zip", realm.realm.slug.as_str());
    Ok(Archive { name, bytes: packed(realm, me, &documents) })
}

type Documents = Vec<(&'static str, Value)>;

async fn collect(
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    tx: &mut dyn RealmTx,
    user: &User,
) -> Result<Documents, StoreError> {
    let most = || PageRequest::new(PageRequest::MAX, None);
    let credentials = tx.credentials().list_credentials(user.id).await?;
    let sessions = tx.sessions().list_sessions(Some(user.id), me.cx().now, &most()).await?.items;
    let grants = tx.grants().list_grants(Some(user.id), &most()).await?.items;
    let access = tx.tokens().list_client_access(user.id, me.cx().now).await?;
    let identities = tx.federation().list_identities(user.id, &most()).await?.items;
    let devices = tx.trusted_devices().list_trusted_devices(user.id, me.cx().now).await?;
    let devices: Vec<Value> = devices
        .iter()
        .map(|device| {
            json!({
                "id": device.id, "created_at": device.created_at, "last_used_at": device.last_used_at,
                "expires_at": device.expires_at, "ip": device.ip, "user_agent": device.user_agent,
            })
        })
        .collect();
    let provider = |id| {
        let found = realm.connections.iter().find(|connection| connection.id == id);
        found.map(|connection| connection.key.to_string())
    };
    let sessions: Vec<Value> = sessions
        .iter()
        .map(|session| {
            json!({
                "id": session.id, "created_at": session.created_at, "last_seen_at": session.last_seen_at,
                "signed_in_at": session.auth_time, "ip": session.ip, "user_agent": session.user_agent,
            })
        })
        .collect();
    let grants: Vec<Value> = grants
        .iter()
        .map(|grant| {
            let used = access.iter().find(|of| of.client == grant.client).map(|of| of.last_used_at);
            json!({
                "client": grant.client, "scopes": grant.scopes, "since": grant.created_at, "last_used_at": used,
            })
        })
        .collect();
    let identities: Vec<Value> = identities
        .iter()
        .map(|identity| {
            json!({
                "provider": provider(identity.connection), "subject": identity.subject,
                "told_by_the_provider": identity.claims, "since": identity.created_at,
                "last_used_at": identity.last_used_at,
            })
        })
        .collect();
    Ok(vec![
        ("account", account(user)),
        ("authenticators", Value::Array(credentials.iter().map(authenticator).collect())),
        ("sessions", Value::Array(sessions)),
        ("trusted_browsers", Value::Array(devices)),
        ("applications", Value::Array(grants)),
        ("connected_sign_ins", Value::Array(identities)),
        ("activity", Value::Array(activity(tx, user).await?)),
    ])
}

fn account(user: &User) -> Value {
    let emails: Vec<Value> = user
        .emails
        .iter()
        .map(|address| json!({"email": address.email, "verified_at": address.verified_at, "primary": address.primary}))
        .collect();
    let phones: Vec<Value> = user
        .phones
        .iter()
        .map(|number| json!({"phone": number.phone, "verified_at": number.verified_at, "primary": number.primary}))
        .collect();
    json!({
        "id": user.id, "username": user.username.as_ref().map(ToString::to_string), "emails": emails,
        "phones": phones, "profile": user.profile.values(), "locale": user.locale,
        "metadata": user.public_metadata,
        "created_at": user.created_at, "updated_at": user.updated_at,
    })
}

/// What is known of an authenticator, never what it is verified against.
fn authenticator(credential: &Credential) -> Value {
    json!({
        "kind": credential.kind, "label": credential.label, "facts": credential.facts,
        "created_at": credential.created_at, "last_used_at": credential.last_used_at,
    })
}

async fn activity(tx: &mut dyn RealmTx, user: &User) -> Result<Vec<Value>, StoreError> {
    let filter = vestibule_events::EventFilter { kind: None, subject_id: Some(user.id.to_string()) };
    let mut found = Vec::new();
    let mut after = None;
    while found.len() < MOST_EVENTS {
        let page = tx.events().list_events(&filter, &PageRequest::new(PageRequest::MAX, after)).await?;
        found.extend(page.items.iter().map(|event| {
            json!({
                "type": event.kind, "occurred_at": event.occurred_at, "actor": event.actor, "ip": event.ip,
                "user_agent": event.user_agent, "data": event.data,
            })
        }));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(found)
}

fn packed(realm: &RealmSnapshot, me: &FreshCx<'_>, documents: &Documents) -> Vec<u8> {
    let mut zip = Zip::new(me.cx().now);
    let mut files: Vec<(String, Vec<u8>)> = documents
        .iter()
        .map(|(name, value)| (format!("{name}.json"), serde_json::to_vec_pretty(value).unwrap_or_default()))
        .collect();
    files.push(("index.html".to_owned(), viewer(realm, documents).into_bytes()));
    let listed: Vec<Value> = files
        .iter()
        .map(|(name, content)| json!({"name": name, "bytes": content.len(), "sha256": hex(content)}))
        .collect();
    let manifest = json!({
        "format": 1, "issuer": realm.issuer.as_str(), "realm": realm.display_name(), "account": me.id(),
        "made_at": me.cx().now, "files": listed,
    });
    zip.add("manifest.json", &serde_json::to_vec_pretty(&manifest).unwrap_or_default());
    for (name, content) in &files {
        zip.add(name, content);
    }
    zip.finish()
}

fn hex(content: &[u8]) -> String {
    Digest::of(content).as_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The documents as one page without scripts, for people without a program that reads JSON.
fn viewer(realm: &RealmSnapshot, documents: &Documents) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Your data</title><style>\
         body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
         table{border-collapse:collapse;margin:.5rem 0}td,th{border:1px solid #ccc;padding:.25rem .5rem;\
         text-align:start;vertical-align:top;overflow-wrap:anywhere}</style></head><body>\n",
    );
    let _ = writeln!(page, "<h1>Your data at {}</h1>", escaped(realm.display_name()));
    for (name, value) in documents {
        let _ = writeln!(page, "<h2>{}</h2>", escaped(&name.replace('_', " ")));
        show(&mut page, value, 0);
    }
    page.push_str("</body></html>\n");
    page
}

/// Tables in tables; deeper than people nest anything, the text of the document.
fn show(page: &mut String, value: &Value, depth: u8) {
    match value {
        Value::Object(members) if depth < 8 => rows(page, members, depth),
        Value::Array(items) if depth < 8 => {
            for item in items {
                show(page, item, depth + 1);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            let _ = writeln!(page, "<div>{}</div>", escaped(text));
        }
        other => {
            let _ = writeln!(page, "<div>{}</div>", escaped(&other.to_string()));
        }
    }
}

fn rows(page: &mut String, members: &Map<String, Value>, depth: u8) {
    page.push_str("<table>");
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let _ = write!(page, "<tr><th>{}</th><td>", escaped(&name.replace('_', " ")));
        show(page, value, depth + 1);
        page.push_str("</td></tr>\n");
    }
    page.push_str("</table>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text_in_the_viewer() {
        let mut page = String::new();
        show(&mut page, &json!({"<b>": ["<script>alert(1)</script>", "\"&"]}), 0);
        assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;&amp;"), "{page}");
    }
}
