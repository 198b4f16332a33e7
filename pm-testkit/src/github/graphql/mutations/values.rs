//! Items get values in fields: one field of one item at a time.

use serde_json::Value;

use super::super::errors::GraphError;
use super::super::object::{Object, Out};
use super::{Change, Payload, no_node};
use crate::github::projects_v2::{FieldKind, FieldValue, set_value};
use crate::github::store::Store;

impl Change<'_> {
    pub(super) fn set_value(&self, store: &mut Store) -> Payload {
        let (item, field) = self.place(store)?;
        let kind = store.boards.fields.get(&field).map_or(FieldKind::Text, |field| field.kind.clone());
        let value = read(&kind, self.input.get("value").unwrap_or(&Value::Null))?;
        self.write(store, (item, field), Some(value));
        Ok(("UpdateProjectV2ItemFieldValuePayload", vec![("projectV2Item", Out::One(Object::Item(item)))]))
    }

    pub(super) fn clear_value(&self, store: &mut Store) -> Payload {
        let (item, field) = self.place(store)?;
        self.write(store, (item, field), None);
        Ok(("ClearProjectV2ItemFieldValuePayload", vec![("projectV2Item", Out::One(Object::Item(item)))]))
    }

    fn write(&self, store: &mut Store, (item, field): (u64, u64), value: Option<FieldValue>) {
        let project = store.boards.items.get_mut(&item).map(|item| {
            set_value(item, field, value, self.now);
            item.project
        });
        project.into_iter().for_each(|project| store.boards.touch(project, self.now));
    }

    /// The item and the field of the input, both of the same project. What only shows the issue cannot be written.
    fn place(&self, store: &Store) -> Result<(u64, u64), GraphError> {
        let item = self.item(store)?;
        let node = self.input.text("fieldId").unwrap_or_default();
        let Object::Field(field) = self.object(store, "fieldId")? else { return Err(no_node(node)) };
        let found = store.boards.fields.get(&field).filter(|field| field.project == item.project);
        let found = found.ok_or_else(|| no_node(node))?;
        match &found.kind {
            FieldKind::Shown(kind) => {
                let message = format!("The field of type {} is currently not supported.", kind.to_lowercase());
                Err(GraphError::unprocessable(message))
            }
            _ => Ok((item.id, field)),
        }
    }
}

/// The value that fits a field; one for another kind of field is refused.
///
/// <https://docs.github.com/en/graphql/reference/input-objects#projectv2fieldvalue>
fn read(kind: &FieldKind, value: &Value) -> Result<FieldValue, GraphError> {
    let given = value.as_object().map_or(0, |members| members.values().filter(|one| !one.is_null()).count());
    if given != 1 {
        return Err(GraphError::unprocessable("Exactly one value must be given."));
    }
    let text = |member: &str| value[member].as_str();
    let missing = |what: &str| {
        GraphError::unprocessable(format!("Did not receive a {what} value to update a field of type {what}"))
    };
    match kind {
        FieldKind::Number => value["number"].as_f64().map(FieldValue::Number).ok_or_else(|| missing("number")),
        FieldKind::Date => {
            text("date").and_then(|text| text.parse().ok()).map(FieldValue::Date).ok_or_else(|| missing("date"))
        }
        FieldKind::Select(options) => {
            let id = text("singleSelectOptionId").ok_or_else(|| missing("single_select"))?;
            let known = options.iter().any(|option| option.id == id);
            let unknown = || GraphError::unprocessable("The single select option Id does not belong to the field");
            known.then(|| FieldValue::Option(id.to_owned())).ok_or_else(unknown)
        }
        FieldKind::Iteration(all) => {
            let id = text("iterationId").ok_or_else(|| missing("iteration"))?;
            let known = all.all.iter().any(|one| one.id == id);
            let unknown = || GraphError::unprocessable("The iteration Id does not belong to the field");
            known.then(|| FieldValue::Iteration(id.to_owned())).ok_or_else(unknown)
        }
        FieldKind::Text | FieldKind::Shown(_) => {
            text("text").map(|text| FieldValue::Text(text.to_owned())).ok_or_else(|| missing("text"))
        }
    }
}
