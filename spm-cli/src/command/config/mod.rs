//! `spm config`.

use clap::{Args, Subcommand};

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod change;
mod list;
mod trust;

/// What to do; the list if nothing is said.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    command: Option<ConfigCommand>,
    #[command(flatten)]
    list: list::ListArgs,
}

const AFTER_HELP: &str = "\
A setting comes from the first of these that has it:
  1. flags            --provider NAME, --setting KEY=VALUE;
                      with --connection NAME (or PM_CONNECTION) all others
                      come from that connection: `spm connection list`
  2. the environment  the variables that the list names, and NAME_FILE
                      for secrets and addresses
  3. `.env`           in the working directory, with the same variables;
                      nothing is filled in for `$`
  4. the user file    see `spm config path`; secrets only as references:
                      env:NAME, file:PATH

`.env` comes with the folder, which may be somebody else's. So a secret of
yours is never sent to an address that `.env` names, and no file that `.env`
names is read as a secret, until you say `spm config trust`.

Examples:
  spm config set provider internal
  spm config set internal.user ada
  spm config --json key,value,source";

/// What to do.
#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// List the settings of each backend: what is set, and where that comes from
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Print one setting: `provider`, `KEY` of the chosen backend, or `PROVIDER.KEY`; of a secret only where it is
    Get(list::GetArgs),
    /// Write a setting into the user file; a secret only as a reference
    Set(change::SetArgs),
    /// Take a setting out of the user file
    Unset(change::UnsetArgs),
    /// Say where the files are that settings come from
    Path(list::PathArgs),
    /// Allow what the `.env` file of this folder wishes: your secrets sent to its address, its files read
    Trust(trust::TrustArgs),
}

impl ConfigArgs {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self.command.unwrap_or(ConfigCommand::List(self.list)) {
            ConfigCommand::List(args) => list::list(session, args).await?,
            ConfigCommand::Get(args) => list::get(session, &args).await?,
            ConfigCommand::Set(args) => change::set(session, &args)?,
            ConfigCommand::Unset(args) => change::unset(session, &args)?,
            ConfigCommand::Path(args) => list::path(session, args).await?,
            ConfigCommand::Trust(args) => trust::run(session, args).await?,
        }
        Ok(Code::Success)
    }
}
