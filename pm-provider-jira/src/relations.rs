//! Relations: issue links.
//!
//! A link comes from its `inwardIssue` and points at its `outwardIssue`: with the type `Blocks`, whose outward name is
//! `blocks`, the inward issue blocks the outward one. On an issue only the other end of each link is named
//! (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-links/>).

use std::sync::Arc;

use async_trait::async_trait;
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named};
use pm_provider::{
    Cursor, Effect, EntityCapabilities, Error, ErrorKind, NewRelation, Operation, Page, Relation, RelationId,
    RelationKind, RelationQuery, Relations, Result, TaskId,
};
use serde_json::json;

use crate::api::Api;
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{Issue, Link, LinkType, LinkTypes};
use crate::map::{self, link_kind};
use crate::provider::told;
use crate::{JiraProvider, NAME, endpoints, ids};

/// What can be done with relations.
pub(crate) fn capabilities() -> EntityCapabilities {
    EntityCapabilities::new().operations([Operation::List, Operation::Create, Operation::Delete])
}

impl Api {
    /// The relations of a task in both directions.
    async fn relations_of(&self, task: u64) -> Result<Vec<Relation>> {
        links_of(&self.issue_by_id(task).await?.item)
    }

    async fn relations_page(&self, query: &RelationQuery, cursor: Option<&Cursor>) -> Result<Page<Relation>> {
        self.capabilities.check_query(query)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let relations = self.relations_of(ids::existing("task", task)?).await?;
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "relations", query, size);
        slice(&listing, cursor, relations, |relation| ids::number(relation.id.as_str()))
    }

    async fn create_relation(&self, new: &NewRelation) -> Result<Relation> {
        let (from, to) = (ids::existing("task", &new.from)?, ids::existing("task", &new.to)?);
        if from == to {
            return Err(Error::invalid_input(format!("the task `{from}` cannot be related to itself")));
        }
        if new.kind == RelationKind::Other {
            return Err(Error::invalid_input(
                "a relation of kind `other` says nothing; allowed are `relates`, `blocks`, `duplicates`, `precedes`",
            ));
        }
        // Two that relate the same tasks at once would make the relation twice.
        let _turn = self.turn(from.min(to)).await;
        if let Some(same) = self.relation_like(new, from).await? {
            return Ok(same);
        }
        self.issue_by_id(to).await?;
        let (kind, is_turned) = self.link_type(new.kind).await?;
        let (inward, outward) = if is_turned { (to, from) } else { (from, to) };
        let body = json!({
            "type": { "id": kind.id.to_string() },
            "inwardIssue": { "id": inward.to_string() },
            "outwardIssue": { "id": outward.to_string() },
        });
        let answer = self.tell(&endpoints::CREATE_LINK, &[], &body).await;
        match answer {
            Err(error) if *error.effect() != Effect::Unknown => Err(error),
            // The answer names no id, and may be lost: what is there is what counts.
            answer => match self.relation_like(new, from).await {
                Ok(Some(made)) => Ok(made),
                Err(_) | Ok(None) => {
                    let missing = || Error::not_found("relation", format!("{from} {} {to}", kind.outward));
                    Err(answer.err().unwrap_or_else(|| missing().with_effect(Effect::Unknown)))
                }
            },
        }
    }

    async fn relation_like(&self, new: &NewRelation, from: u64) -> Result<Option<Relation>> {
        Ok(self.relations_of(from).await?.into_iter().find(|relation| new.is_same_as(relation)))
    }

    /// The type of links that says a kind, and whether it says it from the other end.
    async fn link_type(&self, wanted: RelationKind) -> Result<(LinkType, bool)> {
        let types = self.link_types().await?;
        let found = types.iter().find_map(|known| {
            let (kind, is_turned) = link_kind(known);
            (kind == wanted).then(|| (known.clone(), is_turned))
        });
        found.ok_or_else(|| {
            let names: Vec<_> = types.iter().map(|known| format!("`{}`", known.outward)).collect();
            let message = format!("this Jira has no links that say it; it has {}", names.join(", "));
            Error::unsupported(message).hint("an administrator adds link types")
        })
    }

    async fn link_types(&self) -> Result<Arc<Vec<LinkType>>> {
        let fetch = async {
            let types: LinkTypes = self.get(&endpoints::LIST_LINK_TYPES, &[]).await?;
            Ok(types.issue_link_types)
        };
        self.issues.link_types.get(fetch).await
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        let task = ids::existing("task", task)?;
        let lost = || Error::not_found("relation", id);
        let path = ids::number(id.as_str()).ok_or_else(lost)?.to_string();
        let link: Result<Link> = self.get(&endpoints::GET_LINK, &[&path]).await;
        let link = link.map_err(|error| named(error, "relation", id))?;
        let ends = [&link.inward_issue, &link.outward_issue];
        if !ends.iter().any(|end| end.as_ref().is_some_and(|end| end.id == task.to_string())) {
            return Err(lost());
        }
        let answer = self.delete(&endpoints::DELETE_LINK, &[&path], &[]).await;
        answer.map_err(|error| named(error, "relation", id))
    }
}

/// The links of an issue. A list that cannot be read is not taken for an empty one: a link would be made once more.
fn links_of(issue: &Issue) -> Result<Vec<Relation>> {
    let Some(raw) = issue.fields.links.as_deref() else { return Ok(Vec::new()) };
    let unreadable = |error| {
        let message = format!("the links of the issue `{}` have a form that is not known: {error}", issue.id);
        Error::new(ErrorKind::InvalidResponse, message)
    };
    let links: Vec<Raw<Link>> = serde_json::from_str(raw.get()).map_err(unreadable)?;
    Ok(links.into_iter().filter_map(|link| map::relation(link, issue.id.0)).collect())
}

#[async_trait]
impl Relations for JiraProvider {
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
