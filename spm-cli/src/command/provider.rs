//! `spm provider`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum ProviderCommand {
    /// List
    List,
}

impl ProviderCommand {
    pub(crate) async fn run(self, _session: &Session) -> Result<Code> {
        Err(Failure::new(Code::Unsupported, "not built yet"))
    }
}
