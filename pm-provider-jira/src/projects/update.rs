//! Changed projects.

use pm_http::{Marker, Raw, marked};
use pm_provider::{Effect, Error, ErrorKind, Field, PMProject, ProjectId, ProjectPatch, Result};
use serde_json::{Map, Value, json};

use super::create::checked_key;
use crate::api::Api;
use crate::dto::{Project, User};
use crate::map::{self, ARCHIVED};
use crate::{endpoints, ids};

impl Api {
    /// Changes a project. It has no lock: the last write wins.
    ///
    /// An archived project can only be taken out of the archive, so that comes first; putting it there comes last.
    pub(crate) async fn update_project(&self, id: &ProjectId, patch: &ProjectPatch) -> Result<PMProject> {
        self.capabilities.check_update(patch)?;
        let id = ids::existing("project", id)?;
        let current = self.project_row(id).await?;
        let is_archived = current.item.archived == Some(true);
        let wants_archived = wanted_archived(patch)?.unwrap_or(is_archived);
        let body = self.project_patch_body(patch, &current.item).await?;
        if is_archived && wants_archived && !body.is_empty() {
            let message = format!("the project `{id}` is archived: nothing of it can be changed");
            return Err(Error::new(ErrorKind::Conflict, message).hint("set its status to `active` first"));
        }
        // Whatever fails from here on may fail behind a write.
        let places = self.places().await?;
        let mut applied = Vec::new();
        if is_archived && !wants_archived {
            self.set_archived(id, false).await?;
            applied.push("status");
        }
        let mut row = current;
        if !body.is_empty() {
            let fields: Vec<_> = body.keys().cloned().collect();
            row = self
                .send_project_patch(id, patch, body)
                .await
                .map_err(|error| half_done(error, id, &applied, &fields))?;
            applied.push("fields");
        }
        if wants_archived && !is_archived {
            let archived = self.set_archived(id, true).await;
            archived.map_err(|error| half_done(error, id, &applied, &["status".to_owned()]))?;
            applied.push("status");
        }
        if wants_archived != is_archived {
            let read = self.project_row(id).await;
            row = read.map_err(|error| half_done(error, id, &applied, &["read it back".to_owned()]))?;
        }
        Ok(map::project(row, places))
    }

    async fn send_project_patch(
        &self,
        id: u64,
        patch: &ProjectPatch,
        body: Map<String, Value>,
    ) -> Result<Raw<Project>> {
        let answer = self.write::<Project>(&endpoints::UPDATE_PROJECT, &[&id.to_string()], &Value::Object(body)).await;
        self.forget_project(id).await;
        match answer {
            Ok(row) => Ok(row),
            Err(error) => {
                let (key, name) = (patch.key.value(), patch.name.value());
                Err(self
                    .taken(error, key.map(|key| key.trim().to_uppercase()).as_deref(), name.map(String::as_str))
                    .await)
            }
        }
    }

    /// Only what is not so already.
    async fn project_patch_body(&self, patch: &ProjectPatch, current: &Project) -> Result<Map<String, Value>> {
        let flavor = self.flavor().await?;
        let mut body = Map::new();
        if let Some(name) = patch.name.value().filter(|name| **name != current.name) {
            body.insert("name".to_owned(), json!(name));
        }
        if let Some(key) = patch.key.value() {
            let key = checked_key(key, flavor)?;
            if key != current.key {
                body.insert("key".to_owned(), json!(key));
            }
        }
        if !patch.description.is_keep() {
            let stored = current.description.as_deref().unwrap_or_default();
            let marker = Marker::take_out(stored).1;
            let text = marked(patch.description.value().map_or("", String::as_str), marker.as_ref());
            if text != stored {
                body.insert("description".to_owned(), json!(text));
            }
        }
        if let Some(owner) = patch.owner_id.value()
            && current.lead.as_ref().and_then(User::id) != Some(owner.as_str())
        {
            let (name, lead) = self.lead(Some(owner), flavor).await?;
            body.insert(name.to_owned(), lead);
        }
        Ok(body)
    }

    async fn forget_project(&self, id: u64) {
        self.project_schemas.of(id).forget().await;
        self.projects.forget().await;
    }

    /// Puts a project away, or takes it out again. Cloud and Data Center differ in the method alone.
    async fn set_archived(&self, id: u64, archived: bool) -> Result<()> {
        let endpoint = match (self.flavor().await?.is_cloud(), archived) {
            (true, true) => &endpoints::ARCHIVE_PROJECT,
            (true, false) => &endpoints::RESTORE_PROJECT,
            (false, true) => &endpoints::ARCHIVE_PROJECT_ON_SERVER,
            (false, false) => &endpoints::RESTORE_PROJECT_ON_SERVER,
        };
        let request = self.request(endpoint, &[&id.to_string()]).await?;
        let answer = self.send(request).await.map(drop);
        self.forget_project(id).await;
        match answer {
            // The answer was lost: where the project stands tells whether it was done.
            Err(error) if *error.effect() == Effect::Unknown => {
                let is_done = self.project_row(id).await.is_ok_and(|row| (row.item.archived == Some(true)) == archived);
                if is_done { Ok(()) } else { Err(error) }
            }
            answer => answer,
        }
    }
}

/// Whether the project is to be archived; `None` where the patch does not say.
fn wanted_archived(patch: &ProjectPatch) -> Result<Option<bool>> {
    let Some(wanted) = patch.status.value() else { return Ok(None) };
    let status = wanted
        .resolve(&map::project_choices(), &[])
        .map_err(|error| Error::invalid_input("a project does not fit").on_field(Field::Status, error.message()))?;
    Ok(Some(status.id.as_deref() == Some(ARCHIVED)))
}

/// The error of a later request, when earlier ones were executed.
fn half_done(error: Error, id: u64, applied: &[&str], failed: &[String]) -> Error {
    if applied.is_empty() {
        return error;
    }
    let applied = applied.iter().map(ToString::to_string).collect();
    error.with_effect(Effect::Partial { id: id.to_string(), applied, failed: failed.to_vec() })
}
