//! The developer inbox: what would have been mailed or texted, for reading. Links in messages work; nothing here changes anything.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, http::header, web};
use serde::Deserialize;
use serde_json::{Value, json};
use vestibule_kernel::{Cx, MailId, PageRequest, StoreError};
use vestibule_realms::Realm;
use vestibule_storage::{Channel, StoredMail};
use vestibule_usecases::App;

use super::{
    REALM,
    pages::{Pages, asset, moment},
};

/// What the inbox reaches.
pub(crate) struct Inbox {
    pub(super) app: Arc<App>,
    pub(super) pages: Arc<Pages>,
}

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/assets/{file}", web::get().to(asset))
        .route("/mail", web::get().to(list))
        .route("/mail/{realm}", web::get().to(list_of))
        .route("/mail/{realm}/sms", web::get().to(texts_of))
        .route("/mail/{realm}/{mail}", web::get().to(message))
        .route("/mail/{realm}/{mail}/html", web::get().to(html))
        .route("/mail/{realm}/{mail}/raw", web::get().to(raw));
}

type State = web::Data<Inbox>;

#[derive(Debug, Deserialize)]
struct Address {
    realm: String,
    mail: String,
}

/// A message is shown in a frame of its own: no script, no forms, no requests, links open above.
const MESSAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
                              base-uri 'none'; form-action 'none'; frame-ancestors 'self'; \
                              sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

async fn list(inbox: State) -> HttpResponse {
    shown_list(&inbox, None, Channel::Email).await
}

async fn list_of(inbox: State, realm: web::Path<String>) -> HttpResponse {
    shown_list(&inbox, Some(&realm), Channel::Email).await
}

async fn texts_of(inbox: State, realm: web::Path<String>) -> HttpResponse {
    shown_list(&inbox, Some(&realm), Channel::Sms).await
}

async fn shown_list(inbox: &Inbox, slug: Option<&str>, channel: Channel) -> HttpResponse {
    match read_list(inbox, slug, channel).await {
        Ok(Some(view)) => inbox.pages.render(StatusCode::OK, "inbox.html", &view),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => unavailable(&error),
    }
}

/// The inbox of a realm; of the demo's, or of any, when none is named.
async fn read_list(inbox: &Inbox, slug: Option<&str>, channel: Channel) -> Result<Option<Value>, StoreError> {
    let mut system = inbox.app.store.system(&inbox.app.above_realms()).await?;
    let realms = system.directory().list_realms(&PageRequest::new(100, None)).await?.items;
    system.rollback().await?;
    let named = |wanted: &str| realms.iter().find(|realm| realm.slug.as_str() == wanted);
    let chosen = match slug {
        Some(slug) => named(slug),
        None => named(REALM).or(realms.first()),
    };
    let Some(realm) = chosen else { return Ok(None) };
    let mut tx = inbox.app.store.read(&cx(inbox, realm)).await?;
    let mails = tx.mailbox().list_mails(channel, &PageRequest::new(100, None)).await?.items;
    tx.commit().await?;
    let mails: Vec<_> = mails.iter().map(shown).collect();
    let slugs: Vec<_> = realms.iter().map(|realm| realm.slug.as_str()).collect();
    Ok(Some(json!({
        "realm": realm.slug, "realms": slugs, "mails": mails, "channel": channel.name(),
    })))
}

async fn find(inbox: &Inbox, at: &Address) -> Result<Option<StoredMail>, StoreError> {
    let Some(realm) = inbox.app.snapshots.by_slug(&at.realm).await? else { return Ok(None) };
    let Ok(id) = at.mail.parse::<MailId>() else { return Ok(None) };
    let mut tx = inbox.app.store.read(&cx(inbox, &realm.realm)).await?;
    let mail = tx.mailbox().find_mail(id).await?;
    tx.commit().await?;
    Ok(mail)
}

fn cx(inbox: &Inbox, realm: &Realm) -> Cx {
    inbox.app.system_cx(realm.id)
}

fn shown(mail: &StoredMail) -> Value {
    json!({
        "id": mail.id,
        "from": mail.from_name,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "message_id": mail.message_id,
        "received_at": moment(mail.received_at),
        "preview": mail.text.split_whitespace().take(24).collect::<Vec<_>>().join(" "),
        "links": links(&mail.text),
    })
}

/// Addresses in the plain part, in order, each once.
fn links(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | '.' | ','));
        if (word.starts_with("http://") || word.starts_with("https://")) && !found.contains(&word) {
            found.push(word);
        }
    }
    found
}

async fn message(inbox: State, at: web::Path<Address>) -> HttpResponse {
    match find(&inbox, &at).await {
        Ok(Some(mail)) => {
            let view = json!({ "realm": at.realm, "mail": shown(&mail) });
            inbox.pages.render(StatusCode::OK, "message.html", &view)
        }
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => unavailable(&error),
    }
}

async fn html(inbox: State, at: web::Path<Address>) -> HttpResponse {
    match find(&inbox, &at).await {
        Ok(Some(mail)) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, MESSAGE_POLICY))
            .insert_header((header::X_FRAME_OPTIONS, "SAMEORIGIN"))
            .body(in_frame(&mail.html)),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => unavailable(&error),
    }
}

/// A message whose links leave the frame that it is shown in: the pages they lead to are never framed.
fn in_frame(html: &str) -> String {
    html.replacen("<head>", "<head><base target=\"_blank\">", 1)
}

async fn raw(inbox: State, at: web::Path<Address>) -> HttpResponse {
    match find(&inbox, &at).await {
        Ok(Some(mail)) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(mail.html),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => unavailable(&error),
    }
}

fn unavailable(error: &StoreError) -> HttpResponse {
    tracing::warn!(%error, "the inbox cannot be read");
    HttpResponse::ServiceUnavailable().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_message_leave_its_frame() {
        let shown = in_frame("<!doctype html><html><head><title>a</title></head><body><head></body></html>");
        assert!(shown.starts_with("<!doctype html><html><head><base target=\"_blank\"><title>"), "{shown}");
        assert_eq!(shown.matches("<base").count(), 1);
    }

    #[test]
    fn links_of_a_message_are_found_once_each() {
        let text = "Hello,\nopen <https://a.test/x?y=1>.\nOr http://b.test, again https://a.test/x?y=1";
        assert_eq!(links(text), ["https://a.test/x?y=1", "http://b.test"]);
    }
}
