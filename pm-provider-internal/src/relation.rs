//! Relations between tasks.

use pm_provider::{Error, NewRelation, PMTask, Relation, RelationId, RelationKind, TaskId};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, LockType, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::error::{Failure, Result};
use crate::record::{self, Record};
use crate::row::Row;
use crate::store::Transaction;
use crate::time::to_micros;
use crate::{id, task};

const TABLE: &str = "pm_relations";
const COLUMNS: [&str; 4] = ["id", "from_task_id", "to_task_id", "kind"];
/// The kinds that can be stored; other kinds are words of other backends.
const KINDS: [(RelationKind, &str); 4] = [
    (RelationKind::Relates, "relates"),
    (RelationKind::Blocks, "blocks"),
    (RelationKind::Duplicates, "duplicates"),
    (RelationKind::Precedes, "precedes"),
];

fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(TABLE).take()
}

fn read(row: &QueryResult) -> Result<Relation> {
    let mut row = Row::new(TABLE, row);
    let (id, from, to, word): (String, String, String, String) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let kind = KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind);
    let kind = kind.ok_or_else(|| Failure::Damaged { table: TABLE, what: "kind of relation", found: word })?;
    Ok(Relation::new(id, kind, from, to))
}

fn word(kind: RelationKind) -> Result<&'static str> {
    let known = KINDS.iter().find(|(known, _)| *known == kind).map(|(_, word)| *word);
    known.ok_or_else(|| {
        let words: Vec<_> = KINDS.iter().map(|(_, word)| format!("`{word}`")).collect();
        let message =
            format!("a relation of a kind of another backend cannot be made; allowed are {}", words.join(", "));
        Error::invalid_input(message).into()
    })
}

fn touches(task: &TaskId) -> Cond {
    let end = |column: &'static str| Expr::col(column).eq(task.as_str());
    Cond::any().add(end("from_task_id")).add(end("to_task_id"))
}

/// The relations of a task in both directions, oldest first.
pub(crate) async fn list<C: ConnectionTrait>(db: &C, task: &TaskId) -> Result<Vec<Relation>> {
    check_task(db, task).await?;
    let relations =
        select().cond_where(touches(task)).order_by("created_at", Order::Asc).order_by("id", Order::Asc).take();
    db.query_all(&relations).await?.iter().map(read).collect()
}

async fn check_task<C: ConnectionTrait>(db: &C, task: &TaskId) -> Result<()> {
    task::query::get(db, task).await.map(drop)
}

/// Relates two tasks; what exists already is given back.
pub(crate) async fn create(transaction: &mut Transaction, new: &NewRelation) -> Result<Relation> {
    let word = word(new.kind)?;
    if new.from == new.to {
        return Err(Error::invalid_input("a task cannot be related to itself").into());
    }
    check_task(transaction, &new.from).await?;
    check_task(transaction, &new.to).await?;
    if new.kind == RelationKind::Relates {
        // No index sees that `a, b` and `b, a` are the same: who relates them from the other end waits here.
        let first = std::cmp::min(new.from.as_str(), new.to.as_str());
        record::lock(transaction, PMTask::TABLE, first, LockType::NoKeyUpdate).await?;
    }
    if let Some(present) = find(transaction, new, word).await? {
        return Ok(present);
    }
    let relation = Relation::new(id::new(), new.kind, &new.from, &new.to);
    let row = Query::insert()
        .into_table(TABLE)
        .columns(["id", "from_task_id", "to_task_id", "kind", "created_at"])
        .values_panic([
            relation.id.as_str().into(),
            new.from.as_str().into(),
            new.to.as_str().into(),
            word.into(),
            to_micros(transaction.now()).into(),
        ])
        .take();
    transaction.execute(&row).await?;
    Ok(relation)
}

/// `relates` reads the same from both ends; the other kinds have a direction.
async fn find(transaction: &Transaction, new: &NewRelation, word: &str) -> Result<Option<Relation>> {
    let between = |from: &TaskId, to: &TaskId| {
        Expr::col("from_task_id").eq(from.as_str()).and(Expr::col("to_task_id").eq(to.as_str()))
    };
    let mut ends = Cond::any().add(between(&new.from, &new.to));
    if new.kind == RelationKind::Relates {
        ends = ends.add(between(&new.to, &new.from));
    }
    let present = select().cond_where(ends).and_where(Expr::col("kind").eq(word)).take();
    transaction.query_one(&present).await?.as_ref().map(read).transpose()
}

/// Deletes a relation of a task.
pub(crate) async fn delete(transaction: &mut Transaction, task: &TaskId, relation: &RelationId) -> Result<()> {
    if !id::is_possible(task.as_str()) || !id::is_possible(relation.as_str()) {
        return Err(Error::not_found("relation", relation).into());
    }
    let row = Query::delete()
        .from_table(TABLE)
        .and_where(Expr::col("id").eq(relation.as_str()))
        .cond_where(touches(task))
        .returning_col("id")
        .take();
    match transaction.query_one(&row).await? {
        Some(_) => Ok(()),
        None => Err(Error::not_found("relation", relation).into()),
    }
}
