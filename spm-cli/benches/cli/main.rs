//! What `spm` costs: the start of commands in milliseconds of CPU, imports in rows a second and memory.
//!
//! ```sh
//! cargo bench -p spm-cli --bench cli              # prints
//! cargo bench -p spm-cli --bench cli -- --check   # and fails when a limit is exceeded
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

// Shared with the tests, which use more of it.
#[allow(dead_code)]
#[path = "../../tests/it/support/github.rs"]
mod github;
mod measure;

use std::path::Path;
use std::process::ExitCode;

use measure::{Cost, run, start_cost};

const SPM: &str = env!("CARGO_BIN_EXE_spm");
/// The most that the start of a command may cost, in milliseconds of CPU.
const START_LIMIT: f64 = 15.0;
/// The most memory that ten times the rows may take, as a ratio.
const MEMORY_LIMIT: f64 = 1.2;

fn main() -> ExitCode {
    // Cargo passes `--bench` along.
    let check = std::env::args().any(|argument| argument == "--check");
    let within = [starts(), imports()].into_iter().all(|within| within);
    if check && !within { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The start of commands, beside that of others that people know.
fn starts() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    println!("start of a command, milliseconds of CPU (median of 41)");
    let first = measure::first_cost(SPM, &["project", "create", "Website"]);
    println!("  {first:>7.1}  spm project create Website, in an empty folder (makes the database)");
    run(SPM, &["project", "create", "Website"], here);
    run(SPM, &["task", "create", "-p", "website", "Paint the fence"], here);
    let mut within = first <= START_LIMIT;
    for arguments in [&["--help"][..], &["--version"], &["task", "list"], &["task", "view", "WEB-1"], &["health"]] {
        let cost = start_cost(SPM, arguments, here);
        within &= cost <= START_LIMIT;
        println!("  {cost:>7.1}  spm {}", arguments.join(" "));
    }
    for (program, arguments) in [("gh", &["--version"][..]), ("git", &["--version"]), ("jq", &["--version"])] {
        if measure::is_there(program) {
            println!("  {:>7.1}  {program} {}", start_cost(program, arguments, here), arguments.join(" "));
        }
    }
    println!("  limit {START_LIMIT}: {}", if within { "kept" } else { "EXCEEDED" });
    within
}

/// Imports of GitHub-shaped rows.
fn imports() -> bool {
    println!("import of GitHub-shaped rows");
    let small = import(10_000);
    let large = import(100_000);
    let ratio = large.peak as f64 / small.peak as f64;
    let within = ratio <= MEMORY_LIMIT;
    println!(
        "  peak memory 100,000 / 10,000: {ratio:.2}, limit {MEMORY_LIMIT}: {}",
        if within { "kept" } else { "EXCEEDED" }
    );
    within
}

fn import(rows: u32) -> Cost {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issues.json");
    github::write(&file, rows, 7);
    let arguments = ["import", "--preset", "github", "--project", "ants", path(&file)];
    let cost = measure::cost(SPM, &arguments, folder.path());
    print(rows, "new", &cost);
    let again = measure::cost(SPM, &arguments, folder.path());
    print(rows, "nothing new", &again);
    cost
}

fn print(rows: u32, what: &str, cost: &Cost) {
    let rate = f64::from(rows) / cost.wall.as_secs_f64();
    println!(
        "  {rows:>7} rows, {what:<11} {:>6.1} s  {rate:>7.0} rows/s  peak {:>6.1} MiB",
        cost.wall.as_secs_f64(),
        cost.peak as f64 / 1024.0
    );
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
