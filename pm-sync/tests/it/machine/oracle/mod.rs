//! What must be true in the end, said by an observer who saw everything.

mod conflicts;
mod lost;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use pm_provider::{Entity, Item, ItemRef};
use pm_sync::item::{ItemKey, Pair, Side};
use pm_sync::store::{Cause, Conflict, Work};
use pm_testkit::pair::Guarantee;
use serde_json::{Value, json};

use super::facts::{Facts, Names, facts, tokens};
use super::history::{Edit, SideNames};
use super::races::raced;
use super::world::{MAPPING, World};
use values::{coarse, is_set, lower, members, says, trimmed};

/// A value on one side.
type Values = Vec<Value>;

pub(super) struct Oracle<'w> {
    world: &'w World,
    edits: Vec<Edit>,
    /// What there is, by number.
    now: Pair<BTreeMap<usize, Vec<(ItemRef, Facts)>>>,
    conflicts: Vec<Conflict>,
    work: Vec<Work>,
    /// When a human deleted an item.
    gone: BTreeMap<usize, Vec<(u64, Side, Facts)>>,
    /// Edits that a write without a lock overwrote in the only moment in which it can.
    raced: BTreeSet<(u64, &'static str)>,
    ids: BTreeMap<(Side, String), usize>,
}

impl<'w> Oracle<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        let now = Pair::of(|side| {
            let items = world.by_number(side);
            let notes = world.history.lock();
            let names = SideNames { side, notes: &notes };
            let of = |item: &Item| (item.reference(), facts(item, &names));
            items.into_iter().map(|(number, items)| (number, items.iter().map(of).collect())).collect()
        });
        let notes = world.history.lock();
        let mut gone: BTreeMap<usize, Vec<(u64, Side, Facts)>> = BTreeMap::new();
        for one in &notes.gone {
            gone.entry(one.number).or_default().push((one.event, one.side, one.last.clone()));
        }
        let key = |item: &ItemRef| ItemKey::of(item).map(|key| key.id).unwrap_or_default();
        let ids = notes.numbers.iter().map(|((side, item), number)| ((*side, key(item)), *number)).collect();
        Self {
            world,
            edits: notes.edits.clone(),
            now,
            conflicts: world.conflicts(),
            work: world.ask(pm_sync::store::SyncStore::all_work(&world.store, MAPPING)),
            gone,
            raced: raced(world, &notes),
            ids,
        }
    }

    pub(super) fn check(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let strangers = self.world.history.lock().strangers.clone();
        wrong.extend(strangers.iter().map(|what| format!("invented: {what}")));
        self.no_twins_twice(&mut wrong);
        self.nothing_deleted(&mut wrong);
        self.conflicts_are_true(&mut wrong);
        self.deletions_are_true(&mut wrong);
        for number in self.world.numbers() {
            self.both_there(number, &mut wrong);
            self.in_step(number, &mut wrong);
            self.nothing_lost(number, &mut wrong);
        }
        wrong
    }

    /// G2: an item has at most one twin.
    fn no_twins_twice(&self, wrong: &mut Vec<String>) {
        for side in Side::BOTH {
            for (number, items) in self.now.get(side).iter().filter(|(_, items)| items.len() > 1) {
                let names: Vec<_> = items.iter().map(|(item, _)| item.id().to_owned()).collect();
                wrong.push(format!("G2: item {number} is on side `{side}` {} times: {names:?}", items.len()));
            }
        }
    }

    /// G6: what no human deleted is there.
    fn nothing_deleted(&self, wrong: &mut Vec<String>) {
        let notes = self.world.history.lock();
        for side in Side::BOTH {
            for wrote in notes.log.get(side).iter().filter_map(|entry| entry.wrote.as_ref()) {
                let number = notes.numbers.get(&(side, wrote.item.clone())).copied().unwrap_or_default();
                if wrote.after.is_none() && !self.was_deleted(number) {
                    wrong.push(format!("G6: the engine deleted {:?} of side `{side}`, and no human had", wrote.item));
                }
            }
        }
    }

    /// Whether a human deleted the item, or what it hangs on, on either side.
    fn was_deleted(&self, number: usize) -> bool {
        self.gone.contains_key(&number)
    }

    /// Whether the engine gave up on the item and says so.
    fn is_quarantined(&self, number: usize) -> bool {
        self.work.iter().any(|work| {
            let item = (work.side, work.item.id.clone());
            self.ids.get(&item) == Some(&number) && work.last_error.is_some()
        })
    }

    fn entity(&self, number: usize) -> Option<Entity> {
        let mut all = Side::BOTH.iter().filter_map(|side| self.now.get(*side).get(&number)?.first());
        all.next().map(|(item, _)| item.entity())
    }

    /// The task that a comment is about.
    fn task_of(&self, number: usize) -> Option<usize> {
        let notes = self.world.history.lock();
        let of = |side: Side| match self.now.get(side).get(&number)?.first()? {
            (ItemRef::Comment(task, _), _) => notes.numbers.get(&(side, ItemRef::Task(task.clone()))).copied(),
            _ => None,
        };
        Side::BOTH.into_iter().find_map(of)
    }

    /// Whether something keeps the item from being in step for good, and people are told.
    fn is_excused(&self, number: usize) -> bool {
        let own = |number: usize| self.was_deleted(number) || self.is_quarantined(number);
        own(number) || self.task_of(number).is_some_and(own)
    }

    /// G1 and G6: an item of which nobody deleted either twin is on both sides.
    fn both_there(&self, number: usize, wrong: &mut Vec<String>) {
        let there = Pair::of(|side| self.now.get(side).contains_key(&number));
        if there.a == there.b || self.is_excused(number) || self.may_be_without_twin(number) {
            return;
        }
        let entity = self.entity(number);
        let side = if there.a { Side::A } else { Side::B };
        wrong.push(format!("G1: item {number} ({entity:?}) is on side `{side}` alone"));
    }

    /// A create in doubt where nothing can be found by its mark is left to people.
    fn may_be_without_twin(&self, number: usize) -> bool {
        let no_marks = |side: &Side| self.world.setup.vices.get(*side).guarantee == Guarantee::None;
        Side::BOTH.iter().any(no_marks) && self.is_quarantined(number)
    }

    fn values(&self, side: Side, number: usize, field: &str) -> Option<&Value> {
        self.now.get(side).get(&number)?.first()?.1.get(field)
    }

    /// G1 and G5: both sides say the same, and what a human said.
    fn in_step(&self, number: usize, wrong: &mut Vec<String>) {
        if self.is_excused(number) {
            return;
        }
        let Some((_, facts)) = self.now.a.get(&number).and_then(|items| items.first()) else { return };
        for field in facts.keys().copied() {
            let pair = (self.values(Side::A, number, field), self.values(Side::B, number, field));
            let (Some(a), Some(b)) = pair else { continue };
            let open = self.is_open(number, field) || self.is_told_to_differ(number, field);
            if open || !self.is_shared(number, field, (a, b)) {
                continue;
            }
            if !self.same(field, a, b) {
                wrong.push(format!("G1: `{field}` of item {number} is {a} on one side and {b} on the other"));
            } else {
                self.said_by_a_human(number, field, a, b, wrong);
            }
        }
    }

    /// Whether people have to decide the field.
    fn is_open(&self, number: usize, field: &str) -> bool {
        self.conflicts_of(number).any(|conflict| conflict.winner.is_none() && says(conflict, field))
    }

    /// Whether one side stored something else than it was sent, and people are told: whoever changed the field in the moment
    /// before that side's answer was read cannot be told from a backend that stores less than it says.
    fn is_told_to_differ(&self, number: usize, field: &str) -> bool {
        self.conflicts_of(number).filter(|conflict| conflict.cause == Cause::Normalised && says(conflict, field)).any(
            |one| {
                let stored = Side::BOTH.into_iter().find(|side| Some(*side) != one.winner).unwrap_or(Side::B);
                let now = self.values(stored, number, field).unwrap_or(&Value::Null);
                self.stands(stored, field, one.values.get(stored), now)
            },
        )
    }

    /// Whether a value of a conflict is what stands on a side now.
    fn stands(&self, side: Side, field: &str, kept: &Value, now: &Value) -> bool {
        match field {
            "assignees" => {
                let notes = self.world.history.lock();
                let names = SideNames { side, notes: &notes };
                members(now) == members(kept).iter().map(|id| names.login(id)).collect()
            }
            "labels" => lower(kept) == lower(now),
            "description" => trimmed(kept) == trimmed(now),
            _ => self.is_value(field, kept, now),
        }
    }

    fn conflicts_of(&self, number: usize) -> impl Iterator<Item = &Conflict> {
        self.conflicts.iter().filter(move |conflict| {
            Side::BOTH.into_iter().any(|side| {
                let id = conflict.ids.get(side).clone();
                id.is_some_and(|id| self.ids.get(&(side, id)) == Some(&number))
            })
        })
    }

    /// Whether both trackers can hold the field, with these values.
    fn is_shared(&self, number: usize, field: &str, (a, b): (&Value, &Value)) -> bool {
        let vices = &self.world.setup.vices;
        match field {
            "priority" => !vices.a.no_priorities && !vices.b.no_priorities,
            // One person on one side, several on the other: only what fits can be said.
            "assignees" if vices.b.one_assignee => false,
            "parent_task_id" | "sprint_id" => {
                // What is on one side alone cannot be pointed to on the other.
                let points = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
                let gone = |number: usize| {
                    Side::BOTH.iter().any(|side| !self.now.get(*side).contains_key(&number)) || self.is_excused(number)
                };
                !points(a).is_some_and(gone) && !points(b).is_some_and(gone) && !self.is_quarantined(number)
            }
            _ => true,
        }
    }

    /// Whether two values mean the same.
    fn same(&self, field: &str, a: &Value, b: &Value) -> bool {
        let vices = &self.world.setup.vices.b;
        match field {
            "status" if vices.coarse_statuses => coarse(a) == *b || a == b,
            "labels" => lower(a) == lower(b),
            "description" | "goal" | "body" => trimmed(a) == trimmed(b),
            _ => a == b,
        }
    }

    /// G5: the value of each side is one that a human wrote there, or what became of one that was written on the other.
    fn said_by_a_human(&self, number: usize, field: &'static str, a: &Value, b: &Value, wrong: &mut Vec<String>) {
        if is_set(field) || field == "description" {
            return;
        }
        let written = |side: Side| -> Values {
            let of = |edit: &&Edit| edit.number == number && edit.field == field && edit.side == side;
            self.edits.iter().filter(of).map(|edit| edit.after.clone()).collect()
        };
        let (on_a, on_b) = (written(Side::A), written(Side::B));
        let nobody = on_a.is_empty() && on_b.is_empty();
        if nobody {
            return;
        }
        let from_b: Values = on_b.iter().map(|value| self.fine(field, value)).collect();
        if !on_a.contains(a) && !from_b.iter().any(|value| self.equal(field, value, a)) {
            wrong.push(format!(
                "G5: `{field}` of item {number} is {a} on side `a`, which no human said: {on_a:?} {on_b:?}"
            ));
        }
        let from_a = || on_a.iter().any(|value| self.same(field, value, b));
        if !on_b.contains(b) && !from_a() {
            wrong.push(format!(
                "G5: `{field}` of item {number} is {b} on side `b`, which no human said: {on_a:?} {on_b:?}"
            ));
        }
    }

    fn equal(&self, field: &str, one: &Value, other: &Value) -> bool {
        if matches!(field, "goal" | "body") { trimmed(one) == trimmed(other) } else { one == other }
    }

    /// Whether a value of a conflict is one of ours.
    fn is_value(&self, field: &str, stands: &Value, value: &Value) -> bool {
        match field {
            "status" | "priority" => {
                let name = stands.get("name").or_else(|| stands.get("category")).unwrap_or(stands);
                name == value || stands.get("category") == Some(value) || self.same(field, value, name)
            }
            "parent_task_id" | "sprint_id" => match (stands.as_str(), value.as_u64()) {
                (Some(id), Some(number)) => Side::BOTH.iter().any(|side| {
                    self.ids.get(&(*side, id.to_owned())).copied().and_then(|id| u64::try_from(id).ok()) == Some(number)
                }),
                (None, None) => true,
                _ => false,
            },
            "title" | "name" | "body" | "goal" => {
                tokens(&stands.to_string()).iter().any(|token| tokens(&value.to_string()).contains(token))
                    || stands == value
            }
            _ => stands == value,
        }
    }

    /// What a value of side `b` is on side `a`.
    fn fine(&self, field: &str, value: &Value) -> Value {
        let coarse = self.world.setup.vices.b.coarse_statuses && field == "status";
        let fine = |name: &str| match name {
            "Open" => json!("To Do"),
            "Doing" => json!("In Progress"),
            "Closed" => json!("Done"),
            other => json!(other),
        };
        match value.as_str() {
            Some(name) if coarse => fine(name),
            _ => value.clone(),
        }
    }
}
