//! A listing with items of one's own in it.

use pm_provider::{Cursor, Entity, Operation, Page, Result};
use serde_json::{Value, json};

use super::Subject;
use super::expect::same;
use super::fixture::pages_from;
use super::items::{Place, with};
use super::verdict::Outcome;

/// A listing, and the ids of the rule's own items in it, in order of creation.
pub(super) struct Shelf<'a> {
    subject: &'a Subject,
    pub(super) entity: Entity,
    pub(super) query: Value,
    pub(super) ids: Vec<String>,
    /// What a further item is made of.
    least: Value,
    /// Whether the listing holds other things too.
    pub(super) shared: bool,
}

impl<'a> Shelf<'a> {
    /// Makes items and the query that lists them.
    pub(super) async fn with(subject: &'a Subject, entity: Entity, count: usize) -> Outcome<Self> {
        subject.requires(entity, Operation::List).await?;
        let least = subject.least(entity).await?;
        let (query, shared) = match entity {
            Entity::Task | Entity::Sprint => (json!({ "project": least["project_id"] }), subject.project.is_some()),
            Entity::Comment => (json!({ "task": least["task_id"] }), false),
            _ => (json!({}), true),
        };
        let mut shelf = Self { subject, entity, query, ids: Vec::new(), least, shared };
        for _ in 0..count {
            let id = shelf.add().await?;
            shelf.ids.push(id);
        }
        subject.settled().await;
        Ok(shelf)
    }

    /// Makes one more item and returns its id.
    pub(super) async fn add(&self) -> Outcome<String> {
        let item = self.subject.create_json(self.entity, self.subject.another(self.entity, &self.least)).await?;
        Ok(Place::of(self.entity, &item).id)
    }

    /// Makes one more item with a member set.
    pub(super) async fn add_with(&self, member: &str, value: Value) -> Outcome<String> {
        let item = self.subject.create_json(self.entity, with(self.least.clone(), member, value)).await?;
        Ok(Place::of(self.entity, &item).id)
    }

    /// Where one of the items is.
    pub(super) fn place(&self, id: &str) -> Place {
        let task = self.least["task_id"].as_str().unwrap_or_default();
        Place { task: task.into(), ..Place::new(self.entity, id) }
    }

    /// One page.
    pub(super) async fn page(&self, size: u32, cursor: Option<Cursor>) -> Result<Page<Value>> {
        let query = with(self.query.clone(), "page_size", json!(size));
        self.subject.page_json(self.entity, &query, cursor).await
    }

    /// All pages of a size from a place on.
    pub(super) async fn pages(&self, size: u32, from: Option<Cursor>) -> Outcome<Vec<Page<Value>>> {
        pages_from(from, |cursor| self.page(size, cursor)).await
    }

    /// The ids of the rule's own items on these pages, in the order of the pages.
    pub(super) fn own(&self, pages: &[Page<Value>]) -> Vec<String> {
        let ids = pages.iter().flat_map(|page| &page.items).filter_map(|item| item["id"].as_str());
        ids.filter(|id| !self.shared || self.ids.iter().any(|own| own == id)).map(str::to_owned).collect()
    }

    /// Makes sure that these pages show each own item once, in order of creation.
    pub(super) fn shows_each_once(&self, what: &str, pages: &[Page<Value>]) -> Outcome {
        same(what, &self.ids, &self.own(pages))
    }
}
