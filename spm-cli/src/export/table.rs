//! One kind of item as a CSV table.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use pm_core::{Entity, Error, Operation, PMSprint, PMTask, PmProvider, PmProviderExt, SprintQuery, TaskQuery};
use serde_json::Value;

use super::order::Sorter;
use super::{Counts, Exported, Selection, number};
use crate::command::ExportKind as Kind;
use crate::exit::Code;
use crate::failure::{Failure, Result};
use crate::lookup::Names;
use crate::output::Presented;

/// Items at a time: enough for a batch of look-ups, few enough for flat memory.
const CHUNK: usize = 200;

/// What a table is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableOptions {
    pub(crate) kind: Kind,
    /// A program that runs formulas opens it.
    pub(crate) for_spreadsheets: bool,
}

/// Writes one kind of item as a table: the model's fields and those that are looked up, but no raw data.
pub(crate) async fn export_table(
    provider: &Arc<dyn PmProvider>,
    selection: Selection,
    options: TableOptions,
    out: &mut (impl Write + Send),
) -> Result<Exported> {
    let names = Names::new(Arc::clone(provider));
    let mut table = Table { out, names, guarded: options.for_spreadsheets, rows: 0 };
    match options.kind {
        Kind::Projects => table.list(super::projects(provider, selection).await?).await?,
        Kind::Users => table.list(super::users(provider).await?).await?,
        Kind::Sprints => {
            table.header::<PMSprint>()?;
            let listed = provider.capabilities().can(Entity::Sprint, Operation::List);
            let projects = if listed { super::projects(provider, selection).await? } else { Vec::new() };
            for project in projects {
                let sprints = provider.stream_sprints(SprintQuery::in_project(&project.id));
                table.rows(sprints, |sprint| number(sprint.key.as_deref())).await?;
            }
        }
        Kind::Tasks => {
            table.header::<PMTask>()?;
            for project in super::projects(provider, selection).await? {
                let tasks = provider.stream_tasks(TaskQuery::in_project(&project.id));
                table.rows(tasks, |task| number(task.key.as_deref())).await?;
            }
        }
    }
    table.out.flush()?;
    let counts = Counts::from([(format!("{:?}", options.kind).to_lowercase(), table.rows)]);
    Ok(Exported { counts, left_out: Vec::new() })
}

struct Table<'o, W> {
    out: &'o mut W,
    names: Names,
    guarded: bool,
    rows: u64,
}

impl<W: Write> Table<'_, W> {
    fn header<T: Presented>(&mut self) -> Result<()> {
        Ok(self.out.write_all(&record(columns::<T>())?)?)
    }

    async fn list<T: Presented>(&mut self, items: Vec<T>) -> Result<()> {
        self.header::<T>()?;
        for row in self.chunk(&items).await? {
            self.out.write_all(&row)?;
        }
        Ok(())
    }

    /// Writes the items of a project by number; they come by creation and are put in order on disk.
    async fn rows<T: Presented>(
        &mut self,
        items: BoxStream<'static, Result<T, Error>>,
        number: impl Fn(&T) -> Option<u64>,
    ) -> Result<()> {
        let mut sorter = Sorter::new();
        let mut chunks = items.try_chunks(CHUNK);
        while let Some(chunk) = chunks.try_next().await.map_err(|error| error.1)? {
            for (item, row) in chunk.iter().zip(self.chunk(&chunk).await?) {
                sorter.add(number(item).unwrap_or(u64::MAX), row)?;
            }
        }
        sorter.each(|row| Ok(self.out.write_all(row)?))
    }

    async fn chunk<T: Presented>(&mut self, items: &[T]) -> Result<Vec<Vec<u8>>> {
        let wants = T::COMPANIONS.iter().map(|field| T::companion_wants(field)).reduce(crate::lookup::Wants::and);
        self.names.learn(items, wants.unwrap_or_default()).await?;
        self.rows += items.len() as u64;
        items.iter().map(|item| self.row(item)).collect()
    }

    fn row<T: Presented>(&self, item: &T) -> Result<Vec<u8>> {
        let json = serde_json::to_value(item);
        let json = json.map_err(|error| Failure::new(Code::Failure, format!("an item has no JSON form: {error}")))?;
        let members: BTreeMap<String, Value> = serde_json::from_value(json).unwrap_or_default();
        let value = |field: &str| match T::COMPANIONS.contains(&field) {
            true => item.companion(field, &self.names),
            false => members.get(field).cloned().unwrap_or_default(),
        };
        let cells = columns::<T>().map(|field| {
            let text = cell(field, value(field));
            if self.guarded { guarded(text) } else { text }
        });
        record(cells)
    }
}

fn columns<T: Presented>() -> impl Iterator<Item = &'static str> {
    T::FIELDS.iter().chain(T::COMPANIONS).copied().filter(|field| *field != "raw_data")
}

/// A row with its end.
fn record(cells: impl Iterator<Item = impl AsRef<[u8]>>) -> Result<Vec<u8>> {
    let mut row = csv::Writer::from_writer(Vec::new());
    row.write_record(cells).map_err(|error| failed(&error))?;
    row.into_inner().map_err(|error| failed(error.error()))
}

/// A value as one cell: a text as it is, a status or priority by its name, a list of plain words with commas, anything
/// else as JSON.
fn cell(field: &str, value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Array(items) if items.iter().all(is_plain) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
        }
        Value::Object(members) if matches!(field, "status" | "priority") => {
            members.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        other => other.to_string(),
    }
}

/// Whether a list can be taken apart again where this stands in it: its commas are those between its words, and it
/// begins as no JSON does.
fn is_plain(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && !text.contains(',') && !text.starts_with('['))
}

/// Keeps a spreadsheet from running a text: `'` says that it is one. Numbers do no harm.
fn guarded(text: String) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if runs && text.parse::<f64>().is_err() { format!("'{text}") } else { text }
}

fn failed(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Code::Failure, format!("writing the table: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_statuses_and_priorities_shrink_to_their_names() {
        let value = json!({"level": "high", "name": "High"});
        assert_eq!(cell("priority", value.clone()), "High");
        assert_eq!(cell("custom_fields", value), r#"{"level":"high","name":"High"}"#);
    }

    #[test]
    fn a_list_is_taken_apart_in_one_way_only() {
        assert_eq!(cell("labels", json!(["a", "b c"])), "a,b c");
        assert_eq!(cell("labels", json!(["a,b"])), r#"["a,b"]"#);
        assert_eq!(cell("labels", json!(["[x]"])), r#"["[x]"]"#);
        assert_eq!([cell("labels", json!([])), cell("labels", json!([""]))], ["", r#"[""]"#]);
    }

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        let shown = ["=1+1", "@SUM(A1)", "-x", "\ta", "-5", "+2.5", "a=b", ""].map(|text| guarded(text.to_owned()));
        assert_eq!(shown, ["'=1+1", "'@SUM(A1)", "'-x", "'\ta", "-5", "+2.5", "a=b", ""]);
    }
}
