//! The generated reference pages are those of this build: a difference means that `cargo xtask codegen` was not run.

use std::process::Command;

use vestibule_testkit::programs::{program, workspace};

#[test]
fn generated_files_are_up_to_date() {
    let mut stale = Vec::new();
    for (file, name, arguments) in [
        ("docs/reference/openapi.json", "api-server", &["openapi"][..]),
        ("docs/reference/configuration.schema.json", "api-server", &["config", "schema"]),
        ("docs/reference/events.md", "reference", &["events"]),
        ("docs/reference/flow.md", "reference", &["flow"]),
        ("docs/reference/errors.md", "reference", &["errors"]),
    ] {
        let output = Command::new(program(name)).args(arguments).output().unwrap();
        assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let stored = std::fs::read(workspace().join(file)).unwrap_or_default();
        if stored != output.stdout {
            stale.push(file);
        }
    }
    assert!(stale.is_empty(), "not up to date: {stale:?}; run `cargo xtask codegen`");
}
