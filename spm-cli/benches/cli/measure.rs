//! CPU and memory of other programs.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// How often a start is measured.
const STARTS: usize = 41;

/// What one run took.
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// The most memory, in KiB.
    pub(crate) peak: u64,
}

fn command(program: &str, arguments: &[&str], here: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(here)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", here)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs a command that must succeed.
pub(crate) fn run(program: &str, arguments: &[&str], here: &Path) {
    let status = command(program, arguments, here).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}: {status}");
}

/// Says whether a program is installed.
pub(crate) fn is_there(program: &str) -> bool {
    command(program, &["--version"], Path::new("/")).status().is_ok()
}

/// The CPU that children used so far, in milliseconds.
fn children() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1000.0
}

/// The median CPU of a command, in milliseconds.
pub(crate) fn start_cost(program: &str, arguments: &[&str], here: &Path) -> f64 {
    median(|| {
        let before = children();
        run(program, arguments, here);
        children() - before
    })
}

/// The median CPU of a command, each time in an empty folder.
pub(crate) fn first_cost(program: &str, arguments: &[&str]) -> f64 {
    median(|| {
        let folder = tempfile::tempdir().unwrap();
        let before = children();
        run(program, arguments, folder.path());
        children() - before
    })
}

fn median(mut measure: impl FnMut() -> f64) -> f64 {
    let mut costs: Vec<_> = (0..STARTS).map(|_| measure()).collect();
    costs.sort_by(f64::total_cmp);
    costs[STARTS / 2]
}

/// Runs a command that must succeed, and watches its memory.
pub(crate) fn cost(program: &str, arguments: &[&str], here: &Path) -> Cost {
    let started = Instant::now();
    let mut child = command(program, arguments, here).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(high_water(child.id()));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert!(status.success(), "{program} {arguments:?}: {status}");
    Cost { wall: started.elapsed(), peak }
}

/// The most memory that a process held so far, in KiB; nothing once it is gone.
fn high_water(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
