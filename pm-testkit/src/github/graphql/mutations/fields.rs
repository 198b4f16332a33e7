//! Fields of projects are made, changed and deleted.

use chrono::NaiveDate;
use serde_json::Value;

use super::super::errors::GraphError;
use super::super::object::{Object, Out};
use super::super::scope::project_rights;
use super::{Change, Payload, no_node};
use crate::github::access::Rights;
use crate::github::projects_v2::{FieldKind, Iterations, SelectOption, Span, iterations, option};
use crate::github::store::Store;

impl Change<'_> {
    pub(super) fn create_field(&self, store: &mut Store) -> Payload {
        let project = self.project(store, Rights::Write)?.id;
        let name = self.field_name(store, project, None)?;
        let kind = match self.input.text("dataType").unwrap_or_default() {
            "NUMBER" => FieldKind::Number,
            "DATE" => FieldKind::Date,
            "SINGLE_SELECT" => FieldKind::Select(self.options(store)?),
            "ITERATION" => FieldKind::Iteration(self.iterations(store)?.unwrap_or_default()),
            _ => FieldKind::Text,
        };
        let id = store.boards.add_field(project, &name, kind, self.now);
        Ok(("CreateProjectV2FieldPayload", vec![("projectV2Field", Out::One(Object::Field(id)))]))
    }

    /// Changes a field. Options and iterations that are written are new ones: their ids change and every item loses its
    /// value, whether an option of the same name is there again or not (`github/github-mcp-server#2953`).
    pub(super) fn update_field(&self, store: &mut Store) -> Payload {
        let (id, project) = self.field(store)?;
        let name = match self.input.text("name") {
            Some(_) => Some(self.field_name(store, project, Some(id))?),
            None => None,
        };
        let kind = store.boards.fields.get(&id).map(|field| field.kind.clone());
        let written = match kind {
            Some(FieldKind::Select(_)) if self.input.get("singleSelectOptions").is_some() => {
                Some(FieldKind::Select(self.options(store)?))
            }
            Some(FieldKind::Iteration(_)) => self.iterations(store)?.map(FieldKind::Iteration),
            _ => None,
        };
        if written.is_some() {
            store.boards.clear_field(id);
        }
        if let Some(field) = store.boards.fields.get_mut(&id) {
            field.name = name.unwrap_or_else(|| field.name.clone());
            field.kind = written.unwrap_or_else(|| field.kind.clone());
            field.updated = self.now;
        }
        store.boards.touch(project, self.now);
        Ok(("UpdateProjectV2FieldPayload", vec![("projectV2Field", Out::One(Object::Field(id)))]))
    }

    pub(super) fn delete_field(&self, store: &mut Store) -> Payload {
        let (id, project) = self.field(store)?;
        if store.boards.fields.get(&id).is_some_and(|field| matches!(field.kind, FieldKind::Shown(_))) {
            return Err(GraphError::unprocessable("Only custom fields can be deleted."));
        }
        store.boards.remove_field(id);
        store.boards.touch(project, self.now);
        Ok(("DeleteProjectV2FieldPayload", vec![("projectV2Field", Out::Null)]))
    }

    /// The field of the input and its project.
    fn field(&self, store: &Store) -> Result<(u64, u64), GraphError> {
        let node = self.input.text("fieldId").unwrap_or_default();
        let Object::Field(id) = self.object(store, "fieldId")? else { return Err(no_node(node)) };
        let project = store.boards.fields.get(&id).and_then(|field| store.boards.projects.get(&field.project));
        let project = project.ok_or_else(|| no_node(node))?;
        self.allowed(store, project_rights(self.call, store, project), Rights::Write)?;
        Ok((id, project.id))
    }

    fn field_name(&self, store: &Store, project: u64, own: Option<u64>) -> Result<String, GraphError> {
        let name = self.input.text("name").unwrap_or_default().trim();
        let taken = store.boards.field_named(project, name).is_some_and(|field| Some(field.id) != own);
        match (name.is_empty(), taken) {
            (true, _) => Err(GraphError::unprocessable("Name can't be blank")),
            (_, true) => Err(GraphError::unprocessable("Name has already been taken")),
            _ => Ok(name.to_owned()),
        }
    }

    fn options(&self, store: &mut Store) -> Result<Vec<SelectOption>, GraphError> {
        let given = self.input.list("singleSelectOptions");
        if given.is_empty() {
            return Err(GraphError::unprocessable("Single select field must have at least one option"));
        }
        let text = |value: &Value, member: &str| value[member].as_str().unwrap_or_default().to_owned();
        let options = given.into_iter().map(|one| {
            let id = store.boards.short_id();
            option(id, &text(one, "name"), &text(one, "color"), &text(one, "description"))
        });
        Ok(options.collect())
    }

    fn iterations(&self, store: &mut Store) -> Result<Option<Iterations>, GraphError> {
        let Some(given) = self.input.get("iterationConfiguration") else { return Ok(None) };
        let date = |value: &Value| value["startDate"].as_str().and_then(|text| text.parse::<NaiveDate>().ok());
        let unreadable = || GraphError::unprocessable("Iteration start date is invalid");
        let start = date(given).ok_or_else(unreadable)?;
        let spans = given["iterations"].as_array().cloned().unwrap_or_default();
        let spans = spans.iter().map(|one| {
            let title = one["title"].as_str().unwrap_or_default().to_owned();
            let days = one["duration"].as_i64().filter(|days| *days > 0).ok_or_else(unreadable)?;
            Ok(Span { title, start: date(one).ok_or_else(unreadable)?, days })
        });
        let spans = spans.collect::<Result<Vec<_>, GraphError>>()?;
        let duration = given["duration"].as_i64().unwrap_or(14);
        Ok(Some(iterations(start, duration, spans, || store.boards.short_id())))
    }
}
