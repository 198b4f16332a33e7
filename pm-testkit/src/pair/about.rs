//! What a write is about, and what it names.

use pm_provider::{BatchOperation, ItemRef, SprintId, TaskId};

/// The item that a write is about, if it is there already.
pub(super) fn target(operation: &BatchOperation) -> Option<ItemRef> {
    use BatchOperation as Op;
    match operation {
        Op::UpdateTask(id, _) => Some(ItemRef::Task(id.clone())),
        Op::UpdateSprint(id, _) => Some(ItemRef::Sprint(id.clone())),
        Op::UpdateComment(task, id, _) => Some(ItemRef::Comment(task.clone(), id.clone())),
        Op::Delete(item, _) => Some(item.clone()),
        _ => None,
    }
}

/// What a write hangs its item from.
pub(super) fn named(operation: &BatchOperation) -> Vec<ItemRef> {
    use BatchOperation as Op;
    let places = |task: Option<&TaskId>, sprint: Option<&SprintId>| {
        let (task, sprint) = (task.cloned().map(ItemRef::Task), sprint.cloned().map(ItemRef::Sprint));
        task.into_iter().chain(sprint).collect()
    };
    match operation {
        Op::CreateTask(new) => places(new.parent_task_id.as_ref(), new.sprint_id.as_ref()),
        Op::UpdateTask(_, patch) => places(patch.parent_task_id.value(), patch.sprint_id.value()),
        Op::CreateComment(new) => places(Some(&new.task_id), None),
        _ => Vec::new(),
    }
}
