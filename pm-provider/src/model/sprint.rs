//! Sprints.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{Hours, ProjectId, RawData, SprintId, SprintStatus, Version};

/// A sprint of any backend: a milestone, a version, an iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PMSprint {
    /// The backend's immutable id.
    pub id: SprintId,
    /// The human key, where sprints have one.
    #[serde(default)]
    pub key: Option<String>,
    /// The name.
    pub name: String,
    /// The project that it belongs to.
    pub project_id: ProjectId,
    /// The first day.
    #[serde(default)]
    pub start_date: Option<NaiveDate>,
    /// The last day.
    #[serde(default)]
    pub end_date: Option<NaiveDate>,
    /// Where the sprint stands.
    pub status: SprintStatus,
    /// How many hours of work the team has.
    #[serde(default)]
    pub capacity_hours: Option<Hours>,
    /// How many hours of work are planned.
    #[serde(default)]
    pub planned_hours: Option<Hours>,
    /// What the sprint is for, in Markdown.
    #[serde(default)]
    pub goal: Option<String>,
    /// Where people open it in a browser.
    #[serde(default)]
    pub url: Option<String>,
    /// When it was created, by the backend's clock.
    #[serde(default)]
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed, by the backend's clock.
    #[serde(default)]
    pub updated_at: Option<DateTime<Utc>>,
    /// What `if_version` compares; `None` where the backend has no real lock.
    #[serde(default)]
    pub version: Option<Version>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl PMSprint {
    /// Makes a sprint from what every sprint has.
    #[must_use]
    pub fn new(
        id: impl Into<SprintId>,
        project_id: impl Into<ProjectId>,
        name: impl Into<String>,
        status: impl Into<SprintStatus>,
    ) -> Self {
        Self {
            id: id.into(),
            key: None,
            name: name.into(),
            project_id: project_id.into(),
            start_date: None,
            end_date: None,
            status: status.into(),
            capacity_hours: None,
            planned_hours: None,
            goal: None,
            url: None,
            created_at: None,
            updated_at: None,
            version: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(PMSprint {
    optional key: String,
    optional start_date: NaiveDate,
    optional end_date: NaiveDate,
    optional capacity_hours: Hours,
    optional planned_hours: Hours,
    optional goal: String,
    optional url: String,
    time created_at: DateTime<Utc>,
    time updated_at: DateTime<Utc>,
    optional version: Version,
    plain raw_data: RawData,
});
