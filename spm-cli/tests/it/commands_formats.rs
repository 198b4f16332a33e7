//! What comes out of pipes.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::commands_support::{USER, database, json, ok, refused, with_project};

#[test]
fn json_keeps_every_letter_and_lines_for_programs_are_harmless() {
    let sandbox = with_project();
    let title = "a\u{1b}[2J \u{202e}b\u{9b}31m\tc";
    let text = "one\r\ntwo\u{7}";
    ok(&sandbox, &["task", "create", title, "-b", text]);
    let shown = json(&sandbox, &["task", "list", "--json", "title,description"]);
    assert_eq!(shown, json!([{"title": title, "description": text}]));
    assert_eq!(ok(&sandbox, &["task", "view", "1", "--json", "title", "--jq", ".title"]), format!("{title}\n"));
    let line = ok(&sandbox, &["task", "list"]);
    assert_eq!(line.split('\t').nth(1), Some("a\u{fffd}[2J \u{fffd}b\u{fffd}31m c"));
    let view = ok(&sandbox, &["task", "view", "1"]);
    assert!(view.starts_with("WEB-1  a\u{fffd}[2J") && view.ends_with("\none\ntwo\u{fffd}\n"), "{view:?}");
}

#[test]
fn fields_come_in_the_order_that_was_asked_for() {
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint"]);
    assert_eq!(ok(&sandbox, &["task", "list", "--json", "title,key"]), "[{\"title\":\"Paint\",\"key\":\"WEB-1\"}]\n");
    assert_eq!(ok(&sandbox, &["task", "list", "-s", "closed", "--json", "key"]), "[]\n");
    let jq = ["task", "list", "--json", "key,title", "--jq", ".[] | [.key, (.title | length)]"];
    assert_eq!(ok(&sandbox, &jq), "[\"WEB-1\",5]\n");
}

#[test]
fn a_misspelt_field_is_answered_with_the_right_one() {
    let sandbox = with_project();
    for kind in ["task", "project", "sprint", "user"] {
        let listed = refused(&sandbox, 2, &[kind, "list", "--json"]);
        assert!(listed.starts_with("error: --json takes one or more of these fields"), "{listed}");
        assert!(listed.contains("\n  id\n") && listed.contains("\n  raw_data"), "{listed}");
    }
    let misspelt = refused(&sandbox, 2, &["project", "list", "--json", "nam"]);
    assert!(misspelt.starts_with("error: there is no field `nam`; projects have id, key, name"), "{misspelt}");
    assert!(misspelt.ends_with("hint: did you mean `name`?\n"), "{misspelt}");
    let alone = "error: --jq filters JSON: it needs --json FIELDS\nhint: --json alone lists the fields\n";
    assert_eq!(refused(&sandbox, 2, &["user", "list", "--jq", "."]), alone);
    let wrong = "error: --jq: expected term, found the end\n  .[] |\n        ^\nhint: https://jqlang.org/manual/ describes the language\n";
    assert_eq!(refused(&sandbox, 2, &["user", "list", "--json", "id", "--jq", ".[] | "]), wrong);
}

#[test]
fn nothing_is_written_when_the_output_could_not_be_said() {
    let sandbox = with_project();
    for arguments in [["task", "create", "x", "--json", "nope"], ["sprint", "create", "x", "--json", "nope"]] {
        refused(&sandbox, 2, &arguments);
    }
    refused(&sandbox, 2, &["task", "create", "x", "--json", "key", "--jq", "("]);
    assert_eq!(ok(&sandbox, &["task", "list", "-s", "all"]), "");
    assert_eq!(ok(&sandbox, &["sprint", "list", "-s", "all"]), "");
}

#[test]
fn a_reader_that_goes_away_ends_the_command() {
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint"]);
    // The filter never ends by itself: only the closed pipe ends it.
    let arguments = ["task", "list", "--json", "key", "--jq", "repeat(.)"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_spm"))
        .args(arguments)
        .current_dir(sandbox.work())
        .env_clear()
        .env("HOME", sandbox.home())
        .env("PM_USER", USER)
        .env("PM_DATA_DIR", database(&sandbox))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(141), ""));
}
