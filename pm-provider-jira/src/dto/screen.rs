//! What the create and edit screens take, as Jira describes it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::issue::{lenient, or_default};
use super::{IssueType, TypeStatuses};

/// A field on a screen.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct FieldMeta {
    #[serde(default, rename = "fieldId")]
    pub(crate) field_id: Option<String>,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default, rename = "hasDefaultValue", deserialize_with = "or_default")]
    pub(crate) has_default: bool,
    #[serde(default, rename = "allowedValues", deserialize_with = "lenient")]
    pub(crate) allowed: Option<Vec<Allowed>>,
}

/// A value that a field can be given.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Allowed {
    #[serde(default)]
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) value: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) key: Option<String>,
    /// The values below this one, where choices have two levels.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) children: Vec<Allowed>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) disabled: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) archived: bool,
}

impl Allowed {
    /// What people see.
    pub(crate) fn label(&self) -> &str {
        self.value
            .as_deref()
            .or(self.name.as_deref())
            .or(self.key.as_deref())
            .or(self.id.as_deref())
            .unwrap_or_default()
    }

    /// Says whether it can still be chosen.
    pub(crate) fn is_open(&self) -> bool {
        !self.disabled && !self.archived
    }
}

/// The fields of a screen, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screen(BTreeMap<String, FieldMeta>);

impl Screen {
    /// Takes the fields of a map, as edit screens and transitions have them.
    pub(crate) fn of_map(fields: BTreeMap<String, FieldMeta>) -> Self {
        Self(fields)
    }

    /// Takes the fields of a list, as create screens have them.
    pub(crate) fn of_list(fields: Vec<FieldMeta>) -> Self {
        let entry = |field: FieldMeta| Some((field.field_id.clone().or_else(|| field.key.clone())?, field));
        Self(fields.into_iter().filter_map(entry).collect())
    }

    /// A field by its id.
    pub(crate) fn get(&self, id: &str) -> Option<&FieldMeta> {
        self.0.get(id)
    }

    /// Says whether a field is on the screen.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// All fields, by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &FieldMeta)> {
        self.0.iter().map(|(id, field)| (id.as_str(), field))
    }

    /// The fields that must be given, and that nothing fills in.
    pub(crate) fn required(&self) -> impl Iterator<Item = (&str, &FieldMeta)> {
        self.iter().filter(|(_, field)| field.required && !field.has_default)
    }
}

/// The edit screen of an issue.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct EditMeta {
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) fields: BTreeMap<String, FieldMeta>,
}

impl IssueType {
    /// Where the type stands in the hierarchy: -1 sub-task, 0 standard, 1 epic, more above. Data Center has no number for it: an
    /// epic is called so, and is the only level above the standard one.
    pub(crate) fn level(&self) -> i32 {
        let is_epic = |name: &str| name.eq_ignore_ascii_case("epic");
        match self.hierarchy_level {
            _ if self.subtask => -1,
            Some(level) => level,
            None if is_epic(self.untranslated_name.as_deref().unwrap_or(&self.name)) => 1,
            None => 0,
        }
    }

    /// The type that the statuses of a project tell.
    pub(crate) fn of_statuses(known: &TypeStatuses) -> Self {
        Self {
            id: known.id,
            name: known.name.clone(),
            subtask: known.subtask,
            hierarchy_level: None,
            untranslated_name: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::Paged;
    use super::*;

    #[test]
    fn both_flavors_describe_screens_in_their_own_way() {
        let cloud = r#"{"startAt": 0, "maxResults": 50, "total": 1, "fields": [
            {"required": true, "fieldId": "summary", "key": "summary", "name": "Summary", "operations": ["set"],
             "schema": {"type": "string", "system": "summary"}}]}"#;
        let data_center = r#"{"maxResults": 50, "startAt": 0, "total": 1, "isLast": true, "values": [
            {"required": true, "fieldId": "summary", "name": "Summary", "hasDefaultValue": false, "operations": ["set"],
             "schema": {"type": "string", "system": "summary"}, "allowedValues": null}]}"#;
        for text in [cloud, data_center] {
            let page: Paged<FieldMeta> = serde_json::from_str(text).unwrap();
            let screen = Screen::of_list(page.values);
            assert_eq!(screen.required().map(|(id, _)| id).collect::<Vec<_>>(), ["summary"]);
        }
    }

    #[test]
    fn what_has_a_default_need_not_be_given() {
        let text = r#"{"priority": {"required": true, "hasDefaultValue": true, "name": "Priority"},
            "resolution": {"required": true, "name": "Resolution", "allowedValues": [{"id": "1", "name": "Fixed"}]}}"#;
        let screen = Screen::of_map(serde_json::from_str(text).unwrap());
        assert_eq!(screen.required().map(|(id, _)| id).collect::<Vec<_>>(), ["resolution"]);
        assert_eq!(screen.get("resolution").unwrap().allowed.as_ref().unwrap()[0].label(), "Fixed");
    }

    #[test]
    fn levels_are_known_without_a_number_too() {
        let level = |text: &str| serde_json::from_str::<IssueType>(text).unwrap().level();
        assert_eq!(level(r#"{"id": "1", "name": "Sub-task", "subtask": true}"#), -1);
        assert_eq!(level(r#"{"id": "1", "name": "Epic"}"#), 1);
        assert_eq!(level(r#"{"id": "1", "name": "Initiative", "hierarchyLevel": 2}"#), 2);
        assert_eq!(level(r#"{"id": "1", "name": "Story", "hierarchyLevel": 0}"#), 0);
    }
}
