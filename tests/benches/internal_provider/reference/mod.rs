//! The other side: what somebody would write by hand with sqlx for exactly this job.
//!
//! It issues the provider's statements (`statements.rs` proves it), binds and reads values as they are, and leaves
//! out whatever makes the provider a general one: capabilities, filters, checks of input, idempotency keys, the
//! wording of errors.
//!
//! Like every program with more than one thing to do it takes its connection from a pool, here of one connection, as
//! the provider does: sqlx's pool costs another trip to the connection after each call.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use pm_core::{NewTask, PMTask, ProjectId, TaskId};

use crate::Result;

/// What both sides can do.
pub(crate) trait Reference {
    /// Writes tasks in one transaction; `savepoints` lets each of them fail alone.
    async fn insert(&mut self, tasks: Vec<NewTask>, savepoints: bool) -> Result<Vec<PMTask>>;

    /// Takes the connection out of the pool for good; from then on, only [`get`](Self::get) works.
    async fn hold(&mut self) -> Result<()>;

    /// Gets a task.
    async fn get(&mut self, id: &TaskId) -> Result<PMTask>;

    /// Gets one page of a project, oldest first, behind a place, and the place where the next one begins.
    async fn page(&mut self, project: &ProjectId, after: Option<Place>, size: usize) -> Result<TaskPage>;

    /// Lists a project page by page.
    async fn list(&mut self, project: &ProjectId, size: usize) -> Result<Vec<PMTask>> {
        let mut tasks = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(project, after, size).await?;
            tasks.extend(page.tasks);
            after = page.next;
            if after.is_none() {
                return Ok(tasks);
            }
        }
    }
}

/// Is where a page ended: when its last task was created, and its id.
pub(crate) type Place = (i64, String);

/// Is one page of tasks.
#[derive(Debug)]
pub(crate) struct TaskPage {
    pub(crate) tasks: Vec<PMTask>,
    pub(crate) next: Option<Place>,
}
