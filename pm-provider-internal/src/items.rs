//! Items of any kind by their names.

use std::collections::HashMap;

use pm_provider::{Entity, Existence, Item, ItemRef};
use sea_orm::ConnectionTrait;

use crate::error::Result;
use crate::{comment, id, project, sprint, task, user};

/// Ids in one statement; SQLite takes 32,766 values.
const IDS_PER_STATEMENT: usize = 500;

/// The kinds that are items.
pub(crate) const KINDS: [Entity; 5] = [Entity::Project, Entity::Task, Entity::Sprint, Entity::Comment, Entity::User];

/// Finds items with one statement for each kind (and five hundred of it); those that are not there are left out.
pub(crate) async fn find_many<C: ConnectionTrait>(db: &C, wanted: &[ItemRef]) -> Result<HashMap<ItemRef, Item>> {
    let mut found = HashMap::with_capacity(wanted.len());
    for entity in KINDS {
        let of_kind = wanted.iter().filter(|item| item.entity() == entity).map(ItemRef::id);
        let ids: Vec<_> = of_kind.filter(|id| id::is_possible(id)).collect();
        let items = find_of_kind(db, entity, &ids).await?;
        found.extend(items.into_iter().map(|item| (item.reference(), item)));
    }
    Ok(found)
}

/// Finds the items of a kind by their ids alone.
pub(crate) async fn find_of_kind<C: ConnectionTrait>(db: &C, entity: Entity, ids: &[&str]) -> Result<Vec<Item>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_PER_STATEMENT) {
        found.extend(read(db, entity, ids).await?);
    }
    Ok(found)
}

async fn read<C: ConnectionTrait>(db: &C, entity: Entity, ids: &[&str]) -> Result<Vec<Item>> {
    Ok(match entity {
        Entity::Project => project::query::find_many(db, ids).await?.into_iter().map(Item::from).collect(),
        Entity::Task => task::query::find_many(db, ids).await?.into_iter().map(Item::from).collect(),
        Entity::Sprint => sprint::query::find_many(db, ids).await?.into_iter().map(Item::from).collect(),
        Entity::Comment => comment::query::find_many(db, ids).await?.into_iter().map(Item::from).collect(),
        Entity::User => user::query::find_many(db, ids).await?.into_iter().map(Item::from).collect(),
        _ => Vec::new(),
    })
}

/// This database hides nothing: what is not found is gone.
pub(crate) async fn exists<C: ConnectionTrait>(db: &C, items: &[ItemRef]) -> Result<Vec<Existence>> {
    let found = find_many(db, items).await?;
    let of = |item| if found.contains_key(item) { Existence::Present } else { Existence::Absent };
    Ok(items.iter().map(of).collect())
}
