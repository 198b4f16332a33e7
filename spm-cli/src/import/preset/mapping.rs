//! Rows of any shape, by a mapping that the user writes: `--key id --map title=summary --map assignees=owner.login`.

use std::sync::atomic::{AtomicBool, Ordering};

use pm_core::{CustomValue, PriorityRef, StatusCategory, StatusRef};
use serde_json::{Map, Value};
use strsim::normalized_damerau_levenshtein;

use super::convert::Cell;
use super::path::Path;
use super::{Mapped, Preset};
use crate::failure::{Failure, Result};
use crate::import::row::{PersonRow, Reason, SprintRow, TaskRow};

/// The fields that a mapping can fill, but for those that a project defined itself (`field:NAME`).
pub(super) const FIELDS: [&str; 18] = [
    "key",
    "title",
    "description",
    "status",
    "priority",
    "labels",
    "assignees",
    "author",
    "sprint",
    "parent",
    "task_type",
    "start_date",
    "due_date",
    "estimated_hours",
    "actual_hours",
    "created_at",
    "completed_at",
    "url",
];
const CUSTOM: &str = "field:";
/// Where the lists of a table are cut, unless something else is said.
const SEPARATORS: [char; 2] = [',', ';'];

/// A mapping as the user writes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct MappingOptions {
    /// Where the key is.
    pub(crate) key: Option<String>,
    /// `FIELD=PATH`; none takes what is called like a field.
    pub(crate) fields: Vec<String>,
    /// `WORD=STATUS`.
    pub(crate) statuses: Vec<String>,
    /// The characters at which lists in one text are cut.
    pub(crate) separators: Option<String>,
    /// What the source is called, where there are several.
    pub(crate) source: Option<String>,
}

/// Rows of any shape, by a mapping.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// A part of the idempotency keys.
    name: String,
    entries: Vec<Entry>,
    statuses: Vec<(String, String)>,
    separators: Option<Vec<char>>,
    /// The input is a table: lists stand in one text.
    table: AtomicBool,
    rows: AtomicBool,
}

#[derive(Debug)]
struct Entry {
    field: String,
    place: Place,
    /// Whether any row had such a place.
    seen: AtomicBool,
}

#[derive(Debug)]
enum Place {
    At(Path),
    /// Whatever is called like the field.
    Called,
}

impl Mapping {
    /// Reads a mapping; the key is the caller's to ask for first.
    pub(crate) fn new(options: &MappingOptions) -> Result<Self> {
        let mut entries = Vec::new();
        for text in &options.fields {
            let (field, path) = pair("--map", text, "FIELD=PATH")?;
            add(&mut entries, &checked(field)?, path)?;
        }
        let automatic = entries.iter().all(|entry: &Entry| entry.field == "key");
        if let Some(path) = &options.key {
            add(&mut entries, "key", path)?;
        }
        if automatic {
            entries.extend(FIELDS.into_iter().filter(|field| *field != "key").map(Entry::called));
        } else if !entries.iter().any(|entry| entry.field == "title") {
            return Err(Failure::usage("no --map says where the title is").hint("add --map title=PATH"));
        }
        let statuses = options.statuses.iter().map(|text| pair("--map-status", text, "WORD=STATUS"));
        Ok(Self {
            name: options.source.as_ref().map_or_else(|| "map".to_owned(), |source| format!("map:{source}")),
            entries,
            statuses: statuses.map(|pair| pair.map(|(a, b)| (fold(a), b.to_owned()))).collect::<Result<_>>()?,
            separators: options.separators.as_ref().map(|text| text.chars().collect()),
            table: AtomicBool::new(false),
            rows: AtomicBool::new(false),
        })
    }

    fn separators(&self) -> &[char] {
        match &self.separators {
            Some(given) => given,
            None if self.table.load(Ordering::Relaxed) => &SEPARATORS,
            None => &[],
        }
    }

    fn fill(&self, row: &mut TaskRow, cell: &Cell<'_>) -> Result<(), Reason> {
        match cell.field {
            "key" => row.key = key(cell)?,
            "title" => row.title = cell.text()?.unwrap_or_default(),
            "description" => row.description = cell.text()?,
            "status" => row.status = cell.word()?.map(|word| self.status(word)),
            "priority" => row.priority = cell.word()?.map(PriorityRef::Word),
            "labels" => row.labels = cell.list(self.separators())?,
            "assignees" => row.assignees = cell.list(self.separators())?.iter().map(|word| person(word)).collect(),
            "author" => row.author = cell.word()?.map(|word| person(&word)),
            "sprint" => row.sprint = cell.word()?.map(sprint),
            "parent" => row.parent = cell.word()?,
            "task_type" => row.task_type = cell.word()?,
            "start_date" => row.start_date = cell.date()?,
            "due_date" => row.due_date = cell.date()?,
            "estimated_hours" => row.estimated_hours = cell.hours()?,
            "actual_hours" => row.actual_hours = cell.hours()?,
            "created_at" => row.created_at = cell.time()?,
            "completed_at" => row.completed_at = cell.time()?,
            "url" => row.url = cell.word()?,
            custom => fill_custom(row, custom, &cell.value)?,
        }
        Ok(())
    }

    fn status(&self, word: String) -> StatusRef {
        let mapped = self.statuses.iter().find(|(from, _)| *from == fold(&word));
        StatusRef::Word(mapped.map_or(word, |(_, to)| to.clone()))
    }
}

impl Preset for Mapping {
    fn name(&self) -> &str {
        &self.name
    }

    fn check_columns(&self, columns: &[String]) -> Result<()> {
        self.table.store(true, Ordering::Relaxed);
        for entry in &self.entries {
            if let Place::At(path) = &entry.place
                && !path.is_in(columns)
            {
                return Err(no_column(&entry.field, path.as_str(), columns));
            }
        }
        Ok(())
    }

    fn map(&self, json: &str) -> Result<Mapped, Reason> {
        let members: Map<String, Value> =
            serde_json::from_str(json).map_err(|_| Reason::new("no object", "must be an object"))?;
        self.rows.store(true, Ordering::Relaxed);
        let mut row = TaskRow::default();
        for entry in &self.entries {
            if let Some(value) = entry.find(&members) {
                self.fill(&mut row, &Cell { field: &entry.field, value })?;
            }
        }
        let missing = |field: &str| {
            let place = self.entries.iter().find(|entry| entry.field == field).map_or(field, Entry::place);
            format!("has no {field}: `{place}` is missing or empty")
        };
        match (row.key.is_empty(), row.title.is_empty()) {
            (true, _) => Err(Reason::new("no key", missing("key"))),
            (_, true) => Err(Reason::new("no title", missing("title"))),
            _ => Ok(Mapped::Task(Box::new(finished(row)))),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let unseen = self.entries.iter().filter(|entry| !entry.seen.load(Ordering::Relaxed));
        let unseen = unseen.filter_map(|entry| match &entry.place {
            Place::At(path) => Some(format!("no row has `{path}`, which is mapped to `{}`", entry.field)),
            Place::Called => None,
        });
        if self.rows.load(Ordering::Relaxed) { unseen.collect() } else { Vec::new() }
    }
}

/// A time of completion says that the task is done, where nothing else says how it stands.
fn finished(mut row: TaskRow) -> TaskRow {
    if row.status.is_none() && row.completed_at.is_some() {
        row.status = Some(StatusCategory::Done.into());
    }
    row
}

impl Entry {
    fn called(field: &str) -> Self {
        Self { field: field.to_owned(), place: Place::Called, seen: AtomicBool::new(false) }
    }

    fn place(&self) -> &str {
        match &self.place {
            Place::At(path) => path.as_str(),
            Place::Called => &self.field,
        }
    }

    fn find(&self, members: &Map<String, Value>) -> Option<Value> {
        let found = match &self.place {
            Place::At(path) => path.find(members),
            Place::Called => members.iter().find(|(name, _)| fold(name) == self.field).map(|(_, value)| value.clone()),
        };
        if found.is_some() {
            self.seen.store(true, Ordering::Relaxed);
        }
        found
    }
}

fn add(entries: &mut Vec<Entry>, field: &str, path: &str) -> Result<()> {
    if entries.iter().any(|entry| entry.field == field) {
        return Err(Failure::usage(format!("`{field}` is mapped twice")));
    }
    let place = Place::At(Path::parse(path).map_err(Failure::usage)?);
    entries.push(Entry { field: field.to_owned(), place, seen: AtomicBool::new(false) });
    Ok(())
}

fn pair<'a>(option: &str, text: &'a str, form: &str) -> Result<(&'a str, &'a str)> {
    let (left, right) = text.split_once('=').unwrap_or_default();
    let (left, right) = (left.trim(), right.trim());
    if left.is_empty() || right.is_empty() {
        return Err(Failure::usage(format!("{option} `{text}`: allowed is {form}")));
    }
    Ok((left, right))
}

/// The name of a field, or which there are.
fn checked(field: &str) -> Result<String> {
    if let Some(name) = field.strip_prefix(CUSTOM).filter(|name| !name.trim().is_empty()) {
        return Ok(format!("{CUSTOM}{}", name.trim()));
    }
    if FIELDS.contains(&field) {
        return Ok(field.to_owned());
    }
    let mut message = format!("there is no field `{field}` to map to");
    if let Some(near) = nearest(field, FIELDS.into_iter()) {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    Err(Failure::usage(message).hint(format!("fields: {}, {CUSTOM}NAME", FIELDS.join(", "))))
}

fn no_column(field: &str, column: &str, columns: &[String]) -> Failure {
    let mut message = format!("there is no column `{column}` for `{field}`");
    if let Some(near) = nearest(column, columns.iter().map(String::as_str)) {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    Failure::usage(message).hint(format!("columns: {}", columns.join(", ")))
}

fn nearest<'a>(word: &str, choices: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const NEAR: f64 = 0.4;
    let alike = |choice: &str| normalized_damerau_levenshtein(&fold(word), &fold(choice));
    let nearest = choices.max_by(|one, other| alike(one).total_cmp(&alike(other)))?;
    (alike(nearest) >= NEAR).then_some(nearest)
}

/// `Due Date` is called like `due_date`.
fn fold(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

fn key(cell: &Cell<'_>) -> Result<String, Reason> {
    if let Value::Number(number) = &cell.value
        && number.is_f64()
    {
        let message = format!("`key` holds `{number}`, a number that is not kept exactly; write it as a text");
        return Err(Reason::new("no key", message));
    }
    Ok(cell.word()?.unwrap_or_default())
}

fn person(word: &str) -> PersonRow {
    let login = word.strip_prefix('@').unwrap_or(word);
    let email = login.contains('@').then(|| login.to_owned());
    PersonRow { key: login.to_lowercase(), login: login.to_owned(), email, ..PersonRow::default() }
}

fn sprint(name: String) -> SprintRow {
    SprintRow { key: name.clone(), name, only_named: true, ..SprintRow::default() }
}

fn fill_custom(row: &mut TaskRow, field: &str, value: &Value) -> Result<(), Reason> {
    let name = field.strip_prefix(CUSTOM).unwrap_or(field);
    if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(());
    }
    let kept: CustomValue = serde_json::from_value(value.clone())
        .map_err(|error| Reason::new("wrong kind of value", format!("`{field}` cannot be kept: {error}")))?;
    row.custom_fields.insert(name.to_owned(), kept);
    Ok(())
}

#[cfg(test)]
mod tests;
