//! The change feed: exact, in the order of commits, with tombstones.

use async_trait::async_trait;
use pm_provider::{
    Change, ChangeFacts, ChangeKind, ChangePage, ChangeQuery, Changes, CommentId, Cursor, Entity, ItemRef, PmProvider,
    Result, TaskId,
};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::error::{Failure, Result as Outcome};
use crate::provider::told;
use crate::row::Row;
use crate::{InternalProvider, NAME, items, keyset};

const TABLE: &str = "pm_changes";
const LISTING: &str = "changes";
const ENTITIES: [Entity; 4] = [Entity::Project, Entity::Task, Entity::Sprint, Entity::Comment];

#[async_trait]
impl Changes for InternalProvider {
    fn facts(&self) -> ChangeFacts {
        ChangeFacts::exact(ENTITIES)
    }

    async fn changes_page(&self, query: &ChangeQuery, cursor: Option<Cursor>) -> Result<ChangePage> {
        told("changes_page", page(self, query, cursor.as_ref()).await)
    }

    async fn latest(&self, query: &ChangeQuery) -> Result<Cursor> {
        told("latest_change", latest(self, query).await)
    }
}

async fn latest(provider: &InternalProvider, query: &ChangeQuery) -> Outcome<Cursor> {
    provider.capabilities().check_changes(&provider.facts(), query)?;
    Ok(seal(query, counter(provider.store().connection()).await?))
}

/// Rows, items and counter are read in one state of the database: an item is never newer than its place in the feed.
async fn page(provider: &InternalProvider, query: &ChangeQuery, cursor: Option<&Cursor>) -> Outcome<ChangePage> {
    provider.capabilities().check_changes(&provider.facts(), query)?;
    let after = match cursor {
        Some(cursor) => cursor.open(NAME, LISTING, query)?.parse().map_err(|_| Cursor::malformed())?,
        None => 0,
    };
    let size = keyset::size(query.page_size);
    let snapshot = provider.store().snapshot().await?;
    let mut rows = read(&snapshot, query, after, size).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    // At the end the cursor moves past changes that the query leaves out, so that they are not looked at again.
    let next = match rows.last() {
        Some(last) if more => last.seq,
        _ => std::cmp::max(counter(&snapshot).await?, after),
    };
    let changes = with_items(&snapshot, rows).await?;
    snapshot.commit().await?;
    Ok(ChangePage::new(changes, seal(query, next), more))
}

fn seal(query: &ChangeQuery, seq: i64) -> Cursor {
    Cursor::seal(NAME, LISTING, query, &seq.to_string())
}

async fn counter<C: ConnectionTrait>(db: &C) -> Outcome<i64> {
    let value = Query::select().column("value").from("pm_change_counter").and_where(Expr::col("id").eq(1)).take();
    match db.query_one(&value).await? {
        Some(row) => Ok(row.try_get_by_index(0)?),
        None => Err(Failure::Damaged { table: "pm_change_counter", what: "counter", found: "no row".to_owned() }),
    }
}

struct Entry {
    seq: i64,
    deleted: bool,
    change: Change,
}

async fn read<C: ConnectionTrait>(db: &C, query: &ChangeQuery, after: i64, size: usize) -> Outcome<Vec<Entry>> {
    db.query_all(&select(query, after, size)).await?.iter().map(entry).collect()
}

/// What a page of the feed selects.
pub(crate) fn select(query: &ChangeQuery, after: i64, size: usize) -> SelectStatement {
    let mut select = Query::select();
    select
        .columns(["seq", "entity", "item_id", "task_id", "project_id", "deleted", "changed_at"])
        .from(TABLE)
        .and_where(Expr::col("seq").gt(after))
        .order_by("seq", Order::Asc)
        .limit(u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1));
    if let Some(project) = &query.project {
        select.and_where(Expr::col("project_id").eq(project.as_str()));
    }
    if !query.entities.is_empty() {
        select.and_where(Expr::col("entity").is_in(query.entities.iter().map(|entity| entity.word())));
    }
    select
}

fn entry(row: &QueryResult) -> Outcome<Entry> {
    let mut row = Row::new(TABLE, row);
    let (seq, entity, id, task): (i64, String, String, Option<String>) =
        (row.take()?, row.take()?, row.take()?, row.take()?);
    let item = match (entity.as_str(), task) {
        ("project", _) => ItemRef::Project(id.into()),
        ("task", _) => ItemRef::Task(id.into()),
        ("sprint", _) => ItemRef::Sprint(id.into()),
        ("comment", Some(task)) => ItemRef::Comment(TaskId::new(task), CommentId::new(id)),
        _ => return Err(Failure::Damaged { table: TABLE, what: "kind of item", found: entity }),
    };
    let mut change = Change::new(ChangeKind::Deleted(item));
    change.project_id = row.optional_id()?;
    let deleted = row.take()?;
    change.at = row.time()?;
    Ok(Entry { seq, deleted, change })
}

/// Puts the items into the changes that are no deletions.
///
/// All is read in one state of the database, so an item that is not there is gone, whoever took it: one such row must
/// not stop the feed for good.
async fn with_items<C: ConnectionTrait>(db: &C, entries: Vec<Entry>) -> Outcome<Vec<Change>> {
    let written: Vec<_> = entries.iter().filter(|entry| !entry.deleted).map(|entry| entry.change.reference()).collect();
    let mut found = items::find_many(db, &written).await?;
    let changes = entries.into_iter().map(|entry| {
        let mut change = entry.change;
        let item = found.remove(&change.reference()).filter(|_| !entry.deleted);
        if let Some(item) = item {
            change.kind = ChangeKind::Written(item);
        }
        change
    });
    Ok(changes.collect())
}
