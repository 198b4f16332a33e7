//! Changing work packages: only what differs, with the lock version that it was read at.

use pm_http::Raw;
use pm_provider::{Effect, Error, ErrorKind, Field, PMTask, Result, TaskId, TaskPatch};
use serde_json::Value;

use super::json;
use crate::api::Api;
use crate::body::Body;
use crate::dto::WorkPackage;
use crate::endpoints;
use crate::ids;

/// How often a change is tried that somebody else's changes keep coming before.
const TRIES: usize = 3;

impl Api {
    /// Changes a task.
    ///
    /// Without `if_version` a change of somebody else's in between is no obstacle: it is read, and ours is put on top of
    /// it. The server refuses any other lock version than the present one, even where the changes do not touch.
    pub(crate) async fn update_task(&self, id: &TaskId, patch: &TaskPatch) -> Result<PMTask> {
        self.capabilities.check_update(patch)?;
        let id = ids::existing("task", id)?;
        let _turn = self.turns.of(id).await;
        let mut tries = 0;
        loop {
            tries += 1;
            let current = self.work_package(id).await?;
            check_version(&current.item, patch)?;
            let body = self.task_patch_body(patch, &current.item).await?;
            let stored = json(&current);
            let changes = body.changes(&stored);
            if changes.is_empty() {
                return self.to_task(current).await;
            }
            match self.send_changes(&current.item, &changes).await {
                Ok(row) => return self.accepted(row, &changes).await,
                Err(error) => {
                    if let Some(row) = self.done_already(id, &error, &changes).await? {
                        return self.to_task(row).await;
                    }
                    let may_try = tries < TRIES && patch.if_version.is_none() && is_conflict(&error);
                    if !may_try {
                        return Err(self.explained(error, &current.item, &stored).await);
                    }
                }
            }
        }
    }

    async fn send_changes(&self, current: &WorkPackage, changes: &Body) -> Result<Raw<WorkPackage>> {
        let mut json = changes.json();
        json["lockVersion"] = Value::from(lock_version(current)?);
        self.write_quietly(&endpoints::UPDATE_WORK_PACKAGE, &[&current.id.to_string()], &json).await
    }

    async fn accepted(&self, row: Raw<WorkPackage>, changes: &Body) -> Result<PMTask> {
        match changes.dropped(row.item.id, &json(&row)) {
            Some(error) => Err(error),
            None => self.to_task(row).await,
        }
    }

    /// A change whose answer was lost may have been made: then the item shows it.
    async fn done_already(&self, id: u64, error: &Error, changes: &Body) -> Result<Option<Raw<WorkPackage>>> {
        if *error.effect() != Effect::Unknown {
            return Ok(None);
        }
        let Ok(row) = self.work_package(id).await else { return Ok(None) };
        Ok(changes.is_in(&json(&row)).then_some(row))
    }

    /// Says what a refusal leaves out: which statuses the workflow allows, and why dates cannot be set.
    async fn explained(&self, error: Error, current: &WorkPackage, stored: &Value) -> Error {
        let error = if is_conflict(&error) { carried(&error, version_conflict(current.id)) } else { error };
        if error.kind() != ErrorKind::InvalidInput {
            return error;
        }
        let about = |field| error.field_errors().iter().any(|problem| problem.field == field);
        if about(Field::Status) {
            let allowed = self.allowed_statuses(current.id, current.lock_version).await.unwrap_or_default();
            if !allowed.is_empty() {
                return error.hint(format!("the workflow allows `{}` from here", allowed.join("`, `")));
            }
        }
        let is_automatic = stored["scheduleManually"] == Value::Bool(false);
        if is_automatic && (about(Field::StartDate) || about(Field::DueDate)) {
            return error.hint("it is scheduled automatically: its days follow its children and predecessors");
        }
        error
    }
}

/// What is known of the request goes along where its error is said in other words.
fn carried(told: &Error, error: Error) -> Error {
    let error = error.with_effect(told.effect().clone());
    let error = told.http_status().into_iter().fold(error, Error::with_http_status);
    told.request_id().into_iter().fold(error, Error::with_request_id)
}

fn is_conflict(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::VersionConflict | ErrorKind::Conflict)
}

/// Compares the version that a caller knows with the present one.
fn check_version(current: &WorkPackage, patch: &TaskPatch) -> Result<()> {
    super::delete::check_version(current, patch.if_version.as_ref())
}

pub(super) fn version_conflict(id: u64) -> Error {
    let message = format!("the task `{id}` was changed since it was read");
    Error::new(ErrorKind::VersionConflict, message).hint("read it again, then decide")
}

/// Servers leave the lock version out for those who may not change the item (opf/openproject#14545).
fn lock_version(current: &WorkPackage) -> Result<u64> {
    current.lock_version.ok_or_else(|| {
        let message = format!("the server shows no lock version of the task `{}`: we may not change it", current.id);
        Error::new(ErrorKind::PermissionDenied, message)
    })
}
