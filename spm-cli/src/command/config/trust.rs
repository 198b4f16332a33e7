//! `spm config trust`.

use clap::Args;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{FormatArgs, note, show_rows};
use crate::prompt::confirm;
use crate::session::Session;
use crate::settings::{DotEnv, Entry, Examined, TrustFile, printable, remembered_path};

/// What to allow, or to take back.
#[derive(Args, Debug)]
pub(super) struct TrustArgs {
    /// List what was allowed, everywhere
    #[arg(long, conflicts_with = "remove")]
    list: bool,
    /// Take back what was allowed to the `.env` file of this folder (with --provider, for that backend)
    #[arg(long)]
    remove: bool,
    /// Do not ask
    #[arg(long, short, conflicts_with_all = ["list", "remove"])]
    yes: bool,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: TrustArgs) -> Result<()> {
    if args.list {
        let entries = TrustFile::read(&session.host)?.entries;
        return show_rows(session, entries, &args.format).await;
    }
    if args.remove { remove(session) } else { allow(session, &args).await }
}

async fn allow(session: &Session, args: &TrustArgs) -> Result<()> {
    let Some(examined) = session.sources.examine(&session.registry, &session.host).await? else {
        return Err(Failure::new(Code::NotFound, format!("there is no `{}`", printable(&file_here(session)?))));
    };
    for wish in &examined.allowed {
        note(format_args!("allowed already: {}", wish.words()));
    }
    if examined.open.is_empty() {
        note(format_args!("nothing in `{}` needs to be allowed", printable(&examined.file)));
        return Ok(());
    }
    let entries = examined.entries()?;
    ask(session, args, &examined)?;
    let mut trusted = TrustFile::read(&session.host)?;
    trusted.entries.extend(entries);
    trusted.write()?;
    note("allowed; `spm config trust --remove` takes it back");
    Ok(())
}

fn ask(session: &Session, args: &TrustArgs, examined: &Examined) -> Result<()> {
    note(format_args!("`{}` wishes for the backend `{}`:", printable(&examined.file), examined.provider));
    for wish in &examined.open {
        note(format_args!("  {}", wish.words()));
    }
    confirm(&session.host, args.yes, "Allow this?")
}

fn remove(session: &Session) -> Result<()> {
    let file = file_here(session)?;
    let mut trusted = TrustFile::read(&session.host)?;
    let provider = session.sources.provider_flag().map(str::to_lowercase);
    let goes = |entry: &Entry| entry.file == file && provider.as_ref().is_none_or(|name| *name == entry.provider);
    let (gone, kept): (Vec<_>, Vec<_>) = trusted.entries.into_iter().partition(goes);
    if gone.is_empty() {
        note(format_args!("nothing was allowed to `{}`", printable(&file)));
        return Ok(());
    }
    for entry in &gone {
        let (setting, origin) = (&entry.setting, printable(&entry.origin));
        note(format_args!("no longer allowed: `{}.{setting}` and `{origin}`", entry.provider));
    }
    trusted.entries = kept;
    trusted.write()
}

fn file_here(session: &Session) -> Result<String> {
    let here = session.host.environment.directory();
    let here = here.ok_or_else(|| Failure::settings("the working directory cannot be found"))?;
    Ok(remembered_path(&DotEnv::path_in(here)))
}
