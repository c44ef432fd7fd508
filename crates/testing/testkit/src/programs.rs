//! Where the programs under test and their tools are: the workspace's own binaries, and what `cargo xtask test` found
//! on the machine.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// A program of the workspace, built beside the running test.
///
/// # Panics
/// If it was not built: `cargo xtask test` builds all of them.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of the running test");
    let folder = test.parent().expect("a program lies in a folder");
    let profile = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let file = profile.join(name);
    assert!(file.is_file(), "{} is missing; run `cargo xtask test`, which builds it", file.display());
    file
}

/// A value that `cargo xtask test` sets.
///
/// # Panics
/// If it is missing.
pub fn provided(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|error| panic!("{variable}: {error}; run the tests with `cargo xtask test`"))
}

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(3).expect("testkit lies in crates/testing").to_path_buf()
}

/// A loopback port that is free and given to nobody else by this process. It lies below those that the system gives to
/// connections and to whoever asks for any, so that none of them takes it before its server listens, and above those that
/// browsers refuse.
///
/// # Panics
/// If none of them is free.
pub fn free_port() -> u16 {
    const FIRST: u32 = 11_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Processes side by side begin at different places.
    let start = std::process::id().wrapping_mul(7_919);
    (0..COUNT)
        .find_map(|_| {
            let step = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
            let port = u16::try_from(FIRST + step % COUNT).ok()?;
            std::net::TcpListener::bind(("127.0.0.1", port)).ok().map(|_listener| port)
        })
        .expect("a free loopback port")
}
