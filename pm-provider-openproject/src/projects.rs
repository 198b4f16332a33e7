//! Projects.

use chrono::{DateTime, Utc};
use pm_http::creating::identity;
use pm_http::{Creating, Marker, Raw, unless_hidden};
use pm_provider::{
    Contents, Cursor, DeleteOptions, Entity, Error, ErrorKind, Field, FieldPatch, NewProject, PMProject, Page,
    ProjectId, ProjectPatch, ProjectQuery, ProjectStatusRef, Result, Visibility,
};
use serde_json::Value;

use crate::NAME;
use crate::api::Api;
use crate::body::Body;
use crate::dto::Project;
use crate::endpoints;
use crate::filters::{Filters, sort_by};
use crate::ids;
use crate::map::{self, ARCHIVED, NOT_SET};
use crate::markers::{made, marked, oldest};
use crate::page::{Ask, Listing};
use crate::tasks::json;

const LISTING: &str = "projects";

impl Api {
    /// Lists one page of projects, archived ones too.
    pub(crate) async fn projects_page(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        let mut filters = Filters::none();
        if let Some(key) = &query.key {
            filters = filters.holds("name_and_identifier", key.trim());
        }
        let listing = Listing {
            name: LISTING,
            query,
            filters,
            field: "created_at",
            direction: query.sort.direction,
            time: |row: &Project| row.created_at,
            size: self.page_size(query.page_size),
        };
        let mut rows = listing.page(cursor, |ask| self.fetch(&endpoints::LIST_PROJECTS, &[], ask)).await?;
        let before = rows.rows.len();
        rows.rows.retain(|row| !self.is_gone(Some(row.item.id)));
        let projects = std::mem::take(&mut rows.rows).into_iter().map(|row| map::project(row, &self.places));
        // The server has no filter for most of these, and lists few projects: they are looked through here.
        let items: Vec<_> = projects.filter(|project| accepts(query, project)).collect();
        rows.left_out(before - items.len(), cursor.is_none());
        if is_filtered(query) {
            rows.tell_no_total();
        }
        Ok(rows.into_page(items))
    }

    /// Gets one project.
    pub(crate) async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        let row = self.project_row(ids::existing("project", id)?).await?;
        Ok(map::project(row, &self.places))
    }

    /// One project; one that we deleted is gone, though the server still shows it for a while.
    pub(crate) async fn project_row(&self, id: u64) -> Result<Raw<Project>> {
        if self.is_gone(Some(id)) {
            return Err(Error::not_found("project", id));
        }
        let row = self.get(&endpoints::GET_PROJECT, &[&id.to_string()]).await;
        row.map_err(|error| error.subject(format!("project `{id}`")))
    }

    /// Creates a project.
    pub(crate) async fn create_project(&self, new: &NewProject) -> Result<PMProject> {
        self.capabilities.check_create(new)?;
        let marker = Marker::of_key(Entity::Project, new.idempotency_key.as_deref());
        let body = self.new_project_body(new, marker.as_ref())?;
        let creating = self.creating_project(new, &body, marker.as_ref()).new_key(new.new_key);
        let made = match self.http.create(&creating).await {
            Ok(made) => made,
            Err(error) => return Err(self.taken(error, new.key.as_deref(), None).await),
        };
        match body.dropped_by_create(&creating, &made) {
            Some(error) => Err(error),
            None => Ok(map::project(made.row, &self.places)),
        }
    }

    fn creating_project<'a>(
        &'a self,
        new: &'a NewProject,
        body: &'a Body,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, Project> {
        let identity = identity(Entity::Project, marker, NAME, &body.texts(["name", "description"]));
        let place = self.places.page("projects", "");
        let send = move || async move { Ok(made(self.write(&endpoints::CREATE_PROJECT, &[], &body.json()).await?)) };
        let find = move |since| async move {
            let rows = match marker {
                Some(marker) => self.marked_projects(marker).await?,
                None => self.like_projects(new, body, since).await?,
            };
            Ok(rows.into_iter().map(made).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    /// Projects have no author: without a key of any kind, name, content and time must do.
    async fn like_projects(
        &self,
        new: &NewProject,
        body: &Body,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Raw<Project>>> {
        let filters = Filters::none().holds("name_and_identifier", new.name.trim());
        let filters = since.into_iter().fold(filters, |filters, since| filters.since("created_at", since));
        let mine = |row: &Raw<Project>| {
            let stored: Value = json(row);
            let named = body.fields.get("identifier").is_none_or(|own| *own == stored["identifier"]);
            named && body.has_texts_of(&stored, &["name", "description"])
        };
        Ok(self.projects_with(filters).await?.into_iter().filter(mine).collect())
    }

    /// Changes a project. It has no lock: the last write wins.
    pub(crate) async fn update_project(&self, id: &ProjectId, patch: &ProjectPatch) -> Result<PMProject> {
        self.capabilities.check_update(patch)?;
        let id = ids::existing("project", id)?;
        let current = self.project_row(id).await?;
        let changes = self.project_patch_body(patch, &current)?.changes(&json(&current));
        if changes.is_empty() {
            return Ok(map::project(current, &self.places));
        }
        let answer = self.write::<Project>(&endpoints::UPDATE_PROJECT, &[&id.to_string()], &changes.json()).await;
        let row = match answer {
            Ok(row) => row,
            Err(error) => return Err(self.taken(error, patch.key.value().map(String::as_str), Some(id)).await),
        };
        self.project_schemas.of(id).forget().await;
        match changes.dropped(id, &json(&row)) {
            Some(error) => Err(error),
            None => Ok(map::project(row, &self.places)),
        }
    }

    /// Deletes a project: the server archives it at once and takes it away later.
    pub(crate) async fn delete_project(&self, id: &ProjectId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Project, options)?;
        let id = ids::existing("project", id)?;
        self.project_row(id).await?;
        if options.contents == Contents::Refuse
            && let Some(what) = self.contents_of(id).await?
        {
            let message = format!("the project `{id}` holds {what}");
            return Err(Error::new(ErrorKind::Conflict, message).hint("say that they are to be deleted along with it"));
        }
        self.delete(&endpoints::DELETE_PROJECT, &[&id.to_string()]).await?;
        self.bury(id);
        Ok(())
    }

    /// What is in a project, by one cheap request for each kind of thing.
    async fn contents_of(&self, id: u64) -> Result<Option<&'static str>> {
        if self.any_work_package(Filters::none().is("project", [id])).await? {
            return Ok(Some("tasks"));
        }
        if !self.versions_of(id).await?.is_empty() {
            return Ok(Some("sprints"));
        }
        let filters = Filters::none().is("parent_id", [id]);
        let sort = sort_by("created_at", pm_provider::Direction::Ascending);
        let ask = Ask { filters, sort, number: 1, size: 20 };
        let children = self.fetch::<Project>(&endpoints::LIST_PROJECTS, &[], ask).await?.into_elements();
        let alive = children.iter().any(|child| !self.is_gone(Some(child.item.id)));
        Ok(alive.then_some("projects"))
    }

    /// All projects that filters find.
    pub(crate) async fn projects_with(&self, filters: Filters) -> Result<Vec<Raw<Project>>> {
        let query = ProjectQuery::new();
        let listing = Listing {
            name: "every project",
            query: &query,
            filters,
            field: "created_at",
            direction: pm_provider::Direction::Ascending,
            time: |row: &Project| row.created_at,
            size: self.page_size(None),
        };
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let page = listing.page(cursor.as_ref(), |ask| self.fetch(&endpoints::LIST_PROJECTS, &[], ask)).await?;
            rows.extend(page.rows.into_iter().filter(|row: &Raw<Project>| !self.is_gone(Some(row.item.id))));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(rows);
            }
        }
    }

    fn new_project_body(&self, new: &NewProject, marker: Option<&Marker>) -> Result<Body> {
        let mut body = Body::default();
        body.set("name", new.name.as_str());
        if let Some(key) = &new.key {
            body.set("identifier", identifier(key));
        }
        if let Some(text) = marked(new.description.as_deref(), marker) {
            body.text("description", &text);
        }
        if let Some(visibility) = new.visibility {
            body.set("public", visibility == Visibility::Public);
        }
        if let Some(status) = &new.status {
            self.project_status(&mut body, status, None)?;
        }
        Ok(body)
    }

    fn project_patch_body(&self, patch: &ProjectPatch, current: &Raw<Project>) -> Result<Body> {
        let mut body = Body::default();
        if let Some(name) = patch.name.value() {
            body.set("name", name.as_str());
        }
        if let Some(key) = patch.key.value() {
            body.set("identifier", identifier(key));
        }
        if !patch.description.is_keep() {
            let marker = map::marker(current.item.description.as_ref());
            let text = marked(patch.description.value().map(String::as_str), marker.as_ref());
            body.text("description", &text.unwrap_or_default());
        }
        if let Some(visibility) = patch.visibility.value() {
            body.set("public", *visibility == Visibility::Public);
        }
        if let FieldPatch::Set(status) = &patch.status {
            self.project_status(&mut body, status, Some(&current.item))?;
        }
        Ok(body)
    }

    /// Archived is a flag of its own; every other status is a link of an active project.
    fn project_status(&self, body: &mut Body, wanted: &ProjectStatusRef, current: Option<&Project>) -> Result<()> {
        let status = wanted
            .resolve(&map::project_choices(), &[])
            .map_err(|error| Error::invalid_input("a project does not fit").on_field(Field::Status, error.message()))?;
        let id = status.id.unwrap_or_default();
        if id == ARCHIVED {
            body.set("active", false);
            return Ok(());
        }
        if current.is_some_and(|current| current.active == Some(false)) {
            body.set("active", true);
        }
        let href = (id != NOT_SET).then(|| self.places.href("project_statuses", &id));
        if href.is_some() || current.is_some() {
            body.link("status", href);
        }
        Ok(())
    }

    /// Messages are in the language of the user: whether an identifier is taken is found out by looking.
    async fn taken(&self, error: Error, key: Option<&str>, own: Option<u64>) -> Error {
        let about_key = error.field_errors().iter().any(|problem| problem.field == Field::Key);
        let (true, Some(key)) = (about_key && error.kind() == ErrorKind::InvalidInput, key) else { return error };
        match self.project_called(key).await {
            Ok(Some(row)) if Some(row.item.id) != own => {
                let message = format!("the key `{}` is taken", identifier(key));
                Error::new(ErrorKind::Conflict, message).on_field(Field::Key, "another project has it")
            }
            _ => error,
        }
    }

    /// The project with an identifier.
    async fn project_called(&self, key: &str) -> Result<Option<Raw<Project>>> {
        let wanted = identifier(key);
        let rows = self.projects_with(Filters::none().holds("name_and_identifier", &wanted)).await?;
        Ok(rows.into_iter().find(|row| row.item.identifier.as_deref().is_some_and(|own| identifier(own) == wanted)))
    }

    /// The oldest project with the mark of a key in its description, for which there is no filter.
    pub(crate) async fn marked_projects(&self, marker: &Marker) -> Result<Vec<Raw<Project>>> {
        let rows = self.projects_with(Filters::none()).await?;
        let is_marked = |row: &Raw<Project>| map::marker(row.item.description.as_ref()).as_ref() == Some(marker);
        let marked = rows.into_iter().filter(is_marked).collect();
        Ok(oldest(marked, |row: &Project| row.created_at).into_iter().collect())
    }
}

/// Identifiers are held in lower case.
pub(crate) fn identifier(key: &str) -> String {
    key.trim().to_lowercase()
}

fn is_filtered(query: &ProjectQuery) -> bool {
    query.key.is_some() || !query.statuses.is_empty() || query.text.is_some() || query.updated_since.is_some()
}

fn accepts(query: &ProjectQuery, project: &PMProject) -> bool {
    let called = |key: &String| project.key.as_deref().is_some_and(|own| identifier(own) == identifier(key));
    let holds = |text: &String| {
        let text = text.to_lowercase();
        let texts = [Some(project.name.as_str()), project.description.as_deref()];
        texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text))
    };
    query.key.as_ref().is_none_or(called)
        && (query.statuses.is_empty() || query.statuses.contains(&project.status.category))
        && query.text.as_ref().is_none_or(holds)
        && query.updated_since.is_none_or(|since| project.updated_at.is_some_and(|at| at >= since))
}

impl Api {
    /// Says whether a project is there.
    pub(crate) async fn has_project(&self, id: u64) -> Result<bool> {
        Ok(unless_hidden(self.project_row(id).await)?.is_some())
    }
}
