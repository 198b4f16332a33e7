//! Comments: in order, of one task.

use pm_provider::{
    CommentPatch, CommentQuery, DeleteOptions, Entity, ErrorKind, Field, NewComment, Operation, Sort, SortField, TaskId,
};
use serde_json::json;

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{refused, same};
use super::verdict::Outcome;

async fn talked_about(subject: &Subject) -> Outcome<TaskId> {
    subject.comments()?;
    let project = subject.own_project().await?;
    Ok(subject.task(&project, "talked about").await?.id)
}

/// Comments come oldest first, or newest first if that is asked for.
pub(super) async fn in_order(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Comment, Operation::Create).await?;
    let task = talked_about(subject).await?;
    let bodies = ["first", "second", "third", "fourth"];
    for body in bodies {
        comments.create_comment(NewComment::new(&task, body)).await?;
    }
    subject.settled().await;
    let listed = subject.list_comments(&CommentQuery::of_task(&task).page_size(2_u32)).await?;
    same("comments", bodies.as_slice(), &listed.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>())?;
    super::sorting::requires_sort_of_comments(subject, &task).await?;
    let query = CommentQuery::of_task(&task).sort(Sort::descending(SortField::CreatedAt));
    let listed = subject.list_comments(&query).await?;
    let falls = listed.is_sorted_by(|left, right| left.created_at >= right.created_at);
    super::expect::ensure(falls && listed.len() == 4, "comments, the newest first", listed)
}

/// Comments are listed by their task alone.
pub(super) async fn of_one_task(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Comment, Operation::Create).await?;
    let (task, other) = (talked_about(subject).await?, talked_about(subject).await?);
    let comment = comments.create_comment(NewComment::new(&task, "here")).await?;
    comments.create_comment(NewComment::new(&other, "there")).await?;
    subject.settled().await;
    let listed = subject.list_comments(&CommentQuery::of_task(&task)).await?;
    same("the comments of the task", &vec![comment], &listed)
}

/// The comment of one task is not found in another.
pub(super) async fn not_found_in_another_task(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Comment, Operation::Create).await?;
    let (task, other) = (talked_about(subject).await?, talked_about(subject).await?);
    let id = comments.create_comment(NewComment::new(&task, "here")).await?.id;
    refused("getting it in another task", ErrorKind::NotFound, comments.get_comment(&other, &id).await)?;
    subject.requires(Entity::Comment, Operation::Update).await?;
    let answer = comments.update_comment(&other, &id, CommentPatch::new().body("there")).await;
    refused("changing it in another task", ErrorKind::NotFound, answer)?;
    subject.requires(Entity::Comment, Operation::Delete).await?;
    let answer = comments.delete_comment(&other, &id, DeleteOptions::new()).await;
    refused("deleting it in another task", ErrorKind::NotFound, answer)?;
    same("the comment", "here", comments.get_comment(&task, &id).await?.body.as_str())
}

/// The comments of a task that is not there are not found, and none can be written.
pub(super) async fn task_must_be_there(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Comment, Operation::List).await?;
    let answer = comments.comments_page(&CommentQuery::of_task(NOWHERE), None).await;
    refused("the comments of an unknown task", ErrorKind::NotFound, answer)?;
    subject.requires(Entity::Comment, Operation::Create).await?;
    let answer = comments.create_comment(NewComment::new(NOWHERE, "lost")).await;
    refused("a comment on an unknown task", ErrorKind::NotFound, answer).map(drop)
}

/// A comment may have an author without an account.
pub(super) async fn authors_without_account(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires_on_create(Entity::Comment, Field::AuthorName, json!("Zoë")).await?;
    let task = talked_about(subject).await?;
    let created = comments.create_comment(NewComment::new(&task, "from afar").author_name("Zoë Ångström")).await?;
    let read = comments.get_comment(&task, &created.id).await?;
    same("the author's name", &Some("Zoë Ångström"), &read.author_name.as_deref())
}
