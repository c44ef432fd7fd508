//! An HTML page as a test reads it: its forms with their fields, its links, its text.

use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A page and the address it came from.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address.
    pub url: Url,
    /// Its source.
    pub html: String,
}

/// A form, ready to be filled in.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it goes.
    pub action: Url,
    /// Its method, lower case.
    pub method: String,
    /// Its id.
    pub id: Option<String>,
    fields: Vec<(String, String)>,
    buttons: Vec<(String, Option<(String, String)>)>,
}

impl Page {
    /// Every form of the page.
    pub fn forms(&self) -> Vec<Form> {
        let document = Html::parse_document(&self.html);
        document.select(&selector("form")).map(|form| self.form(form)).collect()
    }

    /// The form that has a field of this name.
    ///
    /// # Panics
    /// If there is none.
    pub fn form_with(&self, field: &str) -> Form {
        self.find_form(field)
            .unwrap_or_else(|| panic!("no form with field '{field}' on {}:\n{}", self.url, self.html))
    }

    /// The form that has a field of this name, if there is one.
    pub fn find_form(&self, field: &str) -> Option<Form> {
        self.forms().into_iter().find(|form| form.has(field))
    }

    /// Whether an element matches.
    pub fn has(&self, css: &str) -> bool {
        Html::parse_document(&self.html).select(&selector(css)).next().is_some()
    }

    /// An attribute of the first element that matches.
    pub fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        document.select(&selector(css)).next()?.attr(name).map(ToOwned::to_owned)
    }

    /// The text of the first element that matches, white space squeezed.
    pub fn text(&self, css: &str) -> Option<String> {
        let document = Html::parse_document(&self.html);
        let element = document.select(&selector(css)).next()?;
        Some(element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Where a link leads.
    pub fn link(&self, css: &str) -> Option<Url> {
        self.url.join(&self.attribute(css, "href")?).ok()
    }

    fn form(&self, element: ElementRef<'_>) -> Form {
        let action = element.attr("action").unwrap_or_default();
        let action = if action.is_empty() {
            self.url.clone()
        } else {
            self.url.join(action).expect("a form's action")
        };
        let mut form = Form {
            action,
            method: element.attr("method").unwrap_or("get").to_lowercase(),
            id: element.attr("id").map(ToOwned::to_owned),
            fields: Vec::new(),
            buttons: Vec::new(),
        };
        for field in element.select(&selector("input, select, textarea, button")) {
            form.take(field);
        }
        form
    }
}

impl Form {
    fn take(&mut self, field: ElementRef<'_>) {
        let name = field.attr("name").map(ToOwned::to_owned);
        let value = field.attr("value").unwrap_or_default().to_owned();
        let kind = field.attr("type").unwrap_or_default();
        match (field.value().name(), kind) {
            ("button", "button") => {}
            ("button", _) | ("input", "submit") => {
                let id = field.attr("id").unwrap_or_default().to_owned();
                self.buttons.push((id, name.map(|name| (name, value))));
            }
            ("input", "checkbox" | "radio") => {
                if let (Some(name), Some(_)) = (name, field.attr("checked")) {
                    let value = field.attr("value").unwrap_or("on").to_owned();
                    self.fields.push((name, value));
                }
            }
            ("select", _) => {
                let chosen = field.select(&selector("option[selected]")).next();
                let chosen = chosen.or_else(|| field.select(&selector("option")).next());
                let value = chosen.and_then(|option| option.attr("value")).unwrap_or_default().to_owned();
                self.fields.extend(name.map(|name| (name, value)));
            }
            _ => self.fields.extend(name.map(|name| (name, value))),
        }
    }

    /// Whether it has a field of this name.
    pub fn has(&self, field: &str) -> bool {
        self.fields.iter().any(|(name, _)| name == field)
    }

    /// The value of a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// Fills in one field, replacing its value.
    #[must_use]
    pub fn set(mut self, field: &str, value: &str) -> Self {
        self.fields.retain(|(name, _)| name != field);
        self.fields.push((field.to_owned(), value.to_owned()));
        self
    }

    /// Presses the button with this id, which may carry a name and value.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn press(mut self, id: &str) -> Self {
        let found = self.buttons.iter().find(|(button, _)| button == id);
        let (_, pair) = found.unwrap_or_else(|| panic!("no button '{id}' among {:?}", self.buttons));
        self.fields.extend(pair.clone());
        self
    }

    /// Whether it has a button with this id.
    pub fn has_button(&self, id: &str) -> bool {
        self.buttons.iter().any(|(button, _)| button == id)
    }

    /// The fields as they will be sent.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a selector of a test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_sends_what_a_browser_would() {
        let html = r#"<form method="post" action="../x"><input type="hidden" name="csrf" value="1"><input name="username">
            <input type="checkbox" name="remember" value="yes" checked><input type="checkbox" name="other">
            <button id="submit" name="action" value="go">Go</button></form>"#;
        let page = Page { url: Url::parse("http://localhost/a/b").unwrap(), html: html.to_owned() };
        let form = page.form_with("username").set("username", "ada").press("submit");
        assert_eq!(form.action.as_str(), "http://localhost/x");
        let sent: Vec<String> = form.fields().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(sent, ["csrf=1", "remember=yes", "username=ada", "action=go"]);
    }
}
