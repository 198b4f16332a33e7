//! The same change of several tasks.

use std::sync::Arc;

use pm_core::{PMTask, PmProvider, TaskPatch};

use crate::command::many::{Once, Tally};
use crate::command::words::{Words, explain};
use crate::exit::Code;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{FormatArgs, Reporter};
use crate::session::Session;

/// Which tasks are changed, and how it is said.
pub(super) struct Changing<'a> {
    pub(super) tasks: &'a [String],
    pub(super) project: Option<&'a str>,
    /// `Changed`
    pub(super) verb: &'static str,
    pub(super) format: &'a FormatArgs,
}

/// Changes one task after the other; `patch` says what changes, nothing where a task is as it should be already.
pub(super) async fn write(
    session: &Session,
    changing: Changing<'_>,
    patch: impl Fn(&PMTask) -> Result<Option<TaskPatch>>,
) -> Result<Code> {
    let provider = session.writer().await?;
    let mut reporter = Reporter::new::<PMTask>(session, &provider, changing.format, changing.tasks.len() > 1)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(changing.project).await?;
    let mut tally = Tally::of(changing.tasks.len());
    let mut once = Once::default();
    for word in changing.tasks {
        let outcome = async {
            let task = finder.task(word, project.as_ref()).await?;
            let Some(task) = once.new_one(task) else { return Ok(None) };
            match patch(&task)? {
                Some(patch) => update(&provider, &task, patch).await.map(Some),
                None => Ok(Some(task)),
            }
        };
        let outcome: Result<Option<PMTask>> = outcome.await;
        if let Some(Some(task)) = tally.note(word, outcome)? {
            reporter.item(changing.verb, &task).await?;
        }
    }
    reporter.finish()?;
    Ok(tally.code())
}

async fn update(provider: &Arc<dyn PmProvider>, task: &PMTask, patch: TaskPatch) -> Result<PMTask> {
    let words = words(&patch);
    match provider.update_task(&task.id, patch).await {
        Ok(task) => Ok(task),
        Err(error) => Err(explain(provider, &task.project_id, words, error).await),
    }
}

/// The words that the project may not know.
pub(super) fn words(patch: &TaskPatch) -> Words {
    let (status, priority) = (patch.status.value(), patch.priority.value());
    Words { task_status: status.cloned(), priority: priority.cloned(), ..Words::default() }
}
