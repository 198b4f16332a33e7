//! What depends on the project.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Capabilities, Field, FieldSupport};
use crate::model::Entity;
use crate::setters::setters;
use crate::value::{Priority, ProjectId, ProjectStatus, SprintStatus, Status};

/// What a project of a backend accepts: statuses, priorities, types, fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProjectSchema {
    /// The project.
    pub project: ProjectId,
    /// The statuses of its tasks, in the backend's order.
    #[serde(default)]
    pub statuses: Vec<Status>,
    /// The statuses that the project itself can have.
    #[serde(default)]
    pub project_statuses: Vec<ProjectStatus>,
    /// The statuses of its sprints.
    #[serde(default)]
    pub sprint_statuses: Vec<SprintStatus>,
    /// The priorities of its tasks, lowest first.
    #[serde(default)]
    pub priorities: Vec<Priority>,
    /// Whether the backend takes other names too, when they come with their category or level.
    #[serde(default)]
    pub open_vocabulary: bool,
    /// The types of its tasks; empty where any word is taken.
    #[serde(default)]
    pub task_types: Vec<String>,
    /// The fields that the project defined itself.
    #[serde(default)]
    pub custom_fields: Vec<CustomField>,
    /// The fields that must be given on create.
    #[serde(default)]
    pub required: BTreeSet<Field>,
    /// What can be done here with the fields of a task that depend on the project.
    #[serde(default)]
    pub fields: BTreeMap<Field, FieldSupport>,
    /// What tasks of a type can be parts of, by type; a type that is not here can be part of any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hierarchy: BTreeMap<String, ParentTypes>,
}

impl ProjectSchema {
    /// Makes the schema of a project of which nothing is known yet.
    #[must_use]
    pub fn new(project: impl Into<ProjectId>) -> Self {
        Self {
            project: project.into(),
            statuses: Vec::new(),
            project_statuses: Vec::new(),
            sprint_statuses: Vec::new(),
            priorities: Vec::new(),
            open_vocabulary: false,
            task_types: Vec::new(),
            custom_fields: Vec::new(),
            required: BTreeSet::new(),
            fields: BTreeMap::new(),
            hierarchy: BTreeMap::new(),
        }
    }

    /// Says whether a task of one type can be part of a task of another.
    ///
    /// ```
    /// use pm_provider::{ParentTypes, ProjectSchema};
    /// let schema = ProjectSchema::new("7").hierarchy([
    ///     ("Epic".to_owned(), ParentTypes::none()),
    ///     ("Sub-task".to_owned(), ParentTypes::of(["Task"]).required(true)),
    /// ]);
    /// assert!(schema.can_be_part_of("Sub-task", "Task") && !schema.can_be_part_of("Sub-task", "Epic"));
    /// assert!(schema.can_be_part_of("Task", "Epic"), "of the type `Task` nothing is said");
    /// ```
    #[must_use]
    pub fn can_be_part_of(&self, part: &str, whole: &str) -> bool {
        self.hierarchy.get(part).is_none_or(|parents| parents.types.iter().any(|name| name == whole))
    }

    /// Sets `hierarchy`.
    #[must_use]
    pub fn hierarchy(mut self, hierarchy: impl IntoIterator<Item = (String, ParentTypes)>) -> Self {
        self.hierarchy = hierarchy.into_iter().collect();
        self
    }
}

/// What tasks of a type can be parts of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ParentTypes {
    /// The types of their parents; none at all where such a task has no parent.
    pub types: Vec<String>,
    /// Whether there is no such task without a parent.
    #[serde(default)]
    pub required: bool,
}

impl ParentTypes {
    /// Such a task is part of none.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Such a task is part of one of these, or of none.
    #[must_use]
    pub fn of<I: IntoIterator<Item: Into<String>>>(types: I) -> Self {
        Self { types: types.into_iter().map(Into::into).collect(), required: false }
    }
}

setters!(ParentTypes { plain required: bool });

setters!(ProjectSchema {
    list statuses: Status,
    list project_statuses: ProjectStatus,
    list sprint_statuses: SprintStatus,
    list priorities: Priority,
    plain open_vocabulary: bool,
    list task_types: String,
    list custom_fields: CustomField,
    list required: Field,
    plain fields: BTreeMap<Field, FieldSupport>,
});

impl Capabilities {
    /// The same capabilities with everything settled that depends on the project: what is true of tasks in this one.
    ///
    /// ```
    /// use pm_provider::{Capabilities, Entity, EntityCapabilities, Field, FieldSupport, ProjectSchema, Support};
    /// let labels = FieldSupport::full().per_project();
    /// let tasks = EntityCapabilities::new().fields([Field::Labels], &labels);
    /// let everywhere = Capabilities::new("openproject").with(Entity::Task, tasks);
    /// // This project says nothing of labels.
    /// let here = everywhere.in_project(&ProjectSchema::new("7"));
    /// assert_eq!(here.entity(Entity::Task).field(Field::Labels).readable, Support::No);
    /// ```
    #[must_use]
    pub fn in_project(&self, schema: &ProjectSchema) -> Self {
        let mut here = self.clone();
        let Some(tasks) = here.entities.get_mut(&Entity::Task) else { return here };
        for (field, support) in &mut tasks.fields {
            if support.depends_on_project() {
                *support = schema.fields.get(field).cloned().unwrap_or_default();
            }
        }
        here
    }
}

/// A field that a project defined itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomField {
    /// The name that people see and that [`CustomFields`](crate::CustomFields) use.
    pub name: String,
    /// The backend's id: `customfield_10016`.
    #[serde(default)]
    pub id: Option<String>,
    /// What it holds.
    pub kind: CustomFieldKind,
    /// Whether it must be given on create.
    #[serde(default)]
    pub required: bool,
    /// The values to choose from, where it is a choice.
    #[serde(default)]
    pub options: Vec<String>,
}

impl CustomField {
    /// Makes a field that may be left out.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: CustomFieldKind) -> Self {
        Self { name: name.into(), id: None, kind, required: false, options: Vec::new() }
    }
}

setters!(CustomField { optional id: String, plain required: bool, list options: String });

/// What a custom field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CustomFieldKind {
    /// A text.
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A time, RFC 3339.
    DateTime,
    /// One of the options.
    Choice,
    /// Some of the options.
    MultiChoice,
    /// A user's id.
    User,
    /// Anything, as JSON.
    Json,
}
