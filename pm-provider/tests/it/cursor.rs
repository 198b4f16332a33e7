//! Cursors are bound to their query.

use pm_provider::*;

#[test]
fn a_cursor_opens_with_its_own_query_at_any_page_size_and_with_a_total() {
    let query = TaskQuery::in_project("7").labels(["a"]);
    let cursor = Cursor::seal("toy", "tasks", &query, "12.34.x");
    assert_eq!(cursor.open("toy", "tasks", &query).unwrap(), "12.34.x");
    assert_eq!(cursor.open("toy", "tasks", &query.clone().page_size(3_u32)).unwrap(), "12.34.x");
    assert_eq!(cursor.open("toy", "tasks", &query.clone().with_total(true)).unwrap(), "12.34.x");
    let stored: Cursor = serde_json::from_str(&serde_json::to_string(&cursor).unwrap()).unwrap();
    assert_eq!(stored.open("toy", "tasks", &query).unwrap(), "12.34.x");
}

#[test]
fn a_cursor_is_refused_by_any_other_query() {
    let query = TaskQuery::in_project("7");
    let cursor = Cursor::seal("toy", "tasks", &query, "1");
    for (provider, listing, query) in [
        ("toy", "tasks", TaskQuery::in_project("8")),
        ("toy", "tasks", TaskQuery::in_project("7").without_sprint()),
        ("toy", "tasks", TaskQuery::in_project("7").sort(Sort::descending(SortField::CreatedAt))),
        ("toy", "changes", TaskQuery::in_project("7")),
        ("tin", "tasks", TaskQuery::in_project("7")),
    ] {
        let error = cursor.open(provider, listing, &query).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with("the cursor belongs to another query"), "{error}");
    }
}

#[test]
fn what_is_no_cursor_is_said_to_be_none() {
    for text in ["", "x", "1.2", "2.0000000000000000.x", "\u{1f980}"] {
        let error = Cursor::from_text(text).open("toy", "tasks", &TaskQuery::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.hint_text().is_some());
    }
}

#[test]
fn fingerprints_stay_the_same_across_releases() {
    let cursor = Cursor::seal("toy", "tasks", &TaskQuery::in_project("7"), "x");
    assert_eq!(cursor.as_str(), "1.158adde82613d02d.x");
}
