//! The provider's page in the documentation: its table is made from what the provider says of itself.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pm_provider::{Capabilities, CreateGuarantee, FieldSupport, ProviderFactory, Support};
use pm_provider_openproject::{OpenProjectFactory, OpenProjectProvider};

const BEGIN: &str = "<!-- capabilities:begin -->\n";
const END: &str = "<!-- capabilities:end -->";

fn page() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/providers/openproject.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn mark(support: Support) -> &'static str {
    match support {
        Support::No => "",
        Support::Yes => "yes",
        _ => "by project",
    }
}

fn note(support: &FieldSupport) -> String {
    let length = support.max_length.map(|most| format!("{most} characters at most"));
    let count = support.max_items.map(|most| format!("{most} at most"));
    [support.lossy.clone(), length, count].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn table(capabilities: &Capabilities) -> String {
    let mut text = String::new();
    for (entity, can) in &capabilities.entities {
        let operations: Vec<_> = can.operations.iter().map(ToString::to_string).collect();
        let filters: Vec<_> = can.filters.iter().map(ToString::to_string).collect();
        let key = match &can.create_guarantee {
            CreateGuarantee::Marker { place, .. } => format!("; idempotency keys as a mark in the {place}"),
            _ => String::new(),
        };
        let lock = if can.optimistic_lock { "; `if_version`" } else { "" };
        writeln!(text, "\n**{entity}**: {}{key}{lock}", operations.join(", ")).unwrap();
        if !filters.is_empty() {
            writeln!(text, "\nfilters: {}", filters.join(", ")).unwrap();
        }
        if can.fields.is_empty() {
            continue;
        }
        text.push_str("\n| field | read | create | change | empty | |\n|---|---|---|---|---|---|\n");
        for (field, support) in &can.fields {
            let marks = [support.readable, support.on_create, support.on_update, support.clearable].map(mark);
            writeln!(text, "| `{field}` | {} | {} |", marks.join(" | "), note(support)).unwrap();
        }
    }
    text.trim_start().to_owned()
}

#[test]
fn the_table_of_capabilities_is_up_to_date() {
    let (path, text) = page();
    let table = table(&OpenProjectFactory.capabilities());
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (present, after) = rest.split_once(END).unwrap();
    if present == table {
        return;
    }
    std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    panic!("the table was old and has been written anew: look at it and commit it");
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let (_, text) = page();
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let sources = sources + &self::sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"));
    let named = text.split('`').skip(1).step_by(2).filter(|word| word.contains('_') && word.len() > 24);
    let named: Vec<_> =
        named.filter(|word| word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')).collect();
    assert!(named.len() > 20, "{named:?}");
    let missing: Vec<_> = named.into_iter().filter(|name| !sources.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_setting_is_on_the_page() {
    let (_, text) = page();
    let missing: Vec<_> = OpenProjectFactory.settings().iter().filter(|spec| !text.contains(spec.env)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn endpoints_are_listed_once() {
    let mut known = std::collections::BTreeSet::new();
    for endpoint in OpenProjectProvider::endpoints() {
        assert!(endpoint.path.starts_with("api/v3"), "{endpoint:?}");
        assert!(known.insert((endpoint.method.as_str(), endpoint.path)), "{endpoint:?}");
    }
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &sources(&path);
        } else {
            text += &std::fs::read_to_string(&path).unwrap();
        }
    }
    text
}
