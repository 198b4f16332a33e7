//! `spm connection add`.

use clap::Args;
use pm_core::Connection;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

/// Which, and what it says.
#[derive(Args, Debug)]
pub(crate) struct AddArgs {
    /// What you call it: letters, digits, `-`, `_`, `.`
    name: String,
    /// Its settings, KEY=VALUE (`spm provider show NAME` lists the keys); of a secret only where it is: `api_key=env:NAME`
    #[arg(value_name = "KEY=VALUE")]
    pairs: Vec<String>,
    /// Write it into the internal database instead of your file
    #[arg(long)]
    database: bool,
    /// Replace a connection of this name
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(session: &Session, args: &AddArgs) -> Result<()> {
    let connections = session.sources.connections(&session.registry, &session.host)?;
    let connection = connection(session, args)?;
    let is_taken = match args.database {
        true => connections.list().await?.iter().any(|(name, _)| *name == args.name),
        false => connections.is_in_file(&args.name)?,
    };
    if is_taken && !args.replace {
        let failure = Failure::new(Code::Conflict, format!("there is a connection `{}` already", args.name));
        return Err(failure.hint("take another name, or say --replace"));
    }
    if args.database {
        in_database(&connections, &connection).await?;
        note(format_args!("wrote `{}` into the internal database", args.name));
    } else {
        connections.save(&connection)?;
        let path = connections.path().map(|path| path.display().to_string()).unwrap_or_default();
        note(format_args!("wrote `{}` into `{path}`", args.name));
    }
    note(format_args!("`spm connection test {0}` tries it, `--connection {0}` uses it", args.name));
    Ok(())
}

fn connection(session: &Session, args: &AddArgs) -> Result<Connection> {
    let Some(provider) = session.sources.provider_flag() else {
        let failure = Failure::usage("a connection needs a backend: --provider NAME");
        return Err(failure.hint("`spm provider list` names them"));
    };
    let provider = session.registry.get(provider)?.name().to_lowercase();
    let connection = session.sources.flags_on(Connection::new(&args.name, provider));
    args.pairs.iter().try_fold(connection, |connection, text| match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok(connection.set(key.trim(), value)),
        // The text may be a secret.
        _ => Err(Failure::usage("settings are written KEY=VALUE").hint("`spm provider show NAME` lists the keys")),
    })
}

#[cfg(feature = "internal")]
async fn in_database(connections: &pm_core::Connections, connection: &Connection) -> Result<()> {
    Ok(connections.save_in_database(connection).await?)
}

#[cfg(not(feature = "internal"))]
async fn in_database(_connections: &pm_core::Connections, _connection: &Connection) -> Result<()> {
    Err(Failure::new(Code::Unsupported, "this program has no internal database"))
}
