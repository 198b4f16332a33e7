//! Eight laws of the merge, in random worlds. The long form, in seconds:
//! `PROPTEST_CASES=100000 cargo test --profile machine -p pm-sync --test it merge_laws`.

mod draw;
mod terms;
mod world;

use std::collections::BTreeSet;

use pm_provider::Field;
use pm_sync::config::Policy;
use pm_sync::item::Side;
use pm_sync::merge::{FieldConflict, Merged, MergedText};
use pm_sync::plan::{FieldRule, Flow};
use pm_sync::record::FieldKey;
use proptest::prelude::*;
use serde_json::Value;

use draw::Draw;
use terms::{Terms, Values, members, set};
use world::{World, fields, named, swap};

type Numbers = [u64; 16];

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(500);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// 1. What was merged needs no merging.
    #[test]
    fn merging_is_idempotent(numbers in any::<Numbers>()) {
        let world = World::anything(&mut Draw::new(&numbers));
        let after = world.after(&world.merge());
        let again = after.merge();
        prop_assert!(again.is_empty(), "{}\n{}", tell(&world, &again), tell(&after, &again));
    }

    /// 2. It does not matter which side is called what.
    #[test]
    fn merging_is_symmetric(numbers in any::<Numbers>()) {
        let world = World::anything(&mut Draw::new(&numbers));
        prop_assert_eq!(wordless(world.merge()), wordless(mirrored(world.swap().merge())));
    }

    /// 3. Where nothing changed, nothing is done.
    #[test]
    fn no_change_is_no_operation(numbers in any::<Numbers>()) {
        let world = unchanged(World::anything(&mut Draw::new(&numbers)));
        let merged = world.merge();
        prop_assert!(merged.is_empty(), "{}", tell(&world, &merged));
    }

    /// 4. Edits of different fields, and of different lines of one text, are all kept, without a conflict.
    #[test]
    fn disjoint_edits_are_both_kept(numbers in any::<Numbers>()) {
        let mut draw = Draw::new(&numbers);
        let mut world = World::agreed(Terms::alike(), &mut draw);
        let text = FieldKey::Of(Field::Description);
        let edited = edit_disjoint(&mut world, &mut draw);
        let lines = edit_lines(&mut world, &mut draw);
        let merged = world.merge();
        let after = world.after(&merged);
        prop_assert!(merged.conflicts.is_empty(), "{}", tell(&world, &merged));
        for side in Side::BOTH {
            for (key, value) in &edited {
                prop_assert_eq!(after.now(side, key), value);
            }
            prop_assert_eq!(after.now(side, &text), &lines);
        }
    }

    /// 5. Changes of a set come to the same in any order, merged one by one or at once.
    #[test]
    fn changes_of_sets_commute(numbers in any::<Numbers>()) {
        let mut draw = Draw::new(&numbers);
        let mut world = World::agreed(Terms::alike(), &mut draw);
        let key = FieldKey::Of(Field::Labels);
        world.rules.insert(key.clone(), FieldRule::both(Policy::Merge));
        let [ours, theirs] = [Change::draw(&mut draw), Change::draw(&mut draw)];
        let (ours, theirs) = (ours.without(&theirs), theirs.without(&ours));
        let results = [
            play(&world, &key, &[&[(Side::A, &ours), (Side::B, &theirs)]]),
            play(&world, &key, &[&[(Side::A, &ours)], &[(Side::B, &theirs)]]),
            play(&world, &key, &[&[(Side::B, &theirs)], &[(Side::A, &ours)]]),
            play(&world, &key, &[&[(Side::A, &theirs)], &[(Side::A, &ours)]]),
        ];
        for result in &results {
            prop_assert_eq!(result, &results[0]);
            prop_assert_eq!(&result[0], &result[1]);
        }
    }

    /// 6. After a merge both sides say the same, as far as both can tell.
    #[test]
    fn merging_converges(numbers in any::<Numbers>()) {
        let mut draw = Draw::new(&numbers);
        let terms = Terms::draw(&mut draw);
        let mut world = World::agreed(terms, &mut draw).edited(&mut draw);
        if draw.once_in(6) {
            world.base.a = None;
        }
        let merged = world.merge();
        let after = world.after(&merged);
        for (key, values) in fields().filter(|(key, _)| is_sayable(&world, key) && !after.parked.contains_key(key)) {
            prop_assert!(after.agree(&key, values), "{}became\n{}", world.tell(&key), after.tell(&key));
        }
    }

    /// 7. What somebody changed is on both sides, or waits, or stands in a conflict.
    #[test]
    fn nothing_is_lost(numbers in any::<Numbers>()) {
        let world = World::anything(&mut Draw::new(&numbers));
        let merged = world.merge();
        let after = world.after(&merged);
        for (key, values) in fields().filter(|(key, _)| world.rules[key].flow != Flow::Ignored) {
            for side in Side::BOTH.into_iter().filter(|side| world.is_changed(*side, &key)) {
                let kept = is_kept(&world, &after, &merged, side, &key, values);
                prop_assert!(kept, "side `{side}` of {}became\n{}", world.tell(&key), after.tell(&key));
            }
        }
    }

    /// 8. What the other side holds coarser never flows back over what was not changed.
    #[test]
    fn coarser_copies_never_flow_back(numbers in any::<Numbers>()) {
        let mut draw = Draw::new(&numbers);
        let terms = Terms::draw(&mut draw);
        let world = World::agreed(terms, &mut draw);
        let edited = draw.one_of(&Side::BOTH);
        let agreed = world.now.clone();
        let mut world = World { now: world.clone().edited(&mut draw).now, ..world };
        let fine = edited.other();
        *world.now.get_mut(fine) = agreed.get(fine).clone();
        let after = world.after(&world.merge());
        for (key, values) in fields() {
            let carry = |value| world.terms.carry(values, fine, value);
            if carry(world.now(edited, &key)) == carry(world.base(edited, &key)) {
                prop_assert_eq!(after.now(fine, &key), world.now(fine, &key), "{}", world.tell(&key));
            }
        }
        if world.rules[&Field::Description.into()].policy == Policy::Merge {
            let text = Field::Description.into();
            prop_assert!(lines_stay(&world, &after, fine), "{}became\n{}", world.tell(&text), after.tell(&text));
        }
    }
}

/// A world as far as a merge has to do with it.
fn tell(world: &World, merged: &Merged) -> String {
    let named = |key: &FieldKey| {
        let patches = [&merged.write, &merged.agreed, &merged.base_after];
        patches.iter().any(|patch| patch.a.get(key).or(patch.b.get(key)).is_some())
            || merged.conflicts.iter().any(|conflict| conflict.field == *key)
            || merged.unparked.contains(key)
            || merged.texts.contains_key(key)
    };
    fields().filter(|(key, _)| named(key)).map(|(key, _)| world.tell(&key)).collect()
}

/// The outcome with the sides called the other way round.
fn mirrored(merged: Merged) -> Merged {
    let conflict = |conflict: FieldConflict| FieldConflict {
        base: swap(&conflict.base),
        values: swap(&conflict.values),
        winner: conflict.winner.map(Side::other),
        ..conflict
    };
    let text = |text: MergedText| MergedText { sides: swap(&text.sides), otherwise: text.otherwise.other() };
    Merged {
        write: swap(&merged.write),
        agreed: swap(&merged.agreed),
        base_after: swap(&merged.base_after),
        texts: merged.texts.into_iter().map(|(key, merged)| (key, text(merged))).collect(),
        conflicts: merged.conflicts.into_iter().map(conflict).collect(),
        unparked: merged.unparked,
    }
}

/// The outcome without the words for what decided, which name sides.
fn wordless(mut merged: Merged) -> Merged {
    merged.conflicts.iter_mut().for_each(|conflict| conflict.decided_by.clear());
    merged
}

/// The same world with everything as it was agreed, and nothing decided.
fn unchanged(mut world: World) -> World {
    for side in Side::BOTH {
        let now = named(&world.terms, world.now.get(side));
        *world.base.get_mut(side) = Some(now);
    }
    for (key, parked) in &mut world.parked {
        parked.winner = None;
        for side in Side::BOTH {
            *parked.values.get_mut(side) = world.now.get(side).get(key).clone();
        }
    }
    for (key, values) in fields().collect::<Vec<_>>() {
        if world.agree(&key, values) {
            world.parked.remove(&key);
        }
    }
    world
}

/// Edits each field on one side at most; answers what the edited fields are now.
fn edit_disjoint(world: &mut World, draw: &mut Draw<'_>) -> Vec<(FieldKey, Value)> {
    let mut edited = Vec::new();
    for (key, values) in fields().filter(|(_, values)| matches!(values, Values::Same | Values::Labels)) {
        let side = draw.one_of(&Side::BOTH);
        let value = world.terms.value(draw, values, side);
        world.now.get_mut(side).set(key.clone(), value.clone());
        edited.push((key, value));
    }
    edited
}

/// Edits different lines of a text on both sides; answers the text with all edits.
fn edit_lines(world: &mut World, draw: &mut Draw<'_>) -> Value {
    let key = FieldKey::Of(Field::Description);
    world.rules.insert(key.clone(), FieldRule::both(Policy::Merge));
    let mut texts = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for line in 0..6 {
        let edited = draw.one_of(&[None, Some(0), Some(1)]);
        for (at, text) in texts.iter_mut().enumerate() {
            let is_edited = edited == Some(at) || edited.is_some() && at == 3;
            text.push(if is_edited { format!("line {line}, edited") } else { format!("line {line}") });
        }
    }
    let [a, b, base, all] = texts.map(|lines| Value::from(lines.join("\n")));
    for (side, text) in [(Side::A, a), (Side::B, b)] {
        world.now.get_mut(side).set(key.clone(), text);
        world.base.get_mut(side).get_or_insert_default().set(key.clone(), base.clone());
    }
    all
}

/// Members that somebody adds and removes.
struct Change {
    added: BTreeSet<&'static str>,
    removed: BTreeSet<&'static str>,
}

impl Change {
    fn draw(draw: &mut Draw<'_>) -> Self {
        let all = ["x", "bug", "Bug", "ui", "UI"];
        let added: BTreeSet<_> = draw.some_of(&all).into_iter().collect();
        let removed = draw.some_of(&all).into_iter().filter(|member| !added.contains(member)).collect();
        Self { added, removed }
    }

    /// The same, as far as the other one does not say the contrary.
    fn without(&self, other: &Self) -> Self {
        Self { added: &self.added - &other.removed, removed: &self.removed - &other.added }
    }

    fn make(&self, value: &Value) -> Value {
        let kept = members(value).into_iter().filter(|member| !self.removed.contains(member));
        set(kept.chain(self.added.iter().copied()))
    }
}

/// Plays steps of changes, with a merge after each step; answers the sets of both sides.
fn play(world: &World, key: &FieldKey, steps: &[&[(Side, &Change)]]) -> [Value; 2] {
    let mut world = world.clone();
    for step in steps {
        for (side, change) in *step {
            let value = change.make(world.now(*side, key));
            world.now.get_mut(*side).set(key.clone(), value);
        }
        world = world.after(&world.merge());
    }
    Side::BOTH.map(|side| world.now(side, key).clone())
}

/// Whether each side can say the other one's value.
fn is_sayable(world: &World, key: &FieldKey) -> bool {
    let said = |side: Side| !world.terms.carried(side, world.now.get(side.other())).kept.contains_key(key);
    Side::BOTH.into_iter().all(said)
}

/// Whether what a side has now is on both sides afterwards, or still waits to be, or stands in a conflict.
fn is_kept(world: &World, after: &World, merged: &Merged, side: Side, key: &FieldKey, values: Values) -> bool {
    let now = world.now(side, key);
    let conflicts = merged.conflicts.iter().filter(|conflict| conflict.field == *key);
    let told = conflicts.map(|conflict| conflict.values.get(side)).any(|value| value == now);
    let told_before = world.parked.get(key).is_some_and(|parked| parked.values.get(side) == now);
    let rule = &world.rules[key];
    let stays_there = matches!(rule.flow, Flow::Towards(target) if target == side);
    let waits = after.is_changed(side, key) || stays_there || rule.max_items != pm_sync::item::Pair::default();
    let arrived = after.agree(key, values) || is_copied(after, side, key, values);
    told || told_before || holds(world, after, side, key, values) && (waits || arrived)
}

/// Whether all members of a set are in its copy, which may have others that cannot be named where the set is.
fn is_copied(after: &World, side: Side, key: &FieldKey, values: Values) -> bool {
    let copy = side.other();
    let shown = after.terms.carry(values, copy, after.now(side, key)).unwrap_or_default();
    key.is_set()
        && after.rules[key].flow == Flow::Towards(copy)
        && folded(&shown).is_subset(&folded(after.now(copy, key)))
}

/// Whether a side still has what somebody made of a field there, be it with more from the other side. A member that one
/// side removed and the other one added is there.
fn holds(world: &World, after: &World, side: Side, key: &FieldKey, values: Values) -> bool {
    let (now, base, then) = (world.now(side, key), world.base(side, key), after.now(side, key));
    match values {
        Values::Same | Values::Classes => then == now,
        Values::Labels | Values::People => {
            let folded = |set: &Value| if world.terms.lowers.is_some() { folded(set) } else { exact(set) };
            let shown = |value| folded(&world.terms.carry(values, side, value).unwrap_or_default());
            let brought = &shown(world.now(side.other(), key)) - &shown(world.base(side.other(), key));
            let [now, base, then] = [now, base, then].map(folded);
            (&now - &base).is_subset(&then) && then.is_disjoint(&(&(&base - &now) - &brought))
        }
        Values::Text => {
            let [now, base, then] = [now, base, then].map(lines);
            (&now - &base).is_subset(&then)
        }
    }
}

fn folded(set: &Value) -> BTreeSet<String> {
    members(set).into_iter().map(str::to_lowercase).collect()
}

fn exact(set: &Value) -> BTreeSet<String> {
    members(set).into_iter().map(str::to_owned).collect()
}

fn lines(text: &Value) -> BTreeSet<&str> {
    text.as_str().into_iter().flat_map(|text| text.split('\n')).collect()
}

/// Whether the lines of a side's text that were not edited on the other side are still what they were.
fn lines_stay(world: &World, after: &World, fine: Side) -> bool {
    let key = FieldKey::Of(Field::Description);
    let coarse = fine.other();
    let split = |text: &Value| text.as_str().unwrap_or_default().split('\n').map(str::to_owned).collect::<Vec<_>>();
    let carry = |text: &Value| split(&world.terms.carry(Values::Text, fine, text).unwrap_or_default());
    let (before, edited) = (carry(world.base(coarse, &key)), carry(world.now(coarse, &key)));
    let (here, then) = (split(world.now(fine, &key)), split(after.now(fine, &key)));
    let untouched = |line: &usize| before[*line] == edited[*line];
    before.len() != edited.len() || (0..before.len()).filter(untouched).all(|line| here[line] == then[line])
}
