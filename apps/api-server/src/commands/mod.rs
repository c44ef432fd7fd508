//! One file per command of the command line.

pub(crate) mod admin;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod key;
pub(crate) mod openapi;
pub(crate) mod realm;
pub(crate) mod serve;
pub(crate) mod theme;

use vestibule_runtime::{
    Config,
    config::{Given, Sources},
    telemetry::{self, TelemetryGuard},
};

use crate::wire::{self, Parts};

/// A setting given by a command.
pub(crate) fn given(key: &'static str, text: impl Into<String>, source: impl Into<String>) -> Given {
    Given { key, text: text.into(), source: source.into() }
}

/// The application for one command of the command line, which logs warnings only. The built-in realm exists after.
pub(crate) async fn open(mut sources: Sources) -> anyhow::Result<(Parts, TelemetryGuard)> {
    sources.defaults.push(given("telemetry.log", "warn", "default of commands"));
    let config = Config::load(&sources)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    let parts = wire::build(&config).await?;
    vestibule_usecases::admin::bootstrap::bootstrap(&parts.app).await?;
    Ok((parts, telemetry))
}

#[cfg(test)]
mod tests {
    use vestibule_http::openapi::faults;
    use vestibule_runtime::report;

    #[test]
    fn every_fault_has_its_page() {
        let pages: Vec<_> = faults::FAULTS.iter().map(|fault| (fault.code, fault.title)).collect();
        let printed: Vec<_> = report::FAULTS.iter().map(|fault| (fault.code, fault.summary)).collect();
        assert_eq!(pages, printed);
    }
}
