//! `spm sync`.

use clap::{Args, Subcommand};

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod bar;
mod conflicts;
mod desk;
mod ended;
mod map;
mod much;
mod parity;
mod plan;
mod retry;
mod run;
mod sides;
mod status;
mod unmap;
mod watch;
mod words;

pub(crate) const EXAMPLES: &str = "\
A mapping is a project of the internal database beside one of a connection. It
begins in the mode `observe`, which reads both sides and writes to neither;
`shadow` copies outward, `mirror_in` inward, `bidirectional` both ways.

Exit codes beside the usual ones: 10 there is something to do (`plan`), or the
two sides differ (`parity`); 11 it is too much to do without a yes.

Examples:
  spm connection add work-jira --database --provider jira \\
      base_url=https://work.atlassian.net username=ada@work.example \\
      api_token=env:PM_SECRET_WORK_JIRA
  spm sync map website work-jira WEB
  spm sync parity website
  spm sync map website work-jira WEB --mode bidirectional
  spm sync plan website
  spm sync work-jira
  spm sync watch
  spm sync conflicts list";

/// What is kept in step.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true, after_help = EXAMPLES)]
pub(crate) struct SyncArgs {
    #[command(subcommand)]
    command: Option<SyncCommand>,
    #[command(flatten)]
    run: run::RunArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum SyncCommand {
    /// Map a project of the internal database to one of a connection, or change how they are kept in step
    Map(Box<map::MapArgs>),
    /// Remove a mapping and all that is remembered of it; the projects stay as they are on both sides
    Unmap(unmap::UnmapArgs),
    /// Show what a run would do; writes nothing
    Plan(plan::PlanArgs),
    /// Bring mapped projects in step now; `spm sync NAME` does the same
    Run(run::RunArgs),
    /// Bring mapped projects in step again and again, until Ctrl-C
    Watch(watch::WatchArgs),
    /// Show what is mapped, and how it stands
    #[command(visible_aliases = ["list", "ls"])]
    Status(status::StatusArgs),
    /// Look at what stood against each other, and decide what a person has to decide
    #[command(subcommand)]
    Conflicts(conflicts::ConflictsCommand),
    /// Compare both sides, item by item and field by field; writes nothing
    Parity(parity::ParityArgs),
    /// Try again what failed so often that it was put aside
    Retry(retry::RetryArgs),
}

impl SyncArgs {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self.command.unwrap_or(SyncCommand::Run(self.run)) {
            SyncCommand::Plan(args) => return plan::run(session, args).await,
            SyncCommand::Parity(args) => return parity::run(session, args).await,
            SyncCommand::Run(args) => return run::run(session, args).await,
            SyncCommand::Watch(args) => return watch::run(session, args).await,
            SyncCommand::Map(args) => map::run(session, &args).await?,
            SyncCommand::Unmap(args) => unmap::run(session, &args).await?,
            SyncCommand::Status(args) => status::run(session, args).await?,
            SyncCommand::Conflicts(command) => command.run(session).await?,
            SyncCommand::Retry(args) => retry::run(session, &args).await?,
        }
        Ok(Code::Success)
    }
}
