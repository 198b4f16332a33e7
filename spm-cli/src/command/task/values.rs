//! What can be said of a task, on create and later.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use pm_core::{
    CustomFieldKind, CustomFields, CustomValue, FieldPatch, Hours, NewTask, PMProject, PmProvider, PriorityRef,
    ProjectSchema, SprintId, StatusRef, TaskId, TaskPatch, UserId,
};

use crate::command::args::{Seen, date, field, hours};
use crate::command::change::set;
use crate::failure::Result;
use crate::lookup::Finder;

/// The fields of a task.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Fields")]
pub(crate) struct Values {
    /// Who works on it (`@me`, login, name or id); may be given several times
    #[arg(long, short, value_name = "USER", value_delimiter = ',')]
    pub(super) assignee: Vec<String>,
    /// A label; may be given several times
    #[arg(long, short, value_name = "LABEL", value_delimiter = ',')]
    pub(super) label: Vec<String>,
    /// The sprint for which it is planned (key, name, id, or `@current`)
    #[arg(long, short = 'm', visible_alias = "milestone", value_name = "SPRINT")]
    pub(super) sprint: Option<String>,
    /// The task that it is a part of
    #[arg(long, value_name = "TASK")]
    pub(super) parent: Option<String>,
    /// Where it stands: `backlog`, `todo`, `in_progress`, `done`, `cancelled`, or the project's own word
    #[arg(long, value_name = "STATUS")]
    pub(super) status: Option<String>,
    /// How pressing it is: lowest, low, normal, high, urgent, or the project's own word
    #[arg(long, value_name = "PRIORITY")]
    pub(super) priority: Option<String>,
    /// What it is: `Bug`, `Story`
    #[arg(long = "type", value_name = "TYPE")]
    pub(super) task_type: Option<String>,
    /// The first day of work: YYYY-MM-DD, `today`, `tomorrow`
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) start: Option<NaiveDate>,
    /// The day on which it must be done
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) due: Option<NaiveDate>,
    /// How long it should take: hours, or `1h30m`
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub(super) estimate: Option<Hours>,
    /// How long it has taken so far
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub(super) spent: Option<Hours>,
    /// A field that the project defined itself; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = field)]
    pub(super) field: Vec<(String, CustomValue)>,
    /// Who may see it
    #[arg(long, value_enum, value_name = "WHO")]
    pub(super) visibility: Option<Seen>,
}

/// What the values refer to, in one project.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    sprint: Option<SprintId>,
    parent: Option<TaskId>,
    fields: CustomFields,
}

impl Values {
    /// Says whether anything is given.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::default()
    }

    /// Looks up what depends on the project.
    pub(super) async fn find(
        &self,
        provider: &Arc<dyn PmProvider>,
        finder: &Finder,
        project: &PMProject,
    ) -> Result<Found> {
        let mut found = Found::default();
        if let Some(word) = &self.sprint {
            found.sprint = Some(finder.sprint(word, Some(project)).await?.id);
        }
        if let Some(word) = &self.parent {
            found.parent = Some(finder.task_seen_from(word, Some(project)).await?.id);
        }
        if !self.field.is_empty() {
            let schema = provider.project_schema(&project.id).await?;
            found.fields = self.field.iter().map(|(name, value)| of_kind(&schema, name, value)).collect();
        }
        Ok(found)
    }

    /// Says all of it of a new task.
    pub(super) fn create(&self, new: &mut NewTask, assignees: Vec<UserId>, found: Found) {
        new.assignees = assignees;
        new.labels.clone_from(&self.label);
        new.sprint_id = found.sprint;
        new.parent_task_id = found.parent;
        new.status = self.status.clone().map(StatusRef::Word);
        new.priority = self.priority.clone().map(PriorityRef::Word);
        new.task_type.clone_from(&self.task_type);
        new.start_date = self.start;
        new.due_date = self.due;
        new.estimated_hours = self.estimate;
        new.actual_hours = self.spent;
        new.custom_fields = found.fields;
        new.visibility = self.visibility.map(Into::into);
    }

    /// Changes what is given, and nothing else.
    pub(super) fn change(&self, patch: &mut TaskPatch, assignees: Vec<UserId>, found: Found) {
        if !assignees.is_empty() {
            *patch = std::mem::take(patch).assignees(assignees);
        }
        if !self.label.is_empty() {
            *patch = std::mem::take(patch).labels(self.label.clone());
        }
        set(&mut patch.sprint_id, found.sprint);
        set(&mut patch.parent_task_id, found.parent);
        set(&mut patch.status, self.status.clone().map(StatusRef::Word));
        set(&mut patch.priority, self.priority.clone().map(PriorityRef::Word));
        set(&mut patch.task_type, self.task_type.clone());
        set(&mut patch.start_date, self.start);
        set(&mut patch.due_date, self.due);
        set(&mut patch.estimated_hours, self.estimate);
        set(&mut patch.actual_hours, self.spent);
        set(&mut patch.visibility, self.visibility.map(Into::into));
        let fields = found.fields.into_iter().map(|(name, value)| (name, FieldPatch::Set(value)));
        patch.custom_fields = fields.collect::<BTreeMap<_, _>>();
    }
}

/// A field's name as the project writes it, and its value as the project wants it: `8` in a field of texts is a text.
fn of_kind(schema: &ProjectSchema, name: &str, value: &CustomValue) -> (String, CustomValue) {
    let known = schema.custom_fields.iter().find(|field| field.name == name);
    let known = known.or_else(|| schema.custom_fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)));
    let Some(field) = known else { return (name.to_owned(), value.clone()) };
    let is_text = matches!(
        field.kind,
        CustomFieldKind::Text
            | CustomFieldKind::Choice
            | CustomFieldKind::Date
            | CustomFieldKind::DateTime
            | CustomFieldKind::User
    );
    let value = match value {
        CustomValue::Bool(_) | CustomValue::Integer(_) | CustomValue::Number(_) if is_text => {
            serde_json::to_string(value).unwrap_or_default().into()
        }
        CustomValue::Text(_) if field.kind == CustomFieldKind::MultiChoice => CustomValue::List(vec![value.clone()]),
        other => other.clone(),
    };
    (field.name.clone(), value)
}

#[cfg(test)]
mod tests {
    use pm_core::CustomField;

    use super::*;

    #[test]
    fn the_schema_says_what_a_value_is() {
        let schema = ProjectSchema::new("1").custom_fields([
            CustomField::new("Version", CustomFieldKind::Text),
            CustomField::new("Points", CustomFieldKind::Number),
            CustomField::new("Platforms", CustomFieldKind::MultiChoice),
        ]);
        let read = |name: &str, value: CustomValue| of_kind(&schema, name, &value);
        assert_eq!(read("version", 8_i64.into()), ("Version".to_owned(), "8".into()));
        assert_eq!(read("Points", 8_i64.into()), ("Points".to_owned(), 8_i64.into()));
        let list = CustomValue::List(vec!["Linux".into()]);
        assert_eq!(read("Platforms", "Linux".into()), ("Platforms".to_owned(), list));
        assert_eq!(read("Unknown", true.into()), ("Unknown".to_owned(), true.into()));
    }
}
