//! New projects.

use std::collections::HashSet;

use pm_http::creating::identity;
use pm_http::{Creating, Endpoint, Made, Marker, Raw};
use pm_provider::{
    Effect, Entity, Error, Field, NewProject, PMProject, PriorityRef, ProjectId, ProjectStatusCategory,
    ProjectStatusRef, Result, UserId,
};
use serde_json::{Value, json};

use super::about;
use crate::api::Api;
use crate::ids::{Place, leads_nowhere};
use crate::markers::marked;
use crate::{ProjectLevel, dates, dto, endpoints, map};

/// The List that new Spaces and Folders get: without one there is no place for tasks.
const FIRST_LIST: &str = "List";

/// Something new with a name: where it goes, and what is already there.
#[derive(Debug)]
pub(crate) struct Placing<'a> {
    /// What it is for the contract.
    pub(crate) entity: Entity,
    /// The request that makes it.
    pub(crate) endpoint: &'a Endpoint,
    /// What it goes into.
    pub(crate) parent: Place,
    /// What is sent.
    pub(crate) body: Value,
    pub(crate) marker: Option<Marker>,
    /// Whether the key of the mark was never sent before.
    pub(crate) is_new_key: bool,
}

impl Api {
    /// Creates a project: a Space in the Workspace, a Folder or a List in a Space.
    pub(crate) async fn create_project(&self, new: &NewProject) -> Result<PMProject> {
        self.capabilities.check_create(new)?;
        let marker = Marker::of_key(Entity::Project, new.idempotency_key.as_deref());
        let level = self.config.projects;
        let (endpoint, body) = match level {
            ProjectLevel::Space => (&endpoints::CREATE_SPACE, space_body(&new.name)),
            ProjectLevel::Folder => (&endpoints::CREATE_FOLDER, json!({ "name": new.name })),
            ProjectLevel::List => (&endpoints::CREATE_FOLDERLESS, self.list_body(new, marker.as_ref()).await?),
        };
        let parent = self.parent_of_new().await?;
        let placing = Placing { entity: Entity::Project, endpoint, parent, body, marker, is_new_key: new.new_key };
        let (made, is_new) = self.place(&placing).await?;
        let place = Place::new(level, made.item.id);
        if is_new {
            self.forget_tree().await;
            self.furnish(&place).await.map_err(|error| unfurnished(error, &place))?;
        }
        self.project_at(&place).await
    }

    /// Where new projects go: Spaces into the Workspace, others into the Space of the settings, or the only one.
    async fn parent_of_new(&self) -> Result<Place> {
        if self.config.projects == ProjectLevel::Space {
            return Ok(Place::new(ProjectLevel::Space, self.team().await?.as_str()));
        }
        if let Some(id) = &self.config.space_id {
            return Ok(Place::new(ProjectLevel::Space, id.as_str()));
        }
        let spaces = self.spaces().await?;
        let live: Vec<_> = spaces.iter().filter(|space| !space.archived).collect();
        match live.as_slice() {
            [only] => Ok(Place::new(ProjectLevel::Space, only.id.as_str())),
            several => {
                let names: Vec<_> = several.iter().map(|space| format!("`{}` ({})", space.name, space.id)).collect();
                let message = format!("nothing says which Space the project is to be in: {}", names.join(", "));
                Err(Error::configuration(message).hint("set CLICKUP_SPACE_ID"))
            }
        }
    }

    /// Makes a Space, a Folder or a List; says whether it is new.
    ///
    /// None of them tells who made it, or when: what has the name after an answer got lost, and was not there before, is
    /// ours. ClickUp takes no name twice in one place.
    pub(crate) async fn place(&self, placing: &Placing<'_>) -> Result<(Raw<dto::Made>, bool)> {
        let name = placing.body["name"].as_str().unwrap_or_default();
        let known: HashSet<String> = match &placing.marker {
            Some(_) => HashSet::new(),
            None => self.siblings(placing).await?.into_iter().map(|row| row.item.id).collect(),
        };
        let known = &known;
        let text = placing.body["content"].as_str().unwrap_or_default();
        let identity = identity(placing.entity, placing.marker.as_ref(), &placing.parent.id, &[name, text]);
        let send = move || async move {
            let row = self.write(placing.endpoint, &[&placing.parent.id], &placing.body).await;
            let row: Raw<dto::Made> = row.map_err(taken)?;
            Ok(Made::new(row.item.id.clone(), row))
        };
        let find = move |_| async move {
            let is_it = |row: &Raw<dto::Made>| match &placing.marker {
                Some(marker) => map::list_marker(row.item.content.as_deref()).as_ref() == Some(marker),
                None => row.item.name == name && !known.contains(&row.item.id),
            };
            let rows = self.siblings(placing).await?.into_iter().filter(is_it);
            Ok(rows.map(|row| Made::new(row.item.id.clone(), row)).collect())
        };
        let page = crate::places::project(&self.team().await?, placing.parent.level, &placing.parent.id);
        let creating = Creating::new(identity, placing.marker.as_ref(), page, send, find).new_key(placing.is_new_key);
        let made = self.http.create(&creating).await?;
        Ok((made.row, creating.is_new()))
    }

    /// What a new thing would stand beside, asked for anew; where a key marks it, archived ones too.
    async fn siblings(&self, placing: &Placing<'_>) -> Result<Vec<Raw<dto::Made>>> {
        let list = match placing.endpoint.path {
            path if path == endpoints::CREATE_SPACE.path => &endpoints::LIST_SPACES,
            path if path == endpoints::CREATE_FOLDER.path => &endpoints::LIST_FOLDERS,
            path if path == endpoints::CREATE_LIST.path => &endpoints::LIST_LISTS,
            _ => &endpoints::LIST_FOLDERLESS,
        };
        let mut rows = Vec::new();
        for archived in [false, true] {
            let request = self.http.request(list, &[&placing.parent.id]).query("archived", archived);
            rows.extend(request.send().await?.json::<dto::Beside>()?.rows);
        }
        Ok(rows)
    }

    /// Gives a new Space or Folder a List, where ClickUp gave it none.
    async fn furnish(&self, place: &Place) -> Result<()> {
        let endpoint = match place.level {
            ProjectLevel::Space => &endpoints::CREATE_FOLDERLESS,
            ProjectLevel::Folder => &endpoints::CREATE_LIST,
            ProjectLevel::List => return Ok(()),
        };
        if !self.lists_of(place).await?.is_empty() {
            return Ok(());
        }
        let body = json!({ "name": FIRST_LIST });
        let (parent, entity) = (place.clone(), Entity::Project);
        let first = Placing { entity, endpoint, parent, body, marker: None, is_new_key: false };
        self.place(&first).await?;
        self.forget_tree().await;
        Ok(())
    }

    async fn list_body(&self, new: &NewProject, marker: Option<&Marker>) -> Result<Value> {
        let mut body = json!({ "name": new.name });
        if let Some(text) = marked(new.description.as_deref(), marker) {
            body["content"] = text.into();
        }
        if let Some(day) = new.end_date {
            body["due_date"] = dates::noon(self.zone().await?, day).into();
            body["due_date_time"] = false.into();
        }
        if let Some(priority) = &new.priority {
            body["priority"] = self.priority_number(priority)?.into();
        }
        if let Some(owner) = &new.owner_id {
            body["assignee"] = self.member_number(Field::OwnerId, owner).await?.into();
        }
        if let Some(status) = &new.status {
            check_active(status)?;
        }
        Ok(body)
    }

    /// The number that stands for a priority.
    pub(crate) fn priority_number(&self, wanted: &PriorityRef) -> Result<u64> {
        let choices = map::priorities(&self.config.priorities);
        let found = wanted.resolve(&choices, &[]).map_err(|error| {
            Error::invalid_input("there is no such priority").on_field(Field::Priority, error.message())
        })?;
        Ok(found.id.and_then(|id| id.parse().ok()).unwrap_or(3))
    }

    /// The number of a member of the Workspace, whom a field names.
    pub(crate) async fn member_number(&self, field: Field, id: &UserId) -> Result<u64> {
        let number = pm_http::ids::number(id.as_str()).ok_or_else(|| leads_nowhere(field, id.as_str()))?;
        if self.is_member(id.as_str()).await? { Ok(number) } else { Err(leads_nowhere(field, id.as_str())) }
    }

    /// Says whether a project is there, by asking for it.
    pub(crate) async fn check_project(&self, id: &ProjectId) -> Result<Place> {
        let place = Place::read(id, &self.config)?;
        let endpoint = match place.level {
            ProjectLevel::Space => &endpoints::GET_SPACE,
            ProjectLevel::Folder => &endpoints::GET_FOLDER,
            ProjectLevel::List => &endpoints::GET_LIST,
        };
        let row: Result<dto::Made> = self.get(endpoint, &[&place.id]).await;
        about(&place, row)?;
        Ok(place)
    }
}

/// The reference wants all of these members; what can be switched on is.
fn space_body(name: &str) -> Value {
    let on = json!({ "enabled": true });
    json!({
        "name": name,
        "multiple_assignees": true,
        "features": {
            "due_dates": {
                "enabled": true, "start_date": true, "remap_due_dates": false, "remap_closed_due_date": false,
            },
            "time_tracking": on, "tags": on, "time_estimates": on, "checklists": on, "custom_fields": on,
            "remap_dependencies": { "enabled": false }, "dependency_warning": on, "portfolios": on,
        },
    })
}

/// A new project is in use.
fn check_active(wanted: &ProjectStatusRef) -> Result<()> {
    let status = wanted.resolve(&map::project_choices(), &[]).map_err(|error| unfit(error.message()))?;
    let is_active = status.category == ProjectStatusCategory::Active;
    if is_active { Ok(()) } else { Err(unfit("ClickUp's API cannot put anything away")) }
}

fn unfit(message: &str) -> Error {
    Error::invalid_input("a project does not fit").on_field(Field::Status, message)
}

/// The error for a name that something beside it has.
pub(crate) fn taken(error: Error) -> Error {
    let said = error.message().to_lowercase();
    let is_taken = error.http_status() == Some(400) && (said.contains("taken") || said.contains("already exists"));
    if !is_taken {
        return error;
    }
    let taken = Error::new(pm_provider::ErrorKind::Conflict, error.message()).with_http_status(400);
    taken.with_effect(error.effect().clone()).on_field(Field::Name, "something beside it has this name")
}

/// The error for a project that is there, but without a List for its tasks.
fn unfurnished(error: Error, place: &Place) -> Error {
    let (applied, failed) = (vec!["the project".to_owned()], vec!["its first List".to_owned()]);
    error.with_effect(Effect::Partial { id: ProjectId::from(place).to_string(), applied, failed })
}
