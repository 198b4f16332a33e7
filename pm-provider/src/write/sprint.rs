//! Creating and changing sprints.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::copy::{Copied, copy_key};
use super::patch::FieldPatch;
use crate::check::{fields_of, is_default, touches_of};
use crate::model::{Entity, PMSprint};
use crate::setters::{clearers, setters};
use crate::value::{Hours, ProjectId, RawData, SprintStatusRef, Version};

/// A sprint to be created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewSprint {
    /// The project that it will belong to.
    pub project_id: ProjectId,
    /// The human key, where the backend lets one say so; the backend's next one if unset.
    ///
    /// It is one of the project's own, of the form that the backend gives: `WEB-S3` in the project `WEB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The name.
    pub name: String,
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Where it stands; the backend's own default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<SprintStatusRef>,
    /// How many hours of work the team has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_hours: Option<Hours>,
    /// How many hours of work are planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_hours: Option<Hours>,
    /// What it is for, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// Where people open it in a browser, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was created, where the backend lets one say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
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

impl NewSprint {
    /// Makes a sprint with nothing but a name.
    #[must_use]
    pub fn new(project_id: impl Into<ProjectId>, name: impl Into<String>) -> Self {
        Self {
            project_id: project_id.into(),
            key: None,
            name: name.into(),
            start_date: None,
            end_date: None,
            status: None,
            capacity_hours: None,
            planned_hours: None,
            goal: None,
            url: None,
            created_at: None,
            raw_data: RawData::none(),
            idempotency_key: None,
            new_key: false,
        }
    }

    /// Copies a sprint into a project of another system, which gives it a key of its own.
    #[must_use]
    pub fn copy_of(sprint: &PMSprint, target_project: &ProjectId) -> Copied<Self> {
        let mut copy = Self::new(target_project, sprint.name.clone());
        copy.start_date = sprint.start_date;
        copy.end_date = sprint.end_date;
        copy.status = Some(SprintStatusRef::from(&sprint.status).without_id());
        copy.capacity_hours = sprint.capacity_hours;
        copy.planned_hours = sprint.planned_hours;
        copy.goal.clone_from(&sprint.goal);
        copy.url.clone_from(&sprint.url);
        copy.created_at = sprint.created_at;
        copy.raw_data.clone_from(&sprint.raw_data);
        let address = sprint.url.as_deref();
        copy.idempotency_key =
            copy_key(Entity::Sprint, sprint.id.as_str(), sprint.created_at, address, target_project.as_str());
        Copied::new(copy)
    }
}

setters!(NewSprint {
    optional key: String,
    optional start_date: NaiveDate,
    optional end_date: NaiveDate,
    optional status: SprintStatusRef,
    optional capacity_hours: Hours,
    optional planned_hours: Hours,
    optional goal: String,
    optional url: String,
    time created_at: DateTime<Utc>,
    plain raw_data: RawData,
    optional idempotency_key: String,
    plain new_key: bool,
});

fields_of!(NewSprint, Sprint, {
    required ProjectId project_id, Key key, required Name name, StartDate start_date, EndDate end_date,
    Status status, CapacityHours capacity_hours, PlannedHours planned_hours, Goal goal, Url url,
    CreatedAt created_at, RawData raw_data,
});

/// A change of a sprint: only what is named is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SprintPatch {
    /// The name.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub name: FieldPatch<String>,
    /// The first day.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub start_date: FieldPatch<NaiveDate>,
    /// The last day.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub end_date: FieldPatch<NaiveDate>,
    /// Where it stands.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub status: FieldPatch<SprintStatusRef>,
    /// How many hours of work the team has.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub capacity_hours: FieldPatch<Hours>,
    /// How many hours of work are planned.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub planned_hours: FieldPatch<Hours>,
    /// What it is for, in Markdown.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub goal: FieldPatch<String>,
    /// Where people open it in a browser.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub url: FieldPatch<String>,
    /// The JSON of where it came from.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub raw_data: FieldPatch<RawData>,
    /// Change it only if it still has this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_version: Option<Version>,
}

impl SprintPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(SprintPatch {
    patch name: String,
    patch start_date: NaiveDate,
    patch end_date: NaiveDate,
    patch status: SprintStatusRef,
    patch capacity_hours: Hours,
    patch planned_hours: Hours,
    patch goal: String,
    patch url: String,
    patch raw_data: RawData,
    optional if_version: Version,
});

clearers!(SprintPatch {
    clear_start_date start_date,
    clear_end_date end_date,
    clear_capacity_hours capacity_hours,
    clear_planned_hours planned_hours,
    clear_goal goal,
    clear_url url,
});

touches_of!(SprintPatch, Sprint, {
    Name name, StartDate start_date, EndDate end_date, Status status, CapacityHours capacity_hours,
    PlannedHours planned_hours, Goal goal, Url url, RawData raw_data,
});
