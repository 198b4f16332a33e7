//! The schema of a work package: which properties there are, and what they can be set to.
//!
//! <https://www.openproject.org/docs/api/endpoints/schemas/>

use serde_json::{Map, Value, json};

use super::custom;
use crate::openproject::builder::Options;
use crate::openproject::dictionaries::{priority_of, status_of, type_of};
use crate::openproject::hal::{link, path};
use crate::openproject::model::{CustomField, CustomKind, WorkPackage};
use crate::openproject::store::Store;
use crate::openproject::versions::is_shared_with;

/// Properties without choices: name, type, title, whether they are required and writable.
const PLAIN: [(&str, &str, &str, bool, bool); 16] = [
    ("lockVersion", "Integer", "Lock version", true, false),
    ("id", "Integer", "ID", true, false),
    ("subject", "String", "Subject", true, true),
    ("description", "Formattable", "Description", false, true),
    ("scheduleManually", "Boolean", "Manual scheduling", false, true),
    ("ignoreNonWorkingDays", "Boolean", "Ignore non-working days", false, true),
    ("estimatedTime", "Duration", "Work", false, true),
    ("derivedEstimatedTime", "Duration", "Total work", false, false),
    ("remainingTime", "Duration", "Remaining work", false, true),
    ("derivedRemainingTime", "Duration", "Total remaining work", false, false),
    ("percentageDone", "Integer", "% Complete", false, false),
    ("derivedPercentageDone", "Integer", "Total % complete", false, false),
    ("spentTime", "Duration", "Spent time", false, false),
    ("readonly", "Boolean", "Read only", false, false),
    ("createdAt", "DateTime", "Created on", true, false),
    ("updatedAt", "DateTime", "Updated on", true, false),
];

/// Builds the schema of a work package as it is drafted: its status and its project decide about the choices.
pub(super) struct Schema<'a> {
    pub(super) store: &'a Store,
    pub(super) options: &'a Options,
    pub(super) item: &'a WorkPackage,
    /// The status that was stored; none for a new one.
    pub(super) stored_status: Option<u64>,
}

impl Schema<'_> {
    /// The whole schema. Choices show in forms alone.
    pub(super) fn whole(&self, choices: bool) -> Value {
        let mut schema = Map::new();
        for (name, kind, title, required, writable) in PLAIN {
            schema.insert(name.to_owned(), property(kind, title, required, writable));
        }
        if let Some(subject) = schema.get_mut("subject") {
            subject["minLength"] = 1.into();
            subject["maxLength"] = 255.into();
        }
        self.dates(&mut schema);
        self.links(&mut schema);
        if choices {
            self.choices(&mut schema);
        }
        for field in self.store.custom_fields.values() {
            schema.insert(field.key(), self.custom(field, choices));
        }
        schema.insert("_type".to_owned(), "Schema".into());
        schema.insert("_dependencies".to_owned(), json!([]));
        let own = format!("/api/v3/work_packages/schemas/{}-{}", self.item.project, self.item.kind);
        schema.insert("_links".to_owned(), json!({ "self": { "href": own } }));
        schema.into()
    }

    fn dates(&self, schema: &mut Map<String, Value>) {
        if self.store.types.get(&self.item.kind).is_some_and(|kind| kind.milestone) {
            schema.insert("date".to_owned(), property("Date", "Date", false, true));
            return;
        }
        let has_children = self.store.children(self.item.id).next().is_some();
        let writable = self.item.scheduled_by_hand || !has_children;
        schema.insert("startDate".to_owned(), property("Date", "Start date", false, writable));
        schema.insert("dueDate".to_owned(), property("Date", "Finish date", false, writable));
        schema.insert("duration".to_owned(), property("Duration", "Duration", false, writable));
    }

    fn links(&self, schema: &mut Map<String, Value>) {
        let usual = [
            ("project", "Project", "Project", true),
            ("type", "Type", "Type", true),
            ("status", "Status", "Status", true),
            ("priority", "Priority", "Priority", true),
            ("assignee", "User", "Assignee", false),
            ("responsible", "User", "Accountable", false),
            ("parent", "WorkPackage", "Parent", false),
            ("category", "Category", "Category", false),
            ("version", "Version", "Version", false),
        ];
        let sprint = self.options.sprints.then_some(("sprint", "Sprint", "Sprint", false));
        let labels = self.options.labels.then_some(("labels", "[]Label", "Labels", false));
        for (name, kind, title, required) in usual.into_iter().chain(sprint).chain(labels) {
            let mut property = property(kind, title, required, true);
            property["location"] = "_links".into();
            property["hasDefault"] = ["type", "status", "priority"].contains(&name).into();
            schema.insert(name.to_owned(), property);
        }
        if self.options.sprints {
            schema.insert("storyPoints".to_owned(), property("Integer", "Story points", false, true));
        }
    }

    fn choices(&self, schema: &mut Map<String, Value>) {
        let store = self.store;
        let types = store.projects.get(&self.item.project).map(|project| project.types.clone()).unwrap_or_default();
        let types = types.iter().filter_map(|id| store.types.get(id)).map(type_of);
        let priorities = store.priorities.values().filter(|priority| priority.active).map(priority_of);
        let versions = store.versions.values().filter(|version| version.status == "open");
        let versions = versions.filter(|version| is_shared_with(store, version, self.item.project));
        let versions = versions.map(|version| {
            json!({ "_type": "Version", "id": version.id, "name": version.name,
                    "_links": { "self": link("versions", version.id, &version.name) } })
        });
        offer(schema, "type", types.collect());
        offer(schema, "status", self.statuses());
        offer(schema, "priority", priorities.collect());
        offer(schema, "version", versions.collect());
        let assignees = format!("{}/available_assignees", path("projects", self.item.project));
        for name in ["assignee", "responsible"] {
            if let Some(property) = schema.get_mut(name) {
                property["_links"] = json!({ "allowedValues": { "href": assignees } });
            }
        }
        if self.options.labels {
            let labels = store.labels.values().map(|label| {
                json!({ "_type": "Label", "id": label.id, "name": label.name,
                        "_links": { "self": link("labels", label.id, &label.name) } })
            });
            offer(schema, "labels", labels.collect());
        }
    }

    /// The statuses that the workflow allows from the stored one, and that one itself.
    fn statuses(&self) -> Vec<Value> {
        let stored = self.stored_status.and_then(|id| self.store.statuses.get(&id));
        let next = stored.and_then(|status| self.options.workflow.get(&status.name));
        let allowed = |name: &String| {
            next.is_none_or(|next| next.contains(name)) || stored.is_some_and(|status| status.name == *name)
        };
        self.store.statuses.values().filter(|status| allowed(&status.name)).map(status_of).collect()
    }

    fn custom(&self, field: &CustomField, choices: bool) -> Value {
        let kind = match field.kind {
            CustomKind::String => "String",
            CustomKind::Integer => "Integer",
            CustomKind::Float => "Float",
            CustomKind::Boolean => "Boolean",
            CustomKind::Date => "Date",
            CustomKind::List => "CustomOption",
            CustomKind::User => "User",
        };
        let mut property = property(kind, &field.name, field.required, true);
        if custom::is_link(field) {
            property["location"] = "_links".into();
        }
        if choices && field.kind == CustomKind::List {
            let options = field.options.iter().map(|(id, name)| {
                json!({ "_type": "CustomOption", "id": id, "value": name,
                        "_links": { "self": link("custom_options", *id, name) } })
            });
            set_choices(&mut property, options.collect());
        }
        property
    }
}

fn property(kind: &str, title: &str, required: bool, writable: bool) -> Value {
    json!({ "type": kind, "name": title, "required": required, "hasDefault": false, "writable": writable, "options": {} })
}

fn offer(schema: &mut Map<String, Value>, name: &str, values: Vec<Value>) {
    if let Some(property) = schema.get_mut(name) {
        set_choices(property, values);
    }
}

fn set_choices(property: &mut Value, values: Vec<Value>) {
    let links: Vec<Value> = values.iter().map(|value| value["_links"]["self"].clone()).collect();
    property["_embedded"] = json!({});
    property["_embedded"]["allowedValues"] = Value::Array(values);
    property["_links"] = json!({ "allowedValues": links });
}
