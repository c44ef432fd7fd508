//! Slots: places of pages and mails that a realm fills with a few paragraphs of its own, in Markdown. Markup of their own is
//! text here, and pictures are what they say they are; what is left can neither act nor load anything.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html::push_html};
use vestibule_realms::theme::{Slot, Theme};

/// The content of every slot in one language.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    html: BTreeMap<Slot, String>,
    text: BTreeMap<Slot, String>,
}

/// Where a link may lead.
fn is_harmless(address: &str) -> bool {
    let plain = !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    let known = address.starts_with("https://")
        || address.starts_with("mailto:")
        || (address.starts_with('/') && !address.starts_with("//"));
    plain && known
}

/// Markdown as HTML: paragraphs, lists, emphasis, links. In mails, which link to the realm's own pages only, no links but to
/// write to somebody.
fn html_of(markdown: &str, in_mail: bool) -> String {
    let mut html = String::new();
    let mut dropped = Vec::new();
    let events = Parser::new_ext(markdown, Options::empty()).filter_map(|event| match event {
        Event::Html(markup) | Event::InlineHtml(markup) => Some(Event::Text(markup)),
        Event::Start(Tag::HtmlBlock | Tag::Image { .. }) | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => {
            None
        }
        // Headings would stand between those of the page.
        Event::Start(Tag::Heading { .. }) => Some(Event::Start(Tag::Strong)),
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Strong)),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let harmless = is_harmless(&dest_url) && (!in_mail || dest_url.starts_with("mailto:"));
            dropped.push(!harmless);
            harmless.then(|| {
                let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
                Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id })
            })
        }
        Event::End(TagEnd::Link) => (!dropped.pop().unwrap_or(true)).then_some(Event::End(TagEnd::Link)),
        other => Some(other),
    });
    push_html(&mut html, events);
    html.trim().to_owned()
}

impl Slots {
    /// The slots of a theme as they are read in a language: its own text, else the English one.
    pub(crate) fn of(theme: &Theme, language: &str) -> Self {
        let mut slots = Self::default();
        for (slot, texts) in &theme.slots {
            let Some(markdown) = texts.get(language).or_else(|| texts.get("en")) else { continue };
            slots.html.insert(*slot, html_of(markdown, slot.is_of_mails()));
            slots.text.insert(*slot, markdown.trim().to_owned());
        }
        slots
    }

    /// A slot as HTML, with the name of the realm or the application where it is asked for; empty if nobody filled it.
    pub(crate) fn html(&self, name: &str, values: &[(&str, String)]) -> Option<String> {
        let slot = Slot::parse(name)?;
        let html = self.html.get(&slot).map(String::as_str).unwrap_or_default();
        let filled = values.iter().fold(html.to_owned(), |html, (name, value)| {
            html.replace(&format!("{{{name}}}"), &minijinja::HtmlEscape(value).to_string())
        });
        Some(filled)
    }

    /// A slot as plain text, for the plain part of mails.
    pub(crate) fn text(&self, name: &str, values: &[(&str, String)]) -> Option<String> {
        let slot = Slot::parse(name)?;
        let text = self.text.get(&slot).map(String::as_str).unwrap_or_default();
        let filled = values
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        Some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_links_and_lists_come_through() {
        let html = html_of("**Hello** [us](https://acme.test/a?b=c&d)\n\n- one\n- [two](/help)", false);
        assert!(html.contains("<strong>Hello</strong>") && html.contains("<li>one</li>"), "{html}");
        assert!(html.contains("href=\"https://acme.test/a?b=c&amp;d\"") && html.contains("href=\"/help\""));
    }

    #[test]
    fn what_acts_or_loads_becomes_text() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "[x](javascript:alert(1))",
            "[x](data:text/html,1)",
            "[x](//evil.test)",
            "[x](http://evil.test)",
            "<javascript:alert(1)>",
            "![picture](https://evil.test/p.png)",
            "<iframe src=\"https://evil.test\">",
            "[x](https://a.test \"title onload=1\")",
        ] {
            let html = html_of(bad, false);
            for sign in [
                "<script",
                "<img",
                "<iframe",
                "<b ",
                "href=\"javascript",
                "href=\"data",
                "href=\"//",
                "href=\"http:",
                "title=",
            ] {
                assert!(!html.contains(sign), "{bad}: {html}");
            }
        }
        assert_eq!(html_of("![a picture](https://evil.test/p.png)", false), "<p>a picture</p>");
        assert_eq!(html_of("# Big", false), "<strong>Big</strong>");
    }

    #[test]
    fn in_mails_only_addresses_of_mail_are_links() {
        let html = html_of("[us](https://acme.test) [write](mailto:a@acme.test)", true);
        assert_eq!(html, "<p>us <a href=\"mailto:a@acme.test\">write</a></p>");
    }

    #[test]
    fn values_are_words() {
        let theme: Theme = serde_json::from_value(
            serde_json::json!({"slots": {"footer": {"en": "Made for {app} at {realm}", "de": "Für {app}"}}}),
        )
        .unwrap();
        let values = [("app", "<i>Shop</i>".to_owned()), ("realm", "Acme".to_owned())];
        let english = Slots::of(&theme, "fr").html("footer", &values).unwrap();
        assert_eq!(english, "<p>Made for &lt;i&gt;Shop&lt;&#x2f;i&gt; at Acme</p>");
        assert_eq!(Slots::of(&theme, "de").text("footer", &values).unwrap(), "Für <i>Shop</i>");
        assert_eq!(Slots::of(&theme, "de").html("no_such_slot", &values), None);
        assert_eq!(Slots::of(&theme, "de").html("head_note", &values).unwrap(), "");
    }
}
