//! `spm sync unmap`.

use clap::Args;

use super::desk::Desk;
use crate::failure::Result;
use crate::output::note;
use crate::prompt::confirm;
use crate::session::Session;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct UnmapArgs {
    /// The mapping: by its project, its connection, or both with a colon between
    name: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(session: &Session, args: &UnmapArgs) -> Result<()> {
    let desk = Desk::open(session).await?;
    let known = desk.one(&args.name).await?;
    let links: usize = desk.memory.count_links(&known.mapping.id).await?.values().sum();
    let question = format!("Remove the mapping {known}, and what is remembered of {links} pairs of items?");
    confirm(&session.host, args.yes, &question)?;
    desk.mappings.remove(&known.mapping.id).await?;
    note(format_args!("removed {known}; the projects stay as they are"));
    Ok(())
}
