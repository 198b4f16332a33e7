//! `spm task`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod assign;
mod change;
mod comment;
mod create;
mod delete;
mod done;
mod edit;
mod list;
pub(super) mod present;
mod reopen;
mod status;
mod values;
mod view;

/// What to do with tasks.
#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// List tasks, newest first; open ones if nothing else is said
    #[command(visible_alias = "ls", after_help = list::EXAMPLES)]
    List(Box<list::ListArgs>),
    /// Show a task
    #[command(after_help = view::EXAMPLES)]
    View(view::ViewArgs),
    /// Create a task
    #[command(visible_alias = "new", after_help = create::EXAMPLES)]
    Create(Box<create::CreateArgs>),
    /// Change tasks
    #[command(after_help = edit::EXAMPLES)]
    Edit(Box<edit::EditArgs>),
    /// Say who works on a task
    #[command(after_help = assign::EXAMPLES)]
    Assign(assign::AssignArgs),
    /// Say where tasks stand
    #[command(override_usage = "spm task status [OPTIONS] <TASK>... <STATUS>", after_help = status::EXAMPLES)]
    Status(status::StatusArgs),
    /// Close tasks: done, or given up
    #[command(visible_alias = "close", after_help = done::EXAMPLES)]
    Done(done::DoneArgs),
    /// Open closed tasks again
    Reopen(reopen::ReopenArgs),
    /// Comment on a task
    #[command(after_help = comment::EXAMPLES)]
    Comment(comment::CommentArgs),
    /// Delete tasks
    Delete(delete::DeleteArgs),
}

impl TaskCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, *args).await?,
            Self::View(args) => view::run(session, args).await?,
            Self::Create(args) => create::run(session, *args).await?,
            Self::Edit(args) => return edit::run(session, *args).await,
            Self::Assign(args) => return assign::run(session, args).await,
            Self::Status(args) => return status::run(session, args).await,
            Self::Done(args) => return done::run(session, args).await,
            Self::Reopen(args) => return reopen::run(session, args).await,
            Self::Comment(args) => return comment::run(session, args).await,
            Self::Delete(args) => return delete::run(session, args).await,
        }
        Ok(Code::Success)
    }
}
