//! `spm attachment`.

use std::sync::Arc;

use clap::Subcommand;
use pm_core::{Attachments, Error, PmProvider};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

mod download;
mod file_name;
mod list;
mod present;

/// What to do with the files of tasks.
#[derive(Debug, Subcommand)]
pub(crate) enum AttachmentCommand {
    /// List the files of a task, oldest first
    #[command(visible_alias = "ls", after_help = list::EXAMPLES)]
    List(list::ListArgs),
    /// Download files of a task
    #[command(after_help = download::EXAMPLES)]
    Download(download::DownloadArgs),
}

impl AttachmentCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, args).await.map(|()| Code::Success),
            Self::Download(args) => download::run(session, args).await,
        }
    }
}

/// The attachments of a backend; one that has none is told so before it is asked anything.
fn of(provider: &Arc<dyn PmProvider>) -> Result<Arc<dyn Attachments>> {
    provider.attachments().ok_or_else(|| {
        let error = Error::unsupported(format!("`{}` has no attachments", provider.name()));
        Failure::from(error).hint("`spm provider show NAME` tells what a backend has")
    })
}
