//! Changes of the user file.

use std::path::PathBuf;

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;
use crate::settings::{self, Key, UserFile};

/// Which, and to what.
#[derive(Args, Debug)]
pub(super) struct SetArgs {
    /// `provider`, or `PROVIDER.KEY`
    key: String,
    /// The value; of a secret only where it is: `env:NAME` or `file:PATH`
    value: String,
}

/// Which.
#[derive(Args, Debug)]
pub(super) struct UnsetArgs {
    /// `provider`, or `PROVIDER.KEY`
    key: String,
}

pub(super) fn set(session: &Session, args: &SetArgs) -> Result<()> {
    let path = user_file(session)?;
    let key = Key::parse(&session.registry, &args.key)?;
    settings::set(&path, &session.registry, &key, &args.value)?;
    note(format_args!("set `{}` in `{}`", key.name(), path.display()));
    Ok(())
}

pub(super) fn unset(session: &Session, args: &UnsetArgs) -> Result<()> {
    let path = user_file(session)?;
    let key = Key::parse(&session.registry, &args.key)?;
    if !settings::unset(&path, &key)? {
        return Err(Failure::new(Code::NotFound, format!("`{}` is not set in `{}`", key.name(), path.display())));
    }
    note(format_args!("took `{}` out of `{}`", key.name(), path.display()));
    Ok(())
}

fn user_file(session: &Session) -> Result<PathBuf> {
    UserFile::path(&session.host)
        .ok_or_else(|| Failure::settings("there is no folder for settings").hint("set HOME or XDG_CONFIG_HOME"))
}
