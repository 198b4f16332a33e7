use pm_core::{NewUser, StatusCategory, TaskPatch};

use super::*;

/// Imports one row, edits the task, and brings in another version of the row.
async fn merged(before: Value, edit: TaskPatch, after: Value) -> (PMTask, Summary, Vec<String>) {
    let bench = Bench::new();
    bench.rows(&PLAIN, json!([before])).await;
    let task = bench.tasks().await.remove(0);
    if !edit.is_empty() {
        bench.provider.update_task(&task.id, edit).await.unwrap();
    }
    let (summary, heard) = bench.rows(&UPDATE, json!([after])).await;
    let dump = bench.dump().await;
    let (again, heard_again) = bench.rows(&UPDATE, json!([after])).await;
    assert_eq!((counts(&again), again.changed_in_source), ([0, 0, 1, 0, 0], 0), "what was decided stays decided");
    assert!(heard_again.conflicts().is_empty(), "a conflict is reported once");
    assert_eq!(bench.dump().await, dump);
    (bench.tasks().await.remove(0), summary, heard.conflicts())
}

#[expect(clippy::needless_pass_by_value, reason = "reads better in tests")]
fn row(changes: Value) -> Value {
    let mut row = json!({"id": 1, "title": "Old"});
    for (name, value) in changes.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

#[tokio::test]
async fn without_update_nothing_changes_and_the_summary_says_what_would() {
    let bench = Bench::new();
    bench.rows(&PLAIN, json!([row(json!({})), {"id": 2, "title": "x"}])).await;
    let before = bench.dump().await;
    let (summary, _) = bench.rows(&PLAIN, json!([row(json!({"title": "New"})), {"id": 2, "title": "x"}])).await;
    assert_eq!((counts(&summary), summary.changed_in_source), ([0, 0, 2, 0, 0], 1));
    // The same row, written another way, is the same row.
    let (summary, _) = bench.run(&by_name(), &UPDATE, "[ {\"title\": \"Old\",\n \"id\": 1} ]").await;
    assert_eq!(summary.unwrap().changed_in_source, 0);
    assert_eq!(bench.dump().await, before);
}

#[tokio::test]
async fn a_field_that_changed_in_the_source_alone_is_taken_over() {
    let edit = TaskPatch::new().description("mine");
    let (task, summary, conflicts) = merged(row(json!({})), edit, row(json!({"title": "New"}))).await;
    assert_eq!((task.title.as_str(), task.description.as_deref()), ("New", Some("mine")));
    assert_eq!((counts(&summary), conflicts.len()), ([0, 1, 0, 0, 0], 0));
    assert_eq!(task.raw_data.parse::<Value>().unwrap()["title"], "New");
}

#[tokio::test]
async fn a_field_that_changed_here_alone_stays() {
    let edit = TaskPatch::new().title("Mine");
    let (task, summary, conflicts) = merged(row(json!({})), edit, row(json!({"description": "new"}))).await;
    assert_eq!((task.title.as_str(), task.description.as_deref()), ("Mine", Some("new")));
    assert_eq!((summary.updated, conflicts.len()), (1, 0));
}

#[tokio::test]
async fn a_field_that_changed_on_both_sides_stays_and_is_reported() {
    let edit = TaskPatch::new().title("Mine").due_date("2024-01-01".parse::<pm_core::chrono::NaiveDate>().unwrap());
    let after = row(json!({"title": "New", "due_date": "2024-02-02", "labels": "x"}));
    let (task, summary, conflicts) = merged(row(json!({})), edit, after).await;
    assert_eq!((task.title.as_str(), task.labels.as_slice()), ("Mine", &["x".to_owned()][..]));
    assert_eq!(conflicts, ["1 title: Old -> New | Mine", "1 due_date: - -> 2024-02-02 | 2024-01-01"]);
    assert_eq!((summary.conflicts, summary.updated), (2, 1));
}

#[tokio::test]
async fn the_same_change_on_both_sides_is_none() {
    let (task, summary, conflicts) =
        merged(row(json!({})), TaskPatch::new().title("New"), row(json!({"title": "New"}))).await;
    assert_eq!((task.title.as_str(), conflicts.len()), ("New", 0));
    assert_eq!((summary.updated, summary.renewed), (0, 1));
}

#[tokio::test]
async fn sets_are_merged_element_by_element() {
    let before = row(json!({"labels": ["a", "b"], "assignees": ["ada", "bob"]}));
    let after = row(json!({"labels": ["b", "c"], "assignees": ["bob", "eve"]}));
    let edit = TaskPatch::new().add_labels(["mine"]).remove_labels(["b"]);
    let (task, summary, conflicts) = merged(before, edit, after).await;
    assert_eq!((task.labels, conflicts.len()), (vec!["mine".to_owned(), "c".to_owned()], 0));
    assert_eq!((task.assignees.len(), summary.updated), (2, 1));
}

#[tokio::test]
async fn a_status_takes_the_time_of_completion_along() {
    let open = row(json!({"status": "todo"}));
    let closed = row(json!({"status": "done", "completed_at": "2024-01-02T03:04:05Z"}));
    let (task, ..) = merged(open.clone(), TaskPatch::new(), closed.clone()).await;
    assert_eq!(task.status.category, StatusCategory::Done);
    assert_eq!(task.completed_at.unwrap().to_rfc3339(), "2024-01-02T03:04:05+00:00");
    let (task, ..) = merged(closed.clone(), TaskPatch::new(), open.clone()).await;
    assert_eq!((task.status.category, task.completed_at), (StatusCategory::Todo, None));
    // Only the time changed.
    let later = row(json!({"status": "done", "completed_at": "2024-05-05T00:00:00Z"}));
    let (task, ..) = merged(closed.clone(), TaskPatch::new(), later).await;
    assert_eq!(task.completed_at.unwrap().to_rfc3339(), "2024-05-05T00:00:00+00:00");
    // Done on both sides: the time here stays, without a word.
    let (task, _, conflicts) =
        merged(open.clone(), TaskPatch::new().status(StatusCategory::Done), closed.clone()).await;
    assert!(task.completed_at.unwrap().to_rfc3339().as_str() > "2025" && conflicts.is_empty());
    // Begun here, done there.
    let begun = TaskPatch::new().status(StatusCategory::InProgress);
    let (task, _, conflicts) = merged(open, begun, closed).await;
    assert_eq!((task.status.category, task.completed_at), (StatusCategory::InProgress, None));
    assert_eq!(conflicts, ["1 status: To Do -> Done | In Progress"]);
}

#[tokio::test]
async fn emptied_fields_are_emptied() {
    let full = row(json!({
        "description": "x", "due_date": "2024-01-01", "start_date": "2024-01-01", "estimated_hours": 1, "actual_hours": 2,
        "priority": "high", "task_type": "Bug", "url": "https://x", "sprint": "May", "status": "done",
    }));
    let empty = row(json!({
        "description": null, "due_date": "", "start_date": null, "estimated_hours": null, "actual_hours": null,
        "priority": null, "task_type": null, "url": null, "sprint": null, "status": null,
    }));
    let (task, summary, conflicts) = merged(full.clone(), TaskPatch::new(), empty).await;
    assert_eq!((task.description, task.due_date, task.start_date, task.url), (None, None, None, None));
    assert_eq!((task.estimated_hours, task.actual_hours, task.priority, task.task_type), (None, None, None, None));
    assert_eq!((task.sprint_id, task.status.category), (None, StatusCategory::Done), "a status cannot be empty");
    assert_eq!((summary.updated, conflicts.len()), (1, 0));
    let (task, ..) = merged(row(json!({})), TaskPatch::new(), full).await;
    assert!(task.sprint_id.is_some() && task.priority.is_some() && task.estimated_hours.is_some());
}

#[tokio::test]
async fn what_a_row_does_not_speak_of_stays() {
    let full = row(
        json!({ "status": "todo", "description": "x", "due_date": "2024-01-01", "labels": ["a"], "assignees": ["ada"] }),
    );
    let (task, summary, conflicts) = merged(full, TaskPatch::new(), row(json!({ "status": "done" }))).await;
    assert_eq!((task.description.as_deref(), task.labels.len(), task.assignees.len()), (Some("x"), 1, 1));
    assert!(task.due_date.is_some() && task.status.category == StatusCategory::Done);
    assert_eq!((summary.updated, conflicts.len()), (1, 0));
}

#[tokio::test]
async fn statuses_of_one_category_are_different_statuses() {
    let (begun, done) = (row(json!({"status": "in_progress"})), row(json!({"status": "done"})));
    let review = pm_core::Status::new(StatusCategory::InProgress, "In QA");
    let (task, _, conflicts) = merged(begun, TaskPatch::new().status(review), done).await;
    assert_eq!(task.status.name, "In QA");
    assert_eq!(conflicts, ["1 status: In Progress -> Done | In QA"]);
}

#[tokio::test]
async fn custom_fields_and_parents_are_merged() {
    let options = MappingOptions {
        key: Some("id".into()),
        fields: ["title=t", "field:Cost=c", "parent=p"].map(String::from).to_vec(),
        ..<_>::default()
    };
    let mapping = Mapping::new(&options).unwrap();
    let bench = Bench::new();
    let run = async |options, rows: Value| bench.run(&mapping, options, rows.to_string()).await;
    run(&PLAIN, json!([{"id": 1, "t": "a"}, {"id": 2, "t": "b"}, {"id": 3, "t": "c", "p": 1, "c": 5}]))
        .await
        .0
        .unwrap();
    let after = json!([{"id": 1, "t": "a"}, {"id": 2, "t": "b"}, {"id": 3, "t": "c", "p": 2, "c": 6}]);
    let summary = run(&UPDATE, after).await.0.unwrap();
    assert_eq!(counts(&summary), [0, 1, 2, 0, 0]);
    let tasks = bench.tasks().await;
    assert_eq!(tasks[2].parent_task_id.as_ref(), Some(&tasks[1].id));
    assert_eq!(serde_json::to_value(&tasks[2].custom_fields).unwrap(), json!({"Cost": 6}));
}

#[tokio::test]
async fn milestones_are_merged_as_well() {
    let bench = Bench::new();
    let with = |title: &str, state: &str| {
        issue(
            1,
            json!({"milestone": {"url": "m/1", "title": title, "state": state, "due_on": null, "description": "x"}}),
        )
    };
    bench.issues(&PLAIN, &[with("v1", "open")]).await;
    let sprints = async || bench.provider.list_sprints(pm_core::SprintQuery::new()).await.unwrap();
    let sprint = sprints().await.remove(0);
    bench.provider.update_sprint(&sprint.id, pm_core::SprintPatch::new().goal("mine")).await.unwrap();
    let (summary, _) = bench.issues(&UPDATE, &[with("v1.0", "closed")]).await;
    assert_eq!((summary.sprints_updated, summary.renewed, summary.conflicts), (1, 1, 0));
    let sprint = sprints().await.remove(0);
    assert_eq!((sprint.name.as_str(), sprint.goal.as_deref()), ("v1.0", Some("mine")));
    assert_eq!(sprint.status.category, pm_core::SprintStatusCategory::Completed);
    let dump = bench.dump().await;
    bench.issues(&UPDATE, &[with("v1.0", "closed")]).await;
    assert_eq!(bench.dump().await, dump);
}

#[tokio::test]
async fn who_goes_by_another_name_here_is_still_the_same() {
    let bench = Bench::new();
    bench.issues(&PLAIN, &[issue(1, json!({}))]).await;
    let admin = bench.provider.user_admin().unwrap();
    let ada = bench.provider.list_users(pm_core::UserQuery::new()).await.unwrap().remove(0);
    admin.update_user(&ada.id, pm_core::UserPatch::new().login("lovelace")).await.unwrap();
    let (summary, _) = bench.issues(&PLAIN, &[issue(2, json!({}))]).await;
    assert_eq!(summary.users_created, 0);
    assert_eq!(bench.tasks().await[1].author_id.as_ref(), Some(&ada.id));
    admin.create_user(NewUser::new("x").login("x")).await.unwrap();
}
