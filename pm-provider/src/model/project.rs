//! Projects.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::setters::setters;
use crate::value::{Priority, ProjectId, ProjectStatus, RawData, UserId, Version, Visibility};

/// A project of any backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PMProject {
    /// The backend's immutable id.
    pub id: ProjectId,
    /// The human key, which may change: `WEB`, `owner/repo`.
    #[serde(default)]
    pub key: Option<String>,
    /// The name.
    pub name: String,
    /// The description, in Markdown.
    #[serde(default)]
    pub description: Option<String>,
    /// Where the project stands.
    pub status: ProjectStatus,
    /// How pressing it is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The first day.
    #[serde(default)]
    pub start_date: Option<NaiveDate>,
    /// The last day.
    #[serde(default)]
    pub end_date: Option<NaiveDate>,
    /// Who answers for it.
    #[serde(default)]
    pub owner_id: Option<UserId>,
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
    /// What `if_version` compares; `None` where the backend has no real lock.
    #[serde(default)]
    pub version: Option<Version>,
    /// The backend's own JSON, untouched.
    #[serde(default)]
    pub raw_data: RawData,
}

impl PMProject {
    /// Makes a project from what every project has.
    #[must_use]
    pub fn new(id: impl Into<ProjectId>, name: impl Into<String>, status: impl Into<ProjectStatus>) -> Self {
        Self {
            id: id.into(),
            key: None,
            name: name.into(),
            description: None,
            status: status.into(),
            priority: None,
            start_date: None,
            end_date: None,
            owner_id: None,
            visibility: Visibility::default(),
            url: None,
            created_at: None,
            updated_at: None,
            version: None,
            raw_data: RawData::none(),
        }
    }
}

setters!(PMProject {
    optional key: String,
    optional description: String,
    optional priority: Priority,
    optional start_date: NaiveDate,
    optional end_date: NaiveDate,
    optional owner_id: UserId,
    plain visibility: Visibility,
    optional url: String,
    time created_at: DateTime<Utc>,
    time updated_at: DateTime<Utc>,
    optional version: Version,
    plain raw_data: RawData,
});
