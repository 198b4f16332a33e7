//! `spm sync run`, and `spm sync NAME`.

use clap::Args;
use pm_core::sync::config::Mode;
use pm_core::sync::engine::{Engine, RunOptions, RunReport, SyncResult};

use super::bar::Bar;
use super::desk::{Desk, Known, failure};
use super::ended::{Ended, code, show};
use super::much::Amount;
use crate::exit::Code;
use crate::failure::Result;
use crate::output::FormatArgs;
use crate::session::Session;

/// Which, and how far it may go.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The mappings: by their projects, connections or providers; all that are not paused if none is named
    #[arg(value_name = "NAME")]
    pub(super) names: Vec<String>,
    /// Do not ask, however much there is to do
    #[arg(long, short)]
    yes: bool,
    /// Make deletions that a run held back because there were so many
    #[arg(long)]
    approve_deletions: bool,
    /// Compare all ids of both sides now, to find what was deleted
    #[arg(long)]
    reconcile: bool,
    /// Read everything again
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    format: FormatArgs,
}

impl RunArgs {
    fn options(&self) -> RunOptions {
        RunOptions::new()
            .approve_deletions(self.approve_deletions)
            .reconcile(self.reconcile || self.approve_deletions)
            .full_scan(self.full)
    }
}

pub(super) async fn run(session: &Session, args: RunArgs) -> Result<Code> {
    args.format.read::<Ended>()?;
    let desk = Desk::open(session).await?;
    let mut rows = Vec::new();
    for known in desk.runnable(&args.names).await? {
        rows.push(one(&desk, &known, &args).await?);
    }
    let code = code(&rows);
    show(session, rows, &args.format).await?;
    Ok(code)
}

/// Runs one mapping; what goes wrong with it stops no other one.
async fn one(desk: &Desk<'_>, known: &Known, args: &RunArgs) -> Result<Ended> {
    let engine = match desk.engine(known).await {
        Ok(engine) => engine,
        Err(failure) => return Ok(Ended::failed(known, &failure)),
    };
    if let Err(failure) = asked(desk, known, &engine, args).await {
        return if failure.code == Code::Cancelled { Err(failure) } else { Ok(Ended::failed(known, &failure)) };
    }
    let report = watched(desk, known, &engine, &args.options()).await;
    Ok(match report {
        Ok(report) => Ended::of(known, report),
        Err(error) => Ended::failed(known, &failure(known, error)),
    })
}

/// Looks how much there is to do, and asks somebody if that is much. A mapping that only observes does nothing.
async fn asked(desk: &Desk<'_>, known: &Known, engine: &Engine, args: &RunArgs) -> Result<()> {
    if args.yes || engine.parts().config.mode == Mode::Observe {
        return Ok(());
    }
    let plan = engine.plan(&args.options()).await.map_err(|error| failure(known, error))?;
    Amount::of(&plan).ask(&desk.session.host, known)
}

/// Runs, and shows how far it has come.
pub(super) async fn watched(
    desk: &Desk<'_>,
    known: &Known,
    engine: &Engine,
    options: &RunOptions,
) -> SyncResult<RunReport> {
    let bar = Bar::new(&desk.session.host, known);
    let mut progress = engine.progress();
    let work = engine.run(options);
    tokio::pin!(work);
    loop {
        tokio::select! {
            ended = &mut work => {
                bar.finish();
                return ended;
            }
            changed = progress.changed() => {
                if changed.is_ok() {
                    bar.show(&progress.borrow_and_update());
                }
            }
        }
    }
}
