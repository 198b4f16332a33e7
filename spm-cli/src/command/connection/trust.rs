//! `spm connection trust`.

use clap::Args;
use pm_core::Connection;

use crate::failure::Result;
use crate::output::note;
use crate::prompt::confirm;
use crate::session::Session;
use crate::settings::printable;

/// Which.
#[derive(Args, Debug)]
pub(crate) struct TrustArgs {
    /// The connection
    name: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(session: &Session, args: &TrustArgs) -> Result<()> {
    let connections = session.sources.connections(&session.registry, &session.host)?;
    let connection = connections.get(&args.name).await?;
    if connection.is_trusted() {
        note(format_args!("`{}` is trusted already: it is in {}", args.name, connection.source()));
        return Ok(());
    }
    say(&connection);
    confirm(&session.host, args.yes, "Allow this?")?;
    connections.trust(&connection)?;
    note("allowed, as long as it stays as it is");
    Ok(())
}

fn say(connection: &Connection) {
    note(format_args!(
        "the database says of `{}`: provider `{}`",
        printable(connection.name()),
        printable(connection.provider())
    ));
    for (key, text) in connection.settings() {
        note(format_args!("  {} = {}", printable(key), printable(text)));
    }
}
