//! What a human wrote is nowhere lost.

use std::collections::BTreeSet;

use pm_sync::item::Side;
use pm_sync::store::Conflict;
use serde_json::Value;

use super::super::facts::{Facts, Names, tokens};
use super::super::history::{Edit, SideNames};
use super::Oracle;
use super::values::{is_set, members, says};

impl Oracle<'_> {
    /// G3: whatever a human wrote is there, was changed by somebody who saw it, or is kept as a conflict.
    pub(super) fn nothing_lost(&self, number: usize, wrong: &mut Vec<String>) {
        for edit in self.edits.iter().filter(|edit| edit.number == number) {
            if self.raced.contains(&(edit.event, edit.field)) {
                continue;
            }
            if is_set(edit.field) {
                self.members_kept(edit, wrong);
            } else if edit.field == "description" {
                self.lines_kept(edit, wrong);
            } else if !self.is_kept(edit) {
                wrong.push(format!("G3: lost: `{}` of item {number} on side `{}`: {edit:?}", edit.field, edit.side));
            }
        }
    }

    fn is_kept(&self, edit: &Edit) -> bool {
        self.is_back(edit) || self.is_there(edit) || self.is_superseded(edit) || self.is_in_conflict(edit, &edit.after)
    }

    /// A value that stood there before: who compares states does not see that somebody went away from it and back.
    fn is_back(&self, edit: &Edit) -> bool {
        let earlier = self.of_field(edit).filter(|earlier| earlier.event < edit.event);
        let mut values = earlier.flat_map(|earlier| [&earlier.before, &earlier.after]);
        !matches!(edit.field, "title" | "name" | "body" | "goal") && values.any(|value| *value == edit.after)
    }

    fn is_there(&self, edit: &Edit) -> bool {
        let there = Side::BOTH.into_iter().filter_map(|side| Some((side, self.values(side, edit.number, edit.field)?)));
        let mut there = there.peekable();
        let deleted = self.was_deleted(edit.number);
        match edit.field {
            // The other tracker may have no such field at all, or no such person.
            "priority" | "parent_task_id" | "sprint_id" => {
                // What was pointed to may be gone since.
                let points = edit.after.as_u64().and_then(|number| usize::try_from(number).ok());
                let gone = deleted || points.is_some_and(|number| self.was_deleted(number));
                self.values(edit.side, edit.number, edit.field).is_some_and(|value| *value == edit.after) || gone
            }
            _ => {
                let is_there = there.peek().is_some();
                // Its own side is what counts: that the other one says the same is another rule.
                let own = self.values(edit.side, edit.number, edit.field);
                let other = self.values(edit.side.other(), edit.number, edit.field);
                is_there && own.or(other).is_some_and(|value| self.means(edit, value))
            }
        }
    }

    /// Whether a value that stands somewhere is what the edit said.
    fn means(&self, edit: &Edit, value: &Value) -> bool {
        match edit.side {
            Side::A => self.same(edit.field, &edit.after, value),
            Side::B => self.same(edit.field, value, &edit.after) || self.fine(edit.field, &edit.after) == *value,
        }
    }

    /// Whether a human changed it later who saw it, or deleted the item.
    fn is_superseded(&self, edit: &Edit) -> bool {
        let later = self.edits.iter().filter(|later| later.number == edit.number && later.field == edit.field);
        let seen = later.filter(|later| later.event > edit.event).any(|later| {
            // Whoever edits on a side sees what stands on that side.
            match later.side == edit.side {
                true => later.before == edit.after,
                false => self.means(edit, &later.before),
            }
        });
        seen || self.deletions(edit).any(|(side, last)| {
            let shown = last.get(edit.field).unwrap_or(&Value::Null);
            side == edit.side || self.means(edit, shown)
        })
    }

    fn deletions(&self, edit: &Edit) -> impl Iterator<Item = (Side, &Facts)> {
        let of = self.gone.get(&edit.number).into_iter().flatten();
        of.filter(|(event, _, _)| *event > edit.event).map(|(_, side, last)| (*side, last))
    }

    fn is_in_conflict(&self, edit: &Edit, value: &Value) -> bool {
        let kept = |conflict: &&Conflict| {
            let whole = conflict.field.is_none();
            (whole || says(conflict, edit.field))
                && Side::BOTH.into_iter().any(|side| {
                    let stands = conflict.values.get(side);
                    let stands = if whole { stands.get(edit.field).unwrap_or(&Value::Null) } else { stands };
                    self.is_value(edit.field, stands, value)
                })
        };
        self.conflicts_of(edit.number).any(|conflict| kept(&conflict))
    }

    /// Every member that was put in is on both sides, or was taken out by somebody who saw it.
    fn members_kept(&self, edit: &Edit, wrong: &mut Vec<String>) {
        let (before, after) = (members(&edit.before), members(&edit.after));
        for member in after.difference(&before) {
            let removed = |later: &Edit| {
                later.event > edit.event
                    && members(&later.before).contains(member)
                    && !members(&later.after).contains(member)
            };
            let removed = self.of_field(edit).any(removed) || self.deletions(edit).next().is_some();
            let lacking = self.lacking(edit, member);
            let kept = lacking.is_empty() || self.keeps_member(edit, member) || self.is_excused(edit.number);
            let one = self.world.setup.vices.b.one_assignee && edit.field == "assignees";
            if !removed && !kept && !one {
                wrong.push(format!("G3: lost: `{member}` of `{}` of item {} on {lacking:?}", edit.field, edit.number));
            }
        }
        for member in before.difference(&after) {
            let added = |later: &Edit| later.event > edit.event && members(&later.after).contains(member);
            let back = self.of_field(edit).any(added);
            let there = Side::BOTH.into_iter().filter(|side| self.has_member(*side, edit, member)).count();
            let disputed =
                self.conflicts_of(edit.number).any(|conflict| says(conflict, "labels") || conflict.field.is_none());
            if there > 0 && !back && !disputed && edit.field == "labels" && !self.is_excused(edit.number) {
                wrong.push(format!("G3: came back: `{member}` of `{}` of item {}", edit.field, edit.number));
            }
        }
    }

    fn of_field(&self, edit: &Edit) -> impl Iterator<Item = &Edit> {
        self.edits.iter().filter(move |other| other.number == edit.number && other.field == edit.field)
    }

    fn has_member(&self, side: Side, edit: &Edit, member: &str) -> bool {
        self.values(side, edit.number, edit.field).is_some_and(|value| members(value).contains(member))
    }

    fn lacking(&self, edit: &Edit, member: &str) -> Vec<Side> {
        let there = Side::BOTH.into_iter().filter(|side| self.now.get(*side).contains_key(&edit.number));
        there.filter(|side| !self.has_member(*side, edit, member)).collect()
    }

    fn keeps_member(&self, edit: &Edit, member: &str) -> bool {
        let notes = self.world.history.lock();
        let holds = |conflict: &Conflict| {
            Side::BOTH.into_iter().any(|side| {
                let names = SideNames { side, notes: &notes };
                let stands = conflict.values.get(side);
                let stands = if conflict.field.is_none() { stands.get(edit.field).unwrap_or(stands) } else { stands };
                let people =
                    stands.as_array().into_iter().flatten().filter_map(Value::as_str).map(|id| names.login(id));
                stands.to_string().to_lowercase().contains(member) || people.into_iter().any(|login| login == member)
            })
        };
        self.conflicts_of(edit.number).any(holds)
    }

    /// Every line that was written is there, or was changed by somebody who saw it, or is kept as a conflict.
    fn lines_kept(&self, edit: &Edit, wrong: &mut Vec<String>) {
        let lines =
            |value: &Value| -> BTreeSet<String> { tokens(value.as_str().unwrap_or_default()).into_iter().collect() };
        let (before, after) = (lines(&edit.before), lines(&edit.after));
        for line in after.difference(&before) {
            let removed = |later: &Edit| {
                later.event > edit.event && lines(&later.before).contains(line) && !lines(&later.after).contains(line)
            };
            let there =
                |side: Side| self.values(side, edit.number, edit.field).is_none_or(|text| lines(text).contains(line));
            let everywhere = Side::BOTH.into_iter().all(there);
            let removed = self.of_field(edit).any(removed) || self.deletions(edit).next().is_some();
            let excused = self.is_excused(edit.number) && there(edit.side);
            if !everywhere && !removed && !self.keeps_member(edit, line) && !excused {
                wrong.push(format!("G3: lost: the line `{line}` of item {} of side `{}`", edit.number, edit.side));
            }
        }
        for line in before.difference(&after) {
            let there =
                |side: Side| self.values(side, edit.number, edit.field).is_some_and(|text| lines(text).contains(line));
            let disputed = self
                .conflicts_of(edit.number)
                .any(|conflict| says(conflict, "description") || conflict.field.is_none());
            if Side::BOTH.into_iter().any(there) && !disputed && !self.is_excused(edit.number) {
                wrong.push(format!("G3: came back: the line `{line}` of item {}", edit.number));
            }
        }
        for side in Side::BOTH {
            let Some(text) = self.values(side, edit.number, edit.field).and_then(Value::as_str) else { continue };
            let all = tokens(text);
            if all.len() != all.iter().collect::<BTreeSet<_>>().len() {
                wrong.push(format!("invented: a line is twice in item {} of side `{side}`: {text:?}", edit.number));
            }
        }
    }
}
