//! The table in the README says what the providers say.

use pm_core::{Ability, Capabilities, Entity, EntityCapabilities, Filter, Operation};
use pm_tests::provider_table::{all_capabilities, markdown, present_in, readme, replaced_in};

const HINT: &str = "run: cargo run -p pm-tests --bin provider-table -- --write";

#[test]
fn the_readme_has_the_table_that_the_capabilities_make() {
    let text = std::fs::read_to_string(readme()).unwrap();
    let Some(present) = present_in(&text) else {
        panic!("the README has no marks for the table of providers: `<!-- provider-table:begin -->` and its end");
    };
    assert!(present.trim() == markdown(&all_capabilities()).trim(), "the README's table of providers is old; {HINT}");
}

#[test]
fn every_provider_has_a_column() {
    let names: Vec<_> = all_capabilities().into_iter().map(|capabilities| capabilities.provider).collect();
    assert_eq!(names, ["clickup", "github", "internal", "jira", "openproject", "redmine", "memory"]);
}

#[test]
fn the_table_shows_what_is_there_and_what_is_not() {
    let tasks = EntityCapabilities::new()
        .operations([Operation::List, Operation::Get])
        .filters([Filter::Labels, Filter::Project])
        .optimistic_lock(true);
    let narrow = Capabilities::new("narrow").with(Entity::Task, tasks).abilities([Ability::Comments]);
    let table = markdown(&[narrow, Capabilities::new("empty")]);
    for line in [
        "|  | `narrow` | `empty` |",
        "| --- | --- | --- |",
        "| **projects** | – | – |",
        "| **tasks** | list, get | – |",
        "| filters | project, labels | – |",
        "| optimistic locking | yes | – |",
        "| **abilities** | comments | – |",
    ] {
        assert!(table.lines().any(|present| present == line), "{line}\n{table}");
    }
}

#[test]
fn the_table_is_put_between_its_marks_and_nowhere_else() {
    let text = "before\n<!-- provider-table:begin -->\nold\n<!-- provider-table:end -->\nafter\n";
    let replaced = replaced_in(text, "| new |\n").unwrap();
    assert_eq!(replaced, "before\n<!-- provider-table:begin -->\n| new |\n<!-- provider-table:end -->\nafter\n");
    assert_eq!(present_in(&replaced), Some("\n| new |\n"));
    assert_eq!(replaced_in("no marks", "| new |\n"), None);
}
