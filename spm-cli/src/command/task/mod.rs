//! `spm task`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod list;
mod present;
mod view;

/// What to do with tasks.
#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// List tasks, newest first; open ones if nothing else is said
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Show a task
    View(view::ViewArgs),
}

impl TaskCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, args).await?,
            Self::View(args) => view::run(session, args).await?,
        }
        Ok(Code::Success)
    }
}
