//! A look as a folder of files, as designers keep it: `theme.toml` with tokens and copy, `slots/{slot}.{language}.md`,
//! `templates/**.html`, `emails/{message}/{part}`. A single file in TOML or JSON is a look too.

use std::{
    fs,
    path::{Path, PathBuf},
};

use vestibule_realms::theme::{MAX_TEMPLATE_BYTES, Slot, Theme};

use crate::pages::OF_MAILS;

/// The version of what templates are given and may use.
pub const CONTRACT: u32 = 1;
/// Largest single file.
const MAX_FILE_BYTES: u64 = 2 * 1_024 * 1_024;
/// Deepest folder inside `templates` or `emails`.
const MAX_DEPTH: usize = 4;

/// Why a look could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file cannot be read.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A file is not what stands there.
    #[error("{}: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

fn malformed(path: &Path, why: impl ToString) -> FolderError {
    FolderError::Malformed { path: path.to_owned(), why: why.to_string() }
}

fn read(path: &Path, most: u64) -> Result<String, FolderError> {
    let unreadable =
        |cause: std::io::Error| FolderError::Unreadable { path: path.to_owned(), cause: cause.to_string() };
    if fs::metadata(path).map_err(unreadable)?.len() > most {
        return Err(malformed(path, format!("it is larger than {most} bytes")));
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// A look from a folder or a file.
///
/// # Errors
/// The first file that cannot be read or understood. Whether the look may be shown is not asked here.
pub fn read_theme(path: &Path) -> Result<Theme, FolderError> {
    if !path.is_dir() {
        return read_file(path);
    }
    let mut theme = read_file(&path.join("theme.toml"))?;
    for (name, file) in files(&path.join("slots"))? {
        let known = name.strip_suffix(".md").and_then(|name| name.split_once('.'));
        let Some((slot, language)) = known.and_then(|(slot, language)| Some((Slot::parse(slot)?, language)))
        else {
            return Err(malformed(&file, "its name is not {slot}.{language}.md"));
        };
        theme.slots.entry(slot).or_default().insert(language.to_owned(), read(&file, MAX_FILE_BYTES)?);
    }
    let most = u64::try_from(MAX_TEMPLATE_BYTES).unwrap_or(MAX_FILE_BYTES);
    for (name, file) in files(&path.join("templates"))? {
        theme.templates.insert(name, read(&file, most)?);
    }
    for (name, file) in files(&path.join("emails"))? {
        theme.templates.insert(format!("{OF_MAILS}{name}"), read(&file, most)?);
    }
    Ok(theme)
}

/// `theme.toml`, or a whole look in one file.
fn read_file(path: &Path) -> Result<Theme, FolderError> {
    let text = read(path, MAX_FILE_BYTES)?;
    let json = path.extension().is_some_and(|extension| extension == "json");
    let mut value: serde_json::Value = if json {
        serde_json::from_str(&text).map_err(|error| malformed(path, error))?
    } else {
        toml::from_str(&text).map_err(|error| malformed(path, error))?
    };
    // What says something about the folder, and nothing about the look.
    if let Some(members) = value.as_object_mut() {
        members.remove("name");
        if let Some(contract) = members.remove("contract")
            && contract != CONTRACT
        {
            return Err(malformed(
                path,
                format!("it is written for contract {contract}; this is contract {CONTRACT}"),
            ));
        }
    }
    serde_json::from_value(value).map_err(|error| malformed(path, error))
}

/// The files of a folder by their path in it; none if there is no such folder.
fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>, FolderError> {
    let mut found = Vec::new();
    if folder.is_dir() {
        collect(folder, "", 0, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    into: &mut Vec<(String, PathBuf)>,
) -> Result<(), FolderError> {
    let unreadable =
        |cause: std::io::Error| FolderError::Unreadable { path: folder.to_owned(), cause: cause.to_string() };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{name}");
        if path.is_dir() && depth < MAX_DEPTH {
            collect(&path, &format!("{name}/"), depth + 1, into)?;
        } else {
            into.push((name, path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_look() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "theme.toml",
            "name = \"Acme\"\ncontract = 1\n[tokens.light]\naccent = \"#112233\"\n[copy.en]\nidentify-title = \"Hi\"\n",
        );
        write("slots/footer.en.md", "Imprint");
        write("templates/account/home.html", "home");
        write("emails/sign_in_code/text.txt", "code");
        write("templates/.hidden", "x");
        let theme = read_theme(folder.path()).unwrap();
        assert_eq!(theme.slots[&Slot::Footer]["en"], "Imprint");
        assert_eq!(theme.copy["en"]["identify-title"], "Hi");
        let names: Vec<&str> = theme.templates.keys().map(String::as_str).collect();
        assert_eq!(names, ["account/home.html", "emails/sign_in_code/text.txt"]);
        write("slots/nowhere.en.md", "x");
        assert!(read_theme(folder.path()).unwrap_err().to_string().contains("nowhere.en.md"));
        write("theme.toml", "contract = 2\n");
        assert!(read_theme(folder.path()).unwrap_err().to_string().contains("contract 2"));
        write("theme.toml", "colour = 1\n");
        assert!(read_theme(folder.path()).unwrap_err().to_string().contains("colour"));
    }
}
