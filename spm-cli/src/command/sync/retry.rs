//! `spm sync retry`.

use clap::Args;
use pm_core::sync::store::Work;

use super::desk::{Desk, Known};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct RetryArgs {
    /// The mappings: by their projects or connections; all if none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only the item with this id, on either side (`spm sync status NAME` lists them)
    #[arg(long, value_name = "ID")]
    item: Vec<String>,
}

pub(super) async fn run(session: &Session, args: &RetryArgs) -> Result<()> {
    let desk = Desk::open(session).await?;
    let mut due = 0;
    for known in desk.named(&args.names).await? {
        due += match args.item.as_slice() {
            [] => desk.memory.retry(&known.mapping.id, None).await?,
            items => some(&desk, &known, items).await?,
        };
    }
    if due == 0 && !args.item.is_empty() {
        let failure = Failure::new(Code::NotFound, "none of these items was put aside");
        return Err(failure.hint("`spm sync status NAME` lists those that were"));
    }
    match due {
        0 => note("nothing was put aside"),
        1 => note("1 item is tried again at the next run"),
        several => note(format_args!("{several} items are tried again at the next run")),
    }
    Ok(())
}

async fn some(desk: &Desk<'_>, known: &Known, items: &[String]) -> Result<usize> {
    let mut due = 0;
    let mapping = &known.mapping.id;
    let is_meant = |work: &Work| work.is_quarantined() && items.contains(&work.item.id);
    for work in desk.memory.all_work(mapping).await?.into_iter().filter(is_meant) {
        due += desk.memory.retry(mapping, Some((work.side, work.item))).await?;
    }
    Ok(due)
}
