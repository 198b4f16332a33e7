//! `spm task status`.

use std::sync::Arc;

use clap::Args;
use pm_core::{PMTask, StatusRef, TaskPatch};

use super::change::{Changing, write};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{FormatArgs, one_line};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task status WEB-12 in_progress
  spm task status WEB-12 WEB-13 \"In Review\"
  spm task status WEB-12                          says which statuses the project has";

/// Which tasks, and where they stand.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The tasks, and last the status: `backlog`, `todo`, `in_progress`, `done`, `cancelled`, or the project's own word
    #[arg(required = true, value_name = "TASK")]
    words: Vec<String>,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: StatusArgs) -> Result<Code> {
    args.format.read::<PMTask>()?;
    match args.words.split_last() {
        Some((status, tasks)) if !tasks.is_empty() => {
            let changing = Changing { tasks, project: args.project.as_deref(), verb: "Changed", format: &args.format };
            let patch = TaskPatch::new().status(StatusRef::Word(status.clone()));
            write(session, changing, |_| Ok(Some(patch.clone()))).await
        }
        _ => Err(choices(session, &args).await?),
    }
}

/// Says which statuses there are, to whoever named none.
async fn choices(session: &Session, args: &StatusArgs) -> Result<Failure> {
    let word = args.words.first().map(String::as_str).unwrap_or_default();
    let provider = session.reader().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let task = finder.task(word, project.as_ref()).await?;
    let schema = provider.project_schema(&task.project_id).await?;
    let names: Vec<_> = schema.statuses.iter().map(|status| format!("`{}`", one_line(&status.name))).collect();
    let message =
        format!("`{word}` is `{}`; which status is it to have? It can have {}", task.status.name, names.join(", "));
    Ok(Failure::usage(message).hint(format!("`spm task status {word} STATUS`")))
}
