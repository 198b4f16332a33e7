//! Issues: read, created, deleted. How they are changed is in `update`, several at once in `update_many`.

mod update;
mod update_many;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_http::creating::{identity, is_since};
use pm_http::{Creating, Made, Marker, Raw, marked, named};
use pm_provider::{
    Contents, DeleteOptions, Entity, Error, ErrorKind, Field, NewTask, Operation, PMTask, ProjectId, Result, TaskId,
    UserId, Visibility,
};
use serde_json::Value;

use crate::capabilities::MAX_PAGE_SIZE;
use crate::creates::{ignored, or_found};
use crate::draft::Draft;
use crate::dto::{IssueDto, OneIssue, ProjectDto, Reference};
use crate::map::cleared;
use crate::server::{Parameter, Server};
use crate::vocabulary::Vocabulary;
use crate::{custom, endpoints, id, resolve, seconds};

/// What is needed of a project to write its issues.
const OF_PROJECT: &str = "trackers,issue_custom_fields";

impl Server {
    pub(crate) async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.capabilities.check_operation(Entity::Task, Operation::Get)?;
        let number = id::existing("task", id.as_str())?;
        let (issue, vocabulary) = futures_util::try_join!(self.issue(number, ""), self.vocabulary())?;
        Ok(self.mapper.task(&issue, &vocabulary))
    }

    pub(crate) async fn create_task(&self, new: NewTask) -> Result<PMTask> {
        self.capabilities.check_create(&new)?;
        let project = id::existing("project", new.project_id.as_str())?;
        let vocabulary = self.vocabulary().await?;
        let marker = Marker::of_key(Entity::Task, new.idempotency_key.as_deref());
        let draft = self.draft_of(&new, project, marker.as_ref(), &vocabulary).await?;
        let creating = self.creating_task(&draft, project, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await;
        let made = self.project_first(project, made).await?;
        if !creating.is_new() && !is_untouched(&made.row.item, &draft) {
            return Ok(self.mapper.task(&made.row, &vocabulary));
        }
        let issue = self.completed(made.row, &draft).await?;
        Ok(self.mapper.task(&issue, &vocabulary))
    }

    /// The server says of an unknown project only that the project must not be blank.
    async fn project_first<T>(&self, project: u64, made: Result<T>) -> Result<T> {
        match made {
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                self.project(project, "").await?;
                Err(error)
            }
            other => other,
        }
    }

    /// What was dropped on create can often be changed afterwards: the status, because roles seldom let tasks begin in
    /// any other than the first.
    async fn completed(&self, issue: Raw<IssueDto>, draft: &Draft) -> Result<Raw<IssueDto>> {
        let dropped = draft.dropped_by(&issue.item);
        if !dropped.has("status_id") {
            return if dropped.is_empty() { Ok(issue) } else { Err(draft.refused(issue.item.id, &dropped, true)) };
        }
        let number = issue.item.id;
        let status = dropped.only("status_id");
        let written = async {
            self.write(&endpoints::UPDATE_ISSUE, &[&number.to_string()], &status.json()).await?;
            self.issue(number, "").await
        };
        let issue = written.await.map_err(|error| {
            let refused = draft.refused(number, &dropped, true);
            Error::new(error.kind(), error.message().to_owned())
                .with_effect(refused.effect().clone())
                .with_source(error)
        })?;
        let dropped = draft.dropped_by(&issue.item);
        if dropped.is_empty() { Ok(issue) } else { Err(draft.refused(number, &dropped, true)) }
    }

    fn creating_task<'a>(
        &'a self,
        draft: &'a Draft,
        project: u64,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, IssueDto> {
        let body = draft.json();
        let texts = [draft.text("subject"), draft.text("description")];
        let identity = identity(Entity::Task, marker, project, &texts);
        let place = format!("{}projects/{project}/issues", self.mapper.root);
        let is_keyed = marker.is_some();
        let send = move || {
            let body = body.clone();
            async move {
                if is_keyed || self.tells_time() {
                    return self.post_issue(&body).await;
                }
                let newest = self.newest_issue().await?;
                or_found(self.post_issue(&body).await, || self.issues_after(newest, draft, project)).await
            }
        };
        let find = move |since| async move {
            let found = match marker {
                Some(mark) => self.marked_issues(mark).await?,
                None => self.issues_since(since, draft, project).await?,
            };
            Ok(found.into_iter().map(|issue| Made::new(issue.item.id, issue)).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    async fn post_issue(&self, body: &Value) -> Result<Made<IssueDto>> {
        let issue = self.write(&endpoints::CREATE_ISSUE, &[], body).await?.json::<OneIssue>()?.issue;
        Ok(Made::new(issue.item.id, issue))
    }

    /// The largest id there is: what is created from now on has a larger one.
    async fn newest_issue(&self) -> Result<u64> {
        let newest = self.issues(&[("sort", "id:desc".to_owned())], 1).await?.issues;
        Ok(newest.first().map(|issue| issue.item.id).unwrap_or_default())
    }

    async fn issues_after(&self, newest: u64, draft: &Draft, project: u64) -> Result<Vec<Made<IssueDto>>> {
        let after = ("issue_id", format!(">={}", newest + 1));
        let found = self.own_issues(draft, project, Some(after)).await?;
        let later = found.into_iter().filter(|issue| issue.item.id > newest);
        Ok(later.map(|issue| Made::new(issue.item.id, issue)).collect())
    }

    async fn issues_since(
        &self,
        since: Option<DateTime<Utc>>,
        draft: &Draft,
        project: u64,
    ) -> Result<Vec<Raw<IssueDto>>> {
        let found = self.own_issues(draft, project, created_since(since)).await?;
        Ok(found.into_iter().filter(|issue| is_since(issue.item.created_on, since)).collect())
    }

    /// The issues with a mark that we made, oldest first: what others marked is no answer to our key.
    pub(crate) async fn marked_issues(&self, mark: &Marker) -> Result<Vec<Raw<IssueDto>>> {
        let query: [Parameter; 2] = [("description", format!("~{}", mark.as_str())), ("sort", "id:asc".to_owned())];
        let mut found = self.issues(&query, MAX_PAGE_SIZE).await?.issues;
        if found.iter().any(|issue| !issue.item.description.as_deref().unwrap_or_default().contains(mark.as_str())) {
            return Err(ignored("description"));
        }
        found.retain(|issue| issue.item.description.as_deref().is_some_and(|text| mark.matches(text)));
        if !found.is_empty() {
            let me = self.current_user().await?.item.id;
            found.retain(|issue| issue.item.is_by(me));
        }
        Ok(found)
    }

    /// What we ourselves created that is like a draft, among what a parameter leaves.
    async fn own_issues(&self, draft: &Draft, project: u64, among: Option<Parameter>) -> Result<Vec<Raw<IssueDto>>> {
        let me = self.current_user().await?.item.id;
        let mut query: Vec<Parameter> = vec![
            ("project_id", project.to_string()),
            ("subproject_id", "!*".to_owned()),
            ("author_id", me.to_string()),
            ("sort", "id:desc".to_owned()),
        ];
        query.extend(among);
        let mut found = self.issues(&query, MAX_PAGE_SIZE).await?.issues;
        found.retain(|issue| issue.item.is_by(me) && issue.item.project.id == project && draft.is_like(&issue.item));
        Ok(found)
    }

    async fn draft_of(
        &self,
        new: &NewTask,
        project: u64,
        marker: Option<&Marker>,
        vocabulary: &Vocabulary,
    ) -> Result<Draft> {
        let mut draft = Draft::default();
        draft.set("project_id", project);
        draft.set("subject", new.title.clone());
        let text = new.description.as_deref().map(|text| self.mapper.text.to_server(text)).unwrap_or_default();
        draft.set("description", marked(&text, marker));
        match new.start_date {
            Some(date) => draft.set("start_date", date.to_string()),
            // Left out the server takes today, which may be later than the day on which it is due.
            None => draft.set_unasked("start_date", cleared()),
        }
        set(&mut draft, "due_date", new.due_date.map(|date| date.to_string()));
        set(&mut draft, "estimated_hours", new.estimated_hours.map(pm_provider::Hours::as_hours));
        if let Some(wanted) = &new.status {
            draft.set("status_id", resolve::status(vocabulary, None, wanted)?);
        }
        if let Some(wanted) = &new.priority {
            draft.set("priority_id", resolve::priority(vocabulary, wanted)?);
        }
        set(&mut draft, "parent_issue_id", parent(new.parent_task_id.as_ref())?);
        set(&mut draft, "fixed_version_id", version(new.sprint_id.as_ref().map(pm_provider::SprintId::as_str))?);
        set(&mut draft, "assigned_to_id", new.assignees.first().map(assignee).transpose()?);
        set(&mut draft, "is_private", new.visibility.map(|visibility| visibility == Visibility::Restricted));
        self.set_by_project(&mut draft, new, project, vocabulary).await?;
        Ok(draft)
    }

    /// What only the project knows: its trackers and its custom fields.
    async fn set_by_project(
        &self,
        draft: &mut Draft,
        new: &NewTask,
        project: u64,
        vocabulary: &Vocabulary,
    ) -> Result<()> {
        let tracker = new.task_type.as_ref().or(self.task_type.as_ref());
        if tracker.is_none() && new.custom_fields.is_empty() {
            return Ok(());
        }
        let project = self.project_with_fields(project).await?.item;
        if let Some(name) = tracker {
            draft.set("tracker_id", resolve::tracker(&project.trackers, name)?);
        }
        for (name, value) in &new.custom_fields {
            let field = custom_field(&project, name)?;
            draft.set_custom(field, name, custom::to_wire(value, vocabulary.custom_field(field)));
        }
        Ok(())
    }

    pub(crate) async fn delete_task(&self, id: &TaskId, options: DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Task, &options)?;
        let number = id::existing("task", id.as_str())?;
        if options.contents == Contents::Refuse {
            let issue = self.issue(number, "children").await?;
            if let Some(child) = issue.item.children.first() {
                let message = format!("task `{number}` has sub-tasks, `{}` for one", child.id);
                let hint = "delete them first, or tell that they are to go along";
                return Err(Error::new(ErrorKind::Conflict, message).hint(hint));
            }
            // The server deletes them along, and asks only people in a browser.
            if let Some(hours) = issue.item.spent_hours.filter(|hours| *hours > 0.0) {
                let message = format!("task `{number}` has {hours} hours logged on it");
                let hint = "move them to another task first, or tell that they are to go along";
                return Err(Error::new(ErrorKind::Conflict, message).hint(hint));
            }
        }
        self.delete(&endpoints::DELETE_ISSUE, number).await.map_err(|error| named(error, "task", number))
    }

    /// The same as it was not long ago.
    pub(crate) async fn known_fields_of(&self, project: &ProjectId) -> Result<Arc<Raw<ProjectDto>>> {
        let place = self.fields.of(id::existing("project", project.as_str())?);
        place.get(self.fields_of(project)).await
    }

    /// A project with its trackers and the custom fields of its issues.
    pub(crate) async fn fields_of(&self, project: &ProjectId) -> Result<Raw<ProjectDto>> {
        self.project_with_fields(id::existing("project", project.as_str())?).await
    }

    /// The server lists only the fields that were turned on for this very project, not those for all projects: an issue
    /// shows these as well, and where there is none the definitions are taken.
    async fn project_with_fields(&self, number: u64) -> Result<Raw<ProjectDto>> {
        let newest: [Parameter; 3] =
            [("project_id", number.to_string()), ("subproject_id", "!*".to_owned()), ("sort", "id:desc".to_owned())];
        let mut project = self.project(number, OF_PROJECT).await?;
        let shown = match self.issues(&newest, 1).await?.issues.into_iter().next() {
            Some(issue) => {
                let fields = issue.item.custom_fields.into_iter();
                fields.map(|field| Reference { id: field.id, name: Some(field.name) }).collect()
            }
            None => self.vocabulary().await?.custom_fields().collect::<Vec<_>>(),
        };
        let known = &mut project.item.issue_custom_fields;
        for field in shown {
            if known.iter().all(|there| there.id != field.id) {
                known.push(field);
            }
        }
        Ok(project)
    }
}

/// Whether an issue that an earlier create made is still as that left it: then what it lacks was refused, or never asked
/// for because we were stopped.
fn is_untouched(issue: &IssueDto, draft: &Draft) -> bool {
    issue.updated_on == issue.created_on && draft.is_like(issue)
}

fn created_since(since: Option<DateTime<Utc>>) -> Option<Parameter> {
    since.map(|since| ("created_on", format!(">={}", seconds::text(since.timestamp()))))
}

fn set(draft: &mut Draft, attribute: &'static str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        draft.set(attribute, value);
    }
}

fn assignee(user: &UserId) -> Result<u64> {
    resolve::reference(Field::Assignees, "user", user.as_str())
}

fn parent(task: Option<&TaskId>) -> Result<Option<u64>> {
    task.map(|id| resolve::reference(Field::ParentTaskId, "task", id.as_str())).transpose()
}

fn version(sprint: Option<&str>) -> Result<Option<u64>> {
    sprint.map(|id| resolve::reference(Field::SprintId, "sprint", id)).transpose()
}

/// Finds a custom field of a project by its name.
fn custom_field(project: &ProjectDto, name: &str) -> Result<u64> {
    let fields: BTreeMap<&str, u64> = project.issue_custom_fields.iter().filter_map(by_name).collect();
    fields.get(name).copied().ok_or_else(|| {
        let choices: Vec<_> = fields.keys().map(|known| format!("`{known}`")).collect();
        let message = format!("`{name}` is no custom field here; allowed are {}", choices.join(", "));
        Error::invalid_input(message.clone()).on_field(Field::CustomFields, message)
    })
}

fn by_name(field: &Reference) -> Option<(&str, u64)> {
    Some((field.name.as_deref()?, field.id))
}
