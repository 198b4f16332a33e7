//! From what a caller wants to the values of a project's fields.

use chrono::NaiveDate;
use pm_provider::{
    CustomValue, Error, Field, FieldPatch, Hours, NewTask, PMTask, PriorityRef, Result, SprintId, Status,
    StatusCategory, StatusRef, TaskPatch,
};
use serde_json::{Value, json};

use super::layout::{Column, Holds, Layout, Role};
use super::map::{REPOSITORY, number};
use crate::GitHubConfig;
use crate::graphql::{CLEAR_FIELD, SET_FIELD, Step};
use crate::ids;

/// What one field of an item is to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wish {
    /// What it is called in an error that tells what was not done.
    pub(super) name: String,
    field: String,
    /// None empties it.
    value: Option<Value>,
}

impl Wish {
    fn new(name: impl Into<String>, column: &Column, value: Option<Value>) -> Self {
        Self { name: name.into(), field: column.id.clone(), value }
    }

    /// The change that makes it so.
    pub(super) fn step(&self, project: &str, item: &str) -> Step {
        let mut input = json!({ "projectId": project, "itemId": item, "fieldId": self.field });
        match &self.value {
            Some(value) => {
                input["value"] = value.clone();
                Step { mutation: &SET_FIELD, input }
            }
            None => Step { mutation: &CLEAR_FIELD, input },
        }
    }
}

/// Finds the fields and the values for wishes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishing<'a> {
    pub(super) layout: &'a Layout,
    pub(super) config: &'a GitHubConfig,
}

impl Wishing<'_> {
    /// What a new task wants of the board.
    pub(super) fn of_new(&self, new: &NewTask) -> Result<Vec<Wish>> {
        let mut wishes = Vec::new();
        wishes.extend(
            new.status.as_ref().map(|status| self.status(status)).transpose()?.filter(|wish| wish.value.is_some()),
        );
        wishes.extend(new.priority.as_ref().map(|priority| self.priority(Some(priority))).transpose()?);
        wishes.extend(new.sprint_id.as_ref().map(|sprint| self.sprint(sprint)).transpose()?);
        wishes.extend(new.estimated_hours.map(|hours| self.hours(Some(hours))).transpose()?);
        wishes.extend(new.start_date.map(|day| self.day(Role::Start, Field::StartDate, Some(day))).transpose()?);
        wishes.extend(new.due_date.map(|day| self.day(Role::Due, Field::DueDate, Some(day))).transpose()?);
        for (name, value) in new.custom_fields.iter().filter(|(name, _)| *name != REPOSITORY) {
            wishes.push(self.custom(name, Some(value))?);
        }
        Ok(wishes)
    }

    /// What a patch wants of the board, as far as the item is not so already.
    pub(super) fn of_patch(&self, patch: &TaskPatch, current: &PMTask) -> Result<Vec<Wish>> {
        let mut wishes = Vec::new();
        if let FieldPatch::Set(status) = &patch.status {
            let wanted = status.resolve(&self.layout.statuses, self.config.statuses.preferred());
            let wanted = wanted.map_err(|error| on(error, Field::Status))?;
            if wanted != current.status {
                wishes.push(self.status(status)?);
            }
        }
        wishes.extend(self.priority_patch(&patch.priority, current)?);
        wishes.extend(self.sprint_patch(&patch.sprint_id, current)?);
        if let Some(hours) = changed(&patch.estimated_hours, current.estimated_hours.as_ref()) {
            wishes.push(self.hours(hours.copied())?);
        }
        if let Some(day) = changed(&patch.start_date, current.start_date.as_ref()) {
            wishes.push(self.day(Role::Start, Field::StartDate, day.copied())?);
        }
        if let Some(day) = changed(&patch.due_date, current.due_date.as_ref()) {
            wishes.push(self.day(Role::Due, Field::DueDate, day.copied())?);
        }
        for (name, value) in &patch.custom_fields {
            if name == REPOSITORY {
                return Err(bad("`Repository` says where an issue is: it cannot be changed"));
            }
            let known = current.custom_fields.get(name);
            if let Some(value) = changed(value, known) {
                wishes.push(self.custom(name, value)?);
            }
        }
        Ok(wishes)
    }

    /// Refuses what could not be written into any item of the project.
    pub(super) fn check(&self, patch: &TaskPatch) -> Result<()> {
        // An item that has nothing differs in everything that is set.
        let nothing = PMTask::new("", "", "", Status::new(StatusCategory::Unknown, ""));
        self.of_patch(patch, &nothing).map(drop)
    }

    fn priority_patch(&self, patch: &FieldPatch<PriorityRef>, current: &PMTask) -> Result<Option<Wish>> {
        let wanted = match patch {
            FieldPatch::Set(wanted) => {
                let found = wanted.resolve(&self.layout.priorities, self.config.priorities.preferred());
                Some(found.map_err(|error| on(error, Field::Priority))?)
            }
            FieldPatch::Clear => None,
            _ => return Ok(None),
        };
        let is_so = wanted == current.priority;
        if is_so { Ok(None) } else { self.priority(patch.value()).map(Some) }
    }

    fn sprint_patch(&self, patch: &FieldPatch<SprintId>, current: &PMTask) -> Result<Option<Wish>> {
        match changed(patch, current.sprint_id.as_ref()) {
            Some(Some(sprint)) => self.sprint(sprint).map(Some),
            Some(None) => {
                let column = self.column(Role::Sprint, Field::SprintId)?;
                Ok(Some(Wish::new(named(Field::SprintId), column, None)))
            }
            None => Ok(None),
        }
    }

    fn status(&self, wanted: &StatusRef) -> Result<Wish> {
        let column = self.column(Role::Status, Field::Status)?;
        let found = wanted.resolve(&self.layout.statuses, self.config.statuses.preferred());
        let found = found.map_err(|error| on(error, Field::Status))?;
        // Nothing said is a choice as well.
        Ok(Wish::new(named(Field::Status), column, found.id.map(choice)))
    }

    fn priority(&self, wanted: Option<&PriorityRef>) -> Result<Wish> {
        let column = self.column(Role::Priority, Field::Priority)?;
        let found = wanted.map(|wanted| wanted.resolve(&self.layout.priorities, self.config.priorities.preferred()));
        let found = found.transpose().map_err(|error| on(error, Field::Priority))?;
        Ok(Wish::new(named(Field::Priority), column, found.and_then(|priority| priority.id).map(choice)))
    }

    fn sprint(&self, sprint: &SprintId) -> Result<Wish> {
        let nowhere = || {
            let message = format!("there is no iteration `{sprint}` in this project");
            Error::invalid_input("a reference leads nowhere").on_field(Field::SprintId, message)
        };
        let (field, iteration) = ids::v2_part(sprint.as_str()).ok_or_else(nowhere)?;
        let column = self.layout.by_id(field).filter(|column| column.holds == Holds::Iteration).ok_or_else(nowhere)?;
        column.iteration(iteration).ok_or_else(nowhere)?;
        Ok(Wish::new(named(Field::SprintId), column, Some(json!({ "iterationId": iteration }))))
    }

    fn hours(&self, hours: Option<Hours>) -> Result<Wish> {
        let column = self.column(Role::Estimate, Field::EstimatedHours)?;
        let value = hours.map(|hours| json!({ "number": hours.as_hours() }));
        Ok(Wish::new(named(Field::EstimatedHours), column, value))
    }

    fn day(&self, role: Role, field: Field, day: Option<NaiveDate>) -> Result<Wish> {
        Ok(Wish::new(named(field), self.column(role, field)?, day.map(|day| json!({ "date": day }))))
    }

    /// The field for something, which the project may not have.
    fn column(&self, role: Role, field: Field) -> Result<&Column> {
        self.layout.of(role).ok_or_else(|| {
            let hint = match role {
                Role::Status => "give the project a single-select field `Status`",
                Role::Priority => "give the project a single-select field `Priority`",
                Role::Estimate => "name a number field of the project in GITHUB_ESTIMATE_FIELD",
                Role::Start => "give the project a date field `Start date`",
                Role::Due => "give the project a date field `Target date`",
                _ => "give the project an iteration field",
            };
            let message = format!("this project has no field for `{field}`");
            Error::unsupported(message).on_field(field, "not supported in this project").hint(hint)
        })
    }

    fn custom(&self, name: &str, value: Option<&CustomValue>) -> Result<Wish> {
        let exact = self.layout.custom().find(|column| column.name == name);
        let column = exact.or_else(|| self.layout.custom().find(|column| column.name.eq_ignore_ascii_case(name)));
        if self.layout.custom().next().is_none() {
            let message = format!("this project has no field `{name}`, nor any other of its own");
            return Err(Error::unsupported(message).on_field(Field::CustomFields, "not supported in this project"));
        }
        let column = column.ok_or_else(|| {
            let names: Vec<_> = self.layout.custom().map(|column| format!("`{}`", column.name)).collect();
            bad(format!("`{name}` is no custom field of this project; there are {}", names.join(", ")))
        })?;
        let value = value.map(|value| fit(column, value)).transpose()?.flatten();
        Ok(Wish::new(format!("`{}`", column.name), column, value))
    }
}

/// Fits a value to a custom field; an empty text empties it.
fn fit(column: &Column, value: &CustomValue) -> Result<Option<Value>> {
    let refuse = |wanted: &str| {
        let value = serde_json::to_string(value).unwrap_or_default();
        bad(format!("`{}` holds {wanted}, not {value}", column.name))
    };
    let pick = |text: &str, names: Vec<(&str, &str)>| {
        let exact = names.iter().find(|(_, name)| *name == text);
        let folded = || names.iter().find(|(_, name)| name.to_lowercase() == text.to_lowercase());
        exact.or_else(folded).map(|(id, _)| (*id).to_owned()).ok_or_else(|| {
            let names: Vec<_> = names.iter().map(|(_, name)| format!("`{name}`")).collect();
            bad(format!("`{}` does not hold `{text}`; allowed are {}", column.name, names.join(", ")))
        })
    };
    Ok(Some(match (column.holds, value) {
        (Holds::Text, CustomValue::Text(text)) if text.contains(['\n', '\r']) => return Err(refuse("one line")),
        (Holds::Text, CustomValue::Text(text)) if text.is_empty() => return Ok(None),
        (Holds::Text, CustomValue::Text(text)) => json!({ "text": text }),
        (Holds::Number, CustomValue::Integer(number)) => json!({ "number": number }),
        (Holds::Number, CustomValue::Number(number)) => json!({ "number": number }),
        (Holds::Date, CustomValue::Text(text)) => match text.parse::<NaiveDate>() {
            Ok(day) => json!({ "date": day }),
            Err(_) => return Err(refuse("a date (`YYYY-MM-DD`)")),
        },
        (Holds::Choice, CustomValue::Text(text)) => {
            let choices = column.choices.iter().map(|choice| (choice.id.as_str(), choice.name.as_str()));
            choice(pick(text, choices.collect())?)
        }
        (Holds::Iteration, CustomValue::Text(text)) => {
            let all = column.iterations.iter().map(|(row, _)| (row.item.id.as_str(), row.item.title.as_str()));
            json!({ "iterationId": pick(text, all.collect())? })
        }
        (Holds::Number, _) => return Err(refuse("a number")),
        _ => return Err(refuse("a text")),
    }))
}

/// What a patch changes: `None` where it keeps, or says what is so already; inside of it what is to be, `None` for empty.
pub(super) fn changed<'a, T: PartialEq>(patch: &'a FieldPatch<T>, current: Option<&T>) -> Option<Option<&'a T>> {
    if patch.is_keep() || patch.value() == current { None } else { Some(patch.value()) }
}

fn choice(id: String) -> Value {
    Value::Object([("singleSelectOptionId".to_owned(), Value::String(id))].into_iter().collect())
}

fn named(field: Field) -> String {
    format!("`{field}`")
}

fn on(error: Error, field: Field) -> Error {
    let message = error.message().to_owned();
    error.on_field(field, message)
}

pub(super) fn bad(what: impl Into<String>) -> Error {
    Error::invalid_input("a custom field does not fit").on_field(Field::CustomFields, what)
}

/// What a custom field will show of a value: numbers that are whole are told as such, choices by their own names.
pub(super) fn shown(layout: &Layout, name: &str, value: CustomValue) -> CustomValue {
    let column = layout.custom().find(|column| column.name.eq_ignore_ascii_case(name));
    match (column.map(|column| column.holds), value) {
        (Some(Holds::Number), CustomValue::Number(value)) => number(value),
        (Some(Holds::Choice), CustomValue::Text(text)) => {
            let choices = column.map(|column| column.choices.as_slice()).unwrap_or_default();
            let own = choices.iter().find(|choice| choice.name.to_lowercase() == text.to_lowercase());
            CustomValue::Text(own.map_or(text, |choice| choice.name.clone()))
        }
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::{ErrorKind, PriorityLevel, Secret};

    use super::super::layout::tests::layout;
    use super::*;

    fn with<T>(work: impl FnOnce(Wishing<'_>) -> T) -> T {
        let (layout, config) = (layout(), GitHubConfig::new(Secret::new("t")));
        work(Wishing { layout: &layout, config: &config })
    }

    fn values(new: &NewTask) -> Result<Vec<(String, Option<Value>)>> {
        with(|wishing| Ok(wishing.of_new(new)?.into_iter().map(|wish| (wish.field, wish.value)).collect()))
    }

    #[test]
    fn each_kind_of_field_has_its_own_value() {
        let new = NewTask::new("v2:PVT_1", "Paint")
            .status(StatusCategory::Done)
            .priority(PriorityLevel::High)
            .sprint_id("v2:F_iteration:i1")
            .estimated_hours(Hours::from_seconds(9_000))
            .start_date("2026-01-05".parse::<NaiveDate>().unwrap())
            .custom_field("points", 8)
            .custom_field("Note", "soon")
            .custom_field("Size", "xl")
            .custom_field("End date", "2026-02-01");
        let expected = [
            ("F_status", json!({ "singleSelectOptionId": "s4" })),
            ("F_priority", json!({ "singleSelectOptionId": "p1" })),
            ("F_iteration", json!({ "iterationId": "i1" })),
            ("F_hours", json!({ "number": 2.5 })),
            ("F_start", json!({ "date": "2026-01-05" })),
            ("F_end", json!({ "date": "2026-02-01" })),
            ("F_note", json!({ "text": "soon" })),
            ("F_size", json!({ "singleSelectOptionId": "xl" })),
            ("F_points", json!({ "number": 8 })),
        ];
        let expected: Vec<_> = expected.into_iter().map(|(field, value)| (field.to_owned(), Some(value))).collect();
        assert_eq!(values(&new).unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_does() {
        let refused = |new: NewTask| values(&new).unwrap_err();
        let new = || NewTask::new("v2:PVT_1", "Paint");
        let error = refused(new().custom_field("Size", "XXL"));
        assert!(error.to_string().contains("allowed are `XS`, `XL`"), "{error}");
        let error = refused(new().custom_field("Sice", "XS"));
        assert!(error.to_string().contains("there are `Size`, `Points`, `Note`, `End date`"), "{error}");
        assert_eq!(refused(new().custom_field("Points", "many")).kind(), ErrorKind::InvalidInput);
        assert_eq!(refused(new().custom_field("End date", "soon")).kind(), ErrorKind::InvalidInput);
        assert_eq!(refused(new().sprint_id("v2:F_iteration:i9")).kind(), ErrorKind::InvalidInput);
        assert_eq!(refused(new().sprint_id("1296269#m3")).kind(), ErrorKind::InvalidInput);
        assert_eq!(refused(new().status("nonsense")).kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn what_is_so_already_is_not_written() {
        let mut task = PMTask::new("v2:PVT_1:PVTI_1", "v2:PVT_1", "Paint", layout().statuses[4].clone());
        task.priority = Some(layout().priorities[0].clone());
        task.start_date = "2026-01-05".parse().ok();
        let same = TaskPatch::new()
            .status(StatusCategory::Done)
            .priority("P2")
            .start_date("2026-01-05".parse::<NaiveDate>().unwrap())
            .clear_due_date()
            .clear_sprint_id()
            .clear_custom_field("Note");
        assert_eq!(with(|wishing| wishing.of_patch(&same, &task)).unwrap(), []);
        let other = TaskPatch::new().status("No Status").clear_priority().clear_start_date();
        let wishes = with(|wishing| wishing.of_patch(&other, &task)).unwrap();
        assert!(wishes.iter().all(|wish| wish.value.is_none()), "{wishes:?}");
        let fields: Vec<_> = wishes.iter().map(|wish| wish.field.as_str()).collect();
        assert_eq!(fields, ["F_status", "F_priority", "F_start"]);
    }
}
