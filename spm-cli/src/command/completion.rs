//! `spm completion`.

use std::io::Write;
use std::path::Path;

use clap::{Args, ValueEnum};
use clap_complete::{Shell, generate};

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  bash        eval \"$(spm completion -s bash)\"                                 in ~/.bashrc
  zsh         spm completion -s zsh > \"${fpath[1]}/_spm\"
  fish        spm completion -s fish > ~/.config/fish/completions/spm.fish
  PowerShell  spm completion -s powershell | Out-String | Invoke-Expression    in $PROFILE";

/// For which shell.
#[derive(Args, Debug)]
pub(crate) struct CompletionArgs {
    /// The shell; the one in SHELL if nothing is said
    #[arg(long, short, value_enum)]
    shell: Option<Shell>,
}

pub(super) fn run(session: &Session, args: &CompletionArgs, mut grammar: clap::Command) -> Result<Code> {
    let shell = match args.shell {
        Some(shell) => shell,
        None => own_shell(session)?,
    };
    let name = grammar.get_name().to_owned();
    let mut script = Vec::new();
    generate(shell, &mut grammar, name, &mut script);
    let mut output = session.lines();
    output.write_all(&script)?;
    output.finish()?;
    Ok(Code::Success)
}

fn own_shell(session: &Session) -> Result<Shell> {
    let path = session.host.variable("SHELL")?;
    let name = path.as_deref().and_then(|path| Path::new(path).file_stem()).and_then(|name| name.to_str());
    name.and_then(|name| Shell::from_str(name, true).ok()).ok_or_else(|| {
        let known: Vec<_> = Shell::value_variants().iter().map(ToString::to_string).collect();
        Failure::usage("which shell?").hint(format!("say --shell with one of {}", known.join(", ")))
    })
}
