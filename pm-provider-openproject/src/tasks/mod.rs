//! Work packages.

mod create;
mod delete;
mod list;
mod update;
mod write;

pub(crate) use list::find_marked;
pub(crate) use write::one_assignee;

use std::sync::Arc;

use pm_http::Raw;
use pm_provider::{Error, PMTask, Result, TaskId};
use serde_json::Value;

use crate::api::Api;
use crate::dto::{self, WorkPackage};
use crate::endpoints;
use crate::ids;
use crate::map;
use crate::schema::schema_id;

impl Api {
    /// Gets one task.
    pub(crate) async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.capabilities.check_operation(pm_provider::Entity::Task, pm_provider::Operation::Get)?;
        let row = self.work_package(ids::existing("task", id)?).await?;
        self.to_task(row).await
    }

    /// One work package; one of a project that we deleted is gone, though the server may still show it.
    pub(crate) async fn work_package(&self, id: u64) -> Result<Raw<WorkPackage>> {
        let row: Result<Raw<WorkPackage>> = self.get(&endpoints::GET_WORK_PACKAGE, &[&id.to_string()]).await;
        let row = row.map_err(|error| error.subject(format!("task `{id}`")))?;
        if self.is_gone(row.item.links.project.id()) {
            return Err(Error::not_found("task", id));
        }
        Ok(row)
    }

    /// Makes a task of a work package.
    pub(crate) async fn to_task(&self, row: Raw<WorkPackage>) -> Result<PMTask> {
        let mut tasks = self.to_tasks(vec![row]).await?;
        let lost = || Error::new(pm_provider::ErrorKind::Internal, "a task was lost on the way");
        tasks.pop().ok_or_else(lost)
    }

    /// The dictionary; read anew when a row has a status that was made since.
    async fn dictionary_for(&self, rows: &[Raw<WorkPackage>]) -> Result<Arc<map::Dictionary>> {
        let dictionary = self.dictionary().await?;
        if rows.iter().all(|row| dictionary.knows(&row.item.links.status)) {
            return Ok(dictionary);
        }
        self.forget_dictionary().await;
        self.dictionary().await
    }

    /// Makes tasks of work packages.
    pub(crate) async fn to_tasks(&self, rows: Vec<Raw<WorkPackage>>) -> Result<Vec<PMTask>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let dictionary = self.dictionary_for(&rows).await?;
        let shapes = self.shapes_for(&rows).await?;
        let task = |row: Raw<WorkPackage>| {
            let own = schema_id(&row.item).and_then(|id| shapes.get(&id));
            map::task(row, &dictionary, own, &self.places)
        };
        Ok(rows.into_iter().map(task).collect())
    }
}

/// The JSON of a row, to compare it with a body.
pub(crate) fn json<T>(row: &Raw<T>) -> Value {
    row.raw.parse().unwrap_or_default()
}

/// The children of a work package that we may see.
pub(crate) fn children(item: &dto::WorkPackage) -> Option<usize> {
    item.links.children.as_ref().map(Vec::len)
}
