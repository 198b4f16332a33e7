//! The verbs of tasks.

use serde_json::json;

use crate::commands_support::{json, of_nobody, ok, refused, run, with_project};
use crate::support::Sandbox;

fn with_tasks(titles: &[&str]) -> Sandbox {
    let sandbox = with_project();
    for title in titles {
        ok(&sandbox, &["task", "create", title]);
    }
    sandbox
}

fn field(sandbox: &Sandbox, task: &str, field: &str) -> serde_json::Value {
    json(sandbox, &["task", "view", task, "--json", field])[field].clone()
}

#[test]
fn a_title_is_given_once() {
    let sandbox = with_project();
    let missing = "error: the title is missing\nhint: give it as an argument, or with --title\n";
    assert_eq!(refused(&sandbox, 2, &["task", "create"]), missing);
    assert_eq!(refused(&sandbox, 2, &["task", "create", "  "]), missing);
    let twice = refused(&sandbox, 2, &["task", "create", "One", "--title", "Two"]);
    assert!(twice.starts_with("error: the argument '[TITLE]' cannot be used with '--title <TITLE>'"), "{twice}");
    assert_eq!(ok(&sandbox, &["task", "list", "--state", "all"]), "");
}

#[test]
fn what_a_new_task_refers_to_must_be_there() {
    let sandbox = with_project();
    let create = |more: &[&str]| refused(&sandbox, 3, &[&["task", "create", "x"], more].concat());
    assert_eq!(
        create(&["-p", "nope"]),
        "error: there is no project `nope`\nhint: `spm project list --state all` shows them\n"
    );
    assert_eq!(
        create(&["-m", "nope"]),
        "error: there is no sprint `nope`\nhint: `spm sprint list --state all` shows them\n"
    );
    assert_eq!(create(&["-a", "nope"]), "error: there is no user `nope`\nhint: `spm user list` shows them\n");
    assert_eq!(create(&["--parent", "WEB-9"]), "error: there is no task `WEB-9`\n");
}

#[test]
fn words_that_the_project_does_not_know_are_answered_with_its_own() {
    let sandbox = with_project();
    let status = refused(&sandbox, 2, &["task", "create", "x", "--status", "dne"]);
    let choices = "`Backlog`, `To Do`, `In Progress`, `Done`, `Cancelled`";
    assert_eq!(
        status,
        format!("error: `dne` is no task status here; there are {choices}\nhint: did you mean `Done`?\n")
    );
    let priority = refused(&sandbox, 2, &["task", "create", "x", "--priority", "zzz"]);
    let expected = "error: `zzz` is no priority here; there are `Lowest`, `Low`, `Normal`, `High`, `Urgent`\nhint: --priority takes one of these names\n";
    assert_eq!(priority, expected);
    ok(&sandbox, &["task", "create", "x"]);
    assert_eq!(refused(&sandbox, 2, &["task", "status", "1", "dne"]), status);
    let asked = refused(&sandbox, 2, &["task", "status", "1"]);
    let expected = format!(
        "error: `1` is `To Do`; which status is it to have? It can have {choices}\nhint: `spm task status 1 STATUS`\n"
    );
    assert_eq!(asked, expected);
}

#[test]
fn values_that_cannot_be_read_say_what_can() {
    let sandbox = with_project();
    let create = |option: &str, value: &str| {
        let message = refused(&sandbox, 2, &["task", "create", "x", option, value]);
        message.lines().next().unwrap().split_once("': ").unwrap().1.to_owned()
    };
    let day = "allowed is a day of the calendar as YYYY-MM-DD, `today` or `tomorrow`";
    assert_eq!(create("--due", "2026-02-30"), day);
    assert_eq!(create("--start", "soon"), day);
    assert_eq!(create("--estimate", "3x"), "allowed are hours (`2.5`), or hours and minutes (`2h`, `45m`, `1h30m`)");
    assert_eq!(
        create("--field", "Points"),
        "allowed is NAME=VALUE: `Points=8`, `Reviewed=true`, `Where=\"north side\"`"
    );
}

#[test]
fn sets_are_replaced_or_edited() {
    let sandbox = with_tasks(&["Paint"]);
    ok(&sandbox, &["task", "edit", "1", "--label", "a,b", "--label", "c"]);
    assert_eq!(field(&sandbox, "1", "labels"), json!(["a", "b", "c"]));
    ok(&sandbox, &["task", "edit", "1", "--add-label", "d", "--remove-label", "a,b"]);
    assert_eq!(field(&sandbox, "1", "labels"), json!(["c", "d"]));
    ok(&sandbox, &["task", "edit", "1", "--add-assignee", "@me"]);
    assert_eq!(field(&sandbox, "1", "assignee_logins"), json!(["ada"]));
    ok(&sandbox, &["task", "edit", "1", "--remove-assignee", "ada", "--clear", "label"]);
    assert_eq!(field(&sandbox, "1", "assignee_logins"), json!([]));
    assert_eq!(field(&sandbox, "1", "labels"), json!([]));
    let both = refused(&sandbox, 2, &["task", "edit", "1", "--label", "a", "--add-label", "b"]);
    assert!(
        both.starts_with("error: the argument '--label <LABEL>' cannot be used with '--add-label <LABEL>'"),
        "{both}"
    );
}

#[test]
fn fields_are_emptied() {
    let sandbox = with_project();
    ok(&sandbox, &["sprint", "create", "Sprint 1", "--status", "active"]);
    ok(&sandbox, &["task", "create", "Parent"]);
    let full = [
        "task",
        "create",
        "Paint",
        "-m",
        "@current",
        "--parent",
        "1",
        "--priority",
        "low",
        "--type",
        "Bug",
        "--start",
        "today",
        "--due",
        "tomorrow",
        "--estimate",
        "1",
        "--spent",
        "1",
        "-b",
        "Text",
        "-a",
        "@me",
        "-l",
        "x",
        "--field",
        "Points=8",
        "--field",
        "Where=here",
    ];
    ok(&sandbox, &full);
    let fields =
        "sprint_id,parent_task_id,priority,task_type,start_date,due_date,estimated_hours,actual_hours,description";
    let clear = "body,assignees,labels,milestone,parent,priority,type,start,due,estimate,spent";
    let edit = ["task", "edit", "WEB-2", "--clear", clear, "--clear-field", "Points", "--json"];
    let emptied = json(&sandbox, &[&edit[..], &[fields]].concat());
    assert!(emptied.as_object().unwrap().values().all(serde_json::Value::is_null), "{emptied}");
    assert_eq!(field(&sandbox, "2", "custom_fields"), json!({"Where": "here"}));
    let both = refused(&sandbox, 2, &["task", "edit", "2", "--field", "A=1", "--clear-field", "A"]);
    assert_eq!(both, "error: `--clear-field A` empties what `--field` sets\nhint: say one of the two\n");
}

#[test]
fn several_tasks_are_changed_at_once_and_each_failure_is_named() {
    let sandbox = with_tasks(&["One", "Two"]);
    let changed = run(&sandbox, &["task", "edit", "1", "WEB-99", "2", "--add-label", "x", "-p", "WEB"]);
    assert_eq!((changed.code, changed.stdout.as_str()), (9, "WEB-1\nWEB-2\n"));
    assert_eq!(changed.stderr, "error: `WEB-99`: there is no task `WEB-99`\n");
    let none = run(&sandbox, &["task", "done", "WEB-98", "WEB-99"]);
    assert_eq!((none.code, none.stdout.as_str()), (3, ""));
    let array = json(&sandbox, &["task", "edit", "1", "2", "--priority", "high", "--json", "key"]);
    assert_eq!(array, json!([{"key": "WEB-1"}, {"key": "WEB-2"}]));
    let lines = ok(&sandbox, &["task", "edit", "1", "2", "--priority", "low", "--jsonl", "key", "--jq", ".key"]);
    assert_eq!(lines, "WEB-1\nWEB-2\n");
    let titles = "error: --title would give several tasks the same title\nhint: edit them one by one\n";
    assert_eq!(refused(&sandbox, 2, &["task", "edit", "1", "2", "--title", "x"]), titles);
    let nothing = "error: nothing is named to change\nhint: `spm task edit --help` shows what can be changed\n";
    assert_eq!(refused(&sandbox, 2, &["task", "edit", "1"]), nothing);
}

#[test]
fn a_task_is_assigned() {
    let sandbox = with_tasks(&["One", "Two"]);
    for login in ["grace", "linus"] {
        of_nobody(&sandbox, &["user", "list"]).env("PM_USER", login).run().ok();
        of_nobody(&sandbox, &["task", "edit", "1", "--type", login]).env("PM_USER", login).run().ok();
    }
    let who = |task: &str| field(&sandbox, task, "assignee_logins");
    assert_eq!(ok(&sandbox, &["task", "assign", "WEB-1", "@me", "grace"]), "WEB-1\n");
    assert_eq!(who("1"), json!(["ada", "grace"]));
    assert_eq!(ok(&sandbox, &["job", "assign", "WEB-1", "WEB-2", "--to", "linus"]), "WEB-1\nWEB-2\n");
    assert_eq!((who("1"), who("2")), (json!(["ada", "grace", "linus"]), json!(["linus"])));
    ok(&sandbox, &["task", "assign", "WEB-1", "ada", "--remove"]);
    assert_eq!(who("1"), json!(["grace", "linus"]));
    ok(&sandbox, &["task", "assign", "WEB-1", "ada", "--only"]);
    assert_eq!(who("1"), json!(["ada"]));
    ok(&sandbox, &["task", "assign", "WEB-1", "WEB-2", "--nobody"]);
    assert_eq!((who("1"), who("2")), (json!([]), json!([])));
    let whom = "error: who is to work on `WEB-1`?\nhint: `spm task assign WEB-1 @me`; `--nobody` takes everybody off\n";
    assert_eq!(refused(&sandbox, 2, &["task", "assign", "WEB-1"]), whom);
}

#[test]
fn tasks_are_closed_and_opened_again() {
    let sandbox = with_tasks(&["One", "Two"]);
    assert_eq!(ok(&sandbox, &["task", "close", "1"]), "WEB-1\n");
    assert_eq!(field(&sandbox, "1", "status"), json!({"category": "done", "name": "Done"}));
    assert!(field(&sandbox, "1", "completed_at").is_string());
    let again = run(&sandbox, &["task", "done", "1"]);
    assert_eq!((again.code, again.stderr.as_str()), (0, "task WEB-1 \"One\" is closed already\n"));
    ok(&sandbox, &["task", "done", "2", "-r", "not-planned"]);
    assert_eq!(field(&sandbox, "2", "status")["category"], "cancelled");
    assert_eq!(ok(&sandbox, &["task", "reopen", "1", "2", "--status", "in_progress"]), "WEB-1\nWEB-2\n");
    assert_eq!(field(&sandbox, "1", "status")["category"], "in_progress");
    assert!(field(&sandbox, "1", "completed_at").is_null());
    assert_eq!(run(&sandbox, &["task", "reopen", "1"]).stderr, "task WEB-1 \"One\" is open already\n");
}

#[test]
fn comments_have_a_text() {
    let sandbox = with_tasks(&["One", "Two"]);
    let comment = |more: &[&str]| refused(&sandbox, 2, &[&["task", "comment", "1"], more].concat());
    assert_eq!(comment(&[]), "error: the text is missing\nhint: give it with --body, --body-file or --editor\n");
    assert_eq!(comment(&["-b", " \n"]), "error: the comment is empty: nothing was done\n");
    let several = "error: --idempotency-key makes one comment, on one task\nhint: comment one by one\n";
    assert_eq!(comment(&["2", "-b", "x", "--idempotency-key", "k"]), several);
    assert_eq!(ok(&sandbox, &["task", "comment", "1", "2", "-b", "Same."]), "[ID]\n[ID]\n");
    assert!(ok(&sandbox, &["task", "view", "2", "--comments"]).ends_with("-- ada, [TIME]\nSame.\n"));
}

#[test]
fn deleting_names_what_goes() {
    let sandbox = with_tasks(&["One", "Two"]);
    ok(&sandbox, &["task", "create", "Part", "--parent", "1"]);
    let full = "error: task WEB-1 \"One\" has 1 sub-task\nhint: --with-contents deletes them as well\n";
    assert_eq!(refused(&sandbox, 5, &["task", "delete", "1", "--yes"]), full);
    let asked = refused(&sandbox, 2, &["task", "delete", "1", "2", "--with-contents"]);
    let expected = "error: nobody is here to answer:   task WEB-1 \"One\" with 1 sub-task\n  task WEB-2 \"Two\"\nDelete these 2 tasks?\nhint: say --yes where nobody can answer\n";
    assert_eq!(asked, expected);
    let gone = run(&sandbox, &["task", "delete", "1", "77", "--with-contents", "--yes"]);
    assert_eq!((gone.code, gone.stdout.as_str()), (9, "WEB-1\n"));
    assert_eq!(ok(&sandbox, &["task", "list", "-s", "all", "--jsonl", "key", "--jq", ".key"]), "WEB-2\n");
}

#[test]
fn tasks_are_found_by_key_number_id_and_title() {
    let sandbox = with_tasks(&["Paint the fence", "Twin", "Twin"]);
    let id = field(&sandbox, "WEB-1", "key");
    assert_eq!(id, "WEB-1");
    for word in ["web-1", "1", "#1", "paint THE fence"] {
        assert!(ok(&sandbox, &["task", "view", word]).starts_with("WEB-1  Paint the fence\n"), "{word}");
    }
    let twins = "error: `twin` names 2 tasks: WEB-2, WEB-3\nhint: use the key or the id\n";
    assert_eq!(refused(&sandbox, 5, &["task", "view", "twin"]), twins);
    assert_eq!(refused(&sandbox, 2, &["task", "view", " "]), "error: the name of a task is empty\n");
}

#[test]
fn tasks_are_filtered() {
    let sandbox = with_tasks(&["One", "Two", "Three"]);
    ok(&sandbox, &["task", "edit", "1", "-l", "a,b", "-a", "@me", "-b", "needle"]);
    ok(&sandbox, &["task", "edit", "2", "-l", "a", "--parent", "1"]);
    ok(&sandbox, &["task", "done", "3"]);
    let keys = |more: &[&str]| {
        let shown =
            ok(&sandbox, &[&["task", "list", "--order", "asc", "--jsonl", "key", "--jq", ".key"], more].concat());
        shown.lines().map(|key| key.trim_start_matches("WEB-")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys(&[]), "1 2");
    assert_eq!(keys(&["-s", "all"]), "1 2 3");
    assert_eq!(keys(&["-s", "closed"]), "3");
    assert_eq!(keys(&["--status", "done,todo"]), "1 2 3");
    assert_eq!(keys(&["-l", "a,b"]), "1");
    assert_eq!(keys(&["-a", "@me"]), "1");
    assert_eq!(keys(&["--unassigned"]), "2");
    assert_eq!(keys(&["--parent", "1"]), "2");
    assert_eq!(keys(&["--top-level"]), "1");
    assert_eq!(keys(&["-S", "NEEDLE"]), "1");
    assert_eq!(keys(&["--since", "1h", "-p", "WEB", "--no-milestone"]), "1 2");
    assert_eq!(keys(&["--since", "tomorrow"]), "");
}

#[test]
fn a_task_of_another_project_is_refused() {
    let sandbox = with_project();
    ok(&sandbox, &["project", "create", "Garden", "--key", "GRD"]);
    ok(&sandbox, &["task", "create", "Paint", "-p", "WEB"]);
    let told = refused(&sandbox, 3, &["task", "delete", "WEB-1", "-p", "GRD", "--yes"]);
    assert_eq!(told, "error: the task `WEB-1` is not in the project `GRD`\n");
    ok(&sandbox, &["project", "edit", "GRD", "--status", "archived"]);
    assert_eq!(ok(&sandbox, &["task", "create", "Wash"]), "WEB-2\n");
    assert_eq!(ok(&sandbox, &["task", "view", "2", "--json", "key"]), "{\"key\":\"WEB-2\"}\n");
}

#[test]
fn a_task_that_is_named_twice_is_handled_once() {
    let sandbox = with_project();
    ok(&sandbox, &["task", "create", "Paint"]);
    assert_eq!(ok(&sandbox, &["task", "comment", "WEB-1", "1", "Paint", "--body", "Wet."]).lines().count(), 1);
    assert_eq!(ok(&sandbox, &["task", "edit", "WEB-1", "1", "--type", "Bug"]), "WEB-1\n");
    assert_eq!(ok(&sandbox, &["task", "delete", "WEB-1", "1", "--yes"]), "WEB-1\n");
}

#[test]
fn today_is_the_day_of_the_person() {
    let sandbox = with_project();
    let due = |zone: &str| {
        let create = ["task", "create", "x", "--due", "today", "--json", "due_date", "--jq", ".due_date"];
        of_nobody(&sandbox, &create).env("TZ", zone).run().ok()
    };
    // Between the two ends of the world there is always at least a day.
    assert!(due("<-12>12") < due("<+14>-14"));
}
