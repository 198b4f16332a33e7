//! The end of tasks: what is below goes along, which has to be said here.

use pm_http::{Raw, named};
use pm_provider::{Contents, DeleteOptions, Entity, Error, ErrorKind, Result, TaskId};

use crate::api::Api;
use crate::dto::{Task, Threads};
use crate::endpoints;

impl Api {
    /// Deletes a task. ClickUp takes subtasks along without asking (unverified).
    pub(crate) async fn delete_task(&self, id: &TaskId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Task, options)?;
        let _turn = self.turns.of(id.as_str()).await;
        let row: Raw<Task> = self.read_task(id.as_str(), true).await?;
        if self.place_of_task(&row.item).is_none() {
            return Err(Error::not_found("task", id));
        }
        let below: Threads = row.raw.parse()?;
        if options.contents == Contents::Refuse && !below.subtasks.is_empty() {
            let message = format!("the task `{id}` has {} subtasks", below.subtasks.len());
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        self.delete(&endpoints::DELETE_TASK, &[&row.item.id]).await.map_err(|error| named(error, "task", id))
    }
}
