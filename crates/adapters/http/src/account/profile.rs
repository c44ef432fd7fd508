//! What the person says about themselves, and their language.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Map, Value};
use vestibule_kernel::contact::Locale;
use vestibule_templates::{
    FieldError, Message,
    views::{FieldType, ProfileField, ProfilePage, Words},
};
use vestibule_usecases::account::{self, AccountError, profile};
use vestibule_users::profile::ProfileError;

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{cx::RealmRequest, extract::params::Params, flow::profile_fields, page::page, problem::Problem};

const PAGE: &str = "/profile";

/// `GET {issuer}/account/profile`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => render(&http, &entered, None),
        Err(answer) => answer,
    }
}

/// `POST {issuer}/account/profile`.
pub(super) async fn save(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let values = values(&entered, &form);
    let language = form.has("locale").then(|| form.get("locale").and_then(|tag| Locale::parse(tag).ok()));
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::update_profile(request.app(), &request.realm, me, values, language).await
    };
    match guard::run(&entered.request, task).await {
        Ok(()) => guard::see_done(&entered, PAGE, "profile"),
        Err(AccountError::Profile(error)) => render(&http, &entered, Some((&error, &form))),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// The fields of the form as typed values; a box that is not ticked is sent by nobody, and means no.
fn values(entered: &Entered, form: &Params) -> Map<String, Value> {
    let settings = &entered.request.realm.realm.settings;
    let own = profile::own_fields(&entered.request.realm, entered.me.user());
    let mut values = Map::new();
    for name in form.names().filter_map(|name| name.strip_prefix("profile.")) {
        let text = form.get(&format!("profile.{name}")).unwrap_or_default();
        let value = if text.is_empty() { Value::Null } else { profile_fields::typed(settings, name, text) };
        values.insert(name.to_owned(), value);
    }
    for name in own.into_iter().filter(|name| profile_fields::is_box(settings, name)) {
        values.entry(name).or_insert(Value::Bool(false));
    }
    values
}

fn render(http: &HttpRequest, entered: &Entered, refused: Option<(&ProfileError, &Params)>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let (realm, user) = (&request.realm, me.user());
    let own = profile::own_fields(realm, user);
    let shown = |field: &str| match refused {
        Some((_, form)) => form.get(field).unwrap_or_default().to_owned(),
        None => {
            let value = field.strip_prefix("profile.").and_then(|name| user.profile.values().get(name));
            value.map(profile_fields::shown).unwrap_or_default()
        }
    };
    let managed = profile::managed_fields(realm, user);
    let view = ProfilePage {
        frame: frame(http, entered, PAGE),
        username: user.username.as_ref().map(ToString::to_string),
        fields: profile_fields::fields(&realm.realm.settings, &own, &shown),
        language: language(entered),
        managed: managed
            .into_iter()
            .map(|(name, value)| (Words::of_attribute(name), profile_fields::shown(&value)))
            .collect(),
        errors: refused.map(|(error, _)| error_of(error)).into_iter().collect(),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// The choice of a language, where there is one to make.
fn language(entered: &Entered) -> Option<ProfileField> {
    let languages = profile::languages(&entered.request.realm);
    if languages.len() < 2 {
        return None;
    }
    // Each is called as it calls itself, as in the chooser.
    let own_name = Message::new("language-name");
    let pages = &entered.request.state.pages;
    let option = |locale: &Locale| {
        (locale.as_str().to_owned(), Words::Text(pages.say(&entered.request.realm, locale, &own_name)))
    };
    Some(ProfileField {
        name: "locale".to_owned(),
        label: Words::Message(Message::new("account-language")),
        kind: FieldType::Select { options: languages.iter().map(option).collect() },
        required: false,
        value: entered.me.user().locale.as_ref().map(|locale| locale.as_str().to_owned()).unwrap_or_default(),
        autocomplete: "language",
    })
}

fn error_of(error: &ProfileError) -> FieldError {
    let (name, key) = match error {
        ProfileError::Missing(name) => (name, Message::new("field-required")),
        ProfileError::Unknown(name) | ProfileError::Invalid(name) => (name, Message::new("field-invalid")),
    };
    let field = if name == "locale" { name.clone() } else { format!("profile.{name}") };
    FieldError::new(field, key)
}
