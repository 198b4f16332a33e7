//! `sync_conflicts`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use pm_provider::{Error, ErrorKind, Result};
use pm_provider_internal::store::entity::sync_conflict::{Column, Entity, Model};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::cell::{self, IDS_PER_STATEMENT};
use super::{lease, links, refuse, upsert, work};
use crate::item::{Pair, Side};
use crate::record::FieldKey;
use crate::store::decide::{decide, is_undecided, keep_decision, work_of};
use crate::store::{Conflict, Link};

fn read(row: Model) -> Result<Conflict> {
    let field = row.field.map(|text| field(&text)).transpose()?;
    Ok(Conflict {
        id: row.id,
        link: row.link_id,
        kind: cell::kind(&row.kind)?,
        ids: Pair::new(row.a_id, row.b_id),
        field,
        cause: cell::from_word(&row.cause)?,
        base: Pair::new(cell::from_json(&row.a_base)?, cell::from_json(&row.b_base)?),
        values: Pair::new(cell::from_json(&row.a_value)?, cell::from_json(&row.b_value)?),
        winner: cell::optional_side(row.winner.as_deref())?,
        decided_by: row.decided_by,
        found_at: cell::time(row.found_at)?,
        resolved_at: cell::optional_time(row.resolved_at)?,
    })
}

fn field(text: &str) -> Result<FieldKey> {
    FieldKey::parse(text).ok_or_else(|| {
        Error::new(ErrorKind::InvalidResponse, format!("a conflict is about a field `{text}`, which there is not"))
    })
}

fn row(mapping: &str, conflict: &Conflict) -> Result<Model> {
    Ok(Model {
        mapping_id: mapping.to_owned(),
        id: conflict.id.clone(),
        link_id: conflict.link.clone(),
        kind: conflict.kind.word().to_owned(),
        a_id: conflict.ids.a.clone(),
        b_id: conflict.ids.b.clone(),
        field: conflict.field.as_ref().map(ToString::to_string),
        cause: cell::word(conflict.cause)?,
        a_base: cell::json(&conflict.base.a)?,
        b_base: cell::json(&conflict.base.b)?,
        a_value: cell::json(&conflict.values.a)?,
        b_value: cell::json(&conflict.values.b)?,
        winner: conflict.winner.map(|side| side.word().to_owned()),
        decided_by: conflict.decided_by.clone(),
        found_at: cell::micros(conflict.found_at),
        resolved_at: conflict.resolved_at.map(cell::micros),
    })
}

/// Writes conflicts, and answers who won those that the parked fields of some links are about.
pub(super) async fn write(
    db: &Transaction,
    mapping: &str,
    conflicts: &[Conflict],
    links: &[Link],
) -> Result<HashMap<String, Side>> {
    let parked = links.iter().flat_map(|link| link.parked.values()).filter(|parked| parked.winner.is_none());
    let undecided = conflicts.iter().filter(|conflict| is_undecided(conflict)).map(|conflict| &conflict.id);
    let mut over = decided(db, mapping, parked.map(|parked| &parked.conflict).chain(undecided)).await?;
    let mut rows = Vec::with_capacity(conflicts.len());
    for conflict in conflicts {
        let mut conflict = conflict.clone();
        if let Some(known) = over.get(&conflict.id) {
            keep_decision(&mut conflict, known);
        }
        rows.push(row(mapping, &conflict)?);
        if !is_undecided(&conflict) {
            over.insert(conflict.id.clone(), conflict);
        }
    }
    let rows = upsert::last_of_each(&rows, |row| &row.id).into_iter().cloned().collect();
    upsert::upsert::<Entity>(db, rows).await?;
    Ok(over.into_iter().filter_map(|(id, conflict)| Some((id, conflict.winner?))).collect())
}

/// Those of some conflicts that are over.
async fn decided<'i>(
    db: &Transaction,
    mapping: &str,
    ids: impl Iterator<Item = &'i String>,
) -> Result<HashMap<String, Conflict>> {
    let ids: Vec<_> = ids.map(String::as_str).collect();
    let mut decided = HashMap::new();
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let over = Condition::any().add(Column::Winner.is_not_null()).add(Column::ResolvedAt.is_not_null());
        let those = Entity::find().filter(Column::MappingId.eq(mapping)).filter(Column::Id.is_in(ids.iter().copied()));
        for row in those.filter(over).all(db).await.map_err(Store::error)? {
            decided.insert(row.id.clone(), read(row)?);
        }
    }
    Ok(decided)
}

pub(super) async fn list<C: ConnectionTrait>(db: &C, mapping: &str, undecided: bool) -> Result<Vec<Conflict>> {
    let mut select = Entity::find().filter(Column::MappingId.eq(mapping));
    if undecided {
        select = select.filter(Column::Winner.is_null()).filter(Column::ResolvedAt.is_null());
    }
    let rows = select.order_by_desc(Column::FoundAt).order_by_desc(Column::Id).all(db).await.map_err(Store::error)?;
    rows.into_iter().map(read).collect()
}

async fn find(db: &Transaction, mapping: &str, id: &str) -> Result<Conflict> {
    let found = Entity::find_by_id((mapping.to_owned(), id.to_owned())).one(db).await.map_err(Store::error)?;
    found.map_or_else(|| Err(Error::not_found("conflict", id)), read)
}

/// Decides a conflict.
pub(super) async fn resolve(
    db: &Transaction,
    mapping: &str,
    id: &str,
    winner: Side,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Conflict> {
    find(db, mapping, id).await?;
    lease::number_for(db, mapping, 0).await?;
    // Read again: only now is no run about to write it.
    let mut conflict = find(db, mapping, id).await?;
    if !decide(&mut conflict, winner, by, now).map_err(refuse)? {
        return Ok(conflict);
    }
    upsert::upsert::<Entity>(db, vec![row(mapping, &conflict)?]).await?;
    if let Some(mut link) = links::find(db, mapping, &conflict.link).await? {
        let asked = work_of(&mut link, &conflict);
        let generation = lease::number_for(db, mapping, asked.as_slice().len()).await?;
        links::replace(db, mapping, &link).await?;
        work::put(db, mapping, asked.as_slice(), generation).await?;
    }
    Ok(conflict)
}
