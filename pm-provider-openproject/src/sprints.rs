//! Sprints: versions, which every server has, or the sprints of the newest, which the API can only read.

use chrono::{DateTime, Utc};
use pm_http::creating::identity;
use pm_http::page::{Listing, slice};
use pm_http::{Creating, Marker, Raw};
use pm_provider::{
    Cursor, DeleteOptions, Effect, Entity, Error, ErrorKind, Field, FieldPatch, NewSprint, Operation, PMSprint, Page,
    ProjectId, Result, SortField, SprintId, SprintPatch, SprintQuery, SprintStatusRef, TaskPatch,
};
use serde_json::Value;

use crate::api::Api;
use crate::body::Body;
use crate::dto::{self, Sprint, Version};
use crate::filters::Filters;
use crate::ids::{self, SprintKey};
use crate::map;
use crate::markers::{made, marked, oldest};
use crate::schema::about_project;
use crate::tasks::json;
use crate::{NAME, SprintBackend, endpoints};

impl Api {
    /// Lists one page of sprints. The server gives all of them at once.
    pub(crate) async fn sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities.check_query(query)?;
        let mut sprints = self.sprints_of(query.project.as_ref()).await?;
        sprints.retain(|sprint| accepts(query, sprint));
        let total = sprints.len() as u64;
        let size = usize::try_from(self.page_size(query.page_size)).unwrap_or(usize::MAX);
        let listing = Listing::new(NAME, "sprints", query, size).direction(query.sort.direction);
        let by_change = query.sort.by == SortField::UpdatedAt;
        let key = |sprint: &PMSprint| {
            let time = if by_change { sprint.updated_at } else { sprint.created_at };
            (time.map(|time| time.timestamp_micros()), sprint.id.as_str().len(), sprint.id.as_str().to_owned())
        };
        Ok(slice(&listing, cursor, sprints, key)?.total(Some(total)))
    }

    /// All sprints of a project, or of all.
    pub(crate) async fn sprints_of(&self, project: Option<&ProjectId>) -> Result<Vec<PMSprint>> {
        let project = match project.map(|id| ids::number(id.as_str())) {
            Some(None) => return Ok(Vec::new()),
            Some(Some(id)) if self.is_gone(Some(id)) => return Ok(Vec::new()),
            other => other.flatten(),
        };
        if self.sprint_backend().await? == SprintBackend::Sprints {
            let rows = self.sprint_rows(project).await?;
            return Ok(rows.into_iter().map(|row| map::sprint(row, &self.places)).collect());
        }
        let rows = self.all_versions(project).await?;
        Ok(rows.into_iter().map(|row| map::version(row, &self.places)).collect())
    }

    /// The versions that a project defines; those that others share with it are theirs.
    pub(crate) async fn versions_of(&self, project: u64) -> Result<Vec<Raw<Version>>> {
        let id = project.to_string();
        let rows = self.all(&endpoints::LIST_PROJECT_VERSIONS, &[&id], &[]).await;
        let mut rows: Vec<Raw<Version>> = rows.map_err(|error| about_project(error, project))?;
        rows.retain(|row| owner(&row.item) == Some(project));
        Ok(rows)
    }

    async fn sprint_rows(&self, project: Option<u64>) -> Result<Vec<Raw<Sprint>>> {
        let size = [("pageSize", self.page_size(None).to_string())];
        let rows = match project {
            Some(id) => {
                let rows = self.all(&endpoints::LIST_PROJECT_SPRINTS, &[&id.to_string()], &size).await;
                rows.map_err(|error| about_project(error, id))?
            }
            None => self.all(&endpoints::LIST_SPRINTS, &[], &size).await?,
        };
        let own = |row: &Raw<Sprint>| {
            let defined_in = row.item.links.defining_workspace.as_ref().and_then(dto::Link::id);
            (project.is_none() || defined_in == project) && !self.is_gone(defined_in)
        };
        Ok(rows.into_iter().filter(own).collect())
    }

    /// Gets one sprint, of whichever kind its id says.
    pub(crate) async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        match SprintKey::parse(id.as_str()) {
            Some(SprintKey::Version(number)) => Ok(map::version(self.version_row(number).await?, &self.places)),
            Some(SprintKey::Sprint(number)) => {
                let row = self.get(&endpoints::GET_SPRINT, &[&number.to_string()]).await;
                let row = row.map_err(|error: Error| error.subject(format!("sprint `{id}`")))?;
                Ok(map::sprint(row, &self.places))
            }
            None => Err(Error::not_found("sprint", id)),
        }
    }

    async fn version_row(&self, id: u64) -> Result<Raw<Version>> {
        let row: Result<Raw<Version>> = self.get(&endpoints::GET_VERSION, &[&id.to_string()]).await;
        let row = row.map_err(|error| error.subject(format!("sprint `version:{id}`")))?;
        if self.is_gone(owner(&row.item)) {
            return Err(Error::not_found("sprint", format!("version:{id}")));
        }
        Ok(row)
    }

    /// Creates a version.
    pub(crate) async fn create_sprint(&self, new: &NewSprint) -> Result<PMSprint> {
        self.capabilities.check_create(new)?;
        self.check_writable(Operation::Create).await?;
        let project = ids::existing("project", &new.project_id)?;
        if !self.has_project(project).await? {
            return Err(Error::not_found("project", project));
        }
        let marker = Marker::of_key(Entity::Sprint, new.idempotency_key.as_deref());
        let body = self.new_version_body(new, project, marker.as_ref())?;
        let creating = self.creating_version(&body, project, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        match body.dropped_by_create(&creating, &made) {
            Some(error) => {
                let name = SprintKey::Version(made.row.item.id);
                Err(in_sprint(error, &SprintId::from(name)))
            }
            None => Ok(map::version(made.row, &self.places)),
        }
    }

    fn creating_version<'a>(
        &'a self,
        body: &'a Body,
        project: u64,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, Version> {
        let identity = identity(Entity::Sprint, marker, project, &body.texts(["name", "description"]));
        let place = self.places.page("projects", format!("{project}/settings/versions"));
        let send = move || async move {
            let row = self.write(&endpoints::CREATE_VERSION, &[], &body.json()).await;
            Ok(made(row.map_err(taken)?))
        };
        // Versions have no author: without an idempotency key, content and time must do.
        let find = move |since: Option<DateTime<Utc>>| async move {
            if let Some(marker) = marker {
                return Ok(self.marked_versions(marker).await?.into_iter().map(made).collect());
            }
            let recent = |row: &Version| since.is_none_or(|since| row.created_at.is_some_and(|at| at >= since));
            let like = |row: &Raw<Version>| body.has_texts_of(&json(row), &["name", "description"]);
            let rows = self.versions_of(project).await?.into_iter();
            Ok(rows.filter(|row| recent(&row.item) && like(row)).map(made).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    /// Changes a version. It has no lock: the last write wins.
    pub(crate) async fn update_sprint(&self, id: &SprintId, patch: &SprintPatch) -> Result<PMSprint> {
        self.capabilities.check_update(patch)?;
        let version = self.writable(id, Operation::Update).await?;
        let current = self.version_row(version).await?;
        let changes = version_patch_body(patch, &current.item)?.changes(&json(&current));
        if changes.is_empty() {
            return Ok(map::version(current, &self.places));
        }
        let row: Raw<Version> =
            self.write(&endpoints::UPDATE_VERSION, &[&version.to_string()], &changes.json()).await?;
        match changes.dropped(version, &json(&row)) {
            Some(error) => Err(in_sprint(error, id)),
            None => Ok(map::version(row, &self.places)),
        }
    }

    /// Deletes a version; its tasks stay, without one.
    ///
    /// The server refuses to delete a version that tasks are in
    /// (`app/contracts/versions/delete_contract.rb` of opf/openproject, which has no other reason to): only then they are
    /// taken out.
    pub(crate) async fn delete_sprint(&self, id: &SprintId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Sprint, options)?;
        let version = self.writable(id, Operation::Delete).await?;
        self.version_row(version).await?;
        let path = version.to_string();
        match self.delete(&endpoints::DELETE_VERSION, &[&path]).await {
            Err(error) if error.http_status() == Some(422) => {
                if self.empty_version(version, id).await? == 0 {
                    return Err(error);
                }
                // Somebody else may have deleted it meanwhile: it is gone, as was wanted.
                match self.delete(&endpoints::DELETE_VERSION, &[&path]).await {
                    Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
                    answer => answer.map_err(|error| half_emptied(error, id)),
                }
            }
            answer => answer,
        }
    }

    /// Takes all tasks out of a version; says how many there were.
    async fn empty_version(&self, version: u64, id: &SprintId) -> Result<usize> {
        let rows = self.work_packages_with(Filters::none().is("version", [version])).await?;
        for (count, row) in rows.iter().enumerate() {
            let task = row.item.id.to_string().into();
            match self.update_task(&task, &TaskPatch::new().clear_sprint_id()).await {
                // It went meanwhile, and is in no sprint any more.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) if count > 0 => return Err(half_emptied(error, id)),
                answer => drop(answer?),
            }
        }
        Ok(rows.len())
    }

    async fn writable(&self, id: &SprintId, operation: Operation) -> Result<u64> {
        match SprintKey::parse(id.as_str()) {
            Some(SprintKey::Version(number)) => Ok(number),
            Some(SprintKey::Sprint(_)) => Err(read_only(operation)),
            None => Err(Error::not_found("sprint", id)),
        }
    }

    async fn check_writable(&self, operation: Operation) -> Result<()> {
        match self.sprint_backend().await? {
            SprintBackend::Sprints => Err(read_only(operation)),
            _ => Ok(()),
        }
    }

    fn new_version_body(&self, new: &NewSprint, project: u64, marker: Option<&Marker>) -> Result<Body> {
        let mut body = Body::default();
        body.set("name", new.name.as_str());
        if let Some(text) = marked(new.goal.as_deref(), marker) {
            body.text("description", &text);
        }
        if let Some(date) = new.start_date {
            body.set("startDate", date.to_string());
        }
        if let Some(date) = new.end_date {
            body.set("endDate", date.to_string());
        }
        if let Some(status) = &new.status {
            body.set("status", status_word(status)?);
        }
        body.link("definingProject", Some(self.places.href("projects", project)));
        Ok(body)
    }

    /// The oldest version with the mark of a key in its description, for which there is no filter.
    async fn marked_versions(&self, marker: &Marker) -> Result<Vec<Raw<Version>>> {
        let is_marked = |row: &Raw<Version>| map::marker(row.item.description.as_ref()).as_ref() == Some(marker);
        let marked = self.all_versions(None).await?.into_iter().filter(is_marked).collect();
        Ok(oldest(marked, |row: &Version| row.created_at).into_iter().collect())
    }

    /// The versions of a project, or of all.
    pub(crate) async fn all_versions(&self, project: Option<u64>) -> Result<Vec<Raw<Version>>> {
        let mut rows = match project {
            Some(id) => self.versions_of(id).await?,
            None => self.all(&endpoints::LIST_VERSIONS, &[], &[]).await?,
        };
        rows.retain(|row: &Raw<Version>| !self.is_gone(owner(&row.item)));
        Ok(rows)
    }
}

/// The error about a version with the id that it has here.
fn in_sprint(error: Error, id: &SprintId) -> Error {
    match error.effect().clone() {
        Effect::Partial { applied, failed, .. } => {
            error.with_effect(Effect::Partial { id: id.to_string(), applied, failed })
        }
        _ => error,
    }
}

/// The error for a version that lost tasks, and is still there.
fn half_emptied(error: Error, id: &SprintId) -> Error {
    let (applied, failed) = (vec!["its tasks taken out".to_owned()], vec!["delete".to_owned()]);
    error.with_effect(Effect::Partial { id: id.to_string(), applied, failed })
}

fn owner(version: &Version) -> Option<u64> {
    version.links.defining_project.as_ref().and_then(dto::Link::id)
}

fn read_only(operation: Operation) -> Error {
    let message = format!("the API cannot {operation} sprints, only read them and put tasks into them");
    Error::unsupported(message).hint("set `sprint_backend` to `versions` to plan by versions")
}

fn version_patch_body(patch: &SprintPatch, current: &Version) -> Result<Body> {
    let mut body = Body::default();
    if let Some(name) = patch.name.value() {
        body.set("name", name.as_str());
    }
    if !patch.goal.is_keep() {
        let marker = map::marker(current.description.as_ref());
        let text = marked(patch.goal.value().map(String::as_str), marker.as_ref());
        body.text("description", &text.unwrap_or_default());
    }
    for (name, date) in [("startDate", &patch.start_date), ("endDate", &patch.end_date)] {
        match date {
            FieldPatch::Set(date) => body.set(name, date.to_string()),
            FieldPatch::Clear => body.set(name, Value::Null),
            _ => {}
        }
    }
    if let Some(status) = patch.status.value() {
        body.set("status", status_word(status)?);
    }
    Ok(body)
}

fn status_word(wanted: &SprintStatusRef) -> Result<String> {
    let status = wanted
        .resolve(&map::version_choices(), &[])
        .map_err(|error| Error::invalid_input("a sprint does not fit").on_field(Field::Status, error.message()))?;
    Ok(map::version_word(&status).to_owned())
}

fn accepts(query: &SprintQuery, sprint: &PMSprint) -> bool {
    let holds = |text: &String| {
        let text = text.to_lowercase();
        let texts = [Some(sprint.name.as_str()), sprint.goal.as_deref()];
        texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text))
    };
    (query.statuses.is_empty() || query.statuses.contains(&sprint.status.category))
        && query.text.as_ref().is_none_or(holds)
        && query.updated_since.is_none_or(|since| sprint.updated_at.is_some_and(|at| at >= since))
}

/// Nothing but its project can be wrong with the project of a new version.
fn taken(error: Error) -> Error {
    let about_project = error.field_errors().iter().any(|problem| problem.field == Field::ProjectId);
    let is_missing = about_project && error.kind() == ErrorKind::InvalidInput;
    if is_missing { Error::new(ErrorKind::NotFound, error.message()) } else { error }
}
