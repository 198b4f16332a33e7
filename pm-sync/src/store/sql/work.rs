//! `sync_work`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pm_provider::Result;
use pm_provider_internal::store::entity::sync_work::{ActiveModel, Column, Entity, Model};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};

use super::cell::{self, IDS_PER_STATEMENT};
use super::upsert;
use crate::item::{ItemKey, Kind, Side};
use crate::store::Work;

fn read(row: Model) -> Result<Work> {
    Ok(Work {
        side: cell::side(&row.side)?,
        item: cell::item(&row.kind, row.item_id)?,
        generation: row.generation,
        reason: cell::from_word(&row.reason)?,
        priority: i32::try_from(row.priority).unwrap_or(i32::MAX),
        attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
        not_before: cell::optional_time(row.not_before)?,
        last_error: row.last_error,
    })
}

fn row(mapping: &str, work: &Work, generation: i64) -> Result<Model> {
    Ok(Model {
        mapping_id: mapping.to_owned(),
        side: work.side.word().to_owned(),
        kind: work.item.kind.word().to_owned(),
        item_id: work.item.id.clone(),
        generation,
        reason: cell::word(work.reason)?,
        priority: work.priority.into(),
        kind_rank: cell::rank(work.item.kind),
        attempts: 0,
        not_before: work.not_before.map(cell::micros),
        last_error: work.last_error.as_deref().map(cell::storable),
    })
}

/// Writes work down under the generations that follow `generation`.
pub(super) async fn put(db: &Transaction, mapping: &str, work: &[Work], generation: i64) -> Result<()> {
    let mut priorities: BTreeMap<_, i64> = BTreeMap::new();
    for work in work {
        let known = priorities.entry((work.side, &work.item)).or_insert(i64::MAX);
        *known = std::cmp::min(i64::from(work.priority), *known);
    }
    let numbered: Vec<_> = work.iter().zip(generation + 1..).collect();
    let mut rows = Vec::with_capacity(work.len());
    for (work, generation) in upsert::last_of_each(&numbered, |(work, _)| (work.side, &work.item)) {
        let priority = priorities.get(&(work.side, &work.item)).copied();
        let row = row(mapping, work, *generation)?;
        rows.push(Model { priority: priority.unwrap_or(row.priority), ..row });
    }
    let columns = [Column::Generation, Column::Reason, Column::Attempts, Column::NotBefore, Column::LastError];
    let known = Expr::col((Entity, Column::Priority));
    let urgency = Func::least([known, Expr::col(("excluded", Column::Priority))]);
    let again = upsert::key::<Entity>().update_columns(columns).value(Column::Priority, urgency).to_owned();
    upsert::write::<Entity>(db, rows, again).await
}

/// Takes out what is done, where nobody wrote it down again since.
pub(super) async fn clear(db: &Transaction, mapping: &str, done: &[Work]) -> Result<()> {
    let mut groups: BTreeMap<(Side, Kind), Vec<&Work>> = BTreeMap::new();
    for work in done {
        groups.entry((work.side, work.item.kind)).or_default().push(work);
    }
    for ((side, kind), rows) in groups {
        for rows in rows.chunks(IDS_PER_STATEMENT) {
            // No generation is given twice, so one of the list belongs to one row only.
            let those = Entity::delete_many()
                .filter(Column::MappingId.eq(mapping))
                .filter(Column::Side.eq(side.word()))
                .filter(Column::Kind.eq(kind.word()))
                .filter(Column::ItemId.is_in(rows.iter().map(|work| work.item.id.as_str())))
                .filter(Column::Generation.is_in(rows.iter().map(|work| work.generation)));
            those.exec(db).await.map_err(Store::error)?;
        }
    }
    Ok(())
}

fn only(item: &ItemKey, side: Side) -> Condition {
    Condition::all()
        .add(Column::Side.eq(side.word()))
        .add(Column::Kind.eq(item.kind.word()))
        .add(Column::ItemId.eq(item.id.as_str()))
}

/// Replaces rows, where nobody wrote them down again since.
pub(super) async fn replace(db: &Transaction, mapping: &str, rows: &[Work]) -> Result<()> {
    for work in rows {
        let row = row(mapping, work, work.generation)?;
        let changed = ActiveModel {
            reason: Set(row.reason),
            priority: Set(row.priority),
            attempts: Set(work.attempts.into()),
            not_before: Set(row.not_before),
            last_error: Set(row.last_error),
            ..Default::default()
        };
        let this = Entity::update_many()
            .set(changed)
            .filter(Column::MappingId.eq(mapping))
            .filter(only(&work.item, work.side))
            .filter(Column::Generation.eq(work.generation));
        this.exec(db).await.map_err(Store::error)?;
    }
    Ok(())
}

fn in_order(mapping: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::MappingId.eq(mapping))
        .order_by_asc(Column::Priority)
        .order_by_asc(Column::KindRank)
        .order_by_asc(Column::Generation)
}

pub(super) async fn due<C: ConnectionTrait>(
    db: &C,
    mapping: &str,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<Work>> {
    let free = Condition::all().add(Column::NotBefore.is_null()).add(Column::LastError.is_null());
    let due = Condition::any().add(free).add(Column::NotBefore.lte(cell::micros(now)));
    let rows = in_order(mapping).filter(due).limit(cell::limit(limit)).all(db).await.map_err(Store::error)?;
    rows.into_iter().map(read).collect()
}

pub(super) async fn all<C: ConnectionTrait>(db: &C, mapping: &str) -> Result<Vec<Work>> {
    let rows = in_order(mapping).all(db).await.map_err(Store::error)?;
    rows.into_iter().map(read).collect()
}

pub(super) async fn of<C: ConnectionTrait>(db: &C, mapping: &str, side: Side, items: &[ItemKey]) -> Result<Vec<Work>> {
    let mut work = Vec::with_capacity(items.len());
    for kind in Kind::ALL {
        let ids: Vec<_> = items.iter().filter(|item| item.kind == kind).map(|item| item.id.as_str()).collect();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            let those = Entity::find()
                .filter(Column::MappingId.eq(mapping))
                .filter(Column::Side.eq(side.word()))
                .filter(Column::Kind.eq(kind.word()))
                .filter(Column::ItemId.is_in(ids.iter().copied()));
            for row in those.all(db).await.map_err(Store::error)? {
                work.push(read(row)?);
            }
        }
    }
    Ok(work)
}

/// Makes quarantined work due again.
pub(super) async fn retry(db: &Transaction, mapping: &str, item: Option<&(Side, ItemKey)>) -> Result<usize> {
    let free = ActiveModel { attempts: Set(0), last_error: Set(None), ..Default::default() };
    let mut those = Entity::update_many()
        .set(free)
        .filter(Column::MappingId.eq(mapping))
        .filter(Column::NotBefore.is_null())
        .filter(Column::LastError.is_not_null());
    if let Some((side, item)) = item {
        those = those.filter(only(item, *side));
    }
    let freed = those.exec(db).await.map_err(Store::error)?.rows_affected;
    Ok(usize::try_from(freed).unwrap_or(usize::MAX))
}
