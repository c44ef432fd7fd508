//! The command line: what may be typed, nothing of what it does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A customer identity server: OpenID Connect and OAuth 2 for many tenants.
#[derive(Debug, Parser)]
#[command(name = "api-server", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// Read this file instead of /etc/vestibule/config.toml and conf.d beside it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What to do; nothing: serve.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve from the configuration, or from an embedded database in ./data (the default).
    Serve(Serve),
    /// Serve a ready-made realm with users, an application and a mail inbox, to look around.
    Demo(Demo),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The first operator.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Realm documents.
    #[command(subcommand)]
    Realm(RealmCommand),
    /// Signing keys.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Copies of somebody's data.
    #[command(subcommand)]
    Export(ExportCommand),
    /// Looks.
    #[command(subcommand)]
    Theme(ThemeCommand),
    /// Print the OpenAPI description of the HTTP API.
    Openapi,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Serve {
    /// Directory of the embedded database [setting: server.data_dir].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address to listen on [setting: server.listen].
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the demo keeps its data [default: ./data].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Forget everything the demo kept and start fresh.
    #[arg(long)]
    pub(crate) reset: bool,
    /// Port on this machine [default: 8080].
    #[arg(long)]
    pub(crate) port: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Check everything that can be checked without starting.
    Check,
    /// Print every setting with its value and where it came from; secrets are masked.
    Show {
        /// One JSON object per line.
        #[arg(long)]
        json: bool,
    },
    /// Print a JSON Schema of the configuration file.
    Schema,
    /// Write a configuration file with every setting explained and commented out.
    Init {
        /// Where to; an existing file is left alone.
        #[arg(long, value_name = "FILE", default_value = "vestibule.toml")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Print a link, good once and for 30 minutes, that makes the first operator.
    CreateLink,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RealmCommand {
    /// Create or change a realm as a document (TOML or JSON) says.
    Import {
        /// The document.
        file: PathBuf,
    },
    /// Print a realm as a document, without secrets.
    Export {
        /// The realm.
        slug: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Replace the signing keys of a realm; tokens signed before stay valid.
    Rotate {
        /// The realm.
        slug: String,
    },
    /// After a change of secrets.master_key: seal anew what secrets.previous_master_key sealed, in every realm.
    Reseal,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ThemeCommand {
    /// Render every page and mail in every language with a look, and tell everything that is wrong with it.
    Check {
        /// The look: a folder with theme.toml, or one file in TOML or JSON. Nothing: the built-in one.
        path: Option<PathBuf>,
        /// Write the pages, as HTML, into this folder.
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
    },
    /// Print the names of all templates that a look may bring.
    Templates,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Check that an archive is what its issuer handed out, and that nobody changed it since.
    Verify {
        /// The archive, a ZIP file.
        file: PathBuf,
        /// The issuer that it should be of, for example https://id.example.com/realms/acme.
        #[arg(long, value_name = "URL")]
        issuer: String,
        /// The issuer's keys from a file, instead of from {issuer}/oauth/jwks.
        #[arg(long, value_name = "FILE")]
        jwks: Option<PathBuf>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        assert!(Cli::parse_from(["api-server"]).command.is_none());
    }
}
