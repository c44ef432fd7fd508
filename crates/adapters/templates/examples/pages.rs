//! Writes one example of every page, with its assets, into a folder, in a language:
//! `cargo run -p vestibule-templates --example pages DIR ar`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

#[path = "../tests/fixtures/mod.rs"]
mod fixtures;

use std::{fs, path::PathBuf};

use vestibule_templates::{Pages, pages::realm_stylesheet};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let target = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "pages".to_owned()));
    let language = std::env::args().nth(2).unwrap_or_else(|| "en".to_owned());
    let (pages, realm) = (Pages::new(&fixtures::public_url()), fixtures::realm_in(&language));
    fs::create_dir_all(&target)?;
    let (theme, css) = realm_stylesheet(&realm);
    fs::write(target.join(&theme), css)?;
    for name in ["vestibule.css", "form.js", "mark.svg"] {
        let url = pages.assets().url(name).unwrap_or_default();
        let file = url.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some(asset) = pages.assets().get(&file) {
            fs::write(target.join(file), &asset.body)?;
        }
    }
    for (name, html) in fixtures::all(&pages, &realm) {
        let html = html
            .replace("&#x2f;assets&#x2f;", "")
            .replace("&#x2f;realms&#x2f;acme&#x2f;flow&#x2f;theme", "theme");
        // A picture of the page, not of where it leads.
        let html = html.replace("http-equiv=\"refresh\"", "name=\"refresh\"").replace("data-onward", "");
        fs::write(target.join(format!("{name}.html")), html)?;
    }
    Ok(())
}
