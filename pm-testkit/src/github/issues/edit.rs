//! Changes of issues.

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::draft::{Draft, check_body, check_title};
use crate::github::access::{Caller, Rights};
use crate::github::changes::{Change, announce};
use crate::github::errors::{Answer, Problem};
use crate::github::labels::label_for;
use crate::github::model::{Issue, Reason};
use crate::github::reply::Reply;
use crate::github::request::Body;
use crate::github::store::{App, Store};
use crate::github::view::View;

/// Authors edit and close their own issues, those with push access all of them:
/// <https://docs.github.com/en/rest/issues/issues#update-an-issue>.
pub(super) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path((repository, number)): Path<(u64, u64)>,
    body: Body,
) -> Answer<Reply> {
    let mut store = app.lock();
    let issue = caller.issue(&store, repository, number)?;
    let (id, author) = (issue.id, issue.author);
    let place = caller.repository(&store, repository)?;
    let may_push = caller.may(&store, place, Rights::Write);
    if !may_push && author != caller.account()? {
        return Err(Problem::needs_rights());
    }
    let draft = Draft::read(&store, place, &body, may_push)?;
    change(&app, &mut store, &caller, id, |editor, issue| {
        editor.texts(issue, &body)?;
        editor.state(issue, &body)?;
        editor.rest(issue, draft);
        Ok(())
    })?;
    Ok(Reply::ok(View::new(&store, &caller).issue_by_id(id)))
}

/// What happened to an issue: the name in its history, that of the webhook, and what else there is to tell.
type Happened = (&'static str, &'static str, Value);

/// Changes an issue, writes its history and tells the hooks. Nothing changes where the change is refused.
pub(in crate::github) fn change(
    app: &App,
    store: &mut Store,
    caller: &Caller,
    id: u64,
    edit: impl FnOnce(&mut Editor<'_>, &mut Issue) -> Answer<()>,
) -> Answer<()> {
    let (me, now) = (caller.account()?, app.now());
    let mut issue = store.issues.get(&id).ok_or_else(Problem::not_found)?.clone();
    let mut editor = Editor { store, me, now, events: Vec::new() };
    edit(&mut editor, &mut issue)?;
    let events = editor.events;
    if !events.is_empty() {
        issue.updated = now;
    }
    store.issues.insert(id, issue);
    for (kind, action, details) in events {
        if !kind.is_empty() {
            store.record((id, me), now, kind, details.clone());
        }
        announce(store, caller, now, Change::issue(id, action).with(details));
    }
    Ok(())
}

/// What a history keeps of a label, which may be gone or called otherwise later.
pub(in crate::github) fn label_details(store: &Store, id: u64) -> Value {
    let label = store.labels.get(&id);
    label.map(|label| json!({ "label": { "id": id, "name": label.name, "color": label.color } })).unwrap_or_default()
}

/// Changes one issue and remembers what happened.
pub(in crate::github) struct Editor<'a> {
    pub(in crate::github) store: &'a mut Store,
    me: u64,
    now: chrono::DateTime<chrono::Utc>,
    events: Vec<Happened>,
}

impl Editor<'_> {
    /// Remembers what happened: an empty name of the history stands for what it does not tell.
    pub(in crate::github) fn happened(&mut self, kind: &'static str, action: &'static str, details: Value) {
        self.events.push((kind, action, details));
    }

    pub(in crate::github) fn texts(&mut self, issue: &mut Issue, body: &Body) -> Answer<()> {
        if let Some(Some(title)) = body.text("title")? {
            check_title(&title)?;
            if title != issue.title {
                let rename = json!({ "rename": { "from": issue.title, "to": title } });
                self.happened("renamed", "edited", rename);
                issue.title = title;
            }
        }
        if let Some(text) = body.text("body")? {
            text.as_deref().map_or(Ok(()), |text| check_body("Issue", text))?;
            if text != issue.body {
                self.happened("", "edited", json!({}));
                issue.body = text;
            }
        }
        Ok(())
    }

    pub(in crate::github) fn state(&mut self, issue: &mut Issue, body: &Body) -> Answer<()> {
        let reason = match body.text("state_reason")?.flatten() {
            None => None,
            Some(name) => {
                let wrong = || Problem::invalid("Issue", "state_reason", name.as_str());
                Some(Reason::of_name(&name).ok_or_else(wrong)?)
            }
        };
        let open = match body.text("state")?.flatten().as_deref() {
            None => return Ok(()),
            Some("open") => true,
            Some("closed") => false,
            Some(other) => return Err(Problem::invalid("Issue", "state", other)),
        };
        if open == issue.open {
            // "Ignored unless `state` is changed", as the documentation has it.
            return Ok(());
        }
        issue.open = open;
        issue.closed = (!open).then_some(self.now);
        issue.closed_by = (!open).then_some(self.me);
        match (open, issue.pull.is_some()) {
            (true, _) => {
                issue.reason = Some(Reason::Reopened).filter(|_| issue.pull.is_none());
                issue.duplicate_of = None;
                self.happened("reopened", "reopened", json!({}));
            }
            (false, true) => self.happened("closed", "closed", json!({})),
            (false, false) => self.close(issue, reason, body)?,
        }
        Ok(())
    }

    fn close(&mut self, issue: &mut Issue, reason: Option<Reason>, body: &Body) -> Answer<()> {
        let reason = reason.filter(|reason| *reason != Reason::Reopened).unwrap_or(Reason::Completed);
        if let (Reason::Duplicate, Some(id)) = (reason, body.get("duplicate_issue_id")) {
            let original = id.as_u64().filter(|id| *id != issue.id && self.store.issues.contains_key(id));
            let wrong = || Problem::invalid("Issue", "duplicate_issue_id", id.clone());
            issue.duplicate_of = Some(original.ok_or_else(wrong)?);
        }
        issue.reason = Some(reason);
        self.happened("closed", "closed", json!({ "state_reason": reason.name() }));
        Ok(())
    }

    fn rest(&mut self, issue: &mut Issue, draft: Draft) {
        if let Some(names) = draft.labels {
            self.labels(issue, &names);
        }
        if let Some(assignees) = draft.assignees {
            self.assignees(issue, assignees);
        }
        if let Some(milestone) = draft.milestone {
            self.milestone(issue, milestone);
        }
        if let Some(kind) = draft.kind {
            self.kind(issue, kind);
        }
        for (id, value) in draft.fields {
            issue.fields.insert(id, value);
            self.happened("", "field_added", json!({}));
        }
    }

    pub(in crate::github) fn milestone(&mut self, issue: &mut Issue, milestone: Option<u64>) {
        if milestone == issue.milestone {
            return;
        }
        let (kind, id) = match milestone {
            Some(_) => ("milestoned", milestone),
            None => ("demilestoned", issue.milestone),
        };
        let title = id.and_then(|id| self.store.milestones.get(&id)).map(|milestone| milestone.title.clone());
        self.happened(kind, kind, json!({ "milestone": { "title": title } }));
        issue.milestone = milestone;
    }

    pub(in crate::github) fn kind(&mut self, issue: &mut Issue, kind: Option<u64>) {
        if kind == issue.kind {
            return;
        }
        let (event, action) = match (issue.kind, kind) {
            (None, _) => ("issue_type_added", "typed"),
            (Some(_), None) => ("issue_type_removed", "untyped"),
            (Some(_), Some(_)) => ("issue_type_changed", "typed"),
        };
        self.happened(event, action, json!({}));
        issue.kind = kind;
    }

    pub(in crate::github) fn labels(&mut self, issue: &mut Issue, names: &[String]) {
        let mut labels: Vec<u64> = Vec::new();
        for name in names {
            let label = label_for(self.store, issue.repository, name);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        let put_on: Vec<u64> = labels.iter().filter(|id| !issue.labels.contains(id)).copied().collect();
        let taken_off: Vec<u64> = issue.labels.iter().filter(|id| !labels.contains(id)).copied().collect();
        for (ids, kind) in [(put_on, "labeled"), (taken_off, "unlabeled")] {
            for id in ids {
                self.happened(kind, kind, label_details(self.store, id));
            }
        }
        issue.labels = labels;
    }

    pub(in crate::github) fn assignees(&mut self, issue: &mut Issue, assignees: Vec<u64>) {
        let added: Vec<u64> = assignees.iter().filter(|id| !issue.assignees.contains(id)).copied().collect();
        let removed: Vec<u64> = issue.assignees.iter().filter(|id| !assignees.contains(id)).copied().collect();
        for (ids, kind) in [(added, "assigned"), (removed, "unassigned")] {
            for id in ids {
                self.happened(kind, kind, json!({ "assignee": id }));
            }
        }
        issue.assignees = assignees;
    }
}
