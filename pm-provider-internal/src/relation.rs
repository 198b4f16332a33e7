//! Relations between tasks.

use pm_provider::{
    Cursor, Error, NewRelation, PMTask, Page, Relation, RelationId, RelationKind, RelationQuery, Sort, TaskId,
};
use sea_orm::sea_query::{Cond, Expr, ExprTrait, LockType, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::error::{Failure, Result};
use crate::keyset::Keyset;
use crate::record::{self, Record};
use crate::refer::check_scope;
use crate::row::Row;
use crate::store::Transaction;
use crate::time::to_micros;
use crate::{filter, id, task};

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
    Query::select().columns(COLUMNS.map(|column| ("t", column))).from_as(TABLE, "t").take()
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

/// The relations of a task in both directions, or those that come from the tasks of a project.
pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    query: &RelationQuery,
    cursor: Option<&Cursor>,
) -> Result<Page<Relation>> {
    let keyset = Keyset::new("relations", query, Sort::default(), query.page_size, cursor)?;
    let page = keyset.page(db, statement(query), COLUMNS.len(), read).await?;
    if page.items.is_empty() {
        check_scope(db, query.task.as_ref(), query.project.as_ref()).await?;
    }
    Ok(page)
}

/// What a query selects, without order and page.
pub(crate) fn statement(query: &RelationQuery) -> SelectStatement {
    let mut select = select();
    if let Some(task) = &query.task {
        select.cond_where(touches(task));
    }
    filter::by_project(&mut select, query.project.as_ref());
    select
}

/// Relates two tasks; what exists already is given back.
pub(crate) async fn create(transaction: &mut Transaction, new: &NewRelation) -> Result<Relation> {
    let word = word(new.kind)?;
    if new.from == new.to {
        return Err(Error::invalid_input("a task cannot be related to itself").into());
    }
    let project = task::query::get(transaction, &new.from).await?.project_id;
    task::query::get(transaction, &new.to).await?;
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
        .columns(["id", "from_task_id", "to_task_id", "kind", "created_at", "project_id"])
        .values_panic([
            relation.id.as_str().into(),
            new.from.as_str().into(),
            new.to.as_str().into(),
            word.into(),
            to_micros(transaction.now()).into(),
            project.as_str().into(),
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
