//! Errors say where they come from.

use pm_provider::{CommentQuery, DeleteOptions, Error, NewTask, Operation, TaskPatch, TaskQuery};
use pm_provider::{Entity, ErrorKind};

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{ensure, same};
use super::verdict::Outcome;

pub(super) fn placed(subject: &Subject, operation: &str, error: Option<Error>) -> Outcome {
    let Some(error) = error else { return Err(super::expect::broken(format!("an error of {operation}"), "none")) };
    let name = subject.provider.name();
    same(&format!("the provider of an error of {operation}"), &Some(name), &error.provider())?;
    same("the operation of an error", &Some(operation), &error.operation())?;
    let text = error.to_string();
    ensure(text.contains(name) && text.contains(operation), "both in the message", text)
}

/// Errors name the provider and the operation.
pub(super) async fn name_provider_and_operation(subject: &Subject) -> Outcome {
    let provider = &subject.provider;
    placed(subject, "get_task", provider.get_task(&NOWHERE.into()).await.err())?;
    placed(subject, "get_project", provider.get_project(&NOWHERE.into()).await.err())?;
    placed(subject, "get_sprint", provider.get_sprint(&NOWHERE.into()).await.err())?;
    let patch = TaskPatch::new().title("lost");
    placed(subject, "update_task", provider.update_task(&NOWHERE.into(), patch).await.err())?;
    placed(subject, "delete_task", provider.delete_task(&NOWHERE.into(), DeleteOptions::new()).await.err())?;
    placed(subject, "create_task", provider.create_task(NewTask::new(NOWHERE, "")).await.err())?;
    placed(subject, "create_task", provider.create_task(NewTask::new(NOWHERE, "lost")).await.err())?;
    let empty = provider.tasks_page(&TaskQuery::new().page_size(0_u32), None).await.err();
    placed(subject, "list_tasks", empty)
}

/// Errors of comments do too.
pub(super) async fn of_comments(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Comment, Operation::List).await?;
    let answer = comments.comments_page(&CommentQuery::of_task(NOWHERE), None).await;
    placed(subject, "list_comments", answer.err())?;
    placed(subject, "get_comment", comments.get_comment(&NOWHERE.into(), &NOWHERE.into()).await.err())
}

/// What can never succeed is not to be retried.
pub(super) async fn hopeless_calls_are_not_retried(subject: &Subject) -> Outcome {
    let Err(error) = subject.provider.get_task(&NOWHERE.into()).await else {
        return Err(super::expect::broken("an unknown task not to be found", "a task"));
    };
    same("the kind", &ErrorKind::NotFound, &error.kind())?;
    same("the advice", &pm_provider::Retry::Never, &error.retry())
}
