//! Creating, changing and deleting users.

use pm_provider::{Entity, Error, ErrorKind, FieldPatch, NewUser, PMUser, UserId, UserPatch};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};

use super::query;
use crate::error::{Failure, Result};
use crate::patch::{apply, apply_raw, assign};
use crate::record::{self, Record};
use crate::store::Transaction;
use crate::time::to_micros;
use crate::{id, idempotency};

/// Where users are named, and what people call it.
const REFERENCES: [(&str, &str, &str); 4] = [
    ("pm_task_assignees", "user_id", "assigned to a task"),
    ("pm_tasks", "author_id", "the author of a task"),
    ("pm_projects", "owner_id", "the owner of a project"),
    ("pm_comments", "author_id", "the author of a comment"),
];

pub(crate) async fn create(transaction: &mut Transaction, new: &NewUser) -> Result<PMUser> {
    if let Some(first) = first_of_key(transaction, new).await? {
        return Ok(first);
    }
    match insert(transaction, new).await {
        Err(failure) if idempotency::may_be_a_repeat(&failure) => first_of_key(transaction, new).await?.ok_or(failure),
        made => made,
    }
}

async fn insert(transaction: &mut Transaction, new: &NewUser) -> Result<PMUser> {
    check_login(transaction, new.login.as_deref(), None).await?;
    let mut user = PMUser::new(id::new(), new.name.clone());
    user.login.clone_from(&new.login);
    user.email.clone_from(&new.email);
    user.avatar_url.clone_from(&new.avatar_url);
    user.active = new.active.unwrap_or(true);
    user.raw_data.clone_from(&new.raw_data);
    idempotency::keep(transaction, Entity::User, new.idempotency_key.as_deref(), user.id.as_str()).await?;
    let now = to_micros(transaction.now());
    let fixed = vec![
        ("id", user.id.as_str().into()),
        ("version", 1_i64.into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
    ];
    record::insert(transaction, &user, fixed).await?;
    Ok(user)
}

async fn first_of_key(transaction: &Transaction, new: &NewUser) -> Result<Option<PMUser>> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    let Some(id) = idempotency::find(transaction, Entity::User, key).await? else { return Ok(None) };
    let first = query::find(transaction, &id).await?;
    Ok(Some(first.ok_or_else(|| idempotency::gone(Entity::User, &id))?))
}

/// Finds the user with a login, or creates one of that name.
pub(crate) async fn find_or_create(transaction: &mut Transaction, login: &str) -> Result<PMUser> {
    match query::find_by_login(transaction, login).await? {
        Some(user) => Ok(user),
        None => create(transaction, &NewUser::new(login).login(login)).await,
    }
}

async fn check_login(transaction: &Transaction, login: Option<&str>, owner: Option<&UserId>) -> Result<()> {
    let Some(login) = login else { return Ok(()) };
    match query::find_by_login(transaction, login).await? {
        Some(holder) if Some(&holder.id) != owner => {
            let message = format!("there is a user with the login `{login}` already");
            Err(Error::new(ErrorKind::Conflict, message).subject(format!("user `{}`", holder.id)).into())
        }
        _ => Ok(()),
    }
}

pub(crate) async fn update(transaction: &mut Transaction, id: &UserId, patch: &UserPatch) -> Result<PMUser> {
    record::lock(transaction, PMUser::TABLE, id.as_str(), LockType::NoKeyUpdate).await?;
    let before = query::get(transaction, id).await?;
    if let FieldPatch::Set(login) = &patch.login {
        check_login(transaction, Some(login), Some(id)).await?;
    }
    let mut after = before.clone();
    assign(&patch.name, &mut after.name);
    apply(&patch.login, &mut after.login);
    apply(&patch.email, &mut after.email);
    apply(&patch.avatar_url, &mut after.avatar_url);
    assign(&patch.active, &mut after.active);
    apply_raw(&patch.raw_data, &mut after.raw_data);
    record::update(transaction, before, after, false).await
}

/// Deletes a user that nothing names; `acting` is who this program writes as.
pub(crate) async fn delete(transaction: &mut Transaction, acting: Option<&UserId>, id: &UserId) -> Result<()> {
    record::lock(transaction, PMUser::TABLE, id.as_str(), LockType::Update).await?;
    query::get(transaction, id).await?;
    if acting == Some(id) {
        return Err(still_needed(id, "the one that this program acts as"));
    }
    for (table, column, role) in REFERENCES {
        let named =
            Query::select().expr(Expr::val(1)).from(table).and_where(Expr::col(column).eq(id.as_str())).limit(1).take();
        if transaction.query_one(&named).await?.is_some() {
            return Err(still_needed(id, role));
        }
    }
    let row = Query::delete().from_table(PMUser::TABLE).and_where(Expr::col("id").eq(id.as_str())).take();
    transaction.execute(&row).await?;
    Ok(())
}

fn still_needed(id: &UserId, role: &str) -> Failure {
    let error = Error::new(ErrorKind::Conflict, format!("user `{id}` is {role}")).subject(format!("user `{id}`"));
    error.hint("make the user inactive instead").into()
}
