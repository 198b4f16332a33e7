//! Rows of `pm_sprints` and sprints.

use chrono::{DateTime, Utc};
use pm_provider::{ItemRef, PMSprint, ProjectId, SprintStatus, Version, Vocabulary};
use sea_orm::QueryResult;

use crate::error::Result;
use crate::record::{Fields, Record};
use crate::row::{Row, seconds};
use crate::text::search_text;

/// The columns of the table that a statement selects, in the order in which [`read`] takes them.
pub(super) const COLUMNS: [&str; 15] = [
    "id",
    "project_id",
    "name",
    "status_category",
    "status_name",
    "start_date",
    "end_date",
    "capacity_seconds",
    "planned_seconds",
    "goal",
    "url",
    "created_at",
    "updated_at",
    "version",
    "raw_data",
];
/// What follows them: the key.
pub(super) const BESIDE: usize = 1;

pub(super) fn read(row: &QueryResult) -> Result<PMSprint> {
    let mut row = Row::new(PMSprint::TABLE, row);
    let (id, project_id, name): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let status = SprintStatus::new(row.category()?, row.take::<String>()?);
    let mut sprint = PMSprint::new(id, project_id, name, status);
    sprint.start_date = row.take()?;
    sprint.end_date = row.take()?;
    sprint.capacity_hours = row.hours()?;
    sprint.planned_hours = row.hours()?;
    sprint.goal = row.take()?;
    sprint.url = row.take()?;
    sprint.created_at = row.time()?;
    sprint.updated_at = row.time()?;
    sprint.version = row.version()?;
    sprint.raw_data = row.raw_data()?;
    sprint.key = row.take()?;
    Ok(sprint)
}

impl Record for PMSprint {
    const TABLE: &'static str = "pm_sprints";
    const WHAT: &'static str = "sprint";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn fields(&self) -> Result<Fields> {
        Ok(vec![
            ("name", self.name.as_str().into()),
            ("status_category", self.status.category.word().into()),
            ("status_name", self.status.name.as_str().into()),
            ("start_date", self.start_date.into()),
            ("end_date", self.end_date.into()),
            ("capacity_seconds", seconds(self.capacity_hours).into()),
            ("planned_seconds", seconds(self.planned_hours).into()),
            ("goal", self.goal.as_deref().into()),
            ("url", self.url.as_deref().into()),
            ("raw_data", self.raw_data.as_str().into()),
            ("search_text", search_text(&self.name, self.goal.as_deref()).into()),
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
        Some((ItemRef::Sprint(self.id.clone()), Some(self.project_id.clone())))
    }
}
