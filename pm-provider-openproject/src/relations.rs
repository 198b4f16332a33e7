//! Relations between work packages.

use async_trait::async_trait;
use pm_http::Raw;
use pm_http::page::{Listing, slice};
use pm_provider::{
    Cursor, Effect, Error, ErrorKind, NewRelation, Page, Relation, RelationId, RelationQuery, Relations, Result, TaskId,
};
use serde_json::json;

use crate::api::Api;
use crate::dto;
use crate::filters::Filters;
use crate::ids;
use crate::map::{self, kind_word};
use crate::provider::told;
use crate::{NAME, OpenProjectProvider, endpoints};

impl Api {
    /// The relations of a task in both directions, oldest first.
    async fn relations_of(&self, task: u64) -> Result<Vec<Relation>> {
        let filters = Filters::none().is("involved", [task]).to_string();
        let rows: Vec<Raw<dto::Relation>> = self.all(&endpoints::LIST_RELATIONS, &[], &[("filters", filters)]).await?;
        if rows.is_empty() {
            // The filter finds nothing for a task that is not there as well.
            self.work_package(task).await?;
        }
        Ok(rows.into_iter().filter_map(map::relation).collect())
    }

    async fn relations_page(&self, query: &RelationQuery, cursor: Option<&Cursor>) -> Result<Page<Relation>> {
        self.capabilities.check_query(query)?;
        let task = query.task.as_ref().ok_or_else(|| Error::not_found("task", ""))?;
        let relations = self.relations_of(ids::existing("task", task)?).await?;
        let size = usize::try_from(self.page_size(query.page_size)).unwrap_or(usize::MAX);
        let listing = Listing::new(NAME, "relations", query, size);
        slice(&listing, cursor, relations, |relation| ids::number(relation.id.as_str()))
    }

    async fn create_relation(&self, new: &NewRelation) -> Result<Relation> {
        let (from, to) = (ids::existing("task", &new.from)?, ids::existing("task", &new.to)?);
        if from == to {
            return Err(Error::invalid_input(format!("the task `{from}` cannot be related to itself")));
        }
        let Some(word) = kind_word(new.kind) else {
            return Err(Error::invalid_input(
                "a relation of kind `other` says nothing; allowed are `relates`, `blocks`, `duplicates`, `precedes`",
            ));
        };
        // Two that relate the same tasks at once would make the relation twice.
        let _turn = self.turns.of(from.min(to)).await;
        let present = self.relations_of(from).await?;
        if let Some(same) = present.iter().find(|relation| new.is_same_as(relation)) {
            return Ok(same.clone());
        }
        self.work_package(to).await?;
        let related = present.iter().any(|relation| [&relation.from, &relation.to].contains(&&new.to));
        let body = json!({ "type": word, "_links": { "to": { "href": self.places.href("work_packages", to) } } });
        match self.write::<dto::Relation>(&endpoints::CREATE_RELATION, &[&from.to_string()], &body).await {
            Ok(row) => map::relation(row).ok_or_else(|| Error::not_found("task", to)),
            Err(error) if *error.effect() == Effect::Unknown => match self.relation_like(new, from).await {
                Ok(Some(made)) => Ok(made),
                _ => Err(error),
            },
            // Servers take one relation between two work packages.
            Err(error) if related && matches!(error.http_status(), Some(409 | 422)) => {
                let message = format!("`{from}` and `{to}` are related in another way: {}", error.message());
                Err(Error::new(ErrorKind::Conflict, message))
            }
            Err(error) => Err(error),
        }
    }

    async fn relation_like(&self, new: &NewRelation, from: u64) -> Result<Option<Relation>> {
        Ok(self.relations_of(from).await?.into_iter().find(|relation| new.is_same_as(relation)))
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        let lost = || Error::not_found("relation", id);
        let (task, number) = (ids::existing("task", task)?, ids::number(id.as_str()).ok_or_else(lost)?);
        let path = number.to_string();
        let row: Raw<dto::Relation> = self.get(&endpoints::GET_RELATION, &[&path]).await?;
        if ![row.item.links.from.id(), row.item.links.to.id()].contains(&Some(task)) {
            return Err(lost());
        }
        self.delete(&endpoints::DELETE_RELATION, &[&path]).await
    }
}

#[async_trait]
impl Relations for OpenProjectProvider {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        told("list_relations", self.api.relations_page(query, cursor.as_ref()).await)
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        told("create_relation", self.api.create_relation(&new).await)
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        let answer = self.api.delete_relation(task, id).await;
        told(
            "delete_relation",
            answer.map_err(|error| match error.kind() {
                ErrorKind::NotFound => error.subject(format!("relation `{id}`")),
                _ => error,
            }),
        )
    }
}
