//! What a wanted status resolves to: never a guess.

use pm_provider::*;

fn jira() -> Vec<Status> {
    vec![
        Status::new(StatusCategory::Todo, "To Do").id("1"),
        Status::new(StatusCategory::InProgress, "In Progress").id("2"),
        Status::new(StatusCategory::InProgress, "In Review").id("3"),
        Status::new(StatusCategory::Done, "Closed").id("4"),
        Status::new(StatusCategory::Done, "Released").id("5"),
    ]
}

fn resolve(wanted: impl Into<StatusRef>) -> Result<String> {
    Ok(wanted.into().resolve(&jira(), &[])?.name)
}

#[test]
fn a_category_takes_the_only_one_else_the_canonical_one() {
    assert_eq!(resolve(StatusCategory::Todo).unwrap(), "To Do");
    assert_eq!(resolve(StatusCategory::InProgress).unwrap(), "In Progress");
    assert_eq!(resolve(StatusCategory::Done).unwrap(), "Closed");
}

#[test]
fn a_category_without_a_canonical_name_is_an_error_with_the_choices() {
    let choices = [Status::new(StatusCategory::Done, "Shipped"), Status::new(StatusCategory::Done, "Released")];
    let error = StatusRef::from(StatusCategory::Done).resolve(&choices, &[]).unwrap_err();
    assert_eq!(error.to_string(), "`done` is no task status here; allowed are `Shipped`, `Released`");
}

#[test]
fn an_override_wins_for_its_category() {
    let preferred = [(StatusCategory::Done, "Released".to_owned())];
    let found = StatusRef::from("completed").resolve(&jira(), &preferred).unwrap();
    assert_eq!(found.id.as_deref(), Some("5"));
}

#[test]
fn a_word_is_a_name_before_it_is_a_category() {
    assert_eq!(resolve("In Review").unwrap(), "In Review");
    assert_eq!(resolve("in review").unwrap(), "In Review");
    assert_eq!(resolve("completed").unwrap(), "Closed");
    assert!(resolve("Nonsense").unwrap_err().to_string().contains("allowed are `To Do`, `In Progress`"));
}

#[test]
fn names_that_differ_in_case_only_are_told_apart_or_refused() {
    let choices = [Status::new(StatusCategory::Todo, "open"), Status::new(StatusCategory::InProgress, "Open")];
    let by_name = |name: &str| StatusRef::Name(name.to_owned()).resolve(&choices, &[]);
    assert_eq!(by_name("Open").unwrap().category, StatusCategory::InProgress);
    assert!(by_name("OPEN").is_err());
}

#[test]
fn a_value_read_here_goes_back_by_its_id() {
    let renamed = Status::new(StatusCategory::Done, "Gone Live").id("5");
    assert_eq!(resolve(renamed).unwrap(), "Released");
    assert!(resolve(StatusRef::Id("9".into())).is_err());
}

#[test]
fn a_value_from_elsewhere_goes_by_name_then_category() {
    let like = |name: &str, category| StatusRef::Like { name: name.to_owned(), category };
    assert_eq!(resolve(like("released", StatusCategory::Cancelled)).unwrap(), "Released");
    assert_eq!(resolve(like("Shipped", StatusCategory::Done)).unwrap(), "Closed");
    assert!(resolve(like("Dropped", StatusCategory::Cancelled)).is_err());
}

#[test]
fn an_open_vocabulary_keeps_the_name_that_comes_with_its_category() {
    let wanted = StatusRef::from(Status::new(StatusCategory::InProgress, "Mit Ärger").id("77"));
    let kept = wanted.resolve_open(&jira()).unwrap();
    assert_eq!(kept, Status::new(StatusCategory::InProgress, "Mit Ärger"));
    assert!(StatusRef::from("Mit Ärger").resolve_open(&jira()).is_err());
}
