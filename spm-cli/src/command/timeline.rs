//! `spm timeline`.

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// How.
#[derive(Args, Debug)]
pub(crate) struct TimelineArgs {}

pub(crate) async fn run(_session: &Session, _args: TimelineArgs) -> Result<Code> {
    Err(Failure::new(Code::Unsupported, "not built yet"))
}
