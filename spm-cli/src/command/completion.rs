//! `spm completion`.

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// How.
#[derive(Args, Debug)]
pub(crate) struct CompletionArgs {}

pub(crate) async fn run(_session: &Session, _args: CompletionArgs, _grammar: clap::Command) -> Result<Code> {
    Err(Failure::new(Code::Unsupported, "not built yet"))
}
