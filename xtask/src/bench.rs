//! `cargo xtask bench`: release builds, a private Postgres that keeps its promises, and the measurements.

use std::path::Path;

use anyhow::Result;

use crate::{
    postgres::{Cluster, Durability},
    process, system,
};

pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    process::survive_interrupts();
    let bin = system::prepare_postgres()?;
    process::run(process::cargo().current_dir(root).args([
        "build",
        "--release",
        "--locked",
        "--package",
        "vestibule-api-server",
        "--package",
        "vestibule-bench",
    ]))?;
    let cluster = Cluster::start(&bin, Durability::On)?;
    let mut bench = process::cargo();
    bench.current_dir(root).args([
        "run",
        "--release",
        "--locked",
        "--quiet",
        "--package",
        "vestibule-bench",
        "--",
    ]);
    bench.args(args);
    bench.env("VESTIBULE_TEST_POSTGRES", cluster.url());
    bench.env("VESTIBULE_BENCH_POSTGRES_PID", cluster.pid().to_string());
    process::run(&mut bench)
}
