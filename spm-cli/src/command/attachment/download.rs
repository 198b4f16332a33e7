//! `spm attachment download`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use pm_core::{Attachment, Attachments, PmProviderExt};

use super::file_name;
use super::present::human;
use crate::command::many::Tally;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Finder;
use crate::output::{Output, one_line};
use crate::session::Session;
use crate::whole::WholeFile;

pub(super) const EXAMPLES: &str = "\
Examples:
  spm attachment download WEB-12
  spm attachment download WEB-12 plan.pdf --dir plans
  spm attachment download WEB-12 --all --dir everything/WEB-12";

/// Which files, and where to.
#[derive(Args, Debug)]
pub(crate) struct DownloadArgs {
    /// The task: key, id, number in --project, or title
    task: String,
    /// The files: names or ids; not needed where there is only one
    #[arg(value_name = "FILE", conflicts_with = "all")]
    files: Vec<String>,
    /// Every file of the task
    #[arg(long, short)]
    all: bool,
    /// The folder to write into; it is made where it is missing
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    dir: String,
    /// Write over files that are there already
    #[arg(long)]
    clobber: bool,
    /// The project in which a bare number is meant
    #[arg(long, short, value_name = "PROJECT")]
    project: Option<String>,
}

pub(super) async fn run(session: &Session, args: DownloadArgs) -> Result<Code> {
    let provider = session.reader().await?;
    let attachments = super::of(&provider)?;
    let finder = Finder::new(Arc::clone(&provider));
    let project = finder.project_if(args.project.as_deref()).await?;
    let task = finder.task(&args.task, project.as_ref()).await?;
    let all = provider.list_attachments(&task.id).await?;
    let names = file_name::all(&all);
    let wanted = chosen(&args, &all)?;
    let folder = session.host.path(&args.dir);
    std::fs::create_dir_all(&folder).map_err(|error| Failure::io(format!("making `{}`", args.dir), &error))?;
    let mut output = session.lines();
    let mut tally = Tally::of(wanted.len());
    for place in wanted {
        let (file, path) = (&all[place], folder.join(&names[place]));
        let written = download(&*attachments, file, &path, args.clobber).await;
        if let Some(bytes) = tally.note(&one_line(&file.name), written)? {
            say(&mut output, &shown(&args.dir, &names[place]), bytes)?;
        }
    }
    output.finish()?;
    Ok(tally.code())
}

/// The places of the files that are meant, each once.
fn chosen(args: &DownloadArgs, all: &[Attachment]) -> Result<Vec<usize>> {
    if args.all {
        return Ok((0..all.len()).collect());
    }
    if args.files.is_empty() {
        return match all {
            [_] => Ok(vec![0]),
            [] => Err(Failure::new(Code::NotFound, "the task has no attachments")),
            _ => Err(Failure::usage(format!("the task has {} attachments: say which, or --all", all.len()))
                .hint(format!("they are {}", listed(all.iter())))),
        };
    }
    let mut places = Vec::new();
    for word in &args.files {
        let place = find(word, all)?;
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Ok(places)
}

/// By id, else by name; names are no more than what somebody called a file, so that several may have one.
fn find(word: &str, all: &[Attachment]) -> Result<usize> {
    if let Some(place) = all.iter().position(|file| file.id.as_str() == word) {
        return Ok(place);
    }
    let by = |is_called: &dyn Fn(&str) -> bool| -> Vec<usize> {
        all.iter().enumerate().filter(|(_, file)| is_called(&file.name)).map(|(place, _)| place).collect()
    };
    let exact = by(&|name| name == word);
    let found = if exact.is_empty() { by(&|name| name.to_lowercase() == word.to_lowercase()) } else { exact };
    match found[..] {
        [place] => Ok(place),
        [] => {
            let missing = Failure::new(Code::NotFound, format!("the task has no attachment `{}`", one_line(word)));
            Err(if all.is_empty() { missing } else { missing.hint(format!("it has {}", listed(all.iter()))) })
        }
        _ => {
            let several = found.iter().map(|place| &all[*place]);
            Err(Failure::new(Code::Conflict, format!("{} attachments are called `{}`", found.len(), one_line(word)))
                .hint(format!("say which by its id: {}", listed(several))))
        }
    }
}

fn listed<'a>(files: impl Iterator<Item = &'a Attachment>) -> String {
    let names: Vec<_> =
        files.map(|file| format!("`{}` ({})", one_line(&file.name), one_line(file.id.as_str()))).collect();
    names.join(", ")
}

/// Writes a file that appears under its name only when it is whole; says how many bytes it has.
async fn download(attachments: &dyn Attachments, file: &Attachment, path: &Path, clobber: bool) -> Result<u64> {
    if path.symlink_metadata().is_ok() && !clobber {
        return Err(there_already(path));
    }
    if path.is_dir() {
        return Err(Failure::new(Code::Conflict, format!("`{}` is a folder", path.display())));
    }
    let mut content = attachments.download_attachment(&file.task_id, &file.id).await?;
    let failed = |error: &std::io::Error| Failure::io(format!("writing `{}`", path.display()), error);
    let mut target = WholeFile::beside(path, ".spm-download-").map_err(|error| failed(&error))?;
    let mut bytes = 0;
    while let Some(chunk) = content.next_chunk().await? {
        target.write_all(&chunk).map_err(|error| failed(&error))?;
        bytes += chunk.len() as u64;
    }
    match target.keep(clobber) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(there_already(path)),
        kept => kept.map(|()| bytes).map_err(|error| failed(&error)),
    }
}

fn there_already(path: &Path) -> Failure {
    let message = format!("`{}` is there already", path.display());
    Failure::new(Code::Conflict, message).hint("--clobber writes over it; --dir names another folder")
}

/// The path as it was asked for: relative where the folder was.
fn shown(folder: &str, name: &str) -> PathBuf {
    if folder == "." { PathBuf::from(name) } else { Path::new(folder).join(name) }
}

fn say(output: &mut Output, path: &Path, bytes: u64) -> Result<()> {
    let path = one_line(&path.display().to_string());
    if output.style.terminal {
        writeln!(output, "Downloaded {path} ({})", human(bytes))?;
    } else {
        writeln!(output, "{path}")?;
    }
    Ok(output.flush()?)
}
