//! Relations between issues.

use async_trait::async_trait;
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named};
use pm_provider::{
    Cursor, Effect, Entity, Error, ErrorKind, NewRelation, Operation, Page, Relation, RelationId, RelationQuery,
    Relations, Result, TaskId,
};
use serde_json::json;

use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{IssueDto, Issues, OneRelation, RelationDto};
use crate::map::relation_word;
use crate::provider::RedmineProvider;
use crate::server::{Parameter, Server, placed};
use crate::{NAME, dto, endpoints, id};

impl Server {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<&Cursor>) -> Result<Page<Relation>> {
        self.capabilities.check_query(query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "relations", query, size);
        listing.open::<u64>(cursor)?;
        let project = query.project.as_ref().map(|id| id::existing("project", id.as_str())).transpose()?;
        let relations = match (&query.task, project) {
            (Some(task), project) => self.of_task_in(id::existing("task", task.as_str())?, project).await?,
            (None, Some(project)) => self.of_project(project).await?,
            (None, None) => Vec::new(),
        };
        let found: Vec<_> = relations.iter().map(|relation| self.mapper.relation(relation)).collect();
        let key = |relation: &Relation| id::number(relation.id.as_str()).unwrap_or_default();
        slice(&listing, cursor, found, key)
    }

    async fn of_task(&self, task: u64) -> Result<Vec<Raw<RelationDto>>> {
        let listed: Result<dto::Relations> = self.get(&endpoints::LIST_RELATIONS, &[&task.to_string()], &[]).await;
        Ok(listed.map_err(|error| named(error, "task", task))?.relations)
    }

    /// The relations of a task, those from tasks of one project alone where that is asked for.
    async fn of_task_in(&self, task: u64, project: Option<u64>) -> Result<Vec<Raw<RelationDto>>> {
        let relations = self.of_task(task).await?;
        let Some(project) = project else { return Ok(relations) };
        let from: Vec<String> = relations.iter().map(|relation| relation.item.issue_id.to_string()).collect();
        let issues = self.issues_by_id(&from).await?;
        let within = |id: u64| issues.iter().any(|issue| issue.item.id == id && issue.item.project.id == project);
        Ok(relations.into_iter().filter(|relation| within(relation.item.issue_id)).collect())
    }

    /// The relations from all tasks of a project: lists of issues have them.
    async fn of_project(&self, project: u64) -> Result<Vec<Raw<RelationDto>>> {
        let (mut relations, mut after) = (Vec::new(), 0);
        loop {
            let query: [Parameter; 5] = [
                ("project_id", project.to_string()),
                ("subproject_id", "!*".to_owned()),
                ("include", "relations".to_owned()),
                ("sort", "id:asc".to_owned()),
                ("issue_id", format!(">={}", after + 1)),
            ];
            let listed = self.issues(&query, MAX_PAGE_SIZE).await;
            let Issues { issues, total_count } = listed.map_err(|error| named(error, "project", project))?;
            let Some(last) = issues.last().map(|issue| issue.item.id) else { return Ok(relations) };
            if last <= after {
                // Unknown filters are ignored: the same page would come for ever.
                return Err(Error::new(ErrorKind::InvalidResponse, "the server does not filter issues by `issue_id`"));
            }
            let count = issues.len();
            let is_last = total_count.map_or(count < MAX_PAGE_SIZE as usize, |total| total <= count as u64);
            after = last;
            let from = |issue: Raw<IssueDto>| {
                let id = issue.item.id;
                issue.item.relations.into_iter().filter(move |relation| relation.item.issue_id == id)
            };
            relations.extend(issues.into_iter().flat_map(from));
            if is_last {
                return Ok(relations);
            }
        }
    }

    /// Reads issues by their ids, those that are visible.
    pub(crate) async fn issues_by_id(&self, ids: &[String]) -> Result<Vec<Raw<IssueDto>>> {
        let mut found = Vec::new();
        for chunk in ids.chunks(MAX_PAGE_SIZE as usize) {
            found.extend(self.issues(&[("issue_id", chunk.join(","))], MAX_PAGE_SIZE).await?.issues);
        }
        Ok(found)
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        self.capabilities.check_operation(Entity::Relation, Operation::Create)?;
        let word = relation_word(new.kind)
            .ok_or_else(|| Error::unsupported("the server has no relation of a kind of another system"))?;
        let (from, to) = (id::existing("task", new.from.as_str())?, id::existing("task", new.to.as_str())?);
        if from == to {
            return Err(Error::invalid_input(format!("task `{from}` cannot be related to itself")));
        }
        if let Some(there) = self.same_as(&new, from).await? {
            return Ok(there);
        }
        let body = json!({ "relation": { "issue_to_id": to, "relation_type": word } });
        let written = self.write(&endpoints::CREATE_RELATION, &[&from.to_string()], &body).await;
        match written.and_then(|answer| answer.json::<OneRelation>()) {
            Ok(body) => Ok(self.mapper.relation(&body.relation)),
            Err(error) => self.unless_related(error, &new, from, to).await,
        }
    }

    async fn same_as(&self, new: &NewRelation, from: u64) -> Result<Option<Relation>> {
        let relations = self.of_task(from).await?;
        let mut mapped = relations.iter().map(|relation| self.mapper.relation(relation));
        Ok(mapped.find(|relation| new.is_same_as(relation)))
    }

    /// The server has one relation between two issues, and says in words why it refuses another; a lost answer may have
    /// made it.
    async fn unless_related(&self, error: Error, new: &NewRelation, from: u64, to: u64) -> Result<Relation> {
        let is_lost = *error.effect() == Effect::Unknown;
        if !is_lost && error.http_status() != Some(422) {
            return Err(named(error, "task", from));
        }
        if let Some(there) = self.same_as(new, from).await? {
            return Ok(there);
        }
        if is_lost {
            return Err(error);
        }
        self.issue(to, "").await?;
        let relations = self.of_task(from).await?;
        let between = relations.iter().find(|relation| {
            let ends = (relation.item.issue_id, relation.item.issue_to_id);
            ends == (from, to) || ends == (to, from)
        });
        match between {
            Some(relation) => {
                let word = &relation.item.relation_type;
                let message = format!("tasks `{from}` and `{to}` are related already, as `{word}`");
                Err(Error::new(ErrorKind::Conflict, message).with_http_status(422))
            }
            None => Err(error),
        }
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        self.capabilities.check_operation(Entity::Relation, Operation::Delete)?;
        let number = id::existing("relation", id.as_str())?;
        let relations = self.of_task(id::existing("task", task.as_str())?).await?;
        if !relations.iter().any(|relation| relation.item.id == number) {
            return Err(Error::not_found("relation", id));
        }
        self.delete(&endpoints::DELETE_RELATION, number).await.map_err(|error| named(error, "relation", number))
    }
}

#[async_trait]
impl Relations for RedmineProvider {
    async fn relations_page(&self, query: &RelationQuery, cursor: Option<Cursor>) -> Result<Page<Relation>> {
        placed("list_relations", self.server().relations_page(query, cursor.as_ref())).await
    }

    async fn create_relation(&self, new: NewRelation) -> Result<Relation> {
        placed("create_relation", self.server().create_relation(new)).await
    }

    async fn delete_relation(&self, task: &TaskId, id: &RelationId) -> Result<()> {
        placed("delete_relation", self.server().delete_relation(task, id)).await
    }
}
