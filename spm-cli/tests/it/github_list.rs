//! A GitHub-shaped list, brought in and compared field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::{Sandbox, github};

const ROWS: u32 = 500;
const FIELDS: &str = "key,title,description,state,status,labels,assignee_logins,author_login,sprint_name,url,\
                      created_at,completed_at,raw_data";

#[test]
fn five_hundred_issues_come_in_as_they_are() {
    let sandbox = Sandbox::new();
    let issues = github::issues(ROWS, 3, true);
    let wanted: Vec<_> = issues.iter().filter(|issue| issue.get("pull_request").is_none()).collect();
    assert_every_kind_is_there(&wanted);
    sandbox.write("issues.json", &serde_json::to_string_pretty(&issues).unwrap());
    let import = ["import", "--preset", "github", "--project", "ants", "issues.json"];

    let run = sandbox.spm(&import).run();
    let pulls = issues.len() - wanted.len();
    assert!(run.stderr.contains(&format!("{} created", wanted.len())), "{}", run.stderr);
    assert!(run.stderr.contains(&pulls.to_string()), "{}", run.stderr);
    let tasks = list(&sandbox);
    compare(&wanted, &tasks);

    let before = sandbox.spm(&["export"]).raw().ok();
    let run = sandbox.spm(&import).run();
    assert!(run.stderr.contains("0 created"), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("{} unchanged", wanted.len())), "{}", run.stderr);
    assert_eq!(before, sandbox.spm(&["export"]).raw().ok());
}

fn list(sandbox: &Sandbox) -> BTreeMap<String, Value> {
    let arguments = ["task", "list", "--project", "ants", "--state", "all", "--limit", "all", "--json", FIELDS];
    let Value::Array(tasks) = sandbox.json(&arguments) else { panic!("no list") };
    tasks.into_iter().map(|task| (task["url"].as_str().unwrap().to_owned(), task)).collect()
}

fn compare(issues: &[&Value], tasks: &BTreeMap<String, Value>) {
    assert_eq!(issues.len(), tasks.len());
    for issue in issues {
        let task = &tasks[issue["html_url"].as_str().unwrap()];
        assert_eq!(task["title"], issue["title"]);
        assert_eq!(task["description"], issue["body"]);
        assert_eq!(task["state"], issue["state"]);
        assert_eq!(task["status"]["category"], category(issue));
        assert_eq!(set(&task["labels"], ""), set(&issue["labels"], "name"));
        assert_eq!(task["assignee_logins"], json!(names(&issue["assignees"], "login")));
        assert_eq!(task["author_login"], issue["user"]["login"]);
        assert_eq!(task["sprint_name"], issue["milestone"]["title"]);
        assert_eq!(time(&task["created_at"]), time(&issue["created_at"]));
        assert_eq!(time(&task["completed_at"]), time(&issue["closed_at"]));
        assert_eq!(&task["raw_data"], *issue);
    }
}

fn category(issue: &Value) -> &'static str {
    match (issue["state"].as_str(), issue["state_reason"].as_str()) {
        (Some("open"), _) => "todo",
        (_, Some("not_planned")) => "cancelled",
        _ => "done",
    }
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let text = |item: &Value| if member.is_empty() { item.clone() } else { item[member].clone() };
    list.as_array().unwrap().iter().map(|item| text(item).as_str().unwrap().to_owned()).collect()
}

fn set(list: &Value, member: &str) -> BTreeSet<String> {
    names(list, member).into_iter().collect()
}

fn time(value: &Value) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    value.as_str().map(|text| chrono::DateTime::parse_from_rfc3339(text).unwrap())
}

/// A comparison of nothing with nothing would prove nothing.
fn assert_every_kind_is_there(issues: &[&Value]) {
    let count = |is: &dyn Fn(&Value) -> bool| issues.iter().filter(|issue| is(issue)).count();
    assert!(count(&|issue| issue["state"] == "open") > 50);
    assert!(count(&|issue| issue["state_reason"] == "not_planned") > 10);
    assert!(count(&|issue| issue["body"].is_null()) > 50);
    assert!(count(&|issue| !issue["milestone"].is_null()) > 50);
    assert!(count(&|issue| !issue["title"].as_str().unwrap().is_ascii()) > 50);
    for number in 0..=3 {
        assert!(count(&|issue| issue["assignees"].as_array().unwrap().len() == number) > 20, "{number} assignees");
        assert!(count(&|issue| issue["labels"].as_array().unwrap().len() == number) > 20, "{number} labels");
    }
}
