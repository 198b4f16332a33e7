//! Humans are asked, or overruled, only for what humans did.

use std::collections::BTreeSet;

use pm_sync::item::Side;
use pm_sync::store::{Cause, Conflict};
use serde_json::json;

use super::super::history::Edit;
use super::Oracle;
use super::values::is_set;

impl Oracle<'_> {
    /// G3: humans are asked, or overruled, only where humans of both sides changed the field.
    pub(super) fn conflicts_are_true(&self, wrong: &mut Vec<String>) {
        for conflict in self.conflicts.iter().filter(|conflict| conflict.cause == Cause::BothEdited) {
            let Some(field) = conflict.field.as_ref().map(ToString::to_string) else { continue };
            let Some(number) = self.number_of(conflict) else { continue };
            if is_set(&field) || field == "description" {
                continue;
            }
            for side in Side::BOTH {
                let by = |edit: &&Edit| edit.number == number && edit.field == field && edit.side == side;
                if !self
                    .edits
                    .iter()
                    .filter(by)
                    .any(|edit| self.is_value(&field, conflict.values.get(side), &edit.after))
                {
                    wrong.push(format!(
                        "G3: a conflict of item {number} about `{field}` that no human of side `{side}` made: {conflict:?}"
                    ));
                }
            }
        }
    }

    /// G3: a deletion comes to nothing only where a human did something to what stays.
    pub(super) fn deletions_are_true(&self, wrong: &mut Vec<String>) {
        for conflict in self.conflicts.iter().filter(|conflict| conflict.cause == Cause::DeletedEdited) {
            let (Some(number), Some(stays)) = (self.number_of(conflict), conflict.winner) else { continue };
            let wins = conflict.decided_by.as_deref() == Some("edit wins");
            let kept = self.with_contents(number);
            let mut by_humans = self.edits.iter().filter(|edit| edit.side == stays);
            let touched = |edit: &Edit| {
                let of_task = self.task_of(edit.number).unwrap_or(edit.number);
                kept.contains(&edit.number) || kept.contains(&of_task)
            };
            if wins && !by_humans.any(touched) {
                wrong.push(format!(
                    "G3: the deletion of item {number} came to nothing, and no human of side `{stays}` had touched it: \
                     {conflict:?}"
                ));
            }
        }
    }

    /// An item and all that was ever hung from it, from that, and so on.
    fn with_contents(&self, number: usize) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([number]);
        loop {
            let is_below = |edit: &&Edit| {
                let hangs = matches!(edit.field, "parent_task_id" | "sprint_id");
                hangs && all.iter().any(|above| edit.after == json!(above))
            };
            let below: BTreeSet<usize> = self.edits.iter().filter(is_below).map(|edit| edit.number).collect();
            if below.is_subset(&all) {
                return all;
            }
            all.extend(below);
        }
    }

    fn number_of(&self, conflict: &Conflict) -> Option<usize> {
        let ids = Side::BOTH.into_iter().filter_map(|side| Some((side, conflict.ids.get(side).clone()?)));
        ids.filter_map(|key| self.ids.get(&key).copied()).next()
    }
}
