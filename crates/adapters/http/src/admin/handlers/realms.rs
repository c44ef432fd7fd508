//! Realms above realms, and the realm itself.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_realms::RealmStatus;
use vestibule_usecases::admin::{
    document,
    realm_document::{DocumentError, DocumentFormat, ExportScope, RealmDocument},
    realms::{self, NewRealm},
    settings,
};

use crate::{
    admin::{
        answer::Answer,
        call::{OperatorCall, RealmCall, above_realms, in_realm},
        input::refuse_nul,
        operations::realms as operations,
        views::realms::{ImportView, NewRealmBody, RealmView},
    },
    cx::{RealmRequest, SystemRequest},
    problem::{Problem, code},
};

pub(in crate::admin) async fn list(http: HttpRequest, request: SystemRequest, body: Payload) -> HttpResponse {
    above_realms(&operations::LIST_REALMS, http, request, body, |call: OperatorCall| async move {
        let page = realms::list(&call.app, &call.operator, &call.input.page()?).await?;
        let public_url = &call.app.installation.public_url;
        Answer::page(&call.input, page.map(|realm| RealmView::new(realm, public_url)))
    })
    .await
}

pub(in crate::admin) async fn create(
    http: HttpRequest,
    request: SystemRequest,
    body: Payload,
) -> HttpResponse {
    above_realms(&operations::CREATE_REALM, http, request, body, |call: OperatorCall| async move {
        let body: NewRealmBody = call.input.json()?;
        let new = NewRealm { slug: body.slug, hosts: body.hosts, settings: body.settings };
        let realm = Box::pin(realms::create(&call.app, &call.operator, new)).await?;
        let public_url = &call.app.installation.public_url;
        let location =
            format!("{}/admin/v1/realms/{}", public_url.as_str().trim_end_matches('/'), realm.slug);
        let version = realm.version;
        Ok(Answer::created(&RealmView::new(realm, public_url), location)?.version(version))
    })
    .await
}

fn realm_answer(call: &OperatorCall, realm: vestibule_realms::Realm) -> Result<Answer, Problem> {
    let version = realm.version;
    Ok(Answer::ok(&RealmView::new(realm, &call.app.installation.public_url))?.version(version))
}

pub(in crate::admin) async fn get(http: HttpRequest, request: SystemRequest, body: Payload) -> HttpResponse {
    above_realms(&operations::GET_REALM, http, request, body, |call: OperatorCall| async move {
        let realm = realms::get(&call.app, &call.operator, call.input.segment("realm_id")).await?;
        realm_answer(&call, realm)
    })
    .await
}

pub(in crate::admin) async fn update(
    http: HttpRequest,
    request: SystemRequest,
    body: Payload,
) -> HttpResponse {
    above_realms(&operations::UPDATE_REALM, http, request, body, |call: OperatorCall| async move {
        let (name, patch) = (call.input.segment("realm_id"), call.input.object()?);
        let realm = realms::update(&call.app, &call.operator, name, patch, &call.input.if_match).await?;
        realm_answer(&call, realm)
    })
    .await
}

pub(in crate::admin) async fn delete(
    http: HttpRequest,
    request: SystemRequest,
    body: Payload,
) -> HttpResponse {
    above_realms(&operations::DELETE_REALM, http, request, body, |call: OperatorCall| async move {
        let name = call.input.segment("realm_id");
        realms::delete(&call.app, &call.operator, name, &call.input.if_match).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn suspend(
    http: HttpRequest,
    request: SystemRequest,
    body: Payload,
) -> HttpResponse {
    above_realms(&operations::SUSPEND_REALM, http, request, body, |call: OperatorCall| async move {
        let name = call.input.segment("realm_id");
        let realm = realms::set_status(&call.app, &call.operator, name, RealmStatus::Suspended).await?;
        realm_answer(&call, realm)
    })
    .await
}

pub(in crate::admin) async fn resume(
    http: HttpRequest,
    request: SystemRequest,
    body: Payload,
) -> HttpResponse {
    above_realms(&operations::RESUME_REALM, http, request, body, |call: OperatorCall| async move {
        let name = call.input.segment("realm_id");
        let realm = realms::set_status(&call.app, &call.operator, name, RealmStatus::Active).await?;
        realm_answer(&call, realm)
    })
    .await
}

pub(in crate::admin) async fn import(
    http: HttpRequest,
    request: SystemRequest,
    body: Payload,
) -> HttpResponse {
    above_realms(&operations::IMPORT_REALM, http, request, body, |call: OperatorCall| async move {
        let (text, is_toml) = call.input.text()?;
        let format = if is_toml { DocumentFormat::Toml } else { DocumentFormat::Json };
        // Both notations can spell a NUL; no database can hold one.
        let value = RealmDocument::read_value(text, format).map_err(malformed)?;
        refuse_nul(&value)?;
        let document = RealmDocument::from_value(value)
            .map_err(|error: DocumentError| Problem::new(&code::INVALID).field("", error))?;
        let report = realms::import(&call.app, &call.operator, document).await?;
        Answer::ok(&ImportView::from(report))
    })
    .await
}

fn malformed(error: DocumentError) -> Problem {
    Problem::new(&code::MALFORMED_BODY).detail(error)
}

pub(in crate::admin) async fn get_own(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::GET_OWN_REALM, http, request, body, |call: RealmCall| async move {
        let realm = settings::get(&call.app, &call.admin).await?;
        let version = realm.version;
        Ok(Answer::ok(&RealmView::new(realm, &call.app.installation.public_url))?.version(version))
    })
    .await
}

pub(in crate::admin) async fn update_own(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::UPDATE_OWN_REALM, http, request, body, |call: RealmCall| async move {
        let realm =
            settings::update(&call.app, &call.admin, call.input.object()?, &call.input.if_match).await?;
        let version = realm.version;
        Ok(Answer::ok(&RealmView::new(realm, &call.app.installation.public_url))?.version(version))
    })
    .await
}

pub(in crate::admin) async fn export(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::EXPORT_DOCUMENT, http, request, body, |call: RealmCall| async move {
        let bad = |name: &str| Problem::new(&code::INVALID_QUERY).detail(format!("{name} is not acceptable"));
        let scope = match call.input.query("users") {
            None | Some("none") => ExportScope::Configuration,
            Some("without_passwords") => ExportScope::Users,
            Some("with_passwords") => ExportScope::UsersWithPasswords,
            Some(_) => return Err(bad("users")),
        };
        let as_toml = match call.input.query("format") {
            None | Some("json") => false,
            Some("toml") => true,
            Some(_) => return Err(bad("format")),
        };
        let document = document::export(&call.app, &call.admin, scope).await?;
        let broken = |error: DocumentError| {
            tracing::error!(%error, "a realm could not be written down");
            Problem::new(&code::INTERNAL)
        };
        if as_toml {
            let text = document.to_text(DocumentFormat::Toml).map_err(broken)?;
            return Ok(Answer::text("application/toml", text));
        }
        Answer::ok(&document.to_value().map_err(broken)?)
    })
    .await
}
