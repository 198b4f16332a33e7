//! Tasks, and what is set by calls of its own.

pub(super) mod create;
pub(super) mod custom_fields;
pub(super) mod delete;
mod draft;
pub(super) mod edges;
mod filters;
pub(super) mod list;
pub(super) mod moves;
pub(super) mod read;
pub(super) mod render;
pub(super) mod tags;
pub(super) mod update;
mod values;

use super::model::Task;
use super::store::Store;

/// Notes that a task was changed.
fn touch(store: &mut Store, id: u64, now: i64) {
    if let Some(task) = store.tasks.get_mut(&id) {
        bump(task, now);
    }
}

/// The time of a change is never before that of another one.
fn bump(task: &mut Task, now: i64) {
    task.updated = now.max(task.updated);
}
