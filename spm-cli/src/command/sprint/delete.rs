//! `spm sprint delete`.

use std::sync::Arc;

use clap::Args;
use pm_core::capability::Filter;
use pm_core::{DeleteOptions, Entity, PMProject, PMSprint, PmProvider, TaskQuery};

use crate::command::count::Count;
use crate::command::delete::{Confirmation, Doomed, delete_each};
use crate::command::many::Tally;
use crate::exit::Code;
use crate::failure::Result;
use crate::lookup::Finder;
use crate::session::Session;

/// Which sprints, and how.
#[derive(Args, Debug)]
pub(crate) struct DeleteArgs {
    /// The sprints: keys, names or ids
    #[arg(required = true, value_name = "SPRINT")]
    sprints: Vec<String>,
    /// The project in which names are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    how: Confirmation,
}

pub(super) async fn run(session: &Session, args: DeleteArgs) -> Result<Code> {
    let provider = session.writer().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let mut tally = Tally::of(args.sprints.len());
    let mut doomed = Vec::new();
    for word in &args.sprints {
        doomed.extend(tally.look(word, look(&provider, &finder, word, project.as_ref()).await)?);
    }
    let deleting = Arc::clone(&provider);
    let act = async move |sprint: &PMSprint| deleting.delete_sprint(&sprint.id, DeleteOptions::new()).await;
    delete_each(session, doomed, args.how, tally, act).await
}

async fn look(
    provider: &Arc<dyn PmProvider>,
    finder: &Finder,
    word: &str,
    project: Option<&PMProject>,
) -> Result<Doomed<PMSprint>> {
    let sprint = finder.sprint(word, project).await?;
    let mut stays = String::new();
    if provider.capabilities().entity(Entity::Task).filters.contains(&Filter::Sprint) {
        let count = Count::tasks(provider, TaskQuery::new().sprint(&sprint.id)).await?;
        if !count.is_none() {
            stays = format!(" ({} will be without a sprint)", count.of_what("task"));
        }
    }
    Ok(Doomed::alone(word, sprint, stays))
}
