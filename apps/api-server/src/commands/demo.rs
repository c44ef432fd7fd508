//! `demo`: one process, one file, a ready-made realm. Every figure it prints was measured or counted.

use std::{
    io::Write,
    net::{Ipv6Addr, SocketAddr, TcpListener},
    path::Path,
    time::Instant,
};

use anyhow::Result;
use vestibule_runtime::{
    Config, OperatorError, Shutdown,
    config::Sources,
    data_dir,
    report::{DATA_DIR, INVALID_SETTING},
    telemetry,
};

use super::{admin, given};
use crate::{
    cli::Demo,
    demo::{
        DemoSecrets, DevPages,
        seed::{self, PASSWORD, Seeded},
    },
    server, wire,
};

/// Lies in a data directory that the demo made: only such a one is wiped by `--reset`.
const MARK: &str = "demo-data";

pub(crate) async fn run(demo: &Demo) -> Result<()> {
    let began = Instant::now();
    let config = configuration(demo)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    let folder = &config.server.data_dir;
    data_dir::create(folder)?;
    let _lock = data_dir::lock(folder)?;
    claim(&config, demo.reset)?;
    let mut out = std::io::stdout();

    let parts = wire::build(&config).await?;
    writeln!(out, "  ✓ database     SQLite in {}", folder.display())?;
    writeln!(out, "  ✓ migrations   applied")?;
    let app = std::sync::Arc::clone(&parts.app);
    vestibule_usecases::admin::bootstrap::bootstrap(&app).await?;
    let secrets = DemoSecrets::derive(&parts.keys.current);
    let Seeded { acme, partner, fresh } = seed::seed(&app, &secrets).await?;
    let state = if fresh { "" } else { ", as you left it" };
    writeln!(out, "  ✓ realm acme   {} users, {} clients{state}", acme.users, acme.clients)?;
    writeln!(out, "  ✓ partner      {} users, who can sign in to acme", partner.users)?;
    let setup = admin::link(&app).await?;
    let pages = DevPages::new(&parts, Some(secrets))?;
    let shutdown = Shutdown::new();
    shutdown.on_signals()?;
    let running = server::start(&config, parts, Some(pages), shutdown)?;
    writeln!(out, "  ✓ worker       in this process")?;
    let took = began.elapsed().as_secs_f64();
    writeln!(out, "  Ready in {took:.1} s. Everything is local, no mail leaves this machine.\n")?;
    print_ways(&mut out, &config, &setup, running.ops_address)?;
    running.serve().await?;
    telemetry.flush().await;
    Ok(())
}

fn print_ways(out: &mut impl Write, config: &Config, setup: &str, ops: Option<SocketAddr>) -> Result<()> {
    let url = config.public_url();
    let origin = url.as_str().trim_end_matches('/');
    writeln!(out, "  1  Demo shop   {origin}/demo       sign in as ada@acme.test, password {PASSWORD}")?;
    writeln!(
        out,
        "                 or click “Continue with Partner” and sign in there as grace@partner.test, same password"
    )?;
    writeln!(out, "  2  Inbox       {origin}/dev/mail   mail arrives here")?;
    writeln!(out, "  3  First owner {setup}   one use, 30 minutes")?;
    writeln!(out, "  4  API docs    {origin}/docs/api")?;
    writeln!(out, "  5  Discovery   {origin}/realms/acme/.well-known/openid-configuration")?;
    if let Some(ops) = ops {
        writeln!(out, "  6  Health      http://{ops}/readyz and /metrics")?;
    }
    writeln!(
        out,
        "\n  Try: sign in to the second application without a password · refresh the tokens · sign out everywhere"
    )?;
    writeln!(out, "  Stop with Ctrl-C · start fresh: --reset · keep for real: api-server config init")?;
    out.flush()?;
    Ok(())
}

/// The demo's own defaults and flags over the environment; no file of the system is read.
fn configuration(demo: &Demo) -> Result<Config, OperatorError> {
    let mut sources = Sources::of_environment();
    let source = "the demo";
    sources.defaults = vec![
        given("server.listen", listen(demo.port.unwrap_or(8080)), source),
        given("telemetry.log", "warn", source),
    ];
    if demo.port.is_some() {
        sources.flags.push(given("server.listen", listen(demo.port.unwrap_or(8080)), "flag --port"));
    }
    if let Some(data) = &demo.data {
        sources.flags.push(given("server.data_dir", data.display().to_string(), "flag --data"));
    }
    sources.flags.push(given("dev.enabled", "true", source));
    sources.flags.push(given("worker.in_process", "true", source));
    // The applications of the demo are called by this server: by name, and only they.
    let url = Config::load(&sources)?.public_url();
    let own =
        format!("{}:{}", url.host_str().unwrap_or("localhost"), url.port_or_known_default().unwrap_or(80));
    sources.defaults.push(given("egress.allow", own, source));
    let config = Config::load(&sources)?;
    if config.is_embedded() {
        return Ok(config);
    }
    Err(OperatorError::new(INVALID_SETTING)
        .key("database.url", &config.source_of("database.url").unwrap_or_default())
        .because("the demo keeps its data in a file of its own")
        .fix("unset it for the demo"))
}

/// Both loopback addresses, since browsers try either for `localhost`; IPv4 alone where there is no IPv6.
fn listen(port: u16) -> String {
    match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
        Ok(_) => format!("127.0.0.1:{port},[::1]:{port}"),
        Err(_) => format!("127.0.0.1:{port}"),
    }
}

/// Makes sure that the directory is the demo's, and empties it if asked to. Only files that the demo made are removed.
fn claim(config: &Config, reset: bool) -> Result<(), OperatorError> {
    let mark = config.server.data_dir.join(MARK);
    let database = config.database_path();
    let used = database.exists() || config.master_key_path().exists();
    let refused = |file: &Path, why: &str| {
        OperatorError::new(DATA_DIR)
            .tried(file.display().to_string())
            .because(why.to_owned())
            .fix("give the demo a directory of its own:  --data DIR")
    };
    if used && !mark.exists() {
        return Err(refused(&config.server.data_dir, "it holds an installation that is not the demo's"));
    }
    if reset {
        let beside = |suffix: &str| {
            let mut name = database.clone().into_os_string();
            name.push(suffix);
            name.into()
        };
        for file in [database.clone(), beside("-wal"), beside("-shm"), config.master_key_path()] {
            match std::fs::remove_file(&file) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(refused(&file, &error.to_string())),
            }
        }
    }
    std::fs::write(&mark, "made by `api-server demo`; --reset wipes this directory's database and key\n")
        .map_err(|error| refused(&mark, &error.to_string()))
}
