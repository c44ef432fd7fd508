# Names for the commands used most; each is one call of cargo.

# The demo realm on http://localhost:8080
demo *args:
    cargo run --release --locked -- demo {{args}}

# The server, from configuration or the embedded default
run *args:
    cargo run -- {{args}}

# Every test, with a private Postgres and a browser
test *args:
    cargo xtask test {{args}}

# The rules of the code that a program can check
tidy:
    cargo xtask tidy

# What the pipeline runs
check:
    cargo xtask check

# Format everything
fmt:
    cargo fmt --all

# Lints, as strict as the pipeline
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# Write the generated files
codegen *args:
    cargo xtask codegen {{args}}

# A private Postgres for a developer's own runs
postgres:
    cargo xtask postgres

# The migrator: status, up, down, check
db *args:
    cargo run --package vestibule-migrator -- {{args}}
