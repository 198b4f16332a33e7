//! The same data in SQLite and in PostgreSQL: the same bytes come out.

use std::collections::HashMap;

use pm_testkit::postgres::require_or_skip;

use crate::support::{Sandbox, github, is_id};

#[test]
fn exports_of_both_databases_are_the_same_bytes() {
    let required = std::env::var("PM_TEST_REQUIRE").is_ok_and(|list| list.contains("postgres"));
    let Some(server) = require_or_skip(required).unwrap() else { return };
    let (sqlite, postgres) = (Sandbox::new(), Sandbox::new());
    let from_sqlite = filled(&sqlite, "");
    let from_postgres = filled(&postgres, &server.create_database().unwrap());

    assert!(from_sqlite.lines().count() > 400, "{} lines", from_sqlite.lines().count());
    assert_eq!(from_sqlite, from_postgres);
    assert!(!postgres.work().join(".pm").exists(), "nothing but the server holds the data");
}

fn filled(sandbox: &Sandbox, url: &str) -> String {
    sandbox.write("issues.json", &serde_json::to_string(&github::issues(500, 11, true)).unwrap());
    let run = |arguments: &[&str]| sandbox.spm(arguments).env("PM_DATABASE_URL", url).raw().ok();
    run(&["import", "--preset", "github", "--project", "ants", "issues.json"]);
    neutral(&run(&["export"]))
}

/// Ids by order of appearance, and no times that the database set.
pub(crate) fn neutral(export: &str) -> String {
    let mut ids = HashMap::new();
    export.lines().map(|line| neutral_line(line, &mut ids) + "\n").collect()
}

fn neutral_line(line: &str, ids: &mut HashMap<String, usize>) -> String {
    let mut plain = String::new();
    for (place, part) in line.split('"').enumerate() {
        if place > 0 {
            plain.push('"');
        }
        if is_id(part) {
            let next = ids.len();
            plain.push_str(&format!("id-{}", ids.entry(part.to_owned()).or_insert(next)));
        } else {
            plain.push_str(part);
        }
    }
    without_set_times(&plain)
}

/// `updated_at` always, `created_at` where the source gave none: both stand at the level of the item.
fn without_set_times(line: &str) -> String {
    let mut record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
    let mut removed = line.to_owned();
    for item in record.values_mut() {
        let source_has_time = item["raw_data"].get("created_at").is_some();
        for member in ["updated_at", "created_at"] {
            if let Some(time) = item[member].as_str().filter(|_| member == "updated_at" || !source_has_time) {
                removed = removed.replacen(&format!("\"{member}\":\"{time}\""), &format!("\"{member}\":\"-\""), 1);
            }
        }
    }
    removed
}
