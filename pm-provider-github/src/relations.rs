//! Dependencies between issues: one blocks the other
//! (<https://docs.github.com/en/rest/issues/issue-dependencies>).
//!
//! They have no id and no time of their own. The one that blocks is told by its database id, the one that is blocked by
//! its number; both may be in repositories of their own.

use async_trait::async_trait;
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named};
use pm_provider::{
    Cursor, Effect, Entity, EntityCapabilities, Error, ErrorKind, NewRelation, Operation, Page, Relation, RelationId,
    RelationKind, RelationQuery, Relations, Result, TaskId,
};
use serde_json::{Value, json};

use crate::api::Api;
use crate::dto::Issue;
use crate::provider::told;
use crate::tasks::Housed;
use crate::{GitHubProvider, NAME, endpoints, ids};

/// What stands between the two ends in the id of a relation.
const BLOCKS: char = '>';

/// What can be done with relations.
pub(crate) fn capabilities() -> EntityCapabilities {
    EntityCapabilities::new().operations([Operation::List, Operation::Create, Operation::Delete])
}

/// The kinds of relations that there are.
pub(crate) const KINDS: [RelationKind; 1] = [RelationKind::Blocks];

impl Api {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<&Cursor>) -> Result<Page<Relation>> {
        self.capabilities.check_query(query)?;
        let size = self.page_size(query.page_size) as usize;
        let listing = Listing::new(NAME, "relations", query, size);
        listing.open::<(usize, String)>(cursor)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let housed = self.issue(task).await?;
        let (before, after) =
            futures_util::try_join!(self.blockers(&housed), self.list(&housed, &endpoints::LIST_BLOCKING))?;
        let this = housed.id();
        let before = before.into_iter().map(|(id, _)| blocks(&id, &this));
        let after = after.into_iter().map(|(id, _)| blocks(&this, &id));
        // Nothing says when they were made: what comes before a task comes first.
        slice(&listing, cursor, before.chain(after).collect(), |relation: &Relation| {
            (usize::from(relation.from == this), relation.id.to_string())
        })
    }

    /// What blocks an issue.
    async fn blockers(&self, housed: &Housed) -> Result<Vec<(TaskId, Raw<Issue>)>> {
        self.list(housed, &endpoints::LIST_BLOCKED_BY).await
    }

    async fn list(&self, housed: &Housed, endpoint: &'static pm_http::Endpoint) -> Result<Vec<(TaskId, Raw<Issue>)>> {
        let number = housed.row.item.number.to_string();
        let request = self.in_repository(&housed.repository, endpoint, &[&number]);
        let rows: Vec<Raw<Issue>> = self.all(endpoint, request).await?;
        let mut named = Vec::with_capacity(rows.len());
        for row in rows {
            let home = self.home(&housed.repository, &row.item.repository_url).await?;
            named.push((ids::of_issue(home.id, row.item.number).into(), row));
        }
        Ok(named)
    }

    async fn create_relation(&self, new: &NewRelation) -> Result<Relation> {
        self.capabilities.check_operation(Entity::Relation, Operation::Create)?;
        if new.from == new.to {
            return Err(itself(&new.from));
        }
        if !self.capabilities.takes_relations(new.kind) {
            return Err(Error::unsupported("GitHub has one kind of relation between issues, `blocks`"));
        }
        let (from, to) = (self.issue(&new.from).await?, self.issue(&new.to).await?);
        if from.id() == to.id() {
            return Err(itself(&new.from));
        }
        let relation = blocks(&from.id(), &to.id());
        // Two that relate the same tasks at once would meet.
        let _turn = self.turns.of((to.repository.id, to.row.item.number)).await;
        if self.is_blocked_by(&to, &from).await? {
            return Ok(relation);
        }
        let number = to.row.item.number.to_string();
        let body = json!({ "issue_id": from.row.item.id });
        let added: Result<Raw<Value>> =
            self.write_in(&to.repository, &endpoints::ADD_BLOCKED_BY, &[&number], &body).await;
        match added {
            Ok(_) => Ok(relation),
            // The answer may be lost, and somebody else faster: what is there is what counts.
            Err(error) if *error.effect() == Effect::Unknown || error.kind() == ErrorKind::InvalidInput => {
                if self.is_blocked_by(&to, &from).await? { Ok(relation) } else { Err(refused(error)) }
            }
            Err(error) => Err(error),
        }
    }

    async fn is_blocked_by(&self, blocked: &Housed, blocker: &Housed) -> Result<bool> {
        let id = blocker.row.item.id;
        Ok(self.blockers(blocked).await?.iter().any(|(_, row)| row.item.id == id))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        self.capabilities.check_operation(Entity::Relation, Operation::Delete)?;
        let lost = || Error::not_found("relation", id);
        let (from, to) = id.as_str().split_once(BLOCKS).ok_or_else(lost)?;
        let (from, to) = (TaskId::new(from), TaskId::new(to));
        let this = self.issue(task).await?.id();
        let blocked = if this == to { None } else { self.issue_if_there(&to).await? };
        let blocked = match blocked {
            None if this == to => self.issue(task).await?,
            None => return Err(lost()),
            Some(_) if this != from => return Err(lost()),
            Some(blocked) => blocked,
        };
        let blockers = self.blockers(&blocked).await?;
        let blocker = blockers.iter().find(|(known, _)| *known == from).ok_or_else(lost)?;
        let (number, blocker) = (blocked.row.item.number.to_string(), blocker.1.item.id.to_string());
        let rest = [number.as_str(), blocker.as_str()];
        let answer = self.delete_in(&blocked.repository, &endpoints::REMOVE_BLOCKED_BY, &rest).await;
        answer.map_err(|error| named(error, "relation", id))
    }
}

/// The relation of two issues of which one blocks the other.
fn blocks(from: &TaskId, to: &TaskId) -> Relation {
    Relation::new(format!("{from}{BLOCKS}{to}"), RelationKind::Blocks, from, to).name("blocks")
}

fn itself(task: &TaskId) -> Error {
    Error::invalid_input(format!("task `{task}` cannot be related to itself"))
}

/// Both tasks are there, so that what is refused is the relation: it would close a circle, or there are too many.
fn refused(error: Error) -> Error {
    if error.kind() != ErrorKind::InvalidInput {
        return error;
    }
    let conflict = Error::new(ErrorKind::Conflict, error.message().to_owned());
    match error.http_status() {
        Some(status) => conflict.with_http_status(status),
        None => conflict,
    }
}

#[async_trait]
impl Relations for GitHubProvider {
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
