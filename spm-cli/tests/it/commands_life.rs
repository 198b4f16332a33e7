//! A project from its first day to its last, through the command line alone.

use serde_json::json;

use crate::commands_support::{json, ok, run};
use crate::support::Sandbox;

#[test]
fn a_project_lives() {
    let sandbox = Sandbox::new();
    let spm = |arguments: &[&str]| ok(&sandbox, arguments);
    let create = ["project", "create", "Website Relaunch", "--key", "WEB", "--owner", "@me", "--end", "2099-12-31"];
    assert_eq!(spm(&create), "WEB\n");
    let sprint =
        ["milestone", "create", "Sprint 1", "--start", "2026-01-05", "--due", "2099-01-16", "--capacity", "40"];
    assert_eq!(spm(&sprint), "WEB-S1\n");
    assert_eq!(spm(&["sprint", "edit", "sprint 1", "--status", "active", "--body", "Ship it"]), "WEB-S1\n");

    let fence = [
        "issue",
        "create",
        "Paint the fence",
        "-a",
        "@me",
        "-l",
        "garden,outdoors",
        "--due",
        "2026-11-20",
        "--estimate",
        "2h30m",
        "-m",
        "@current",
        "--priority",
        "high",
        "--type",
        "Chore",
        "--field",
        "Points=8",
        "--field",
        "Where=north side",
        "-b",
        "With *green* paint.",
    ];
    assert_eq!(spm(&fence), "WEB-1\n");
    assert_eq!(
        spm(&["task", "create", "-t", "Buy paint", "--parent", "WEB-1", "--project", "website relaunch"]),
        "WEB-2\n"
    );
    assert_eq!(spm(&["task", "list", "--json", "key", "--jq", ".[].key"]), "WEB-2\nWEB-1\n");

    let fields = "key,title,state,labels,priority,estimated_hours,due_date,task_type,custom_fields,description,sprint_name,assignee_logins,author_login,project_key";
    let shown = json(&sandbox, &["task", "view", "1", "--json", fields]);
    let expected = json!({
        "key": "WEB-1", "title": "Paint the fence", "state": "open", "labels": ["garden", "outdoors"],
        "priority": {"level": "high", "name": "High"}, "estimated_hours": 2.5, "due_date": "2026-11-20",
        "task_type": "Chore", "custom_fields": {"Points": 8, "Where": "north side"},
        "description": "With *green* paint.", "sprint_name": "Sprint 1", "assignee_logins": ["ada"],
        "author_login": "ada", "project_key": "WEB",
    });
    assert_eq!(shown, expected);
    assert_eq!(spm(&["task", "view", "WEB-2", "--json", "parent_key", "--jq", ".parent_key"]), "WEB-1\n");

    assert_eq!(spm(&["task", "status", "WEB-1", "in progress"]), "WEB-1\n");
    assert_eq!(spm(&["task", "comment", "WEB-1", "--body", "It rains."]), "[ID]\n");
    assert_eq!(spm(&["task", "edit", "WEB-1", "--spent", "1h", "--add-label", "wet"]), "WEB-1\n");
    assert!(spm(&["task", "view", "WEB-1", "--comments"]).ends_with("\n-- ada, [TIME]\nIt rains.\n"));
    assert_eq!(spm(&["task", "done", "WEB-2", "WEB-1"]), "WEB-2\nWEB-1\n");
    assert_eq!(run(&sandbox, &["task", "list"]).stderr, "no tasks found\n");

    let tracked = json(&sandbox, &["sprint", "track", "--json", "name,done,total,percent,spent_hours,left_hours"]);
    let expected = json!([{
        "name": "Sprint 1", "done": 1, "total": 1, "percent": 100, "spent_hours": 1.0, "left_hours": 0.0,
    }]);
    assert_eq!(tracked, expected);
    assert_eq!(spm(&["project", "view"]).lines().filter(|line| line.starts_with("tasks:")).count(), 1);
    assert_eq!(spm(&["sprint", "edit", "@current", "--status", "completed"]), "WEB-S1\n");
    assert_eq!(spm(&["project", "edit", "WEB", "--status", "archived"]), "WEB\n");
    assert_eq!(spm(&["project", "list"]), "");
    assert_eq!(
        spm(&["project", "list", "--state", "closed", "--jsonl", "key,state"]),
        "{\"key\":\"WEB\",\"state\":\"closed\"}\n"
    );
    assert_eq!(spm(&["project", "delete", "WEB", "--with-contents", "--yes"]), "WEB\n");
    assert_eq!(spm(&["task", "list", "--state", "all"]), "");
}

#[test]
fn a_script_that_runs_twice_makes_everything_once() {
    let sandbox = Sandbox::new();
    let script = || {
        let commands: [&[&str]; 4] = [
            &["project", "create", "Website", "--key", "WEB", "--idempotency-key", "p"],
            &["sprint", "create", "Sprint 1", "--idempotency-key", "s"],
            &["task", "create", "Paint", "--idempotency-key", "t"],
            &["task", "comment", "WEB-1", "--body", "Wet.", "--idempotency-key", "c"],
        ];
        commands.map(|arguments| ok(&sandbox, arguments))
    };
    let first = script();
    assert_eq!(first[..3], ["WEB\n", "WEB-S1\n", "WEB-1\n"]);
    assert_eq!(script(), first);
    assert_eq!(ok(&sandbox, &["task", "view", "1", "--comments"]).matches("Wet.").count(), 1);
    assert_eq!(ok(&sandbox, &["sprint", "list", "--jsonl", "key"]).lines().count(), 1);
}
