//! `spm sprint`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum SprintCommand {
    /// List
    List,
}

impl SprintCommand {
    pub(crate) async fn run(self, _session: &Session) -> Result<Code> {
        Err(Failure::new(Code::Unsupported, "not built yet"))
    }
}
