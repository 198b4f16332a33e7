//! Tasks.

use chrono::{DateTime, NaiveDate, Utc};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::setters::setters;
use crate::value::{
    CustomFields, Hours, Priority, ProjectId, RawData, SprintId, Status, TaskId, UserId, Version, Visibility,
};

/// A task of any backend: an issue, a work package, a card.
///
/// JSON shows `assignee_id`, the first of `assignees`, as well; it is not read back.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct PMTask {
    /// The backend's immutable id.
    pub id: TaskId,
    /// The human key, which may change: `WEB-12`, `owner/repo#7`.
    #[serde(default)]
    pub key: Option<String>,
    /// The title, one line.
    pub title: String,
    /// The description, in Markdown.
    #[serde(default)]
    pub description: Option<String>,
    /// Where the task stands.
    pub status: Status,
    /// How pressing it is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The project that it belongs to.
    pub project_id: ProjectId,
    /// The task that it is a part of.
    #[serde(default)]
    pub parent_task_id: Option<TaskId>,
    /// The sprint that it is planned for.
    #[serde(default)]
    pub sprint_id: Option<SprintId>,
    /// Who works on it, the main one first.
    #[serde(default)]
    pub assignees: Vec<UserId>,
    /// Who wrote it.
    #[serde(default)]
    pub author_id: Option<UserId>,
    /// How long it should take.
    #[serde(default)]
    pub estimated_hours: Option<Hours>,
    /// How long it has taken so far.
    #[serde(default)]
    pub actual_hours: Option<Hours>,
    /// The first day of work.
    #[serde(default)]
    pub start_date: Option<NaiveDate>,
    /// The day on which it must be done.
    #[serde(default)]
    pub due_date: Option<NaiveDate>,
    /// Labels, in the backend's order.
    #[serde(default)]
    pub labels: Vec<String>,
    /// The backend's type of task: `Bug`, `Story`.
    #[serde(default)]
    pub task_type: Option<String>,
    /// Fields that the project defined itself, by name.
    #[serde(default)]
    pub custom_fields: CustomFields,
    /// Who may see it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Where people open it in a browser.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was created, by the backend's clock.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed, by the backend's clock.
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
    /// When it was done or given up.
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
    /// What `if_version` compares; `None` where the backend has no real lock.
    #[serde(default)]
    pub version: Option<Version>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl PMTask {
    /// Makes a task from what every task has.
    #[must_use]
    pub fn new(
        id: impl Into<TaskId>,
        project_id: impl Into<ProjectId>,
        title: impl Into<String>,
        status: impl Into<Status>,
    ) -> Self {
        Self {
            id: id.into(),
            key: None,
            title: title.into(),
            description: None,
            status: status.into(),
            priority: None,
            project_id: project_id.into(),
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
            visibility: Visibility::default(),
            url: None,
            created_at: None,
            updated_at: None,
            completed_at: None,
            version: None,
            raw_data: RawData::none(),
        }
    }

    /// The main assignee: the first one.
    #[must_use]
    pub fn assignee_id(&self) -> Option<&UserId> {
        self.assignees.first()
    }
}

setters!(PMTask {
    optional key: String,
    optional description: String,
    optional priority: Priority,
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
    plain visibility: Visibility,
    optional url: String,
    time created_at: DateTime<Utc>,
    time updated_at: DateTime<Utc>,
    time completed_at: DateTime<Utc>,
    optional version: Version,
    plain raw_data: RawData,
});

impl Serialize for PMTask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // By hand because of `assignee_id`, which is derived: `flatten` would break the raw data.
        macro_rules! members {
            ($($member:ident),* $(,)?) => {{
                // Destructured, so that a new field cannot be forgotten here.
                let Self { $($member),* } = self;
                let count = [$(stringify!($member)),*].len() + 1;
                let mut object = serializer.serialize_struct("PMTask", count)?;
                $(
                    object.serialize_field(stringify!($member), $member)?;
                    if stringify!($member) == "assignees" {
                        object.serialize_field("assignee_id", &self.assignee_id())?;
                    }
                )*
                object.end()
            }};
        }
        members!(
            id,
            key,
            title,
            description,
            status,
            priority,
            project_id,
            parent_task_id,
            sprint_id,
            assignees,
            author_id,
            estimated_hours,
            actual_hours,
            start_date,
            due_date,
            labels,
            task_type,
            custom_fields,
            visibility,
            url,
            created_at,
            updated_at,
            completed_at,
            version,
            raw_data,
        )
    }
}
