//! Issues.

mod create;
mod delete;
mod list;
mod many;
mod memory;
mod search;
mod transition;
mod update;
mod workflow;
mod write;

pub(crate) use create::Draft;
pub(crate) use many::MOST_FETCHED;
pub(crate) use memory::{Kind, Memory};
pub(crate) use search::{ALL_FIELDS, Ask, MARK_FIELDS};
pub(crate) use workflow::{StatusId, Step};
pub(crate) use write::{check_labels, named_type, one_assignee, unfit, whole_minutes};

use std::collections::HashMap;

use pm_http::Raw;
use pm_provider::{
    Entity, EntityCapabilities, Error, ErrorKind, Field, FieldSupport, Filter, Operation, PMTask, Result, SortField,
    TaskId,
};

use crate::api::Api;
use crate::capabilities::{MAX_TEXT, marker};
use crate::dto::Issue;
use crate::jql::{Jql, quoted};
use crate::map::{self, Reading};
use crate::{endpoints, ids};

/// The longest summary.
const MAX_SUMMARY: usize = 255;
/// The largest page of issues with all of their fields.
pub(crate) use crate::capabilities::MAX_PAGE_SIZE;

/// What can be done with tasks.
pub(crate) fn capabilities() -> EntityCapabilities {
    let read = [
        Field::Id,
        Field::Key,
        Field::AuthorId,
        Field::ActualHours,
        Field::Visibility,
        Field::Url,
        Field::CreatedAt,
        Field::UpdatedAt,
        Field::CompletedAt,
        Field::RawData,
    ];
    let by_screen = [Field::ParentTaskId, Field::SprintId, Field::StartDate, Field::DueDate, Field::Labels];
    EntityCapabilities::new()
        .all_operations()
        .fields(read, &FieldSupport::read_only())
        .fields([Field::Title], &FieldSupport::required().max_length(MAX_SUMMARY))
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::Description], &FieldSupport::full().max_length(MAX_TEXT))
        .fields([Field::Status, Field::TaskType], &FieldSupport::required())
        .fields([Field::Priority], &FieldSupport::required().per_project())
        .fields(by_screen, &FieldSupport::full().per_project())
        .fields([Field::Assignees], &FieldSupport::full().max_items(1).per_project())
        .fields([Field::EstimatedHours], &estimates().per_project())
        .fields([Field::CustomFields], &FieldSupport::full().per_project())
        .filters([
            Filter::Project,
            Filter::Key,
            Filter::Sprint,
            Filter::NoSprint,
            Filter::Assignee,
            Filter::Unassigned,
            Filter::Parent,
            Filter::TopLevel,
            Filter::Status,
            Filter::Labels,
            Filter::Text,
            Filter::UpdatedSince,
        ])
        // Not by the time of the last change: pages of such a listing lose what is changed meanwhile.
        .sorts([SortField::CreatedAt])
        .create_guarantee(marker("issue property"))
        .delete_with_contents(true)
}

/// What can be done with estimates.
pub(crate) fn estimates() -> FieldSupport {
    FieldSupport::full().lossy("held in whole minutes")
}

impl Api {
    /// Gets one task.
    pub(crate) async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.capabilities.check_operation(Entity::Task, Operation::Get)?;
        let row = self.issue_by_id(ids::existing("task", id)?).await?;
        self.to_task(row).await
    }

    /// One issue by its number, which must be there.
    pub(crate) async fn issue_by_id(&self, id: u64) -> Result<Raw<Issue>> {
        let lost = || Error::not_found("task", id);
        let row = self.issue(&id.to_string()).await.map_err(|error| match error.kind() {
            ErrorKind::NotFound => lost().with_effect(error.effect().clone()),
            _ => error.subject(format!("task `{id}`")),
        })?;
        if row.item.project().is_some_and(|project| self.is_gone(project)) {
            return Err(lost());
        }
        Ok(row)
    }

    /// One issue by its number or key; an old key leads to an issue that was moved.
    pub(crate) async fn issue(&self, id_or_key: &str) -> Result<Raw<Issue>> {
        let query = [("fields", ALL_FIELDS.join(","))];
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let row: Raw<Issue> = self.get_with(&endpoints::GET_ISSUE, &[id_or_key], &query).await?;
        self.issues.saw(&row.item);
        Ok(row)
    }

    /// Makes a task of an issue.
    pub(crate) async fn to_task(&self, row: Raw<Issue>) -> Result<PMTask> {
        let mut tasks = self.to_tasks(vec![row]).await?;
        tasks.pop().ok_or_else(|| Error::new(ErrorKind::Internal, "a task was lost on the way"))
    }

    /// Makes tasks of issues.
    pub(crate) async fn to_tasks(&self, rows: Vec<Raw<Issue>>) -> Result<Vec<PMTask>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let (catalogue, priorities, places) =
            futures_util::try_join!(self.catalogue(), self.all_priorities(), self.places())?;
        let epics = self.epics_of(&rows, &catalogue).await?;
        let reading = Reading {
            catalogue: &catalogue,
            statuses: &self.config.statuses,
            priorities: &priorities,
            places,
            epics: &epics,
        };
        Ok(rows.into_iter().map(|row| map::task(row, &reading)).collect())
    }

    /// The ids of epics that rows name by key, which only Data Center does.
    async fn epics_of(
        &self,
        rows: &[Raw<Issue>],
        catalogue: &crate::schema::Catalogue,
    ) -> Result<HashMap<String, u64>> {
        if catalogue.epic_link.is_none() || self.flavor().await?.is_cloud() {
            return Ok(HashMap::new());
        }
        let mut known = self.issues.epics();
        let own = rows.iter().filter_map(|row| Some((row.item.key.clone()?, row.item.id.0)));
        known.extend(own);
        let named = rows.iter().filter_map(|row| map::epic_of(&row.item.fields, catalogue));
        let mut unknown: Vec<String> = named.filter(|key| !known.contains_key(key)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let keys: Vec<_> = unknown.iter().map(|key| quoted(key)).collect();
            let found =
                self.search_all(Jql::new().clause(format!("key in ({})", keys.join(", "))), &["created"], false);
            let found = found.await?;
            let found = found.into_iter().filter_map(|row| Some((row.item.key.clone()?, row.item.id.0)));
            let found: Vec<_> = found.collect();
            self.issues.knows_epics(found.clone());
            known.extend(found);
        }
        Ok(known)
    }

    /// Says whether a project has any issue that we can see.
    pub(crate) async fn has_issues(&self, project: u64) -> Result<bool> {
        Ok(self.any_issue(Jql::new().id("project", project), MARK_FIELDS).await?.is_some())
    }

    /// Any issue that a query finds.
    pub(crate) async fn any_issue(&self, jql: Jql, fields: &[&str]) -> Result<Option<Raw<Issue>>> {
        // More than one, for the first may be one that we deleted and the index still has.
        let (jql, size) = (jql.to_string(), 10);
        let ask = Ask { jql: &jql, fields, marks: false, size };
        let rows = if self.flavor().await?.is_cloud() {
            self.search_by_token(ask, None, &self.issues.fresh()).await?.issues
        } else {
            self.search_by_offset(ask, 0).await?.issues
        };
        Ok(self.unburied(rows).into_iter().next())
    }
}
