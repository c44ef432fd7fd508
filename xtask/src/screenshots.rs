//! `cargo xtask screenshots`: a picture of every page that the browser tests come to, light and dark, wide and narrow, in
//! a folder; and the ones that the README shows.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::MetadataCommand;

use crate::test;

/// The suites that take pictures.
const SUITES: [&str; 6] =
    ["accessibility::", "browser::", "not_found::", "passkeys::", "phone_codes::", "security_keys::"];
/// Where the README finds its pictures, and which they are.
const SHOWN: &str = "docs/pictures";
const SHOWN_PICTURES: [&str; 6] = [
    "identify-all-ways-en-light-wide",
    "totp-en-dark-wide",
    "consent-scripts-light-wide",
    "account-security-en-light-wide",
    "identify-all-ways-ar-dark-narrow",
    "sign-up-refused-en-light-narrow",
];

/// Takes the pictures, and puts them into the folder that is given (else leaves them beside the build).
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let target = MetadataCommand::new().current_dir(root).no_deps().exec()?.target_directory;
    let taken = PathBuf::from(target).join("screenshots");
    let folder = match args {
        [] => taken.clone(),
        [folder] if !folder.starts_with('-') => PathBuf::from(folder),
        _ => bail!("usage: cargo xtask screenshots [FOLDER]"),
    };
    // Pictures of pages that are no more would pass for new ones.
    if taken.exists() {
        fs::remove_dir_all(&taken).with_context(|| format!("cannot empty {}", taken.display()))?;
    }
    let mut tests = vec!["--".to_owned()];
    tests.extend(SUITES.map(str::to_owned));
    test::run(root, &tests)?;
    let mut count = 0_u32;
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(&taken).context("no picture was taken")? {
        let entry = entry?;
        let to = folder.join(entry.file_name());
        if to != entry.path() {
            fs::copy(entry.path(), &to)?;
        }
        count += 1;
    }
    let shown = root.join(SHOWN);
    fs::create_dir_all(&shown)?;
    for name in SHOWN_PICTURES {
        let file = format!("{name}.png");
        fs::copy(taken.join(&file), shown.join(&file)).with_context(|| format!("{file} was not taken"))?;
    }
    println!("{count} pictures in {}, six of them in {SHOWN}", folder.display());
    Ok(())
}
