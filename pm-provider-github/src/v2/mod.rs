//! Projects v2, the second kind of project: boards and tables of a user or an organisation, by GraphQL alone.
//!
//! | Of the contract | Here |
//! |---|---|
//! | project | a Project v2: `v2:{node id}`, key `octo-org/projects/5` |
//! | task | an item that is a draft or an issue: `v2:{project}:{item}`; pull requests are left out |
//! | status, priority | the single-select fields `Status` and `Priority` |
//! | start, due | the date fields `Start date` and `Target date` (or `Due date`) |
//! | estimate | the number field that `GITHUB_ESTIMATE_FIELD` names |
//! | sprint | an iteration: `v2:{field}:{iteration}`; read and assigned, never written |
//! | custom fields | the other fields that hold a text, a number, a date, a choice or an iteration |
//!
//! Iterations are part of the configuration of their field. An edit of it, which is the only way to write one, gives all of
//! them new ids, and the items lose theirs (github/github-mcp-server#2953): sprints are refused before any request.

mod batch;
pub(crate) mod capabilities;
mod create;
mod delete;
mod dto;
mod layout;
mod list;
mod map;
mod marks;
mod people;
mod projects;
mod rows;
mod schema;
mod sprints;
mod tasks;
mod update;
mod wishes;

pub(crate) use batch::is_of_v2;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use pm_http::CachedMap;
use pm_provider::{Capabilities, Error, ProjectId, TaskId};

use crate::{GitHubConfig, ids};
use layout::Layout;
use rows::Row;

/// How long the rows of a project are believed while a listing goes on. What we write ourselves ends it.
const ROWS_LIFE: Duration = Duration::from_secs(60);

/// What is remembered of Projects v2.
#[derive(Debug)]
pub(crate) struct Memory {
    /// What can be done with Projects v2, whatever else the settings say.
    capabilities: Capabilities,
    /// The fields of projects.
    layouts: CachedMap<String, Layout>,
    /// Which items projects have, for the pages of one listing.
    rows: CachedMap<String, Vec<Row>>,
    /// Node ids of people, by the number that is our id.
    people: Mutex<HashMap<u64, String>>,
}

impl Memory {
    /// Remembers nothing yet.
    pub(crate) fn new(config: &GitHubConfig) -> Self {
        Self {
            capabilities: capabilities::capabilities(config),
            layouts: CachedMap::default(),
            rows: CachedMap::new(ROWS_LIFE),
            people: Mutex::default(),
        }
    }
}

/// The node id of a project that must be there.
fn existing_project(id: &ProjectId) -> Result<&str, Error> {
    ids::v2_project(id.as_str()).ok_or_else(|| Error::not_found("project", id))
}

/// The node ids of project and item of a task that must be there.
fn existing_item(id: &TaskId) -> Result<(&str, &str), Error> {
    ids::v2_part(id.as_str()).ok_or_else(|| Error::not_found("task", id))
}
