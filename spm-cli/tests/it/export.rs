//! Exports, and reading them back.

use std::collections::BTreeSet;

use crate::databases::neutral;
use crate::support::{Outcome, Sandbox, github};

const ELSEWHERE: [&str; 2] = ["-c", "database_url=sqlite:elsewhere.sqlite3"];

fn elsewhere(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let arguments: Vec<_> = ELSEWHERE.iter().chain(arguments).copied().collect();
    sandbox.spm(&arguments).raw()
}

/// Two projects with everything that an export holds: gaps in the numbers, a child before its parent, comments,
/// relations, a sprint, people.
fn full() -> Sandbox {
    let sandbox = Sandbox::new();
    let run = |arguments: &[&str]| sandbox.spm(arguments).env("PM_USER", "ada").run().ok();
    run(&["project", "create", "Website"]);
    run(&["project", "create", "Åland 域名", "--key", "AL"]);
    run(&["sprint", "create", "-p", "website", "Sprint 1", "--start", "2026-11-01", "--end", "2026-11-14"]);
    for title in ["Gone", "Child", "Parent", "Also gone", "Last"] {
        run(&["task", "create", "-p", "website", title]);
    }
    run(&[
        "task",
        "edit",
        "WEB-2",
        "--parent",
        "WEB-3",
        "--sprint",
        "Sprint 1",
        "--add-label",
        "b",
        "--add-label",
        "a",
    ]);
    run(&["task", "assign", "WEB-2", "ada"]);
    run(&["task", "comment", "WEB-2", "--body", "First\n\n> second \u{1F41C}"]);
    run(&["task", "comment", "WEB-5", "--body", "Third"]);
    run(&["task", "done", "WEB-5"]);
    run(&[
        "task",
        "create",
        "-p",
        "AL",
        "Ein \"Titel\"\t\\ mit allem",
        "--body",
        "Zeile\r\nZeile",
        "--due",
        "2027-01-31",
    ]);
    run(&["task", "delete", "WEB-1", "WEB-4", "--yes"]);
    related(&sandbox);
    sandbox
}

/// Relations have no command of their own yet: they come in with an export.
fn related(sandbox: &Sandbox) {
    let tasks = sandbox.json(&["task", "list", "--state", "all", "--json", "key,id"]);
    let id = |key: &str| {
        let task = tasks.as_array().unwrap().iter().find(|task| task["key"] == key).unwrap();
        task["id"].as_str().unwrap().to_owned()
    };
    let lines = [
        r#"{"export":{"version":1,"provider":"internal"}}"#.to_owned(),
        format!(r#"{{"relation":{{"id":"1","kind":"blocks","from":"{}","to":"{}"}}}}"#, id("WEB-5"), id("AL-1")),
        format!(r#"{{"relation":{{"id":"2","kind":"relates","from":"{}","to":"{}"}}}}"#, id("WEB-2"), id("WEB-3")),
        r#"{"end":{"relations":2}}"#.to_owned(),
    ];
    sandbox.write("relations.jsonl", &lines.join("\n"));
    sandbox.spm(&["import", "--preset", "spm", "relations.jsonl"]).run().ok();
}

#[test]
fn an_export_comes_back_equal() {
    let sandbox = full();
    let export = sandbox.spm(&["export", "-o", "all.jsonl"]).raw();
    assert_eq!(export.code, 0, "{export:?}");
    let first = std::fs::read_to_string(sandbox.work().join("all.jsonl")).unwrap();
    for kind in ["user", "project", "sprint", "task", "comment", "relation"] {
        assert!(first.contains(&format!("\n{{\"{kind}\":")), "there is no {kind} in\n{first}");
    }
    assert!(first.contains("\"WEB-5\"") && !first.contains("\"WEB-4\""), "{first}");

    let run = elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl"]);
    assert_eq!(run.code, 0, "{run:?}");
    let second = elsewhere(&sandbox, &["export"]).ok();
    assert_eq!(neutral(&without_versions(&first)), neutral(&without_versions(&second)));

    let run = elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl"]);
    assert!(run.stderr.contains("0 created"), "{run:?}");
    assert_eq!(second, elsewhere(&sandbox, &["export"]).ok(), "a second import changed something");
}

/// How often an item was written is set by the database that it is in.
fn without_versions(export: &str) -> String {
    let part = |(place, text): (usize, &str)| match place {
        0 => text.to_owned(),
        _ => format!("-{}", text.trim_start_matches(|letter: char| letter.is_ascii_digit())),
    };
    export.split("\"version\":\"").enumerate().map(part).collect::<Vec<_>>().join("\"version\":\"")
}

#[test]
fn an_export_that_comes_home_changes_nothing() {
    let sandbox = full();
    sandbox.spm(&["export", "-o", "all.jsonl"]).run().ok();
    let before = std::fs::read_to_string(sandbox.work().join("all.jsonl")).unwrap();
    let run = sandbox.spm(&["import", "--preset", "spm", "all.jsonl"]).run();
    assert!(run.code == 0 && run.stderr.contains("0 created"), "{run:?}");
    assert_eq!(before, sandbox.spm(&["export"]).raw().ok());
}

#[test]
fn what_was_deleted_since_stays_deleted() {
    let sandbox = full();
    sandbox.spm(&["export", "-o", "all.jsonl"]).run().ok();
    elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl"]).ok();
    elsewhere(&sandbox, &["task", "delete", "AL-1", "--yes"]).ok();
    let run = elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl"]);
    // The task, and the relation to it.
    assert!(run.stderr.contains("deleted here since (2)"), "{run:?}");
    assert!(!elsewhere(&sandbox, &["export"]).ok().contains("AL-1"));
}

#[test]
fn a_dry_run_writes_nothing_and_counts_as_the_real_one() {
    let sandbox = full();
    sandbox.spm(&["export", "-o", "all.jsonl"]).run().ok();
    elsewhere(&sandbox, &["project", "create", "Other"]).ok();
    let before = elsewhere(&sandbox, &["export"]).ok();
    let dry = elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl", "--dry-run", "--json"]).ok();
    assert_eq!(before, elsewhere(&sandbox, &["export"]).ok());
    let real = elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl", "--json"]).ok();
    assert_eq!(dry.replace("\"dry_run\":true", "\"dry_run\":false"), real);
}

#[test]
fn an_export_that_was_cut_off_is_told() {
    let sandbox = full();
    let whole = sandbox.spm(&["export"]).raw().ok();
    let lines: Vec<_> = whole.lines().collect();
    sandbox.write("cut.jsonl", &lines[..lines.len() - 2].join("\n"));
    let run = elsewhere(&sandbox, &["import", "--preset", "spm", "cut.jsonl"]);
    assert!(run.code == 9 && run.stderr.contains("cut off"), "{run:?}");
    let run = elsewhere(&sandbox, &["import", "--preset", "spm", "cut.jsonl"]);
    assert!(run.stderr.contains("0 created"), "{run:?}");
}

#[test]
fn a_taken_project_key_fails_its_items_and_no_others() {
    let sandbox = full();
    sandbox.spm(&["export", "-o", "all.jsonl"]).run().ok();
    elsewhere(&sandbox, &["project", "create", "Mine", "--key", "WEB"]).ok();
    let run = elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl"]);
    assert_eq!(run.code, 9, "{run:?}");
    let keys = elsewhere(&sandbox, &["task", "list", "--state", "all", "--jsonl", "key", "-q", ".key"]).ok();
    assert_eq!(keys, "AL-1\n");
}

#[test]
fn a_killed_reading_back_is_finished_by_running_it_again() {
    let sandbox = Sandbox::new();
    let issues = serde_json::to_string(&github::issues(3_000, 9, false)).unwrap();
    sandbox.write("issues.json", &issues);
    sandbox.spm(&["import", "--preset", "github", "--project", "ants", "issues.json"]).run().ok();
    sandbox.spm(&["export", "-o", "all.jsonl"]).run().ok();
    let import: Vec<_> = ELSEWHERE.iter().chain(&["import", "--preset", "spm", "all.jsonl"]).copied().collect();
    let started = std::time::Instant::now();
    let aside = ["-c", "database_url=sqlite:aside.sqlite3", "import", "--preset", "spm", "all.jsonl"];
    sandbox.spm(&aside).run().ok();
    let whole = started.elapsed();
    let mut in_the_middle = 0;
    for part in [20, 25, 30, 35, 40, 45, 50, 55] {
        let mut child = sandbox.spm(&import).command().stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * part / 100);
        child.kill().unwrap();
        child.wait().unwrap();
        let count = elsewhere(&sandbox, &["task", "list", "--state", "all", "--limit", "all"]).stdout.lines().count();
        in_the_middle += u32::from(0 < count && count < 3_000);
    }
    assert!(in_the_middle > 0, "no kill was in the middle");
    elsewhere(&sandbox, &["import", "--preset", "spm", "all.jsonl"]).ok();
    let (first, second) = (sandbox.spm(&["export"]).raw().ok(), elsewhere(&sandbox, &["export"]).ok());
    assert_eq!(neutral(&first), neutral(&second));
}

#[test]
fn tables_are_csv_with_every_field() {
    let sandbox = full();
    for (kind, rows) in [("tasks", 4), ("projects", 2), ("sprints", 1), ("users", 1)] {
        let table = sandbox.spm(&["export", "--format", "csv", "--kind", kind]).raw().ok();
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let columns: BTreeSet<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert!(columns.contains("id") && !columns.contains("raw_data"), "{columns:?}");
        assert_eq!(reader.records().map(Result::unwrap).count(), rows, "{kind}");
    }
    let table = sandbox.spm(&["export", "--format", "csv", "-p", "AL"]).raw().ok();
    assert!(table.contains("\"Ein \"\"Titel\"\"\t\\ mit allem\""), "{table}");
}

#[test]
fn a_table_is_in_the_order_of_the_numbers_and_keeps_custom_fields() {
    let sandbox = full();
    sandbox.spm(&["task", "edit", "WEB-2", "--field", "name=foo", "--field", "Points=8"]).run().ok();
    sandbox.spm(&["task", "edit", "WEB-3", "--title", "=1+1"]).run().ok();
    let rows = |arguments: &[&str]| {
        let table = sandbox.spm(&[&["export", "--format", "csv"], arguments].concat()).raw().ok();
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let rows: Vec<std::collections::BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        rows
    };
    let exact = rows(&[]);
    assert_eq!(exact.iter().map(|row| row["key"].as_str()).collect::<Vec<_>>(), ["AL-1", "WEB-2", "WEB-3", "WEB-5"]);
    assert_eq!(exact[1]["custom_fields"], r#"{"Points":8,"name":"foo"}"#);
    assert_eq!((exact[1]["labels"].as_str(), exact[1]["status"].as_str()), ("b,a", "To Do"));
    assert_eq!([&exact[2]["title"], &rows(&["--spreadsheet"])[2]["title"]], ["=1+1", "'=1+1"]);
    assert_eq!(sandbox.spm(&["export", "--spreadsheet"]).run().code, 2);
}

#[test]
fn an_export_of_a_project_holds_its_own_people_and_counts_what_it_leaves_out() {
    let sandbox = full();
    sandbox.spm(&["project", "create", "Other", "--key", "OTH"]).env("PM_USER", "grace").run().ok();
    sandbox.spm(&["task", "create", "-p", "OTH", "Hers"]).env("PM_USER", "grace").run().ok();
    let logins = |arguments: &[&str]| -> Vec<String> {
        let lines = sandbox.spm(arguments).raw().ok();
        let records = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        records.filter_map(|record| record["user"]["login"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(logins(&["export"]), ["ada", "grace"]);
    assert_eq!(logins(&["export", "-p", "OTH"]), ["grace"]);
    assert_eq!(logins(&["export", "-p", "OTH", "-p", "WEB"]), ["ada", "grace"]);
    let web = sandbox.spm(&["export", "-p", "WEB"]).raw();
    assert_eq!(web.stderr, "left out: 1 relation: a task of it is not in this export\n");
    assert!(
        web.stdout.ends_with("\"projects\":1,\"relations\":1,\"sprints\":1,\"tasks\":3,\"users\":1}}\n"),
        "{web:?}"
    );
    sandbox.write("web.jsonl", &web.stdout);
    elsewhere(&sandbox, &["import", "--preset", "spm", "web.jsonl"]).ok();
}

#[cfg(unix)]
#[test]
fn links_stay_and_files_keep_their_modes() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    let sandbox = Sandbox::new();
    sandbox.spm(&["project", "create", "Website"]).run().ok();
    let path = |name: &str| sandbox.work().join(name);
    let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode() & 0o777;
    sandbox.write("plain", "");
    fs::create_dir(path("folder")).unwrap();
    symlink("folder/real", path("middle")).unwrap();
    symlink("middle", path("link")).unwrap();
    sandbox.spm(&["export", "-o", "link"]).run().ok();
    assert!(path("link").is_symlink() && path("middle").is_symlink());
    assert!(fs::read_to_string(path("folder/real")).unwrap().starts_with("{\"export\""));
    assert_eq!(mode("folder/real"), mode("plain"));
    fs::set_permissions(path("folder/real"), fs::Permissions::from_mode(0o640)).unwrap();
    sandbox.spm(&["export", "-o", "link"]).run().ok();
    assert_eq!(mode("folder/real"), 0o640);
}
