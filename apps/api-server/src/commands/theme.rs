//! `theme check`: what the server would say of a look, before it is given one. Needs no database.

use std::{fs, io::Write, path::Path, sync::Arc};

use anyhow::{Context, Result, bail};
use url::Url;
use vestibule_kernel::contact::Locale;
use vestibule_realms::{LookRules, theme::Theme};
use vestibule_storage::jobs::MessageKind;
use vestibule_templates::{
    LookBook, Mails, PageContext, Pages, assets::gzip, folder::read_theme, pages::look_stylesheet, samples,
};
use vestibule_usecases::{
    Look,
    language::SPOKEN,
    ports::{MessageRenderer, Recipient},
};

use crate::cli::ThemeCommand;

/// The heaviest HTML of a page, compressed (the budget of a sign-in page, twice).
const MAX_PAGE_BYTES: usize = 12_000;

pub(crate) fn run(command: &ThemeCommand) -> Result<()> {
    match command {
        ThemeCommand::Check { path, write } => check(path.as_deref(), write.as_deref()),
        ThemeCommand::Templates => {
            for name in LookBook::template_names() {
                writeln!(std::io::stdout(), "{name}")?;
            }
            Ok(())
        }
    }
}

fn check(path: Option<&Path>, write: Option<&Path>) -> Result<()> {
    let theme = path.map(read_theme).transpose()?.unwrap_or_default();
    let public_url = Url::parse("http://localhost:8080")?;
    let pages = Arc::new(Pages::new(&public_url));
    let mut faults = theme.faults();
    faults.extend(LookBook::new(Arc::clone(&pages)).faults(&theme));
    let mut out = std::io::stdout();
    for fault in &faults {
        writeln!(out, "{}: {}", fault.pointer, fault.detail)?;
    }
    match faults.len() {
        0 => {}
        1 => bail!("1 fault"),
        many => bail!("{many} faults"),
    }
    let made = render(&pages, &public_url, &theme, write)?;
    writeln!(
        out,
        "{} pages and {} mails in {} languages: no fault. The heaviest page is {} with {} bytes compressed.",
        made.pages,
        made.mails,
        SPOKEN.len(),
        made.heaviest.0,
        made.heaviest.1
    )?;
    if made.heaviest.1 > MAX_PAGE_BYTES {
        bail!("{} is heavier than {MAX_PAGE_BYTES} bytes", made.heaviest.0);
    }
    Ok(())
}

#[derive(Default)]
struct Made {
    pages: usize,
    mails: usize,
    heaviest: (String, usize),
}

/// Renders everything once more, as it would be sent.
fn render(pages: &Pages, public_url: &Url, theme: &Theme, write: Option<&Path>) -> Result<Made> {
    let (mut made, mails) = (Made::default(), Mails::new(pages));
    let look = Look::new(theme.clone());
    if let Some(folder) = write {
        write_files(folder, pages, &look)?;
    }
    for language in SPOKEN {
        let locale = Locale::parse(language)?;
        let realm = samples::realm(public_url, &locale).context("no realm to show")?.with_look(look.clone());
        let chooser = samples::chooser();
        let samples = samples::pages();
        made.pages = samples.len();
        for sample in samples {
            let context = PageContext {
                realm: sample.of_realm.then_some(&realm),
                locale: &locale,
                chooser: Some(&chooser),
                nonce: "nonce",
                request_id: "5f2c9a1be0d47730a1b2c3d4",
                stylesheet: None,
            };
            let html = pages.render_sample(&sample, context)?;
            let weight = gzip(html.as_bytes()).map_or(html.len(), |packed| packed.len());
            if sample.of_realm && weight > made.heaviest.1 {
                made.heaviest = (sample.name.to_owned(), weight);
            }
            if let Some(folder) = write {
                write_page(folder, &format!("{}.{language}.html", sample.name), &html)?;
            }
        }
        let to = Recipient {
            to: vestibule_kernel::contact::Email::parse("ada@acme.test")?,
            name: None,
            locale: Some(locale),
        };
        made.mails = MessageKind::ALL.len();
        for kind in MessageKind::ALL {
            let data = samples::message_data(kind, &realm.issuer);
            let mail = mails.render(&realm, &to, kind, &data, "sample".to_owned())?;
            if let Some(folder) = write {
                write_page(folder, &format!("mail-{}.{language}.html", kind.name()), &mail.html)?;
            }
        }
    }
    Ok(made)
}

/// A page whose addresses are those of files beside it.
fn write_page(folder: &Path, name: &str, html: &str) -> Result<()> {
    let html = html
        .replace("&#x2f;assets&#x2f;", "")
        .replace("&#x2f;realms&#x2f;acme&#x2f;flow&#x2f;theme", "theme")
        // A picture of the page, not of where it leads.
        .replace("http-equiv=\"refresh\"", "name=\"refresh\"")
        .replace("data-onward", "");
    let path = folder.join(name);
    fs::write(&path, html).with_context(|| format!("writing {}", path.display()))
}

fn write_files(folder: &Path, pages: &Pages, look: &Look) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let (name, css) = look_stylesheet(look);
    fs::write(folder.join(name), css)?;
    for name in ["vestibule.css", "account.css", "form.js", "mark.svg"] {
        let file = pages.assets().url(name).unwrap_or_default();
        let file = file.rsplit('/').next().unwrap_or_default();
        if let Some(asset) = pages.assets().get(file) {
            fs::write(folder.join(file), &asset.body)?;
        }
    }
    Ok(())
}
