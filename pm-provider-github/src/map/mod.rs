//! From what GitHub sends to what the contract shows: pure functions.

mod comment;
mod milestone;
mod project;
mod task;
mod user;

pub(crate) use comment::comment;
pub(crate) use milestone::{due_day, due_on, sprint, sprint_choices, sprint_word};
pub(crate) use project::{ARCHIVED, project, project_choices};
pub(crate) use task::{
    NOT_PLANNED, OPEN, Reading, known_status, people_of, preferred_statuses, priority_of_label, rank, sprint_id,
    status_id, statuses, task, task_id,
};
pub(crate) use user::user;
