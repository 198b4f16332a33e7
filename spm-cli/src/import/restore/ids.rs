//! What the ids of an export stand for here.

use std::collections::HashMap;
use std::sync::Arc;

use pm_core::{CommentId, Entity, Item, ItemRef, Marked, MarkerQuery, PmProvider, SyncSupport, TaskId};

use crate::exit::Code;
use crate::failure::{Failure, Result};

/// Ids that are remembered before the memory is emptied: they can be looked up again.
const REMEMBERED: usize = 50_000;

/// What an old id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An item of this backend.
    Here(String),
    /// An item that was made by an import, and deleted since.
    Gone,
}

/// From old ids to those of this backend.
#[derive(Debug)]
pub(super) struct Ids {
    markers: Arc<dyn SyncSupport>,
    backend: String,
    source: String,
    dry_run: bool,
    known: HashMap<(Entity, String), Found>,
}

impl Ids {
    pub(super) fn new(provider: &Arc<dyn PmProvider>, dry_run: bool) -> Result<Self> {
        let markers = provider.sync_support().ok_or_else(|| {
            let name = provider.name();
            Failure::new(Code::Unsupported, format!("`{name}` cannot tell what an import made before"))
                .hint("a second run would make everything twice")
        })?;
        let backend = provider.name().to_owned();
        Ok(Self { markers, backend, source: String::new(), dry_run, known: HashMap::new() })
    }

    /// Names the backend that the export was taken from.
    pub(super) fn came_from(&mut self, source: &str) {
        source.clone_into(&mut self.source);
    }

    /// The idempotency key of an item that had this id.
    pub(super) fn key(&self, entity: Entity, old: &str) -> String {
        format!("spm:{}:{entity}:{old}", self.source)
    }

    /// What an old id stands for, as far as [`learn`](Self::learn) was asked.
    pub(super) fn get(&self, entity: Entity, old: &str) -> Option<&Found> {
        self.known.get(&(entity, old.to_owned()))
    }

    /// The id here of an item that is here.
    pub(super) fn here(&self, entity: Entity, old: &str) -> Option<&str> {
        match self.get(entity, old)? {
            Found::Here(id) => Some(id),
            Found::Gone => None,
        }
    }

    /// Notes what an old id stands for.
    pub(super) fn put(&mut self, entity: Entity, old: &str, new: impl Into<String>) {
        self.known.insert((entity, old.to_owned()), Found::Here(new.into()));
    }

    /// Forgets tasks and comments when there are many: between two chunks, never while one is under way.
    pub(super) fn forget(&mut self) {
        let is_many = |(entity, _): &(Entity, String)| matches!(entity, Entity::Task | Entity::Comment);
        // In a dry run nothing can be looked up that was not written.
        if !self.dry_run && self.known.keys().filter(|key| is_many(key)).count() > REMEMBERED {
            self.known.retain(|key, _| !is_many(key));
        }
    }

    /// Looks up what is not known yet, all at once.
    pub(super) async fn learn<'a>(&mut self, entity: Entity, olds: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let mut unknown: Vec<_> = olds.into_iter().filter(|old| self.get(entity, old).is_none()).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(());
        }
        let keys = unknown.iter().map(|old| self.key(entity, old));
        let by_key: HashMap<_, _> = keys.zip(unknown.iter().copied()).collect();
        for marked in self.markers.find_by_marker(&MarkerQuery::new(entity, by_key.keys().cloned())).await? {
            if let Some(old) = by_key.get(&marked.key) {
                self.known.insert((entity, (*old).to_owned()), state(marked));
            }
        }
        unknown.retain(|old| self.get(entity, old).is_none());
        self.learn_own(entity, &unknown).await
    }

    /// An export that comes home finds its items under their very ids. Only ids that are unique in the world prove that:
    /// `42` is everywhere.
    async fn learn_own(&mut self, entity: Entity, olds: &[&str]) -> Result<()> {
        let references = olds.iter().filter_map(|old| reference(entity, old)).collect();
        self.learn_items(entity, references).await
    }

    /// The same for comments, which are found by way of their tasks: pairs of a task's id here and a comment's old one.
    pub(super) async fn learn_comments(&mut self, olds: Vec<(TaskId, CommentId)>) -> Result<()> {
        let unknown = olds.into_iter().filter(|(_, old)| self.get(Entity::Comment, old.as_str()).is_none());
        let references = unknown.map(|(task, old)| ItemRef::Comment(task, old)).collect();
        self.learn_items(Entity::Comment, references).await
    }

    async fn learn_items(&mut self, entity: Entity, mut references: Vec<ItemRef>) -> Result<()> {
        references.retain(|reference| self.source == self.backend && is_uuid(reference.id()));
        if references.is_empty() {
            return Ok(());
        }
        for item in self.markers.get_many(&references).await? {
            let id = Item::reference(&item).id().to_owned();
            self.put(entity, &id.clone(), id);
        }
        Ok(())
    }
}

fn state(marked: Marked) -> Found {
    match marked.item {
        Some(_) => Found::Here(marked.id),
        None => Found::Gone,
    }
}

fn reference(entity: Entity, id: &str) -> Option<ItemRef> {
    match entity {
        Entity::User => Some(ItemRef::User(id.into())),
        Entity::Project => Some(ItemRef::Project(id.into())),
        Entity::Sprint => Some(ItemRef::Sprint(id.into())),
        Entity::Task => Some(ItemRef::Task(id.into())),
        _ => None,
    }
}

pub(super) fn is_uuid(id: &str) -> bool {
    let lengths: Vec<_> = id.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
