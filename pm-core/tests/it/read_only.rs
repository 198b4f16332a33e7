//! The layer that lets nothing be written.

use std::fmt::Debug;
use std::sync::Arc;

use pm_core::layers::ReadOnlyLayer;
use pm_core::{
    BatchOperation, BatchOptions, CommentPatch, DeleteOptions, Entity, ErrorKind, Layer, NewComment, NewProject,
    NewRelation, NewSprint, NewTask, NewUser, PMProject, PMTask, PmProvider, PmProviderExt, ProjectPatch, ProjectQuery,
    RelationKind, Result, SprintPatch, SprintQuery, TaskPatch, TaskQuery, UserPatch, UserQuery,
};

use crate::support::memory;

struct House {
    open: Arc<dyn PmProvider>,
    closed: Arc<dyn PmProvider>,
    project: PMProject,
    task: PMTask,
}

async fn house() -> House {
    let open = memory();
    let project = open.create_project(NewProject::new("Shed")).await.unwrap();
    let task = open.create_task(NewTask::new(&project.id, "Paint it")).await.unwrap();
    House { closed: ReadOnlyLayer.wrap(Arc::clone(&open)), open, project, task }
}

fn refused<T: Debug>(operation: &str, subject: Option<&str>, answer: Result<T>) {
    let error = answer.expect_err(operation);
    assert_eq!(error.kind(), ErrorKind::ReadOnly);
    let message = format!("memory {operation}: `{operation}` writes, and this provider is read-only");
    assert_eq!(error.to_string(), message);
    assert_eq!(error.subject_text(), subject);
}

#[tokio::test]
async fn every_write_of_the_provider_is_refused() {
    let House { closed, project, task, .. } = house().await;
    let (project, task) = (&project.id, &task.id);
    let (p, t) = (Some(project.as_str()), Some(task.as_str()));
    refused("create_project", None, closed.create_project(NewProject::new("New")).await);
    refused("update_project", p, closed.update_project(project, ProjectPatch::new().name("New")).await);
    refused("delete_project", p, closed.delete_project(project, DeleteOptions::with_contents()).await);
    refused("create_task", None, closed.create_task(NewTask::new(project, "New")).await);
    refused("update_task", t, closed.update_task(task, TaskPatch::new().title("New")).await);
    refused("delete_task", t, closed.delete_task(task, DeleteOptions::new()).await);
    refused("create_sprint", None, closed.create_sprint(NewSprint::new(project, "New")).await);
    refused("update_sprint", Some("1"), closed.update_sprint(&"1".into(), SprintPatch::new().name("New")).await);
    refused("delete_sprint", Some("1"), closed.delete_sprint(&"1".into(), DeleteOptions::new()).await);
}

#[tokio::test]
async fn every_write_of_every_ability_is_refused() {
    let House { closed, project, task, .. } = house().await;
    let task = &task.id;
    let comments = closed.comments().unwrap();
    refused("create_comment", None, comments.create_comment(NewComment::new(task, "New")).await);
    let changed = comments.update_comment(task, &"1".into(), CommentPatch::new().body("New")).await;
    refused("update_comment", Some("1"), changed);
    refused("delete_comment", Some("1"), comments.delete_comment(task, &"1".into(), DeleteOptions::new()).await);

    let relations = closed.relations().unwrap();
    let related = relations.create_relation(NewRelation::new(RelationKind::Blocks, task, "2")).await;
    refused("create_relation", None, related);
    refused("delete_relation", Some("1"), relations.delete_relation(task, &"1".into()).await);

    let batch = closed.batch().unwrap();
    let operations = vec![BatchOperation::from(NewTask::new(&project.id, "New"))];
    refused("apply_batch", None, batch.apply_batch(operations, BatchOptions::new()).await);

    let admin = closed.user_admin().unwrap();
    refused("create_user", None, admin.create_user(NewUser::new("New")).await);
    refused("update_user", Some("1"), admin.update_user(&"1".into(), UserPatch::new().name("New")).await);
    refused("delete_user", Some("1"), admin.delete_user(&"1".into()).await);
}

#[tokio::test]
async fn reading_goes_on_and_nothing_has_changed() {
    let House { open, closed, project, task } = house().await;
    let before = open.changes().unwrap().latest(&Default::default()).await.unwrap();
    closed.update_task(&task.id, TaskPatch::new().title("New")).await.unwrap_err();
    closed.delete_project(&project.id, DeleteOptions::with_contents()).await.unwrap_err();

    assert_eq!(closed.get_task(&task.id).await.unwrap(), task);
    assert_eq!(closed.get_project(&project.id).await.unwrap(), project);
    assert_eq!(closed.list_projects(ProjectQuery::new()).await.unwrap().len(), 1);
    assert_eq!(closed.list_tasks(TaskQuery::new()).await.unwrap().len(), 1);
    assert_eq!(closed.list_sprints(SprintQuery::new()).await.unwrap().len(), 0);
    closed.list_users(UserQuery::new()).await.unwrap();
    assert_eq!(closed.list_comments(&task.id).await.unwrap().len(), 0);
    assert_eq!(closed.list_relations(&task.id).await.unwrap().len(), 0);
    closed.health_check().await.unwrap();
    closed.project_schema(&project.id).await.unwrap();
    let changes = closed.changes().unwrap();
    assert!(changes.changes_page(&Default::default(), Some(before)).await.unwrap().items.is_empty());
    let preview = closed.sync_support().unwrap().preview_task(&project.id, TaskPatch::new().title("New")).await;
    assert_eq!(preview.unwrap(), TaskPatch::new().title("New"));
}

#[tokio::test]
async fn the_capabilities_lose_their_writes() {
    let House { open, closed, .. } = house().await;
    for (entity, capabilities) in &closed.capabilities().entities {
        assert!(capabilities.operations.iter().all(|operation| !operation.writes()), "{entity}");
        let readable = open.capabilities().entity(*entity).operations.iter().filter(|operation| !operation.writes());
        assert!(readable.eq(&capabilities.operations), "{entity}");
    }
    assert!(closed.capabilities().entities.contains_key(&Entity::Task));
}
