//! A small export of nobody's, with what real ones have: a pull request among the issues, people who are gone, equal titles,
//! mentions and references, other scripts, line ends of another world.

use std::path::Path;

use serde_json::{Value, json};

const API: &str = "https://api.github.com/repos/ada/queue";
const WEB: &str = "https://github.com/ada/queue";

/// Writes the five files of an export.
pub(super) fn write(folder: &Path) {
    let files = [
        ("comments", comments()),
        ("issues", issues()),
        ("milestones", vec![milestone(), old_milestone()]),
        ("pulls", vec![]),
        ("users", vec![user("ada"), user("mel-b")]),
    ];
    for (name, rows) in files {
        let said = serde_json::to_string_pretty(&rows).unwrap();
        std::fs::write(folder.join(name).with_extension("json"), said).unwrap();
    }
}

fn issues() -> Vec<Value> {
    vec![
        issue(1, "ada", "Queue overflows with 日本語 and 🐜")
            .labelled(&["bug", "good first issue"])
            .in_milestone(milestone())
            .said("See #2, @mel-b.\r\n\r\n```\r\nqueue.push(ant) // @nobody #4\r\n```\r\n\r\n- **one**\r\n- two"),
        issue(2, "mel-b", "Panic `index out of range`")
            .labelled(&["bug"])
            .in_milestone(milestone())
            .assigned("ada")
            .closed("completed")
            .said("| a | b |\n|---|---|\n| 1 | ü |\n\nSame as ada/other#7?"),
        issue(3, "mel-b", "Fix the panic").closed("completed").said("Fixes #2").pull_request(),
        issue(4, "gus", "Same words").labelled(&["wontfix"]).closed("not_planned"),
        issue(5, "", "Same words").said(""),
        issue(6, "ada", " spaces around, and a reason that nobody wrote ").closed("").said("> quoted\n\nanswer"),
    ]
    .into_iter()
    .map(|Issue(row)| row)
    .collect()
}

fn comments() -> Vec<Value> {
    vec![
        comment(101, 1, "mel-b", "@ada I see it too, with #4 applied.\r\n\r\n> Queue overflows\r\n\r\nReally."),
        comment(102, 1, "ada", "😄 謝謝"),
        comment(103, 2, "helper[bot]", "[![build](https://ci.example.org/badge.svg)](https://ci.example.org)"),
        comment(104, 2, "", "The account that wrote this is gone."),
        comment(105, 3, "ada", "Looks good to me."),
        comment(106, 4, "gus", "+1"),
        comment(107, 4, "gus", "+1"),
        comment(108, 6, "mel-b", "1. first\n2. second\n\n    indented code"),
    ]
}

/// An issue that is being put together.
struct Issue(Value);

fn issue(number: u64, author: &str, title: &str) -> Issue {
    Issue(json!({
        "url": format!("{API}/issues/{number}"),
        "repository_url": API,
        "html_url": format!("{WEB}/issues/{number}"),
        "id": 2_000_000_000 + number,
        "number": number,
        "title": title,
        "user": user(author),
        "labels": [],
        "state": "open",
        "state_reason": null,
        "locked": false,
        "assignees": [],
        "milestone": null,
        "comments": comments().iter().filter(|comment| super::export::on(comment) == number).count(),
        "created_at": format!("2024-02-{number:02}T08:30:00Z"),
        "updated_at": format!("2024-04-{number:02}T10:00:59Z"),
        "closed_at": null,
        "author_association": "NONE",
        "body": null,
    }))
}

impl Issue {
    fn with(mut self, member: &str, value: Value) -> Self {
        self.0[member] = value;
        self
    }

    fn said(self, body: &str) -> Self {
        self.with("body", body.into())
    }

    fn labelled(self, names: &[&str]) -> Self {
        let labels = names.iter().map(|name| json!({ "id": name.len(), "name": name, "color": "d73a4a" }));
        let labels = labels.collect();
        self.with("labels", labels)
    }

    fn in_milestone(self, milestone: Value) -> Self {
        self.with("milestone", milestone)
    }

    fn assigned(self, login: &str) -> Self {
        self.with("assignees", json!([user(login)]))
    }

    fn closed(self, reason: &str) -> Self {
        let reason = if reason.is_empty() { Value::Null } else { reason.into() };
        let closed = self.with("state", "closed".into()).with("state_reason", reason);
        closed.with("closed_at", "2024-03-15T17:45:12Z".into())
    }

    fn pull_request(self) -> Self {
        let number = self.0["number"].clone();
        let page = format!("{WEB}/pull/{number}");
        self.with("pull_request", json!({ "url": format!("{API}/pulls/{number}") })).with("html_url", page.into())
    }
}

fn comment(id: u64, on: u64, author: &str, body: &str) -> Value {
    let part = if on == 3 { "pull" } else { "issues" };
    let at = format!("2024-03-{on:02}T12:00:{:02}Z", id % 60);
    json!({
        "url": format!("{API}/issues/comments/{id}"),
        "html_url": format!("{WEB}/{part}/{on}#issuecomment-{id}"),
        "issue_url": format!("{API}/issues/{on}"),
        "id": id,
        "user": user(author),
        "created_at": at,
        "updated_at": at,
        "author_association": "NONE",
        "body": body,
    })
}

fn milestone() -> Value {
    json!({
        "url": format!("{API}/milestones/7"),
        "html_url": format!("{WEB}/milestone/7"),
        "id": 7_856_149,
        "number": 7,
        "title": "v1.0 «Ameise»",
        "description": "All that blocks",
        "creator": user("ada"),
        "state": "open",
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-02T00:00:00Z",
        "due_on": "2024-06-01T07:00:00Z",
        "closed_at": null,
    })
}

/// One that is over.
fn old_milestone() -> Value {
    let mut old = milestone();
    for (member, value) in [("number", json!(5)), ("id", json!(7_856_005)), ("title", "v0.9".into())] {
        old[member] = value;
    }
    (old["state"], old["closed_at"]) = ("closed".into(), "2024-01-31T00:00:00Z".into());
    (old["description"], old["due_on"]) = (Value::Null, Value::Null);
    old["url"] = format!("{API}/milestones/5").into();
    old
}

/// Somebody; nobody where there is no login.
fn user(login: &str) -> Value {
    if login.is_empty() {
        return Value::Null;
    }
    let id: u64 = login.bytes().map(u64::from).sum();
    json!({ "login": login, "id": id, "type": if login.ends_with("[bot]") { "Bot" } else { "User" } })
}
