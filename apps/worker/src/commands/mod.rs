//! One file per group of commands.

pub(crate) mod jobs;
pub(crate) mod run;
