//! Two databases kept in step by `spm sync`: what a person maps, plans, runs and decides.

use serde_json::Value;

use crate::support::{Outcome, Sandbox};

/// A sandbox with the project `Website` in the internal database, and another one behind the connection `other`.
fn world() -> Sandbox {
    let sandbox = Sandbox::new();
    let url = format!("database_url=sqlite:{}", sandbox.work().join("other.sqlite3").display());
    ok(&sandbox, &["project", "create", "Website", "--key", "WEB"]);
    ok(&sandbox, &["connection", "add", "other", "--database", "--provider", "internal", &url]);
    ok(&sandbox, &["--connection", "other", "project", "create", "Site", "--key", "SITE"]);
    sandbox
}

fn spm(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    sandbox.spm(arguments).run()
}

fn ok(sandbox: &Sandbox, arguments: &[&str]) -> String {
    spm(sandbox, arguments).ok()
}

fn map(sandbox: &Sandbox, options: &[&str]) -> Outcome {
    spm(sandbox, &[&["sync", "map", "website", "other", "SITE"], options].concat())
}

fn titles(sandbox: &Sandbox, before: &[&str]) -> Vec<String> {
    let list = [before, &["task", "list", "--state", "all", "--json", "title"]].concat();
    let rows = sandbox.json(&list);
    let mut titles: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

const OTHER: [&str; 2] = ["--connection", "other"];

#[test]
fn what_is_mapped_is_shown() {
    let sandbox = world();
    let nothing = spm(&sandbox, &["sync", "status"]);
    assert!(nothing.code == 0 && nothing.stderr.contains("nothing is mapped yet"), "{nothing:?}");
    let mapped = map(&sandbox, &[]);
    assert!(mapped.code == 0 && mapped.stderr.contains("mode `observe`"), "{mapped:?}");
    let status = sandbox.json(&["sync", "status", "--json", "project,connection,provider,mode,enabled,links,last_run"]);
    let row = &status[0];
    assert_eq!(
        (&row["project"], &row["connection"], &row["provider"], &row["mode"]),
        (&Value::from("WEB"), &Value::from("other"), &Value::from("internal"), &Value::from("observe"))
    );
    assert_eq!((&row["enabled"], &row["last_run"]), (&Value::from(true), &Value::Null));
    // Said again, it keeps what was said, and takes what is new.
    map(&sandbox, &["--mode", "shadow", "--field", "title=newest", "--paused"]).ok();
    let row = &sandbox.json(&["sync", "status", "--json", "mode,enabled"])[0];
    assert_eq!((&row["mode"], &row["enabled"]), (&Value::from("shadow"), &Value::from(false)));
    let paused = spm(&sandbox, &["sync", "run"]);
    assert!(paused.code == 3 && paused.stderr.contains("not paused"), "{paused:?}");
    ok(&sandbox, &["sync", "unmap", "web:other", "--yes"]);
    assert_eq!(sandbox.json(&["sync", "status", "--json", "mapping"]), serde_json::json!([]));
}

#[test]
fn what_makes_no_sense_is_refused_with_what_does() {
    let sandbox = world();
    for (arguments, code, what) in [
        (&["sync", "map", "website", "other", "nowhere"][..], 3, "connection `other`: there is no project `nowhere`"),
        (&["sync", "map", "nothing", "other", "SITE"], 3, "--create makes it"),
        (&["sync", "map", "website", "jira", "SITE"], 8, "there is no connection `jira`"),
        (&["sync", "map", "website", "other", "SITE", "--field", "titel=newest"], 2, "no field `titel`"),
        (&["sync", "map", "website", "other", "SITE", "--status", "Done"], 2, "has to be two words"),
        (&["sync", "run", "website"], 3, "nothing is mapped that `website` names"),
        (&["--provider", "jira", "sync", "status"], 2, "goes between the internal database and connections"),
        (&["sync", "conflicts", "show", "abc"], 3, "there is no conflict `abc`"),
        (&["sync", "conflicts", "resolve", "--keep", "internal"], 2, "which conflicts are decided?"),
    ] {
        let message = spm(&sandbox, arguments).failed(code);
        assert!(message.contains(what), "{arguments:?}: {message}");
    }
}

#[test]
fn both_sides_come_in_step_and_stay_so() {
    let sandbox = world();
    map(&sandbox, &["--mode", "bidirectional"]).ok();
    ok(&sandbox, &["task", "create", "-p", "web", "Paint the fence"]);
    ok(&sandbox, &["--connection", "other", "task", "create", "-p", "SITE", "Water the roses"]);
    let plan = spm(&sandbox, &["sync", "plan"]);
    assert_eq!(plan.code, 10, "{plan:?}");
    assert!(plan.stdout.contains("create") && plan.stdout.contains("task `Paint the fence`"), "{plan:?}");
    assert_eq!(titles(&sandbox, &OTHER), ["Water the roses"], "a plan writes nothing");
    let run = sandbox.json(&["sync", "other", "--json", "outcome,counters,calls,problem"]);
    assert_eq!((&run[0]["outcome"], &run[0]["counters"]["created"]), (&Value::from("done"), &Value::from(2)), "{run}");
    for side in [&[][..], &OTHER] {
        assert_eq!(titles(&sandbox, side), ["Paint the fence", "Water the roses"]);
    }
    let again = spm(&sandbox, &["sync", "plan", "website", "--fields"]);
    assert!(again.code == 0 && again.stdout.contains("nothing to do"), "{again:?}");
    assert!(again.stdout.contains("<-> title"), "{again:?}");
    let status = spm(&sandbox, &["sync", "status", "website"]).ok();
    assert!(status.contains("2 tasks") && status.contains(": done"), "{status}");
    let log = ok(&sandbox, &["sync", "watch", "--every", "1s", "--rounds", "1"]);
    assert!(log.contains("WEB <-> other:") && log.contains("nothing to do"), "{log}");
}

#[test]
fn a_person_decides_what_both_changed() {
    let sandbox = world();
    map(&sandbox, &["--mode", "bidirectional", "--policy", "manual"]).ok();
    ok(&sandbox, &["task", "create", "-p", "web", "Paint"]);
    ok(&sandbox, &["sync", "run"]);
    ok(&sandbox, &["task", "edit", "WEB-1", "--title", "Paint it blue"]);
    ok(&sandbox, &["--connection", "other", "task", "edit", "SITE-1", "--title", "Paint it red"]);
    ok(&sandbox, &["sync", "run"]);
    assert_eq!(
        (titles(&sandbox, &[]), titles(&sandbox, &OTHER)),
        (vec!["Paint it blue".to_owned()], vec!["Paint it red".to_owned()])
    );
    let conflicts = sandbox.json(&["sync", "conflicts", "list", "--json", "id,key,field,base,values,winner"]);
    let conflict = &conflicts[0];
    assert_eq!((&conflict["key"], &conflict["field"]), (&Value::from("WEB-1"), &Value::from("title")), "{conflicts}");
    assert_eq!(conflict["base"]["internal"], Value::from("Paint"));
    assert_eq!(conflict["values"], serde_json::json!({"internal": "Paint it blue", "external": "Paint it red"}));
    let id = conflict["id"].as_str().unwrap();
    let shown = ok(&sandbox, &["sync", "conflicts", "show", &id[id.len() - 8..]]);
    assert!(shown.contains("both sides changed it") && shown.contains("Paint it red"), "{shown}");
    let decided = sandbox.spm(&["sync", "conflicts", "resolve", id, "--keep", "external"]).env("USER", "ada").run();
    assert!(decided.code == 0 && decided.stderr.contains("title: `Paint it red` is taken"), "{decided:?}");
    ok(&sandbox, &["sync", "run"]);
    assert_eq!(titles(&sandbox, &[]), ["Paint it red"]);
    assert_eq!(sandbox.json(&["sync", "conflicts", "list", "--json", "id"]), serde_json::json!([]));
    let kept = sandbox.json(&["sync", "conflicts", "list", "--all", "--json", "winner,decided_by,values"]);
    assert_eq!((&kept[0]["winner"], &kept[0]["decided_by"]), (&Value::from("external"), &Value::from("ada with spm")));
}

#[test]
fn much_at_once_needs_a_yes() {
    let sandbox = world();
    map(&sandbox, &["--mode", "shadow"]).ok();
    for number in 0..21 {
        ok(&sandbox, &["task", "create", "-p", "web", &format!("Task {number}")]);
    }
    let refused = spm(&sandbox, &["sync", "run"]);
    assert!(refused.code == 11 && refused.stderr.contains("21 creates"), "{refused:?}");
    assert_eq!(titles(&sandbox, &OTHER).len(), 0);
    ok(&sandbox, &["sync", "run", "--yes"]);
    assert_eq!(titles(&sandbox, &OTHER).len(), 21);
}
