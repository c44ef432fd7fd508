//! Where the programs under test and their tools are: the workspace's own binaries, and what `cargo xtask test` found
//! on the machine.

use std::path::{Path, PathBuf};

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

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    listener.local_addr().expect("its address").port()
}
