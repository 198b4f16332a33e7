//! Whether everything of an export is in our own database.
//!
//! The database has a place for titles, states, labels, milestones, texts, addresses, times, and for who wrote a comment.
//! It has users of its own and makes none of strangers: who wrote an issue is held in its raw data, which is what GitHub
//! said of it, and so is whatever else has no place of its own (reactions, who may comment, …).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use pm_core::{Comment, Field, PMTask, RawData, SprintStatusCategory, StatusCategory};
use pm_sync::report::{Difference, ParityReport, Why};
use serde_json::Value;

use super::account::{Account, visible};
use super::export::{Export, author, is_assigned, labels, number, text};
use super::world::Contents;

/// Who stands for people whose accounts are gone: <https://github.com/ghost>.
const GHOST: &str = "ghost";

/// Accounts for an export, item by item.
pub(super) fn account(export: &Export, ours: &Contents) -> Account {
    let mut account = Account::default();
    let by_address = by_address(ours);
    for issue in export.true_issues() {
        let address = text(issue, "html_url");
        let found = by_address.get(address).map_or(&[][..], Vec::as_slice);
        account.there("issues", found.len() == 1, || format!("{address} is there {} times", found.len()));
        if let [task] = found {
            account_for_issue(&mut account, issue, task, ours);
            account_for_comments(&mut account, export, issue, &ours.comments[&task.id]);
        }
    }
    for milestone in export.milestones.values() {
        account_for_milestone(&mut account, milestone, ours);
    }
    nothing_else(&mut account, export, ours);
    account
}

/// Our tasks by the addresses of the issues that they are copies of.
pub(super) fn by_address(ours: &Contents) -> BTreeMap<&str, Vec<&PMTask>> {
    let mut tasks: BTreeMap<&str, Vec<&PMTask>> = BTreeMap::new();
    for task in ours.tasks.values() {
        tasks.entry(task.url.as_deref().unwrap_or_default()).or_default().push(task);
    }
    tasks
}

fn account_for_issue(account: &mut Account, issue: &Value, task: &PMTask, ours: &Contents) {
    let name = format!("#{}", number(issue));
    let raw = raw(&task.raw_data);
    let labelled: BTreeSet<&str> = task.labels.iter().map(String::as_str).collect();
    account.same("titles", &name, &visible(text(issue, "title")), &visible(&task.title));
    account.same("states", &name, &category(issue), &task.status.category);
    for label in labels(issue) {
        account.there("labels", labelled.contains(label), || format!("{name} has no label `{label}`: {labelled:?}"));
    }
    account.same("sets of labels", &name, &labels(issue), &labelled);
    account.same("milestones", &name, &issue["milestone"]["title"].as_str(), &ours.sprint_of(task));
    let said = visible(task.description.as_deref().unwrap_or_default());
    account.same("descriptions", &name, &visible(text(issue, "body")), &said);
    account.same("numbers", &name, &number(issue), &number(&raw));
    account.same("authors of issues", &name, &author(issue), &author(&raw));
    account.same("times of creation", &name, &time(issue, "created_at"), &task.created_at);
    account.same("times of closing", &name, &time(issue, "closed_at"), &task.completed_at);
    account.there("answers of GitHub's", raw == *issue, || format!("{name}: the raw data is another: {raw}"));
}

fn account_for_comments(account: &mut Account, export: &Export, issue: &Value, comments: &[Comment]) {
    for wanted in export.comments_on(number(issue)) {
        let name = format!("{}", wanted["id"]);
        let found: Vec<_> = comments.iter().filter(|comment| raw(&comment.raw_data) == *wanted).collect();
        account.there("comments", found.len() == 1, || format!("comment {name} is there {} times", found.len()));
        if let [comment] = found.as_slice() {
            let writer = author(wanted).unwrap_or(GHOST);
            account.same("authors of comments", &name, &Some(writer), &comment.author_name.as_deref());
            account.same("times of comments", &name, &time(wanted, "created_at"), &comment.created_at);
            account.same("texts of comments", &name, &visible(text(wanted, "body")), &visible(&comment.body));
        }
    }
}

fn account_for_milestone(account: &mut Account, milestone: &Value, ours: &Contents) {
    let title = text(milestone, "title");
    let found: Vec<_> = ours.sprints.values().filter(|sprint| sprint.name == title).collect();
    account.there("sprints", found.len() == 1, || format!("milestone {title} is there {} times", found.len()));
    if let [sprint] = found.as_slice() {
        let over = sprint.status.category == SprintStatusCategory::Completed;
        account.same("states of sprints", title, &(milestone["state"] == "closed"), &over);
        account.same("goals", title, &milestone["description"].as_str(), &sprint.goal.as_deref());
        let due = time(milestone, "due_on").map(|due| due.date_naive());
        account.same("due dates", title, &due, &sprint.end_date);
    }
}

/// What the report says of both projects: all is equal but people, of whom our database knows none. Each issue to which
/// somebody is assigned is named; who that is, is held in its raw data.
pub(super) fn account_for_report(export: &Export, report: &ParityReport) {
    let (missing, extra) = (report.missing.len(), report.extra.len());
    assert_eq!((missing, extra), (0, 0), "{report}");
    let is_named = |one: &Difference| one.field == Field::Assignees.into() && one.why == Why::NotMapped;
    assert!(report.different.iter().all(is_named), "{report}");
    let assigned = export.true_issues().filter(|issue| is_assigned(issue)).count();
    assert_eq!(report.different.len(), assigned, "{report}");
    println!("not held by our database but as raw data: assignees of {assigned} issues");
}

/// Pull requests, and what is said on them, are not copied; nothing is there twice under other names.
fn nothing_else(account: &mut Account, export: &Export, ours: &Contents) {
    let comments: usize = export.true_issues().map(|issue| export.comments_on(number(issue)).count()).sum();
    let wanted = (export.true_issues().count(), comments, export.milestones.len());
    let found = (ours.tasks.len(), ours.comments.values().map(Vec::len).sum::<usize>(), ours.sprints.len());
    account.same("nothing else", "the project", &wanted, &found);
}

/// What GitHub said of an item.
pub(super) fn raw(raw: &RawData) -> Value {
    raw.as_str().map_or(Value::Null, |raw| serde_json::from_str(raw).unwrap())
}

fn category(issue: &Value) -> StatusCategory {
    match (text(issue, "state"), text(issue, "state_reason")) {
        ("open", _) => StatusCategory::Todo,
        (_, "not_planned" | "duplicate") => StatusCategory::Cancelled,
        _ => StatusCategory::Done,
    }
}

fn time(row: &Value, member: &str) -> Option<DateTime<Utc>> {
    row[member].as_str().map(|time| time.parse().unwrap())
}
