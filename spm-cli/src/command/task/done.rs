//! `spm task done`.

use clap::{Args, ValueEnum};
use pm_core::{PMTask, StatusCategory, TaskPatch};

use super::change::{Changing, write};
use crate::exit::Code;
use crate::failure::Result;
use crate::output::{FormatArgs, Written, note};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm task done WEB-12
  spm task done WEB-12 WEB-13
  spm task done WEB-14 --reason not-planned";

/// Which tasks, and why.
#[derive(Args, Debug)]
pub(crate) struct DoneArgs {
    /// The tasks: keys, ids, titles, or numbers in --project
    #[arg(required = true, value_name = "TASK")]
    tasks: Vec<String>,
    /// Why it is closed
    #[arg(long, short, value_enum, default_value_t = Reason::Completed)]
    reason: Reason,
    /// The project in which bare numbers and titles are meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    format: FormatArgs,
}

/// Why a task is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reason {
    /// It is done
    Completed,
    /// It is given up
    #[value(alias = "not planned", alias = "cancelled", alias = "duplicate")]
    NotPlanned,
}

impl Reason {
    fn category(self) -> StatusCategory {
        match self {
            Self::Completed => StatusCategory::Done,
            Self::NotPlanned => StatusCategory::Cancelled,
        }
    }
}

pub(super) async fn run(session: &Session, args: DoneArgs) -> Result<Code> {
    args.format.read::<PMTask>()?;
    let wanted = args.reason.category();
    let verb = "Closed";
    let changing = Changing { tasks: &args.tasks, project: args.project.as_deref(), verb, format: &args.format };
    write(session, changing, |task| {
        if task.status.category == wanted {
            note(format_args!("{} is closed already", task.described()));
            return Ok(None);
        }
        Ok(Some(TaskPatch::new().status(wanted)))
    })
    .await
}
