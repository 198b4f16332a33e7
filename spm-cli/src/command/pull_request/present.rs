//! How pull requests are shown.

use chrono::{DateTime, Utc};
use pm_core::{LinkedPullRequests, PMTask, PullRequest, PullRequestDetails, PullRequestState};
use serde::ser::{SerializeMap, Serializer};
use serde::{Serialize, ser::Error as _};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::lookup::{Names, References, Wants};
use crate::output::{Cell, Column, Presented, Tone, Written, one_line};

/// The fields of a pull request in a list.
macro_rules! fields {
    ($($more:literal),* $(,)?) => {
        &[
            "id",
            "number",
            "project_id",
            "title",
            "description",
            "state",
            "draft",
            "author_id",
            "author_name",
            "source_branch",
            "source_repository",
            "source_commit",
            "target_branch",
            "labels",
            "assignees",
            "requested_reviewers",
            "requested_teams",
            "url",
            "created_at",
            "updated_at",
            "closed_at",
            "merged_at",
            "raw_data",
            $($more),*
        ]
    };
}

/// A pull request of a list.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Listed {
    one: PullRequest,
    #[serde(skip)]
    handle: String,
}

impl Listed {
    pub(crate) fn new(one: PullRequest) -> Self {
        Self { handle: one.number.to_string(), one }
    }
}

impl Presented for Listed {
    const PLURAL: &'static str = "pull requests";
    const FIELDS: &'static [&'static str] = fields![];
    const COMPANIONS: &'static [&'static str] = &["project_key", "assignee_logins", "reviewer_logins"];
    const COLUMNS: &'static [Column] = &[
        Column::fixed("ID"),
        Column::wide("TITLE").least(24),
        Column::wide("BRANCH").least(12).rank(2),
        Column::fixed("STATE").rank(1),
        Column::fixed("AUTHOR").rank(3),
        Column::wide("LABELS").least(8).rank(5),
        Column::fixed("UPDATED").rank(4),
    ];

    fn table_wants() -> Wants {
        Wants::NONE
    }

    fn view_wants() -> Wants {
        Wants::USERS.and(Wants::PROJECTS)
    }

    fn companion_wants(field: &str) -> Wants {
        match field {
            "project_key" => Wants::PROJECTS,
            "assignee_logins" | "reviewer_logins" => Wants::USERS,
            _ => Wants::NONE,
        }
    }

    fn cells(&self, _names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        let one = &self.one;
        let is_open = one.state == PullRequestState::Open;
        vec![
            Cell { tone: Tone::Key, short: format!("#{}", one.number), exact: self.handle.clone() },
            Cell::text(if is_open { Tone::Bold } else { Tone::Plain }, &one.title),
            Cell::text(Tone::Plain, one.source_branch.as_deref().unwrap_or_default()),
            Cell::text(tone(one), standing(one)),
            Cell::text(Tone::Plain, one.author_name.as_deref().unwrap_or_default()),
            Cell::text(Tone::Dim, one.labels.join(", ")),
            Cell::moment(one.updated_at, now),
        ]
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        companion(&self.one, field, names)
    }

    fn refer(&self, references: &mut References) {
        refer(&self.one, references);
    }
}

impl Written for Listed {
    const SINGULAR: &'static str = "pull request";

    fn id(&self) -> &str {
        &self.one.id
    }

    fn handle(&self) -> &str {
        &self.handle
    }

    fn title(&self) -> &str {
        &self.one.title
    }

    fn url(&self) -> Option<&str> {
        self.one.url.as_deref()
    }
}

fn companion(one: &PullRequest, field: &str, names: &Names) -> Value {
    let logins = |ids: &[_]| ids.iter().map(|id| names.login(id).to_owned()).collect::<Vec<_>>();
    match field {
        "project_key" => json!(names.project_key(&one.project_id)),
        "assignee_logins" => json!(logins(&one.assignees)),
        "reviewer_logins" => json!(logins(&one.requested_reviewers)),
        _ => Value::Null,
    }
}

fn refer(one: &PullRequest, references: &mut References) {
    references.users.extend(one.assignees.iter().chain(&one.requested_reviewers).cloned());
    references.projects.insert(one.project_id.clone());
}

/// `draft`, or the state.
pub(super) fn standing(one: &PullRequest) -> &'static str {
    let is_draft = one.draft && one.state == PullRequestState::Open;
    if is_draft { "draft" } else { one.state.word() }
}

fn tone(one: &PullRequest) -> Tone {
    match one.state {
        PullRequestState::Open if one.draft => Tone::Dim,
        PullRequestState::Open => Tone::Good,
        PullRequestState::Merged => Tone::Closed,
        _ => Tone::Bad,
    }
}

/// A pull request with everything: the fields of a list and the others side by side.
#[derive(Debug)]
pub(crate) struct Viewed(pub(crate) PullRequestDetails);

impl Serialize for Viewed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (details, one) = (&self.0, &self.0.pull_request);
        let mut map = serializer.serialize_map(None)?;
        macro_rules! members {
            ($from:expr; $($name:ident),*) => { $(map.serialize_entry(stringify!($name), &$from.$name)?;)* };
        }
        members!(
            one; id, number, project_id, title, description, state, draft, author_id, author_name, source_branch,
            source_repository, source_commit, target_branch, labels, assignees, requested_reviewers, requested_teams,
            url, created_at, updated_at, closed_at, merged_at, raw_data
        );
        members!(
            details; reviews, review_decision, checks, mergeability, additions, deletions, changed_files, commits
        );
        map.end()
    }
}

impl Presented for Viewed {
    const PLURAL: &'static str = "pull requests";
    const FIELDS: &'static [&'static str] = fields![
        "reviews",
        "review_decision",
        "checks",
        "mergeability",
        "additions",
        "deletions",
        "changed_files",
        "commits",
    ];
    const COMPANIONS: &'static [&'static str] = &["project_key", "assignee_logins", "reviewer_logins", "checks_state"];
    const COLUMNS: &'static [Column] = Listed::COLUMNS;

    fn table_wants() -> Wants {
        Listed::table_wants()
    }

    fn view_wants() -> Wants {
        Listed::view_wants()
    }

    fn companion_wants(field: &str) -> Wants {
        Listed::companion_wants(field)
    }

    fn cells(&self, names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        Listed::new(self.0.pull_request.clone()).cells(names, now)
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        match field {
            "checks_state" => json!(self.0.checks_state()),
            other => companion(&self.0.pull_request, other, names),
        }
    }

    fn refer(&self, references: &mut References) {
        refer(&self.0.pull_request, references);
    }
}

/// A task with its pull requests: `spm task view --prs`.
#[derive(Debug)]
pub(crate) struct TaskWithPullRequests {
    pub(crate) task: PMTask,
    pub(crate) linked: LinkedPullRequests,
}

impl Serialize for TaskWithPullRequests {
    /// The task's own text with one member more: raw data survives nothing but being left alone.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let task = serde_json::to_string(&self.task).map_err(S::Error::custom)?;
        let linked = serde_json::to_string(&self.linked.items).map_err(S::Error::custom)?;
        let members = task.strip_suffix('}').unwrap_or(&task);
        let text = format!("{members},\"pull_requests\":{linked}}}");
        RawValue::from_string(text).map_err(S::Error::custom)?.serialize(serializer)
    }
}

impl Presented for TaskWithPullRequests {
    const PLURAL: &'static str = PMTask::PLURAL;
    const FIELDS: &'static [&'static str] = &TASK_FIELDS;
    const COMPANIONS: &'static [&'static str] = PMTask::COMPANIONS;
    const COLUMNS: &'static [Column] = PMTask::COLUMNS;

    fn table_wants() -> Wants {
        PMTask::table_wants()
    }

    fn view_wants() -> Wants {
        PMTask::view_wants()
    }

    fn companion_wants(field: &str) -> Wants {
        PMTask::companion_wants(field)
    }

    fn cells(&self, names: &Names, now: DateTime<Utc>) -> Vec<Cell> {
        self.task.cells(names, now)
    }

    fn companion(&self, field: &str, names: &Names) -> Value {
        self.task.companion(field, names)
    }

    fn refer(&self, references: &mut References) {
        self.task.refer(references);
    }
}

/// The fields of a task, and one more.
const TASK_FIELDS: [&str; PMTask::FIELDS.len() + 1] = {
    let mut fields = ["pull_requests"; PMTask::FIELDS.len() + 1];
    let mut place = 0;
    while place < PMTask::FIELDS.len() {
        fields[place] = PMTask::FIELDS[place];
        place += 1;
    }
    fields
};

/// The pull requests of a task, a line each: `#7  open  Mend the gate  (closing keyword, branch name)`.
pub(crate) fn lines(linked: &LinkedPullRequests) -> String {
    let lines = linked.items.iter().map(|linked| {
        let one = &linked.pull_request;
        let reasons: Vec<_> = linked.reasons.iter().map(|reason| reason.word().replace('_', " ")).collect();
        let title = one_line(&one.title);
        format!("#{}  {}  {title}  ({})", one.number, standing(one), reasons.join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use pm_core::{LinkReason, LinkedPullRequest, RawData, StatusCategory};

    use super::*;
    use crate::output::assert_fields;

    fn one() -> PullRequest {
        PullRequest::new("1", 7, "2", "Paint the fence", PullRequestState::Open)
    }

    #[test]
    fn the_fields_are_those_of_the_json() {
        assert_fields(&Listed::new(one()));
        assert_fields(&Viewed(PullRequestDetails::new(one())));
        let task = PMTask::new("1", "2", "Paint the fence", StatusCategory::Todo);
        assert_fields(&TaskWithPullRequests { task, linked: LinkedPullRequests::default() });
    }

    #[test]
    fn raw_data_is_left_alone_beside_pull_requests() {
        let raw = RawData::from_json("{\"z\": 1.50}").unwrap_or_default();
        let task = PMTask::new("1", "2", "x", StatusCategory::Todo).raw_data(raw.clone());
        let linked = LinkedPullRequest::new(one().raw_data(raw), [LinkReason::Title]);
        let shown = TaskWithPullRequests { task, linked: LinkedPullRequests::new(vec![linked]) };
        let text = serde_json::to_string(&shown).unwrap_or_default();
        assert_eq!(text.matches("\"raw_data\":{\"z\": 1.50}").count(), 2, "{text}");
    }

    #[test]
    fn drafts_are_only_open_ones() {
        assert_eq!(standing(&one().draft(true)), "draft");
        let mut closed = one().draft(true);
        closed.state = PullRequestState::Closed;
        assert_eq!(standing(&closed), "closed");
    }
}
