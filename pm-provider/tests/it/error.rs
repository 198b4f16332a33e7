//! What an error says, and what it does not.

use std::time::Duration;

use pm_provider::*;

#[test]
fn display_says_where_what_and_what_to_do_but_never_the_source() {
    let error = Error::new(ErrorKind::Conflict, "the task changed")
        .in_provider("openproject")
        .during("update_task")
        .with_http_status(409)
        .with_request_id("r-1")
        .on_field(Field::Title, "is too long")
        .with_source("s3cr3t")
        .hint("read it again");
    assert_eq!(
        error.to_string(),
        "openproject update_task: the task changed; `title`: is too long (HTTP 409; request r-1)\nhint: read it again"
    );
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "s3cr3t");
}

#[test]
fn the_first_to_name_the_place_wins() {
    let error =
        Error::not_found("task", "7").in_provider("inner").during("get_task").in_provider("outer").during("list");
    assert_eq!((error.provider(), error.operation()), (Some("inner"), Some("get_task")));
    assert_eq!(error.subject_text(), Some("task `7`"));
}

#[test]
fn retries_follow_from_the_kind_until_said_otherwise() {
    assert_eq!(Error::invalid_input("x").retry(), Retry::Never);
    assert_eq!(Error::new(ErrorKind::Unavailable, "x").retry(), Retry::Now);
    let later = Retry::After(Duration::from_secs(3));
    assert_eq!(Error::new(ErrorKind::RateLimited, "x").with_retry(later).retry(), later);
}

#[test]
fn an_unknown_or_partial_effect_is_told() {
    let error = Error::new(ErrorKind::Timeout, "no answer").with_effect(Effect::Unknown);
    assert_eq!(error.to_string(), "no answer (it may have been done all the same)");
    let partial = Effect::Partial { id: "7".into(), applied: vec!["title".into()], failed: vec!["sprint_id".into()] };
    let error = Error::new(ErrorKind::Unavailable, "gone").with_effect(partial);
    assert_eq!(error.to_string(), "gone (`7` was written in part: done title; not done sprint_id)");
}

#[test]
fn an_error_is_small() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
