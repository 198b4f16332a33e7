//! `spm task delete`.

use std::sync::Arc;

use clap::Args;
use pm_core::capability::Filter;
use pm_core::{DeleteOptions, Entity, PMProject, PMTask, PmProvider, TaskQuery};

use crate::command::count::Count;
use crate::command::delete::{Confirmation, Contents, Doomed, delete_each};
use crate::command::many::Tally;
use crate::exit::Code;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::session::Session;

/// Which tasks, and how.
#[derive(Args, Debug)]
pub(crate) struct DeleteArgs {
    /// The tasks: keys, ids, titles, or numbers in --project
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// Delete the tasks that are part of it as well
    #[arg(long)]
    with_contents: bool,
    #[command(flatten)]
    how: Confirmation,
}

pub(super) async fn run(session: &Session, args: DeleteArgs) -> Result<Code> {
    let provider = session.writer().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let mut tally = Tally::of(args.tasks.len());
    let mut doomed = Vec::new();
    for word in &args.tasks {
        let found = look(&provider, &finder, word, project.as_ref(), args.with_contents).await;
        doomed.extend(tally.look(word, found)?);
    }
    let deleting = Arc::clone(&provider);
    let options = if args.with_contents { DeleteOptions::with_contents() } else { DeleteOptions::new() };
    let act = async move |task: &PMTask| deleting.delete_task(&task.id, options.clone()).await;
    delete_each(session, doomed, args.how, tally, act).await
}

async fn look(
    provider: &Arc<dyn PmProvider>,
    finder: &Finder,
    word: &str,
    project: Option<&PMProject>,
    with_contents: bool,
) -> Result<Doomed<PMTask>> {
    let task = finder.task(word, project).await?;
    let mut contents = Vec::new();
    if provider.capabilities().entity(Entity::Task).filters.contains(&Filter::Parent) {
        contents.push((Count::tasks(provider, TaskQuery::new().parent(&task.id)).await?, "sub-task"));
    }
    Doomed::new(word, task, &Contents(contents), with_contents)
}
