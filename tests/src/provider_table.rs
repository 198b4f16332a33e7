//! The table of providers in the project's README, made from what the providers say of themselves.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use pm_core::capability::TextSearch;
use pm_core::{
    Ability, Capabilities, CreateGuarantee, Entity, EntityCapabilities, Filter, Operation, PmProvider, builtin_registry,
};
use pm_testkit::MemoryProvider;

const BEGIN: &str = "<!-- provider-table:begin -->";
const END: &str = "<!-- provider-table:end -->";

/// The kinds of items that have rows of their own.
const ENTITIES: [Entity; 5] = [Entity::Project, Entity::Task, Entity::Sprint, Entity::User, Entity::Comment];

/// Returns the capabilities of every provider of this workspace, a column each.
#[must_use]
pub fn all_capabilities() -> Vec<Capabilities> {
    let mut all: Vec<_> = builtin_registry().factories().map(|factory| factory.capabilities()).collect();
    all.push(MemoryProvider::new().capabilities().clone());
    all
}

/// Prints the capabilities of providers as a Markdown table.
#[must_use]
pub fn markdown(providers: &[Capabilities]) -> String {
    let mut lines = vec![
        row("", providers, |provider| format!("`{}`", provider.provider)),
        row("---", providers, |_| "---".to_owned()),
    ];
    for entity in ENTITIES {
        lines.extend(entity_rows(entity, providers));
    }
    lines.extend(general_rows(providers));
    lines.join("\n") + "\n"
}

fn row(title: &str, providers: &[Capabilities], cell: impl Fn(&Capabilities) -> String) -> String {
    let cells: Vec<_> = providers.iter().map(cell).collect();
    format!("| {title} | {} |", cells.join(" | "))
}

fn entity_rows(entity: Entity, providers: &[Capabilities]) -> Vec<String> {
    let of = |title: &str, cell: &dyn Fn(&EntityCapabilities) -> String| {
        row(title, providers, |provider| cell(provider.entity(entity)))
    };
    vec![
        of(&format!("**{entity}s**"), &|entity| some_of(&entity.operations, &Operation::ALL)),
        of("filters", &|entity| some_of(&entity.filters, Filter::ALL)),
        of("optimistic locking", &|entity| yes_or_no(entity.optimistic_lock)),
        of("idempotent create", &|entity| guarantee(&entity.create_guarantee)),
    ]
}

fn general_rows(providers: &[Capabilities]) -> Vec<String> {
    vec![
        row("**abilities**", providers, |provider| some_of(&provider.abilities, &Ability::ALL)),
        row("text search", providers, |provider| text_search(provider.text_search)),
        row("largest batch", providers, |provider| {
            let batches = provider.abilities.contains(&Ability::Batch);
            provider
                .max_batch_size
                .map_or_else(|| if batches { "any" } else { "–" }.to_owned(), |size| size.to_string())
        }),
        row("atomic batches", providers, |provider| yes_or_no(provider.atomic_batch)),
        row("atomic writes", providers, |provider| yes_or_no(provider.atomic_writes)),
    ]
}

/// Those of a known list that are there; short where it is all or nothing.
fn some_of<T: Ord + Display>(present: &BTreeSet<T>, known: &[T]) -> String {
    let names: Vec<_> = known.iter().filter(|one| present.contains(one)).map(ToString::to_string).collect();
    if names.is_empty() { "–".to_owned() } else { names.join(", ") }
}

fn guarantee(guarantee: &CreateGuarantee) -> String {
    match guarantee {
        CreateGuarantee::Native => "yes".to_owned(),
        CreateGuarantee::Marker { place, .. } => format!("by a marker in the {place}"),
        _ => "–".to_owned(),
    }
}

fn text_search(search: TextSearch) -> String {
    match search {
        TextSearch::Words => "words",
        _ => "any part of a text",
    }
    .to_owned()
}

fn yes_or_no(yes: bool) -> String {
    if yes { "yes" } else { "–" }.to_owned()
}

/// Where the README with the table is.
#[must_use]
pub fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")
}

/// Returns the table that stands between the two marks of a text; `None` where the marks are missing.
#[must_use]
pub fn present_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (table, _) = rest.split_once(END)?;
    Some(table)
}

/// Returns the text with another table between the two marks; `None` where the marks are missing.
#[must_use]
pub fn replaced_in(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}{END}{after}"))
}
