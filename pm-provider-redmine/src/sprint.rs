//! Versions, which are the contract's sprints.

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::creating::{identity, is_since};
use pm_http::page::{Listing, slice};
use pm_http::{Creating, Made, Marker, Raw, marked, named, unless_forbidden, unless_missing};
use pm_provider::{
    Cursor, DeleteOptions, Effect, Entity, Error, ErrorKind, Field, NewSprint, Operation, PMSprint, Page, Result,
    SprintId, SprintPatch, SprintQuery,
};
use serde_json::{Map, Value, json};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::creates::or_found;
use crate::draft::{Draft, not_permitted};
use crate::dto::{OneVersion, VersionDto, Versions};
use crate::map::cleared;
use crate::server::Server;
use crate::{NAME, endpoints, id, resolve, seconds};

/// How many projects are asked for their versions at once.
const SIDE_BY_SIDE: usize = 4;

impl Server {
    pub(crate) async fn sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities.check_query(query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "sprints", query, size);
        listing.open::<seconds::Key>(cursor)?;
        let versions = match &query.project {
            Some(project) => self.versions_of(id::existing("project", project.as_str())?).await?,
            None => self.all_versions().await?,
        };
        let sprints = versions.iter().map(|version| self.mapper.sprint(version));
        let found: Vec<_> = sprints.filter(|sprint| accepts(query, sprint)).collect();
        let total = found.len() as u64;
        let key =
            |sprint: &PMSprint| seconds::key(sprint.created_at, id::number(sprint.id.as_str()).unwrap_or_default());
        Ok(slice(&listing, cursor, found, key)?.total(Some(total)))
    }

    /// The versions of a project, without those that others share with it. The list has no pages.
    pub(crate) async fn versions_of(&self, project: u64) -> Result<Vec<Raw<VersionDto>>> {
        let listed: Result<Versions> = self.get(&endpoints::LIST_VERSIONS, &[&project.to_string()], &[]).await;
        let listed = listed.map_err(|error| named(error, "project", project))?;
        Ok(listed.versions.into_iter().filter(|version| version.item.project.id == project).collect())
    }

    /// The versions of all projects: there is no list of them.
    pub(crate) async fn all_versions(&self) -> Result<Vec<Raw<VersionDto>>> {
        let projects = self.all_projects().await?;
        // A project without issue tracking lets nobody read its versions; one may be gone meanwhile.
        let of = |project: u64| async move { unless_forbidden(unless_missing(self.versions_of(project).await)) };
        let asked = stream::iter(projects).map(|project| of(project.item.id)).buffered(SIDE_BY_SIDE);
        let versions: Vec<_> = asked.try_collect().await?;
        Ok(versions.into_iter().flatten().flatten().flatten().collect())
    }

    pub(crate) async fn version(&self, number: u64) -> Result<Raw<VersionDto>> {
        let found: Result<OneVersion> = self.get(&endpoints::GET_VERSION, &[&number.to_string()], &[]).await;
        found.map(|body| body.version).map_err(|error| named(error, "sprint", number))
    }

    pub(crate) async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.capabilities.check_operation(Entity::Sprint, Operation::Get)?;
        Ok(self.mapper.sprint(&self.version(id::existing("sprint", id.as_str())?).await?))
    }

    pub(crate) async fn create_sprint(&self, new: NewSprint) -> Result<PMSprint> {
        self.capabilities.check_create(&new)?;
        let project = id::existing("project", new.project_id.as_str())?;
        let marker = Marker::of_key(Entity::Sprint, new.idempotency_key.as_deref());
        let mut attributes = Map::new();
        attributes.insert("name".to_owned(), new.name.clone().into());
        let goal = marked(new.goal.as_deref().unwrap_or_default(), marker.as_ref());
        attributes.insert("description".to_owned(), goal.into());
        if let Some(date) = new.end_date {
            attributes.insert("due_date".to_owned(), date.to_string().into());
        }
        if let Some(wanted) = &new.status {
            attributes.insert("status".to_owned(), resolve::version_status(wanted)?.name.into());
        }
        let creating = self.creating_sprint(project, &new.name, &attributes, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await.map_err(|error| named(error, "project", project))?;
        if creating.is_new() {
            check(&made.row, &attributes, true)?;
        }
        Ok(self.mapper.sprint(&made.row))
    }

    fn creating_sprint<'a>(
        &'a self,
        project: u64,
        name: &'a str,
        attributes: &Map<String, Value>,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, VersionDto> {
        let body = json!({ "version": attributes });
        let identity = identity(Entity::Sprint, marker, project, &[name]);
        let place = format!("{}projects/{project}/roadmap", self.mapper.root);
        let is_keyed = marker.is_some();
        let send = move || {
            let body = body.clone();
            async move {
                if is_keyed || self.tells_time() {
                    return self.post_version(project, &body).await;
                }
                let there = self.versions_of(project).await?;
                let newest = there.iter().map(|version| version.item.id).max().unwrap_or_default();
                or_found(self.post_version(project, &body).await, || self.version_after(project, name, newest)).await
            }
        };
        let find = move |since| async move {
            let is_it = |version: &VersionDto| match marker {
                Some(mark) => has_mark(version, mark),
                None => is_called(version, name) && is_since(version.created_on, since),
            };
            let mut versions = self.versions_of(project).await?;
            versions.sort_by_key(|version| version.item.id);
            let found = versions.into_iter().filter(|version| is_it(&version.item));
            Ok(found.map(|version| Made::new(version.item.id, version)).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    async fn post_version(&self, project: u64, body: &Value) -> Result<Made<VersionDto>> {
        let answer = self.write(&endpoints::CREATE_VERSION, &[&project.to_string()], body).await?;
        let version = answer.json::<OneVersion>()?.version;
        Ok(Made::new(version.item.id, version))
    }

    /// There is never more than one version of a name in a project.
    async fn version_after(&self, project: u64, name: &str, newest: u64) -> Result<Vec<Made<VersionDto>>> {
        let is_it = |version: &VersionDto| version.id > newest && is_called(version, name);
        let found = self.versions_of(project).await?.into_iter().filter(|version| is_it(&version.item));
        Ok(found.map(|version| Made::new(version.item.id, version)).collect())
    }

    pub(crate) async fn update_sprint(&self, id: &SprintId, patch: SprintPatch) -> Result<PMSprint> {
        self.capabilities.check_update(&patch)?;
        let number = id::existing("sprint", id.as_str())?;
        let status = patch.status.value().map(resolve::version_status).transpose()?;
        let before = self.version(number).await?;
        let mut attributes = Map::new();
        if let Some(name) = patch.name.value() {
            attributes.insert("name".to_owned(), name.clone().into());
        }
        if !patch.end_date.is_keep() {
            let date = patch.end_date.value().map_or_else(cleared, |date| date.to_string().into());
            attributes.insert("due_date".to_owned(), date);
        }
        if let Some(status) = status {
            attributes.insert("status".to_owned(), status.name.into());
        }
        if !patch.goal.is_keep() {
            let (_, marker) = Marker::take_out(before.item.description.as_deref().unwrap_or_default());
            let goal = patch.goal.value().map(String::as_str).unwrap_or_default();
            attributes.insert("description".to_owned(), marked(goal, marker.as_ref()).into());
        }
        attributes.retain(|name, value| !holds(&before.item, name, value));
        if attributes.is_empty() {
            return Ok(self.mapper.sprint(&before));
        }
        let body = json!({ "version": attributes });
        let written = self.write(&endpoints::UPDATE_VERSION, &[&number.to_string()], &body).await;
        written.map_err(|error| named(error, "sprint", number))?;
        let after = self.version(number).await?;
        check(&after, &attributes, false)?;
        Ok(self.mapper.sprint(&after))
    }

    /// Deletes a version. The server refuses one with issues: where that is why, they are taken out of it, and it is
    /// deleted then.
    pub(crate) async fn delete_sprint(&self, id: &SprintId, options: DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Sprint, &options)?;
        let number = id::existing("sprint", id.as_str())?;
        self.version(number).await?;
        match self.delete(&endpoints::DELETE_VERSION, number).await {
            Err(error) if error.http_status() == Some(422) => {}
            answer => return answer.map_err(|error| named(error, "sprint", number)),
        }
        let freed = self.empty(number).await?;
        let deleted = self.delete(&endpoints::DELETE_VERSION, number).await;
        deleted.map_err(|error| in_part(used_elsewhere(named(error, "sprint", number)), number, &freed))
    }

    /// Takes all issues out of a version, and returns which those were.
    async fn empty(&self, number: u64) -> Result<Vec<u64>> {
        let mut freed = Vec::new();
        loop {
            let query = [("fixed_version_id", number.to_string()), ("sort", "id:asc".to_owned())];
            let issues =
                self.issues(&query, MAX_PAGE_SIZE).await.map_err(|error| in_part(error, number, &freed))?.issues;
            if issues.is_empty() {
                return Ok(freed);
            }
            // One that stays in it for want of permission would come for ever.
            if let Some(stays) = issues.iter().map(|issue| issue.item.id).find(|id| freed.contains(id)) {
                freed.retain(|id| issues.iter().all(|issue| issue.item.id != *id));
                return Err(in_part(stays_in(stays, number), number, &freed));
            }
            for issue in issues {
                let mut draft = Draft::default();
                draft.set("fixed_version_id", cleared());
                let path = issue.item.id.to_string();
                let written = self.write(&endpoints::UPDATE_ISSUE, &[&path], &draft.json()).await;
                written.map_err(|error| in_part(error, number, &freed))?;
                freed.push(issue.item.id);
            }
        }
    }
}

/// Whether a version has the mark of a key.
pub(crate) fn has_mark(version: &VersionDto, mark: &Marker) -> bool {
    version.description.as_deref().is_some_and(|text| mark.matches(text))
}

/// Whether a version has a name, as far as the server keeps blanks around it.
fn is_called(version: &VersionDto, name: &str) -> bool {
    version.name.trim() == name.trim()
}

fn stays_in(issue: u64, version: u64) -> Error {
    let message = format!("task `{issue}` cannot be taken out of sprint `{version}`, which cannot be deleted with it");
    Error::new(ErrorKind::PermissionDenied, message).hint("the role or the workflow of this user does not permit it")
}

/// Says what was done before something failed.
fn in_part(error: Error, version: u64, freed: &[u64]) -> Error {
    if freed.is_empty() {
        return error;
    }
    let applied = freed.iter().map(|issue| format!("task `{issue}` taken out")).collect();
    error.with_effect(Effect::Partial { id: version.to_string(), applied, failed: vec!["delete".to_owned()] })
}

/// The server answers 422 without a body (`VersionsController#destroy`).
fn used_elsewhere(error: Error) -> Error {
    if error.http_status() != Some(422) {
        return error;
    }
    let message = "the server does not delete this version: something still refers to it";
    Error::new(ErrorKind::Conflict, message)
        .with_http_status(422)
        .hint("files, a custom field, or tasks that this user may not see or change")
}

/// Whether a sprint is one that the query asks for.
fn accepts(query: &SprintQuery, sprint: &PMSprint) -> bool {
    let text = query.text.as_ref().map(|text| text.to_lowercase());
    let holds = |field: &str| text.as_ref().is_none_or(|text| field.to_lowercase().contains(text));
    (query.statuses.is_empty() || query.statuses.contains(&sprint.status.category))
        && query.updated_since.is_none_or(|since| sprint.updated_at.is_none_or(|updated| updated >= since))
        && (holds(&sprint.name) || sprint.goal.as_deref().is_some_and(holds))
}

fn holds(version: &VersionDto, attribute: &str, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    match attribute {
        "name" => version.name == text,
        "description" => version.description.as_deref().unwrap_or_default() == text,
        "due_date" => version.due_date.map(|date| date.to_string()).unwrap_or_default() == text,
        "status" => version.status == text,
        _ => false,
    }
}

fn check(version: &Raw<VersionDto>, asked: &Map<String, Value>, is_new: bool) -> Result<()> {
    let (applied, failed): (Vec<_>, Vec<_>) =
        asked.keys().partition(|name| asked.get(*name).is_some_and(|value| holds(&version.item, name, value)));
    if failed.is_empty() {
        return Ok(());
    }
    let words = |names: &[&String]| names.iter().map(|name| field_of(name).word().to_owned()).collect::<Vec<_>>();
    let mut done = words(&applied);
    if is_new {
        done.insert(0, "create".to_owned());
    }
    let fields = failed.iter().map(|name| field_of(name)).collect();
    Err(not_permitted(&version.item.id.to_string(), "sprint", done, words(&failed), fields))
}

fn field_of(attribute: &str) -> Field {
    match attribute {
        "description" => Field::Goal,
        "due_date" => Field::EndDate,
        "status" => Field::Status,
        _ => Field::Name,
    }
}
