//! Tasks and what hangs on them.
//!
//! Listings are long, and tasks large: members are read without a detour, and those that nobody looks at are skipped.

use pm_http::Raw;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::scalar::{members, millis, number, some, text, whole};
use super::{Named, Status};

/// A task.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Task {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: String,
    /// What people call it, where the Workspace has such ids: `DEV-12`.
    #[serde(default, deserialize_with = "some")]
    pub(crate) custom_id: Option<String>,
    #[serde(default, deserialize_with = "whole")]
    pub(crate) custom_item_id: Option<i64>,
    #[serde(default, deserialize_with = "text")]
    pub(crate) name: String,
    /// The description without any marks.
    #[serde(default, deserialize_with = "some")]
    pub(crate) text_content: Option<String>,
    #[serde(default, deserialize_with = "some")]
    pub(crate) description: Option<String>,
    /// Only where it was asked for; answers to writes may leave it out.
    #[serde(default, deserialize_with = "some")]
    pub(crate) markdown_description: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) status: Option<Status>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date_created: Option<i64>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date_updated: Option<i64>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date_closed: Option<i64>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date_done: Option<i64>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) creator: Option<Person>,
    #[serde(default, deserialize_with = "members")]
    pub(crate) assignees: Vec<Person>,
    #[serde(default, deserialize_with = "members")]
    pub(crate) tags: Vec<Tag>,
    #[serde(default, deserialize_with = "some")]
    pub(crate) parent: Option<String>,
    #[serde(default, deserialize_with = "some")]
    pub(crate) top_level_parent: Option<String>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) priority: Option<Priority>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) due_date: Option<i64>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) start_date: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub(crate) points: Option<f64>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) time_estimate: Option<i64>,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) time_spent: Option<i64>,
    #[serde(default, deserialize_with = "members")]
    pub(crate) custom_fields: Vec<FieldValue>,
    /// The Lists that it is in besides its home.
    #[serde(default, deserialize_with = "members")]
    pub(crate) locations: Vec<Named>,
    #[serde(default, deserialize_with = "some")]
    pub(crate) url: Option<String>,
    /// The List that is its home.
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) list: Option<Named>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) folder: Option<Named>,
    #[serde(default, deserialize_with = "maybe")]
    pub(crate) space: Option<Named>,
}

/// A person, as far as tasks tell.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Person {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "some")]
    pub(crate) username: Option<String>,
}

/// A priority: 1 is urgent, 4 is low.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Priority {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) priority: String,
}

/// A tag, which the reference takes for a text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tag(pub(crate) String);

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Full {
            #[serde(default, deserialize_with = "text")]
            name: String,
        }
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let bare = || serde_json::from_str::<String>(raw).unwrap_or_default();
        Ok(Self(serde_json::from_str::<Full>(raw).map_or_else(|_| bare(), |full| full.name)))
    }
}

/// The value of a custom field of a task, with as much of the field as it takes to read it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct FieldValue {
    #[serde(default, deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) name: String,
    #[serde(default, rename = "type", deserialize_with = "text")]
    pub(crate) kind: String,
    /// Large, and of use only where there is a value.
    #[serde(default)]
    pub(crate) type_config: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) value: Option<Box<RawValue>>,
}

/// A page of tasks.
#[derive(Debug, Deserialize)]
pub(crate) struct Tasks {
    #[serde(default = "Vec::new")]
    pub(crate) tasks: Vec<Raw<Task>>,
    #[serde(default, deserialize_with = "last")]
    pub(crate) last_page: Option<bool>,
}

/// How many tasks a page of ClickUp's has.
pub(crate) const PAGE: usize = 100;

impl Tasks {
    /// Says whether there is a page behind this one; where the answer does not tell, a full page may have one.
    pub(crate) fn has_more(&self) -> bool {
        !self.tasks.is_empty() && !self.last_page.unwrap_or(self.tasks.len() < PAGE)
    }
}

/// What hangs on a task, read only where it is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Threads {
    #[serde(default, deserialize_with = "members")]
    pub(crate) dependencies: Vec<Raw<Dependency>>,
    #[serde(default, deserialize_with = "members")]
    pub(crate) linked_tasks: Vec<Raw<Link>>,
    #[serde(default, deserialize_with = "members")]
    pub(crate) subtasks: Vec<Named>,
}

/// One task waits for another: the same members at both.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Dependency {
    /// Who waits.
    #[serde(default, deserialize_with = "text")]
    pub(crate) task_id: String,
    /// For whom.
    #[serde(default, deserialize_with = "text")]
    pub(crate) depends_on: String,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date_created: Option<i64>,
}

/// Two tasks have to do with each other.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Link {
    #[serde(default, deserialize_with = "text")]
    pub(crate) task_id: String,
    #[serde(default, deserialize_with = "text")]
    pub(crate) link_id: String,
    #[serde(default, deserialize_with = "millis")]
    pub(crate) date_created: Option<i64>,
}

fn maybe<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    super::scalar::object(deserializer)
}

fn last<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match super::scalar::Scalar::deserialize(deserializer)? {
        super::scalar::Scalar::Bool(last) => Some(last),
        super::scalar::Scalar::Text(word) => word.parse().ok(),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn trap_types_are_read_whatever_they_are() {
        let task: Task = serde_json::from_str(
            r#"{"id": 86, "name": null, "date_created": "1567780450202", "date_updated": 1567780450203.0,
            "status": "open", "assignees": [{"id": 183}, "x", null, {"id": "184", "username": null}],
            "tags": [{"name": "paint"}, "bare", {"name": null}], "priority": {"id": 2, "priority": null},
            "time_estimate": "3600000", "time_spent": null, "points": "2.5", "parent": "",
            "custom_fields": null, "locations": [null, {"id": 9}], "list": {"id": 7}, "unknown": [[[]]]}"#,
        )
        .unwrap();
        assert_eq!((task.id.as_str(), task.name.as_str()), ("86", ""));
        assert_eq!((task.date_created, task.date_updated), (Some(1_567_780_450_202), Some(1_567_780_450_203)));
        assert_eq!(task.assignees.iter().map(|person| person.id.as_str()).collect::<Vec<_>>(), ["183", "184"]);
        assert_eq!(task.tags.iter().map(|tag| tag.0.as_str()).collect::<Vec<_>>(), ["paint", "bare", ""]);
        assert_eq!(task.priority.unwrap().id, "2");
        assert_eq!((task.time_estimate, task.time_spent, task.points), (Some(3_600_000), None, Some(2.5)));
        assert_eq!((task.parent, task.status.is_none(), task.locations.len()), (None, true, 1));
        assert_eq!(task.list.unwrap().id, "7");
    }

    #[test]
    fn a_page_says_whether_there_is_more_or_is_not_full() {
        let page = |rows: usize, last: &str| {
            let tasks = vec![r#"{"id": "1"}"#; rows].join(",");
            serde_json::from_str::<Tasks>(&format!(r#"{{"tasks": [{tasks}]{last}}}"#)).unwrap().has_more()
        };
        assert!(page(3, r#", "last_page": false"#) && page(PAGE, "") && page(PAGE, r#", "last_page": null"#));
        assert!(!page(PAGE, r#", "last_page": true"#) && !page(PAGE - 1, "") && !page(0, r#", "last_page": false"#));
    }
}
