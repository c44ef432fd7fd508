//! `config check | show | schema | init`: the configuration without starting anything.

use std::{io::Write, path::Path};

use anyhow::{Context, Result};
use vestibule_runtime::{
    Config, OperatorError,
    config::{Sources, schema, template},
    report::START_FAILED,
};

use crate::cli::ConfigCommand;

pub(crate) fn run(command: &ConfigCommand, sources: &Sources) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match command {
        ConfigCommand::Check => {
            Config::load(sources)?;
            writeln!(out, "the configuration is usable")?;
        }
        ConfigCommand::Show { json } => {
            for line in Config::load(sources)?.shown() {
                if *json {
                    writeln!(out, "{}", serde_json::to_string(&line)?)?;
                } else {
                    let value = line.value.as_deref().unwrap_or("(unset)");
                    let source = line.source.map(|source| format!("   (from {source})")).unwrap_or_default();
                    writeln!(out, "{:<28} {value}{source}", line.key)?;
                }
            }
        }
        ConfigCommand::Schema => writeln!(out, "{}", serde_json::to_string_pretty(&schema())?)?,
        ConfigCommand::Init { file } => {
            write_new(file)?;
            writeln!(
                out,
                "wrote {0}\nnext: edit it, then  api-server --config {0} config check",
                file.display()
            )?;
        }
    }
    Ok(())
}

fn write_new(file: &Path) -> Result<()> {
    let mut handle = std::fs::File::create_new(file).map_err(|error| {
        OperatorError::new(START_FAILED)
            .tried(file.display().to_string())
            .because(error.to_string())
            .fix("name a file that does not exist yet:  --file FILE")
    })?;
    handle.write_all(template().as_bytes()).context("writing the configuration file")
}
