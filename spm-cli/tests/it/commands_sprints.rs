//! Sprints, their progress, and the timeline.

use serde_json::json;

use crate::commands_support::{json, ok, refused, run, with_project};
use crate::support::Sandbox;

/// A project with an active sprint of four tasks, one of them done and one given up.
fn with_sprint() -> Sandbox {
    let sandbox = with_project();
    let sprint = ["sprint", "create", "Sprint 1", "--start", "2026-01-05", "--end", "2026-01-16", "--status", "active"];
    ok(&sandbox, &sprint);
    let tasks: [&[&str]; 4] = [
        &["Paint", "--estimate", "4", "--spent", "1.5", "--start", "2026-01-06", "--due", "2026-01-08", "-a", "@me"],
        &["Sand", "--estimate", "2", "--spent", "3"],
        &["Dig", "--estimate", "90m", "--due", "2099-01-01"],
        &["Fly", "--estimate", "100"],
    ];
    for task in tasks {
        ok(&sandbox, &[&["task", "create", "-m", "@current", "-t"], task].concat());
    }
    ok(&sandbox, &["task", "done", "WEB-2"]);
    ok(&sandbox, &["task", "done", "WEB-4", "--reason", "not planned"]);
    sandbox
}

#[test]
fn a_sprint_is_created_changed_and_deleted() {
    let sandbox = with_project();
    let fields = "key,name,goal,start_date,end_date,status,capacity_hours,planned_hours,project_key,state";
    let arguments = [
        "sprint",
        "create",
        "Sprint 1",
        "--start",
        "2026-01-05",
        "--end",
        "2026-01-16",
        "--capacity",
        "40",
        "--planned",
        "1h30m",
        "-b",
        "Ship it",
        "--json",
        fields,
    ];
    let expected = json!({
        "key": "WEB-S1", "name": "Sprint 1", "goal": "Ship it", "start_date": "2026-01-05", "end_date": "2026-01-16",
        "status": {"category": "planned", "name": "Planned"}, "capacity_hours": 40.0, "planned_hours": 1.5,
        "project_key": "WEB", "state": "open",
    });
    assert_eq!(json(&sandbox, &arguments), expected);
    let edit = [
        "sprint",
        "edit",
        "WEB-S1",
        "--name",
        "First",
        "--status",
        "closed",
        "--clear",
        "capacity,goal",
        "--json",
        fields,
    ];
    let edited = json(&sandbox, &edit);
    assert_eq!(
        (&edited["name"], &edited["goal"], &edited["capacity_hours"]),
        (&json!("First"), &json!(null), &json!(null))
    );
    assert_eq!((&edited["planned_hours"], &edited["state"]), (&json!(1.5), &json!("closed")));
    assert!(
        ok(&sandbox, &["sprint", "view", "first"]).starts_with("WEB-S1  First\nproject:  WEB\nstatus:   Completed\n")
    );
    ok(&sandbox, &["task", "create", "Paint", "-m", "First"]);
    let asked = refused(&sandbox, 2, &["sprint", "delete", "First"]);
    assert!(asked.contains("Delete sprint WEB-S1 \"First\" (1 task will be without a sprint)?"), "{asked}");
    assert_eq!(ok(&sandbox, &["sprint", "delete", "First", "--yes"]), "WEB-S1\n");
    assert_eq!(json(&sandbox, &["task", "view", "1", "--json", "sprint_id"]), json!({"sprint_id": null}));
}

#[test]
fn sprints_are_listed_by_state() {
    let sandbox = with_project();
    for (name, status) in [("One", "completed"), ("Two", "active"), ("Three", "planned")] {
        ok(&sandbox, &["sprint", "create", name, "--status", status]);
    }
    let names =
        |more: &[&str]| ok(&sandbox, &[&["milestone", "list", "--jsonl", "name", "--jq", ".name"], more].concat());
    assert_eq!(names(&[]), "Three\nTwo\n");
    assert_eq!(names(&["-s", "closed", "-p", "WEB"]), "One\n");
    assert_eq!(names(&["-s", "all", "-S", "t", "--order", "asc"]), "Two\nThree\n");
    assert_eq!(ok(&sandbox, &["sprint", "list", "-S", "two"]), "WEB-S2\tTwo\tActive\t\t\tWEB\t[TIME]\n");
}

#[test]
fn the_current_sprint_is_the_only_active_one() {
    let sandbox = with_project();
    let none = refused(&sandbox, 3, &["sprint", "view"]);
    let expected = "error: `@current` is nothing: no sprint is active\nhint: `spm sprint edit SPRINT --status active` starts one\n";
    assert_eq!(none, expected);
    ok(&sandbox, &["sprint", "create", "One", "--status", "active"]);
    assert!(ok(&sandbox, &["sprint", "view"]).starts_with("WEB-S1  One\n"));
    ok(&sandbox, &["sprint", "create", "Two", "--status", "active"]);
    let several = "error: `@current` names 2 sprints: WEB-S1, WEB-S2\nhint: use the key or the id\n";
    assert_eq!(refused(&sandbox, 5, &["task", "list", "-m", "@current"]), "".to_owned() + several + "");
}

#[test]
fn progress_counts_tasks_and_hours() {
    let sandbox = with_sprint();
    ok(&sandbox, &["sprint", "create", "Empty", "--end", "today"]);
    let fields =
        "key,total,done,open,cancelled,overdue,percent,estimated_hours,spent_hours,left_hours,state,project_key";
    let expected = json!([
        {"key": "WEB-S1", "total": 3, "done": 1, "open": 2, "cancelled": 1, "overdue": 1, "percent": 33,
         "estimated_hours": 7.5, "spent_hours": 4.5, "left_hours": 4.0, "state": "open", "project_key": "WEB"},
        {"key": "WEB-S2", "total": 0, "done": 0, "open": 0, "cancelled": 0, "overdue": 0, "percent": null,
         "estimated_hours": 0.0, "spent_hours": 0.0, "left_hours": 0.0, "state": "open", "project_key": "WEB"},
    ]);
    assert_eq!(json(&sandbox, &["milestone", "track", "--json", fields]), expected);
    let tracked = ok(&sandbox, &["sprint", "track", "sprint 1", "-p", "WEB"]);
    assert_eq!(tracked, "WEB-S1\tSprint 1\t33\t1/3\t4.5/7.5\t4\t1\t2026-01-16\n");
    assert_eq!(json(&sandbox, &["sprint", "track", "Empty", "--json", "days_left"]), json!([{"days_left": 0}]));
    assert_eq!(run(&sandbox, &["sprint", "track", "--state", "closed"]).stderr, "no sprints found\n");
}

#[test]
fn the_timeline_is_in_order_of_days() {
    let sandbox = with_sprint();
    let all = ok(&sandbox, &["timeline", "--to", "2026-02-01"]);
    let expected = "\
2026-01-05\tstarts\tsprint\tWEB-S1\tSprint 1\tActive\t
2026-01-06\tstarts\ttask\tWEB-1\tPaint\tTo Do\tada
2026-01-08\tdue\ttask\tWEB-1\tPaint\tTo Do\tada
2026-01-16\tends\tsprint\tWEB-S1\tSprint 1\tActive\t
";
    assert_eq!(all, expected);
    let completed = ["timeline", "--from", "2026-02-01", "--to", "2098-12-31", "--jsonl", "event,key"];
    let lines = ok(&sandbox, &completed);
    let expected = "{\"event\":\"completed\",\"key\":\"WEB-2\"}\n{\"event\":\"completed\",\"key\":\"WEB-4\"}\n";
    assert_eq!(lines, expected);
    let due = [
        "timeline",
        "--json",
        "date,overdue,assignee_logins,project_key",
        "--from",
        "2026-01-08",
        "--to",
        "2026-01-08",
    ];
    let expected = json!([{"date": "2026-01-08", "overdue": true, "assignee_logins": ["ada"], "project_key": "WEB"}]);
    assert_eq!(json(&sandbox, &due), expected);
    let turned = refused(&sandbox, 2, &["timeline", "--from", "2026-02-01", "--to", "2026-01-01"]);
    assert_eq!(turned, "error: --from 2026-02-01 is after --to 2026-01-01: no day is between them\n");
}
