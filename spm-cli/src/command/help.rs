//! `spm help`.

use std::io::Write;

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// The topic beside the commands.
const EXIT_CODES: &str = "exit-codes";

/// What is to be explained.
#[derive(Args, Debug)]
pub(crate) struct HelpArgs {
    /// A command (`task list`), or `exit-codes`
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
}

pub(super) fn run(session: &Session, args: &HelpArgs, mut grammar: clap::Command) -> Result<Code> {
    if args.words == [EXIT_CODES] {
        let mut output = session.lines();
        write!(output, "{}", exit_codes())?;
        output.finish()?;
        return Ok(Code::Success);
    }
    check(&grammar, &args.words)?;
    let words = [grammar.get_name().to_owned()].into_iter().chain(args.words.iter().cloned());
    match grammar.clone().try_get_matches_from_mut(words.chain(["--help".to_owned()])) {
        Err(help) => help.print()?,
        Ok(_) => grammar.print_long_help()?,
    }
    Ok(Code::Success)
}

/// Every way to end, one a line.
fn exit_codes() -> String {
    let lines: Vec<_> =
        Code::TABLE.iter().map(|(code, meaning)| format!("{:>3}  {meaning}\n", code.number())).collect();
    format!("What the exit codes of every command mean:\n\n{}", lines.concat())
}

/// Finds the command that the words name.
pub(super) fn check<'a>(grammar: &'a clap::Command, words: &[String]) -> Result<&'a clap::Command> {
    let mut command = grammar;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let name = grammar.get_name();
            let message = format!("there is no command `{name} {}`", words.join(" "));
            Failure::usage(message)
                .hint(format!("`{name} help` lists the commands; `{name} help {EXIT_CODES}` explains those"))
        })?;
    }
    Ok(command)
}
