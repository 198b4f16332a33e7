//! What a backend can do, for people.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Write;

use pm_core::capability::{FieldSupport, Support, TextSearch};
use pm_core::query::SortField;
use pm_core::{Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Filter, Operation};

use super::{Backend, Declared};
use crate::failure::Result;
use crate::output::{Output, Style, Tone};

/// Prints facts and fields of each kind of item, what goes for all of them, and the settings.
pub(super) fn backend(output: &mut Output, style: Style, backend: &Backend) -> Result<()> {
    writeln!(output, "{}  {}", style.paint(Tone::Bold, &backend.name), backend.summary)?;
    for (entity, capabilities) in &backend.capabilities.entities {
        print_entity(output, style, *entity, capabilities)?;
    }
    print_section(output, style, "IN GENERAL", &general(&backend.capabilities))?;
    writeln!(output, "\n{}", style.paint(Tone::Bold, "SETTINGS"))?;
    let rows: Vec<_> = backend.settings.iter().map(setting_row).collect();
    print_table(output, style, &["KEY", "VARIABLE", "", "WHAT IT IS"], &rows)
}

fn print_entity(output: &mut Output, style: Style, entity: Entity, has: &EntityCapabilities) -> Result<()> {
    let facts = [
        ("operations", some_of(&has.operations, &Operation::ALL)),
        ("filters", some_of(&has.filters, Filter::ALL)),
        ("sorted by", has.sorts.iter().copied().map(sort_word).collect::<Vec<_>>().join(", ")),
        ("created once", guarantee(&has.create_guarantee)),
        ("locking", if has.optimistic_lock { "by version" } else { "no" }.to_owned()),
        ("largest page", has.max_page_size.map_or_else(|| "any".to_owned(), |size| size.to_string())),
        ("delete with contents", if has.delete_with_contents { "yes" } else { "no" }.to_owned()),
    ];
    print_section(output, style, &format!("{entity}s").replace('_', " ").to_uppercase(), &facts)?;
    let rows: Vec<_> = has.fields.iter().map(|(field, support)| field_row(field, support)).collect();
    print_table(output, style, &["FIELD", "READ", "CREATE", "UPDATE", "CLEAR", "NOTES"], &rows)
}

fn print_section(output: &mut Output, style: Style, title: &str, facts: &[(&str, String)]) -> Result<()> {
    writeln!(output, "\n{}", style.paint(Tone::Bold, title))?;
    let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 1;
    for (name, value) in facts {
        let name = style.paint(Tone::Dim, format!("{:<width$}", format!("{name}:")));
        writeln!(output, "{name}  {}", if value.is_empty() { "–" } else { value })?;
    }
    Ok(())
}

/// The widths are counted in characters: only words of this program and of backends stand here.
fn print_table<const N: usize>(
    output: &mut Output,
    style: Style,
    header: &[&str; N],
    rows: &[[String; N]],
) -> Result<()> {
    let header = header.map(str::to_owned);
    let width = |place: usize| {
        let cells = rows.iter().chain([&header]).map(|row| row[place].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    writeln!(output, "{}", style.paint(Tone::Dim, line(&header)))?;
    rows.iter().try_for_each(|row| writeln!(output, "{}", line(row)))?;
    Ok(())
}

fn general(has: &Capabilities) -> Vec<(&'static str, String)> {
    let batches = has.abilities.contains(&Ability::Batch);
    let any = if batches { "any" } else { "–" };
    let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    vec![
        ("abilities", some_of(&has.abilities, &Ability::ALL)),
        ("text search", if has.text_search == TextSearch::Words { "words" } else { "any part of a text" }.to_owned()),
        ("largest batch", has.max_batch_size.map_or_else(|| any.to_owned(), |size| size.to_string())),
        ("atomic batches", yes_or_no(has.atomic_batch)),
        ("atomic writes", yes_or_no(has.atomic_writes)),
    ]
}

fn field_row(field: impl Display, support: &FieldSupport) -> [String; 6] {
    let length = support.max_length.map(|length| format!("up to {length} characters"));
    let notes: Vec<_> = length.into_iter().chain(support.lossy.clone()).collect();
    let can = [support.readable, support.on_create, support.on_update, support.clearable].map(can);
    let [read, create, update, clear] = can.map(str::to_owned);
    [field.to_string(), read, create, update, clear, notes.join("; ")]
}

fn can(support: Support) -> &'static str {
    match support {
        Support::Yes => "yes",
        Support::PerProject => "some",
        _ => "–",
    }
}

fn setting_row(setting: &Declared) -> [String; 4] {
    let needed = match (setting.required, setting.secret) {
        (true, true) => "required, secret",
        (true, false) => "required",
        (false, true) => "secret",
        (false, false) => "",
    };
    [setting.key, setting.variable, needed, setting.help].map(str::to_owned)
}

/// Those of a known list that are there, in its order.
fn some_of<T: Ord + Display>(present: &BTreeSet<T>, known: &[T]) -> String {
    known.iter().filter(|one| present.contains(one)).map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn sort_word(sort: SortField) -> &'static str {
    match sort {
        SortField::UpdatedAt => "updated_at",
        _ => "created_at",
    }
}

fn guarantee(guarantee: &CreateGuarantee) -> String {
    match guarantee {
        CreateGuarantee::Native => "by an idempotency key".to_owned(),
        CreateGuarantee::Marker { place, .. } => format!("by a marker in the {place}"),
        _ => "no".to_owned(),
    }
}
