//! `spm connection remove`.

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct RemoveArgs {
    /// The connection; of two with one name the one in your file
    name: String,
}

pub(super) async fn run(session: &Session, args: &RemoveArgs) -> Result<()> {
    let connections = session.sources.connections(&session.registry, &session.host)?;
    match connections.remove(&args.name).await? {
        Some(source) => {
            note(format_args!("removed `{}` from {source}", args.name));
            Ok(())
        }
        None => {
            let failure = Failure::new(Code::NotFound, format!("there is no connection `{}`", args.name));
            Err(failure.hint("`spm connection list` names them"))
        }
    }
}
