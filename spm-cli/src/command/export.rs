//! `spm export`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use pm_core::PmProvider;

use crate::exit::Code;
use crate::export::{Exported, Selection, TableOptions, export, export_table};
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::note;
use crate::session::Session;
use crate::whole::WholeFile;

/// What is exported, and where to.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct ExportArgs {
    /// Only this project with all that is in it (key, name or id); can be given several times
    #[arg(long, short, value_name = "PROJECT")]
    project: Vec<String>,
    /// The file to write; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// Which kind of item a CSV table holds
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<Kind>,
    /// Put `'` before CSV cells that a spreadsheet would run as a formula (`=`, `+`, `-`, `@` at the start)
    #[arg(long)]
    spreadsheet: bool,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON Lines with everything: `spm import --preset spm` reads it back
    Jsonl,
    /// A table of one kind of item, for spreadsheets; raw data stays out
    Csv,
}

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Projects,
    Tasks,
    Sprints,
    Users,
}

const AFTER_HELP: &str = "\
Examples:
  spm export --output everything.jsonl
  spm export -p website | gzip > website.jsonl.gz
  spm export --format csv --kind tasks -p website -o tasks.csv

The lines are `{\"task\": {…}}` and the like, ordered by kind, project key and task number: two exports of the
same state are the same bytes. The first line names the format's version, the last one counts the items.
With --project, only the people are written whom its items name, and no relations with other projects. An export is
no snapshot: what changes meanwhile may come or not; comments and relations whose task did not are left out, and
counted on standard error.

A table holds every text as it is, and a spreadsheet may run some of them as formulas: --spreadsheet puts `'`
before those. A list is words with commas between them, or JSON where a word has a comma.";

pub(super) async fn run(session: &Session, args: ExportArgs) -> Result<Code> {
    if args.kind.is_some() && args.format != Format::Csv {
        return Err(Failure::usage("--kind chooses what a CSV table holds").hint("add --format csv"));
    }
    if args.spreadsheet && args.format != Format::Csv {
        return Err(Failure::usage("--spreadsheet guards the cells of a CSV table").hint("add --format csv"));
    }
    let provider = session.reader().await?;
    let finder = Finder::new(Arc::clone(&provider));
    let mut selection = Selection::default();
    for word in &args.project {
        selection.projects.push(finder.project(word).await?);
    }
    let mut target = Target::open(&args.output, session)?;
    let exported = write(&provider, selection, &args, &mut target).await.map_err(|failure| target.name(failure))?;
    target.keep()?;
    say(&exported, &args.output);
    Ok(Code::Success)
}

async fn write(
    provider: &Arc<dyn PmProvider>,
    selection: Selection,
    args: &ExportArgs,
    target: &mut Target,
) -> Result<Exported> {
    match args.format {
        Format::Jsonl => export(provider, selection, target).await,
        Format::Csv => {
            let kind = args.kind.unwrap_or(Kind::Tasks);
            export_table(provider, selection, TableOptions { kind, for_spreadsheets: args.spreadsheet }, target).await
        }
    }
}

fn say(exported: &Exported, output: &str) {
    for reason in &exported.left_out {
        note(format_args!("left out: {reason}"));
    }
    if output != "-" {
        let counts: Vec<_> = exported.counts.iter().map(|(kind, count)| format!("{kind}: {count}")).collect();
        note(format_args!("wrote `{output}`: {}", counts.join(", ")));
    }
}

/// Where an export goes. A file appears under its name only when it is whole.
enum Target {
    Stdout(BufWriter<std::io::Stdout>),
    /// A device or a pipe that is there already.
    Special(BufWriter<File>, PathBuf),
    File(WholeFile),
}

impl Target {
    fn open(output: &str, session: &Session) -> Result<Self> {
        if output == "-" {
            return Ok(Self::Stdout(BufWriter::new(std::io::stdout())));
        }
        let path = behind_links(session.host.path(output));
        let failed = |error: &std::io::Error| Failure::io(format!("writing `{output}`"), error);
        if path.is_dir() {
            return Err(Failure::usage(format!("`{output}` is a folder; --output names a file")));
        }
        if path.exists() && !path.is_file() {
            let file = File::options().write(true).open(&path).map_err(|error| failed(&error))?;
            return Ok(Self::Special(BufWriter::new(file), path));
        }
        WholeFile::beside(&path, ".spm-export-").map(Self::File).map_err(|error| failed(&error))
    }

    /// Puts the whole file in its place.
    fn keep(self) -> Result<()> {
        match self {
            Self::Stdout(mut out) => Ok(out.flush()?),
            Self::Special(mut out, path) => out.flush().map_err(|error| unwritten(&path, &error)),
            Self::File(file) => {
                let path = file.path().to_owned();
                if let Ok(present) = path.metadata() {
                    let kept = file.file().set_permissions(present.permissions());
                    kept.map_err(|error| unwritten(&path, &error))?;
                }
                file.keep(true).map_err(|error| unwritten(&path, &error))
            }
        }
    }

    /// Says which file it was that could not be written.
    fn name(&self, failure: Failure) -> Failure {
        match self {
            Self::Stdout(_) => failure,
            Self::Special(_, path) => failure.during(format_args!("exporting to `{}`", path.display())),
            Self::File(file) => failure.during(format_args!("exporting to `{}`", file.path().display())),
        }
    }
}

/// The file that a symbolic link leads to, through several of them: the link itself stays.
fn behind_links(mut path: PathBuf) -> PathBuf {
    // More links than that are a circle, and opening it says so.
    for _ in 0..40 {
        match path.read_link() {
            Ok(next) => path = path.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => break,
        }
    }
    path
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io(format!("writing `{}`", path.display()), error)
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::Special(out, _) => out.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::Special(out, _) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}
