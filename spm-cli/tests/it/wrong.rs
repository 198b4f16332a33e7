//! Ways to hold the program wrong, each with the message that a person gets.

use std::process::Command;

use insta::assert_snapshot;

use crate::support::{Outcome, Sandbox};

/// What was typed, how it ended, and all that was said.
fn told(arguments: &[&str], outcome: &Outcome) -> String {
    let typed: Vec<_> = arguments
        .iter()
        .map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() })
        .collect();
    let output = if outcome.stdout.is_empty() { String::new() } else { format!("{}---\n", outcome.stdout) };
    format!("$ spm {}\n? {}\n{output}{}", typed.join(" "), outcome.code, outcome.stderr)
}

/// A project with two tasks of one title, and a task of another.
fn with_tasks() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.spm(&["project", "create", "Website"]).run().ok();
    for title in ["Paint the fence", "Buy paint", "Buy paint"] {
        sandbox.spm(&["task", "create", "-p", "website", title]).run().ok();
    }
    sandbox
}

/// Holds the program wrong, which must be told and must change nothing.
fn wrong(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let export = || sandbox.spm(&["export"]).raw().stdout;
    let before = export();
    let outcome = sandbox.spm(arguments).run();
    assert_ne!(outcome.code, 0, "{outcome:?}");
    assert_eq!(before, export(), "something changed");
    told(arguments, &outcome)
}

macro_rules! wrong {
    ($($name:ident: $sandbox:expr => [$($argument:expr),* $(,)?];)*) => { $(
        #[test]
        fn $name() {
            assert_snapshot!(wrong(&$sandbox, &[$($argument),*]));
        }
    )* };
}

fn with_file(name: &str, contents: impl AsRef<[u8]>) -> Sandbox {
    let sandbox = with_tasks();
    std::fs::write(sandbox.work().join(name), contents).unwrap();
    sandbox
}

wrong! {
    unknown_project: with_tasks() => ["task", "list", "--project", "webstie"];
    unknown_task: with_tasks() => ["task", "done", "WEB-99"];
    ambiguous_title: with_tasks() => ["task", "done", "buy paint"];
    misspelt_field: with_tasks() => ["task", "list", "--json", "key,titel"];
    jq_without_json: with_tasks() => ["task", "list", "--jq", ".[]"];
    broken_jq: with_tasks() => ["task", "list", "--json", "key", "--jq", ".[] | selct(.key)"];
    a_day_that_is_none: with_tasks() => ["task", "create", "-p", "website", "Sweep", "--due", "2026-02-30"];
    wrong_status_word: with_tasks() => ["task", "status", "WEB-1", "almost there"];
    wrong_user: with_tasks() => ["task", "assign", "WEB-1", "nobody"];
    nobody_is_me: with_tasks() => ["task", "list", "--assignee", "@me"];
    an_empty_title: with_tasks() => ["task", "create", "-p", "website", ""];
    a_huge_limit: with_tasks() => ["task", "list", "--limit", "0"];
    nothing_to_change: with_tasks() => ["task", "edit", "WEB-1"];
    options_against_each_other: with_tasks() => ["task", "list", "--assignee", "ada", "--unassigned"];
    no_terminal_to_ask_on: with_tasks() => ["task", "delete", "WEB-1"];
    no_editor: with_tasks() => ["task", "create", "-p", "website", "Sweep", "--editor"];
    no_address_to_open: with_tasks() => ["task", "view", "WEB-1", "--web"];
    unknown_command: with_tasks() => ["task", "lsit"];
    unknown_backend: with_tasks() => ["--provider", "jria", "task", "list"];
    unknown_setting: with_tasks() => ["-c", "databse_url=sqlite:x.db", "task", "list"];
    import_of_no_file: with_tasks() => ["import", "--preset", "github", "--project", "ants", "nowhere.json"];
    import_without_a_key: with_file("rows.csv", "title,state\nSweep,todo\n") => ["import", "--project", "website", "rows.csv"];
    import_with_a_misspelt_field: with_file("rows.csv", "id,title\n1,Sweep\n")
        => ["import", "--project", "website", "--key", "id", "--map", "titel=title", "rows.csv"];
    import_of_a_missing_column: with_file("rows.csv", "id,name\n1,Sweep\n")
        => ["import", "--project", "website", "--key", "id", "--map", "title=nmae", "rows.csv"];
    import_of_a_binary_file: with_file("rows.csv", b"\x7fELF\x02\x01\x01\x00\x00\x00\xff\xfe")
        => ["import", "--project", "website", "--key", "id", "rows.csv"];
    import_of_a_web_page: with_file("issues.json", "<!DOCTYPE html><html><body>Sign in</body></html>\n")
        => ["import", "--preset", "github", "--project", "ants", "issues.json"];
    import_of_a_foreign_export: with_file("x.jsonl", "{\"export\":{\"version\":99,\"provider\":\"internal\"}}\n")
        => ["import", "--preset", "spm", "x.jsonl"];
    an_update_of_an_export: with_file("x.jsonl", "{\"export\":{\"version\":1,\"provider\":\"internal\"}}\n")
        => ["import", "--preset", "spm", "--update", "x.jsonl"];
    export_to_a_full_disk: with_tasks() => ["export", "--output", "/dev/full"];
    export_into_a_folder: with_tasks() => ["export", "--output", "."];
    export_to_a_missing_folder: with_tasks() => ["export", "--output", "nowhere/all.jsonl"];
}

#[test]
fn no_database() {
    let sandbox = Sandbox::new();
    let arguments = ["task", "list"];
    let outcome = sandbox.spm(&arguments).run();
    assert!(sandbox.files().iter().all(|file| !file.contains("pm.sqlite3")), "{:?}", sandbox.files());
    // How many folders there are above differs from machine to machine, and so would what they are called.
    assert_snapshot!(told(&arguments, &outcome));
}

#[test]
fn a_database_that_is_none() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.txt", &"This is a text, and no database. ".repeat(100));
    let arguments = ["-c", "database_url=sqlite:notes.txt", "task", "list"];
    assert_snapshot!(told(&arguments, &sandbox.spm(&arguments).run()));
}

#[test]
fn a_database_that_is_only_read() {
    let sandbox = with_tasks();
    let arguments = ["-c", "database_url=sqlite:.pm/pm.sqlite3?mode=ro", "task", "done", "WEB-1"];
    assert_snapshot!(told(&arguments, &sandbox.spm(&arguments).run()));
}

#[test]
fn a_server_that_is_not_there() {
    let sandbox = Sandbox::new();
    let arguments = ["task", "list"];
    // Port 9 discards, where anything listens at all; nothing does.
    let run = sandbox.spm(&arguments).env("PM_DATABASE_URL", "postgres://ada:s3cr3t@127.0.0.1:9/pm");
    let outcome = run.run();
    assert!(!outcome.all().contains("s3cr3t"));
    assert_snapshot!(told(&arguments, &outcome));
}

#[test]
fn a_secret_in_the_settings() {
    let sandbox = Sandbox::new();
    sandbox.write_config("[internal]\ndatabase_password = \"s3cr3t\"\n");
    let arguments = ["task", "list"];
    let outcome = sandbox.spm(&arguments).run();
    assert!(!outcome.all().contains("s3cr3t"));
    assert_snapshot!(told(&arguments, &outcome));
}

#[test]
fn a_cut_off_list_keeps_what_came_before() {
    let sandbox = with_tasks();
    let issues = super::support::github::issues(20, 1, false);
    let whole = serde_json::to_string(&issues).unwrap();
    sandbox.write("issues.json", &whole[..whole.len() / 2]);
    let arguments = ["import", "--preset", "github", "--project", "ants", "issues.json"];
    let outcome = sandbox.spm(&arguments).run();
    let there = sandbox.json(&["task", "list", "-p", "ants", "--state", "all", "--json", "key"]);
    assert!(there.as_array().unwrap().len() >= 5, "{outcome:?}");
    assert_snapshot!(told(&arguments, &outcome));
}

/// Whoever reads goes away: no message, and the code that a shell gives to such an end.
#[test]
fn a_reader_that_goes_away() {
    let sandbox = with_tasks();
    let issues = super::support::github::issues(2_000, 1, false);
    sandbox.write("issues.json", &serde_json::to_string(&issues).unwrap());
    sandbox.spm(&["import", "--preset", "github", "--project", "ants", "issues.json"]).run().ok();
    for list in ["export", "task list --state all --limit all --json raw_data", "task list --state all --limit all"] {
        let script = format!("{} {list} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_spm"));
        let output = Command::new("bash").args(["-c", &script]).current_dir(sandbox.work()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "141\n", "{list}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{list}");
    }
}
