//! Sprints: Lists in Folders of sprints.
//!
//! ClickUp's API knows no sprints. Their Folders are told by the settings, else by their names; a sprint is a List with
//! a first and a last day, of which the API only changes the last.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::page::{Listing, slice};
use pm_http::{Marker, named, unless_hidden};
use pm_provider::{
    Cursor, DeleteOptions, Effect, Entity, Error, Field, NewSprint, Operation, PMSprint, Page, ProjectId, Result,
    SprintId, SprintPatch, SprintQuery,
};
use serde_json::{Value, json};

use crate::api::Api;
use crate::ids::Place;
use crate::markers::marked;
use crate::projects::{Changes, Placing, age};
use crate::tree::{Folder, List};
use crate::{NAME, ProjectLevel, dates, endpoints, map};

/// The Folder that is made for the first sprint of a Space.
const FOLDER: &str = "Sprints";
/// How many Spaces are read at once.
const AT_ONCE: usize = 4;

impl Api {
    /// Lists one page of sprints: what is listed is read anew with the first page.
    pub(crate) async fn sprints_page(&self, query: &SprintQuery, cursor: Option<&Cursor>) -> Result<Page<PMSprint>> {
        self.capabilities.check_query(query)?;
        if cursor.is_none() {
            self.forget_tree().await;
        }
        let mut sprints = self.sprints_in(query.project.as_ref()).await?;
        sprints.retain(|sprint| accepts(query, sprint));
        let total = sprints.len() as u64;
        let listing = Listing::new(NAME, "sprints", query, self.page_size(query.page_size));
        let listing = listing.direction(query.sort.direction);
        Ok(slice(&listing, cursor, sprints, |sprint| age(sprint.id.as_str()))?.total(Some(total)))
    }

    /// All sprints of a project, or of all.
    pub(crate) async fn sprints_in(&self, project: Option<&ProjectId>) -> Result<Vec<PMSprint>> {
        let places = match project {
            Some(id) => Place::read(id, &self.config).into_iter().collect(),
            None => self.listed_places().await?,
        };
        let lists = stream::iter(places)
            .map(|place| async move { unless_hidden(self.sprint_lists(&place).await) })
            .buffered(AT_ONCE);
        let lists: Vec<Option<Vec<Arc<List>>>> = lists.try_collect().await?;
        let mut sprints = Vec::new();
        for list in lists.iter().flatten().flatten() {
            sprints.push(self.to_sprint(list).await?);
        }
        Ok(sprints)
    }

    async fn to_sprint(&self, list: &List) -> Result<PMSprint> {
        let lost = || Error::not_found("sprint", &list.id);
        let project = self.project_of_list(list).ok_or_else(lost)?;
        let (team, zone, today) = (self.team().await?, self.zone().await?, self.today().await?);
        Ok(map::sprint(&team, project, list.row.clone(), zone, today))
    }

    /// Gets one sprint.
    pub(crate) async fn get_sprint(&self, id: &SprintId) -> Result<PMSprint> {
        self.capabilities.check_operation(Entity::Sprint, Operation::Get)?;
        self.to_sprint(&*self.sprint_row(id).await?).await
    }

    /// The List that is a sprint, asked for anew.
    pub(crate) async fn sprint_row(&self, id: &SprintId) -> Result<Arc<List>> {
        let lost = || Error::not_found("sprint", id);
        if !crate::ids::is_number(id.as_str()) {
            return Err(lost());
        }
        let list = self.read_list(id.as_str()).await.map_err(|error| named(error, "sprint", id))?;
        if list.is_sprint && self.project_of_list(&list).is_some() { Ok(list) } else { Err(lost()) }
    }

    /// Creates a sprint in the project's Folder of sprints; the first of a Space makes that.
    pub(crate) async fn create_sprint(&self, new: &NewSprint) -> Result<PMSprint> {
        self.capabilities.check_create(new)?;
        let place = self.check_project(&new.project_id).await?;
        let marker = Marker::of_key(Entity::Sprint, new.idempotency_key.as_deref());
        if let Some(marker) = marker.as_ref().filter(|_| !new.new_key)
            && let Some(sprint) = self.marked_sprint(marker).await?
        {
            return Ok(sprint);
        }
        let body = self.sprint_body(new, marker.as_ref()).await?;
        let folder = self.folder_for(&place).await?;
        let parent = Place::new(ProjectLevel::Folder, folder);
        let endpoint = &endpoints::CREATE_LIST;
        let is_new_key = new.new_key;
        let placing = Placing { entity: Entity::Sprint, endpoint, parent, body, marker, is_new_key };
        let (made, _) = self.place(&placing).await?;
        self.forget_tree().await;
        self.get_sprint(&SprintId::new(made.item.id)).await
    }

    async fn sprint_body(&self, new: &NewSprint, marker: Option<&Marker>) -> Result<Value> {
        let mut body = json!({ "name": new.name });
        if let Some(text) = marked(new.goal.as_deref(), marker) {
            body["content"] = text.into();
        }
        if let Some(day) = new.end_date {
            body["due_date"] = dates::noon(self.zone().await?, day).into();
            body["due_date_time"] = false.into();
        }
        Ok(body)
    }

    /// The sprint with the mark of a key; archived ones count too.
    pub(crate) async fn marked_sprint(&self, marker: &Marker) -> Result<Option<PMSprint>> {
        self.forget_tree().await;
        let sprints = self.sprints_in(None).await?;
        // The goal of a sprint does not show the mark: the raw text does.
        let is_marked = |sprint: &PMSprint| {
            let row: Option<Value> = sprint.raw_data.parse().ok();
            row.and_then(|row| map::list_marker(row["content"].as_str())).as_ref() == Some(marker)
        };
        let mut marked: Vec<_> = sprints.into_iter().filter(is_marked).collect();
        marked.sort_by_key(|sprint| age(sprint.id.as_str()));
        Ok(marked.into_iter().next())
    }

    /// The id of the Folder that new sprints of a project go into.
    async fn folder_for(&self, place: &Place) -> Result<String> {
        if place.level == ProjectLevel::Folder {
            let folder = self.folder(&place.id).await?;
            return if folder.is_sprints {
                Ok(place.id.clone())
            } else {
                Err(no_folder("the Folder is none of sprints"))
            };
        }
        self.forget_contents(&place.id).await;
        let contents = self.contents(&place.id).await?;
        let is_open = |folder: &&Arc<Folder>| folder.is_sprints && !folder.archived;
        if let Some(folder) = contents.folders.iter().find(is_open) {
            return Ok(folder.id.clone());
        }
        if !self.config.sprint_folders.is_empty() {
            return Err(no_folder("none of the Folders of sprints is in this Space"));
        }
        let endpoint = &endpoints::CREATE_FOLDER;
        let (parent, body) = (place.clone(), json!({ "name": FOLDER }));
        let placing = Placing { entity: Entity::Sprint, endpoint, parent, body, marker: None, is_new_key: false };
        Ok(self.place(&placing).await?.0.item.id)
    }

    /// Changes a sprint. It has no lock: the last write wins.
    pub(crate) async fn update_sprint(&self, id: &SprintId, patch: &SprintPatch) -> Result<PMSprint> {
        self.capabilities.check_update(patch)?;
        let _turn = self.turns.of(&format!("sprint {id}")).await;
        let list = self.sprint_row(id).await?;
        let mut changes = Changes::of(&list.row.item);
        changes.name(patch.name.value());
        changes.content(&patch.goal);
        self.due(&mut changes, &patch.end_date).await?;
        if self.change_list(&list.id, changes).await? {
            self.forget_contents(&list.space).await;
            return self.get_sprint(id).await;
        }
        self.to_sprint(&list).await
    }

    /// Deletes a sprint. ClickUp would take the tasks along that are at home in it: they are moved out first.
    pub(crate) async fn delete_sprint(&self, id: &SprintId, options: &DeleteOptions) -> Result<()> {
        self.capabilities.check_delete(Entity::Sprint, options)?;
        let list = self.sprint_row(id).await?;
        let moved = self.empty_sprint(&list).await?;
        let deleted = self.delete(&endpoints::DELETE_LIST, &[&list.id]).await;
        self.forget_contents(&list.space).await;
        let deleted = deleted.map_err(|error| named(error, "sprint", id));
        if moved == 0 { deleted } else { deleted.map_err(|error| half_emptied(error, id)) }
    }

    /// Moves all tasks of a sprint into the List of those that are in none; says how many there were.
    async fn empty_sprint(&self, list: &List) -> Result<usize> {
        let rows = self.tasks_at_home_in(list).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let id = SprintId::new(list.id.as_str());
        let project = self.project_of_list(list).ok_or_else(|| Error::not_found("sprint", &id))?;
        let target = self.default_list(&Place::read(&project, &self.config)?).await?;
        for (count, row) in rows.iter().enumerate() {
            match self.move_home(&row.item.id, &target.id).await {
                Err(error) if error.kind() == pm_provider::ErrorKind::NotFound => {}
                Err(error) if count > 0 => return Err(half_emptied(error, &id)),
                answer => answer?,
            }
        }
        Ok(rows.len())
    }
}

/// The error for a project that sprints cannot be made in.
fn no_folder(message: &str) -> Error {
    let error = Error::invalid_input("there is no place for a sprint").on_field(Field::ProjectId, message);
    error.hint("CLICKUP_SPRINT_FOLDER_ID names the Folders whose Lists are sprints; else their names tell")
}

/// The error for a sprint that lost tasks, and is still there.
fn half_emptied(error: Error, id: &SprintId) -> Error {
    let (applied, failed) = (vec!["its tasks moved out".to_owned()], vec!["delete".to_owned()]);
    error.with_effect(Effect::Partial { id: id.to_string(), applied, failed })
}

fn accepts(query: &SprintQuery, sprint: &PMSprint) -> bool {
    let holds = |text: &String| {
        let text = text.to_lowercase();
        let texts = [Some(sprint.name.as_str()), sprint.goal.as_deref()];
        texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text))
    };
    (query.statuses.is_empty() || query.statuses.contains(&sprint.status.category))
        && query.text.as_ref().is_none_or(holds)
}
