//! `spm sync conflicts`.

use clap::Subcommand;

use crate::failure::Result;
use crate::session::Session;

mod found;
mod list;
mod resolve;
mod show;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum ConflictsCommand {
    /// List what a person has to decide; with --all also what was decided
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Show all three values of a conflict: what was agreed, and what stands on each side
    #[command(visible_alias = "view")]
    Show(show::ShowArgs),
    /// Decide which side's value is taken; the next run writes it
    Resolve(resolve::ResolveArgs),
}

impl ConflictsCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<()> {
        match self {
            Self::List(args) => list::run(session, args).await,
            Self::Show(args) => show::run(session, args).await,
            Self::Resolve(args) => resolve::run(session, &args).await,
        }
    }
}
