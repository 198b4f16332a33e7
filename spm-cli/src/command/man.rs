//! `spm man`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::help::check;
use crate::cli::Cli;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::note;
use crate::session::Session;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm man task list | man -l -
  spm man --dir ~/.local/share/man/man1";

/// Which pages, and where to.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// The command whose page is printed: `task list`
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    words: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, short, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn run(session: &Session, args: &ManArgs, grammar: &clap::Command) -> Result<Code> {
    let root = without_help(Cli::command().name(grammar.get_name().to_owned()));
    let mut root = root.bin_name(grammar.get_name().to_owned());
    root.build();
    match &args.dir {
        Some(dir) => write_all(&root, &session.host.path(dir))?,
        None => {
            let mut output = session.output()?;
            render(check(&root, &args.words)?, &mut output)?;
            output.finish()?;
        }
    }
    Ok(Code::Success)
}

/// A page for each `help` below the first one would say the same again.
fn without_help(command: clap::Command) -> clap::Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}

fn write_all(root: &clap::Command, dir: &Path) -> Result<()> {
    let failed = |path: &Path, error: &io::Error| Failure::io(format!("writing `{}`", path.display()), error);
    fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
    let mut commands = vec![root];
    let mut count = 0;
    while let Some(command) = commands.pop() {
        let mut page = Vec::new();
        render(command, &mut page)?;
        let path = dir.join(Man::new(command.clone()).get_filename());
        fs::write(&path, page).map_err(|error| failed(&path, &error))?;
        commands.extend(command.get_subcommands());
        count += 1;
    }
    note(format_args!("{count} manual pages are in `{}`", dir.display()));
    Ok(())
}

fn render(command: &clap::Command, out: &mut dyn Write) -> Result<()> {
    let man = Man::new(command.clone()).manual("spm manual").source(format!("spm {}", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut roff = Roff::default();
    examples(&mut roff, command);
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in Code::TABLE {
        roff.control("TP", []).text([bold(code.number().to_string())]).text([roman(meaning)]);
    }
    roff.to_writer(&mut page)?;
    page.push(b'\n');
    Ok(out.write_all(&once(&page))?)
}

fn examples(roff: &mut Roff, command: &clap::Command) {
    let Some(text) = command.get_after_help().map(ToString::to_string) else { return };
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    for line in text.strip_prefix("Examples:\n").unwrap_or(&text).lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

/// Every section begins with the same definitions of an apostrophe: the first ones do.
fn once(page: &[u8]) -> Vec<u8> {
    let mut seen = false;
    let lines = page.split_inclusive(|byte| *byte == b'\n').filter(|line| {
        let defines = line.starts_with(b".ie \\n(.g .ds Aq") || line.starts_with(b".el .ds Aq");
        let again = defines && seen;
        seen |= line.starts_with(b".el .ds Aq");
        !again
    });
    lines.flatten().copied().collect()
}
