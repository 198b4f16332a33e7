//! An import that is killed and run again.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::import_support::Place;

const ROWS: u64 = 4_000;
const IMPORT: [&str; 7] = ["import", "rows.jsonl", "--project", "ants", "--key", "id", "--json"];
/// Kills that must hit the middle: something was written, and not all.
const IN_THE_MIDDLE: usize = 6;
const AT_LEAST: u32 = 10;
/// The machine may be slow one moment and fast the next: so many kills must do.
const AT_MOST: u32 = 40;

fn place() -> Place {
    let row = |row| format!("{{\"id\":{row},\"title\":\"Row {row}\",\"labels\":[\"a\"]}}\n");
    let place = Place::new();
    place.write("rows.jsonl", (0..ROWS).map(row).collect::<String>());
    place
}

/// Imports everything that is not there; says how much was.
fn complete(place: &Place) -> u64 {
    let summary: Value = serde_json::from_str(&place.ok(&IMPORT).stdout).unwrap();
    let (created, before) = (summary["created"].as_u64().unwrap(), summary["unchanged"].as_u64().unwrap());
    assert_eq!((created + before, summary["failed"].to_string()), (ROWS, "{}".to_owned()));
    before
}

/// Every row is there, and none twice.
fn check(place: &Place) {
    let all = ["task", "list", "--project", "ants", "--state", "all", "--limit", "all", "--json", "raw_data"];
    let tasks: Vec<Value> = serde_json::from_str(&place.ok(&all).stdout).unwrap();
    let mut keys: Vec<_> = tasks.iter().map(|task| task["raw_data"]["id"].as_u64().unwrap()).collect();
    keys.sort_unstable();
    assert!(keys.into_iter().eq(0..ROWS));
}

#[test]
fn an_import_that_is_killed_is_completed_by_the_next_one() {
    let begin = Instant::now();
    complete(&place());
    let whole = begin.elapsed();
    let (mut kills, mut hits) = (0, 0);
    while kills < AT_LEAST || hits < IN_THE_MIDDLE {
        assert!(kills < AT_MOST, "only {hits} of {kills} kills hit the middle");
        kills += 1;
        let place = place();
        let mut running = place.command(&IMPORT).stdout(Stdio::null()).spawn().unwrap();
        // Moments all over the import, never two the same.
        sleep(whole * (kills * 7 % 11 + 1) / 12 + Duration::from_millis(u64::from(kills)));
        running.kill().unwrap();
        running.wait().unwrap();
        let before = complete(&place);
        hits += usize::from(before > 0 && before < ROWS);
        check(&place);
    }
}
