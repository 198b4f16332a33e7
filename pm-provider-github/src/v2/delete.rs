//! Taking items out of a project.

use pm_http::{deleted, named};
use pm_provider::{DeleteOptions, Effect, Entity, Error, ErrorKind, Result, TaskId};
use serde_json::{Value, json};

use super::dto::Item;
use super::existing_item;
use crate::api::Api;
use crate::config::Deleting;
use crate::graphql::{CLOSE_ISSUE, DELETE_ISSUE, DELETE_ITEM, Step};

impl Api {
    /// Deletes an item as the settings say: a draft is gone then. Of an issue the item is taken out of the project, and the
    /// issue closed as not planned (`close`), or deleted along with its items (`graphql`).
    pub(crate) async fn v2_delete_task(&self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.v2_check_delete(options)?;
        let (project, item) = existing_item(id)?;
        let row = self.v2_item(project, item).await?;
        let mut outcomes = self.change_all(self.v2_delete_steps(project, &row.item)).await;
        self.v2_forget_rows(project).await;
        let last = outcomes.pop().map_or(Ok(()), |outcome| outcome.map(drop));
        // What could not be closed was taken out all the same: that is what was asked for.
        match last {
            // Whoever does not know whether it was done looks.
            Err(error) if *error.effect() == Effect::Unknown => match self.v2_item(project, item).await {
                Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            },
            answer => deleted(answer.map_err(|error| named(error, "task", id))),
        }
    }

    /// Refuses to delete where the settings do not allow it.
    pub(super) fn v2_check_delete(&self, options: &DeleteOptions) -> Result<()> {
        if self.config.delete == Deleting::Never {
            let error = Error::unsupported("tasks are not deleted: the settings do not say how");
            return Err(error.hint("set GITHUB_DELETE to `close` or `graphql`"));
        }
        self.v2_capabilities().check_delete(Entity::Task, options)
    }

    /// The changes that delete an item; the last one is the one that counts.
    pub(super) fn v2_delete_steps(&self, project: &str, item: &Item) -> Vec<Step> {
        let take_out = Step { mutation: &DELETE_ITEM, input: json!({ "projectId": project, "itemId": item.id }) };
        let content = item.content.as_ref().map(|content| Value::from(content.id.as_str())).filter(|_| item.is_issue());
        match (content, self.config.delete) {
            (Some(issue), Deleting::GraphQl) => {
                vec![Step { mutation: &DELETE_ISSUE, input: json!({ "issueId": issue }) }]
            }
            (Some(issue), _) => {
                let input = json!({ "issueId": issue, "stateReason": "NOT_PLANNED" });
                vec![Step { mutation: &CLOSE_ISSUE, input }, take_out]
            }
            (None, _) => vec![take_out],
        }
    }
}
