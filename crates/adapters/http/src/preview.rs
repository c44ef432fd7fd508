//! A look that is not published: an overview of every page and mail in it, and each of them by itself. Whoever has the link
//! may look; there is nothing to see but made-up content, and nothing can be sent from there.

use std::{collections::HashMap, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use vestibule_kernel::contact::{Email, Locale};
use vestibule_storage::jobs::MessageKind;
use vestibule_templates::{
    PageContext,
    pages::look_stylesheet,
    samples::{self, Sample},
    views::{PreviewCell, PreviewChoice, PreviewPage},
};
use vestibule_usecases::{
    RealmSnapshot,
    admin::theme_preview::{self, PreviewedLook},
    language::SPOKEN,
    ports::Recipient,
};

use crate::{
    address::Address,
    cx::RealmRequest,
    extract::params::Params,
    flow,
    page::{self, PageClass, PageSpec, problem_page},
    problem::{Problem, code},
};

/// Widths of a frame in pixels.
const WIDE: u16 = 1_200;
const NARROW: u16 = 390;
/// What the names of mails begin with.
const MAIL: &str = "mail-";

/// The preview area of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    vec![
        Address::new("/preview/{token}").on(Method::GET, web::to(overview)),
        Address::new("/preview/{token}/theme.css").on(Method::GET, web::to(stylesheet)),
        Address::new("/preview/{token}/{page}").on(Method::GET, web::to(one)),
    ]
}

/// What was chosen, in words of lists of ours.
struct Choice {
    part: &'static str,
    locale: Locale,
    scheme: Option<&'static str>,
    width: u16,
}

impl Choice {
    fn of(http: &HttpRequest) -> Self {
        let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
        let among = |name: &str, all: &[&'static str]| {
            query.get(name).and_then(|text| all.iter().copied().find(|one| *one == text))
        };
        let language = among("language", &SPOKEN).unwrap_or("en");
        Self {
            part: among("part", &PARTS).unwrap_or("flow"),
            locale: Locale::parse(language).unwrap_or_else(|_| Locale::english()),
            scheme: among("scheme", &["light", "dark"]),
            width: if among("width", &["narrow"]).is_some() { NARROW } else { WIDE },
        }
    }
}

/// Groups of pages.
const PARTS: [&str; 4] = ["flow", "account", "other", "mails"];

fn part_of(sample: &Sample) -> &'static str {
    let others = ["error.html", "home.html", "form_post.html", "continue.html", "failed.html", "slowed.html"];
    if sample.template.starts_with("account/") {
        "account"
    } else if others.contains(&sample.template) {
        "other"
    } else {
        "flow"
    }
}

/// The look behind the link in the address, and the realm in it.
async fn enter(
    http: &HttpRequest,
    request: Result<RealmRequest, Problem>,
) -> Result<(RealmRequest, RealmSnapshot, PreviewedLook, String), HttpResponse> {
    let request = request.map_err(|problem| flow::without_realm(http, &problem))?;
    let token = http.match_info().get("token").unwrap_or_default().to_owned();
    let refuse = |problem: Problem| {
        problem_page(&request.state, PageSpec::of(&request), &problem, request.cx.now, None)
    };
    match theme_preview::open(request.app(), &request.cx, &token).await {
        Ok(Some(found)) => {
            let (of, mut shown) = (&request.realm, request.realm.realm.clone());
            // In every language, also those that the realm does not offer yet.
            shown.settings.locales.supported =
                SPOKEN.iter().filter_map(|tag| Locale::parse(tag).ok()).collect();
            // Only what pages show of a realm.
            let realm = RealmSnapshot::new(shown, of.issuer.clone(), HashMap::new(), Vec::new())
                .with_pictures(of.pictures.clone())
                .with_look(found.look.clone());
            Ok((request, realm, found, token))
        }
        Ok(None) => Err(refuse(Problem::new(&code::NOT_FOUND))),
        Err(error) => Err(refuse(error.into())),
    }
}

/// `GET {issuer}/preview/{token}`.
async fn overview(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let (request, realm, found, token) = match enter(&http, request).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let choice = Choice::of(&http);
    let base = realm.issuer.path(&format!("/preview/{token}"));
    let query = format!(
        "language={}{}",
        choice.locale.as_str(),
        choice.scheme.map(|scheme| format!("&scheme={scheme}")).unwrap_or_default()
    );
    let own = &found.look.theme().templates;
    let cell = |name: String, template: String| PreviewCell {
        src: format!("{base}/{name}?{query}"),
        own: own.keys().any(|key| key.starts_with(&template)),
        name,
        template,
    };
    let cells = if choice.part == "mails" {
        let mail =
            |kind: MessageKind| cell(format!("{MAIL}{}", kind.name()), format!("emails/{}/", kind.name()));
        MessageKind::ALL.map(mail).into()
    } else {
        let shown = samples::pages().into_iter().filter(|one| one.of_realm && part_of(one) == choice.part);
        shown.map(|one| cell(one.name.to_owned(), one.template.to_owned())).collect()
    };
    let view = PreviewPage {
        action: base.clone(),
        languages: SPOKEN.map(|tag| named(&request, tag, choice.locale.as_str())).into(),
        schemes: ["light", "dark"]
            .map(|one| worded(&request, "scheme", one, choice.scheme.unwrap_or("light")))
            .into(),
        widths: ["wide", "narrow"]
            .map(|one| worded(&request, "width", one, if choice.width == WIDE { "wide" } else { "narrow" }))
            .into(),
        parts: PARTS.map(|one| worded(&request, "part", one, choice.part)).into(),
        width: choice.width,
        cells,
        expires: found.expires_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    };
    // In the realm's published look, and in English: it is for those who work on the look.
    let spec = PageSpec {
        class: PageClass::Preview,
        ..PageSpec::new(Some(&request.realm), &request.cx.origin.request_id)
    };
    page::page(&request.state, &spec, &view)
}

/// A language, by its own name.
fn named(request: &RealmRequest, tag: &str, chosen: &str) -> PreviewChoice {
    let locale = Locale::parse(tag).unwrap_or_else(|_| Locale::english());
    let name = request.state.pages.texts(&locale).text("language-name", []);
    PreviewChoice {
        value: tag.to_owned(),
        name: name.unwrap_or_else(|| tag.to_owned()),
        chosen: tag == chosen,
    }
}

fn worded(request: &RealmRequest, family: &str, value: &str, chosen: &str) -> PreviewChoice {
    let texts = request.state.pages.texts(&Locale::english());
    let name = texts.text(&format!("preview-{family}-{value}"), []).unwrap_or_else(|| value.to_owned());
    PreviewChoice { value: value.to_owned(), name, chosen: value == chosen }
}

/// `GET {issuer}/preview/{token}/theme.css`.
async fn stylesheet(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let (_request, _realm, found, _token) = match enter(&http, request).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let (_name, css) = look_stylesheet(&found.look);
    let scheme = Choice::of(&http).scheme.map(|scheme| format!(":root{{color-scheme:{scheme}}}\n"));
    let css = css + scheme.as_deref().unwrap_or_default();
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .body(css)
}

/// `GET {issuer}/preview/{token}/{page}`: a page in one of its states, or `mail-{message}`.
async fn one(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let (request, realm, _found, token) = match enter(&http, request).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let (choice, name) = (Choice::of(&http), http.match_info().get("page").unwrap_or_default().to_owned());
    let shown = match name.strip_prefix(MAIL) {
        Some(kind) => mail(&request, &realm, &choice, kind),
        None => sample(&request, &realm, &choice, (&token, &name)),
    };
    shown.unwrap_or_else(|problem| {
        problem_page(&request.state, PageSpec::of(&request), &problem, request.cx.now, None)
    })
}

fn sample(
    request: &RealmRequest,
    realm: &RealmSnapshot,
    choice: &Choice,
    (token, name): (&str, &str),
) -> Result<HttpResponse, Problem> {
    let found = samples::pages().into_iter().find(|one| one.of_realm && one.name == name);
    let found = found.ok_or_else(|| Problem::new(&code::NOT_FOUND))?;
    let scheme = choice.scheme.map(|scheme| format!("?scheme={scheme}")).unwrap_or_default();
    let stylesheet = realm.issuer.path(&format!("/preview/{token}/theme.css{scheme}"));
    let chooser = samples::chooser();
    let context = PageContext {
        realm: Some(realm),
        locale: &choice.locale,
        chooser: Some(&chooser),
        // Scripts do not run here.
        nonce: "",
        request_id: &request.cx.origin.request_id,
        stylesheet: Some(&stylesheet),
    };
    let html = request.state.pages.render_sample(&found, context).map_err(|error| {
        tracing::error!(template = error.template, cause = error.cause, "a sample could not be rendered");
        Problem::new(&code::INTERNAL)
    })?;
    // The page goes nowhere by itself.
    let html = html.replace("http-equiv=\"refresh\"", "name=\"refresh\"");
    Ok(page::sample(&request.state, PageClass::Sample, html))
}

fn mail(
    request: &RealmRequest,
    realm: &RealmSnapshot,
    choice: &Choice,
    kind: &str,
) -> Result<HttpResponse, Problem> {
    let kind = MessageKind::ALL.into_iter().find(|one| one.name() == kind);
    let kind = kind.ok_or_else(|| Problem::new(&code::NOT_FOUND))?;
    let internal = || Problem::new(&code::INTERNAL);
    let to = Recipient {
        to: Email::parse("ada@example.com").map_err(|_never| internal())?,
        name: Some("Ada Lovelace".to_owned()),
        locale: Some(choice.locale.clone()),
    };
    let data = samples::message_data(kind, &realm.issuer);
    let renderer = Arc::clone(&request.app().renderer);
    let mail = renderer.render(realm, &to, kind, &data, "preview".to_owned()).map_err(|error| {
        tracing::error!(%error, "a mail could not be previewed");
        internal()
    })?;
    let html = match choice.scheme {
        // Mails follow the reader's system by a media query: a scheme that was chosen is one for all.
        Some("dark") => mail.html.replace("@media (prefers-color-scheme: dark)", "@media all"),
        Some(_) => mail.html.replace("@media (prefers-color-scheme: dark)", "@media not all"),
        None => mail.html,
    };
    Ok(page::sample(&request.state, PageClass::SampleMail, html))
}
