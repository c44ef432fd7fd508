//! The page in a copy of somebody's data, from what the copy holds. What says nothing to people (ids, facts, technical
//! entries of the log) stays with the files for programs.

use chrono::{NaiveDate, NaiveTime};
use minijinja::{Value as TemplateValue, context, value::Serde};
use serde_json::{Map, Value};
use vestibule_kernel::{UserId, contact::Locale};
use vestibule_realms::{
    RealmSettings,
    settings::{AttributeType, ProfileAttribute},
    theme::Scheme,
};
use vestibule_usecases::{
    RealmSnapshot,
    account::{
        Device,
        archive::data::{KeptApplication, KeptAuthenticator, KeptEvent, KeptIdentity, PersonalData},
    },
    ports::RenderError,
};

use crate::{
    activity,
    message::{Message, device_name, scope_sentence},
    pages::View,
    themed::Themed,
    views::{
        ActivityItem, AppView, ConnectedItem, ExportContact, ExportDevice, ExportFactor, ExportIdentity,
        ExportPage, ExportValue, When, Words,
    },
};

/// Parts of a postal address, in the order they are written.
const ADDRESS: [&str; 5] = ["street_address", "postal_code", "locality", "region", "country"];
/// Deepest lists in lists of a value.
const MAX_DEPTH: usize = 8;

/// Renders it in a language that the realm offers. The texts and colours are those of the realm; the template is ours, for
/// a page that is as long as somebody's history has no bounds that a template of a realm's own could keep.
///
/// # Errors
/// The template failed.
pub(crate) fn render(
    pages: &Themed,
    realm: &RealmSnapshot,
    locale: &Locale,
    data: &PersonalData,
) -> Result<String, RenderError> {
    let speaker = pages.of(Some(&realm.look), locale);
    let page = page(realm, data, language_name(pages, data.account.locale.as_ref()));
    let values = context! {
        page => TemplateValue::from(Serde(&page)),
        language => locale.as_str(),
        direction => speaker.voice.texts.direction(),
    };
    speaker.render_built_in(ExportPage::TEMPLATE, &values).map_err(|error| {
        let (template, kind, line) = (ExportPage::TEMPLATE, error.kind(), error.line());
        tracing::error!(template, ?kind, line, "the page of a copy could not be made");
        RenderError::Template(template.to_owned())
    })
}

/// A language as it calls itself, with its tag where that says more; the tag where no texts speak it.
fn language_name(pages: &Themed, locale: Option<&Locale>) -> Option<String> {
    let locale = locale?;
    let texts = &pages.of(None, locale).voice.texts;
    let name = texts.text("language-name", []).filter(|_| texts.language() == locale.language());
    Some(match name {
        Some(name) if locale.as_str() == locale.language() => name,
        Some(name) => format!("{name} ({})", locale.as_str()),
        None => locale.as_str().to_owned(),
    })
}

fn page(realm: &RealmSnapshot, data: &PersonalData, spoken: Option<String>) -> ExportPage {
    let (account, tokens) = (&data.account, &realm.look.theme().tokens);
    let contact = |value: String, primary, verified: Option<_>| ExportContact {
        value,
        primary,
        verified: verified.map(When::from),
    };
    let emails = account.emails.iter();
    let phones = account.phones.iter();
    let activity: Vec<_> = data.activity.iter().filter_map(|event| entry(realm, account.id, event)).collect();
    ExportPage {
        realm: realm.display_name().to_owned(),
        light: tokens.colors(Scheme::Light),
        dark: tokens.colors(Scheme::Dark),
        name: account.name.clone(),
        number: account.id.to_string(),
        made: data.made_at.into(),
        username: account.username.clone(),
        spoken,
        since: account.created_at.into(),
        changed: account.updated_at.into(),
        emails: emails.map(|one| contact(one.email.to_string(), one.primary, one.verified_at)).collect(),
        phones: phones.map(|one| contact(one.phone.to_string(), one.primary, one.verified_at)).collect(),
        profile: profile(&realm.realm.settings, &account.profile),
        more_values: account.metadata.len(),
        factors: data.authenticators.iter().map(factor).collect(),
        sessions: sessions(data),
        trusted: trusted(data),
        apps: data.applications.iter().map(application).collect(),
        linked: data.connected_sign_ins.iter().map(identity).collect(),
        more_entries: data.activity.len() - activity.len(),
        activity,
    }
}

/// The profile: what the realm asks for in its order, then the rest.
fn profile(settings: &RealmSettings, values: &Map<String, Value>) -> Vec<(Words, ExportValue)> {
    let rule = |name: &str| settings.profile.iter().find(|attribute| attribute.name == name);
    let mut own: Vec<&str> = Vec::new();
    let names = ["name", "given_name", "middle_name", "family_name"];
    let rules = settings.profile.iter().map(|attribute| attribute.name.as_str());
    for name in names.into_iter().chain(rules).chain(values.keys().map(String::as_str)) {
        if !own.contains(&name) {
            own.push(name);
        }
    }
    let known = own.into_iter().filter_map(|name| Some((name, values.get(name)?)));
    known.map(|(name, value)| (label(name), attribute(name, rule(name), value))).collect()
}

fn attribute(name: &str, rule: Option<&ProfileAttribute>, value: &Value) -> ExportValue {
    let is_day = name == "birthdate" || rule.is_some_and(|rule| rule.kind == AttributeType::Date);
    let option =
        value.as_str().filter(|text| rule.is_some_and(|rule| rule.options.iter().any(|one| one == text)));
    match (option, value) {
        (Some(option), _) => ExportValue::Words(Words::of_option(name, option)),
        (None, Value::String(text)) if is_day => day(text),
        (None, Value::Object(parts)) if name == "address" => ExportValue::Words(address(parts).into()),
        (None, _) => shown(value),
    }
}

fn factor(one: &KeptAuthenticator) -> ExportFactor {
    ExportFactor {
        kind: one.kind.as_str(),
        label: one.label.clone(),
        since: one.created_at.into(),
        last_used: one.last_used_at.map(When::from),
    }
}

fn sessions(data: &PersonalData) -> Vec<ExportDevice> {
    let device = data.sessions.iter().map(|one| ExportDevice {
        name: device_name(Device::of(one.user_agent.as_deref())),
        ip: one.ip.clone(),
        since: one.created_at.into(),
        last_used: one.last_seen_at.into(),
        until: None,
    });
    device.collect()
}

fn trusted(data: &PersonalData) -> Vec<ExportDevice> {
    let device = data.trusted_browsers.iter().map(|one| ExportDevice {
        name: device_name(Device::of(one.user_agent.as_deref())),
        ip: one.ip.clone(),
        since: one.created_at.into(),
        last_used: one.last_used_at.into(),
        until: Some(one.expires_at.into()),
    });
    device.collect()
}

fn application(one: &KeptApplication) -> ConnectedItem {
    let name = one.name.clone().unwrap_or_else(|| one.client.to_string());
    ConnectedItem {
        client: one.client.to_string(),
        app: AppView { name, ..AppView::unnamed() },
        scopes: one.scopes.iter().map(|scope| scope_sentence(scope)).collect(),
        since: one.since.into(),
        last_used: one.last_used_at.map(When::from),
    }
}

fn identity(one: &KeptIdentity) -> ExportIdentity {
    let subject = Words::from(one.subject.as_str().to_owned());
    let subject = (Message::new("export-subject").into(), ExportValue::Words(subject));
    let claims = one.told_by_the_provider.iter();
    let told = claims.map(|(name, value)| (label(name), attribute(name, None, value)));
    ExportIdentity {
        provider: one.provider_name.clone(),
        told: told.chain([subject]).collect(),
        since: one.since.into(),
        last_used: one.last_used_at.into(),
    }
}

/// As the account's own page has it: where somebody else was when they did it is none of the person's business.
fn entry(realm: &RealmSnapshot, owner: UserId, event: &KeptEvent) -> Option<ActivityItem> {
    let own = activity::is_own(owner, &event.actor);
    let agent = event.user_agent.as_deref().filter(|_| own);
    Some(ActivityItem {
        text: activity::sentence(realm, &event.kind, &event.data)?,
        at: event.occurred_at.into(),
        device: agent.map(|agent| device_name(Device::of(Some(agent)))),
        ip: event.ip.clone().filter(|_| own),
        by: activity::author(realm, owner, &event.actor),
    })
}

/// What a value of a profile, or of a provider, is called.
fn label(name: &str) -> Words {
    let key = match name {
        "email" => "field-email",
        "email_verified" => "export-email-verified",
        "phone_number" => "phone-label",
        "locale" => "language-label",
        "address" => "export-address",
        _ => return Words::of_attribute(name),
    };
    Message::new(key).into()
}

fn day(text: &str) -> ExportValue {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    // OpenID Connect Core §5.1: the year may be left out, as 0000.
    let day = day.filter(|_| !text.starts_with("0000"));
    day.map_or_else(
        || ExportValue::Words(text.to_owned().into()),
        |day| ExportValue::Day(When::from(day.and_time(NaiveTime::MIN).and_utc())),
    )
}

fn shown(value: &Value) -> ExportValue {
    ExportValue::Words(match value {
        Value::Bool(true) => Message::new("export-yes").into(),
        Value::Bool(false) => Message::new("export-no").into(),
        other => plain(other, 0).into(),
    })
}

/// A postal address on one line.
fn address(parts: &Map<String, Value>) -> String {
    let part = |name: &str| parts.get(name).and_then(Value::as_str);
    let joined = ADDRESS.iter().filter_map(|name| part(name)).collect::<Vec<_>>().join(", ");
    let formatted = part("formatted").map(|text| text.lines().collect::<Vec<_>>().join(", "));
    formatted.unwrap_or(joined)
}

/// Any value without the signs of programs around it.
fn plain(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if depth < MAX_DEPTH => {
            items.iter().map(|item| plain(item, depth + 1)).collect::<Vec<_>>().join(", ")
        }
        Value::Object(members) if depth < MAX_DEPTH => {
            let member = |(name, value)| format!("{name}: {}", plain(value, depth + 1));
            members.iter().map(member).collect::<Vec<_>>().join(", ")
        }
        Value::Array(_) | Value::Object(_) => "…".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
