//! The server's database.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, Utc};

use super::builder::Options;
use super::limits::Traffic;
use super::model::{
    Attachment, Board, Change, Comment, Component, Field, Issue, IssueType, Link, LinkType, Priority, Project,
    Resolution, Screens, Sprint, Stage, Status, Task, User, Version, Webhook, WorkflowRow, Worklog,
};
use crate::file_store::FileStore;

/// What every handler gets: the database and the settings of the site.
#[derive(Clone)]
pub(super) struct App {
    pub(super) options: Arc<Options>,
    store: Arc<Mutex<Store>>,
    /// The last issues of pages of searches, as they were: the next pages begin behind them.
    pages: Arc<Mutex<Vec<Issue>>>,
    pub(super) files: Arc<FileStore>,
}

impl App {
    pub(super) fn new(options: Options, store: Store, files: FileStore) -> Self {
        let (options, store, files) = (Arc::new(options), Arc::new(Mutex::new(store)), Arc::new(files));
        Self { options, store, pages: Arc::default(), files }
    }

    /// Remembers the last issue of a page; says under which number.
    pub(super) fn end_page(&self, last: Issue) -> usize {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.push(last);
        pages.len() - 1
    }

    /// The last issue of a page.
    pub(super) fn end_of_page(&self, number: usize) -> Option<Issue> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// The database, after what background jobs and the search index have done by now.
    pub(super) fn lock(&self) -> MutexGuard<'_, Store> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.run_jobs();
        store
    }

    /// The time by the server's clock, in the database's milliseconds.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now().trunc_subsecs(3)
    }
}

/// A change that the search index has not seen yet: the issue as it is then, `None` once it is deleted.
#[derive(Debug)]
struct Unindexed {
    due: Instant,
    id: u64,
    issue: Option<Issue>,
}

/// All tables, by id.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) users: BTreeMap<String, User>,
    pub(super) projects: BTreeMap<u64, Project>,
    pub(super) issue_types: BTreeMap<u64, IssueType>,
    pub(super) statuses: BTreeMap<u64, Status>,
    pub(super) priorities: BTreeMap<u64, Priority>,
    pub(super) default_priority: Option<u64>,
    pub(super) resolutions: BTreeMap<u64, Resolution>,
    pub(super) workflows: BTreeMap<u64, WorkflowRow>,
    /// The screens of issue types that have none of their own.
    pub(super) screens: Screens,
    /// In the order in which the vendor lists them.
    pub(super) fields: Vec<Field>,
    pub(super) components: BTreeMap<u64, Component>,
    pub(super) versions: BTreeMap<u64, Version>,
    pub(super) link_types: BTreeMap<u64, LinkType>,
    pub(super) links: BTreeMap<u64, Link>,
    pub(super) boards: BTreeMap<u64, Board>,
    pub(super) sprints: BTreeMap<u64, Sprint>,
    pub(super) comments: BTreeMap<u64, Comment>,
    pub(super) attachments: BTreeMap<u64, Attachment>,
    pub(super) worklogs: BTreeMap<u64, Worklog>,
    pub(super) webhooks: BTreeMap<u64, Webhook>,
    pub(super) changes: BTreeMap<u64, Change>,
    pub(super) tasks: BTreeMap<u64, Task>,
    /// Issues with a transition under way.
    pub(super) busy: BTreeSet<u64>,
    pub(super) traffic: Traffic,
    /// How many writes would have sent mails, and how many asked for none.
    pub(super) notified: usize,
    pub(super) silent: usize,
    /// How long the search index takes to see a change.
    pub(super) index_lag: Duration,
    issues: BTreeMap<u64, Issue>,
    index: BTreeMap<u64, Issue>,
    unindexed: VecDeque<Unindexed>,
    last_ids: BTreeMap<&'static str, u64>,
}

impl Store {
    /// The next id of a table, from 10000 on as on a real site; ids are never used twice.
    pub(super) fn next_id(&mut self, table: &'static str) -> u64 {
        let last = self.last_ids.entry(table).or_insert(9999);
        *last += 1;
        *last
    }

    /// The next id of a table that counts from 1: boards, sprints, webhooks.
    pub(super) fn next_small_id(&mut self, table: &'static str) -> u64 {
        let last = self.last_ids.entry(table).or_default();
        *last += 1;
        *last
    }

    /// The issues as they are now, by id.
    pub(super) fn issues(&self) -> &BTreeMap<u64, Issue> {
        &self.issues
    }

    /// The issues as a search sees them, late; those to reconcile as they are now.
    pub(super) fn searched(&self, reconciled: &[u64]) -> Vec<&Issue> {
        let late = self.index.iter().filter(|(id, _)| !reconciled.contains(id)).map(|(_, issue)| issue);
        late.chain(reconciled.iter().collect::<BTreeSet<_>>().into_iter().filter_map(|id| self.issues.get(id)))
            .collect()
    }

    /// Writes an issue, a new one or a changed one. The search index follows later.
    pub(super) fn save(&mut self, issue: Issue) {
        self.index_later(issue.id, Some(issue.clone()));
        self.issues.insert(issue.id, issue);
    }

    /// Removes an issue with all that hangs on it, but not its children.
    pub(super) fn remove_issue(&mut self, id: u64) {
        self.issues.remove(&id);
        self.attachments.retain(|_, attachment| attachment.issue != id);
        self.comments.retain(|_, comment| comment.issue != id);
        self.worklogs.retain(|_, worklog| worklog.issue != id);
        self.changes.retain(|_, change| change.issue != id);
        self.links.retain(|_, link| link.from != id && link.to != id);
        self.index_later(id, None);
    }

    fn index_later(&mut self, id: u64, issue: Option<Issue>) {
        self.unindexed.push_back(Unindexed { due: Instant::now() + self.index_lag, id, issue });
        self.run_jobs();
    }

    /// Lets the search index see everything at once: what a server starts with is long indexed.
    pub(super) fn index_now(&mut self) {
        self.index = self.issues.clone();
        self.unindexed.clear();
    }

    fn run_jobs(&mut self) {
        let now = Instant::now();
        while self.unindexed.front().is_some_and(|change| change.due <= now) {
            let Some(change) = self.unindexed.pop_front() else { break };
            match change.issue {
                Some(issue) => self.index.insert(change.id, issue),
                None => self.index.remove(&change.id),
            };
        }
        let due = self.tasks.values_mut().filter(|task| !task.done && task.done_at <= now);
        let due: Vec<u64> = due
            .map(|task| {
                task.done = true;
                task.project
            })
            .collect();
        due.into_iter().for_each(|project| self.remove_project(project));
    }

    /// Removes a project for good.
    pub(super) fn remove_project(&mut self, id: u64) {
        let inside: Vec<u64> = self.issues.values().filter(|issue| issue.project == id).map(|issue| issue.id).collect();
        inside.into_iter().for_each(|issue| self.remove_issue(issue));
        self.components.retain(|_, component| component.project != id);
        self.versions.retain(|_, version| version.project != id);
        self.boards.retain(|_, board| board.project != id);
        let boards: BTreeSet<u64> = self.boards.keys().copied().collect();
        self.sprints.retain(|_, sprint| boards.contains(&sprint.board));
        self.projects.remove(&id);
    }

    /// A project by its number, its key, or a key that it had; deleted ones are left out.
    pub(super) fn find_project(&self, id_or_key: &str) -> Option<&Project> {
        let there = |project: &&Project| project.stage != Stage::Deleted;
        let by_number = id_or_key.parse().ok().and_then(|id: u64| self.projects.get(&id));
        let named =
            |project: &&Project| project.key == id_or_key || project.old_keys.iter().any(|old| old == id_or_key);
        by_number.filter(there).or_else(|| self.projects.values().filter(there).find(named))
    }

    /// An issue by its number, its key in any case, or a key that it had before it moved.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get>
    pub(super) fn find_issue(&self, id_or_key: &str) -> Option<&Issue> {
        if let Ok(id) = id_or_key.parse::<u64>() {
            return self.issues.get(&id);
        }
        let current = self.issues.values().find(|issue| issue.key.eq_ignore_ascii_case(id_or_key));
        current.or_else(|| {
            self.issues.values().find(|issue| issue.old_keys.iter().any(|old| old.eq_ignore_ascii_case(id_or_key)))
        })
    }

    pub(super) fn children(&self, id: u64) -> impl Iterator<Item = &Issue> {
        self.issues.values().filter(move |issue| issue.parent == Some(id))
    }

    /// The children of the level below the standard one.
    pub(super) fn subtasks(&self, id: u64) -> impl Iterator<Item = &Issue> {
        self.children(id).filter(|child| self.issue_types.get(&child.kind).is_some_and(IssueType::is_subtask))
    }

    pub(super) fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Seconds of work logged on an issue.
    pub(super) fn time_spent(&self, issue: u64) -> u64 {
        self.worklogs.values().filter(|worklog| worklog.issue == issue).map(|worklog| worklog.seconds).sum()
    }

    /// The workflow that issues of a type follow in a project.
    pub(super) fn workflow_of(&self, project: u64, kind: u64) -> Option<&WorkflowRow> {
        let own = self.projects.get(&project).and_then(|project| project.workflows.get(&kind));
        own.and_then(|id| self.workflows.get(id)).or_else(|| self.workflows.values().next())
    }

    /// The screens of an issue type in a project.
    pub(super) fn screens_of(&self, project: u64, kind: u64) -> &Screens {
        self.projects.get(&project).and_then(|project| project.screens.get(&kind)).unwrap_or(&self.screens)
    }
}
