//! Milestones as sprints.

use pm_http::creating::{identity, is_since};
use pm_http::page::{Listing, slice};
use pm_http::{Creating, Made, Marker, Raw, marked, named};
use pm_provider::{
    Cursor, DeleteOptions, Entity, Error, Field, FieldPatch, NewSprint, Operation, PMSprint, Page, Result, SprintId,
    SprintPatch, SprintQuery, SprintStatusCategory, SprintStatusRef,
};
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::ids::RepositoryId;
use crate::page::{distinct, holds};
use crate::repositories::Repository;
use crate::{NAME, dto, endpoints, ids, map};

const LISTING: &str = "sprints";

impl Api {
    /// Lists one page of milestones.
    pub(crate) async fn sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities.check_query(query)?;
        let mut sprints = Vec::new();
        for repository in self.repositories_for(query.project.as_ref()).await? {
            let rows = self.milestones_of(&repository, state(query)).await?;
            sprints.extend(rows.into_iter().map(|row| map::sprint(row, repository.id)));
        }
        sprints.retain(|sprint| accepts(query, sprint));
        let (total, size) = (sprints.len() as u64, self.page_size(query.page_size) as usize);
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        let key = |sprint: &PMSprint| {
            let created = sprint.created_at.map(|time| time.timestamp_micros());
            let number = ids::milestone(sprint.id.as_str()).map(|id| id.number);
            (created, pm_http::ids::number(sprint.project_id.as_str()), number)
        };
        Ok(slice(&listing, cursor, sprints, key)?.total(Some(total)))
    }

    /// The repository that a query names, else all of the settings; none where there is no such one.
    pub(crate) async fn repositories_for(
        &self,
        project: Option<&pm_provider::ProjectId>,
    ) -> Result<Vec<std::sync::Arc<Repository>>> {
        match project {
            Some(project) => match RepositoryId::read(project.as_str()) {
                Some(id) => Ok(vec![self.repository(&id).await?]),
                None => Ok(Vec::new()),
            },
            None => Ok(self.repository_rows().await?.iter().map(|row| self.learn(&row.item)).collect()),
        }
    }

    /// The milestones of a repository, in a state or in all of them.
    pub(crate) async fn milestones_of(&self, repository: &Repository, state: &str) -> Result<Vec<Raw<dto::Milestone>>> {
        let request = self.in_repository(repository, &endpoints::LIST_MILESTONES, &[]).query("state", state);
        let rows = self.all(&endpoints::LIST_MILESTONES, request).await?;
        Ok(distinct(rows, |row: &dto::Milestone| row.number))
    }

    /// Gets one milestone.
    pub(crate) async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.capabilities.check_operation(Entity::Sprint, Operation::Get)?;
        let (row, repository) = self.milestone_row(id).await?;
        Ok(map::sprint(row, repository.id))
    }

    /// One milestone with its repository.
    pub(crate) async fn milestone_row(
        &self,
        id: &SprintId,
    ) -> Result<(Raw<dto::Milestone>, std::sync::Arc<Repository>)> {
        let place = ids::existing_milestone(id)?;
        let repository = self.repository_with(&place.repository, "sprint", id).await?;
        let row = self.get_in(&repository, &endpoints::GET_MILESTONE, &[&place.number.to_string()]).await;
        Ok((row.map_err(|error| named(error, "sprint", id))?, repository))
    }

    /// Creates a milestone.
    pub(crate) async fn create_sprint(&self, new: &NewSprint) -> Result<PMSprint> {
        self.capabilities.check_create(new)?;
        let state = new.status.as_ref().map(wanted).transpose()?;
        let repository = &*self.repository_of(&new.project_id).await?;
        let marker = Marker::of_key(Entity::Sprint, new.idempotency_key.as_deref());
        let marker = marker.as_ref();
        let body = &new_body(new, state, marker);
        let send = move || async move {
            let row = self.write_in::<dto::Milestone>(repository, &endpoints::CREATE_MILESTONE, &[], body).await;
            let row = row.map_err(|error| named(error, "project", &new.project_id))?;
            Ok(Made::new(ids::of_milestone(repository.id, row.item.number), row))
        };
        let find = move |since| async move {
            let rows = self.milestones_of(repository, "all").await?;
            let rows: Vec<_> = match marker {
                Some(marker) => marked_milestone(&rows, marker).cloned().into_iter().collect(),
                // Titles are unique in a repository, and the time tells ours from one that was there before.
                None => rows
                    .into_iter()
                    .filter(|row| row.item.title == new.name && is_since(row.item.created_at, since))
                    .collect(),
            };
            let id = |row: &Raw<dto::Milestone>| ids::of_milestone(repository.id, row.item.number);
            Ok(rows.into_iter().map(|row| Made::new(id(&row), row)).collect())
        };
        let place = self.places.page(&format!("{}/milestones", repository.full_name()));
        let identity = identity(Entity::Sprint, marker, repository.id, &[&new.name]);
        let creating = Creating::new(identity, marker, place, send, find).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        Ok(map::sprint(made.row, repository.id))
    }

    /// Changes a milestone. It has no lock: the last write wins.
    pub(crate) async fn update_sprint(&self, id: &SprintId, patch: &SprintPatch) -> Result<PMSprint> {
        self.capabilities.check_update(patch)?;
        let (current, repository) = self.milestone_row(id).await?;
        let body = patch_body(patch, &current.item)?;
        if body.is_empty() {
            return Ok(map::sprint(current, repository.id));
        }
        let number = current.item.number.to_string();
        let row = self.write_in(&repository, &endpoints::UPDATE_MILESTONE, &[&number], &Value::Object(body)).await;
        Ok(map::sprint(row.map_err(|error| named(error, "sprint", id))?, repository.id))
    }

    /// Deletes a milestone; its issues stay, without a milestone.
    pub(crate) async fn delete_sprint(&self, id: &SprintId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Sprint, options)?;
        let place = ids::existing_milestone(id)?;
        let repository = self.repository_with(&place.repository, "sprint", id).await?;
        let number = place.number.to_string();
        let answer = self.delete_in(&repository, &endpoints::DELETE_MILESTONE, &[&number]).await;
        answer.map_err(|error| named(error, "sprint", id))
    }
}

/// The milestone with a mark: of several the oldest.
pub(crate) fn marked_milestone<'a>(
    rows: &'a [Raw<dto::Milestone>],
    marker: &Marker,
) -> Option<&'a Raw<dto::Milestone>> {
    let is_marked = |text: &str| marker.matches(text);
    let marked = rows.iter().filter(|row| row.item.description.as_deref().is_some_and(is_marked));
    marked.min_by_key(|row| (row.item.created_at, row.item.number))
}

/// The state that a query leaves to GitHub.
fn state(query: &SprintQuery) -> &'static str {
    match query.statuses.as_slice() {
        [SprintStatusCategory::Active] => "open",
        [SprintStatusCategory::Completed] => "closed",
        _ => "all",
    }
}

fn accepts(query: &SprintQuery, sprint: &PMSprint) -> bool {
    let texts = || [Some(sprint.name.as_str()), sprint.goal.as_deref()];
    (query.statuses.is_empty() || query.statuses.contains(&sprint.status.category))
        && query.text.as_ref().is_none_or(|text| holds(texts(), text))
        && query.updated_since.is_none_or(|since| sprint.updated_at.is_some_and(|time| time >= since))
}

/// The state that a status means.
fn wanted(status: &SprintStatusRef) -> Result<String> {
    let status = status
        .resolve(&map::sprint_choices(), &[])
        .map_err(|error| Error::invalid_input("a sprint does not fit").on_field(Field::Status, error.message()))?;
    Ok(map::sprint_word(&status).to_owned())
}

fn new_body(new: &NewSprint, state: Option<String>, marker: Option<&Marker>) -> Value {
    let mut body = Map::new();
    body.insert("title".to_owned(), json!(new.name));
    let goal = marked(new.goal.as_deref().unwrap_or_default(), marker);
    if !goal.is_empty() {
        body.insert("description".to_owned(), json!(goal));
    }
    if let Some(state) = state {
        body.insert("state".to_owned(), json!(state));
    }
    if let Some(day) = new.end_date {
        body.insert("due_on".to_owned(), json!(map::due_on(day)));
    }
    Value::Object(body)
}

/// Only what is not so already.
fn patch_body(patch: &SprintPatch, current: &dto::Milestone) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    if let Some(name) = patch.name.value().filter(|name| **name != current.title) {
        body.insert("title".to_owned(), json!(name));
    }
    if !patch.goal.is_keep() {
        let stored = current.description.as_deref().unwrap_or_default();
        let marker = Marker::take_out(stored).1;
        let goal = marked(patch.goal.value().map_or("", String::as_str), marker.as_ref());
        if goal != stored {
            body.insert("description".to_owned(), json!(goal));
        }
    }
    if let Some(status) = patch.status.value() {
        let state = wanted(status)?;
        if current.state.as_deref() != Some(&*state) {
            body.insert("state".to_owned(), json!(state));
        }
    }
    let day = current.due_on.map(map::due_day);
    match &patch.end_date {
        FieldPatch::Set(wanted) if day != Some(*wanted) => {
            body.insert("due_on".to_owned(), json!(map::due_on(*wanted)));
        }
        FieldPatch::Clear if day.is_some() => {
            body.insert("due_on".to_owned(), Value::Null);
        }
        _ => {}
    }
    Ok(body)
}
