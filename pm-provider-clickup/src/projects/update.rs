//! Changes of projects. None of them has a lock: the last write wins.

use pm_http::Raw;
use pm_provider::{Field, FieldPatch, PMProject, ProjectId, ProjectPatch, Result, Visibility};
use serde_json::{Map, Value, json};

use super::about;
use super::create::taken;
use crate::api::Api;
use crate::ids::Place;
use crate::markers::{blank, marked};
use crate::{ProjectLevel, dates, dto, endpoints, map};

impl Api {
    /// Changes a project.
    pub(crate) async fn update_project(&self, id: &ProjectId, patch: &ProjectPatch) -> Result<PMProject> {
        self.capabilities.check_update(patch)?;
        let place = Place::read(id, &self.config)?;
        let _turn = self.turns.of(&format!("project {}", place.id)).await;
        let changed = match place.level {
            ProjectLevel::Space => self.update_space(&place, patch).await?,
            ProjectLevel::Folder => self.update_folder(&place, patch).await?,
            ProjectLevel::List => self.update_list_project(&place, patch).await?,
        };
        if changed {
            self.forget_tree().await;
            self.schemas.of(place.clone()).forget().await;
        }
        self.project_at(&place).await
    }

    /// The reference wants every member of a Space with each change: those that do not change go as they are.
    async fn update_space(&self, place: &Place, patch: &ProjectPatch) -> Result<bool> {
        let row: Raw<dto::Space> = about(place, self.get(&endpoints::GET_SPACE, &[&place.id]).await)?;
        let name = patch.name.value().unwrap_or(&row.item.name);
        let private = patch.visibility.value().map_or(row.item.private, |wanted| *wanted == Visibility::Restricted);
        if *name == row.item.name && private == row.item.private {
            return Ok(false);
        }
        let stored: Map<String, Value> = row.raw.parse().unwrap_or_default();
        let kept = ["color", "admin_can_manage", "multiple_assignees", "features"];
        let kept = kept.into_iter().filter_map(|member| Some((member.to_owned(), stored.get(member)?.clone())));
        let mut body: Map<String, Value> = kept.collect();
        body.insert("name".to_owned(), name.as_str().into());
        body.insert("private".to_owned(), private.into());
        let answer = self.put(&endpoints::UPDATE_SPACE, &[&place.id], &Value::Object(body)).await;
        about(place, answer.map_err(taken)).map(|()| true)
    }

    async fn update_folder(&self, place: &Place, patch: &ProjectPatch) -> Result<bool> {
        let row: Raw<dto::Folder> = about(place, self.get(&endpoints::GET_FOLDER, &[&place.id]).await)?;
        let Some(name) = patch.name.value().filter(|name| **name != row.item.name) else { return Ok(false) };
        let answer = self.put(&endpoints::UPDATE_FOLDER, &[&place.id], &json!({ "name": name })).await;
        about(place, answer.map_err(taken)).map(|()| true)
    }

    async fn update_list_project(&self, place: &Place, patch: &ProjectPatch) -> Result<bool> {
        let row: Raw<dto::List> = about(place, self.get(&endpoints::GET_LIST, &[&place.id]).await)?;
        let mut changes = Changes::of(&row.item);
        changes.name(patch.name.value());
        changes.content(&patch.description);
        self.due(&mut changes, &patch.end_date).await?;
        match &patch.priority {
            FieldPatch::Set(wanted) => changes.set("priority", self.priority_number(wanted)?.into()),
            FieldPatch::Clear => changes.set("priority", Value::Null),
            _ => {}
        }
        match &patch.owner_id {
            FieldPatch::Set(id) => {
                let number = self.member_number(Field::OwnerId, id).await?;
                changes.set("assignee", number.to_string().into());
            }
            // How to take an assignee away is not documented; other clients send this word (unverified).
            FieldPatch::Clear => changes.set("assignee", "none".into()),
            _ => {}
        }
        about(place, self.change_list(&place.id, changes).await)
    }

    /// Notes the last day of a List.
    pub(crate) async fn due(&self, changes: &mut Changes<'_>, patch: &FieldPatch<chrono::NaiveDate>) -> Result<()> {
        let zone = self.zone().await?;
        let stored = changes.row.due_date.and_then(|time| dates::day(zone, time));
        match patch {
            FieldPatch::Set(day) if stored != Some(*day) => {
                changes.set("due_date", dates::noon(zone, *day).into());
                changes.set("due_date_time", false.into());
            }
            FieldPatch::Clear if stored.is_some() => changes.set("due_date", Value::Null),
            _ => {}
        }
        Ok(())
    }

    /// Sends what changes in a List; says whether anything does.
    pub(crate) async fn change_list(&self, id: &str, changes: Changes<'_>) -> Result<bool> {
        let Some(body) = changes.body() else { return Ok(false) };
        self.put(&endpoints::UPDATE_LIST, &[id], &body).await.map_err(taken)?;
        Ok(true)
    }
}

/// What changes in a List.
#[derive(Debug)]
pub(crate) struct Changes<'a> {
    row: &'a dto::List,
    body: Map<String, Value>,
}

impl<'a> Changes<'a> {
    /// Begins with none.
    pub(crate) fn of(row: &'a dto::List) -> Self {
        Self { row, body: Map::new() }
    }

    /// Notes another name.
    pub(crate) fn name(&mut self, name: Option<&String>) {
        if let Some(name) = name.filter(|name| **name != self.row.name) {
            self.set("name", name.as_str().into());
        }
    }

    /// Notes another text, which keeps the mark of a key.
    pub(crate) fn content(&mut self, patch: &FieldPatch<String>) {
        let stored = self.row.content.as_deref();
        if patch.is_keep() || patch.value().cloned() == map::text(stored) {
            return;
        }
        let text = marked(patch.value().map(String::as_str), map::list_marker(stored).as_ref()).unwrap_or_default();
        self.set("content", blank(text).into());
    }

    fn set(&mut self, member: &str, value: Value) {
        self.body.insert(member.to_owned(), value);
    }

    /// The body of the request, where anything changes: the name must always be there.
    fn body(mut self) -> Option<Value> {
        if self.body.is_empty() {
            return None;
        }
        self.body.entry("name").or_insert_with(|| self.row.name.as_str().into());
        Some(Value::Object(self.body))
    }
}
