//! `spm sprint`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod create;
mod delete;
mod edit;
mod list;
mod present;
mod progress;
mod track;
mod values;
mod view;

/// What to do with sprints.
#[derive(Debug, Subcommand)]
pub(crate) enum SprintCommand {
    /// List sprints, newest first; open ones if nothing else is said
    #[command(visible_alias = "ls", after_help = list::EXAMPLES)]
    List(list::ListArgs),
    /// Show a sprint
    View(view::ViewArgs),
    /// Create a sprint
    #[command(visible_alias = "new", after_help = create::EXAMPLES)]
    Create(Box<create::CreateArgs>),
    /// Change a sprint
    #[command(after_help = edit::EXAMPLES)]
    Edit(Box<edit::EditArgs>),
    /// Delete sprints; their tasks stay
    Delete(delete::DeleteArgs),
    /// Show how far sprints have come: tasks, hours, what is overdue
    #[command(after_help = track::EXAMPLES)]
    Track(track::TrackArgs),
}

impl SprintCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, args).await?,
            Self::View(args) => view::run(session, args).await?,
            Self::Create(args) => create::run(session, *args).await?,
            Self::Edit(args) => edit::run(session, *args).await?,
            Self::Delete(args) => return delete::run(session, args).await,
            Self::Track(args) => track::run(session, args).await?,
        }
        Ok(Code::Success)
    }
}
