//! The report as text.

use std::fmt;

use serde_json::Value;

use super::{Difference, Lone, ParityReport, Why};

/// How many entries of a list are shown; all are in the JSON.
const SHOWN: usize = 20;
/// How much of a value or a title is shown, in characters.
const WIDTH: usize = 40;

impl fmt::Display for ParityReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, b) = (&self.names.a, &self.names.b);
        let Self { percent, equal, compared, pairs, .. } = self;
        writeln!(f, "{a} <-> {b}: {percent:.2} %, {equal} of {compared} values are equal, {pairs} items have a twin")?;
        list(f, &format!("missing in {b}"), &self.missing, lone)?;
        list(f, &format!("extra in {b}"), &self.extra, lone)?;
        list(f, "different", &self.different, difference)?;
        let with_values: Vec<_> = self.not_compared.iter().filter(|field| field.items > 0).collect();
        list(f, "not compared", &with_values, |field| {
            format!("{} {}, {} items: {}", field.kind, field.field, field.items, field.reason)
        })?;
        let withheld = self.withheld.a + self.withheld.b;
        if withheld > 0 {
            writeln!(f, "left out by the mapping: {withheld} items")?;
        }
        Ok(())
    }
}

fn list<T>(f: &mut fmt::Formatter<'_>, title: &str, all: &[T], line: impl Fn(&T) -> String) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title} ({})", all.len())?;
    for entry in all.iter().take(SHOWN) {
        writeln!(f, "  {}", line(entry))?;
    }
    match all.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(f, "  … and {more} more"),
    }
}

fn lone(lone: &Lone) -> String {
    let title = shortened(&lone.item.title);
    format!("{} {} `{title}`{}", lone.kind, lone.item.word(), because(lone.why, None))
}

fn difference(difference: &Difference) -> String {
    let Difference { kind, items, field, values, why, reason } = difference;
    let [a, b] = [&values.a, &values.b].map(value_as_text);
    let because = because(*why, reason.as_deref());
    format!("{kind} {} <-> {} {field}: {a} | {b}{because}", items.a.word(), items.b.word())
}

fn because(why: Why, reason: Option<&str>) -> String {
    let why = match why {
        Why::NotMapped => "not mapped",
        Why::NotSupported => "not supported",
        Why::Lag => "waits to be synchronised",
        Why::Different => return String::new(),
    };
    reason.map_or_else(|| format!(" ({why})"), |reason| format!(" ({why}: {reason})"))
}

/// A value as people write it: statuses and priorities by name, sets as lists.
fn value_as_text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => format!("`{}`", shortened(text)),
        Value::Object(native) if native.contains_key("name") => value_as_text(&native["name"]),
        Value::Array(members) => members.iter().map(value_as_text).collect::<Vec<_>>().join(" "),
        other => shortened(&other.to_string()),
    }
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let shown: String = line.chars().take(WIDTH).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
