//! Deleting issues, which is for good.

use std::collections::HashSet;

use pm_http::unless_missing;
use pm_provider::{Contents, DeleteOptions, Entity, Error, ErrorKind, Result, TaskId};
use serde_json::Value;

use super::transition::partial;
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
        if options.contents == Contents::Delete {
            return self.delete_with_contents(&row).await;
        }
        if has_subtasks(&row) || !self.children_of(&row).await?.is_empty() {
            return Err(has_children(id));
        }
        self.delete_issue(id, false).await.map_err(|error| match error.http_status() {
            // Somebody made a sub-task meanwhile, or there is one that we may not see.
            Some(400) => has_children(id).with_http_status(400),
            _ => error,
        })
    }

    async fn delete_with_contents(&self, issue: &Issue) -> Result<()> {
        let id = issue.id.0;
        let mut gone = Vec::new();
        for child in self.descendants_of(issue).await? {
            match unless_missing(self.delete_issue(child, true).await) {
                Ok(Some(())) => gone.push(format!("the deletion of the child `{child}`")),
                // Somebody else was faster.
                Ok(None) => self.issues.bury(child),
                Err(error) => {
                    return Err(partial(error, id, &gone, vec![format!("the deletion of the child `{child}`")]));
                }
            }
        }
        let deleted = self.delete_issue(id, true).await;
        deleted.map_err(|error| partial(error, id, &gone, vec!["the deletion of the task itself".to_owned()]))
    }

    /// Deletes one issue. Without its sub-tasks, Jira refuses where it has any (400).
    async fn delete_issue(&self, id: u64, with_subtasks: bool) -> Result<()> {
        self.issues.lose_sight(id);
        let with_subtasks = if with_subtasks { "true" } else { "false" };
        self.delete(&endpoints::DELETE_ISSUE, &[&id.to_string()], &[("deleteSubtasks", with_subtasks)]).await?;
        self.issues.bury(id);
        Ok(())
    }

    /// All that is below an epic, or what is above it, but for sub-tasks; what is furthest down comes first.
    async fn descendants_of(&self, issue: &Issue) -> Result<Vec<u64>> {
        let (mut open, mut all, mut known) = (vec![issue.clone()], Vec::new(), HashSet::from([issue.id.0]));
        while let Some(parent) = open.pop() {
            for child in self.children_of(&parent).await? {
                if known.insert(child.id.0) {
                    all.push(child.id.0);
                    open.push(child);
                }
            }
        }
        all.reverse();
        Ok(all)
    }

    /// The issues of an epic, or of what is above it: those one level down that are no sub-tasks.
    async fn children_of(&self, issue: &Issue) -> Result<Vec<Issue>> {
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
        let rows = self.search_all(jql, &["issuetype"]).await?;
        Ok(rows.into_iter().map(|row| row.item).filter(|child| child.id.0 != issue.id.0).collect())
    }
}

fn has_children(id: u64) -> Error {
    let message = format!("the task `{id}` has children");
    Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it")
}

fn has_subtasks(issue: &Issue) -> bool {
    let subtasks = issue.fields.subtasks.as_deref().and_then(|raw| serde_json::from_str::<Vec<Value>>(raw.get()).ok());
    subtasks.is_some_and(|subtasks| !subtasks.is_empty())
}
