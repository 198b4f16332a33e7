//! `spm project`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod create;
mod delete;
mod edit;
mod list;
mod present;
mod values;
mod view;

/// What to do with projects.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// List projects, newest first; open ones if nothing else is said
    #[command(visible_alias = "ls", after_help = list::EXAMPLES)]
    List(list::ListArgs),
    /// Show a project
    View(view::ViewArgs),
    /// Create a project
    #[command(visible_alias = "new", after_help = create::EXAMPLES)]
    Create(Box<create::CreateArgs>),
    /// Change a project
    #[command(after_help = edit::EXAMPLES)]
    Edit(Box<edit::EditArgs>),
    /// Delete projects
    Delete(delete::DeleteArgs),
}

impl ProjectCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, args).await?,
            Self::View(args) => view::run(session, args).await?,
            Self::Create(args) => create::run(session, *args).await?,
            Self::Edit(args) => edit::run(session, *args).await?,
            Self::Delete(args) => return delete::run(session, args).await,
        }
        Ok(Code::Success)
    }
}
