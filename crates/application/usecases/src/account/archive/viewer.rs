//! The page of an archive: what its documents hold, for people, without scripts and without any program but a browser.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::RealmSnapshot;

/// The documents as one page without scripts, for people without a program that reads JSON.
pub(super) fn viewer(realm: &RealmSnapshot, documents: &[(&str, Value)]) -> String {
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
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_wrote_stays_text_in_the_viewer() {
        let mut page = String::new();
        show(&mut page, &json!({"<b>": ["<script>alert(1)</script>", "\"&"]}), 0);
        assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;&amp;"), "{page}");
    }
}
