//! Deleting issues, as the setting says.
//!
//! REST cannot do it. GraphQL can, for administrators of the repository, and for good
//! (<https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/deleting-an-issue>).

use pm_provider::{DeleteOptions, Entity, Error, ErrorKind, Operation, Result, TaskId};
use serde::de::IgnoredAny;
use serde_json::json;

use super::draft::Draft;
use super::{Housed, map};
use crate::api::Api;
use crate::config::Deleting;
use crate::dto::State;
use crate::graphql::DELETE_ISSUE;

impl Api {
    /// Deletes a task, or closes it.
    pub(crate) async fn delete_task(&self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.check_task_delete(options)?;
        let housed = self.issue(id).await?;
        let _turn = self.turns.of((housed.repository.id, housed.row.item.number)).await;
        if housed.row.item.children() > 0 {
            let message = format!("task `{id}` has {} sub-issues", housed.row.item.children());
            return Err(Error::new(ErrorKind::Conflict, message).hint("delete them first, or take them out of it"));
        }
        match self.config.delete {
            Deleting::GraphQl => self.delete_issue(&housed, id).await,
            _ => self.close_issue(&housed).await,
        }
    }

    fn check_task_delete(&self, options: &DeleteOptions) -> Result<()> {
        let checked = self.capabilities.check_delete(Entity::Task, options);
        if self.capabilities.can(Entity::Task, Operation::Delete) {
            return checked;
        }
        checked.map_err(|error| {
            error.hint(
                "set GITHUB_DELETE to `close`, which closes issues as not planned, or to `graphql`, which deletes them \
                 for good",
            )
        })
    }

    async fn close_issue(&self, housed: &Housed) -> Result<()> {
        if housed.row.item.state == State::Closed {
            return Ok(());
        }
        let closed = Draft { status: Some(map::NOT_PLANNED), ..Draft::default() };
        self.send_patch(housed, &closed).await.map(drop)
    }

    async fn delete_issue(&self, housed: &Housed, id: &TaskId) -> Result<()> {
        let node = housed.row.item.node_id.as_deref();
        let node = node.ok_or_else(|| Error::new(ErrorKind::InvalidResponse, "an issue has no `node_id`"))?;
        let answer = self.change::<IgnoredAny>(&DELETE_ISSUE, json!({ "issueId": node })).await;
        answer.map(drop).map_err(|error| pm_http::named(error, "task", id))
    }
}
