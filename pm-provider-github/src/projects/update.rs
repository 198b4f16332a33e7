//! Changed repositories.

use pm_http::{Marker, Raw};
use pm_provider::{Effect, Error, ErrorKind, Field, PMProject, ProjectId, ProjectPatch, Result, Visibility};
use serde_json::{Map, Value, json};

use super::create::{marked_line, plain_name, taken};
use crate::api::Api;
use crate::ids::RepositoryId;
use crate::map::{self, ARCHIVED};
use crate::{dto, endpoints};

impl Api {
    /// Changes a repository. It has no lock: the last write wins.
    ///
    /// An archived repository can only be taken out of the archive, so that comes first; putting it there goes with
    /// everything else.
    pub(crate) async fn update_project(&self, id: &ProjectId, patch: &ProjectPatch) -> Result<PMProject> {
        self.capabilities.check_update(patch)?;
        let mut row = self.repository_row(&RepositoryId::existing(id)?).await?;
        let is_archived = row.item.archived == Some(true);
        let wants_archived = wanted_archived(patch)?.unwrap_or(is_archived);
        let mut body = patch_body(patch, &row.item);
        if is_archived && wants_archived && !body.is_empty() {
            let message = format!("the repository `{}` is archived: nothing of it can be changed", row.item.full_name);
            return Err(Error::new(ErrorKind::Conflict, message).hint("set its status to `active` first"));
        }
        let mut applied = Vec::new();
        if is_archived && !wants_archived {
            row = self.send_repository_patch(&row, &json!({"archived": false})).await?;
            applied.push("status".to_owned());
        } else if wants_archived && !is_archived {
            body.insert("archived".to_owned(), json!(true));
        }
        if !body.is_empty() {
            let (number, failed) = (row.item.id, body.keys().cloned().collect());
            let changed = self.send_repository_patch(&row, &Value::Object(body)).await;
            row = changed.map_err(|error| half_done(taken(error), number, applied, failed))?;
        }
        Ok(map::project(row))
    }

    async fn send_repository_patch(&self, row: &Raw<dto::Repository>, body: &Value) -> Result<Raw<dto::Repository>> {
        let repository = self.learn(&row.item);
        let changed: Raw<dto::Repository> =
            self.write_in(&repository, &endpoints::UPDATE_REPOSITORY, &[], body).await?;
        // It may have another name now.
        self.repositories.forget(repository.id);
        self.learn(&changed.item);
        Ok(changed)
    }
}

/// Only what is not so already.
fn patch_body(patch: &ProjectPatch, current: &dto::Repository) -> Map<String, Value> {
    let mut body = Map::new();
    if let Some(name) = patch.name.value().map(|name| plain_name(name)).filter(|name| *name != current.name) {
        body.insert("name".to_owned(), json!(name));
    }
    if !patch.description.is_keep() {
        let stored = current.description.as_deref().unwrap_or_default();
        let marker = Marker::take_out(stored).1;
        let text = marked_line(patch.description.value().map_or("", String::as_str), marker.as_ref());
        if text != stored {
            body.insert("description".to_owned(), json!(text));
        }
    }
    let private = patch.visibility.value().map(|visibility| *visibility == Visibility::Restricted);
    if let Some(private) = private.filter(|private| current.private != Some(*private)) {
        body.insert("private".to_owned(), json!(private));
    }
    body
}

/// Whether the repository is to be archived; `None` where the patch does not say.
fn wanted_archived(patch: &ProjectPatch) -> Result<Option<bool>> {
    let Some(wanted) = patch.status.value() else { return Ok(None) };
    let status = wanted
        .resolve(&map::project_choices(), &[])
        .map_err(|error| Error::invalid_input("a project does not fit").on_field(Field::Status, error.message()))?;
    Ok(Some(status.id.as_deref() == Some(ARCHIVED)))
}

/// The error of a later request, when an earlier one was executed.
fn half_done(error: Error, id: u64, applied: Vec<String>, failed: Vec<String>) -> Error {
    if applied.is_empty() {
        return error;
    }
    error.with_effect(Effect::Partial { id: id.to_string(), applied, failed })
}
