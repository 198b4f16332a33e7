//! `sync_items`.

use std::collections::{BTreeMap, HashMap, HashSet};

use pm_provider::Result;
use pm_provider_internal::store::entity::sync_item::{ActiveModel, Column, Entity, Model};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::cell::{self, IDS_PER_STATEMENT};
use super::{refuse, upsert};
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::record::FieldKey;
use crate::store::comments::{comments_of, is_about};
use crate::store::{Absence, Link, LinkState, Parked, Seen, StoreError};

/// Reads a row.
pub(super) fn read(row: Model) -> Result<Link> {
    let base = |text: Option<String>| text.map(|text| cell::from_json(&text)).transpose();
    let seen = |hash: Option<String>, version, at| -> Result<Option<Seen>> {
        let at = cell::optional_time(at)?;
        Ok(hash.map(|hash| Seen { hash, version, at }))
    };
    let parked: Option<BTreeMap<FieldKey, Parked>> = row.parked.map(|text| cell::from_json(&text)).transpose()?;
    let absent_side = cell::optional_side(row.absent_side.as_deref())?;
    let absent_since = cell::optional_time(row.absent_since)?;
    Ok(Link {
        id: row.id,
        kind: cell::kind(&row.kind)?,
        ids: Pair::new(row.a_id, row.b_id),
        base: Pair::new(base(row.a_base)?, base(row.b_base)?),
        seen: Pair::new(
            seen(row.a_hash, row.a_version, row.a_changed_at)?,
            seen(row.b_hash, row.b_version, row.b_changed_at)?,
        ),
        state: cell::from_word(&row.state)?,
        pending_parent: row.pending_parent,
        parked: parked.unwrap_or_default(),
        absence: absent_since.map(|since| Absence { side: absent_side, since }),
        attempt: u32::try_from(row.attempt).unwrap_or(u32::MAX),
        created_at: cell::time(row.created_at)?,
    })
}

fn row(mapping: &str, link: &Link) -> Result<Model> {
    let base = |side| link.base.get(side).as_ref().map(cell::json).transpose();
    let (a, b) = (link.seen.a.as_ref(), link.seen.b.as_ref());
    let changed_at = |seen: Option<&Seen>| seen.and_then(|seen| seen.at).map(cell::micros);
    Ok(Model {
        mapping_id: mapping.to_owned(),
        id: link.id.clone(),
        kind: link.kind.word().to_owned(),
        a_id: link.ids.a.clone(),
        b_id: link.ids.b.clone(),
        a_base: base(Side::A)?,
        b_base: base(Side::B)?,
        a_hash: a.map(|seen| seen.hash.clone()),
        b_hash: b.map(|seen| seen.hash.clone()),
        a_version: a.and_then(|seen| seen.version.clone()),
        b_version: b.and_then(|seen| seen.version.clone()),
        a_changed_at: changed_at(a),
        b_changed_at: changed_at(b),
        state: cell::word(link.state)?,
        pending_parent: link.pending_parent,
        parked: if link.parked.is_empty() { None } else { Some(cell::json(&link.parked)?) },
        absent_side: link.absence.and_then(|absence| absence.side).map(|side| side.word().to_owned()),
        absent_since: link.absence.map(|absence| cell::micros(absence.since)),
        attempt: link.attempt.into(),
        created_at: cell::micros(link.created_at),
    })
}

fn id_column(side: Side) -> Column {
    match side {
        Side::A => Column::AId,
        Side::B => Column::BId,
    }
}

/// Writes links, if no item gets two twins by that. `winners` says which conflicts are decided.
pub(super) async fn write(
    db: &Transaction,
    mapping: &str,
    links: &[Link],
    winners: &HashMap<String, Side>,
) -> Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    let givers = refuse_second_twins(db, mapping, links).await?;
    give_up_items(db, mapping, &givers).await?;
    let mut rows = Vec::with_capacity(links.len());
    for link in upsert::last_of_each(links, |link| &link.id) {
        rows.push(if link.parked.is_empty() { row(mapping, link)? } else { row(mapping, &told(link, winners))? });
    }
    upsert::upsert::<Entity>(db, rows).await
}

/// Frees the items of links that are about to be written with others: the index is asked row by row.
async fn give_up_items(db: &Transaction, mapping: &str, ids: &[String]) -> Result<()> {
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let none = ActiveModel { a_id: Set(None), b_id: Set(None), ..Default::default() };
        let those = Entity::update_many().set(none).filter(Column::MappingId.eq(mapping)).filter(Column::Id.is_in(ids));
        those.exec(db).await.map_err(Store::error)?;
    }
    Ok(())
}

/// Writes a link whose items stay the same.
pub(super) async fn replace(db: &Transaction, mapping: &str, link: &Link) -> Result<()> {
    upsert::upsert::<Entity>(db, vec![row(mapping, link)?]).await
}

/// A link whose parked fields know what was decided.
fn told(link: &Link, winners: &HashMap<String, Side>) -> Link {
    let mut link = link.clone();
    for parked in link.parked.values_mut().filter(|parked| parked.winner.is_none()) {
        parked.winner = winners.get(&parked.conflict).copied();
    }
    link
}

/// Answers the links among those to be written that have an item now which another one of them gets.
async fn refuse_second_twins(db: &Transaction, mapping: &str, links: &[Link]) -> Result<Vec<String>> {
    let mut wanted: Pair<HashMap<ItemKey, &str>> = Pair::default();
    let mut arms: BTreeMap<(Side, Kind), Vec<&str>> = BTreeMap::new();
    for (side, link) in Side::BOTH.into_iter().flat_map(|side| links.iter().map(move |link| (side, link))) {
        let (Some(id), Some(item)) = (link.ids.get(side), link.item(side)) else { continue };
        arms.entry((side, link.kind)).or_default().push(id);
        if wanted.get_mut(side).insert(item.clone(), &link.id).is_some_and(|other| other != link.id) {
            return Err(refuse(StoreError::Taken(item, side)));
        }
    }
    let written: HashSet<_> = links.iter().map(|link| link.id.as_str()).collect();
    let mut givers = Vec::new();
    for (holder, kind, a, b) in holders(db, mapping, &arms).await? {
        let kind = cell::kind(&kind)?;
        for (side, id) in [(Side::A, a), (Side::B, b)] {
            let Some(item) = id.map(|id| ItemKey::new(kind, id)) else { continue };
            match wanted.get(side).get(&item) {
                Some(getter) if *getter != holder && written.contains(holder.as_str()) => givers.push(holder.clone()),
                Some(getter) if *getter != holder => return Err(refuse(StoreError::Taken(item, side))),
                _ => {}
            }
        }
    }
    Ok(givers)
}

/// A link's id, its kind, and its ids on both sides.
type Holder = (String, String, Option<String>, Option<String>);

/// The links that have some items now.
async fn holders(db: &Transaction, mapping: &str, arms: &BTreeMap<(Side, Kind), Vec<&str>>) -> Result<Vec<Holder>> {
    let mut holders = Vec::new();
    let chunks = arms.iter().flat_map(|(of, ids)| ids.chunks(IDS_PER_STATEMENT).map(move |ids| (*of, ids)));
    let chunks: Vec<_> = chunks.collect();
    // Few arms are asked for at once: a statement for each would double what a step costs.
    for chunks in chunks.chunks(8) {
        let any =
            chunks.iter().fold(Condition::any(), |any, ((side, kind), ids)| any.add(those(mapping, *side, *kind, ids)));
        let columns = [Column::Id, Column::Kind, Column::AId, Column::BId];
        let found = Entity::find().select_only().columns(columns).filter(any).into_tuple().all(db).await;
        holders.extend(found.map_err(Store::error)?);
    }
    Ok(holders)
}

/// The links of some items of one kind and side: each arm names the whole of an index.
fn those(mapping: &str, side: Side, kind: Kind, ids: &[&str]) -> Condition {
    Condition::all()
        .add(Column::MappingId.eq(mapping))
        .add(Column::Kind.eq(kind.word()))
        .add(id_column(side).is_in(ids.iter().copied()))
}

/// Forgets links.
pub(super) async fn forget(db: &Transaction, mapping: &str, ids: &[String]) -> Result<()> {
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        let those = Entity::delete_many().filter(Column::MappingId.eq(mapping)).filter(Column::Id.is_in(ids));
        those.exec(db).await.map_err(Store::error)?;
    }
    Ok(())
}

pub(super) async fn find<C: ConnectionTrait>(db: &C, mapping: &str, id: &str) -> Result<Option<Link>> {
    let found = Entity::find_by_id((mapping.to_owned(), id.to_owned())).one(db).await.map_err(Store::error)?;
    found.map(read).transpose()
}

pub(super) async fn of<C: ConnectionTrait>(db: &C, mapping: &str, side: Side, items: &[ItemKey]) -> Result<Vec<Link>> {
    let mut links = Vec::with_capacity(items.len());
    for kind in Kind::ALL {
        let ids: Vec<_> = items.iter().filter(|item| item.kind == kind).map(|item| item.id.as_str()).collect();
        for ids in ids.chunks(IDS_PER_STATEMENT) {
            links.extend(read_all(Entity::find().filter(those(mapping, side, kind, ids)).all(db).await)?);
        }
    }
    Ok(links)
}

pub(super) async fn of_comments<C: ConnectionTrait>(
    db: &C,
    mapping: &str,
    side: Side,
    task: &str,
) -> Result<Vec<Link>> {
    let [from, to] = comments_of(task);
    let between = Entity::find()
        .filter(Column::MappingId.eq(mapping))
        .filter(Column::Kind.eq(Kind::Comment.word()))
        .filter(id_column(side).gte(from))
        .filter(id_column(side).lt(to));
    let mut links = read_all(between.all(db).await)?;
    links.retain(|link| is_about(link, side, task));
    Ok(links)
}

pub(super) async fn pending_children<C: ConnectionTrait>(db: &C, mapping: &str) -> Result<Vec<Link>> {
    // The bare column is what the index over such rows alone is made for.
    let pending = Entity::find().filter(Column::MappingId.eq(mapping)).filter(Expr::col(Column::PendingParent));
    read_all(pending.order_by_asc(Column::Id).all(db).await)
}

fn read_all(rows: std::result::Result<Vec<Model>, DbErr>) -> Result<Vec<Link>> {
    rows.map_err(Store::error)?.into_iter().map(read).collect()
}

pub(super) async fn after<C: ConnectionTrait>(
    db: &C,
    mapping: &str,
    kind: Option<Kind>,
    after: Option<&str>,
    limit: Option<usize>,
) -> Result<Vec<Link>> {
    let mut select = Entity::find().filter(Column::MappingId.eq(mapping)).order_by_asc(Column::Id);
    if let Some(kind) = kind {
        select = select.filter(Column::Kind.eq(kind.word()));
    }
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    read_all(select.limit(limit.map(cell::limit)).all(db).await)
}

pub(super) async fn count<C: ConnectionTrait>(db: &C, mapping: &str) -> Result<BTreeMap<Kind, usize>> {
    let tombstoned = cell::word(LinkState::Tombstoned)?;
    let counts = Entity::find()
        .select_only()
        .column(Column::Kind)
        .column_as(Expr::cust("count(*)"), "links")
        .filter(Column::MappingId.eq(mapping))
        .filter(Expr::col(Column::State).ne(tombstoned))
        .group_by(Column::Kind)
        .into_tuple::<(String, i64)>()
        .all(db)
        .await;
    let counts = counts.map_err(Store::error)?.into_iter();
    counts.map(|(kind, count)| Ok((cell::kind(&kind)?, usize::try_from(count).unwrap_or_default()))).collect()
}
