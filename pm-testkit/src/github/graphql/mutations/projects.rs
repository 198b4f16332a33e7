//! Projects are made, changed and deleted.

use super::super::object::{Object, Out};
use super::super::scope::owner_rights;
use super::{Change, Payload, no_node};
use crate::github::access::Rights;
use crate::github::projects_v2::add_fields;
use crate::github::store::Store;

impl Change<'_> {
    pub(super) fn create_project(&self, store: &mut Store) -> Payload {
        let node = self.input.text("ownerId").unwrap_or_default();
        let Object::Account(owner) = self.object(store, "ownerId")? else { return Err(no_node(node)) };
        let rights = owner_rights(store, self.viewer, owner).map(|rights| rights.min(self.call.caller.ceiling));
        self.allowed(store, rights, Rights::Write)?;
        let title = self.title("title")?;
        let id = store.boards.add_project(owner, &title, self.viewer, self.now);
        let template = store.boards.template.clone();
        add_fields(store, id, &template, self.now);
        Ok(("CreateProjectV2Payload", vec![("projectV2", Out::One(Object::Project(id)))]))
    }

    pub(super) fn update_project(&self, store: &mut Store) -> Payload {
        let id = self.project(store, Rights::Write)?.id;
        let title = self.input.get("title").map(|_| self.title("title")).transpose()?;
        let input = &self.input;
        let text = |member| input.has(member).then(|| input.text(member).unwrap_or_default().to_owned());
        if let Some(project) = store.boards.projects.get_mut(&id) {
            project.title = title.unwrap_or_else(|| project.title.clone());
            // A text that is empty is no text.
            let kept = |new: Option<String>, old: &Option<String>| match new {
                Some(text) => Some(text).filter(|text| !text.is_empty()),
                None => old.clone(),
            };
            project.short_description = kept(text("shortDescription"), &project.short_description);
            project.readme = kept(text("readme"), &project.readme);
            if let Some(public) = input.get("public").and_then(serde_json::Value::as_bool) {
                project.public = public;
            }
            match input.get("closed").and_then(serde_json::Value::as_bool) {
                Some(true) => project.closed = project.closed.or(Some(self.now)),
                Some(false) => project.closed = None,
                None => {}
            }
            project.updated = self.now;
        }
        Ok(("UpdateProjectV2Payload", vec![("projectV2", Out::One(Object::Project(id)))]))
    }

    /// The answer shows what the project was; its items are gone with it.
    pub(super) fn delete_project(&self, store: &mut Store) -> Payload {
        let project = self.project(store, Rights::Admin)?.clone();
        store.boards.remove_project(project.id);
        let node = self.input.text("projectId").unwrap_or_default();
        let shown = vec![
            ("id", Out::leaf(node)),
            ("number", Out::leaf(project.number)),
            ("title", Out::leaf(project.title.as_str())),
            ("closed", Out::leaf(project.closed.is_some())),
            ("public", Out::leaf(project.public)),
        ];
        Ok(("DeleteProjectV2Payload", vec![("projectV2", Out::One(Object::ready("ProjectV2", shown)))]))
    }
}
