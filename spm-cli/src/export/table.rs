//! One kind of item as a CSV table.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use pm_core::{Error, PmProvider, PmProviderExt, SprintQuery, TaskQuery};
use serde_json::Value;

use super::{Counts, Exported, Selection};
use crate::command::ExportKind as Kind;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Names;
use crate::output::Presented;

/// Items at a time: enough for a batch of look-ups, few enough for flat memory.
const CHUNK: usize = 200;

/// Writes one kind of item as a table: the model's fields and those that are looked up, but no raw data.
pub(crate) async fn export_table(
    provider: &Arc<dyn PmProvider>,
    selection: Selection,
    kind: Kind,
    out: &mut (impl Write + Send),
) -> Result<Exported> {
    let mut table = Table { csv: csv::Writer::from_writer(out), names: Names::new(Arc::clone(provider)), rows: 0 };
    match kind {
        Kind::Projects => table.list(super::projects(provider, selection).await?).await?,
        Kind::Users => table.list(super::users(provider).await?).await?,
        Kind::Sprints => {
            table.header::<pm_core::PMSprint>()?;
            for project in super::projects(provider, selection).await? {
                table.rows(provider.stream_sprints(SprintQuery::in_project(&project.id))).await?;
            }
        }
        Kind::Tasks => {
            table.header::<pm_core::PMTask>()?;
            for project in super::projects(provider, selection).await? {
                table.rows(provider.stream_tasks(TaskQuery::in_project(&project.id))).await?;
            }
        }
    }
    table.csv.flush()?;
    let counts = Counts::from([(format!("{kind:?}").to_lowercase(), table.rows)]);
    Ok(Exported { counts, left_out: Vec::new() })
}

struct Table<W: Write> {
    csv: csv::Writer<W>,
    names: Names,
    rows: u64,
}

impl<W: Write> Table<W> {
    async fn list<T: Presented>(&mut self, items: Vec<T>) -> Result<()> {
        self.header::<T>()?;
        self.chunk(items).await
    }

    fn header<T: Presented>(&mut self) -> Result<()> {
        self.csv.write_record(columns::<T>()).map_err(failed)
    }

    async fn rows<T: Presented>(&mut self, items: BoxStream<'static, Result<T, Error>>) -> Result<()> {
        let mut chunks = items.try_chunks(CHUNK);
        while let Some(chunk) = chunks.try_next().await.map_err(|error| error.1)? {
            self.chunk(chunk).await?;
        }
        Ok(())
    }

    async fn chunk<T: Presented>(&mut self, items: Vec<T>) -> Result<()> {
        let wants = T::COMPANIONS.iter().map(|field| T::companion_wants(field)).reduce(crate::lookup::Wants::and);
        self.names.learn(&items, wants.unwrap_or_default()).await?;
        for item in &items {
            self.row(item)?;
        }
        Ok(())
    }

    fn row<T: Presented>(&mut self, item: &T) -> Result<()> {
        let json = serde_json::to_value(item);
        let json = json.map_err(|error| Failure::new(Code::Failure, format!("an item has no JSON form: {error}")))?;
        let members: BTreeMap<String, Value> = serde_json::from_value(json).unwrap_or_default();
        let value = |field: &str| match T::COMPANIONS.contains(&field) {
            true => item.companion(field, &self.names),
            false => members.get(field).cloned().unwrap_or_default(),
        };
        let cells: Vec<_> = columns::<T>().map(|field| cell(value(field))).collect();
        self.rows += 1;
        self.csv.write_record(cells).map_err(failed)
    }
}

fn columns<T: Presented>() -> impl Iterator<Item = &'static str> {
    T::FIELDS.iter().chain(T::COMPANIONS).copied().filter(|field| *field != "raw_data")
}

/// A value as one cell: a text as it is, a list with commas, a status by its name, anything else as JSON.
fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        Value::Object(mut members) if members.contains_key("name") => cell(members.remove("name").unwrap_or_default()),
        other => other.to_string(),
    }
}

fn failed(error: csv::Error) -> Failure {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => Failure::new(Code::Failure, format!("writing the table: {other:?}")),
    }
}
