//! Imports that are killed, and run again.

use std::time::{Duration, Instant};

use crate::support::{Sandbox, github};

const ROWS: u32 = 6_000;
const KILLS: u32 = 10;

#[test]
fn a_killed_import_is_finished_by_running_it_again() {
    let sandbox = Sandbox::new();
    github::write(&sandbox.work().join("issues.json"), ROWS, 5);
    let import = ["import", "--preset", "github", "--project", "ants", "issues.json"];
    let whole = duration_of_a_whole_import();
    let (mut kills, mut in_the_middle) = (0, 0);
    while (kills < KILLS || in_the_middle < 6) && count(&sandbox) < ROWS {
        kills += 1;
        let mut child = sandbox.spm(&import).command().stderr(std::process::Stdio::null()).spawn().unwrap();
        // Short steps, so that many fit in; longer ones later, when more rows have to be passed over first.
        std::thread::sleep(whole / 30 + whole / 60 * kills);
        child.kill().unwrap();
        child.wait().unwrap();
        in_the_middle += u32::from((1..ROWS).contains(&count(&sandbox)));
    }
    assert!(in_the_middle >= 6, "only {in_the_middle} of {kills} kills were in the middle");
    sandbox.spm(&import).run().ok();
    assert_eq!(count(&sandbox), ROWS);
    let urls = ["task", "list", "--state", "all", "--limit", "all", "--jsonl", "url", "-q", ".url"];
    let urls = sandbox.spm(&urls).run().ok();
    let mut urls: Vec<_> = urls.lines().collect();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), ROWS as usize, "each issue is there once");
    assert_eq!(sandbox.spm(&["user", "list", "--limit", "all", "--jsonl", "login"]).run().ok().lines().count(), 7);
    let sprints = ["sprint", "list", "--state", "all", "--limit", "all", "--jsonl", "name"];
    assert_eq!(sandbox.spm(&sprints).run().ok().lines().count(), 3);
}

fn duration_of_a_whole_import() -> Duration {
    let sandbox = Sandbox::new();
    github::write(&sandbox.work().join("issues.json"), ROWS, 5);
    let started = Instant::now();
    sandbox.spm(&["import", "--preset", "github", "--project", "ants", "issues.json"]).run().ok();
    started.elapsed()
}

/// How many tasks there are; none where the database or the project was not made yet.
fn count(sandbox: &Sandbox) -> u32 {
    let run = sandbox.spm(&["task", "list", "--state", "all", "--limit", "all", "--jsonl", "key"]).run();
    run.stdout.lines().count() as u32
}
