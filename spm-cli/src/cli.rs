//! The grammar of the command line.

use clap::builder::Styles;
use clap::builder::styling::{AnsiColor, Effects};
use clap::{Args, Parser};

use crate::command::Command;

/// One command line for every project-management system: its own embedded database, or the tracker that your team uses.
///
/// Keys and names do wherever an id is asked for: `spm task view WEB-12`, `spm task list --project website --assignee @me`.
#[derive(Debug, Parser)]
#[command(
    name = "spm",
    version,
    styles = STYLES,
    subcommand_required = true,
    arg_required_else_help = true,
    propagate_version = false,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = AFTER_HELP,
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Globals {
    /// The backend that answers (`spm provider list` names them)
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    pub(crate) provider: Option<String>,
    /// The named connection to use: a backend and its settings (`spm connection list` names them)
    #[arg(long, global = true, value_name = "NAME", conflicts_with = "provider", help_heading = "Global options")]
    pub(crate) connection: Option<String>,
    /// One setting of the backend (`spm config` names them); a secret only as a reference: `env:NAME`, `file:PATH`
    #[arg(long = "setting", short = 'c', global = true, value_name = "KEY=VALUE", help_heading = "Global options")]
    pub(crate) settings: Vec<String>,
    /// Do not send the output through a pager
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) no_pager: bool,
    /// Say on standard error what is going on; twice for every detail
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = "Global options")]
    pub(crate) verbose: u8,
}

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
First steps:
  spm project create Website          make a project (and a database in `.pm`, if there is none)
  spm task create -p website \"Paint the fence\"
  spm task list -p website
  spm import --preset github --project website issues.json

`spm help exit-codes` lists what the exit codes mean, `spm config` where settings come from.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_grammar_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_option_explains_itself() {
        fn check(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path}: says nothing of itself");
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.is_empty() && !help.ends_with('.'), "{path}, {}: {help:?}", argument.get_id());
            }
            for below in command.get_subcommands() {
                check(below, &format!("{path} {}", below.get_name()));
            }
        }
        check(&Cli::command(), "spm");
    }
}
