//! From what a caller wants of a task to the body of a write.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pm_http::{Marker, unless_hidden};
use pm_provider::{
    CustomValue, Error, Field, FieldPatch, NewTask, Result, SetPatch, SprintId, TaskId, TaskPatch, UserId,
};
use serde_json::{Value, json};

use crate::api::Api;
use crate::body::Body;
use crate::dto::{self, WorkPackage};
use crate::duration;
use crate::endpoints;
use crate::ids::{self, SprintKey, leads_nowhere, referred};
use crate::map::{self, Shapes};
use crate::markers::marked;
use crate::schema::default_type;

/// What is to become of custom fields, by their names.
type Custom = BTreeMap<String, FieldPatch<CustomValue>>;

impl Api {
    /// The body of a new work package.
    pub(crate) async fn new_task_body(&self, new: &NewTask, project: u64, marker: Option<&Marker>) -> Result<Body> {
        let types = self.types_of(project).await?;
        let kind = self.new_type(&types, new.task_type.as_deref())?;
        let mut body = Body::default();
        body.set("subject", new.title.as_str());
        if let Some(text) = marked(new.description.as_deref(), marker) {
            body.text("description", &text);
        }
        body.link("project", Some(self.places.href("projects", project)));
        if let Some(kind) = kind {
            body.link("type", Some(self.places.href("types", kind.id)));
        }
        let patch = as_patch(new);
        let is_milestone = kind.is_some_and(|kind| kind.is_milestone);
        self.common(&mut body, &patch, project, None, is_milestone).await?;
        self.custom(&mut body, &patch.custom_fields, project, kind.map(|kind| kind.id)).await?;
        Ok(body)
    }

    /// The body of a change: all that the patch wants, whatever is there already.
    pub(crate) async fn task_patch_body(&self, patch: &TaskPatch, current: &WorkPackage) -> Result<Body> {
        let project = current.links.project.id().unwrap_or_default();
        let mut body = Body::default();
        if let Some(title) = patch.title.value() {
            body.set("subject", title.as_str());
        }
        if !patch.description.is_keep() {
            let marker = map::marker(current.description.as_ref());
            let text = marked(patch.description.value().map(String::as_str), marker.as_ref());
            body.text("description", &text.unwrap_or_default());
        }
        let (kind, is_milestone) = self.changed_type(patch, current, project).await?;
        if let Some(kind) = &kind {
            body.link("type", Some(self.places.href("types", kind.id)));
        }
        self.common(&mut body, patch, project, Some(current), is_milestone).await?;
        let kind = kind.map(|kind| kind.id).or_else(|| current.links.kind.id());
        self.custom(&mut body, &patch.custom_fields, project, kind).await?;
        Ok(body)
    }

    /// What creates and changes have in common.
    async fn common(
        &self,
        body: &mut Body,
        patch: &TaskPatch,
        project: u64,
        current: Option<&WorkPackage>,
        is_milestone: bool,
    ) -> Result<()> {
        self.status_and_priority(body, patch).await?;
        self.parent(body, &patch.parent_task_id, project, current).await?;
        self.sprint(body, &patch.sprint_id, current)?;
        self.assignee(body, &patch.assignees, current)?;
        self.labels_of(body, &patch.labels, current).await?;
        match &patch.estimated_hours {
            FieldPatch::Set(hours) => body.set("estimatedTime", duration::format(*hours)),
            FieldPatch::Clear => body.set("estimatedTime", Value::Null),
            _ => {}
        }
        dates(body, &patch.start_date, &patch.due_date, is_milestone)
    }

    async fn status_and_priority(&self, body: &mut Body, patch: &TaskPatch) -> Result<()> {
        if patch.status.is_keep() && patch.priority.is_keep() {
            return Ok(());
        }
        let dictionary = self.dictionary().await?;
        if let Some(wanted) = patch.status.value() {
            let status = wanted.resolve(&dictionary.statuses, self.config.statuses.preferred());
            let status = status.map_err(|error| on_field(Field::Status, &error))?;
            body.link("status", status.id.map(|id| self.places.href("statuses", id)));
        }
        if let Some(wanted) = patch.priority.value() {
            let priority = wanted.resolve(&dictionary.priorities, self.config.priorities.preferred());
            let priority = priority.map_err(|error| on_field(Field::Priority, &error))?;
            body.link("priority", priority.id.map(|id| self.places.href("priorities", id)));
        }
        Ok(())
    }

    /// The server would take a parent of another project.
    async fn parent(
        &self,
        body: &mut Body,
        patch: &FieldPatch<TaskId>,
        project: u64,
        current: Option<&WorkPackage>,
    ) -> Result<()> {
        let parent = match patch {
            FieldPatch::Set(parent) => referred(Field::ParentTaskId, parent)?,
            FieldPatch::Clear => {
                body.link("parent", None);
                return Ok(());
            }
            _ => return Ok(()),
        };
        self.check_parent(parent, project, current.map(|current| current.id)).await?;
        body.link("parent", Some(self.places.href("work_packages", parent)));
        Ok(())
    }

    /// Makes sure that a parent is there, in the same project, and not the task itself.
    pub(crate) async fn check_parent(&self, parent: u64, project: u64, own: Option<u64>) -> Result<()> {
        let refuse =
            |what: &str| Err(Error::invalid_input("the parent does not fit").on_field(Field::ParentTaskId, what));
        if own == Some(parent) {
            return refuse("a task cannot be a part of itself");
        }
        match unless_hidden(self.work_package(parent).await)? {
            None => Err(leads_nowhere(Field::ParentTaskId, &parent.to_string())),
            Some(row) if row.item.links.project.id() != Some(project) => refuse("it belongs to another project"),
            Some(_) => Ok(()),
        }
    }

    fn sprint(&self, body: &mut Body, patch: &FieldPatch<SprintId>, current: Option<&WorkPackage>) -> Result<()> {
        let in_sprint = current.is_some_and(|current| current.links.sprint.as_ref().and_then(dto::Link::id).is_some());
        match patch {
            FieldPatch::Set(id) => match SprintKey::parse(id.as_str()) {
                Some(SprintKey::Version(version)) => {
                    body.link("version", Some(self.places.href("versions", version)));
                    if in_sprint {
                        body.link("sprint", None);
                    }
                }
                Some(SprintKey::Sprint(sprint)) => body.link("sprint", Some(self.places.href("sprints", sprint))),
                None => return Err(leads_nowhere(Field::SprintId, id.as_str())),
            },
            FieldPatch::Clear => {
                body.link("version", None);
                if in_sprint {
                    body.link("sprint", None);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn assignee(&self, body: &mut Body, patch: &SetPatch<UserId>, current: Option<&WorkPackage>) -> Result<()> {
        if patch.is_keep() {
            return Ok(());
        }
        let present = current.and_then(|current| current.links.assignee.as_ref()?.id());
        let present: Vec<_> = present.into_iter().map(|id| UserId::new(id.to_string())).collect();
        let wanted = one_assignee(&patch.apply(&present))?;
        let id = wanted.map(|id| referred(Field::Assignees, id)).transpose()?;
        body.link("assignee", id.map(|id| self.places.href("users", id)));
        Ok(())
    }

    async fn labels_of(&self, body: &mut Body, patch: &SetPatch<String>, current: Option<&WorkPackage>) -> Result<()> {
        if patch.is_keep() {
            return Ok(());
        }
        let present = current.and_then(|current| current.links.labels.clone()).unwrap_or_default();
        let present: Vec<_> = present.into_iter().filter_map(|link| link.title).collect();
        body.list("labels", self.label_links(&patch.apply(&present)).await?);
        Ok(())
    }

    /// The links of labels, which must be there already: an administrator makes them.
    pub(crate) async fn label_links(&self, wanted: &[String]) -> Result<Vec<String>> {
        let labels = self.labels().await?;
        let Some(labels) = labels.as_ref() else {
            let error = Error::unsupported("this server has no labels");
            return Err(error.on_field(Field::Labels, "not supported"));
        };
        if labels.is_empty() && !wanted.is_empty() {
            let message = format!("there is no label `{}`: the server has none at all", wanted[0]);
            let error = Error::invalid_input("a label is not known here").on_field(Field::Labels, message);
            return Err(error.hint("an administrator makes labels, in the administration of the server"));
        }
        let link = |name: &String| {
            let lower = name.to_lowercase();
            let exact = labels.iter().find(|label| label.name == *name);
            let label = exact.or_else(|| labels.iter().find(|label| label.name.to_lowercase() == lower));
            label.map(|label| self.places.href("labels", label.id)).ok_or_else(|| {
                let names: Vec<_> = labels.iter().map(|label| format!("`{}`", label.name)).collect();
                let message = format!("there is no label `{name}`; allowed are {}", names.join(", "));
                Error::invalid_input("a label is not known here").on_field(Field::Labels, message)
            })
        };
        wanted.iter().map(link).collect()
    }

    async fn custom(&self, body: &mut Body, values: &Custom, project: u64, kind: Option<u64>) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let shapes = match kind {
            Some(kind) => Shapes::of(&*self.form_of(project, kind).await?),
            None => Shapes::default(),
        };
        shapes.write(values, &self.places, &mut body.fields, &mut body.links)
    }

    /// The type of a new work package: the one that is named, the one of the settings, the project's default.
    fn new_type<'t>(&self, types: &'t [dto::Type], wanted: Option<&str>) -> Result<Option<&'t dto::Type>> {
        match wanted.or(self.config.task_type.as_deref()) {
            Some(name) => find_type(types, name).map(Some),
            None => Ok(default_type(types)),
        }
    }

    /// The type that a patch asks for, and whether the work package is a milestone afterwards.
    async fn changed_type(
        &self,
        patch: &TaskPatch,
        current: &WorkPackage,
        project: u64,
    ) -> Result<(Option<dto::Type>, bool)> {
        let dates = !patch.start_date.is_keep() || !patch.due_date.is_keep();
        if patch.task_type.is_keep() && !dates {
            return Ok((None, false));
        }
        let types = self.types_of(project).await?;
        if let Some(name) = patch.task_type.value() {
            let kind = find_type(&types, name)?;
            return Ok((Some(kind.clone()), kind.is_milestone));
        }
        let present = current.links.kind.id();
        Ok((None, types.iter().any(|kind| Some(kind.id) == present && kind.is_milestone)))
    }

    /// What the server would take for a status right now, by the workflow of role and type.
    pub(crate) async fn allowed_statuses(&self, id: u64, lock_version: Option<u64>) -> Result<Vec<String>> {
        let id = id.to_string();
        let request = self.http.request(&endpoints::WORK_PACKAGE_FORM, &[&id]);
        let form: dto::Form = request.json(&json!({ "lockVersion": lock_version })).send().await?.json()?;
        Ok(form.allowed("status"))
    }
}

/// One at most: the server holds no more.
pub(crate) fn one_assignee(wanted: &[UserId]) -> Result<Option<UserId>> {
    match wanted {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => {
            let message = format!("a work package has one assignee, not {}", several.len());
            Err(Error::invalid_input("a task does not fit").on_field(Field::Assignees, message))
        }
    }
}

fn find_type<'t>(types: &'t [dto::Type], name: &str) -> Result<&'t dto::Type> {
    let exact = types.iter().find(|kind| kind.name == name);
    let found = exact.or_else(|| types.iter().find(|kind| kind.name.to_lowercase() == name.to_lowercase()));
    found.ok_or_else(|| {
        let names: Vec<_> = types.iter().map(|kind| format!("`{}`", kind.name)).collect();
        let message = format!("`{name}` is no type of this project; allowed are {}", names.join(", "));
        Error::invalid_input("a task does not fit").on_field(Field::TaskType, message)
    })
}

/// A milestone has one `date`; the other types have a start and an end.
fn dates(
    body: &mut Body,
    start: &FieldPatch<NaiveDate>,
    due: &FieldPatch<NaiveDate>,
    is_milestone: bool,
) -> Result<()> {
    let text = |date: &NaiveDate| Value::from(date.to_string());
    let mut set = |name: &str, patch: &FieldPatch<NaiveDate>| match patch {
        FieldPatch::Set(date) => body.set(name, text(date)),
        FieldPatch::Clear => body.set(name, Value::Null),
        _ => {}
    };
    if !is_milestone {
        set("startDate", start);
        set("dueDate", due);
        return Ok(());
    }
    if start.value().is_some() && start != due {
        let error = Error::invalid_input("a milestone has one day");
        return Err(error.on_field(Field::StartDate, "give the day as `due_date` alone"));
    }
    set("date", due);
    Ok(())
}

fn on_field(field: Field, error: &Error) -> Error {
    Error::invalid_input("a task does not fit").on_field(field, error.message())
}

/// What is given on create, as a patch of an empty task.
fn as_patch(new: &NewTask) -> TaskPatch {
    fn set<T: Clone>(value: Option<&T>) -> FieldPatch<T> {
        value.map_or(FieldPatch::Keep, |value| FieldPatch::Set(value.clone()))
    }
    let mut patch = TaskPatch::new();
    patch.status = set(new.status.as_ref());
    patch.priority = set(new.priority.as_ref());
    patch.parent_task_id = set(new.parent_task_id.as_ref());
    patch.sprint_id = set(new.sprint_id.as_ref());
    patch.estimated_hours = set(new.estimated_hours.as_ref());
    patch.start_date = set(new.start_date.as_ref());
    patch.due_date = set(new.due_date.as_ref());
    if !new.assignees.is_empty() {
        patch.assignees = SetPatch::Replace(new.assignees.clone());
    }
    if !new.labels.is_empty() {
        patch.labels = SetPatch::Replace(new.labels.clone());
    }
    let custom = new.custom_fields.iter();
    patch.custom_fields = custom.map(|(name, value)| (name.clone(), FieldPatch::Set(value.clone()))).collect();
    patch
}

/// The numeric id of the project of a new task.
pub(crate) fn project_of(new: &NewTask) -> Result<u64> {
    ids::existing("project", &new.project_id)
}
