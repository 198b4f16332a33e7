//! `spm import` brings in what is in the file, once.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::import_support::Place;

const EVERYTHING: [&str; 9] = ["task", "list", "--project", "ants", "--state", "all", "--limit", "all", "--json"];
const FIELDS: &str = "id,key,title,description,status,priority,parent_task_id,sprint_id,assignees,author_id,labels,\
                      created_at,updated_at,completed_at,url,version,raw_data,assignee_logins,author_login,sprint_name";

fn tasks(place: &Place) -> Vec<Value> {
    let listed = place.ok(&[&EVERYTHING[..], &[FIELDS]].concat());
    serde_json::from_str(&listed.stdout).unwrap()
}

/// A list of issues as GitHub has it: open, closed, given up, pull requests, 0 to 3 assignees, milestones, null bodies.
fn issues(count: u64) -> Vec<Value> {
    let user = |id: u64| json!({"login": format!("user-{id}"), "id": id, "avatar_url": "https://x/a"});
    let issue = |number: u64| {
        let closed = !number.is_multiple_of(3);
        let reason = match number % 6 {
            1 => json!("completed"),
            2 => json!("not_planned"),
            4 => json!("duplicate"),
            _ => json!(null),
        };
        let assignees: Vec<_> = (0..number % 4).map(|place| user(number % 7 + place)).collect();
        let milestone = json!({"url": format!("https://api/m/{}", number % 5), "id": number % 5, "title": format!("v{}", number % 5),
            "state": if number.is_multiple_of(5) { "closed" } else { "open" }, "description": null, "due_on": "2025-06-07T07:00:00Z"});
        let title = ["Paint the fence", "日本語 🎨", "Ünïcödé \u{202e}x", "Paint the fence"][(number % 4) as usize];
        let mut issue = json!({
            "url": format!("https://api.github.com/repos/o/r/issues/{number}"), "number": number, "id": 1_000 + number,
            "html_url": format!("https://github.com/o/r/issues/{number}"),
            "title": title,
            "body": if number.is_multiple_of(5) { json!(null) } else { json!(format!("Line one\r\n\r\n* {number} ü 🎉\n")) },
            "state": if closed { "closed" } else { "open" }, "state_reason": if closed { reason } else { json!(null) },
            "labels": (0..number % 3).map(|label| json!({"id": label, "name": format!("label {label}")})).collect::<Vec<_>>(),
            "assignees": assignees, "assignee": assignees.first(), "user": user(number % 11),
            "milestone": if number.is_multiple_of(2) { milestone } else { json!(null) },
            "created_at": format!("2024-01-{:02}T{:02}:{:02}:00Z", number % 28 + 1, number % 24, number % 60),
            "closed_at": if closed { json!(format!("2024-03-{:02}T01:02:03Z", number % 28 + 1)) } else { json!(null) },
        });
        if number % 10 == 9 {
            issue["pull_request"] = json!({"url": "https://x"});
        }
        issue
    };
    (1..=count).map(issue).collect()
}

/// What must be true of a task, from its issue.
fn expected(issue: &Value) -> Value {
    let status = match (issue["state"].as_str(), issue["state_reason"].as_str()) {
        (Some("open"), _) => "todo",
        (_, Some("not_planned" | "duplicate")) => "cancelled",
        _ => "done",
    };
    let logins: Vec<_> = issue["assignees"].as_array().unwrap().iter().map(|user| user["login"].clone()).collect();
    let labels: Vec<_> = issue["labels"].as_array().unwrap().iter().map(|label| label["name"].clone()).collect();
    json!([
        issue["url"],
        issue["title"],
        issue["body"],
        status,
        logins,
        labels,
        issue["user"]["login"],
        issue["milestone"]["title"],
        issue["created_at"],
        issue["closed_at"],
        issue["html_url"],
    ])
}

fn said(task: &Value) -> Value {
    json!([
        task["raw_data"]["url"],
        task["title"],
        task["description"],
        task["status"]["category"],
        task["assignee_logins"],
        task["labels"],
        task["author_login"],
        task["sprint_name"],
        task["created_at"],
        task["completed_at"],
        task["url"],
    ])
}

#[test]
fn a_list_of_issues_comes_in_field_by_field_and_a_second_run_changes_nothing() {
    let place = Place::new();
    let issues = issues(500);
    place.write("issues.json", serde_json::to_string_pretty(&issues).unwrap());
    let first = place.ok(&["import", "--preset", "github", "issues.json", "--project", "ants", "--json"]);
    let summary: Value = serde_json::from_str(&first.stdout).unwrap();
    assert_eq!(first.stderr, "");
    assert_eq!((&summary["created"], &summary["left_out"]), (&json!(450), &json!({"pull request": 50})));
    assert_eq!(summary["project"], json!({"name": "ants", "key": "ANT", "created": true}));
    let mut wanted: Vec<_> = issues
        .iter()
        .filter(|issue| issue["pull_request"].is_null())
        .map(|issue| expected(issue).to_string())
        .collect();
    let listed = tasks(&place);
    let mut found: Vec<_> = listed.iter().map(|task| said(task).to_string()).collect();
    wanted.sort();
    found.sort();
    assert_eq!(found, wanted);
    for (count, of) in [(0, "none"), (1, "one"), (3, "three")] {
        let with = listed.iter().filter(|task| task["assignees"].as_array().unwrap().len() == count).count();
        assert!(with > 50, "{of}: no compared set is empty");
    }
    for options in [&[][..], &["--update"], &["--strict"]] {
        let again =
            place.ok(&[&["import", "--preset", "github", "issues.json", "--project", "ants"], options].concat());
        assert!(again.stderr.starts_with("ants (ANT): 0 created, 0 updated, 450 unchanged, 50 left out, 0 failed\n"));
        assert_eq!(tasks(&place), listed, "{options:?}");
    }
}

#[test]
fn numbers_are_kept_on_demand() {
    let place = Place::new();
    place.write("issues.json", serde_json::to_string(&issues(20)).unwrap());
    place.ok(&["import", "--preset", "github", "issues.json", "--project", "ants", "--keep-numbers"]);
    for task in tasks(&place) {
        assert_eq!(task["key"], json!(format!("ANT-{}", task["raw_data"]["number"])));
    }
}

#[test]
fn a_dry_run_makes_no_file() {
    let place = Place::new();
    place.write("rows.jsonl", "{\"id\":1,\"title\":\"a\\u001b[2J\"}\n{\"id\":2}\n{\"id\":3,\"title\":\"c\"}\n");
    let before = place.names();
    let arguments = ["import", "rows.jsonl", "--key", "id", "--project", "ants", "--dry-run"];
    let would = place.run(&arguments);
    assert_eq!((would.code, place.names()), (9, before));
    assert_eq!(would.stdout, "would create\t1\ta\u{fffd}[2J\nwould fail\t\t\nwould create\t3\tc\n");
    assert_eq!(
        would.stderr,
        "nothing to compare with: there is no database yet\nline 2: has no title: `title` is missing or empty\n\
         ants: dry run, nothing was written: 2 created, 0 updated, 0 unchanged, 0 left out, 1 failed\n  failed: no title (1)\n  \
         would be made: project `ants`\n"
    );
    let lines = place.run(&[&arguments[..], &["--jsonl"]].concat()).stdout;
    let outcomes: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(outcomes[0], json!({"line": 1, "key": "1", "title": "a\u{1b}[2J", "outcome": "created"}));
    assert_eq!((&outcomes[1]["outcome"], outcomes.len()), (&json!("failed"), 3));
}

#[test]
fn tables_lines_and_arrays_bring_in_the_same() {
    let table =
        "id,Title,status,labels,Due Date\r\nA-1,\"Paint, it\",In QA,\"red, blue\",2024-05-06\r\nA-2,日本語,done,,\r\n";
    let rows = [
        json!({"id": "A-1", "Title": "Paint, it", "status": "In QA", "labels": "red, blue", "Due Date": "2024-05-06"}),
        json!({"id": "A-2", "Title": "日本語", "status": "done", "labels": "", "Due Date": ""}),
    ];
    let mut lines = String::new();
    rows.iter().for_each(|row| writeln!(lines, "{row}").unwrap());
    let texts = [
        ("x.csv", format!("\u{feff}{table}")),
        ("x.jsonl", lines.clone()),
        ("x.json", serde_json::to_string(&rows).unwrap()),
        ("-", lines),
        ("-", table.replace(',', "\t").replace("\"Paint\t it\"", "\"Paint, it\"").replace("red\t blue", "red, blue")),
    ];
    let mut seen = Vec::new();
    for (name, text) in texts {
        let place = Place::new();
        let arguments = [
            "import",
            name,
            "--project",
            "ants",
            "--key",
            "id",
            "--map-status",
            "in qa=in_progress",
            "--separator",
            ",",
        ];
        let ended = if name == "-" {
            place.piped(&arguments, &text)
        } else {
            place.write(name, &text);
            place.run(&arguments)
        };
        assert_eq!(ended.code, 0, "{name}: {ended:?}");
        let listed = place.ok(&[&EVERYTHING[..], &["title,status,labels,due_date,raw_data,key"]].concat()).stdout;
        let mut listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
        listed.sort_by_key(|task| task["key"].to_string());
        seen.push(listed);
    }
    assert_eq!(seen[0].len(), 2);
    assert_eq!(seen[0][0]["labels"], json!(["red", "blue"]));
    assert_eq!(seen[0][0]["status"]["category"], "in_progress");
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
}

#[test]
fn what_changed_in_the_source_comes_in_and_what_changed_here_stays() {
    let place = Place::new();
    let import = |text: &str, options: &[&str]| {
        place.write("x.csv", text);
        place.ok(&[&["import", "x.csv", "--project", "ants", "--key", "id"], options].concat()).stderr
    };
    import("id,title,description,labels\n1,One,text,a\n2,Two,text,\n", &[]);
    let newer = "id,title,description,labels\n1,Uno,new text,\"a,b\"\n2,Two,text,\n";
    let told = import(newer, &[]);
    assert_eq!(
        told,
        "ants (ANT): 0 created, 0 updated, 2 unchanged, 0 left out, 0 failed\n  1 changed in the source since; --update brings that in\n"
    );
    let told = import(newer, &["--update", "--report", "report.jsonl"]);
    assert!(told.starts_with("ants (ANT): 0 created, 1 updated, 1 unchanged, 0 left out, 0 failed\n"), "{told}");
    let task = tasks(&place).into_iter().find(|task| task["key"] == "ANT-1").unwrap();
    assert_eq!(
        (&task["title"], &task["description"], &task["labels"]),
        (&json!("Uno"), &json!("new text"), &json!(["a", "b"]))
    );
    assert_eq!(std::fs::read_to_string(place.path("report.jsonl")).unwrap(), "");
}

#[test]
fn failures_are_told_up_to_a_hundred_and_kept_in_the_report() {
    let place = Place::new();
    let mut text = String::from("id,title\n");
    (0..150).for_each(|row| writeln!(text, "{row},").unwrap());
    text.push_str("x,good\n");
    place.write("x.csv", text);
    let ended = place.run(&["import", "x.csv", "--project", "ants", "--key", "id", "--report", "report.jsonl"]);
    assert_eq!(ended.code, 9);
    let told: Vec<_> = ended.stderr.lines().collect();
    assert_eq!((told[0], told[99]), ("line 2: has no title: `title` is missing or empty", told[99]));
    assert_eq!(told[100], "… and 50 more");
    assert_eq!(told[101], "ants (ANT): 1 created, 0 updated, 0 unchanged, 0 left out, 150 failed");
    let report = std::fs::read_to_string(place.path("report.jsonl")).unwrap();
    let report: Vec<Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((report.len(), &report[149]["line"], &report[149]["kind"]), (150, &json!(151), &json!("no title")));
}
