//! `spm connection`.

use clap::Subcommand;

use crate::exit::Code;
use crate::failure::Result;
use crate::session::Session;

mod add;
mod list;
mod remove;
mod test;
mod trust;

pub(crate) const EXAMPLES: &str = "\
A connection is a backend and all of its settings under a name of yours. It is
whole: nothing of the environment or of `.env` fills its gaps, so that a token
never goes to another server than its own. `--connection NAME` uses it, for any
command; so does PM_CONNECTION, in the environment or in `.env`.

Connections stand in a file of yours (`spm config path` says where), or in the
internal database. Secrets stand in neither, only where they are:
  env:NAME             a variable: one of the backend's own, PM_SECRET_…,
                       or one that `allow_env` in the file lists
  file:PATH            a file
  cmd:PROGRAM …        what a program prints; in the file alone
  keyring:SERVICE/NAME the keyring of the system, where this spm is built so

Examples:
  spm connection add work-jira --provider jira \\
      base_url=https://work.atlassian.net username=ada@work.example \\
      api_token=env:PM_SECRET_WORK_JIRA
  spm connection add club --provider openproject \\
      base_url=https://projects.club.example 'api_key=cmd:pass show club'
  spm connection test
  spm --connection work-jira task list --assignee @me";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// List the connections: those in your file, and those in the internal database
    #[command(visible_alias = "ls")]
    List(list::ListArgs),
    /// Write a connection down; a secret only as a reference
    #[command(visible_alias = "create")]
    Add(add::AddArgs),
    /// Ask the backends of connections whether they are well, and who we are there
    Test(test::TestArgs),
    /// Remove a connection; what is over there stays
    #[command(visible_aliases = ["rm", "delete"])]
    Remove(remove::RemoveArgs),
    /// Allow a connection of the internal database to use your secrets, as long as it stays as it is
    Trust(trust::TrustArgs),
}

impl ConnectionCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list::run(session, args).await?,
            Self::Add(args) => add::run(session, &args).await?,
            Self::Test(args) => return test::run(session, args).await,
            Self::Remove(args) => remove::run(session, &args).await?,
            Self::Trust(args) => trust::run(session, &args).await?,
        }
        Ok(Code::Success)
    }
}
