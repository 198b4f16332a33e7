//! Idempotency keys where the tracker does not keep them itself: as marks that are found once the index shows them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pm_provider::{BatchOperation, Entity, Error, Item, ItemRef, Marked, MarkerQuery, Result, SyncSupport};

use super::{Guarantee, ModelTracker, now};

/// Which mark is in which items.
#[derive(Debug, Default)]
pub(super) struct Marks(BTreeMap<(Entity, String), Vec<Made>>);

/// An item, and when it was made.
type Made = (ItemRef, DateTime<Utc>);

impl Marks {
    pub(super) fn keep(&mut self, entity: Entity, key: &str, item: ItemRef, at: DateTime<Utc>) {
        let items = self.0.entry((entity, key.to_owned())).or_default();
        if items.iter().all(|(known, _)| *known != item) {
            items.push((item, at));
        }
    }

    fn of(&self, entity: Entity, key: &str) -> &[Made] {
        self.0.get(&(entity, key.to_owned())).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A write without its mark.
pub(super) enum Unmarked {
    /// What carries the mark already.
    Known(Item),
    /// What is to be written, and the mark.
    New(BatchOperation, Option<String>),
}

impl ModelTracker {
    /// Takes the mark off a create that the tracker would otherwise keep as a key; what carries it already is found.
    pub(super) fn unmark(&self, mut operation: BatchOperation) -> Result<Unmarked> {
        let entity = operation.entity();
        let (key, is_new) = match &mut operation {
            BatchOperation::CreateTask(new) => (&mut new.idempotency_key, new.new_key),
            BatchOperation::CreateSprint(new) => (&mut new.idempotency_key, new.new_key),
            BatchOperation::CreateComment(new) => (&mut new.idempotency_key, new.new_key),
            _ => return Ok(Unmarked::New(operation, None)),
        };
        let key = match self.shared.vices.guarantee {
            Guarantee::Native => key.clone(),
            Guarantee::Marker => key.take(),
            Guarantee::None => match key.take() {
                Some(_) => return Err(Error::unsupported("there are no idempotency keys")),
                None => None,
            },
        };
        let looked_for = key.as_ref().filter(|_| self.shared.vices.guarantee == Guarantee::Marker && !is_new);
        if let Some(item) = looked_for.and_then(|key| self.marked(entity, key).into_iter().next()) {
            return Ok(Unmarked::Known(item));
        }
        Ok(Unmarked::New(operation, key))
    }

    /// What the index shows of the items with a mark.
    fn marked(&self, entity: Entity, key: &str) -> Vec<Item> {
        let items = self.lock().marks.of(entity, key).to_vec();
        items.iter().filter(|(item, at)| self.is_visible(item, *at)).filter_map(|(item, _)| self.get(item)).collect()
    }

    /// What was created with some keys, as far as it can be found by now.
    pub(super) fn find_marked(&self, query: &MarkerQuery) -> Result<Vec<Marked>> {
        match self.shared.vices.guarantee {
            Guarantee::Native => now(SyncSupport::find_by_marker(&self.shared.inner, query)),
            _ => Ok(query.keys.iter().flat_map(|key| self.answers(query.entity, key)).collect()),
        }
    }

    fn answers(&self, entity: Entity, key: &str) -> Vec<Marked> {
        let items = self.marked(entity, key).into_iter();
        items.map(|item| Marked::new(key, item.reference().id()).item(item)).collect()
    }
}
