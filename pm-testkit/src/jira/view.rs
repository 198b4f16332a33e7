//! What rendering needs: the database, and who looks at it.

use std::ops::Deref;
use std::sync::MutexGuard;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Flavor;
use super::access::Caller;
use super::model::{IssueType, Priority, Project, Stage, Status};
use super::store::{App, Store};
use super::users;

/// The database as a caller sees it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) app: &'a App,
    pub(super) store: &'a Store,
    pub(super) caller: &'a Caller,
}

impl<'a> View<'a> {
    pub(super) fn new(app: &'a App, store: &'a MutexGuard<'_, Store>, caller: &'a Caller) -> Self {
        Self { app, store: store.deref(), caller }
    }

    pub(super) fn is_cloud(&self) -> bool {
        self.app.options.flavor == Flavor::Cloud
    }

    /// The address of a resource of the platform's API.
    pub(super) fn href(&self, path: &str) -> String {
        let version = if self.is_cloud() { 3 } else { 2 };
        format!("{}/rest/api/{version}{path}", self.caller.base)
    }

    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        users::time(self.store, self.caller, at)
    }

    pub(super) fn user(&self, id: Option<&str>) -> Value {
        users::render_id(self.app, self.store, self.caller, id)
    }

    pub(super) fn status(&self, status: &Status) -> Value {
        let (id, key, color, name) = status.category.words();
        json!({
            "self": self.href(&format!("/status/{}", status.id)),
            "description": "",
            "iconUrl": format!("{}/", self.caller.base),
            "name": status.name,
            "id": status.id.to_string(),
            "statusCategory": {
                "self": self.href(&format!("/statuscategory/{id}")), "id": id, "key": key, "colorName": color, "name": name
            },
        })
    }

    pub(super) fn status_id(&self, id: u64) -> Value {
        self.store.statuses.get(&id).map(|status| self.status(status)).unwrap_or_default()
    }

    pub(super) fn issue_type(&self, kind: &IssueType) -> Value {
        let mut shown = json!({
            "self": self.href(&format!("/issuetype/{}", kind.id)),
            "id": kind.id.to_string(),
            "description": kind.description,
            "iconUrl": format!("{}/images/icons/issuetypes/{}.svg", self.caller.base, kind.id),
            "name": kind.name,
            "subtask": kind.is_subtask(),
        });
        if self.is_cloud() {
            shown["hierarchyLevel"] = kind.level.into();
        }
        shown
    }

    pub(super) fn issue_type_id(&self, id: u64) -> Value {
        self.store.issue_types.get(&id).map(|kind| self.issue_type(kind)).unwrap_or_default()
    }

    pub(super) fn priority(&self, priority: &Priority) -> Value {
        json!({
            "self": self.href(&format!("/priority/{}", priority.id)),
            "iconUrl": format!("{}/images/icons/priorities/{}.svg", self.caller.base, priority.name.to_lowercase()),
            "name": priority.name,
            "id": priority.id.to_string(),
        })
    }

    pub(super) fn resolution_id(&self, id: u64) -> Value {
        let resolution = self.store.resolutions.get(&id);
        let shown = resolution.map(|resolution| {
            json!({
                "self": self.href(&format!("/resolution/{id}")),
                "id": id.to_string(),
                "description": "",
                "name": resolution.name,
            })
        });
        shown.unwrap_or_default()
    }

    /// A project as issues and lists show it.
    pub(super) fn project(&self, project: &Project) -> Value {
        let mut shown = json!({
            "self": self.href(&format!("/project/{}", project.id)),
            "id": project.id.to_string(),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            "avatarUrls": { "48x48": format!("{}/secure/projectavatar?pid={}", self.caller.base, project.id) },
        });
        if self.is_cloud() {
            shown["simplified"] = false.into();
        }
        if project.stage == Stage::Archived {
            shown["archived"] = true.into();
        }
        shown
    }
}
