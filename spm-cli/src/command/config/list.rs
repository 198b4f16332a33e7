//! What is set, and where that comes from.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use pm_core::environment::PROVIDER as PROVIDER_VARIABLE;
use pm_core::{Exposure, ProviderFactory, SettingSpec};
use serde::Serialize;

use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::output::{Cell, Column, FormatArgs, Tone, note, presented, show_rows};
use crate::session::Session;
use crate::settings::{
    Choice, DotEnv, Loaded, Origin, PROVIDER, Setting, TrustFile, UserFile, nearest_folder, printable, spec_of,
};

/// How.
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    #[command(flatten)]
    format: FormatArgs,
}

/// Which.
#[derive(Args, Debug)]
pub(super) struct GetArgs {
    /// `provider`, `KEY` of the chosen backend, or `PROVIDER.KEY`
    key: String,
}

/// How.
#[derive(Args, Debug)]
pub(super) struct PathArgs {
    #[command(flatten)]
    format: FormatArgs,
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Row {
    key: String,
    variable: &'static str,
    value: Option<String>,
    source: Option<&'static str>,
    place: Option<String>,
    required: bool,
    secret: bool,
    help: &'static str,
    /// The chosen backend cannot do without it.
    #[serde(skip)]
    is_missing: bool,
}

presented!(
    Row,
    "settings",
    ["key", "variable", "value", "source", "place", "required", "secret", "help"],
    [Column::fixed("SETTING"), Column::fixed("VARIABLE"), Column::wide("VALUE"), Column::fixed("FROM")],
    |row| vec![
        Cell::text(Tone::Key, &row.key),
        Cell::text(Tone::Plain, row.variable),
        row.value_cell(),
        row.source_cell(),
    ]
);

impl Row {
    fn provider(choice: &Choice) -> Self {
        Self {
            key: PROVIDER.to_owned(),
            variable: PROVIDER_VARIABLE,
            value: Some(choice.factory.name().to_owned()),
            source: Some(choice.origin.word()),
            place: Some(choice.place()),
            required: false,
            secret: false,
            help: "the backend that answers",
            is_missing: false,
        }
    }

    fn of(factory: &dyn ProviderFactory, spec: &SettingSpec, setting: Option<&Setting>, choice: &Choice) -> Self {
        Self {
            key: format!("{}.{}", factory.name(), spec.key),
            variable: spec.env,
            value: setting.map(Setting::shown),
            source: setting.map(|setting| setting.origin.word()),
            place: setting.map(Setting::place),
            required: spec.required,
            secret: spec.exposure == Exposure::Secret,
            help: spec.help,
            is_missing: spec.required && setting.is_none() && factory.name() == choice.factory.name(),
        }
    }

    fn value_cell(&self) -> Cell {
        match &self.value {
            Some(value) => Cell::text(Tone::Plain, value),
            None => Cell { tone: Tone::Dim, short: "not set".to_owned(), exact: String::new() },
        }
    }

    fn source_cell(&self) -> Cell {
        match self.source {
            None if self.is_missing => Cell::text(Tone::Bad, "missing"),
            source => Cell::text(Tone::Dim, source.unwrap_or_default()),
        }
    }
}

pub(super) async fn list(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<Row>()?;
    let loaded = session.sources.load(&session.registry, &session.host).await?;
    let choice = loaded.choice(&session.registry)?;
    let mut rows = vec![Row::provider(&choice)];
    for factory in factories(session, &choice) {
        // A setting that cannot be read must not hide the others: this is where one looks for it.
        let settings = settings_of(&loaded, &choice, &factory).unwrap_or_else(|failure| {
            note(format_args!("`{}`: {failure}", factory.name()));
            Vec::new()
        });
        rows.extend(factory.settings().iter().map(|spec| {
            let setting = settings.iter().find(|setting| setting.spec.key == spec.key);
            Row::of(&*factory, spec, setting, &choice)
        }));
    }
    show_rows(session, rows, &args.format).await?;
    if !args.format.asks_for_json() {
        places(session).iter().for_each(|place| note(format_args!("{}: {}", place.what, place.words())));
    }
    for name in loaded.other_backends() {
        note(format_args!("left out: `[{}]` in the user file; this program has no such backend", printable(name)));
    }
    say_what_is_not_trusted(session).await;
    Ok(())
}

/// The one that a flag names, else all of them.
fn factories(session: &Session, choice: &Choice) -> Vec<Arc<dyn ProviderFactory>> {
    match choice.origin {
        Origin::Flag => vec![Arc::clone(&choice.factory)],
        _ => session.registry.factories().cloned().collect(),
    }
}

fn settings_of(loaded: &Loaded, choice: &Choice, factory: &Arc<dyn ProviderFactory>) -> Result<Vec<Setting>> {
    if factory.name() == choice.factory.name() {
        return loaded.settings(choice);
    }
    loaded.settings_of_other(&**factory)
}

/// The list shows what would be taken; whether it will be is a matter of trust.
async fn say_what_is_not_trusted(session: &Session) {
    let Ok(Some(examined)) = session.sources.examine(&session.registry, &session.host).await else { return };
    for wish in &examined.open {
        note(format_args!("not trusted: {}; see `spm config trust`", wish.words()));
    }
}

pub(super) async fn get(session: &Session, args: &GetArgs) -> Result<()> {
    let loaded = session.sources.load(&session.registry, &session.host).await?;
    let choice = loaded.choice(&session.registry)?;
    let value = if args.key == PROVIDER {
        Some(choice.factory.name().to_owned())
    } else {
        value_of(session, &loaded, &choice, &args.key)?
    };
    let Some(value) = value else {
        let failure = Failure::new(Code::NotFound, format!("`{}` is not set", args.key));
        return Err(failure.hint("`spm config` lists what is"));
    };
    let mut output = session.lines();
    writeln!(output, "{value}")?;
    output.finish()
}

fn value_of(session: &Session, loaded: &Loaded, choice: &Choice, key: &str) -> Result<Option<String>> {
    let (factory, key) = match key.split_once('.') {
        Some((provider, key)) => (session.registry.get(provider)?, key),
        None => (&choice.factory, key),
    };
    let spec = spec_of(&**factory, key)?;
    let settings = settings_of(loaded, choice, factory)?;
    Ok(settings.iter().find(|setting| setting.spec.key == spec.key).map(Setting::shown))
}

/// A file or folder that settings come from.
#[derive(Debug, Serialize)]
struct Place {
    what: &'static str,
    path: Option<PathBuf>,
    exists: bool,
}

presented!(
    Place,
    "places",
    ["what", "path", "exists"],
    [Column::fixed("WHAT"), Column::wide("PATH"), Column::fixed("EXISTS")],
    |place| vec![
        Cell::text(Tone::Plain, place.what),
        Cell::text(Tone::Key, place.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default()),
        Cell::text(Tone::Dim, if place.exists { "yes" } else { "no" }),
    ]
);

impl Place {
    fn new(what: &'static str, path: Option<PathBuf>) -> Self {
        let exists = path.as_ref().is_some_and(|path| path.exists());
        Self { what, path, exists }
    }

    fn words(&self) -> String {
        match &self.path {
            Some(path) if self.exists => path.display().to_string(),
            Some(path) => format!("{} (not there)", path.display()),
            None => "nowhere: set HOME or XDG_CONFIG_HOME".to_owned(),
        }
    }
}

fn places(session: &Session) -> Vec<Place> {
    let host = &session.host;
    vec![
        Place::new("user file", UserFile::path(host)),
        Place::new("`.env`", host.environment.directory().map(DotEnv::path_in)),
        Place::new("trusted", TrustFile::path(host)),
        Place::new("connections", host.environment.connections_file().ok().flatten()),
        Place::new("`.pm`", nearest_folder(&host.environment)),
    ]
}

pub(super) async fn path(session: &Session, args: PathArgs) -> Result<()> {
    show_rows(session, places(session), &args.format).await
}
