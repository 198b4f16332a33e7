//! The hierarchy above tasks, and the people in it.

pub(super) mod folders;
pub(super) mod lists;
pub(super) mod people;
pub(super) mod spaces;

use serde_json::{Value, json};

use super::model::{Status, Task};
use super::store::Store;

/// Statuses as places show them.
fn statuses(statuses: &[Status]) -> Value {
    let shown = statuses.iter().enumerate().map(|(index, status)| {
        json!({
            "id": status.id,
            "status": status.name,
            "type": status.kind.name(),
            "orderindex": index,
            "color": status.kind.color(),
        })
    });
    shown.collect()
}

/// How many tasks a place shows: those that are open, in lists that fit.
fn task_count(store: &Store, fits: impl Fn(u64) -> bool) -> usize {
    let counted = |task: &&Task| !task.archived && task.closed.is_none() && fits(task.list);
    store.tasks.values().filter(counted).count()
}
