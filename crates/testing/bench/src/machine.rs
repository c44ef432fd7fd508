//! What the operating system says about processes: CPU time, memory. Linux only, like the figures it serves.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};

/// Clock ticks in a second: fixed by Linux's interface to programs.
const TICKS_PER_SECOND: u32 = 100;

/// CPU time a process has used, its ended and awaited children included.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let fields = stat(pid)?;
    let ticks =
        [11, 12, 13, 14].iter().filter_map(|index| fields.get(*index)?.parse::<u32>().ok()).sum::<u32>();
    Ok(Duration::from_secs(u64::from(ticks)) / TICKS_PER_SECOND)
}

/// CPU time of a process and all its living children, such as Postgres with its backends.
pub(crate) fn cpu_time_of_family(pid: u32) -> Result<Duration> {
    let mut total = cpu_time(pid)?;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Ok(child) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let parent = stat(child).ok().and_then(|fields| fields.get(1)?.parse::<u32>().ok());
        if parent == Some(pid) {
            total += cpu_time(child).unwrap_or_default();
        }
    }
    Ok(total)
}

/// CPU time of those threads of a process whose name begins so.
pub(crate) fn cpu_time_of_threads(pid: u32, name: &str) -> Result<Duration> {
    let mut ticks = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))?.flatten() {
        // A thread that ended meanwhile has no more to say.
        let Ok(text) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        let Some((before, rest)) = text.rsplit_once(") ") else { continue };
        if before.split_once('(').is_some_and(|(_, own)| own.starts_with(name)) {
            let used = rest.split_whitespace().skip(11).take(2);
            ticks += used.filter_map(|field| field.parse::<u32>().ok()).sum::<u32>();
        }
    }
    Ok(Duration::from_secs(u64::from(ticks)) / TICKS_PER_SECOND)
}

/// Resident memory in bytes.
pub(crate) fn resident_bytes(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kibibytes * 1024)
}

/// Size of a file in bytes.
pub(crate) fn file_bytes(file: &Path) -> Result<u64> {
    Ok(std::fs::metadata(file)?.len())
}

/// Number of processors.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Fields of `/proc/<pid>/stat` after the program's name.
fn stat(pid: u32) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, rest) = text.rsplit_once(") ").context("a stat line")?;
    Ok(rest.split_whitespace().map(ToOwned::to_owned).collect())
}
