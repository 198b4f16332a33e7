//! `spm sync conflicts list`.

use clap::Args;

use super::super::desk::Desk;
use super::found::Found;
use crate::failure::Result;
use crate::output::{FormatArgs, note, show_rows};
use crate::session::Session;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// The mappings: by their projects or connections; all if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Also those that are decided: whose value was overwritten, and by what
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<Found>()?;
    let desk = Desk::open(session).await?;
    let mut rows = Vec::new();
    for known in desk.named(&args.names).await? {
        for conflict in desk.memory.conflicts(&known.mapping.id, !args.all).await? {
            rows.push(Found::of(&desk, &known, conflict).await);
        }
    }
    let is_empty = rows.is_empty();
    show_rows(session, rows, &args.format).await?;
    if is_empty && !args.format.asks_for_json() {
        note(if args.all { "there is no conflict" } else { "nothing waits for a decision" });
    }
    Ok(())
}
