//! An issue that is being written: what a request sets, checked field by field.

use serde_json::{Map, Value};

use super::super::duration;
use super::super::errors::{Answer, Problem};
use super::super::model::{Field, FieldKind, Issue, SprintState};
use super::super::request::id_of;
use super::super::view::View;
use super::meta;
use super::values::{self, Refusal};

/// A comment or a link that comes with a write.
#[derive(Clone, Debug)]
pub(super) enum Extra {
    Comment { body: Value, visibility: Option<Map<String, Value>> },
    Link { kind: u64, outward: bool, other: u64 },
}

/// The issue as it will be, with what comes along.
pub(super) struct Draft<'a> {
    view: View<'a>,
    pub(super) issue: Issue,
    pub(super) extras: Vec<Extra>,
    problems: Vec<Problem>,
}

/// What can be set: the fields of a screen, by id.
pub(super) type OnScreen<'a> = dyn Fn(&Field) -> bool + 'a;

impl<'a> Draft<'a> {
    pub(super) fn new(view: View<'a>, issue: Issue) -> Self {
        Self { view, issue, extras: Vec::new(), problems: Vec::new() }
    }

    pub(super) fn view(&self) -> View<'a> {
        self.view
    }

    /// Takes in `fields` and `update`; the fields that are handled elsewhere are skipped.
    ///
    /// A field in both is refused, as is one that is not on the screen (`tenable/integration-jira-cloud#37`).
    pub(super) fn apply(
        &mut self,
        body: &Map<String, Value>,
        on_screen: &OnScreen<'_>,
        skipped: &[&str],
    ) -> Answer<()> {
        let nothing = Map::new();
        let member = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(&nothing),
            Some(Value::Object(members)) => Ok(members),
            Some(_) => Err(Problem::invalid_payload()),
        };
        let (fields, update) = (member("fields")?, member("update")?);
        for (id, value) in fields {
            if update.contains_key(id) {
                let message = format!("Field '{id}' cannot be specified in both fields and update.");
                self.problems.push(Problem::field(id, message));
            } else if !skipped.contains(&id.as_str()) {
                self.verb(id, "set", value, on_screen);
            }
        }
        for (id, operations) in update {
            self.operations(id, operations, on_screen);
        }
        Ok(())
    }

    fn operations(&mut self, id: &str, operations: &Value, on_screen: &OnScreen<'_>) {
        let Some(operations) = operations.as_array() else {
            return self.refuse(id, Refusal::Field("data was not an array".to_owned()));
        };
        for operation in operations {
            match operation.as_object().into_iter().flatten().next() {
                Some((verb, value)) => self.verb(id, verb, value, on_screen),
                None => self.refuse(id, Refusal::Field("Operation is missing.".to_owned())),
            }
        }
    }

    fn verb(&mut self, id: &str, verb: &str, value: &Value, on_screen: &OnScreen<'_>) {
        let field = self.view.store.field(id).filter(|field| on_screen(field));
        let Some(field) = field else { return self.off_screen(id) };
        if !meta::operations(field).contains(&verb) {
            let message = format!("Field does not support update '{verb}'");
            return self.refuse(id, Refusal::Field(message));
        }
        match field.kind {
            FieldKind::Parent => self.parent(value),
            FieldKind::Resolution => self.resolution(value),
            FieldKind::Sprint => self.sprint(id, value),
            FieldKind::TimeTracking => self.time_tracking(value),
            FieldKind::Comments => self.comment(id, verb, value),
            FieldKind::Links => self.link(id, verb, value),
            _ => self.plain(field, verb, value),
        }
    }

    fn plain(&mut self, field: &Field, verb: &str, value: &Value) {
        let wanted = if verb == "set" { value.clone() } else { Value::Array(vec![value.clone()]) };
        let read = match values::read(self.view, self.issue.project, field, &wanted) {
            Ok(read) => read,
            Err(refusal) => return self.refuse(&field.id, refusal),
        };
        let read = if verb == "set" { read } else { self.combined(&field.id, verb, read.as_ref()) };
        let name = field.id.clone();
        match read {
            Some(value) => self.issue.values.insert(name, value),
            None => self.issue.values.remove(&name),
        };
    }

    /// The list after `add` or `remove`.
    fn combined(&self, id: &str, verb: &str, change: Option<&Value>) -> Option<Value> {
        let items = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let (mut now, change) = (items(self.issue.values.get(id)), items(change));
        match verb {
            "remove" => now.retain(|item| !change.contains(item)),
            _ => change.into_iter().for_each(|item| {
                if !now.contains(&item) {
                    now.push(item);
                }
            }),
        }
        (!now.is_empty()).then(|| now.into())
    }

    /// The parent by id or key; `{"none": true}` or null removes it.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-put>
    fn parent(&mut self, value: &Value) {
        if value.is_null() || value["none"] == true {
            self.issue.parent = None;
            return;
        }
        let named = [&value["id"], &value["key"]].into_iter().find_map(|name| match name {
            Value::Number(number) => Some(number.to_string()),
            name => name.as_str().map(str::to_owned),
        });
        let found = named.and_then(|name| self.view.caller.issue(self.view.store, &name).ok());
        match found {
            Some(parent) => self.issue.parent = Some(parent.id),
            None => self.refuse("parent", Refusal::Field("Could not find issue by id or key.".to_owned())),
        }
    }

    fn resolution(&mut self, value: &Value) {
        let rows = &self.view.store.resolutions;
        let by_id = value.get("id").and_then(id_of).filter(|id| rows.contains_key(id));
        let name = value["name"].as_str();
        let found = by_id.or_else(|| rows.values().find(|row| Some(row.name.as_str()) == name).map(|row| row.id));
        match found {
            Some(id) => self.issue.resolution = Some(id),
            None if value.is_null() => self.issue.resolution = None,
            None => self.refuse("resolution", Refusal::Field("The resolution selected is invalid.".to_owned())),
        }
    }

    /// A sprint is set by its number alone; null takes the issue out of the one that it is in.
    fn sprint(&mut self, field: &str, value: &Value) {
        let state = |id: &u64| self.view.store.sprints.get(id).map(|sprint| sprint.state);
        let mut sprints = self.issue.sprints.clone();
        sprints.retain(|id| state(id) == Some(SprintState::Closed));
        if !value.is_null() {
            let Some(id) = value.as_u64() else {
                return self.refuse(field, Refusal::Field("Number value expected as the Sprint id.".to_owned()));
            };
            match state(&id) {
                None => return self.refuse(field, Refusal::Field(format!("Sprint with id {id} does not exist."))),
                Some(SprintState::Closed) => {
                    return self
                        .refuse(field, Refusal::Field("Issue can be assigned only active or future sprints.".into()));
                }
                Some(_) => sprints.push(id),
            }
        }
        self.issue.sprints = sprints;
    }

    /// Estimates as durations; the remaining one follows the original one while no work is logged (unverified).
    fn time_tracking(&mut self, value: &Value) {
        let Some(members) = value.as_object() else {
            return self.refuse("timetracking", Refusal::Field("data was not an object".to_owned()));
        };
        let read = |name: &str, wrong: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) if text.is_empty() => Ok(Some(None)),
            Some(Value::String(text)) => {
                duration::parse(text).map(|seconds| Some(Some(seconds))).ok_or(wrong.to_owned())
            }
            Some(Value::Number(minutes)) => Ok(Some(minutes.as_u64().map(|minutes| minutes * 60))),
            Some(_) => Err(wrong.to_owned()),
        };
        let original = read("originalEstimate", "Original Estimate is invalid.");
        let remaining = read("remainingEstimate", "Remaining Estimate is invalid.");
        match (original, remaining) {
            (Ok(original), Ok(remaining)) => {
                let unworked = self.view.store.time_spent(self.issue.id) == 0;
                if let Some(original) = original {
                    self.issue.original_estimate = original;
                }
                if let Some(remaining) = remaining.or(original.filter(|_| unworked)) {
                    self.issue.remaining_estimate = remaining;
                }
            }
            (original, remaining) => {
                let wrong = [("timeoriginalestimate", original.err()), ("timeestimate", remaining.err())];
                for (field, message) in wrong {
                    if let Some(message) = message {
                        self.refuse(field, Refusal::Field(message));
                    }
                }
            }
        }
    }

    fn comment(&mut self, id: &str, verb: &str, value: &Value) {
        if verb != "add" {
            return self.refuse(id, Refusal::Field(format!("Field does not support update '{verb}'")));
        }
        match values::comment_body(self.view, &value["body"]) {
            Ok(body) => {
                let visibility = value["visibility"].as_object().cloned();
                self.extras.push(Extra::Comment { body, visibility });
            }
            Err(refusal) => self.refuse("comment", refusal),
        }
    }

    fn link(&mut self, id: &str, verb: &str, value: &Value) {
        let wanted = &value["type"];
        let kinds = &self.view.store.link_types;
        let by_id = wanted.get("id").and_then(id_of).filter(|id| kinds.contains_key(id));
        let kind = by_id.or_else(|| {
            kinds.values().find(|kind| Some(kind.name.as_str()) == wanted["name"].as_str()).map(|kind| kind.id)
        });
        let outward = value.get("outwardIssue").is_some();
        let end = if outward { &value["outwardIssue"] } else { &value["inwardIssue"] };
        let name = end["key"].as_str().or_else(|| end["id"].as_str()).unwrap_or_default();
        let other = self.view.caller.issue(self.view.store, name).ok().map(|other| other.id);
        match (verb, kind, other) {
            ("add", Some(kind), Some(other)) => self.extras.push(Extra::Link { kind, outward, other }),
            ("add", None, _) => self.refuse(id, Refusal::Field("No issue link type found.".to_owned())),
            ("add", ..) => self.refuse(id, Refusal::Whole(Problem::no_issue().first_message())),
            _ => self.refuse(id, Refusal::Field(format!("Field does not support update '{verb}'"))),
        }
    }

    /// A field that is not on the screen, or that does not exist: nobody tells which.
    pub(super) fn off_screen(&mut self, id: &str) {
        let message = format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.");
        self.problems.push(Problem::field(id, message));
    }

    pub(super) fn refuse(&mut self, id: &str, refusal: Refusal) {
        self.problems.push(match refusal {
            Refusal::Field(message) => Problem::field(id, message),
            Refusal::Whole(message) => Problem::bad(message),
        });
    }

    /// Whether the issue has a value for a field.
    fn has(&self, field: &Field) -> bool {
        match field.kind {
            FieldKind::Parent => self.issue.parent.is_some(),
            FieldKind::Resolution => self.issue.resolution.is_some(),
            FieldKind::Sprint => !self.issue.sprints.is_empty(),
            FieldKind::TimeTracking => self.issue.original_estimate.is_some(),
            FieldKind::Project | FieldKind::IssueType => true,
            FieldKind::Comments => self.extras.iter().any(|extra| matches!(extra, Extra::Comment { .. })),
            _ => self.issue.values.contains_key(&field.id),
        }
    }

    /// Refuses what is required and has no value.
    pub(super) fn require<'f>(&mut self, required: impl IntoIterator<Item = &'f Field>) {
        for field in required {
            if self.has(field) || self.problems.iter().any(|problem| problem.is_about(&field.id)) {
                continue;
            }
            match (field.id.as_str(), field.kind) {
                ("summary", _) => {
                    self.problems.push(Problem::field("summary", "You must specify a summary of the issue."));
                }
                (_, FieldKind::Parent) => self.orphan(),
                _ => self.problems.push(Problem::field(&field.id, format!("{} is required.", field.name))),
            }
        }
    }

    /// Refuses a sub-task without a parent: it is told of the issue type (`meteora-pro/devboy-tools#214`).
    pub(super) fn orphan(&mut self) {
        let message = "Issue type is a sub-task but parent issue key or id not specified.";
        self.problems.push(Problem::field("issuetype", message));
    }

    /// Refuses a parent of the wrong level, and an epic link likewise.
    ///
    /// Levels: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-type/>. Sub-tasks stay in the
    /// project of their parent. The words are unverified.
    pub(super) fn check_parent(&mut self) {
        let Some(parent) = self.issue.parent.and_then(|id| self.view.store.issues().get(&id)) else { return };
        let level = |kind: u64| self.view.store.issue_types.get(&kind).map_or(0, |kind| kind.level);
        let subtask = level(self.issue.kind) < 0;
        let fits = level(parent.kind) == level(self.issue.kind) + 1 && parent.id != self.issue.id;
        let at_home = !subtask || parent.project == self.issue.project;
        // Data Center links epics by a field of their own.
        let known = self.view.is_cloud() || subtask;
        if !fits || !known {
            let message = "Given parent issue does not belong to appropriate hierarchy.";
            self.problems.push(Problem::field("parentId", message));
        } else if !at_home {
            self.problems.push(Problem::field("parentId", "Parent issue must be in the same project as the subtask."));
        }
    }

    /// The finished issue, unless anything was refused.
    pub(super) fn finish(self) -> Answer<(Issue, Vec<Extra>)> {
        Problem::all(self.problems)?;
        Ok((self.issue, self.extras))
    }
}
