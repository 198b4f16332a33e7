//! Rows of `pm_tasks` and tasks.

use chrono::{DateTime, Utc};
use pm_provider::{ItemRef, PMTask, ProjectId, Status, Version, Vocabulary};
use sea_orm::QueryResult;

use crate::error::{Failure, Result};
use crate::record::{Fields, Record};
use crate::row::{Row, seconds, visibility_word};
use crate::text::search_text;
use crate::vocabulary::priority;

/// The columns of the table that a statement selects, in the order in which [`read`] takes them.
pub(super) const COLUMNS: [&str; 24] = [
    "id",
    "project_id",
    "title",
    "status_category",
    "status_name",
    "priority_level",
    "priority_name",
    "parent_task_id",
    "sprint_id",
    "author_id",
    "estimated_seconds",
    "actual_seconds",
    "start_date",
    "due_date",
    "task_type",
    "visibility",
    "url",
    "created_at",
    "updated_at",
    "completed_at",
    "version",
    "custom_fields",
    "description",
    "raw_data",
];
/// What follows them: the key, the labels and the assignees.
pub(super) const BESIDE: usize = 3;

pub(super) fn read(row: &QueryResult) -> Result<PMTask> {
    let mut row = Row::new(PMTask::TABLE, row);
    let (id, project_id, title): (String, String, String) = (row.take()?, row.take()?, row.take()?);
    let status = Status::new(row.category()?, row.take::<String>()?);
    let mut task = PMTask::new(id, project_id, title, status);
    task.priority = priority(row.optional_category()?, row.take()?);
    task.parent_task_id = row.optional_id()?;
    task.sprint_id = row.optional_id()?;
    task.author_id = row.optional_id()?;
    task.estimated_hours = row.hours()?;
    task.actual_hours = row.hours()?;
    task.start_date = row.take()?;
    task.due_date = row.take()?;
    task.task_type = row.take()?;
    task.visibility = row.visibility()?;
    task.url = row.take()?;
    task.created_at = row.time()?;
    task.updated_at = row.time()?;
    task.completed_at = row.time()?;
    task.version = row.version()?;
    task.custom_fields = row.json("object of custom fields")?;
    task.description = row.take()?;
    task.raw_data = row.raw_data()?;
    task.key = row.take()?;
    task.labels = members(row.json("list of labels")?);
    task.assignees = members(row.json("list of assignees")?);
    Ok(task)
}

/// Puts members that come with their places (`0:paint`) into order.
fn members<T: From<String>>(placed: Vec<String>) -> Vec<T> {
    let split = |text: String| match text.split_once(':') {
        Some((place, member)) => (place.parse().unwrap_or(i64::MAX), member.to_owned()),
        None => (i64::MAX, text),
    };
    let mut members: Vec<(i64, String)> = placed.into_iter().map(split).collect();
    members.sort();
    members.into_iter().map(|(_, member)| T::from(member)).collect()
}

fn custom_fields(task: &PMTask) -> Result<Option<String>> {
    if task.custom_fields.is_empty() {
        return Ok(None);
    }
    let json = serde_json::to_string(&task.custom_fields);
    json.map(Some).map_err(|error| Failure::Damaged { table: PMTask::TABLE, what: "JSON", found: error.to_string() })
}

impl Record for PMTask {
    const TABLE: &'static str = "pm_tasks";
    const WHAT: &'static str = "task";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn fields(&self) -> Result<Fields> {
        let priority = self.priority.as_ref();
        Ok(vec![
            ("title", self.title.as_str().into()),
            ("status_category", self.status.category.word().into()),
            ("status_name", self.status.name.as_str().into()),
            ("priority_level", priority.map(|priority| priority.level.word()).into()),
            ("priority_name", priority.map(|priority| priority.name.as_str()).into()),
            ("parent_task_id", self.parent_task_id.as_ref().map(AsRef::<str>::as_ref).into()),
            ("sprint_id", self.sprint_id.as_ref().map(AsRef::<str>::as_ref).into()),
            ("author_id", self.author_id.as_ref().map(AsRef::<str>::as_ref).into()),
            ("estimated_seconds", seconds(self.estimated_hours).into()),
            ("actual_seconds", seconds(self.actual_hours).into()),
            ("start_date", self.start_date.into()),
            ("due_date", self.due_date.into()),
            ("task_type", self.task_type.as_deref().into()),
            ("visibility", visibility_word(self.visibility).into()),
            ("url", self.url.as_deref().into()),
            ("completed_at", self.completed_at.map(crate::time::to_micros).into()),
            ("custom_fields", custom_fields(self)?.into()),
            ("description", self.description.as_deref().into()),
            ("raw_data", self.raw_data.as_str().into()),
            ("search_text", search_text(&self.title, self.description.as_deref()).into()),
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
        Some((ItemRef::Task(self.id.clone()), Some(self.project_id.clone())))
    }
}
