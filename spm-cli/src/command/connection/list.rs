//! `spm connection list`.

use std::collections::BTreeMap;

use clap::Args;
use pm_core::connections::{Connection, ConnectionSource};
use pm_core::{Exposure, ProviderRegistry};
use serde::Serialize;

use crate::failure::Result;
use crate::output::{Cell, Column, FormatArgs, Tone, note, presented, show_rows};
use crate::session::Session;
use crate::settings::{printable, shown_text};

/// How.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    format: FormatArgs,
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    provider: Option<String>,
    /// `file` or `database`.
    source: Option<&'static str>,
    trusted: bool,
    chosen: bool,
    /// As they are written; of secrets where they are.
    settings: BTreeMap<String, String>,
    problem: Option<String>,
}

presented!(
    Row,
    "connections",
    ["name", "provider", "source", "trusted", "chosen", "settings", "problem"],
    [
        Column::fixed("NAME"),
        Column::fixed("PROVIDER"),
        Column::fixed("FROM"),
        Column::wide("SETTINGS"),
        Column::fixed("STATE"),
    ],
    |row| vec![
        Cell::text(Tone::Key, printable(&row.name)),
        Cell::text(Tone::Plain, row.provider.as_deref().map(printable).unwrap_or_default()),
        Cell::text(Tone::Dim, row.source.unwrap_or_default()),
        Cell::text(Tone::Plain, row.in_words()),
        row.state(),
    ]
);

impl Row {
    fn of(name: String, connection: &Connection, registry: &ProviderRegistry, chosen: Option<&str>) -> Self {
        let factory = registry.get(connection.provider());
        let problem = match &factory {
            Ok(factory) => connection.check(&***factory).err().map(|error| error.message().to_owned()),
            Err(error) => Some(error.message().to_owned()),
        };
        let specs = factory.map(|factory| factory.settings()).unwrap_or_default();
        let shown = |key: &str, text: &str| {
            let spec = specs.iter().find(|spec| spec.key == key);
            shown_text(spec.map_or(Exposure::Secret, |spec| spec.exposure), text)
        };
        Self {
            chosen: chosen == Some(&*name),
            name,
            provider: Some(connection.provider().to_lowercase()),
            source: source_word(connection.source()),
            trusted: connection.is_trusted(),
            settings: connection.settings().map(|(key, text)| (key.to_owned(), shown(key, text))).collect(),
            problem,
        }
    }

    fn broken(name: String, problem: String, chosen: Option<&str>) -> Self {
        let chosen = chosen == Some(&*name);
        let settings = BTreeMap::new();
        Self { name, provider: None, source: None, trusted: false, chosen, settings, problem: Some(problem) }
    }

    fn in_words(&self) -> String {
        let settings: Vec<_> = self.settings.iter().map(|(key, text)| format!("{}={text}", printable(key))).collect();
        settings.join(" ")
    }

    fn state(&self) -> Cell {
        match self {
            Self { problem: Some(_), .. } => Cell::text(Tone::Bad, "broken"),
            Self { trusted: false, .. } => Cell::text(Tone::Bad, "not trusted"),
            Self { chosen: true, .. } => Cell::text(Tone::Good, "chosen"),
            _ => Cell::text(Tone::Plain, ""),
        }
    }
}

pub(super) fn source_word(source: &ConnectionSource) -> Option<&'static str> {
    match source {
        ConnectionSource::File(_) => Some("file"),
        ConnectionSource::Database => Some("database"),
        _ => None,
    }
}

pub(super) async fn run(session: &Session, args: ListArgs) -> Result<()> {
    args.format.read::<Row>()?;
    let connections = session.sources.connections(&session.registry, &session.host)?;
    let chosen = session.sources.chosen_connection(&session.registry, &session.host)?;
    let rows: Vec<_> = connections
        .list()
        .await?
        .into_iter()
        .map(|(name, connection)| match connection {
            Ok(connection) => Row::of(name, &connection, &session.registry, chosen.as_deref()),
            Err(error) => Row::broken(name, error.message().to_owned(), chosen.as_deref()),
        })
        .collect();
    let is_empty = rows.is_empty();
    let problems: Vec<_> = rows.iter().filter_map(|row| row.problem.clone()).collect();
    show_rows(session, rows, &args.format).await?;
    problems.iter().for_each(|problem| note(printable(problem)));
    if is_empty && !args.format.asks_for_json() {
        note("there is no connection yet; `spm connection add` makes one");
    }
    Ok(())
}
