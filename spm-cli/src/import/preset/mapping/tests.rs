#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;

use super::*;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn mapping(key: &str, fields: &[&str]) -> Mapping {
    let options = MappingOptions { key: Some(key.to_owned()), fields: texts(fields), ..MappingOptions::default() };
    Mapping::new(&options).unwrap()
}

fn map(mapping: &Mapping, row: &Value) -> Result<TaskRow, Reason> {
    match mapping.map(&row.to_string())? {
        Mapped::Task(row) => Ok(*row),
        other => panic!("{other:?}"),
    }
}

#[test]
fn places_of_a_row_fill_fields() {
    let mapping = mapping(
        "meta.id",
        &[
            "title=summary",
            "description=text",
            "labels=labels[].name",
            "assignees=people",
            "author=by.login",
            "sprint=sprint",
            "parent=up",
            "due_date=due",
            "start_date=due",
            "created_at=made",
            "estimated_hours=hours",
            "field:Cost=cost",
            "field:Tags=tags",
            "priority=prio",
            "url=link",
        ],
    );
    let row = json!({
        "meta": {"id": 7}, "summary": " Paint, it; ", "text": "a\r\nb", "labels": [{"name": "x, y"}, {"name": "z"}],
        "people": ["@ada", "bob@example.org"], "by": {"login": "eve"}, "sprint": "S 1", "up": 6,
        "due": "2024-05-06T23:00:00+02:00", "made": "2024-05-06", "hours": "1.5", "cost": 7.25, "tags": ["a", "b"],
        "prio": "High", "link": "https://x",
    });
    let row = map(&mapping, &row).unwrap();
    assert_eq!((row.key.as_str(), row.title.as_str()), ("7", " Paint, it; "));
    assert_eq!((row.description.as_deref(), row.labels), (Some("a\r\nb"), texts(&["x, y", "z"])));
    let people: Vec<_> = row.assignees.iter().map(|person| (person.login.as_str(), person.email.as_deref())).collect();
    assert_eq!(people, [("ada", None), ("bob@example.org", Some("bob@example.org"))]);
    assert_eq!((row.author.unwrap().login.as_str(), row.parent.as_deref()), ("eve", Some("6")));
    let sprint = row.sprint.unwrap();
    assert_eq!((sprint.key.as_str(), sprint.only_named), ("S 1", true));
    assert_eq!(row.due_date.unwrap().to_string(), "2024-05-06");
    assert_eq!(row.created_at.unwrap().to_rfc3339(), "2024-05-06T00:00:00+00:00");
    assert_eq!(row.estimated_hours.unwrap().as_seconds(), 5_400);
    assert_eq!(serde_json::to_value(&row.custom_fields).unwrap(), json!({"Cost": 7.25, "Tags": ["a", "b"]}));
    assert_eq!(row.priority, Some(PriorityRef::Word("High".to_owned())));
    assert_eq!(mapping.warnings(), Vec::<String>::new());
}

#[test]
fn columns_that_are_called_like_fields_are_taken() {
    let mapping = mapping("ID", &[]);
    mapping.check_columns(&texts(&["ID", "Title", "Due Date", "labels", "Nonsense"])).unwrap();
    let row = json!({"ID": "A-1", "Title": "x", "Due Date": "2024-05-06", "labels": "a, b;c ,", "Nonsense": "?"});
    let row = map(&mapping, &row).unwrap();
    assert_eq!((row.key.as_str(), row.title.as_str(), row.labels), ("A-1", "x", texts(&["a", "b", "c"])));
    assert_eq!(row.due_date.unwrap().to_string(), "2024-05-06");
}

#[test]
fn lists_in_one_text_are_cut_in_tables_or_where_one_says() {
    let row = json!({"id": "1", "title": "x", "labels": "a,b|c"});
    let labels = |mapping: &Mapping| map(mapping, &row).unwrap().labels;
    assert_eq!(labels(&mapping("id", &[])), ["a,b|c"]);
    let options = MappingOptions { key: Some("id".into()), separators: Some("|".into()), ..MappingOptions::default() };
    assert_eq!(labels(&Mapping::new(&options).unwrap()), ["a,b", "c"]);
}

#[test]
fn words_become_statuses() {
    let options = MappingOptions {
        key: Some("id".into()),
        statuses: texts(&["In QA=in_progress", "shipped = done"]),
        ..MappingOptions::default()
    };
    let mapping = Mapping::new(&options).unwrap();
    for (word, status) in [("in qa", "in_progress"), ("Shipped", "done"), ("Open", "Open")] {
        let row = map(&mapping, &json!({"id": 1, "title": "x", "status": word})).unwrap();
        assert_eq!(row.status, Some(StatusRef::Word(status.to_owned())), "{word}");
    }
}

#[test]
fn bad_values_name_the_field_the_value_and_what_is_allowed() {
    let mapping = mapping("id", &["title=title", "due_date=due", "actual_hours=h", "labels=l", "created_at=at"]);
    for (row, message) in [
        (json!({"id": 1, "title": "x", "due": "2024-02-30"}), "`due_date` holds `2024-02-30`; allowed is a day of"),
        (json!({"id": 1, "title": "x", "due": "20240230"}), "`due_date` holds `20240230`; allowed is a day of"),
        (json!({"id": 1, "title": "x", "due": "1/2/24"}), "`due_date` holds `1/2/24`; allowed is a day of"),
        (json!({"id": 1, "title": "x", "at": "noon"}), "`created_at` holds `noon`; allowed is a time (RFC 3339"),
        (json!({"id": 1, "title": "x", "h": -1}), "`actual_hours` holds `-1`; allowed is a number of hours"),
        (json!({"id": 1, "title": "x", "h": "NaN"}), "`actual_hours` holds `NaN`; allowed is a number of hours"),
        (
            json!({"id": 1, "title": "x", "l": [{"name": "a"}]}),
            "`labels` holds `[{\"name\":\"a\"}]`; allowed is a list",
        ),
        (json!({"id": 1, "title": ["x"]}), "`title` holds `[\"x\"]`; allowed is one text"),
        (json!({"title": "x"}), "has no key: `id` is missing or empty"),
        (json!({"id": " ", "title": "x"}), "has no key: `id` is missing or empty"),
        (json!({"id": 1, "title": null}), "has no title: `title` is missing or empty"),
        (json!({"id": 1.5, "title": "x"}), "`key` holds `1.5`, a number that is not kept exactly"),
        (json!([1]), "must be an object"),
    ] {
        let reason = map(&mapping, &row).unwrap_err();
        assert!(reason.message.starts_with(message), "{row}: {}", reason.message);
    }
}

#[test]
fn a_mapping_that_makes_no_sense_is_refused() {
    let refuse = |fields: &[&str], statuses: &[&str]| {
        let (fields, statuses) = (texts(fields), texts(statuses));
        let options = MappingOptions { key: Some("id".into()), fields, statuses, separators: None, source: None };
        Mapping::new(&options).unwrap_err().to_string()
    };
    assert!(
        refuse(&["titel=x"], &[]).starts_with("there is no field `titel` to map to; did you mean `title`?\nhint: ")
    );
    assert!(refuse(&["title"], &[]).starts_with("--map `title`: allowed is FIELD=PATH"));
    assert!(refuse(&["title="], &[]).starts_with("--map `title=`: allowed is FIELD=PATH"));
    assert!(refuse(&["title=a..b"], &[]).contains("is no path"));
    assert!(refuse(&["title=a", "title=b"], &[]).contains("`title` is mapped twice"));
    assert!(refuse(&["key=a", "title=b"], &[]).contains("`key` is mapped twice"));
    assert!(refuse(&["labels=a"], &[]).contains("no --map says where the title is"));
    assert!(refuse(&["field:=a", "title=b"], &[]).contains("there is no field `field:`"));
    assert!(refuse(&[], &["x"]).starts_with("--map-status `x`: allowed is WORD=STATUS"));
}

#[test]
fn a_column_that_a_table_lacks_is_named_before_any_row_is_taken() {
    let mapping = mapping("id", &["title=Summry"]);
    let error = mapping.check_columns(&texts(&["id", "Summary", "Owner"])).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is no column `Summry` for `title`; did you mean `Summary`?\nhint: columns: id, Summary, Owner"
    );
}

#[test]
fn paths_that_lead_nowhere_are_named_in_the_end() {
    let mapping = mapping("id", &["title=title", "assignees=owner", "url=link"]);
    assert_eq!(mapping.warnings(), Vec::<String>::new(), "no rows, no warnings");
    map(&mapping, &json!({"id": 1, "title": "x"})).unwrap();
    map(&mapping, &json!({"id": 1, "title": "x", "link": null})).unwrap();
    assert_eq!(mapping.warnings(), ["no row has `owner`, which is mapped to `assignees`"]);
}
