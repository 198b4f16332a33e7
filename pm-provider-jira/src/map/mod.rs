//! From what Jira sends to what the contract shows: pure functions.

mod attachment;
mod comment;
mod custom;
mod planning;
mod project;
mod relation;
mod task;
mod user;

pub(crate) use attachment::attachment;
pub(crate) use comment::comment;
pub(crate) use custom::{Holds, Shape, Writing};
pub(crate) use planning::{SPRINT_STATES, sprint, sprint_choices, sprint_word};
pub(crate) use project::{ARCHIVED, project, project_choices};
pub(crate) use relation::{link_kind, relation};
pub(crate) use task::{Reading, epic_of, is_in_sprint, priorities, status, task};
pub(crate) use user::user;
