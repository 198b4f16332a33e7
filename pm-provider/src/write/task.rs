//! Creating and changing tasks.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::copy::{Copied, copy_key};
use super::patch::{FieldPatch, SetPatch, one_or_more};
use crate::capability::Field;
use crate::check::{fields_of, is_default, touches_of};
use crate::model::{Entity, PMTask};
use crate::setters::{clearers, setters};
use crate::value::{
    CustomFields, CustomValue, Hours, PriorityRef, ProjectId, RawData, SprintId, StatusRef, TaskId, UserId, Version,
    Visibility,
};

/// A task to be created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewTask {
    /// The project that it will belong to.
    pub project_id: ProjectId,
    /// The human key, where the backend lets one say so; the backend's next one if unset.
    ///
    /// It is one of the project's own, of the form that the backend gives: `WEB-12` in the project `WEB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The title.
    pub title: String,
    /// The description, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it stands; the backend's own default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusRef>,
    /// How pressing it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<PriorityRef>,
    /// The task that it is a part of, in the same project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_task_id: Option<TaskId>,
    /// The sprint that it is planned for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sprint_id: Option<SprintId>,
    /// Who works on it, the main one first; JSON takes one text, and `assignee_id`, as well.
    #[serde(default, alias = "assignee_id", deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<UserId>,
    /// Who wrote it, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    /// How long it should take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_hours: Option<Hours>,
    /// How long it has taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_hours: Option<Hours>,
    /// The first day of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// The day on which it must be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// Labels.
    #[serde(default, deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The backend's type of task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_type: Option<String>,
    /// Fields that the project defined itself, by name.
    #[serde(default, skip_serializing_if = "CustomFields::is_empty")]
    pub custom_fields: CustomFields,
    /// Who may see it; the backend's own default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// Where people open it in a browser, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was created, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was done or given up, where the backend lets one say so; only with a status that says that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    /// The JSON of where it came from, where the backend keeps such a thing.
    #[serde(default, skip_serializing_if = "RawData::is_none")]
    pub raw_data: RawData,
    /// The same key gives the first item again instead of a second one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Says that the idempotency key was never sent before; without a key it means nothing.
    ///
    /// Backends that look for the key before they create leave that out. A create whose answer is lost is still looked for by
    /// the key. With a key that was sent before it can make a second item.
    #[serde(default, skip_serializing_if = "is_default")]
    pub new_key: bool,
}

impl NewTask {
    /// Makes a task with nothing but a title.
    #[must_use]
    pub fn new(project_id: impl Into<ProjectId>, title: impl Into<String>) -> Self {
        Self {
            project_id: project_id.into(),
            key: None,
            title: title.into(),
            description: None,
            status: None,
            priority: None,
            parent_task_id: None,
            sprint_id: None,
            assignees: Vec::new(),
            author_id: None,
            estimated_hours: None,
            actual_hours: None,
            start_date: None,
            due_date: None,
            labels: Vec::new(),
            task_type: None,
            custom_fields: CustomFields::new(),
            visibility: None,
            url: None,
            created_at: None,
            completed_at: None,
            raw_data: RawData::none(),
            idempotency_key: None,
            new_key: false,
        }
    }

    /// Sets one custom field.
    #[must_use]
    pub fn custom_field(mut self, name: impl Into<String>, value: impl Into<CustomValue>) -> Self {
        self.custom_fields.insert(name.into(), value.into());
        self
    }

    /// Copies a task into a project of another system.
    ///
    /// Values are kept (statuses and priorities by name, else by category); ids of people, parents and sprints
    /// are dropped, because over there they mean nothing or somebody else; so is the time of completion of a task that is
    /// not over, as backends that keep such a time by hand may have it. The key stays behind too, for the
    /// target gives its own: set [`key`](Self::key) where the copy is to be called the same. Use [`Copied::fit`] to
    /// drop what the target cannot hold.
    ///
    /// ```
    /// use pm_provider::{Field, NewTask, PMTask, StatusCategory};
    /// let task = PMTask::new("42", "7", "Paint it", StatusCategory::Done)
    ///     .assignees(["me"])
    ///     .url("https://example.org/42");
    /// let copy = NewTask::copy_of(&task, &"other".into());
    /// assert_eq!(copy.item.title, "Paint it");
    /// assert_eq!(copy.dropped[0].field, Field::Assignees);
    /// assert!(copy.item.idempotency_key.is_some());
    /// ```
    #[must_use]
    pub fn copy_of(task: &PMTask, target_project: &ProjectId) -> Copied<Self> {
        let here = "ids of people mean somebody else in another system";
        let address = task.url.as_deref();
        let mut copy = Self::values_of(task, target_project);
        let unfinished = task.completed_at.is_some() && copy.completed_at.is_none();
        copy.idempotency_key =
            copy_key(Entity::Task, task.id.as_str(), task.created_at, address, target_project.as_str());
        Copied::new(copy)
            .drop_if(!task.assignees.is_empty(), Field::Assignees, here)
            .drop_if(task.author_id.is_some(), Field::AuthorId, here)
            .drop_if(task.parent_task_id.is_some(), Field::ParentTaskId, "the parent has another id over there")
            .drop_if(task.sprint_id.is_some(), Field::SprintId, "the sprint has another id over there")
            .drop_if(unfinished, Field::CompletedAt, "the task is neither done nor given up")
    }

    fn values_of(task: &PMTask, target_project: &ProjectId) -> Self {
        let mut copy = Self::new(target_project, task.title.clone());
        copy.description.clone_from(&task.description);
        copy.status = Some(StatusRef::from(&task.status).without_id());
        copy.priority = task.priority.as_ref().map(|priority| PriorityRef::from(priority).without_id());
        copy.estimated_hours = task.estimated_hours;
        copy.actual_hours = task.actual_hours;
        copy.start_date = task.start_date;
        copy.due_date = task.due_date;
        copy.labels.clone_from(&task.labels);
        copy.task_type.clone_from(&task.task_type);
        copy.custom_fields.clone_from(&task.custom_fields);
        copy.visibility = (task.visibility != Visibility::default()).then_some(task.visibility);
        copy.url.clone_from(&task.url);
        copy.created_at = task.created_at;
        copy.completed_at = task.completed_at.filter(|_| task.status.category.is_closed());
        copy.raw_data.clone_from(&task.raw_data);
        copy
    }
}

setters!(NewTask {
    optional key: String,
    optional description: String,
    optional status: StatusRef,
    optional priority: PriorityRef,
    optional parent_task_id: TaskId,
    optional sprint_id: SprintId,
    list assignees: UserId,
    optional author_id: UserId,
    optional estimated_hours: Hours,
    optional actual_hours: Hours,
    optional start_date: NaiveDate,
    optional due_date: NaiveDate,
    list labels: String,
    optional task_type: String,
    plain custom_fields: CustomFields,
    optional visibility: Visibility,
    optional url: String,
    time created_at: DateTime<Utc>,
    time completed_at: DateTime<Utc>,
    plain raw_data: RawData,
    optional idempotency_key: String,
    plain new_key: bool,
});

fields_of!(NewTask, Task, {
    required ProjectId project_id, Key key, required Title title, Description description, Status status,
    Priority priority, ParentTaskId parent_task_id, SprintId sprint_id, Assignees assignees, AuthorId author_id,
    EstimatedHours estimated_hours, ActualHours actual_hours, StartDate start_date, DueDate due_date,
    Labels labels, TaskType task_type, CustomFields custom_fields, Visibility visibility, Url url,
    CreatedAt created_at, CompletedAt completed_at, RawData raw_data,
});

/// A change of a task: only what is named is sent.
///
/// ```
/// use pm_provider::{StatusCategory::Done, TaskPatch};
/// let patch = TaskPatch::new().status(Done).add_labels(["paint"]).clear_due_date();
/// # assert!(!patch.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TaskPatch {
    /// The title.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub title: FieldPatch<String>,
    /// The description, in Markdown.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub description: FieldPatch<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub status: FieldPatch<StatusRef>,
    /// How pressing it is.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub priority: FieldPatch<PriorityRef>,
    /// The task that it is a part of.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub parent_task_id: FieldPatch<TaskId>,
    /// The sprint that it is planned for.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub sprint_id: FieldPatch<SprintId>,
    /// Who works on it; JSON takes `assignee_id` as well.
    #[serde(alias = "assignee_id", skip_serializing_if = "SetPatch::is_keep")]
    pub assignees: SetPatch<UserId>,
    /// How long it should take.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub estimated_hours: FieldPatch<Hours>,
    /// How long it has taken.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub actual_hours: FieldPatch<Hours>,
    /// The first day of work.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub start_date: FieldPatch<NaiveDate>,
    /// The day on which it must be done.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub due_date: FieldPatch<NaiveDate>,
    /// Labels.
    #[serde(skip_serializing_if = "SetPatch::is_keep")]
    pub labels: SetPatch<String>,
    /// The backend's type of task.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub task_type: FieldPatch<String>,
    /// Fields that the project defined itself, by name; those not named stay.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_fields: BTreeMap<String, FieldPatch<CustomValue>>,
    /// Who may see it.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub visibility: FieldPatch<Visibility>,
    /// Where people open it in a browser.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub url: FieldPatch<String>,
    /// When it was done or given up, where that was not now; only of a task that is so after the patch.
    ///
    /// Taking the task up again empties it, a patch cannot.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub completed_at: FieldPatch<DateTime<Utc>>,
    /// The JSON of where it came from.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub raw_data: FieldPatch<RawData>,
    /// Change it only if it still has this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_version: Option<Version>,
    /// Whether the new description may drop what the stored one has and Markdown cannot say: panels, mentions, media.
    ///
    /// Backends that store richer text refuse such a change as `InvalidInput` and list what would be lost, unless this
    /// is set. To all others it means nothing.
    #[serde(skip_serializing_if = "is_default")]
    pub discard_formatting: bool,
}

impl TaskPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the assignees these.
    #[must_use]
    pub fn assignees<I: IntoIterator<Item: Into<UserId>>>(mut self, users: I) -> Self {
        self.assignees = SetPatch::Replace(users.into_iter().map(Into::into).collect());
        self
    }

    /// Adds assignees.
    #[must_use]
    pub fn add_assignees<I: IntoIterator<Item: Into<UserId>>>(mut self, users: I) -> Self {
        self.assignees = self.assignees.adding(users.into_iter().map(Into::into).collect());
        self
    }

    /// Removes assignees.
    #[must_use]
    pub fn remove_assignees<I: IntoIterator<Item: Into<UserId>>>(mut self, users: I) -> Self {
        self.assignees = self.assignees.removing(users.into_iter().map(Into::into).collect());
        self
    }

    /// Makes the labels these.
    #[must_use]
    pub fn labels<I: IntoIterator<Item: Into<String>>>(mut self, labels: I) -> Self {
        self.labels = SetPatch::Replace(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Adds labels.
    #[must_use]
    pub fn add_labels<I: IntoIterator<Item: Into<String>>>(mut self, labels: I) -> Self {
        self.labels = self.labels.adding(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Removes labels.
    #[must_use]
    pub fn remove_labels<I: IntoIterator<Item: Into<String>>>(mut self, labels: I) -> Self {
        self.labels = self.labels.removing(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Takes all labels away.
    #[must_use]
    pub fn clear_labels(mut self) -> Self {
        self.labels = SetPatch::Replace(Vec::new());
        self
    }

    /// Takes all assignees away.
    #[must_use]
    pub fn clear_assignees(mut self) -> Self {
        self.assignees = SetPatch::Replace(Vec::new());
        self
    }

    /// Sets one custom field.
    #[must_use]
    pub fn custom_field(mut self, name: impl Into<String>, value: impl Into<CustomValue>) -> Self {
        self.custom_fields.insert(name.into(), FieldPatch::Set(value.into()));
        self
    }

    /// Empties one custom field.
    #[must_use]
    pub fn clear_custom_field(mut self, name: impl Into<String>) -> Self {
        self.custom_fields.insert(name.into(), FieldPatch::Clear);
        self
    }
}

setters!(TaskPatch {
    patch title: String,
    patch description: String,
    patch status: StatusRef,
    patch priority: PriorityRef,
    patch parent_task_id: TaskId,
    patch sprint_id: SprintId,
    patch estimated_hours: Hours,
    patch actual_hours: Hours,
    patch start_date: NaiveDate,
    patch due_date: NaiveDate,
    patch task_type: String,
    patch visibility: Visibility,
    patch url: String,
    patch_time completed_at: DateTime<Utc>,
    patch raw_data: RawData,
    optional if_version: Version,
    plain discard_formatting: bool,
});

clearers!(TaskPatch {
    clear_description description,
    clear_priority priority,
    clear_parent_task_id parent_task_id,
    clear_sprint_id sprint_id,
    clear_estimated_hours estimated_hours,
    clear_actual_hours actual_hours,
    clear_start_date start_date,
    clear_due_date due_date,
    clear_task_type task_type,
    clear_url url,
});

touches_of!(TaskPatch, Task, {
    Title title, Description description, Status status, Priority priority, ParentTaskId parent_task_id,
    SprintId sprint_id, Assignees assignees, EstimatedHours estimated_hours, ActualHours actual_hours,
    StartDate start_date, DueDate due_date, Labels labels, TaskType task_type, CustomFields custom_fields,
    Visibility visibility, Url url, CompletedAt completed_at, RawData raw_data,
});
