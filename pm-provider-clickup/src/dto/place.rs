//! Workspaces, Spaces, Folders, Lists.

use serde::Deserialize;

use super::{Status, wire};

/// A thing that is only named: `{"id": "790", "name": "…"}`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Named {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    /// Of a Folder: it is none that people see, and the List is in none.
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) hidden: bool,
}

/// A Workspace: version 2 of the API says "team".
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Team {
    #[serde(deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    #[serde(default = "Vec::new", deserialize_with = "wire::rows")]
    pub(crate) members: Vec<super::Member>,
}

/// A Space.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Space {
    #[serde(deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) private: bool,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) archived: bool,
    #[serde(default, deserialize_with = "wire::list")]
    pub(crate) statuses: Vec<Status>,
}

/// A Folder; with its Lists where it is asked for, or listed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Folder {
    #[serde(deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) hidden: bool,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) archived: bool,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) override_statuses: bool,
    #[serde(default, deserialize_with = "wire::list")]
    pub(crate) statuses: Vec<Status>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) space: Option<Named>,
    #[serde(default = "Vec::new", deserialize_with = "wire::rows")]
    pub(crate) lists: Vec<pm_http::Raw<List>>,
}

/// A List.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct List {
    #[serde(deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    /// Its description.
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) content: Option<String>,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) archived: bool,
    #[serde(default, deserialize_with = "wire::flag")]
    pub(crate) override_statuses: bool,
    /// Shown where one List is asked for; of a list of Lists not always.
    #[serde(default, deserialize_with = "wire::list")]
    pub(crate) statuses: Vec<Status>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) folder: Option<Named>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) space: Option<Named>,
    #[serde(default, deserialize_with = "wire::whole")]
    pub(crate) start_date: Option<i64>,
    #[serde(default, deserialize_with = "wire::whole")]
    pub(crate) due_date: Option<i64>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) priority: Option<ListPriority>,
    #[serde(default, deserialize_with = "wire::object")]
    pub(crate) assignee: Option<super::User>,
}

/// Any of the three as far as they are alike.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Made {
    #[serde(deserialize_with = "wire::text_or_empty")]
    pub(crate) id: String,
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) name: String,
    /// Of a List alone.
    #[serde(default, deserialize_with = "wire::some_text")]
    pub(crate) content: Option<String>,
}

/// The priority of a List, which has no id.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct ListPriority {
    #[serde(default, deserialize_with = "wire::text_or_empty")]
    pub(crate) priority: String,
}
