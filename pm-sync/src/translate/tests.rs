#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pm_provider::{
    Capabilities, CustomField, CustomFieldKind, Entity, EntityCapabilities, FieldSupport, Priority, PriorityLevel,
    SprintStatus, SprintStatusCategory, Status, StatusCategory,
};
use serde_json::json;

use super::*;
use crate::side::Row;
use crate::store::{Seen, UserMatch};

const J: char = '\u{2060}';

fn tasks() -> EntityCapabilities {
    let fields = [
        Field::Title,
        Field::Description,
        Field::Status,
        Field::Priority,
        Field::ParentTaskId,
        Field::SprintId,
        Field::Labels,
        Field::TaskType,
        Field::DueDate,
        Field::CustomFields,
    ];
    EntityCapabilities::new()
        .fields(fields, &FieldSupport::full())
        .fields([Field::Assignees], &FieldSupport::full().max_items(1))
}

/// The internal database.
fn ours() -> Capabilities {
    let origin = [Field::AuthorId, Field::AuthorName, Field::CreatedAt];
    let comments = EntityCapabilities::new()
        .fields([Field::Body], &FieldSupport::required())
        .fields(origin, &FieldSupport::on_create());
    Capabilities::new("internal")
        .with(Entity::Task, tasks().fields([Field::Assignees], &FieldSupport::full()))
        .with(Entity::Sprint, EntityCapabilities::new().fields([Field::Status], &FieldSupport::full()))
        .with(Entity::Comment, comments)
}

/// GitHub, as far as that matters here.
fn theirs() -> Capabilities {
    let comments = EntityCapabilities::new()
        .fields([Field::Body], &FieldSupport::required())
        .fields([Field::AuthorId, Field::AuthorName, Field::CreatedAt], &FieldSupport::read_only());
    Capabilities::new("github")
        .with(Entity::Task, tasks())
        .with(Entity::Sprint, EntityCapabilities::new().fields([Field::Status], &FieldSupport::full()))
        .with(Entity::Comment, comments)
}

fn their_schema() -> ProjectSchema {
    let mut field = CustomField::new("Size", CustomFieldKind::Choice);
    field.options = vec!["Small".into(), "Large".into()];
    ProjectSchema::new("9")
        .statuses([
            Status::new(StatusCategory::Todo, "Open").id("1"),
            Status::new(StatusCategory::InProgress, "Doing"),
            Status::new(StatusCategory::InProgress, "In Review"),
            Status::new(StatusCategory::Done, "Shipped"),
            Status::new(StatusCategory::Done, "Closed"),
        ])
        .priorities([Priority::new(PriorityLevel::Low, "P3"), Priority::new(PriorityLevel::High, "P1")])
        .sprint_statuses([
            SprintStatus::new(SprintStatusCategory::Active, "open"),
            SprintStatus::new(SprintStatusCategory::Completed, "closed"),
        ])
        .task_types(["Bug", "Feature"].map(str::to_owned))
        .custom_fields([field, CustomField::new("Reviewer", CustomFieldKind::User)])
}

fn our_schema() -> ProjectSchema {
    let fields = ["Size", "Reviewer", "Cost"].map(|name| CustomField::new(name, CustomFieldKind::Text));
    ProjectSchema::new("7").open_vocabulary(true).custom_fields(fields)
}

fn user(a: &str, b: &str) -> UserLink {
    UserLink { ids: Pair::new(a.to_owned(), b.to_owned()), how: UserMatch::Email }
}

fn translator_of(config: &serde_json::Value) -> Translator {
    Translator::new(TranslatorParts {
        config: SyncConfig::from_json(config).unwrap(),
        names: Pair::new("ours".to_owned(), "theirs".to_owned()),
        capabilities: Pair::new(Arc::new(ours()), Arc::new(theirs())),
        schemas: Pair::new(Arc::new(our_schema()), Arc::new(their_schema())),
        users: vec![user("ann", "11"), user("bob", "12")],
        people: Pair::new(BTreeMap::from([("ann".to_owned(), "Ann Lee".to_owned())]), BTreeMap::new()),
        keys: Pair::default(),
    })
}

fn translator() -> Translator {
    translator_of(&json!({}))
}

fn task(field: Field, value: serde_json::Value) -> Record {
    Record::new().with(field, value)
}

fn carried(translator: &Translator, from: Side, field: Field, value: serde_json::Value) -> Result<Value, String> {
    let carried = translator.carry(Kind::Task, from, &task(field, value), &References::new());
    match carried.kept.get(&field.into()) {
        Some(reason) => Err(reason.clone()),
        None => Ok(carried.record.get(&field.into()).clone()),
    }
}

#[test]
fn statuses_go_by_the_mapping_then_by_name_then_by_category() {
    let said = json!({"statuses": {"Review": "In Review", "Checking": "In Review", "Paused": "Nowhere"}});
    let translator = translator_of(&said);
    let over = |category: &str, name: &str| {
        carried(&translator, Side::A, Field::Status, json!({"category": category, "name": name}))
    };
    assert_eq!(over("todo", "review").unwrap(), json!({"category": "in_progress", "name": "In Review"}));
    assert_eq!(over("todo", "doing").unwrap(), json!({"category": "in_progress", "name": "Doing"}));
    assert_eq!(over("done", "Merged").unwrap(), json!({"category": "done", "name": "Closed"}), "the usual name");
    assert_eq!(over("in_progress", "Paused").unwrap(), json!({"category": "in_progress", "name": "Doing"}));
    let reason = over("cancelled", "Rejected").unwrap_err();
    assert!(reason.contains("`theirs`") && reason.contains("`Rejected`") && reason.contains("`cancelled`"), "{reason}");
    assert!(over("unknown", "Whatever").is_err());
}

#[test]
fn an_open_vocabulary_takes_names_as_they_are() {
    let translator = translator_of(&json!({"statuses": {"Review": "In Review"}}));
    let back = |name: &str| {
        carried(&translator, Side::B, Field::Status, json!({"category": "in_progress", "name": name})).unwrap()
    };
    assert_eq!(back("Doing"), json!({"category": "in_progress", "name": "Doing"}));
    assert_eq!(back("In Review"), json!({"category": "in_progress", "name": "Review"}));
}

#[test]
fn priorities_types_and_sprint_statuses() {
    let priority = |level: &str, name: &str| {
        let translator = translator_of(&json!({"priorities": {"Blocker": "P1"}}));
        carried(&translator, Side::A, Field::Priority, json!({"level": level, "name": name}))
    };
    assert_eq!(priority("urgent", "Blocker").unwrap(), json!({"level": "high", "name": "P1"}));
    assert_eq!(priority("low", "Minor").unwrap(), json!({"level": "low", "name": "P3"}));
    assert!(priority("normal", "Medium").is_err());
    let kind = |name: &str| carried(&translator(), Side::A, Field::TaskType, json!(name));
    assert_eq!((kind("bug").unwrap(), kind("Epic").is_err()), (json!("Bug"), true));
    assert_eq!(carried(&translator(), Side::B, Field::TaskType, json!("Epic")).unwrap(), json!("Epic"));
    let sprint = |category: &str| {
        let record = task(Field::Status, json!({"category": category, "name": "x"}));
        translator().carry(Kind::Sprint, Side::A, &record, &References::new())
    };
    assert_eq!(
        *sprint("completed").record.get(&Field::Status.into()),
        json!({"category": "completed", "name": "closed"})
    );
    assert!(sprint("planned").kept.contains_key(&Field::Status.into()));
}

#[test]
fn nobody_is_removed_because_we_cannot_name_them() {
    let translator = translator();
    let record = task(Field::Assignees, json!(["10", "11", "99"]));
    let back = translator.carry(Kind::Task, Side::B, &record, &References::new());
    assert_eq!(*back.record.get(&Field::Assignees.into()), json!(["ann"]));
    assert_eq!(back.strangers.into_iter().collect::<Vec<_>>(), ["10", "99"]);
    assert!(back.kept.is_empty());
}

#[test]
fn who_is_there_already_stays_where_there_is_room_for_one() {
    let translator = translator();
    let record = task(Field::Assignees, json!(["ann", "bob"]));
    let over = |present: serde_json::Value| {
        let present = task(Field::Assignees, present);
        translator.carry_onto(Kind::Task, Side::A, &record, &References::new(), &present).record
    };
    assert_eq!(*over(json!(["12"])).get(&Field::Assignees.into()), json!(["12"]));
    assert_eq!(*over(json!(["77"])).get(&Field::Assignees.into()), json!(["11"]));
}

#[test]
fn parents_and_sprints_wait_for_their_twins() {
    let translator = translator();
    let record = task(Field::ParentTaskId, json!("p")).with(Field::SprintId, "s");
    let items = [ItemKey::new(Kind::Sprint, "s"), ItemKey::new(Kind::Task, "p")];
    assert_eq!(translator.references(Kind::Task, Side::A, &record), items);
    let references = References::from_iter([(items[1].clone(), Twin::new("9#1", None))]);
    let over = translator.carry(Kind::Task, Side::A, &record, &references);
    assert_eq!(*over.record.get(&Field::ParentTaskId.into()), json!("9#1"));
    assert_eq!(over.waits_for, [items[0].clone()]);
    assert!(over.kept.contains_key(&Field::SprintId.into()));
    let without = translator_of(&json!({"kinds": ["task"]})).carry(Kind::Task, Side::A, &record, &references);
    assert!(without.waits_for.is_empty() && without.kept.contains_key(&Field::SprintId.into()));
}

#[test]
fn custom_fields_go_by_name_and_option() {
    let translator = translator();
    let key = |name: &str| FieldKey::Custom(name.to_owned());
    let over = |name: &str, value: serde_json::Value| {
        let record = Record::new().with(key(name), value);
        translator.carry(Kind::Task, Side::A, &record, &References::new())
    };
    assert_eq!(*over("Size", json!("LARGE")).record.get(&key("Size")), json!("Large"));
    assert!(over("Size", json!("Huge")).kept.contains_key(&key("Size")));
    assert_eq!(*over("Reviewer", json!("ann")).record.get(&key("Reviewer")), json!("11"));
    assert_eq!(over("Reviewer", json!("eve")).strangers.len(), 1);
    assert_eq!(over("Cost", json!("9")), Carried::default(), "they have none: the plan says so");
}

#[test]
fn a_comment_tells_where_it_comes_from_and_comes_back_without() {
    let translator = translator();
    let record = task(Field::Body, json!("ask @cid"))
        .with(Field::AuthorId, "ann")
        .with(Field::CreatedAt, "2026-02-03T04:05:06Z");
    let over = translator.carry(Kind::Comment, Side::A, &record, &References::new()).record;
    let body = over.get(&Field::Body.into()).as_str().unwrap();
    assert!(
        body.contains("Ann Lee · 2026-02-03 04:05:06 UTC") && body.ends_with(&format!("\n\nask @{J}cid")),
        "{body:?}"
    );
    assert!(over.get(&Field::AuthorName.into()).is_null(), "they have no room for it");

    let edited = task(Field::Body, json!(format!("{body}!"))).with(Field::AuthorName, "sync-bot");
    let back = translator.carry_onto(Kind::Comment, Side::B, &edited, &References::new(), &record).record;
    assert_eq!(*back.get(&Field::Body.into()), json!("ask @cid!"));
    assert_eq!(*back.get(&Field::AuthorName.into()), json!("Ann Lee"));
    assert_eq!(*back.get(&Field::CreatedAt.into()), json!("2026-02-03T04:05:06Z"));

    let again = translator.carry_onto(Kind::Comment, Side::A, &record, &References::new(), &edited).record;
    assert_eq!(again.get(&Field::Body.into()), over.get(&Field::Body.into()), "one header");
}

#[test]
fn a_comment_that_was_written_over_there_gets_no_header_there() {
    let translator = translator();
    let there = task(Field::Body, json!("hello")).with(Field::AuthorName, "Eve").with(Field::AuthorId, "99");
    let here = translator.carry(Kind::Comment, Side::B, &there, &References::new()).record;
    assert_eq!(*here.get(&Field::Body.into()), json!("hello"));
    assert_eq!(*here.get(&Field::AuthorName.into()), json!("Eve"));
    let edited = task(Field::Body, json!("hello you")).with(Field::AuthorName, "Eve");
    let back = translator.carry_onto(Kind::Comment, Side::A, &edited, &References::new(), &there).record;
    assert_eq!(*back.get(&Field::Body.into()), json!("hello you"));
}

#[test]
fn headers_are_read_as_they_were_written() {
    let full = header::Origin { author: Some("Ann Lee".into()), at: Some("2026-02-03T04:05:06Z".into()) };
    for origin in
        [full.clone(), header::Origin { at: None, ..full.clone() }, header::Origin { author: None, ..full.clone() }]
    {
        for body in ["", "a", "\n\na\n", " - a · b"] {
            let text = header::join(&origin, body);
            assert_eq!(header::split(&text), (Some(origin.clone()), body), "{text:?}");
        }
    }
    let odd = header::Origin { author: Some("*@eve*[x](y) <b>#12".into()), at: None };
    let shown = header::join(&odd, "a");
    assert!(!shown.contains(['@', '*', '[', '<', '#']), "{shown:?}");
    assert_eq!(header::split("Ann · 2026-02-03 04:05:06 UTC\n\na").0, None, "what people write is none");
    assert_eq!(header::join(&header::Origin::default(), "a"), "a");
}

fn row(kind: Kind, record: Record) -> Row {
    Row {
        item: ItemKey::new(kind, "1"),
        seen: Seen { hash: record.digest(), version: None, at: None },
        record,
        key: None,
        url: None,
        created_at: None,
        author: None,
        restricted: false,
        elsewhere: false,
        told: crate::side::Told::default(),
    }
}

#[test]
fn restricted_items_stay() {
    let mut row = row(Kind::Comment, Record::new());
    let config = SyncConfig::default();
    assert!(may_cross(&row, &config));
    row.restricted = true;
    assert!(!may_cross(&row, &config));
    assert!(may_cross(&row, &SyncConfig { include_restricted: true, ..config }));
}

#[test]
fn filters_say_which_tasks() {
    let filter = json!({"filter": {"statuses": ["todo"], "labels": ["Web"], "since": "2026-01-01T00:00:00Z"}});
    let config = SyncConfig::from_json(&filter).unwrap();
    let record = task(Field::Status, json!({"category": "todo", "name": "x"})).with(Field::Labels, json!(["web", "x"]));
    let mut row = row(Kind::Task, record);
    assert!(!in_filter(&config, &row), "nobody knows when it was made");
    row.created_at = Some("2026-01-01T00:00:00Z".parse().unwrap());
    assert!(in_filter(&config, &row));
    row.record.set(Field::Labels, json!(["x"]));
    assert!(!in_filter(&config, &row));
    row.record.set(Field::Labels, json!(["web"]));
    row.record.set(Field::Status, json!({"category": "done", "name": "x"}));
    assert!(!in_filter(&config, &row));
    let other = self::row(Kind::Sprint, Record::new());
    assert!(in_filter(&config, &other), "filters speak of tasks");
    assert!(!in_filter(&SyncConfig { kinds: vec![Kind::Task], ..config }, &other));
}
