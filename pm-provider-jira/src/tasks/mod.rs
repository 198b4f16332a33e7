//! Issues.

mod create;
mod delete;
mod list;
mod look_ups;
mod many;
mod memory;
mod pages;
mod search;
mod transition;
mod update;
mod workflow;
mod write;

pub(crate) use create::Draft;
pub(crate) use look_ups::LookUps;
pub(crate) use many::MOST_FETCHED;
pub(crate) use memory::{Kind, Memory};
pub(crate) use search::{ALL_FIELDS, Ask, MARK_FIELDS, MOST_AT_ONCE};
pub(crate) use workflow::{StatusId, Step};
pub(crate) use write::{check_labels, named_type, one_assignee, unfit, whole_minutes};

use std::collections::HashMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::Raw;
use pm_provider::{
    Entity, EntityCapabilities, Error, ErrorKind, Field, FieldSupport, Filter, Operation, PMTask, Result, SortField,
    TaskId,
};

use crate::api::{Api, found};
use crate::capabilities::MAX_TEXT;
use crate::dto::Issue;
use crate::jql::{Jql, quoted};
use crate::map::{self, Reading};
use crate::{endpoints, ids};

/// The longest summary.
const MAX_SUMMARY: usize = 255;
/// How many single issues are asked for at once.
const AT_ONCE: usize = 8;
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
        let mut unknown: Vec<String> =
            named.filter(|key| !known.contains_key(key) && !self.issues.is_hidden_epic(key)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let found = self.epics_with(&unknown).await?;
            self.issues.knows_epics(&unknown, &found);
            known.extend(found);
        }
        Ok(known)
    }

    /// The ids of issues by key. Where one of them is gone, or hidden from us, Jira refuses the whole query: then each is asked
    /// for by itself.
    async fn epics_with(&self, keys: &[String]) -> Result<HashMap<String, u64>> {
        let list: Vec<_> = keys.iter().map(|key| quoted(key)).collect();
        match self.search_all(Jql::new().clause(format!("key in ({})", list.join(", "))), MARK_FIELDS).await {
            Ok(rows) => Ok(rows.into_iter().filter_map(|row| Some((row.item.key?, row.item.id.0))).collect()),
            Err(error) if error.http_status() != Some(400) => Err(error),
            Err(_) => {
                let each = stream::iter(keys.to_vec());
                let each = each.map(|key| async move { Ok::<_, Error>((found(self.issue(&key).await)?, key)) });
                let each: Vec<_> = each.buffered(AT_ONCE).try_collect().await?;
                Ok(each.into_iter().filter_map(|(row, key)| Some((key, row?.item.id.0))).collect())
            }
        }
    }

    /// Says whether a project has any issue that we can see.
    pub(crate) async fn has_issues(&self, project: u64) -> Result<bool> {
        Ok(self.any_issue(Jql::new().id("project", project), MARK_FIELDS).await?.is_some())
    }

    /// Any issue that a query finds: the first one that we did not just delete, which an index may still have.
    pub(crate) async fn any_issue(&self, jql: Jql, fields: &[&str]) -> Result<Option<Raw<Issue>>> {
        let mut pages = self.pages(jql, fields, 10).await?;
        while let Some(rows) = pages.next().await? {
            if let Some(row) = rows.into_iter().next() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }
}
