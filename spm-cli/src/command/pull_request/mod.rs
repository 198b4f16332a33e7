//! `spm pr`.

use std::sync::Arc;

use clap::Subcommand;
use pm_core::{Error, PmProvider, PullRequests};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

mod branch;
mod create;
mod list;
pub(super) mod present;
mod view;

/// What to do with pull requests.
#[derive(Debug, Subcommand)]
pub(crate) enum PullRequestCommand {
    /// List pull requests, newest first; open ones if nothing else is said
    #[command(visible_alias = "ls", after_help = list::EXAMPLES)]
    List(Box<list::ListArgs>),
    /// Show a pull request: reviews, checks, whether it can be merged
    #[command(after_help = view::EXAMPLES)]
    View(view::ViewArgs),
    /// Open a pull request
    #[command(visible_alias = "new", after_help = create::EXAMPLES)]
    Create(Box<create::CreateArgs>),
}

impl PullRequestCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, *args).await?,
            Self::View(args) => view::run(session, args).await?,
            Self::Create(args) => create::run(session, *args).await?,
        }
        Ok(Code::Success)
    }
}

/// The pull requests of a backend; one that has none is told so before it is asked anything.
pub(super) fn of(provider: &Arc<dyn PmProvider>) -> Result<Arc<dyn PullRequests>> {
    provider.pull_requests().ok_or_else(|| {
        let error = Error::unsupported(format!("`{}` has no pull requests", provider.name()));
        Failure::from(error).hint("`spm provider show NAME` tells what a backend has")
    })
}
