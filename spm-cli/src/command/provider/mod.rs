//! `spm provider`.

use std::sync::Arc;

use clap::{Args, Subcommand};
use pm_core::{Capabilities, Exposure, ProviderFactory, SettingSpec};
use serde::Serialize;

use crate::exit::Code;
use crate::failure::Result;
use crate::output::{Cell, Column, FormatArgs, Tone, note, presented, show_one, show_rows};
use crate::session::Session;

mod print;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum ProviderCommand {
    /// List the backends that this program knows
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show what a backend can do, and which settings it takes; no connection is made
    #[command(visible_alias = "view")]
    Show(ShowArgs),
}

/// How.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    format: FormatArgs,
}

/// Which backend, and how.
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The backend; the chosen one if none is named
    name: Option<String>,
    #[command(flatten)]
    format: FormatArgs,
}

impl ProviderCommand {
    pub(crate) async fn run(self, session: &Session) -> Result<Code> {
        match self {
            Self::List(args) => list(session, args).await?,
            Self::Show(args) => show(session, &args).await?,
        }
        Ok(Code::Success)
    }
}

/// A backend that this program knows.
#[derive(Debug, Serialize)]
struct Backend {
    name: String,
    summary: String,
    chosen: bool,
    settings: Vec<Declared>,
    capabilities: Capabilities,
}

/// A setting as a backend declares it.
#[derive(Debug, Serialize)]
struct Declared {
    key: &'static str,
    variable: &'static str,
    required: bool,
    secret: bool,
    help: &'static str,
}

presented!(
    Backend,
    "backends",
    ["name", "summary", "chosen", "settings", "capabilities"],
    [Column::fixed("NAME"), Column::wide("SUMMARY"), Column::fixed("CHOSEN")],
    |backend| vec![
        Cell::text(Tone::Key, &backend.name),
        Cell::text(Tone::Plain, &backend.summary),
        Cell::text(Tone::Good, if backend.chosen { "chosen" } else { "" }),
    ]
);

impl Backend {
    fn of(factory: &dyn ProviderFactory, chosen: Option<&str>) -> Self {
        Self {
            name: factory.name().to_owned(),
            summary: factory.summary().to_owned(),
            chosen: chosen == Some(factory.name()),
            settings: factory.settings().iter().map(Declared::of).collect(),
            capabilities: factory.capabilities(),
        }
    }
}

impl Declared {
    fn of(spec: &SettingSpec) -> Self {
        let secret = spec.exposure == Exposure::Secret;
        Self { key: spec.key, variable: spec.env, required: spec.required, secret, help: spec.help }
    }
}

async fn chosen(session: &Session) -> Result<Arc<dyn ProviderFactory>> {
    let loaded = session.sources.load(&session.registry, &session.host).await?;
    Ok(loaded.choice(&session.registry)?.factory)
}

async fn list(session: &Session, args: ListArgs) -> Result<()> {
    // What to choose from is needed most where the choice is wrong.
    let chosen = chosen(session).await.map_err(|failure| note(format_args!("none is chosen: {failure}"))).ok();
    let chosen = chosen.as_ref().map(|factory| factory.name());
    let backends = session.registry.factories().map(|factory| Backend::of(&**factory, chosen)).collect();
    show_rows(session, backends, &args.format).await
}

async fn show(session: &Session, args: &ShowArgs) -> Result<()> {
    let factory = match &args.name {
        Some(name) => Arc::clone(session.registry.get(name)?),
        None => chosen(session).await?,
    };
    let known = if args.name.is_some() { chosen(session).await.ok() } else { Some(Arc::clone(&factory)) };
    let backend = Backend::of(&*factory, known.as_ref().map(|known| known.name()));
    show_one(session, &backend, &args.format, |output| print::backend(output, session.style, &backend))
}
