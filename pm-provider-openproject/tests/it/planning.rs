//! Sprints, labels, types, custom fields: what depends on the server and on the project.

use std::sync::Arc;

use pm_provider::{
    CustomFieldKind, CustomFields, DeleteOptions, Entity, ErrorKind, Field, NewSprint, NewTask, PmProvider,
    PmProviderExt, SprintQuery, TaskPatch, TaskQuery,
};
use pm_provider_openproject::{OpenProjectProvider, SprintBackend};
use pm_testkit::openproject::{FakeOpenProject, Seed};

use crate::support::{begin, config, provider, seeded, task};

const GARDEN: &str = r#"{
    "labels": ["urgent", "Paint"],
    "types": [{"name": "Task", "default": true}, {"name": "Milestone", "milestone": true}],
    "custom_fields": [{"name": "Customer", "kind": "list", "options": ["Ada & Co", "Bob"]}],
    "projects": [{"identifier": "garden", "name": "Garden", "types": ["Task", "Milestone"],
        "versions": [{"name": "Spring"}], "sprints": [{"name": "Sprint 1", "status": "active"}]}]}"#;

#[tokio::test]
async fn trap_sprints_are_there_on_the_newest_servers_only() {
    let server = seeded(GARDEN).await;
    let auto = provider(&server);
    let project = auto.project_by_key("garden").await.unwrap().id;
    let sprints = auto.list_sprints(SprintQuery::in_project(&project)).await.unwrap();
    assert_eq!(sprints[0].name, "Sprint 1");
    assert!(sprints[0].id.as_str().starts_with("sprint:"));
    let planned = auto.create_task(NewTask::new(&project, "Paint").sprint_id(&sprints[0].id)).await.unwrap();
    assert_eq!(planned.sprint_id, Some(sprints[0].id.clone()));
    let error = auto.create_sprint(NewSprint::new(&project, "Sprint 2")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("sprint_backend"), "{error}");

    let versions = config(&server).sprint_backend(SprintBackend::Versions);
    let versions = Arc::new(OpenProjectProvider::new(versions).unwrap());
    let listed = versions.list_sprints(SprintQuery::in_project(&project)).await.unwrap();
    assert!(listed[0].id.as_str().starts_with("version:"), "their ids never collide");
}

#[tokio::test]
async fn an_old_server_has_versions() {
    let (_server, provider, project) = begin().await;
    let sprint = provider.create_sprint(NewSprint::new(&project, "Spring")).await.unwrap();
    let planned = provider.create_task(NewTask::new(&project, "Paint").sprint_id(&sprint.id)).await.unwrap();
    let free = task(&provider, &project, "Sweep").await;
    let within = provider.list_tasks(TaskQuery::new().sprint(&sprint.id)).await.unwrap();
    assert_eq!(within.iter().map(|task| &task.id).collect::<Vec<_>>(), [&planned.id]);
    let outside = provider.list_tasks(TaskQuery::in_project(&project).without_sprint()).await.unwrap();
    assert_eq!(outside.iter().map(|task| &task.id).collect::<Vec<_>>(), [&free.id]);
    provider.delete_sprint(&sprint.id, DeleteOptions::new()).await.unwrap();
    assert_eq!(provider.get_task(&planned.id).await.unwrap().sprint_id, None);
}

#[tokio::test]
async fn trap_labels_are_there_on_the_newest_servers_only() {
    let server = seeded(GARDEN).await;
    let newest = provider(&server);
    let project = newest.project_by_key("garden").await.unwrap().id;
    let made = newest.create_task(NewTask::new(&project, "Fence").labels(["URGENT"])).await.unwrap();
    assert_eq!(made.labels, ["urgent"]);
    let changed = newest.update_task(&made.id, TaskPatch::new().add_labels(["Paint"])).await.unwrap();
    assert_eq!(changed.labels.len(), 2);
    let found = newest.list_tasks(TaskQuery::new().labels(["urgent", "Paint"])).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(newest.list_tasks(TaskQuery::new().labels(["absent"])).await.unwrap().is_empty());
    let error = newest.create_task(NewTask::new(&project, "Fence").labels(["new one"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`urgent`"), "{error}");
    assert!(newest.project_schema(&project).await.unwrap().fields.contains_key(&Field::Labels));

    let seed: Seed = r#"{"projects": [{"identifier": "shed", "name": "Shed"}]}"#.parse().unwrap();
    let server = FakeOpenProject::builder().labels(false).seed(seed).start().await.unwrap();
    let old = provider(&server);
    let project = old.project_by_key("shed").await.unwrap().id;
    let error = old.create_task(NewTask::new(&project, "x").labels(["urgent"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let schema = old.project_schema(&project).await.unwrap();
    let here = old.capabilities().in_project(&schema);
    assert!(!here.entity(Entity::Task).field(Field::Labels).readable.is_possible());
}

#[tokio::test]
async fn trap_milestones_have_one_day() {
    let server = seeded(GARDEN).await;
    let provider = provider(&server);
    let project = provider.project_by_key("garden").await.unwrap().id;
    let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
    let new = NewTask::new(&project, "Launch").task_type("milestone").due_date(day);
    let launch = provider.create_task(new).await.unwrap();
    assert_eq!((launch.task_type.as_deref(), launch.due_date, launch.start_date), (Some("Milestone"), Some(day), None));
    let later = day.succ_opt().unwrap();
    let moved = provider.update_task(&launch.id, TaskPatch::new().due_date(later)).await.unwrap();
    assert_eq!(moved.due_date, Some(later));
    let error = provider.update_task(&launch.id, TaskPatch::new().start_date(day)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn trap_custom_fields_go_by_name() {
    let server = seeded(GARDEN).await;
    let provider = provider(&server);
    let project = provider.project_by_key("garden").await.unwrap().id;
    let schema = provider.project_schema(&project).await.unwrap();
    let customer = schema.custom_fields.iter().find(|field| field.name == "Customer").unwrap();
    assert_eq!(
        (customer.kind, customer.options.as_slice()),
        (CustomFieldKind::Choice, ["Ada & Co", "Bob"].map(String::from).as_slice())
    );
    let fields = CustomFields::from([("Customer".to_owned(), "Ada & Co".into())]);
    let made = provider.create_task(NewTask::new(&project, "Fence").custom_fields(fields.clone())).await.unwrap();
    assert_eq!(made.custom_fields, fields);
    let changed = provider.update_task(&made.id, TaskPatch::new().custom_field("customer", "Bob")).await.unwrap();
    assert_eq!(changed.custom_fields["Customer"], "Bob".into());
    let listed = provider.list_tasks(TaskQuery::in_project(&project)).await.unwrap();
    assert_eq!(listed[0].custom_fields["Customer"], "Bob".into());
    let emptied = provider.update_task(&made.id, TaskPatch::new().clear_custom_field("Customer")).await.unwrap();
    assert!(emptied.custom_fields.is_empty());
    let error = provider.update_task(&made.id, TaskPatch::new().custom_field("Weight", 3)).await.unwrap_err();
    assert!(error.to_string().contains("`Customer`"), "{error}");
}

#[tokio::test]
async fn a_type_of_the_settings_is_used_where_none_is_named() {
    let server = seeded(GARDEN).await;
    let provider = Arc::new(OpenProjectProvider::new(config(&server).task_type("Milestone")).unwrap());
    let project = provider.project_by_key("garden").await.unwrap().id;
    assert_eq!(task(&provider, &project, "Launch").await.task_type.as_deref(), Some("Milestone"));
    let error = provider.create_task(NewTask::new(&project, "x").task_type("Epic")).await.unwrap_err();
    assert!(error.to_string().contains("`Task`, `Milestone`"), "{error}");
}
