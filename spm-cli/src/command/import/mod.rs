//! `spm import`.

mod restore;
mod summary;
mod watch;

use std::fs::File;
use std::io::stdin;
use std::path::Path;

use clap::{Args, ValueEnum};

use self::summary::print_summary;
use self::watch::Watch;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::import::preset::{GitHub, Mapping, MappingOptions, Preset};
use crate::import::source::{self, Format, Input};
use crate::import::target::Target;
use crate::import::{self, Options};
use crate::output::note;
use crate::session::Session;

/// What is read, what it means, where it goes.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// The file; `-` is standard input
    file: String,
    /// The project (key, name or id) that rows come into; made if it is not there
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
    /// What the rows are, where spm knows the source
    #[arg(long, value_enum, conflicts_with_all = ["key", "map", "map_status", "separator", "source"])]
    preset: Option<PresetName>,
    /// How the file is written; else its ending says so, else its first byte
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Bring what changed in the source since into tasks that are there; what was edited here stays
    #[arg(long)]
    update: bool,
    /// End at the first bad row
    #[arg(long)]
    strict: bool,
    /// Print what would come in, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Give tasks the numbers that they have in the source
    #[arg(long, requires = "preset")]
    keep_numbers: bool,
    /// Keep every failed row and every conflict in this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    report: Option<String>,
    /// Print the summary as JSON
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Print what became of each row as JSON Lines
    #[arg(long)]
    jsonl: bool,
    #[command(flatten)]
    mapping: MapArgs,
}

/// What the columns mean.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns")]
struct MapArgs {
    /// The column (or path) that tells a row apart from all others: the same key is the same task, whenever it comes
    #[arg(long, value_name = "COLUMN")]
    key: Option<String>,
    /// Take a field from a column (or path: `user.login`, `labels[].name`); without any, columns that are called like
    /// fields are taken
    #[arg(long, value_name = "FIELD=PATH")]
    map: Vec<String>,
    /// Take a word of the source for a status
    #[arg(long, value_name = "WORD=STATUS")]
    map_status: Vec<String>,
    /// The name of the source, where keys of several sources come into one project: `7` of one is not `7` of another
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Cut lists in one text at these characters [default: `,` and `;` in tables]
    #[arg(long, value_name = "CHARACTERS")]
    separator: Option<String>,
}

/// The sources that spm knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PresetName {
    /// The issues of a repository, as GitHub's REST API lists them; pull requests are left out
    Github,
    /// What `spm export` wrote: all kinds of items, with their keys; nothing else needs to be said
    Spm,
}

const EXAMPLES: &str = "\
Fields to map to:
  key, title, description, status, priority, labels, assignees, author, sprint, parent, task_type,
  start_date, due_date, estimated_hours, actual_hours, created_at, completed_at, url, field:NAME

Examples:
  gh api --paginate 'repos/OWNER/REPO/issues?state=all' > issues.json
  spm import --preset github --project website issues.json
  spm import --project website --key ID --map title=Summary --map assignees=Owner \\
      --map status=State --map-status 'In QA=in_progress' tickets.csv
  spm import --project website --key id --dry-run tasks.jsonl

It is safe to run again: a row whose key came in before changes nothing, unless you say --update. Then a column (or
member) that a row lacks stays as it is here; one that is there and empty, or null, empties the field.";

pub(crate) async fn run(session: &Session, args: ImportArgs) -> Result<Code> {
    if args.preset == Some(PresetName::Spm) {
        return restore::run(session, &args).await;
    }
    let preset = preset(session, &args).await?;
    check_report(session, &args)?;
    let (input, length) = open(session, &args)?;
    let name = args.project.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Failure::usage("which project do the rows come into?").hint("say --project NAME"))?;
    let options =
        Options { update: args.update, strict: args.strict, dry_run: args.dry_run, keep_numbers: args.keep_numbers };
    let mut watch = Watch::new(session, &args, length)?;
    let target = target(session, name, args.dry_run).await?;
    let imported = import::run(target, preset.as_ref(), &options, input, &mut watch).await;
    watch.finish()?;
    let summary = imported?;
    print_summary(session, &summary, args.json)?;
    Ok(if summary.failures() > 0 || summary.stopped.is_some() { Code::Partial } else { Code::Success })
}

/// The preset, or the mapping; a mapping without a key is refused with what there is to choose from.
async fn preset(session: &Session, args: &ImportArgs) -> Result<Box<dyn Preset>> {
    if let Some(PresetName::Github) = args.preset {
        return Ok(Box::new(GitHub));
    }
    let mapping = &args.mapping;
    let has_key = |text: &String| text.split('=').next().is_some_and(|field| field.trim() == "key");
    if mapping.key.is_none() && !mapping.map.iter().any(has_key) {
        return Err(no_key(&source::columns(open(session, args)?.0).await));
    }
    let (key, separators) = (mapping.key.clone(), mapping.separator.clone());
    let (fields, statuses, source) = (mapping.map.clone(), mapping.map_status.clone(), mapping.source.clone());
    Ok(Box::new(Mapping::new(&MappingOptions { key, fields, statuses, separators, source })?))
}

fn no_key(columns: &[String]) -> Failure {
    let message = "no column is named that tells rows apart: without one, a second run would make everything twice";
    let hint = match columns {
        [] => "say --key COLUMN, or --preset for a source that spm knows".to_owned(),
        some => format!("say --key COLUMN; the first row has {}", some.join(", ")),
    };
    Failure::usage(message).hint(hint)
}

/// A report must not be written over what is read.
fn check_report(session: &Session, args: &ImportArgs) -> Result<()> {
    let place = |name: &str| session.host.path(name).canonicalize().ok();
    let report = args.report.as_deref().and_then(place);
    if report.is_some() && report == place(&args.file) {
        return Err(Failure::usage("--report names the file that is read").hint("name another one"));
    }
    Ok(())
}

/// Opens the file, and says how long it is.
fn open(session: &Session, args: &ImportArgs) -> Result<(Input, Option<u64>)> {
    let format = args.format.or_else(|| by_ending(&args.file));
    if args.file == "-" {
        return Ok((Input { name: "standard input".to_owned(), reader: Box::new(stdin()), format }, None));
    }
    let failed = |error: &std::io::Error| Failure::io(format!("reading `{}`", args.file), error);
    let file = File::open(session.host.path(&args.file)).map_err(|error| failed(&error))?;
    let about = file.metadata().map_err(|error| failed(&error))?;
    if about.is_dir() {
        return Err(Failure::usage(format!("`{}` is a folder", args.file)));
    }
    let length = about.is_file().then_some(about.len());
    Ok((Input { name: args.file.clone(), reader: Box::new(file), format }, length))
}

fn by_ending(file: &str) -> Option<Format> {
    let ending = Path::new(file).extension()?.to_str()?.to_lowercase();
    match ending.as_str() {
        "json" => Some(Format::Json),
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        "csv" | "tsv" => Some(Format::Csv),
        _ => None,
    }
}

async fn target(session: &Session, project: &str, dry_run: bool) -> Result<Target> {
    if !dry_run {
        return Target::open(session.writer().await?, project).await;
    }
    match session.reader().await {
        Ok(provider) => Target::open(provider, project).await,
        Err(failure) if is_without_database(&failure) => {
            note("nothing to compare with: there is no database yet");
            Ok(Target::nowhere(project))
        }
        Err(failure) => Err(failure),
    }
}

/// Whether there is no database at all: everything would be new in one.
fn is_without_database(failure: &Failure) -> bool {
    failure.code == Code::Settings && failure.to_string().contains("no database")
}
