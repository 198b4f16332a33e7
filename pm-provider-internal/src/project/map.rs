//! Rows of `pm_projects` and projects.

use chrono::{DateTime, Utc};
use pm_provider::{ItemRef, PMProject, ProjectId, ProjectStatus, Version, Vocabulary};
use sea_orm::QueryResult;

use crate::error::Result;
use crate::record::{Fields, Record};
use crate::row::{Row, visibility_word};
use crate::text::search_text;
use crate::vocabulary::priority;

/// What a statement selects, in the order in which [`read`] takes it.
pub(super) const COLUMNS: [&str; 17] = [
    "id",
    "key",
    "name",
    "description",
    "status_category",
    "status_name",
    "priority_level",
    "priority_name",
    "start_date",
    "end_date",
    "owner_id",
    "visibility",
    "url",
    "created_at",
    "updated_at",
    "version",
    "raw_data",
];

pub(super) fn read(row: &QueryResult) -> Result<PMProject> {
    let mut row = Row::new(PMProject::TABLE, row);
    let (id, key): (String, _) = (row.take()?, row.take()?);
    let (name, description): (String, _) = (row.take()?, row.take()?);
    let status = ProjectStatus::new(row.category()?, row.take::<String>()?);
    let mut project = PMProject::new(id, name, status);
    project.key = key;
    project.description = description;
    project.priority = priority(row.optional_category()?, row.take()?);
    project.start_date = row.take()?;
    project.end_date = row.take()?;
    project.owner_id = row.optional_id()?;
    project.visibility = row.visibility()?;
    project.url = row.take()?;
    project.created_at = row.time()?;
    project.updated_at = row.time()?;
    project.version = row.version()?;
    project.raw_data = row.raw_data()?;
    Ok(project)
}

impl Record for PMProject {
    const TABLE: &'static str = "pm_projects";
    const WHAT: &'static str = "project";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn fields(&self) -> Result<Fields> {
        let priority = self.priority.as_ref();
        Ok(vec![
            ("key", self.key.as_deref().into()),
            ("name", self.name.as_str().into()),
            ("description", self.description.as_deref().into()),
            ("status_category", self.status.category.word().into()),
            ("status_name", self.status.name.as_str().into()),
            ("priority_level", priority.map(|priority| priority.level.word()).into()),
            ("priority_name", priority.map(|priority| priority.name.as_str()).into()),
            ("start_date", self.start_date.into()),
            ("end_date", self.end_date.into()),
            ("owner_id", self.owner_id.as_ref().map(AsRef::<str>::as_ref).into()),
            ("visibility", visibility_word(self.visibility).into()),
            ("url", self.url.as_deref().into()),
            ("raw_data", self.raw_data.as_str().into()),
            ("search_text", search_text(&self.name, self.description.as_deref()).into()),
        ])
    }

    fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    fn stamp(&mut self, version: Version, updated_at: DateTime<Utc>) {
        self.version = Some(version);
        self.updated_at = Some(updated_at);
    }

    fn change(&self) -> Option<(ItemRef, Option<ProjectId>)> {
        Some((ItemRef::Project(self.id.clone()), Some(self.id.clone())))
    }
}
