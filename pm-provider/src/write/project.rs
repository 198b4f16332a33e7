//! Creating and changing projects.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::copy::{Copied, copy_key};
use super::patch::FieldPatch;
use crate::capability::Field;
use crate::check::{fields_of, is_default, touches_of};
use crate::model::{Entity, PMProject};
use crate::setters::{clearers, setters};
use crate::value::{PriorityRef, ProjectStatusRef, RawData, UserId, Version, Visibility};

/// A project to be created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NewProject {
    /// The name.
    pub name: String,
    /// The human key; the backend makes one if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The description, in Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it stands; the backend's own default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ProjectStatusRef>,
    /// How pressing it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<PriorityRef>,
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Who may see it; the backend's own default if unset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
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

impl NewProject {
    /// Makes a project with nothing but a name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            key: None,
            description: None,
            status: None,
            priority: None,
            start_date: None,
            end_date: None,
            owner_id: None,
            visibility: None,
            url: None,
            created_at: None,
            raw_data: RawData::none(),
            idempotency_key: None,
            new_key: false,
        }
    }

    /// Copies a project into another system: values are kept, the owner's id is dropped.
    #[must_use]
    pub fn copy_of(project: &PMProject) -> Copied<Self> {
        let mut copy = Self::new(project.name.clone());
        copy.key.clone_from(&project.key);
        copy.description.clone_from(&project.description);
        copy.status = Some(ProjectStatusRef::from(&project.status).without_id());
        copy.priority = project.priority.as_ref().map(|priority| PriorityRef::from(priority).without_id());
        copy.start_date = project.start_date;
        copy.end_date = project.end_date;
        copy.visibility = (project.visibility != Visibility::default()).then_some(project.visibility);
        copy.url.clone_from(&project.url);
        copy.created_at = project.created_at;
        copy.raw_data.clone_from(&project.raw_data);
        copy.idempotency_key =
            copy_key(Entity::Project, project.id.as_str(), project.created_at, project.url.as_deref(), "");
        let reason = "ids of people mean somebody else in another system";
        Copied::new(copy).drop_if(project.owner_id.is_some(), Field::OwnerId, reason)
    }
}

setters!(NewProject {
    optional key: String,
    optional description: String,
    optional status: ProjectStatusRef,
    optional priority: PriorityRef,
    optional start_date: NaiveDate,
    optional end_date: NaiveDate,
    optional owner_id: UserId,
    optional visibility: Visibility,
    optional url: String,
    time created_at: DateTime<Utc>,
    plain raw_data: RawData,
    optional idempotency_key: String,
    plain new_key: bool,
});

fields_of!(NewProject, Project, {
    required Name name, Key key, Description description, Status status, Priority priority, StartDate start_date,
    EndDate end_date, OwnerId owner_id, Visibility visibility, Url url, CreatedAt created_at, RawData raw_data,
});

/// A change of a project: only what is named is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ProjectPatch {
    /// The name.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub name: FieldPatch<String>,
    /// The human key.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub key: FieldPatch<String>,
    /// The description, in Markdown.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub description: FieldPatch<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub status: FieldPatch<ProjectStatusRef>,
    /// How pressing it is.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub priority: FieldPatch<PriorityRef>,
    /// The first day.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub start_date: FieldPatch<NaiveDate>,
    /// The last day.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub end_date: FieldPatch<NaiveDate>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub owner_id: FieldPatch<UserId>,
    /// Who may see it.
    #[serde(skip_serializing_if = "FieldPatch::is_keep")]
    pub visibility: FieldPatch<Visibility>,
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

impl ProjectPatch {
    /// Changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

setters!(ProjectPatch {
    patch name: String,
    patch key: String,
    patch description: String,
    patch status: ProjectStatusRef,
    patch priority: PriorityRef,
    patch start_date: NaiveDate,
    patch end_date: NaiveDate,
    patch owner_id: UserId,
    patch visibility: Visibility,
    patch url: String,
    patch raw_data: RawData,
    optional if_version: Version,
});

clearers!(ProjectPatch {
    clear_description description,
    clear_priority priority,
    clear_start_date start_date,
    clear_end_date end_date,
    clear_owner_id owner_id,
    clear_url url,
});

touches_of!(ProjectPatch, Project, {
    Name name, Key key, Description description, Status status, Priority priority, StartDate start_date,
    EndDate end_date, OwnerId owner_id, Visibility visibility, Url url, RawData raw_data,
});
