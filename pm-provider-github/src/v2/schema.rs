//! What a project accepts.

use std::collections::BTreeMap;
use std::sync::Arc;

use pm_provider::{
    CustomField, CustomFieldKind, Field, FieldSupport, ProjectId, ProjectSchema, Result, SprintStatus,
    SprintStatusCategory,
};

use super::existing_project;
use super::layout::{Column, Holds, Layout, Role};
use super::map::{DRAFT, ISSUE};
use super::projects::project_statuses;
use crate::api::Api;

impl Api {
    /// What a Project v2 accepts.
    pub(crate) async fn v2_project_schema(&self, project: &ProjectId) -> Result<Arc<ProjectSchema>> {
        let layout = self.v2_layout(existing_project(project)?).await?;
        let sprints = [
            (SprintStatusCategory::Planned, "Planned"),
            (SprintStatusCategory::Active, "Current"),
            (SprintStatusCategory::Completed, "Completed"),
        ];
        let schema = ProjectSchema::new(project.clone())
            .statuses(layout.statuses.iter().cloned())
            .project_statuses(project_statuses())
            .sprint_statuses(sprints.map(|(category, name)| SprintStatus::new(category, name)))
            .priorities(layout.priorities.iter().cloned())
            .task_types([DRAFT, ISSUE])
            .custom_fields(layout.custom().map(described))
            .fields(fields(&layout));
        Ok(Arc::new(schema))
    }
}

fn described(column: &Column) -> CustomField {
    let (kind, options) = match column.holds {
        Holds::Text => (CustomFieldKind::Text, Vec::new()),
        Holds::Number => (CustomFieldKind::Number, Vec::new()),
        Holds::Date => (CustomFieldKind::Date, Vec::new()),
        Holds::Choice => (CustomFieldKind::Choice, column.choices.iter().map(|choice| choice.name.clone()).collect()),
        Holds::Iteration => {
            let titles = column.iterations.iter().map(|(row, _)| row.item.title.clone());
            (CustomFieldKind::Choice, titles.collect())
        }
    };
    CustomField::new(column.name.clone(), kind).id(column.id.clone()).options(options)
}

/// What can be done with the fields that depend on the project.
fn fields(layout: &Layout) -> BTreeMap<Field, FieldSupport> {
    let roles = [
        (Role::Priority, Field::Priority),
        (Role::Estimate, Field::EstimatedHours),
        (Role::Start, Field::StartDate),
        (Role::Due, Field::DueDate),
        (Role::Sprint, Field::SprintId),
    ];
    let there = roles.into_iter().filter(|(role, _)| layout.of(*role).is_some());
    let mut fields: BTreeMap<_, _> = there.map(|(_, field)| (field, FieldSupport::full())).collect();
    let has_status = layout.of(Role::Status).is_some();
    fields.insert(Field::Status, if has_status { FieldSupport::required() } else { FieldSupport::read_only() });
    // Besides these, `Repository` says where a new issue is made, and where one is.
    let custom = if layout.custom().next().is_some() { FieldSupport::full() } else { FieldSupport::read_only() };
    fields.insert(Field::CustomFields, custom);
    // Drafts have none.
    fields.insert(Field::Key, FieldSupport::read_only());
    fields
}
