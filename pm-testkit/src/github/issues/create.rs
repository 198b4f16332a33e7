//! New issues.

use axum::extract::{Path, State};

use super::draft::{Draft, check_body, check_title};
use super::edit::label_details;
use crate::github::access::{Caller, Rights};
use crate::github::changes::{Change, announce};
use crate::github::errors::{Answer, Problem};
use crate::github::labels::label_for;
use crate::github::model::Issue;
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::{App, Store};
use crate::github::view::View;

/// Everybody who reads a repository may open issues: <https://docs.github.com/en/rest/issues/issues#create-an-issue>.
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(repository): Path<u64>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let author = caller.account()?;
    let place = caller.repository(&store, repository)?;
    if !place.has_issues {
        return Err(Problem::issues_disabled());
    }
    let title = body.required("title")?;
    check_title(&title)?;
    let text = body.text("body")?.flatten();
    text.as_deref().map_or(Ok(()), |text| check_body("Issue", text))?;
    let may_push = caller.may(&store, place, Rights::Write);
    let draft = Draft::read(&store, place, &body, may_push)?;
    let mut issue = blank(&app, &mut store, (repository, author), title);
    issue.body = text;
    fill(&mut store, &mut issue, draft);
    let id = issue.id;
    store.insert_issue(issue);
    let now = app.now();
    announce(&mut store, &caller, now, Change::issue(id, "opened"));
    Ok(Reply::created(View::new(&store, &caller).issue_by_id(id)))
}

fn fill(store: &mut Store, issue: &mut Issue, draft: Draft) {
    for name in draft.labels.unwrap_or_default() {
        let label = label_for(store, issue.repository, &name);
        if !issue.labels.contains(&label) {
            issue.labels.push(label);
            let details = label_details(store, label);
            store.record((issue.id, issue.author), issue.created, "labeled", details);
        }
    }
    issue.assignees = draft.assignees.unwrap_or_default();
    issue.milestone = draft.milestone.flatten();
    issue.kind = draft.kind.flatten();
    issue.fields = draft.fields.into_iter().collect();
}

/// A new open issue that has nothing but a title.
pub(in crate::github) fn blank(app: &App, store: &mut Store, (repository, author): (u64, u64), title: String) -> Issue {
    let (id, number, now) = (store.next_id("issues"), store.next_number(repository), app.now());
    empty(id, (repository, number), author, (title, now))
}

/// An open issue that has nothing but a title.
pub(in crate::github) fn empty(
    id: u64,
    (repository, number): (u64, u64),
    author: u64,
    (title, created): (String, chrono::DateTime<chrono::Utc>),
) -> Issue {
    Issue {
        id,
        repository,
        number,
        title,
        body: None,
        open: true,
        reason: None,
        author,
        labels: Vec::new(),
        assignees: Vec::new(),
        milestone: None,
        kind: None,
        fields: std::collections::BTreeMap::new(),
        locked: false,
        lock_reason: None,
        created,
        updated: created,
        closed: None,
        closed_by: None,
        parent: None,
        children: Vec::new(),
        blocked_by: Vec::new(),
        blocking: Vec::new(),
        duplicate_of: None,
        comments: Vec::new(),
        pull: None,
    }
}
