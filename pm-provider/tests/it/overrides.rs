//! What a user says about native names.

use pm_provider::{ErrorKind, Overrides, Result, StatusCategory};

fn parse(text: &str) -> Result<Overrides<StatusCategory>> {
    text.parse()
}

#[test]
fn names_may_hold_equal_signs_and_blanks() {
    let overrides = parse(" a = b = done ,, In QA=in_progress").unwrap();
    assert_eq!(overrides.category_of("A = B"), Some(StatusCategory::Done));
    assert_eq!(overrides.preferred()[1], (StatusCategory::InProgress, "In QA".to_owned()));
    assert_eq!(parse("").unwrap(), Overrides::new());
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (text, says) in [
        ("Resolved", "allowed is NAME=CATEGORY"),
        ("=done", "allowed is NAME=CATEGORY"),
        ("Resolved=finito", "allowed are `backlog`"),
        ("Resolved=unknown", "only ever read"),
        ("Resolved=done,resolved=todo", "named twice"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
        assert!(error.message().contains(says), "{text}: {error}");
    }
}
