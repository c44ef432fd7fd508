//! The program as an operator meets it: commands, exit codes, starting, draining, the demo.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

mod commands;
mod demo;
mod draining;
mod logs;
mod process;
mod traces;
