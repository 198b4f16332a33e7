//! Deleting issues, which is for good.

use pm_provider::{Contents, DeleteOptions, Entity, Error, ErrorKind, Result, TaskId};
use serde_json::Value;

use crate::api::Api;
use crate::dto::Issue;
use crate::jql::{Jql, custom_field, quoted};
use crate::{endpoints, ids};

impl Api {
    /// Deletes a task. Jira takes sub-tasks along when told to; issues of an epic would stay behind without one, so they are
    /// deleted first where contents go along.
    pub(crate) async fn delete_task(&self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Task, options)?;
        let id = ids::existing("task", id)?;
        let _turn = self.turn(id).await;
        let row = self.issue_by_id(id).await?.item;
        let subtasks = has_subtasks(&row);
        let children = self.children_of(&row).await?;
        if options.contents == Contents::Refuse && (subtasks || !children.is_empty()) {
            let message = format!("the task `{id}` has children");
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        for child in children {
            self.delete_issue(child).await?;
        }
        self.delete_issue(id).await
    }

    async fn delete_issue(&self, id: u64) -> Result<()> {
        self.issues.lose_sight(id);
        self.delete(&endpoints::DELETE_ISSUE, &[&id.to_string()], &[("deleteSubtasks", "true")]).await?;
        self.issues.bury(id);
        Ok(())
    }

    /// The issues of an epic, or of what is above it: those one level down that are no sub-tasks.
    async fn children_of(&self, issue: &Issue) -> Result<Vec<u64>> {
        if issue.fields.issue_type.as_ref().is_none_or(|kind| kind.level() < 1) {
            return Ok(Vec::new());
        }
        let jql = if self.flavor().await?.is_cloud() {
            Jql::new().id("parent", issue.id.0)
        } else {
            let catalogue = self.catalogue().await?;
            let Some(epic) = catalogue.epic_link.as_deref().and_then(custom_field) else { return Ok(Vec::new()) };
            Jql::new().clause(format!("{epic} = {}", quoted(issue.key.as_deref().unwrap_or_default())))
        };
        let rows = self.search_all(jql, &["issuetype"], false).await?;
        Ok(rows.iter().map(|row| row.item.id.0).filter(|child| *child != issue.id.0).collect())
    }
}

fn has_subtasks(issue: &Issue) -> bool {
    let subtasks = issue.fields.subtasks.as_deref().and_then(|raw| serde_json::from_str::<Vec<Value>>(raw.get()).ok());
    subtasks.is_some_and(|subtasks| !subtasks.is_empty())
}
