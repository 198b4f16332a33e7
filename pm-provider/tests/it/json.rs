//! The JSON shapes that applications and files depend on.

use pm_provider::*;
use serde_json::json;

#[test]
fn a_task_shows_every_field_and_its_first_assignee() {
    let task = PMTask::new("1", "7", "Paint", Status::new(StatusCategory::InProgress, "In Review").id("3"))
        .key("WEB-1")
        .priority(Priority::new(PriorityLevel::High, "High").id("2"))
        .assignees(["u1", "u2"])
        .estimated_hours(Hours::from_seconds(9_000))
        .due_date("2026-03-01".parse::<chrono::NaiveDate>().unwrap())
        .created_at("2026-01-02T03:04:05.678901234Z".parse().unwrap())
        .labels(["paint"])
        .raw_data(RawData::from_json(r#"{"b": 1,  "a": [2.50]}"#).unwrap());
    let text = serde_json::to_string(&task).unwrap();
    assert!(text.ends_with(r#""raw_data":{"b": 1,  "a": [2.50]}}"#), "{text}");
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["status"], json!({"category": "in_progress", "name": "In Review", "id": "3"}));
    assert_eq!(value["priority"], json!({"level": "high", "name": "High", "id": "2"}));
    assert_eq!(value["assignee_id"], "u1");
    assert_eq!(value["assignees"], json!(["u1", "u2"]));
    assert_eq!(value["estimated_hours"], 2.5);
    assert_eq!(value["due_date"], "2026-03-01");
    assert_eq!(value["created_at"], "2026-01-02T03:04:05.678901Z");
    assert_eq!(value["parent_task_id"], serde_json::Value::Null);
    let back: PMTask = serde_json::from_str(&text).unwrap();
    assert_eq!(back, task);
    assert_eq!(back.raw_data.as_str(), Some(r#"{"b": 1,  "a": [2.50]}"#));
}

#[test]
fn a_task_is_read_from_the_least_there_can_be() {
    let task: PMTask = serde_json::from_str(r#"{"id":"1","project_id":"7","title":"x","status":"completed"}"#).unwrap();
    assert_eq!(task.status, Status::new(StatusCategory::Done, "Done"));
    assert_eq!(task.visibility, Visibility::Public);
    assert!(task.raw_data.is_none());
}

#[test]
fn bare_words_are_read_as_statuses_and_priorities() {
    for (word, category) in [
        ("completed", StatusCategory::Done),
        ("in progress", StatusCategory::InProgress),
        ("In-Progress", StatusCategory::InProgress),
        ("canceled", StatusCategory::Cancelled),
        ("backlog", StatusCategory::Backlog),
    ] {
        let status: Status = serde_json::from_value(json!(word)).unwrap();
        assert_eq!(status.category, category, "{word}");
    }
    let sprint: SprintStatus = serde_json::from_value(json!("active")).unwrap();
    assert_eq!(sprint.category, SprintStatusCategory::Active);
    let priority: Priority = serde_json::from_value(json!("urgent")).unwrap();
    assert_eq!(priority.level, PriorityLevel::Urgent);
}

#[test]
fn an_unknown_word_lists_the_choices() {
    let error = serde_json::from_value::<Status>(json!("finnished")).unwrap_err().to_string();
    assert_eq!(
        error,
        "`finnished` is no task status; allowed are `backlog`, `todo`, `in_progress`, `done`, `cancelled`, `unknown`"
    );
    let error = serde_json::from_value::<Priority>(json!({"urgency": 1})).unwrap_err().to_string();
    assert_eq!(error, "`urgency` is no member of a priority; allowed are `level`, `name`, `id`");
}

#[test]
fn half_a_status_is_refused_and_nothing_of_it_dropped() {
    for half in [json!({"category": "done", "id": "3"}), json!({"name": "Done", "id": "3"})] {
        let error = serde_json::from_value::<TaskPatch>(json!({ "status": half })).unwrap_err().to_string();
        assert_eq!(error, "an id of a task status comes alone, or with both `category` and `name`");
    }
    let patch: TaskPatch = serde_json::from_value(json!({"status": {"id": "3"}})).unwrap();
    assert_eq!(patch.status, FieldPatch::Set(StatusRef::Id("3".into())));
}

#[test]
fn every_word_and_alias_belongs_to_one_category_only() {
    fn check<V: Vocabulary>() {
        let mut seen = std::collections::BTreeMap::new();
        for member in V::ALL {
            let folded = member.word().replace('_', "");
            for word in std::iter::once(folded.as_str()).chain(member.aliases().iter().copied()) {
                assert_eq!(V::find(word), Some(*member), "{word}");
                assert!(seen.insert(word.to_owned(), *member).is_none(), "{word} stands twice");
            }
        }
    }
    check::<StatusCategory>();
    check::<ProjectStatusCategory>();
    check::<SprintStatusCategory>();
    check::<PriorityLevel>();
}

#[test]
fn a_patch_tells_missing_null_and_value_apart() {
    let text = r#"{"status":"completed","due_date":null,"assignee_id":"u1","labels":{"add":["a"],"remove":["b"]},"custom_fields":{"Points":3,"Old":null}}"#;
    let patch: TaskPatch = serde_json::from_str(text).unwrap();
    let expected = TaskPatch::new()
        .status("completed")
        .clear_due_date()
        .assignees(["u1"])
        .add_labels(["a"])
        .remove_labels(["b"])
        .custom_field("Points", 3)
        .clear_custom_field("Old");
    assert_eq!(patch, expected);
    let back = serde_json::to_value(&patch).unwrap();
    assert_eq!(
        back,
        json!({"status": "completed", "due_date": null, "assignees": ["u1"],
            "labels": {"add": ["a"], "remove": ["b"]}, "custom_fields": {"Points": 3, "Old": null}})
    );
    assert_eq!(serde_json::to_string(&TaskPatch::new()).unwrap(), "{}");
}

#[test]
fn null_empties_a_set_and_a_list_replaces_it() {
    let patch: TaskPatch = serde_json::from_str(r#"{"labels": null, "assignees": ["a", "b"]}"#).unwrap();
    assert_eq!(patch.labels, SetPatch::Replace(vec![]));
    assert_eq!(patch.assignees, SetPatch::Replace(vec!["a".into(), "b".into()]));
}

#[test]
fn a_misspelt_member_is_an_error_and_not_ignored() {
    let error = serde_json::from_str::<TaskPatch>(r#"{"titel": "x"}"#).unwrap_err().to_string();
    assert!(error.contains("unknown field `titel`"), "{error}");
    let error = serde_json::from_str::<NewTask>(r#"{"project_id":"1","title":"x","due":"2026-01-01"}"#).unwrap_err();
    assert!(error.to_string().contains("unknown field `due`"), "{error}");
    assert!(serde_json::from_str::<TaskQuery>(r#"{"assigned": "x"}"#).is_err());
}

#[test]
fn a_query_tells_any_unset_and_one_apart() {
    let query: TaskQuery = serde_json::from_str(r#"{"sprint": null, "assignee": "u1"}"#).unwrap();
    assert_eq!(query, TaskQuery::new().without_sprint().assignee("u1"));
    assert_eq!(serde_json::to_value(&query).unwrap(), json!({"sprint": null, "assignee": "u1"}));
    assert_eq!(serde_json::to_string(&TaskQuery::new()).unwrap(), "{}");
}

#[test]
fn a_new_task_is_read_from_json() {
    let text = r#"{"project_id":"7","title":"Paint","assignee_id":"u1","labels":"one","priority":"high","estimated_hours":0.3333333333333333}"#;
    let new: NewTask = serde_json::from_str(text).unwrap();
    assert_eq!(new.assignees, [UserId::new("u1")]);
    assert_eq!(new.labels, ["one"]);
    assert_eq!(new.estimated_hours, Some(Hours::from_seconds(1_200)));
    let back: NewTask = serde_json::from_value(serde_json::to_value(&new).unwrap()).unwrap();
    assert_eq!(back, new);
}

#[test]
fn wrong_durations_and_dates_are_refused_with_what_is_allowed() {
    let error = serde_json::from_value::<Hours>(json!(-2)).unwrap_err().to_string();
    assert!(error.contains("`-2` is not a duration in hours; allowed is 0 to 8766000"), "{error}");
    assert!(Hours::from_hours(f64::NAN).is_err());
    assert!(Hours::from_hours(f64::INFINITY).is_err());
    assert!(serde_json::from_str::<NewTask>(r#"{"project_id":"1","title":"x","due_date":"2026-02-30"}"#).is_err());
}

#[test]
fn items_keep_their_raw_data_through_json() {
    let raw = RawData::from_json(r#"{"z":1, "a":1.0, "z":2}"#).unwrap();
    let item = Item::from(PMTask::new("1", "7", "x", StatusCategory::Todo).raw_data(raw));
    let text = serde_json::to_string(&Change::new(ChangeKind::Written(item))).unwrap();
    let back: Change = serde_json::from_str(&text).unwrap();
    let ChangeKind::Written(Item::Task(task)) = back.kind else { panic!("{back:?}") };
    assert_eq!(task.raw_data.as_str(), Some(r#"{"z":1, "a":1.0, "z":2}"#));
}

#[test]
fn raw_data_is_neither_printed_nor_compared() {
    let with = RawData::from_json(r#"{"secret":"s3cr3t"}"#).unwrap();
    assert_eq!(format!("{with:?}"), "RawData(19 bytes)");
    assert_eq!(with, RawData::none());
    assert!(RawData::from_json("{").is_err());
    assert_eq!(with.parse::<serde_json::Value>().unwrap()["secret"], "s3cr3t");
    assert_eq!(RawData::none().parse::<u8>().unwrap_err().kind(), ErrorKind::InvalidResponse);
}

#[test]
fn custom_fields_hold_any_json_but_null() {
    let text = r#"{"a":true,"b":-3,"c":2.5,"d":"x","e":[1,"y"],"f":{"g":[]}}"#;
    let fields: CustomFields = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&fields).unwrap(), text);
    assert!(serde_json::from_str::<CustomFields>(r#"{"a":18446744073709551615}"#).is_err());
    assert!(serde_json::from_str::<CustomFields>(r#"{"a":{"b":1,"b":2}}"#).is_err());
}

#[test]
fn a_patch_tells_a_time_to_the_microsecond() {
    let time: chrono::DateTime<chrono::Utc> = "2026-01-02T03:04:05.678901999Z".parse().unwrap();
    let patch = TaskPatch::new().completed_at(time);
    let json = r#"{"completed_at":"2026-01-02T03:04:05.678901Z"}"#;
    assert_eq!(serde_json::to_string(&patch).unwrap(), json);
    assert_eq!(serde_json::from_str::<TaskPatch>(json).unwrap(), patch);
    let cleared: TaskPatch = serde_json::from_str(r#"{"completed_at":null}"#).unwrap();
    assert_eq!(cleared.completed_at, FieldPatch::Clear);
}

#[test]
fn a_copy_keeps_values_drops_ids_and_is_the_same_twice() {
    let task = PMTask::new("42", "7", "Paint", Status::new(StatusCategory::InProgress, "In Review").id("3"))
        .assignees(["u1"])
        .author_id("u2")
        .parent_task_id("41")
        .sprint_id("5")
        .labels(["a"])
        .key("WEB-42")
        .created_at("2026-01-02T03:04:05Z".parse().unwrap());
    let copy = NewTask::copy_of(&task, &"p".into());
    assert_eq!(copy.item.key, None, "the key of another system");
    let like = StatusRef::Like { name: "In Review".into(), category: StatusCategory::InProgress };
    assert_eq!(copy.item.status, Some(like));
    assert_eq!(copy.item.labels, ["a"]);
    assert!(copy.item.assignees.is_empty() && copy.item.parent_task_id.is_none() && copy.item.sprint_id.is_none());
    let dropped: Vec<_> = copy.dropped.iter().map(|dropped| dropped.field).collect();
    assert_eq!(dropped, [Field::Assignees, Field::AuthorId, Field::ParentTaskId, Field::SprintId]);
    assert_eq!(copy.item.idempotency_key, NewTask::copy_of(&task, &"p".into()).item.idempotency_key);
    assert_ne!(copy.item.idempotency_key, NewTask::copy_of(&task, &"q".into()).item.idempotency_key);
    let other = task.clone().created_at("2026-01-02T03:04:06Z".parse().unwrap());
    assert_ne!(copy.item.idempotency_key, NewTask::copy_of(&other, &"p".into()).item.idempotency_key);
}

#[test]
fn a_copy_has_a_time_of_completion_only_where_the_task_is_over() {
    let time = "2026-01-02T03:04:05Z".parse().unwrap();
    for (category, kept) in [
        (StatusCategory::Done, true),
        (StatusCategory::Cancelled, true),
        (StatusCategory::InProgress, false),
        (StatusCategory::Unknown, false),
    ] {
        let copy = NewTask::copy_of(&PMTask::new("42", "7", "Paint", category).completed_at(time), &"p".into());
        assert_eq!(copy.item.completed_at, kept.then_some(time), "{category:?}");
        let dropped: Vec<_> = copy.dropped.iter().map(|dropped| dropped.field).collect();
        assert_eq!(dropped, if kept { Vec::new() } else { vec![Field::CompletedAt] }, "{category:?}");
    }
}

#[test]
fn a_copy_has_no_key_where_two_sources_could_share_it() {
    let task = PMTask::new("42", "7", "Paint", StatusCategory::Todo);
    assert_eq!(NewTask::copy_of(&task, &"p".into()).item.idempotency_key, None);
    let addressed = |host: &str| {
        let task = task.clone().url(format!("https://{host}/42"));
        NewTask::copy_of(&task, &"p".into()).item.idempotency_key.unwrap()
    };
    assert_ne!(addressed("one.example"), addressed("two.example"));
    let user = PMUser::new("1", "Ada").login("ada").active(false);
    let copy = NewUser::copy_of(&user).item;
    assert_eq!((copy.login.as_deref(), copy.active), (Some("ada"), Some(false)));
    assert!(copy.idempotency_key.is_some());
}

#[test]
fn a_copy_fits_the_target_and_says_what_it_left() {
    let required = FieldSupport::required();
    let tasks = EntityCapabilities::new()
        .all_operations()
        .fields([Field::ProjectId, Field::Title, Field::Status], &required)
        .create_guarantee(CreateGuarantee::Native);
    let target = Capabilities::new("small").with(Entity::Task, tasks);
    let task = PMTask::new("1", "7", "x", StatusCategory::Done).labels(["a"]).url("https://example.org/1");
    let copy = NewTask::copy_of(&task, &"p".into());
    assert_eq!(target.check_create(&copy.item).unwrap_err().kind(), ErrorKind::Unsupported);
    let copy = copy.fit(&target);
    target.check_create(&copy.item).unwrap();
    let dropped: Vec<_> = copy.dropped.iter().map(|dropped| dropped.field).collect();
    assert_eq!(dropped, [Field::Labels, Field::Url]);
}
