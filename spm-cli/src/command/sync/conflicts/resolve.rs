//! `spm sync conflicts resolve`.

use clap::Args;
use pm_core::sync::item::Side;

use super::super::desk::{Desk, Known};
use super::super::words;
use super::found::{find, side_of};
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

/// Which, and how.
#[derive(Args, Debug)]
pub(crate) struct ResolveArgs {
    /// The conflicts' ids, or the ends of them
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Whose value is taken
    #[arg(long, value_name = "SIDE", value_parser = ["internal", "external"])]
    keep: String,
    /// All that wait for a decision, of the mappings that --of names
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// With --all: the mappings, by their projects or connections
    #[arg(long, value_name = "NAME", requires = "all")]
    of: Vec<String>,
}

pub(super) async fn run(session: &Session, args: &ResolveArgs) -> Result<()> {
    if args.ids.is_empty() && !args.all {
        let failure = Failure::usage("which conflicts are decided?");
        return Err(failure.hint("name their ids (`spm sync conflicts list`), or say --all"));
    }
    let desk = Desk::open(session).await?;
    let (side, by) = (side_of(&args.keep), who(session)?);
    let mut chosen = Vec::new();
    for id in &args.ids {
        chosen.push(find(&desk, id).await.map(|(known, conflict)| (known, conflict.id))?);
    }
    for known in if args.all { desk.named(&args.of).await? } else { Vec::new() } {
        let undecided = desk.memory.conflicts(&known.mapping.id, true).await?;
        chosen.extend(undecided.into_iter().map(|conflict| (known.clone(), conflict.id)));
    }
    for (known, id) in &chosen {
        resolve(&desk, known, id, side, &by).await?;
    }
    match chosen.len() {
        0 => note("nothing waits for a decision"),
        count => {
            let conflicts = if count == 1 { "conflict" } else { "conflicts" };
            note(format_args!("decided {count} {conflicts}; the next run writes it"));
        }
    }
    Ok(())
}

async fn resolve(desk: &Desk<'_>, known: &Known, id: &str, side: Side, by: &str) -> Result<()> {
    let conflict = desk.memory.resolve(&known.mapping.id, id, side, by).await?;
    let field = conflict.field.as_ref().map_or_else(|| "the whole item".to_owned(), ToString::to_string);
    let (taken, left) = (conflict.values.get(side), conflict.values.get(side.other()));
    note(format_args!("{field}: {} is taken, {} is kept in the conflict", words::quoted(taken), words::quoted(left)));
    Ok(())
}

/// Who decides, for those who read it later.
fn who(session: &Session) -> Result<String> {
    let user = match session.host.variable("USER")? {
        Some(user) => Some(user),
        None => session.host.variable("USERNAME")?,
    };
    Ok(user.map_or_else(|| "spm".to_owned(), |user| format!("{user} with spm")))
}
