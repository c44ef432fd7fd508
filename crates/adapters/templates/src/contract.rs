//! What a page or mail of a realm's own must still do: everything that the built-in one does for people and programs, and
//! nothing that the built-in one does not. Both are rendered with the same content and compared as documents.

use std::collections::{BTreeMap, BTreeSet};

use scraper::{ElementRef, Html, Selector};
use vestibule_realms::Issuer;

use crate::mail::is_own_link;

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

/// What is wrong with a page beside the built-in one; the first few things.
pub(crate) fn page_faults(built_in: &str, own: &str) -> Vec<String> {
    let (built_in, own) = (Html::parse_document(built_in), Html::parse_document(own));
    let mut faults = harmful(&built_in, &own);
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
pub(crate) fn mail_faults(issuer: &Issuer, built_in: &str, own: &str, needed: &[String]) -> Vec<String> {
    let (ours, theirs) = (Html::parse_document(built_in), Html::parse_document(own));
    let mut faults = harmful(&ours, &theirs);
    if has(&theirs, "form, input, button") {
        faults.push("a mail has no form".to_owned());
    }
    let known = attributes(&ours, "a", "href");
    for link in attributes(&theirs, "a", "href") {
        if !known.contains(&link) && !is_own_link(issuer, &link) {
            faults.push(format!("a link of a mail stays with the realm: {link}"));
        }
    }
    let text: String = theirs.root_element().text().collect();
    let shown = |value: &String| text.contains(value) || attributes(&theirs, "a", "href").contains(value);
    faults.extend(needed.iter().filter(|value| !shown(value)).map(|value| lacks(value)));
    faults
}

/// What is wrong with the plain part of a mail, or its subject.
pub(crate) fn text_faults(
    issuer: &Issuer,
    support: Option<&str>,
    own: &str,
    needed: &[String],
) -> Vec<String> {
    let mut faults: Vec<String> =
        needed.iter().filter(|value| !own.contains(*value)).map(|value| lacks(value)).collect();
    let words = own.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"'));
    for link in words.filter(|word| word.contains("://")) {
        let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        if !is_own_link(issuer, link) && Some(link) != support {
            faults.push(format!("a link of a mail stays with the realm: {link}"));
        }
    }
    faults
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
            if matches!(lower.as_str(), "href" | "xlink:href" | "src" | "action") && !leads_well(text) {
                let known = attributes(built_in, &format!("[{lower}]"), &lower);
                if !known.contains(text) {
                    faults.push(format!("{attribute}=\"{text}\": an address is a path, https: or mailto:"));
                }
            }
        }
    }
    faults
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
    use super::*;

    const OURS: &str = "<!doctype html><html><head><link rel=stylesheet href=/a.css></head><body><main id=main><h1>Hi</h1>\
        <div id=error-summary role=alert></div><form method=post action=/flow/1><input type=hidden name=csrf value=t>\
        <input id=username name=username autocomplete=username required><button id=submit name=action value=identify>Go</button>\
        </form><a href=javascript:known>x</a></main></body></html>";

    fn faults(from: &str, to: &str) -> Vec<String> {
        let own = OURS.replace(from, to);
        assert!(own != OURS || from.is_empty(), "{from}");
        page_faults(OURS, &own)
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
        ] {
            assert_ne!(faults("<h1>Hi</h1>", &format!("<h1>Hi</h1>{bad}")), Vec::<String>::new(), "{bad}");
        }
        assert_eq!(
            faults("<h1>Hi</h1>", "<h1>Hi</h1><a href=javascript:known>again</a>"),
            Vec::<String>::new()
        );
    }
}
