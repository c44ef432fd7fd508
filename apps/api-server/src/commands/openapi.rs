//! `openapi`: the description of the HTTP API, as checked in and as served.

use std::io::Write;

use anyhow::Result;

pub(crate) fn run() -> Result<()> {
    let document = serde_json::to_string_pretty(&vestibule_http::openapi::document())?;
    writeln!(std::io::stdout(), "{document}")?;
    Ok(())
}
