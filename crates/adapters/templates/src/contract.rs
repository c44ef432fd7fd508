//! What a page or mail of a realm's own must still do: everything that the built-in one does for people and programs, and
//! nothing that the built-in one does not. Both are rendered with the same content and compared as documents: with made-up
//! content before a look is kept, and with the content of the moment each time before something is sent, for a template
//! may ask whom it speaks to.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};
use vestibule_realms::Issuer;
use vestibule_usecases::RealmSnapshot;

use crate::mail::{is_own_link, line};

/// Elements that act, load or move what is around them; a template brings none but the built-in ones.
const FIXED: [&str; 6] = ["script", "meta", "link", "img", "source", "style"];
/// Elements that no page has.
const FORBIDDEN: [&str; 12] = [
    "base",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "audio",
    "video",
    "portal",
    "foreignobject",
    "template",
    "animate",
];

/// Attributes that make a browser or a mail program fetch something.
const FETCHING: [&str; 14] = [
    "src",
    "srcset",
    "imagesrcset",
    "poster",
    "data",
    "lowsrc",
    "dynsrc",
    "longdesc",
    "manifest",
    "codebase",
    "archive",
    "classid",
    "xlink:href",
    "cite",
];

/// What is wrong with a page beside the built-in one; the first few things. Addresses elsewhere are those that the theme's
/// own templates spell out, so that nothing of the page's content leaves in one.
pub(crate) fn page_faults(built_in: &str, own: &str, spelled: &str) -> Vec<String> {
    let (built_in, own) = (Html::parse_document(built_in), Html::parse_document(own));
    let mut faults = harmful(&built_in, &own);
    let known = attributes(&built_in, "a", "href");
    for link in attributes(&own, "a, area", "href") {
        let elsewhere = link.starts_with("https://") || link.starts_with("mailto:");
        let spelled_out = spelled.contains(&link) || spelled.contains(&link.replace('&', "&amp;"));
        if elsewhere && !known.contains(&link) && !spelled_out {
            faults.push(format!("an address elsewhere is spelled out in the template: {link}"));
        }
    }
    if !has(&own, "main#main h1") {
        faults.push("the page needs a heading (h1) in <main id=\"main\">".to_owned());
    }
    if has(&built_in, "#error-summary") && !has(&own, "#error-summary[role=alert]") {
        faults.push("the summary of errors (parts.error_summary) is missing".to_owned());
    }
    faults.extend(missing_controls(&built_in, &own));
    faults.extend(foreign_forms(&built_in, &own));
    faults.truncate(10);
    faults
}

/// What is wrong with the HTML part of a mail.
fn mail_faults(issuer: &Issuer, built_in: &str, own: &str, needed: &[String]) -> Vec<String> {
    let (ours, theirs) = (Html::parse_document(built_in), Html::parse_document(own));
    let mut faults = harmful(&ours, &theirs);
    if has(&theirs, "form, input, button, noscript") {
        faults.push("a mail has no form and nothing for browsers without scripts".to_owned());
    }
    // Some mail programs act on what stands in them.
    let comments = |html: &Html| html.tree.values().filter(|node| node.is_comment()).count();
    if comments(&theirs) > comments(&ours) {
        faults.push("a mail has no comments".to_owned());
    }
    let known = attributes(&ours, "a", "href");
    for link in attributes(&theirs, "a, area", "href") {
        if !known.contains(&link) && !is_own_link(issuer, &link) {
            faults.push(format!("a link of a mail stays with the realm: {link}"));
        }
    }
    let text: String = theirs.root_element().text().collect();
    let shown = |value: &String| text.contains(value) || attributes(&theirs, "a", "href").contains(value);
    faults.extend(needed.iter().filter(|value| !shown(value)).map(|value| lacks(value)));
    faults.extend(theirs.root_element().text().flat_map(|text| joined(issuer, None, text, needed)));
    faults
}

/// Words in which something stands together with what the mail exists for: mail programs make links of such words.
fn joined(issuer: &Issuer, support: Option<&str>, text: &str, needed: &[String]) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"'));
    let mut faults = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let link = word.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let own = is_own_link(issuer, link) || Some(link) == support;
        if !own && needed.iter().any(|value| bare.contains(value.as_str()) && bare != value) {
            faults.push(format!("a code stands by itself: {word}"));
        }
    }
    faults
}

/// What is wrong with the plain part of a mail, or its subject.
fn text_faults(issuer: &Issuer, support: Option<&str>, own: &str, needed: &[String]) -> Vec<String> {
    let mut faults: Vec<String> =
        needed.iter().filter(|value| !own.contains(*value)).map(|value| lacks(value)).collect();
    let words = own.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"'));
    for link in words.filter(|word| word.contains("://")) {
        let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        if !is_own_link(issuer, link) && Some(link) != support {
            faults.push(format!("a link of a mail stays with the realm: {link}"));
        }
    }
    faults.extend(joined(issuer, support, own, needed));
    faults
}

/// What is wrong with a part of a mail beside the built-in one.
pub(crate) fn part_faults(
    realm: &RealmSnapshot,
    part: &str,
    (built_in, own): (&str, &str),
    data: &serde_json::Map<String, serde_json::Value>,
) -> Vec<String> {
    // What a mail exists for. Some of it is of use in one part only: what the built-in one shows is what is needed.
    let telling = |name: &str| name == "code" || name.ends_with("link");
    let plain = built_in.replace("&#x2f;", "/").replace("&amp;", "&");
    let values = data.iter().filter(|(name, _)| telling(name)).filter_map(|(_, value)| value.as_str());
    let needed: Vec<String> = values.filter(|value| plain.contains(*value)).map(str::to_owned).collect();
    match part {
        "body.html" => mail_faults(&realm.issuer, built_in, own, &needed),
        "subject.txt" if line(own).is_empty() => vec!["a subject is not empty".to_owned()],
        _ => {
            let support = realm.realm.settings.branding.support_uri.as_deref();
            text_faults(&realm.issuer, support, own, &needed)
        }
    }
}

fn lacks(value: &str) -> String {
    format!("the built-in one shows {value}; this one does not")
}

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector).map(|selector| html.select(&selector).collect()).unwrap_or_default()
}

fn inside<'a>(element: ElementRef<'a>, selector: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(selector).map(|selector| element.select(&selector).collect()).unwrap_or_default()
}

fn has(html: &Html, selector: &str) -> bool {
    !select(html, selector).is_empty()
}

fn attributes(html: &Html, selector: &str, name: &str) -> BTreeSet<String> {
    select(html, selector).iter().filter_map(|one| one.value().attr(name).map(str::to_owned)).collect()
}

/// An element with its attributes, as it compares.
fn written(element: ElementRef<'_>) -> String {
    let attributes: BTreeMap<&str, &str> = element.value().attrs().collect();
    format!("{} {attributes:?} {}", element.value().name(), element.text().collect::<String>().trim())
}

/// What could act, load or lead astray.
fn harmful(built_in: &Html, own: &Html) -> Vec<String> {
    let mut faults = Vec::new();
    for name in FIXED {
        let known: BTreeSet<String> = select(built_in, name).into_iter().map(written).collect();
        let foreign = select(own, name).into_iter().map(written).any(|one| !known.contains(&one));
        if foreign {
            faults.push(format!("<{name}> is what the frame and its pieces bring, none beside them"));
        }
    }
    for element in select(own, "*") {
        let (name, value) = (element.value().name(), element.value());
        if FORBIDDEN.contains(&name.to_ascii_lowercase().as_str()) {
            faults.push(format!("<{name}> is not used"));
        }
        for (attribute, text) in value.attrs() {
            let lower = attribute.to_ascii_lowercase();
            if lower.starts_with("on")
                || matches!(lower.as_str(), "srcdoc" | "ping" | "formaction" | "background")
            {
                faults.push(format!("the attribute {attribute} is not used"));
            }
            let of_ours = || valued(built_in, &lower, text);
            let link = matches!(name, "a" | "area") && lower == "href";
            if (link || lower == "action") && !leads_well(text) && !of_ours() {
                faults.push(format!("{attribute}=\"{text}\": an address is a path, https: or mailto:"));
            }
            let fetches = FETCHING.contains(&lower.as_str()) || lower == "href" && !link;
            if fetches && !of_ours() {
                faults.push(format!(
                    "{attribute}=\"{text}\": nothing is loaded beside what the built-in one loads"
                ));
            }
            if lower == "style" && !of_ours() && !paints(text) {
                faults.push(format!("style=\"{text}\": a style loads nothing"));
            }
        }
    }
    faults
}

/// Whether an element has an attribute of this value.
fn valued(html: &Html, name: &str, value: &str) -> bool {
    select(html, "*").iter().any(|one| {
        one.value().attrs().any(|(attribute, text)| attribute.eq_ignore_ascii_case(name) && text == value)
    })
}

/// Whether a style only says how something looks: no address, and nothing that could hide one.
fn paints(style: &str) -> bool {
    let lower = style.to_ascii_lowercase();
    let loads = ["url", "image", "src", "@", "\\", "/*", "expression", "behavior", "binding"];
    !loads.iter().any(|word| lower.contains(word))
}

fn leads_well(address: &str) -> bool {
    let plain = !address.chars().any(|c| c.is_control() || c == '\\');
    let known = address.starts_with("https://")
        || address.starts_with("mailto:")
        || address.starts_with('#')
        || (address.starts_with('/') && !address.starts_with("//"));
    plain && known
}

/// What makes a control what it is for programs: managers of passwords, scripts of people, our own handlers.
const TELLING: [&str; 9] =
    ["id", "name", "type", "value", "autocomplete", "required", "maxlength", "form", "aria-hidden"];

fn telling(element: ElementRef<'_>) -> Vec<(&'static str, String)> {
    let attribute = |name: &'static str| Some((name, element.value().attr(name)?.to_owned()));
    TELLING.into_iter().filter_map(attribute).collect()
}

/// The form that a control belongs to: around it, or named by it.
fn form_of<'a>(html: &'a Html, control: ElementRef<'a>) -> Option<ElementRef<'a>> {
    if let Some(id) = control.value().attr("form") {
        return select(html, "form").into_iter().find(|form| form.value().attr("id") == Some(id));
    }
    control.ancestors().filter_map(ElementRef::wrap).find(|one| one.value().name() == "form")
}

fn place(form: Option<ElementRef<'_>>) -> (Option<String>, Option<String>) {
    let attribute = |name| form.and_then(|form| form.value().attr(name).map(str::to_owned));
    (attribute("method"), attribute("action"))
}

/// Controls of the content that are missing, changed, or in another form than before.
fn missing_controls(built_in: &Html, own: &Html) -> Vec<String> {
    let controls = "main input, main select, main textarea, main button, main a[id]";
    let theirs: Vec<_> = select(own, controls)
        .into_iter()
        .map(|one| (one.value().name(), telling(one), place(form_of(own, one))))
        .collect();
    let mut faults = Vec::new();
    for one in select(built_in, controls) {
        // A button that only scripts show is no part of the contract.
        if one.value().attr("type") == Some("button") {
            continue;
        }
        let wanted = (one.value().name(), telling(one), place(form_of(built_in, one)));
        if !theirs.contains(&wanted) {
            let attributes: Vec<String> =
                wanted.1.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            faults.push(format!("<{} {}> is missing, or not in its form", wanted.0, attributes.join(" ")));
        }
    }
    faults
}

/// Forms that go elsewhere than the built-in ones, or lack what they carry.
fn foreign_forms(built_in: &Html, own: &Html) -> Vec<String> {
    let known: BTreeSet<_> = select(built_in, "form").into_iter().map(|form| place(Some(form))).collect();
    let mut faults = Vec::new();
    for form in select(own, "form") {
        if !known.contains(&place(Some(form))) {
            faults.push("a form goes where the built-in page has none go".to_owned());
        } else if !inside(form, "button[name=action]").is_empty()
            && inside(form, "input[name=csrf]").is_empty()
        {
            faults.push("a form lacks parts.form_data".to_owned());
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use vestibule_kernel::contact::Locale;

    use super::*;

    const OURS: &str = "<!doctype html><html><head><link rel=stylesheet href=/a.css></head><body><main id=main><h1>Hi</h1>\
        <div id=error-summary role=alert></div><form method=post action=/flow/1><input type=hidden name=csrf value=t>\
        <input id=username name=username autocomplete=username required><button id=submit name=action value=identify>Go</button>\
        </form><a href=javascript:known>x</a></main></body></html>";

    fn faults(from: &str, to: &str) -> Vec<String> {
        let own = OURS.replace(from, to);
        assert!(own != OURS || from.is_empty(), "{from}");
        page_faults(OURS, &own, &own)
    }

    #[test]
    fn other_words_and_markup_around_the_controls_pass() {
        assert_eq!(faults("", ""), Vec::<String>::new());
        assert_eq!(
            faults("<h1>Hi</h1>", "<p class=big>Welcome</p><h1>Hello</h1><a href=https://acme.test>us</a>"),
            Vec::<String>::new()
        );
        assert_eq!(
            faults("<input id=username", "<label for=username>Name</label><input class=wide id=username"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_a_page_must_do_is_missed() {
        for (from, to) in [
            ("<h1>Hi</h1>", ""),
            ("<div id=error-summary role=alert></div>", ""),
            ("<input type=hidden name=csrf value=t>", ""),
            ("autocomplete=username", "autocomplete=off"),
            ("id=username", "id=user"),
            (" required", ""),
            ("value=identify", "value=other"),
            ("action=/flow/1", "action=/flow/2"),
            ("<button id=submit name=action value=identify>Go</button>", ""),
            ("</form>", "</form><form method=post action=https://evil.test></form>"),
        ] {
            assert_ne!(faults(from, to), Vec::<String>::new(), "{from} → {to}");
        }
    }

    #[test]
    fn an_address_elsewhere_takes_nothing_of_the_page_along() {
        let own = OURS.replace("<h1>Hi</h1>", "<h1>Hi</h1><a href='https://acme.test/?a=1&amp;b=ada'>us</a>");
        let told = |spelled: &str| page_faults(OURS, &own, spelled);
        assert_eq!(told("<a href='https://acme.test/?a=1&amp;b=ada'>"), Vec::<String>::new());
        assert!(
            told("<a href='https://acme.test/?a=1&amp;b={{ page.username }}'>")[0].contains("spelled out")
        );
    }

    #[test]
    fn a_mail_loads_nothing_and_gives_its_code_to_nobody() {
        let public = url::Url::parse("https://id.acme.test").unwrap();
        let issuer = crate::samples::realm(&public, &Locale::english()).unwrap().issuer;
        let ours = "<!doctype html><body><p>Code</p><p class=code>482913</p>\
            <a href=https://id.acme.test/realms/acme/x>go</a></body>";
        let needed = ["482913".to_owned()];
        let told = |more: &str| {
            mail_faults(&issuer, ours, &ours.replace("<p>Code</p>", &format!("<p>Code</p>{more}")), &needed)
        };
        for good in ["<p>Hello</p>", "<p>Type <b>482913</b>.</p>", "<p style='color:#fff;margin:0'>x</p>"] {
            assert_eq!(told(good), Vec::<String>::new(), "{good}");
        }
        for bad in [
            "<img src='https://evil.test/482913.png'>",
            "<p style='background:url(https://evil.test/482913)'>x</p>",
            "<a href='https://evil.test/482913'>x</a>",
            "<p>evil.test/482913</p>",
            "<!--[if mso]><img src='https://evil.test/482913'><![endif]-->",
            "<noscript><img src='https://evil.test/482913'></noscript>",
        ] {
            assert_ne!(told(bad), Vec::<String>::new(), "{bad}");
        }
        let plain = |text: &str| text_faults(&issuer, None, text, &needed);
        assert_eq!(
            plain("Your code: 482913.\nOr open https://id.acme.test/realms/acme/x?c=482913."),
            Vec::<String>::new()
        );
        for bad in ["482913 https://evil.test/482913", "Code 482913, or www.evil.test/482913"] {
            assert_ne!(plain(bad), Vec::<String>::new(), "{bad}");
        }
    }

    #[test]
    fn what_acts_or_leads_astray_is_refused() {
        for bad in [
            "<script>alert(1)</script>",
            "<script src=/a.js></script>",
            "<p onclick=alert(1)>x</p>",
            "<svg><animate onbegin=alert(1)></svg>",
            "<iframe src=/x></iframe>",
            "<object data=/x></object>",
            "<base href=https://evil.test>",
            "<meta http-equiv=refresh content=0;url=https://evil.test>",
            "<link rel=stylesheet href=https://evil.test/a.css>",
            "<style>input{display:none}</style>",
            "<img src=https://evil.test/p.png>",
            "<a href=javascript:alert(1)>x</a>",
            "<a href=//evil.test>x</a>",
            "<a href=http://evil.test>x</a>",
            "<button formaction=https://evil.test>x</button>",
            "<a href=/x ping=https://evil.test>x</a>",
            "<svg><use href=https://evil.test/a.svg></use></svg>",
            "<svg><image href=https://evil.test/a.png></image></svg>",
            "<svg><image xlink:href=https://evil.test/a.png></image></svg>",
            "<input type=image src=https://evil.test/a.png>",
            "<blockquote cite=https://evil.test>x</blockquote>",
            "<p style=background:url(https://evil.test/a.png)>x</p>",
            "<p style='background:u\\72l(//evil.test/a.png)'>x</p>",
        ] {
            assert_ne!(faults("<h1>Hi</h1>", &format!("<h1>Hi</h1>{bad}")), Vec::<String>::new(), "{bad}");
        }
        assert_eq!(
            faults("<h1>Hi</h1>", "<h1>Hi</h1><a href=javascript:known>again</a>"),
            Vec::<String>::new()
        );
    }
}
