//! The comments of a task, by how their ids are made: `TASK/COMMENT`, without a slash in the second.

use super::Link;
use crate::item::Side;

/// The ids of a task's comments are at or after the first text, and before the second.
pub(super) fn comments_of(task: &str) -> [String; 2] {
    // The character after a slash.
    [format!("{task}/"), format!("{task}0")]
}

/// Whether a link is that of a comment on a task: between the two texts are also those of tasks whose id goes on with a
/// slash.
pub(super) fn is_about(link: &Link, side: Side, task: &str) -> bool {
    link.item(side).and_then(|item| item.task()).is_some_and(|of| of.id == task)
}
