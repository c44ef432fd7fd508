//! Where settings come from and how a text becomes a value of the setting's type. Each value keeps its source; unknown
//! keys are refused here. Reading the environment happens here and nowhere else.

use std::path::{Path, PathBuf};

use figment::{
    Figment, Metadata, Profile, Provider,
    providers::Serialized,
    value::{Dict, Map, Tag, Value},
};

use super::catalogue::{Kind, SETTINGS, Setting, nearest};
use crate::report::{INVALID_SETTING, OperatorError, UNKNOWN_SETTING, UNREADABLE_FILE};

/// Environment variables that are settings start with this; a section and a name are joined by two underscores.
pub const ENV_PREFIX: &str = "VESTIBULE__";

/// Read when no `--config` is given.
pub const SYSTEM_FILE: &str = "/etc/vestibule/config.toml";

/// A value given by the program: a flag, or a command's own default.
#[derive(Debug, Clone)]
pub struct Given {
    /// The setting.
    pub key: &'static str,
    /// The value as an operator would write it in the environment.
    pub text: String,
    /// How `config show` names where it came from.
    pub source: String,
}

/// Everything that is read, lowest precedence first: built-in defaults, `defaults`, files, environment, `flags`.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Defaults of the command, such as those of the demo.
    pub defaults: Vec<Given>,
    /// TOML files, later ones win.
    pub files: Vec<PathBuf>,
    /// The environment.
    pub env: Vec<(String, String)>,
    /// Flags of the command line.
    pub flags: Vec<Given>,
}

impl Sources {
    /// The sources of this process: `--config FILE` or, without it, the system's file with `conf.d/*.toml` beside it,
    /// and the environment.
    pub fn of_process(config: Option<&Path>) -> Self {
        let files = match config {
            Some(file) => vec![file.to_owned()],
            None => system_files(Path::new(SYSTEM_FILE)),
        };
        Self { files, env: std::env::vars().collect(), ..Self::default() }
    }

    /// Only the environment: for commands that bring their own defaults.
    pub fn of_environment() -> Self {
        Self { env: std::env::vars().collect(), ..Self::default() }
    }

    /// Reads everything into one tree whose values know their source.
    ///
    /// # Errors
    /// An unknown key, an unreadable file, a value of the wrong type.
    pub(super) fn read(&self) -> Result<Figment, OperatorError> {
        let mut figment = Figment::new();
        for setting in SETTINGS {
            // A section exists even when nothing in it is set.
            let section = setting.key.split('.').next().unwrap_or_default();
            figment = figment.join(Serialized::default(section, Dict::new()));
            if let Some(text) = setting.default {
                figment = figment.merge(Entry::of_toml(setting, text)?);
            }
        }
        for given in &self.defaults {
            figment = figment.merge(Entry::of_given(given)?);
        }
        for file in &self.files {
            for entry in file_entries(file, &self.env)? {
                figment = figment.merge(entry);
            }
        }
        for entry in env_entries(&self.env)? {
            figment = figment.merge(entry);
        }
        for given in &self.flags {
            figment = figment.merge(Entry::of_given(given)?);
        }
        Ok(figment)
    }
}

fn system_files(main: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if main.exists() {
        files.push(main.to_owned());
    }
    let Some(folder) = main.parent().map(|folder| folder.join("conf.d")) else { return files };
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    parts.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    parts.sort();
    files.extend(parts);
    files
}

/// One value with its source.
struct Entry {
    setting: &'static Setting,
    value: Value,
    source: String,
}

impl Provider for Entry {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let value = figment::util::nest(self.setting.key, self.value.clone());
        let dict = value.into_dict().unwrap_or_default();
        Ok(Map::from([(Profile::Default, dict)]))
    }
}

impl Entry {
    fn of_toml(setting: &'static Setting, text: &str) -> Result<Self, OperatorError> {
        let source = "built-in default".to_owned();
        let invalid = |why: String| invalid(setting, &source, text, &why);
        let table: toml::Table =
            format!("value = {text}").parse().map_err(|e: toml::de::Error| invalid(e.to_string()))?;
        let value = table.get("value").ok_or_else(|| invalid("empty".to_owned()))?;
        Ok(Self { setting, value: typed(setting, value).map_err(&invalid)?, source })
    }

    fn of_given(given: &Given) -> Result<Self, OperatorError> {
        let setting = Setting::find(given.key).ok_or_else(|| unknown(given.key, &given.source))?;
        let value =
            parsed(setting, &given.text).map_err(|why| invalid(setting, &given.source, &given.text, &why))?;
        Ok(Self { setting, value, source: given.source.clone() })
    }
}

/// The report for a value that does not fit its setting; secrets are masked.
pub(super) fn invalid(setting: &Setting, source: &str, value: &str, why: &str) -> OperatorError {
    let shown = if setting.is_secret() { "********" } else { value };
    OperatorError::new(INVALID_SETTING).key(setting.key, source).tried(shown).because(why).fix(setting.about)
}

fn unknown(key: &str, source: &str) -> OperatorError {
    let report = OperatorError::new(UNKNOWN_SETTING).key(key, source).because("no setting has this name");
    let keys = SETTINGS.iter().map(|setting| setting.key);
    match nearest(key, keys) {
        Some(known) => report.fix(format!("did you mean `{known}`?")),
        None => report.fix("list all settings:  api-server config schema"),
    }
}

fn file_entries(file: &Path, env: &[(String, String)]) -> Result<Vec<Entry>, OperatorError> {
    let source = format!("file {}", file.display());
    let unreadable = |why: String| {
        OperatorError::new(UNREADABLE_FILE)
            .tried(file.display().to_string())
            .because(why)
            .fix("correct the file, or name another with --config")
    };
    let text = std::fs::read_to_string(file).map_err(|e| unreadable(e.to_string()))?;
    let root: toml::Table =
        text.parse().map_err(|e: toml::de::Error| unreadable(without_snippet(&e, &text)))?;
    let mut entries = Vec::new();
    for (section, value) in &root {
        let Some(table) = value.as_table() else { return Err(unknown(section, &source)) };
        if !SETTINGS.iter().any(|s| s.key.split('.').next() == Some(section.as_str())) && table.is_empty() {
            return Err(unknown(section, &source));
        }
        for (name, value) in table {
            let key = format!("{section}.{name}");
            let setting = Setting::find(&key).ok_or_else(|| unknown(&key, &source))?;
            entries.push(file_entry(setting, value, &source, env)?);
        }
    }
    Ok(entries)
}

/// Where a TOML file is wrong, without repeating its line: the line may hold a secret.
fn without_snippet(error: &toml::de::Error, text: &str) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map_or(1, |before| before.bytes().filter(|byte| *byte == b'\n').count() + 1);
    format!("line {line}: {}", error.message())
}

fn file_entry(
    setting: &'static Setting,
    value: &toml::Value,
    source: &str,
    env: &[(String, String)],
) -> Result<Entry, OperatorError> {
    let reference = value.as_table().filter(|_| setting.is_secret());
    let Some(table) = reference else {
        let typed =
            typed(setting, value).map_err(|why| invalid(setting, source, &value.to_string(), &why))?;
        return Ok(Entry { setting, value: typed, source: source.to_owned() });
    };
    let text = |name: &str| table.get(name).and_then(toml::Value::as_str);
    match (text("file"), text("env"), table.len()) {
        (Some(path), None, 1) => secret_file(setting, Path::new(path), source),
        (None, Some(name), 1) => {
            let found = env.iter().find(|(key, _)| key == name);
            let (_, value) = found.ok_or_else(|| {
                invalid(setting, source, "", &format!("the environment variable {name} is not set"))
            })?;
            let value = parsed(setting, value).map_err(|why| invalid(setting, source, "", &why))?;
            Ok(Entry { setting, value, source: format!("env {name}, named in {source}") })
        }
        _ => Err(invalid(setting, source, "", "a reference is { file = \"…\" } or { env = \"…\" }")),
    }
}

fn secret_file(setting: &'static Setting, path: &Path, named_in: &str) -> Result<Entry, OperatorError> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        OperatorError::new(UNREADABLE_FILE)
            .key(setting.key, named_in)
            .tried(path.display().to_string())
            .because(e.to_string())
            .fix("the file must exist and be readable by this process")
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    let value = parsed(setting, text).map_err(|why| invalid(setting, named_in, "", &why))?;
    Ok(Entry { setting, value, source: format!("file {}, named in {named_in}", path.display()) })
}

fn env_entries(env: &[(String, String)]) -> Result<Vec<Entry>, OperatorError> {
    let mut entries = Vec::new();
    for (name, text) in env {
        let Some(rest) = name.strip_prefix(ENV_PREFIX) else { continue };
        let key = rest.to_lowercase().replace("__", ".");
        let source = format!("env {name}");
        if let Some(setting) = Setting::find(&key) {
            let value = parsed(setting, text).map_err(|why| invalid(setting, &source, text, &why))?;
            entries.push(Entry { setting, value, source });
            continue;
        }
        let by_file = key.strip_suffix("_file").and_then(Setting::find).filter(|setting| setting.is_secret());
        let setting = by_file.ok_or_else(|| unknown(&key, &source))?;
        entries.push(secret_file(setting, Path::new(text), &source)?);
    }
    Ok(entries)
}

/// A text of the environment or a flag as a value of the setting's type.
fn parsed(setting: &Setting, text: &str) -> Result<Value, String> {
    let value = match setting.kind {
        Kind::Integer { .. } => toml::Value::Integer(
            text.trim()
                .parse()
                .map_err(|_cause: std::num::ParseIntError| "a whole number is expected".to_owned())?,
        ),
        Kind::Boolean => match text.trim() {
            "true" => toml::Value::Boolean(true),
            "false" => toml::Value::Boolean(false),
            _ => return Err("true or false is expected".to_owned()),
        },
        Kind::List => toml::Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| toml::Value::String(item.to_owned()))
                .collect(),
        ),
        Kind::Text | Kind::Word(_) | Kind::Secret | Kind::SecretUrl => toml::Value::String(text.to_owned()),
    };
    typed(setting, &value)
}

/// A TOML value, if it is of the setting's type.
fn typed(setting: &Setting, value: &toml::Value) -> Result<Value, String> {
    match (setting.kind, value) {
        (Kind::Text | Kind::Secret | Kind::SecretUrl, toml::Value::String(text)) => Ok(text.clone().into()),
        (Kind::Word(words), toml::Value::String(text)) if words.contains(&text.as_str()) => {
            Ok(text.clone().into())
        }
        (Kind::Integer { min, max }, toml::Value::Integer(number))
            if (i64::from(min)..=i64::from(max)).contains(number) =>
        {
            Ok(Value::from(*number))
        }
        (Kind::Boolean, toml::Value::Boolean(flag)) => Ok(Value::from(*flag)),
        (Kind::List, toml::Value::Array(items)) if items.iter().all(toml::Value::is_str) => {
            let items = items.iter().filter_map(toml::Value::as_str).map(|item| Value::from(item.to_owned()));
            Ok(Value::Array(Tag::Default, items.collect()))
        }
        (kind, _) => Err(expected(kind)),
    }
}

fn expected(kind: Kind) -> String {
    match kind {
        Kind::Text => "a text is expected".to_owned(),
        Kind::Secret | Kind::SecretUrl => "a text or a reference { file = \"…\" } is expected".to_owned(),
        Kind::Integer { min, max } => format!("a whole number from {min} to {max} is expected"),
        Kind::Boolean => "true or false is expected".to_owned(),
        Kind::List => "a list of texts is expected".to_owned(),
        Kind::Word(words) => format!("one of {} is expected", words.join(", ")),
    }
}

/// A secret in an environment variable that a document names; `None` if it is not set or no text.
pub fn environment(name: &str) -> Option<vestibule_kernel::Secret> {
    std::env::var(name).ok().map(vestibule_kernel::Secret::new)
}
