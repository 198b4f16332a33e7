//! `spm project delete`.

use std::sync::Arc;

use clap::Args;
use pm_core::capability::Filter;
use pm_core::{DeleteOptions, Entity, PMProject, PmProvider, SprintQuery, TaskQuery};

use crate::command::count::Count;
use crate::command::delete::{Confirmation, Contents, Doomed, delete_each};
use crate::command::many::Tally;
use crate::exit::Code;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::session::Session;

/// Which projects, and how.
#[derive(Args, Debug)]
pub(crate) struct DeleteArgs {
    /// The projects: keys, names or ids
    #[arg(required = true, value_name = "PROJECT")]
    projects: Vec<String>,
    /// Delete the tasks and sprints in it as well
    #[arg(long)]
    with_contents: bool,
    #[command(flatten)]
    how: Confirmation,
}

pub(super) async fn run(session: &Session, args: DeleteArgs) -> Result<Code> {
    let provider = session.writer().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let mut tally = Tally::of(args.projects.len());
    let mut doomed: Vec<Doomed<PMProject>> = Vec::new();
    for word in &args.projects {
        if let Some(found) = tally.look(word, look(&provider, &finder, word, args.with_contents).await)? {
            doomed.push(found);
        }
    }
    let deleting = Arc::clone(&provider);
    let options = if args.with_contents { DeleteOptions::with_contents() } else { DeleteOptions::new() };
    let act = async move |project: &PMProject| deleting.delete_project(&project.id, options.clone()).await;
    delete_each(session, doomed, args.how, tally, act).await
}

async fn look(
    provider: &Arc<dyn PmProvider>,
    finder: &Finder,
    word: &str,
    with_contents: bool,
) -> Result<Doomed<PMProject>> {
    let project = finder.project(word).await?;
    let listed = |entity| provider.capabilities().entity(entity).filters.contains(&Filter::Project);
    let mut contents = Vec::new();
    if listed(Entity::Task) {
        contents.push((Count::tasks(provider, TaskQuery::in_project(&project.id)).await?, "task"));
    }
    if listed(Entity::Sprint) {
        contents.push((Count::sprints(provider, SprintQuery::in_project(&project.id)).await?, "sprint"));
    }
    Doomed::new(word, project, &Contents(contents), with_contents)
}
