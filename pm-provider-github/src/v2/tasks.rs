//! Items as tasks.

use pm_http::Raw;
use pm_provider::{
    Entity, FieldPatch, Operation, PMTask, PriorityRef, ProjectId, Result, StatusRef, TaskId, TaskPatch,
};

use super::dto::Item;
use super::wishes::{self, Wishing};
use super::{existing_item, existing_project, map};
use crate::api::Api;

impl Api {
    /// Gets an item.
    pub(crate) async fn v2_get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.v2_capabilities().check_operation(Entity::Task, Operation::Get)?;
        let (project, item) = existing_item(id)?;
        let row = self.v2_item(project, item).await?;
        self.v2_task(project, row).await
    }

    /// Makes a task of an item.
    pub(super) async fn v2_task(&self, project: &str, row: Raw<Item>) -> Result<PMTask> {
        Ok(map::task(row, &*self.v2_layout(project).await?))
    }

    /// What a read will show after a patch is written: the project's own names.
    pub(crate) async fn v2_preview_task(&self, project: &ProjectId, mut patch: TaskPatch) -> Result<TaskPatch> {
        self.v2_capabilities().check_update(&patch)?;
        let layout = self.v2_layout(existing_project(project)?).await?;
        let wishing = Wishing { layout: &layout, config: &self.config };
        wishing.check(&patch)?;
        if let FieldPatch::Set(wanted) = &patch.status {
            let status = wanted.resolve(&layout.statuses, self.config.statuses.preferred())?;
            patch.status = FieldPatch::Set(StatusRef::from(&status));
        }
        if let FieldPatch::Set(wanted) = &patch.priority {
            let priority = wanted.resolve(&layout.priorities, self.config.priorities.preferred())?;
            patch.priority = FieldPatch::Set(PriorityRef::from(&priority));
        }
        for (name, value) in &mut patch.custom_fields {
            if let FieldPatch::Set(wanted) = value {
                *value = FieldPatch::Set(wishes::shown(&layout, name, wanted.clone()));
            }
        }
        Ok(patch)
    }
}
