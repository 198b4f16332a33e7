//! What is refused before any request.

use pm_provider::*;

fn capabilities() -> Capabilities {
    let tasks = EntityCapabilities::new()
        .operations([Operation::List, Operation::Get, Operation::Create, Operation::Update])
        .fields([Field::ProjectId, Field::Status], &FieldSupport::required())
        .fields([Field::Title], &FieldSupport::required().max_length(10))
        .fields(
            [Field::Description, Field::DueDate, Field::Labels, Field::Assignees, Field::CustomFields],
            &FieldSupport::full(),
        )
        .fields([Field::CreatedAt], &FieldSupport::read_only())
        .filters([Filter::Project, Filter::Text]);
    Capabilities::new("toy").with(Entity::Task, tasks)
}

fn message(result: Result<()>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_plain_create_passes() {
    capabilities()
        .check_create(
            &NewTask::new("1", "Paint").labels(["a"]).due_date("2026-01-01".parse::<chrono::NaiveDate>().unwrap()),
        )
        .unwrap();
}

#[test]
fn a_field_that_is_not_there_is_unsupported() {
    let error = capabilities()
        .check_create(&NewTask::new("1", "x").task_type("Bug").created_at(chrono::Utc::now()))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.effect(), &Effect::NotExecuted);
    let fields: Vec<_> = error.field_errors().iter().map(|error| error.field).collect();
    assert_eq!(fields, [Field::TaskType, Field::CreatedAt]);
    assert!(
        error
            .to_string()
            .starts_with("toy create_task: `task_type`, `created_at` of a task cannot be given on create in `toy`"),
        "{error}"
    );
}

#[test]
fn an_operation_that_is_not_there_is_unsupported() {
    let error = capabilities().check_delete(Entity::Task, &DeleteOptions::new()).unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Unsupported, Some("delete_task")));
    let error = capabilities().check_create(&NewSprint::new("1", "x")).unwrap_err();
    assert_eq!(error.to_string(), "toy create_sprint: `toy` cannot create a sprint");
}

#[test]
fn a_filter_or_order_that_is_not_there_is_unsupported() {
    let query = TaskQuery::in_project("1").labels(["a"]).unassigned();
    assert_eq!(
        message(capabilities().check_query(&query)),
        "toy list_tasks: `toy` cannot filter tasks by `unassigned`, `labels`"
    );
    let sorted = TaskQuery::new().sort(Sort::descending(SortField::UpdatedAt));
    assert_eq!(capabilities().check_query(&sorted).unwrap_err().kind(), ErrorKind::Unsupported);
    capabilities().check_query(&TaskQuery::in_project("1").text("a")).unwrap();
}

#[test]
fn comments_and_relations_are_listed_within_a_task_or_a_project() {
    let lists = EntityCapabilities::new().operations([Operation::List]);
    let plain = Capabilities::new("toy").with(Entity::Comment, lists.clone()).with(Entity::Relation, lists.clone());
    let able = plain.clone().with(Entity::Comment, lists.clone().filters([Filter::Project]));
    let able = able.with(Entity::Relation, lists.filters([Filter::Project]));
    plain.check_query(&CommentQuery::of_task("1")).unwrap();
    plain.check_query(&RelationQuery::of_task("1")).unwrap();
    able.check_query(&CommentQuery::in_project("1")).unwrap();
    able.check_query(&RelationQuery::in_project("1")).unwrap();
    assert_eq!(
        message(plain.check_query(&RelationQuery::in_project("1"))),
        "toy list_relations: `toy` cannot filter relations by `project`"
    );
    let kind = plain.check_query(&CommentQuery::in_project("1")).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::Unsupported);
    let neither: CommentQuery = serde_json::from_str("{}").unwrap();
    assert_eq!(
        message(able.check_query(&neither)),
        "toy list_comments: comments are listed within a `task` or a `project`, and neither is named"
    );
    let neither: RelationQuery = serde_json::from_str("{}").unwrap();
    assert_eq!(able.check_query(&neither).unwrap_err().kind(), ErrorKind::InvalidInput);
    let nothing = able.check_query(&RelationQuery::of_task("1").page_size(0_u32)).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::InvalidInput);
}

#[test]
fn keys_and_locks_need_a_backend_that_has_them() {
    let error = capabilities().check_create(&NewTask::new("1", "x").idempotency_key("k")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let error = capabilities().check_update(&TaskPatch::new().title("y").if_version("1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn values_that_no_backend_takes_are_invalid() {
    let far = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap();
    for (new, part) in [
        (NewTask::new("1", "  "), "`title`: is empty"),
        (NewTask::new("", "x"), "`project_id`: is an empty id"),
        (NewTask::new("1", "a\0b"), "`title`: holds a NUL"),
        (NewTask::new("1", "x").description("a\0b"), "`description`: holds a NUL"),
        (NewTask::new("1", "x").labels([""]), "`labels`: holds an empty text"),
        (NewTask::new("1", "x").due_date(far), "`due_date`: is in the year 10000; allowed are 1 to 9999"),
        (NewTask::new("1", "x").status(StatusCategory::Unknown), "`status`: cannot be set to `unknown`"),
        (NewTask::new("1", "12345678901"), "`title`: has 11 characters; allowed are 10"),
        (
            NewTask::new("1", "x").custom_fields(
                [("a".to_owned(), CustomValue::Text("\0".into()))].into_iter().collect::<CustomFields>(),
            ),
            "`custom_fields`: `a` holds a NUL",
        ),
    ] {
        let error = capabilities().check_create(&new).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(capabilities().check_query(&TaskQuery::new().text("\0")).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(
        capabilities().check_query(&TaskQuery::new().page_size(0_u32)).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[test]
fn the_limit_counts_characters_and_not_bytes() {
    capabilities().check_create(&NewTask::new("1", "ÄÖÜäöüß€🦀x")).unwrap();
}

#[test]
fn what_must_have_a_value_cannot_be_cleared() {
    let patch: TaskPatch = serde_json::from_str(r#"{"title": null}"#).unwrap();
    let error = capabilities().check_update(&patch).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "toy update_task: `title` of a task must have a value; it cannot be cleared");
    assert_eq!(capabilities().check_update(&TaskPatch::new().title("")).unwrap_err().kind(), ErrorKind::InvalidInput);
    capabilities().check_update(&TaskPatch::new().clear_due_date()).unwrap();
}

#[test]
fn the_needs_of_an_application_come_back_in_one_error() {
    let needs = Needs::new()
        .operation(Entity::Task, Operation::Delete)
        .operation(Entity::Task, Operation::Create)
        .read(Entity::Task, Field::CreatedAt)
        .write(Entity::Task, Field::TaskType)
        .filter(Entity::Task, Filter::Labels)
        .lock(Entity::Task)
        .ability(Ability::Batch);
    let error = needs.check(&capabilities()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "toy: `toy` lacks what this application needs: delete task, write `task_type` of task, filter task by `labels`, lock task, ability `batch`"
    );
    Needs::new().operation(Entity::Task, Operation::Create).check(&capabilities()).unwrap();
}

#[test]
fn a_read_only_provider_promises_no_write() {
    let capabilities = capabilities().read_only();
    assert_eq!(capabilities.check_create(&NewTask::new("1", "x")).unwrap_err().kind(), ErrorKind::Unsupported);
    assert!(capabilities.can(Entity::Task, Operation::List));
    assert!(capabilities.entity(Entity::Task).field(Field::Title).readable.is_possible());
}

#[test]
fn sets_are_edited_without_duplicates() {
    let current = ["a".to_owned(), "b".to_owned()];
    let edit = |patch: TaskPatch| patch.labels.apply(&current).join(",");
    assert_eq!(edit(TaskPatch::new()), "a,b");
    assert_eq!(edit(TaskPatch::new().add_labels(["c", "a"])), "a,b,c");
    assert_eq!(edit(TaskPatch::new().remove_labels(["a", "z"])), "b");
    assert_eq!(edit(TaskPatch::new().add_labels(["c"]).remove_labels(["c", "b"])), "a");
    assert_eq!(edit(TaskPatch::new().labels(["x", "x", "y"])), "x,y");
    assert_eq!(edit(TaskPatch::new().labels(["x"]).add_labels(["y"]).remove_labels(["x"])), "y");
}

#[test]
fn a_batch_is_checked_as_a_whole() {
    let toy = capabilities().max_batch_size(2_u32);
    toy.check_batch(2, &BatchOptions::new()).unwrap();
    let error = toy.check_batch(3, &BatchOptions::new()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "toy apply_batch: a batch of 3 is too large for `toy`; allowed are 2\nhint: send it in parts"
    );
    assert_eq!(toy.check_batch(1, &BatchOptions::new().atomic(true)).unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn a_query_of_the_change_feed_is_checked() {
    let facts = ChangeFacts::exact([Entity::Task]);
    let check = |query: ChangeQuery| capabilities().check_changes(&facts, &query).map_err(|error| error.kind());
    check(ChangeQuery::new().entities([Entity::Task])).unwrap();
    assert_eq!(check(ChangeQuery::new().entities([Entity::Sprint])), Err(ErrorKind::Unsupported));
    assert_eq!(check(ChangeQuery::new().page_size(0_u32)), Err(ErrorKind::InvalidInput));
    assert_eq!(check(ChangeQuery::in_project("a\0b")), Err(ErrorKind::InvalidInput));
}

#[test]
fn a_set_holds_no_more_than_it_may() {
    let tasks = EntityCapabilities::new()
        .operations([Operation::Create, Operation::Update])
        .fields([Field::ProjectId, Field::Title], &FieldSupport::required())
        .fields([Field::Assignees], &FieldSupport::full().max_items(1));
    let capabilities = Capabilities::new("toy").with(Entity::Task, tasks);
    capabilities.check_create(&NewTask::new("1", "x").assignees(["ada", "ada"])).unwrap();
    capabilities.check_update(&TaskPatch::new().add_assignees(["ada"]).remove_assignees(["bob"])).unwrap();
    let created = capabilities.check_create(&NewTask::new("1", "x").assignees(["ada", "bob"]));
    let replaced = capabilities.check_update(&TaskPatch::new().assignees(["ada", "bob"]));
    let added = capabilities.check_update(&TaskPatch::new().add_assignees(["ada", "bob"]));
    for answer in [created, replaced, added] {
        let error = answer.unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::Assignees));
        assert!(error.to_string().contains("has 2 values; allowed are 1"), "{error}");
    }
}
