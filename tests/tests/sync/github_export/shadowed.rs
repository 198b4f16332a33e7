//! Whether everything that a Redmine can hold of our project is there, and the rest is named.
//!
//! A Redmine has no labels; what it holds was made by whoever synchronises, at the time of the copy. So who wrote a comment
//! and when is a line above its text. Labels are named by the report of what is not compared; who wrote an issue, when, and
//! where it was, stays in our own database, of which the test asks again afterwards.

use std::collections::BTreeMap;

use pm_core::{Comment, Field, PMTask, TaskId};
use pm_sync::engine::Engine;
use pm_sync::item::Kind;
use pm_sync::record::FieldKey;
use pm_sync::report::{Difference, ParityReport, Why};

use super::account::{Account, visible};
use super::export::{Export, labels, text};
use super::mirrored::by_address;
use super::world::Contents;

/// The twins of our tasks over there, by our ids.
pub(super) async fn twins(engine: &Engine) -> BTreeMap<TaskId, TaskId> {
    let parts = engine.parts();
    let links = parts.store.links_after(&parts.mapping, Some(Kind::Task), None, 100_000).await.unwrap();
    links.into_iter().filter_map(|link| Some((link.ids.a?.as_str().into(), link.ids.b?.as_str().into()))).collect()
}

/// Accounts for an export by way of our tasks and their twins.
pub(super) fn account(
    export: &Export,
    ours: &Contents,
    theirs: &Contents,
    twins: &BTreeMap<TaskId, TaskId>,
) -> Account {
    let mut account = Account::default();
    let by_address = by_address(ours);
    for issue in export.true_issues() {
        let task = by_address[text(issue, "html_url")][0];
        let twin = twins.get(&task.id).and_then(|twin| theirs.tasks.get(twin));
        account.there("issues", twin.is_some(), || format!("`{}` has no twin", task.title));
        if let Some(twin) = twin {
            account_for_task(&mut account, task, twin, ours, theirs);
            account_for_comments(&mut account, &ours.comments[&task.id], &theirs.comments[&twin.id]);
        }
    }
    let many = |contents: &Contents| {
        let comments: usize = contents.comments.values().map(Vec::len).sum();
        (contents.tasks.len(), comments, contents.sprints.len())
    };
    account.same("nothing else", "the project", &many(ours), &many(theirs));
    account
}

fn account_for_task(account: &mut Account, task: &PMTask, twin: &PMTask, ours: &Contents, theirs: &Contents) {
    let name = &task.title;
    account.same("titles", name, &words(name), &words(&twin.title));
    account.same("states", name, &task.status.category, &twin.status.category);
    account.same("milestones", name, &ours.sprint_of(task), &theirs.sprint_of(twin));
    let said = |task: &PMTask| words(task.description.as_deref().unwrap_or_default());
    account.same("descriptions", name, &said(task), &said(twin));
}

/// Each of our comments has one of its own over there, below a line with its author and its time.
fn account_for_comments(account: &mut Account, ours: &[Comment], theirs: &[Comment]) {
    let mut left: Vec<(String, String)> = theirs.iter().map(|comment| parts(&comment.body)).collect();
    for comment in ours {
        let (line, body) = (header(comment), words(&comment.body));
        let name = format!("`{line}`");
        let found = left.iter().position(|part| *part == (line.clone(), body.clone()));
        account.there("comments", found.is_some(), || format!("comment {name} {body:?} is not among {left:?}"));
        let Some(found) = found else { continue };
        let (line, _) = left.swap_remove(found);
        if let Some(author) = &comment.author_name {
            account.there("authors of comments", line.starts_with(&shown(author)), || format!("{name}: {line}"));
        }
        let at = comment.created_at.map(shown_time).unwrap_or_default();
        account.there("times of comments", line.ends_with(&at), || format!("{name}: {line}"));
    }
}

/// `ada · 2024-03-01 12:00:41 UTC`
fn header(comment: &Comment) -> String {
    let author = comment.author_name.as_deref().map(shown);
    let parts = author.into_iter().chain(comment.created_at.map(shown_time));
    parts.collect::<Vec<_>>().join(" · ")
}

/// A login without what would be markup in a line of text.
fn shown(login: &str) -> String {
    login.replace(['[', ']', '_'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shown_time(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The first line of a copied comment, and what is below it.
fn parts(body: &str) -> (String, String) {
    let body = visible(body).replace("\r\n", "\n");
    let (line, rest) = body.split_once("\n\n").unwrap_or_default();
    (line.to_owned(), words(rest))
}

/// A text as people see it, whatever ends its lines and however many blanks follow it.
fn words(text: &str) -> String {
    visible(text).replace("\r\n", "\n").trim().to_owned()
}

/// What the report says of both projects: nothing lacks a twin; what Redmine has no room for is named with the number of
/// issues that have some, and so is what it cannot leave empty (each issue has a priority and a tracker there).
pub(super) fn account_for_report(export: &Export, report: &ParityReport) {
    assert_eq!((report.missing.len(), report.extra.len()), (0, 0), "{report}");
    let filled = [Field::Priority, Field::TaskType].map(FieldKey::from);
    let is_filled =
        |one: &Difference| one.why == Why::NotSupported && one.values.a.is_null() && filled.contains(&one.field);
    assert!(report.different.iter().all(is_filled), "{report}");
    let named: BTreeMap<_, _> = report.not_compared.iter().map(|one| ((one.kind, &one.field), one.items)).collect();
    let labelled = export.true_issues().filter(|issue| !labels(issue).is_empty()).count();
    assert_eq!(named.get(&(Kind::Task, &Field::Labels.into())), Some(&(labelled as u64)), "{report}");
    println!("not held by Redmine, and named so: labels of {labelled} issues");
    println!("filled in by Redmine, and named so: {} priorities and trackers", report.different.len());
}
