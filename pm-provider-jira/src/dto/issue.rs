//! Issues, as searches, reads and writes answer them.
//!
//! Any member may be missing or `null`: fields that are hidden, switched off or not on any screen are left out by some
//! endpoints and `null` in others.

use std::fmt;

use chrono::NaiveDate;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Id, IssueType, Moment, Status};

/// An issue.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Issue {
    pub(crate) id: Id,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) fields: Fields,
    /// The properties that were asked for.
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) properties: Properties,
}

impl Issue {
    /// The number of its project.
    pub(crate) fn project(&self) -> Option<u64> {
        crate::ids::number(&self.fields.project.as_ref()?.id)
    }

    /// Its project and type.
    pub(crate) fn kind(&self) -> Option<(u64, u64)> {
        Some((self.project()?, self.fields.issue_type.as_ref()?.id.0))
    }
}

/// The properties of an issue that are ours.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Properties {
    #[serde(default, rename = "pm-core", deserialize_with = "lenient")]
    pub(crate) mark: Option<Mark>,
}

/// Our mark, as a property holds it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Mark {
    pub(crate) key: String,
    /// Something that was to follow the create has not been done yet, as far as is known.
    #[serde(default)]
    pub(crate) open: bool,
}

/// The fields of an issue: those that a task has, and the others as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<Value>,
    pub(crate) status: Option<Status>,
    pub(crate) priority: Option<Named>,
    pub(crate) project: Option<ProjectRef>,
    pub(crate) issue_type: Option<IssueType>,
    pub(crate) parent: Option<IssueRef>,
    pub(crate) assignee: Option<Person>,
    pub(crate) reporter: Option<Person>,
    pub(crate) labels: Vec<String>,
    pub(crate) created: Option<Moment>,
    pub(crate) updated: Option<Moment>,
    pub(crate) resolution_date: Option<Moment>,
    pub(crate) due_date: Option<NaiveDate>,
    /// What is planned, in seconds.
    pub(crate) original_estimate: Option<u64>,
    /// What was worked, in seconds.
    pub(crate) time_spent: Option<u64>,
    pub(crate) time_tracking: Option<TimeTracking>,
    pub(crate) security: Option<Named>,
    /// When the category of the status last changed; Cloud only.
    pub(crate) category_changed: Option<Moment>,
    pub(crate) subtasks: Option<Box<RawValue>>,
    pub(crate) links: Option<Box<RawValue>>,
    /// All other fields that have a value, by id.
    pub(crate) others: Vec<(String, Box<RawValue>)>,
}

/// Whatever has an id and a name.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct Named {
    #[serde(default)]
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) name: String,
}

/// The project of an issue.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProjectRef {
    pub(crate) id: String,
}

/// Another issue.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct IssueRef {
    pub(crate) id: String,
}

/// A person: `accountId` on Cloud, `key` and `name` on Data Center.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Person {
    #[serde(default, rename = "accountId")]
    pub(crate) account_id: Option<String>,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) name: Option<String>,
}

impl Person {
    /// The id that a user has here.
    pub(crate) fn id(&self) -> Option<&str> {
        self.account_id.as_deref().or(self.key.as_deref()).or(self.name.as_deref())
    }
}

/// What is planned and what was worked, as it is written: only who may work on issues is shown the plain members.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct TimeTracking {
    #[serde(default, rename = "originalEstimateSeconds")]
    pub(crate) original_estimate: Option<u64>,
    #[serde(default, rename = "remainingEstimateSeconds")]
    pub(crate) remaining: Option<u64>,
    #[serde(default, rename = "timeSpentSeconds")]
    pub(crate) time_spent: Option<u64>,
}

/// Fields that say nothing a task would have: pictures, counters, what is computed.
const IGNORED: &[&str] = &[
    "aggregateprogress",
    "aggregatetimeestimate",
    "aggregatetimeoriginalestimate",
    "aggregatetimespent",
    "attachment",
    "comment",
    "creator",
    "issuekey",
    "issuerestriction",
    "lastViewed",
    "progress",
    "statusCategory",
    "thumbnail",
    "timeestimate",
    "votes",
    "watches",
    "worklog",
    "workratio",
];

/// Says whether a field is one of those that say nothing a task would have.
pub(crate) fn is_ignored(id: &str) -> bool {
    IGNORED.contains(&id)
}

/// By hand: serde's `flatten` would go through a tree of values, field by field.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of an issue")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                    fields.take(&name, &mut map)?;
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Fields {
    /// Reads the value of one field.
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "summary" => self.summary = map.next_value()?,
            "description" => self.description = map.next_value()?,
            "status" => self.status = map.next_value()?,
            "priority" => self.priority = map.next_value()?,
            "project" => self.project = map.next_value()?,
            "issuetype" => self.issue_type = map.next_value()?,
            "parent" => self.parent = map.next_value()?,
            "assignee" => self.assignee = map.next_value()?,
            "reporter" => self.reporter = map.next_value()?,
            "labels" => self.labels = list(map)?,
            "created" => self.created = map.next_value()?,
            "updated" => self.updated = map.next_value()?,
            "resolutiondate" => self.resolution_date = map.next_value()?,
            "duedate" => self.due_date = map.next_value()?,
            "timeoriginalestimate" => self.original_estimate = map.next_value()?,
            "timespent" => self.time_spent = map.next_value()?,
            "timetracking" => self.time_tracking = map.next_value()?,
            "security" => self.security = map.next_value()?,
            "statuscategorychangedate" => self.category_changed = map.next_value()?,
            "subtasks" => self.subtasks = raw(map)?,
            "issuelinks" => self.links = raw(map)?,
            ignored if is_ignored(ignored) => drop(map.next_value::<IgnoredAny>()?),
            _ => {
                if let Some(value) = raw(map)? {
                    self.others.push((name.to_owned(), value));
                }
            }
        }
        Ok(())
    }

    /// Says whether a field has a value.
    pub(crate) fn has(&self, id: &str) -> bool {
        match id {
            "summary" => self.summary.is_some(),
            "description" => self.description.is_some(),
            "priority" => self.priority.is_some(),
            "parent" => self.parent.is_some(),
            "assignee" => self.assignee.is_some(),
            "reporter" => self.reporter.is_some(),
            "labels" => !self.labels.is_empty(),
            "duedate" => self.due_date.is_some(),
            "timetracking" => self.original_estimate.is_some(),
            "security" => self.security.is_some(),
            "status" | "project" | "issuetype" | "created" | "updated" => true,
            other => self.other(other).is_some_and(|value| value.get() != "[]"),
        }
    }

    /// A field that a task does not have, by id.
    pub(crate) fn other(&self, id: &str) -> Option<&RawValue> {
        self.others.iter().find(|(name, _)| name == id).map(|(_, value)| &**value)
    }
}

/// The text of a value; nothing for `null`.
fn raw<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Box<RawValue>>, A::Error> {
    map.next_value()
}

fn list<'de, A: MapAccess<'de>, T: DeserializeOwned>(map: &mut A) -> Result<Vec<T>, A::Error> {
    Ok(map.next_value::<Option<Vec<T>>>()?.unwrap_or_default())
}

/// A member that may be `null`.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A member that counts only where it has the form that we know.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(value.get()).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn whatever_is_hidden_may_be_null_or_missing() {
        let null = r#"{"id": "7", "key": null, "properties": null, "fields": {"summary": null, "status": null,
            "labels": null, "subtasks": null, "assignee": null, "timetracking": {}, "description": null,
            "priority": null, "customfield_1": null}}"#;
        for text in [null, r#"{"id": "7", "fields": null}"#, r#"{"id": "7"}"#] {
            let issue: Issue = serde_json::from_str(text).unwrap();
            assert_eq!((issue.id.0, issue.fields.others.len(), issue.fields.labels.len()), (7, 0, 0), "{text}");
            assert!(issue.fields.description.is_none() && issue.properties.mark.is_none());
        }
    }

    #[test]
    fn other_fields_are_kept_as_they_came() {
        let text =
            r#"{"id": "7", "fields": {"customfield_1": {"value":  "S"}, "votes": {"votes": 0}, "environment": "x"}}"#;
        let issue: Issue = serde_json::from_str(text).unwrap();
        assert_eq!(issue.fields.other("customfield_1").unwrap().get(), r#"{"value":  "S"}"#);
        assert_eq!(issue.fields.others.len(), 2);
    }

    #[test]
    fn a_property_of_another_form_is_no_mark_of_ours() {
        let read = |text: &str| serde_json::from_str::<Issue>(text).unwrap().properties.mark.map(|mark| mark.key);
        assert_eq!(read(r#"{"id": "7", "properties": {"pm-core": {"key": "abc"}}}"#).as_deref(), Some("abc"));
        assert_eq!(read(r#"{"id": "7", "properties": {"pm-core": "abc"}}"#), None);
        assert_eq!(read(r#"{"id": "7", "properties": {"other": 1}}"#), None);
    }
}
