//! Writing, changing and deleting comments.

use pm_provider::value::micros;
use pm_provider::{
    Comment, CommentId, CommentPatch, DeleteOptions, Entity, Field, ItemRef, NewComment, PMUser, TaskId, UserId,
};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};

use super::map::Stored;
use super::query;
use crate::error::Result;
use crate::patch::{apply_raw, assign};
use crate::record::{self, Record};
use crate::refer::refuse;
use crate::store::Transaction;
use crate::time::to_micros;
use crate::{id, idempotency, user};

pub(crate) async fn create(
    transaction: &mut Transaction,
    author: Option<&UserId>,
    new: &NewComment,
) -> Result<Comment> {
    if let Some(first) = first_of_key(transaction, new).await? {
        return Ok(first);
    }
    let project = query::project_of(transaction, &new.task_id).await?;
    let author = find_author(transaction, author, new).await?;
    let now = transaction.now();
    let mut comment = Comment::new(id::new(), &new.task_id, new.body.clone());
    comment.author_name = new.author_name.clone().or_else(|| author.as_ref().map(|user| user.name.clone()));
    comment.author_id = author.map(|user| user.id);
    comment.visibility = new.visibility.unwrap_or_default();
    comment.raw_data.clone_from(&new.raw_data);
    comment.created_at = Some(new.created_at.map_or(now, micros));
    let mut stored = Stored { comment, project };
    stored.stamp("1".into(), now);
    idempotency::keep(transaction, Entity::Comment, new.idempotency_key.as_deref(), stored.id()).await?;
    let fixed = vec![
        ("id", stored.id().into()),
        ("task_id", new.task_id.as_str().into()),
        ("project_id", stored.project.as_str().into()),
        ("version", 1_i64.into()),
        ("created_at", stored.comment.created_at.map_or(to_micros(now), to_micros).into()),
        ("updated_at", to_micros(now).into()),
    ];
    record::insert(transaction, &stored, fixed).await?;
    Ok(stored.comment)
}

/// Who wrote the comment: who the caller says, else who we are; a bare name stands for somebody without an account.
async fn find_author(transaction: &Transaction, author: Option<&UserId>, new: &NewComment) -> Result<Option<PMUser>> {
    let ours = author.filter(|_| new.author_name.is_none());
    let Some(id) = new.author_id.as_ref().or(ours) else { return Ok(None) };
    match user::query::find(transaction, id.as_str()).await? {
        None if new.author_id.is_some() => Err(refuse(Field::AuthorId, format!("there is no user `{id}`"))),
        found => Ok(found),
    }
}

async fn first_of_key(transaction: &Transaction, new: &NewComment) -> Result<Option<Comment>> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let Some(id) = idempotency::find(transaction, Entity::Comment, key).await? else { return Ok(None) };
    let first = query::find(transaction, &id).await?;
    Ok(Some(first.ok_or_else(|| idempotency::gone(Entity::Comment, &id))?))
}

async fn stored(transaction: &Transaction, task: &TaskId, id: &CommentId, lock: LockType) -> Result<Stored> {
    record::lock(transaction, Stored::TABLE, id.as_str(), lock).await?;
    let comment = query::get(transaction, task, id).await?;
    Ok(Stored { comment, project: query::project_of(transaction, task).await? })
}

pub(crate) async fn update(
    transaction: &mut Transaction,
    task: &TaskId,
    id: &CommentId,
    patch: &CommentPatch,
) -> Result<Comment> {
    let before = stored(transaction, task, id, LockType::NoKeyUpdate).await?;
    record::check_version(&before, patch.if_version.as_ref())?;
    let mut after = before.clone();
    assign(&patch.body, &mut after.comment.body);
    assign(&patch.visibility, &mut after.comment.visibility);
    apply_raw(&patch.raw_data, &mut after.comment.raw_data);
    Ok(record::update(transaction, before, after, false).await?.comment)
}

pub(crate) async fn delete(
    transaction: &mut Transaction,
    task: &TaskId,
    id: &CommentId,
    options: &DeleteOptions,
) -> Result<()> {
    let stored = stored(transaction, task, id, LockType::Update).await?;
    record::check_version(&stored, options.if_version.as_ref())?;
    let row = Query::delete().from_table(Stored::TABLE).and_where(Expr::col("id").eq(id.as_str())).take();
    transaction.execute(&row).await?;
    transaction.record_deletion(ItemRef::Comment(task.clone(), id.clone()), Some(&stored.project));
    Ok(())
}
