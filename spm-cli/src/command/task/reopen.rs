//! `spm task reopen`.

use clap::Args;
use pm_core::{PMTask, StatusRef, TaskPatch};

use super::change::{Changing, write};
use crate::exit::Code;
use crate::failure::Result;
use crate::output::{FormatArgs, Written, note};
use crate::session::Session;

/// Which tasks, and where they stand then.
#[derive(Args, Debug)]
pub(crate) struct ReopenArgs {
    /// The tasks: keys, ids, titles, or numbers in --project
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// Where they stand then: `backlog`, `todo`, `in_progress`, or the project's own word
    #[arg(long, default_value = "todo", value_name = "STATUS")]
    status: String,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ReopenArgs) -> Result<Code> {
    args.format.read::<PMTask>()?;
    let verb = "Reopened";
    let changing = Changing { tasks: &args.tasks, project: args.project.as_deref(), verb, format: &args.format };
    write(session, changing, |task| {
        if !task.status.category.is_closed() {
            note(format_args!("{} is open already", task.described()));
            return Ok(None);
        }
        Ok(Some(TaskPatch::new().status(StatusRef::Word(args.status.clone()))))
    })
    .await
}
