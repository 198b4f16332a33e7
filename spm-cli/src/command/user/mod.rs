//! `spm user`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod list;
mod present;
mod view;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List users
    #[command(visible_alias = "ls", after_help = list::EXAMPLES)]
    List(list::ListArgs),
    /// Show a user: yourself if nothing else is said
    View(view::ViewArgs),
}

impl UserCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, args).await?,
            Self::View(args) => view::run(session, args).await?,
        }
        Ok(Code::Success)
    }
}
