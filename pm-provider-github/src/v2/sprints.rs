//! Iterations as sprints: read and assigned, never written.

use chrono::{NaiveDate, Utc};
use pm_http::named;
use pm_http::page::{Listing, slice};
use pm_provider::{
    Cursor, DeleteOptions, Entity, Error, NewSprint, Operation, PMSprint, Page, Result, SprintId, SprintPatch,
    SprintQuery,
};
use serde_json::json;

use super::dto::{self, Field};
use super::layout::Holds;
use super::{existing_project, map};
use crate::api::Api;
use crate::graphql::V2_FIELD;
use crate::page::holds;
use crate::{NAME, ids};

const LISTING: &str = "sprints v2";

impl Api {
    /// Lists one page of the iterations of a project, or of all projects; those that are over as well.
    pub(crate) async fn v2_sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.v2_capabilities().check_query(query)?;
        let mut sprints = match &query.project {
            Some(project) => self.iterations_of(existing_project(project)?).await?,
            None => self.every_iteration().await?,
        };
        sprints.retain(|sprint| accepts(query, sprint));
        let (total, size) = (sprints.len() as u64, self.page_size(query.page_size) as usize);
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        // Nobody knows when an iteration was made; they follow each other by their days.
        let key = |sprint: &PMSprint| (sprint.start_date, sprint.id.clone());
        Ok(slice(&listing, cursor, sprints, key)?.total(Some(total)))
    }

    async fn every_iteration(&self) -> Result<Vec<PMSprint>> {
        let mut sprints = Vec::new();
        for project in self.v2_every_project().await? {
            if let Some(node) = ids::v2_project(project.id.as_str()) {
                sprints.extend(self.iterations_of(node).await?);
            }
        }
        Ok(sprints)
    }

    async fn iterations_of(&self, project: &str) -> Result<Vec<PMSprint>> {
        let (layout, today) = (self.v2_layout(project).await?, self.today());
        let fields = layout.columns.iter().filter(|column| column.holds == Holds::Iteration);
        let sprints = fields.flat_map(|column| {
            column.iterations.iter().map(|iteration| map::sprint(project, &column.id, iteration, today))
        });
        Ok(sprints.collect())
    }

    /// Gets an iteration.
    pub(crate) async fn v2_get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.v2_capabilities().check_operation(Entity::Sprint, Operation::Get)?;
        let missing = || Error::not_found("sprint", id);
        let (field, iteration) = ids::v2_part(id.as_str()).ok_or_else(missing)?;
        let answer = self.ask_whole(&V2_FIELD, json!({ "id": field })).await;
        let answer: dto::Node<Field> = answer.map_err(|error| named(error, "sprint", id))?;
        let Field { project, configuration, .. } = answer.node.unwrap_or_default();
        let (project, configuration) = project.zip(configuration).ok_or_else(missing)?;
        let current = configuration.iterations.into_iter().map(|row| (row, false));
        let mut all = configuration.completed_iterations.into_iter().map(|row| (row, true)).chain(current);
        let row = all.find(|(row, _)| row.item.id == iteration).ok_or_else(missing)?;
        Ok(map::sprint(&project.id, field, &row, self.today()))
    }

    /// What day it is there: days of iterations have no zone, and GitHub's clock is UTC.
    fn today(&self) -> NaiveDate {
        self.http.server_time().unwrap_or_else(Utc::now).date_naive()
    }

    /// Refuses to create an iteration.
    #[expect(clippy::unused_async, reason = "one shape for both kinds of projects")]
    pub(crate) async fn v2_create_sprint(&self, _: &NewSprint) -> Result<PMSprint> {
        Err(refused("created"))
    }

    /// Refuses to change an iteration.
    #[expect(clippy::unused_async, reason = "one shape for both kinds of projects")]
    pub(crate) async fn v2_update_sprint(&self, _: &SprintId, _: &SprintPatch) -> Result<PMSprint> {
        Err(refused("changed"))
    }

    /// Refuses to delete an iteration.
    #[expect(clippy::unused_async, reason = "one shape for both kinds of projects")]
    pub(crate) async fn v2_delete_sprint(&self, _: &SprintId, _: &DeleteOptions) -> Result<()> {
        Err(refused("deleted"))
    }
}

/// An edit of the configuration, which is all that GitHub has, gives every iteration a new id, and takes it away from every
/// item (github/github-mcp-server#2953).
fn refused(what: &str) -> Error {
    let message = format!(
        "iterations of a Project v2 cannot be {what}: GitHub would make all of them anew, and every item of the project would lose its own"
    );
    Error::unsupported(message).hint("do it on the settings page of the project; tasks can be given to iterations here")
}

fn accepts(query: &SprintQuery, sprint: &PMSprint) -> bool {
    (query.statuses.is_empty() || query.statuses.contains(&sprint.status.category))
        && query.text.as_ref().is_none_or(|text| holds([Some(sprint.name.as_str())], text))
}
