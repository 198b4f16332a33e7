//! Relations between tasks: dependencies and links.
//!
//! A task tells both of itself: who waits for whom stands at both ends in the same words, a link is told from each end's
//! own side. Neither has an id, so that ours are made of what is related. A link has no direction: it reads from the task
//! with the smaller id, at both of its ends.

use async_trait::async_trait;
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named, unless_hidden};
use pm_provider::{
    Cursor, Entity, EntityCapabilities, Error, ErrorKind, NewRelation, Operation, Page, Relation, RelationId,
    RelationKind, RelationQuery, Relations, Result, TaskId,
};
use serde_json::json;

use crate::api::Api;
use crate::dto::{Dependency, Link, Task, Threads};
use crate::projects::age;
use crate::provider::told;
use crate::{ClickUpProvider, NAME, endpoints, ids};

/// The kinds of relations that ClickUp knows.
pub(crate) const KINDS: [RelationKind; 2] = [RelationKind::Relates, RelationKind::Blocks];

/// What can be done with relations.
pub(crate) fn capabilities() -> EntityCapabilities {
    EntityCapabilities::new().operations([Operation::List, Operation::Create, Operation::Delete])
}

/// A relation with the time at which it was made.
type Made = (Option<i64>, Relation);

/// What is related, as our ids tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pair {
    Blocks { from: String, to: String },
    Relates { from: String, to: String },
}

impl Pair {
    fn blocks(from: &str, to: &str) -> Self {
        Self::Blocks { from: from.to_owned(), to: to.to_owned() }
    }

    /// The same from both ends.
    fn relates(one: &str, other: &str) -> Self {
        let (from, to) = if age(one) <= age(other) { (one, other) } else { (other, one) };
        Self::Relates { from: from.to_owned(), to: to.to_owned() }
    }

    fn read(id: &RelationId) -> Option<Self> {
        let mut parts = id.as_str().split(':');
        let (word, from, to) = (parts.next()?, parts.next()?, parts.next()?);
        let is_one = parts.next().is_none() && ids::is_task(from) && ids::is_task(to);
        match word {
            "blocks" if is_one => Some(Self::blocks(from, to)),
            "relates" if is_one => Some(Self::relates(from, to)),
            _ => None,
        }
    }

    fn relation(&self) -> Relation {
        let (kind, word, (from, to)) = match self {
            Self::Blocks { from, to } => (RelationKind::Blocks, "blocks", (from, to)),
            Self::Relates { from, to } => (RelationKind::Relates, "relates", (from, to)),
        };
        Relation::new(format!("{word}:{from}:{to}"), kind, from.as_str(), to.as_str())
    }

    fn ends(&self) -> [&String; 2] {
        let (Self::Blocks { from, to } | Self::Relates { from, to }) = self;
        [from, to]
    }
}

fn dependency(row: Raw<Dependency>) -> Option<Made> {
    let Dependency { task_id, depends_on, date_created } = row.item;
    let is_whole = !task_id.is_empty() && !depends_on.is_empty();
    let relation = Pair::blocks(&depends_on, &task_id).relation().name("waiting on").raw_data(row.raw);
    is_whole.then_some((date_created, relation))
}

fn link(row: Raw<Link>) -> Option<Made> {
    let Link { task_id, link_id, date_created } = row.item;
    let is_whole = !task_id.is_empty() && !link_id.is_empty();
    let relation = Pair::relates(&task_id, &link_id).relation().name("linked").raw_data(row.raw);
    is_whole.then_some((date_created, relation))
}

/// The relations that a task tells of.
fn relations_in(threads: Threads) -> Vec<Made> {
    let dependencies = threads.dependencies.into_iter().filter_map(dependency);
    let mut made: Vec<_> = dependencies.chain(threads.linked_tasks.into_iter().filter_map(link)).collect();
    made.sort_by_key(order);
    made.dedup_by(|one, other| one.1.id == other.1.id);
    made
}

fn order((time, relation): &Made) -> (Option<i64>, String) {
    (*time, relation.id.as_str().to_owned())
}

impl Api {
    async fn relations_of(&self, task: &str) -> Result<Vec<Made>> {
        Ok(relations_in(self.read_task(task, false).await?))
    }

    async fn relations_page(&self, query: &RelationQuery, cursor: Option<&Cursor>) -> Result<Page<Relation>> {
        self.capabilities.check_query(query)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let relations = self.relations_of(task.as_str()).await?;
        let size = query.page_size.map_or(usize::MAX, |size| size as usize);
        let listing = Listing::new(NAME, "relations", query, size);
        Ok(slice(&listing, cursor, relations, order)?.map(|(_, relation)| relation))
    }

    /// A task that is to be related, by an id that may be what people call it.
    async fn end(&self, task: &TaskId) -> Result<Raw<Task>> {
        self.task_row(task.as_str()).await
    }

    async fn create_relation(&self, new: &NewRelation) -> Result<Relation> {
        self.check_kind(new.kind)?;
        if new.from == new.to {
            return Err(Error::invalid_input(format!("the task `{}` cannot be related to itself", new.from)));
        }
        // Two that relate the same tasks at once would ask for it twice.
        let _turns = self.turns.of_both(new.from.as_str(), new.to.as_str()).await;
        let (from, to) = (self.end(&new.from).await?, self.end(&new.to).await?);
        let (from_id, to_id) = (from.item.id.as_str(), to.item.id.as_str());
        let pair = match new.kind {
            RelationKind::Blocks => Pair::blocks(from_id, to_id),
            _ => Pair::relates(from_id, to_id),
        };
        let wanted = pair.relation().id;
        let present = relations_in(from.raw.parse()?);
        if let Some((_, same)) = present.into_iter().find(|(_, relation)| relation.id == wanted) {
            return Ok(same);
        }
        let written = match new.kind {
            RelationKind::Blocks => {
                let body = json!({ "depends_on": from_id });
                self.put(&endpoints::ADD_DEPENDENCY, &[to_id], &body).await
            }
            _ => self.touch(&endpoints::ADD_LINK, &[from_id, to_id]).await,
        };
        written.map_err(|error| circle(error, new.kind))?;
        let made = self.relations_of(from_id).await?.into_iter().find(|(_, relation)| relation.id == wanted);
        made.map(|(_, relation)| relation).ok_or_else(|| {
            let message = format!("ClickUp took the relation of `{from_id}` to `{to_id}`, and shows none");
            Error::new(ErrorKind::InvalidResponse, message).with_effect(pm_provider::Effect::Unknown)
        })
    }

    fn check_kind(&self, kind: RelationKind) -> Result<()> {
        self.capabilities.check_operation(Entity::Relation, Operation::Create)?;
        if self.capabilities.takes_relations(kind) {
            return Ok(());
        }
        let error = Error::unsupported("ClickUp knows tasks that wait for others, and links");
        Err(error.hint("allowed are `relates` and `blocks`"))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        let lost = || Error::not_found("relation", id);
        let pair = Pair::read(id).ok_or_else(lost)?;
        let own = self.own_id(task).await?;
        if !pair.ends().contains(&&own) {
            return Err(lost());
        }
        let row: Option<Threads> = unless_hidden(self.read_task(&own, false).await)?;
        let relations = row.map(relations_in).unwrap_or_default();
        if relations.iter().all(|(_, relation)| relation.id != *id) {
            return Err(lost());
        }
        let answer = match &pair {
            // One of the two is named, which the reference takes for both
            // (<https://developer.clickup.com/reference/deletedependency>).
            Pair::Blocks { from, to } => {
                let request = self.http.request(&endpoints::DELETE_DEPENDENCY, &[to]).query("depends_on", from);
                pm_http::deleted(request.send().await)
            }
            Pair::Relates { from, to } => self.delete(&endpoints::DELETE_LINK, &[from, to]).await,
        };
        answer.map_err(|error| named(error, "relation", id))
    }
}

/// Tasks that wait for each other in a circle are refused.
fn circle(error: Error, kind: RelationKind) -> Error {
    if kind != RelationKind::Blocks || error.kind() != ErrorKind::InvalidInput {
        return error;
    }
    let status = error.http_status();
    let conflict = Error::new(ErrorKind::Conflict, error.message()).with_effect(error.effect().clone());
    status.into_iter().fold(conflict, Error::with_http_status)
}

#[async_trait]
impl Relations for ClickUpProvider {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        told("list_relations", self.api.relations_page(query, cursor.as_ref()).await)
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        told("create_relation", self.api.create_relation(&new).await)
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        told("delete_relation", self.api.delete_relation(task, id).await)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_ends_tell_the_same() {
        let at = |links: &str| {
            let json = format!(
                r#"{{"dependencies": [{{"task_id": "86b", "depends_on": "86a", "type": 1, "date_created": "5"}}, null],
                "linked_tasks": {links}}}"#
            );
            relations_in(serde_json::from_str(&json).unwrap())
        };
        let one = at(r#"[{"task_id": "86a", "link_id": "86b", "date_created": 3}]"#);
        let other = at(r#"[{"task_id": "86b", "link_id": "86a", "date_created": "3"}]"#);
        assert_eq!(one, other);
        let told: Vec<_> = one.iter().map(|(_, relation)| (relation.kind, relation.id.as_str())).collect();
        assert_eq!(told, [(RelationKind::Relates, "relates:86a:86b"), (RelationKind::Blocks, "blocks:86a:86b")]);
        assert_eq!((one[1].1.from.as_str(), one[1].1.to.as_str()), ("86a", "86b"));
    }

    #[test]
    fn ids_tell_what_is_related() {
        for pair in [Pair::blocks("86b", "86a"), Pair::relates("86b", "86a")] {
            assert_eq!(Pair::read(&pair.relation().id), Some(pair));
        }
        for id in ["", "blocks", "blocks:86a", "blocks:86a:86b:86c", "waits:86a:86b", "relates::86b", "blocks:a/b:c"] {
            assert_eq!(Pair::read(&RelationId::new(id)), None, "{id}");
        }
    }
}
