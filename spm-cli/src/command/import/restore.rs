//! `spm import --preset spm`.

use super::summary::print_summary;
use super::watch::Watch;
use super::{ImportArgs, open};
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::import::ledger::Ledger;
use crate::import::restore::{RestoreOptions, restore};
use crate::session::Session;

pub(super) async fn run(session: &Session, args: &ImportArgs) -> Result<Code> {
    check(args)?;
    super::check_report(session, args)?;
    let (input, length) = open(session, args)?;
    let provider = if args.dry_run { session.reader().await? } else { session.writer().await? };
    let mut watch = Watch::new(session, args, length)?;
    let mut ledger = Ledger::new(&mut watch, args.dry_run);
    let options = RestoreOptions { dry_run: args.dry_run, strict: args.strict };
    let ended = restore(&provider, input, options, &mut ledger).await;
    if let (Err(failure), true) = (&ended, ledger.summary.rows() > 0) {
        ledger.summary.stopped = Some(failure.to_string());
    }
    let summary = ledger.finish(Vec::new());
    watch.finish()?;
    if summary.rows() == 0 {
        ended?;
    }
    print_summary(session, &summary, args.json)?;
    Ok(if summary.failures() > 0 || summary.stopped.is_some() { Code::Partial } else { Code::Success })
}

fn check(args: &ImportArgs) -> Result<()> {
    if args.project.is_some() {
        return Err(Failure::usage("an export says itself which projects its items belong to")
            .hint("leave --project out; `spm export --project` chooses what is exported"));
    }
    if args.update {
        let message = "--update needs to know what was imported before, and of an export nothing is kept to tell";
        return Err(Failure::usage(message).hint("leave --update out: what is new comes in, what is here stays"));
    }
    if args.keep_numbers {
        return Err(Failure::usage("an export keeps its keys anyway").hint("leave --keep-numbers out"));
    }
    Ok(())
}
