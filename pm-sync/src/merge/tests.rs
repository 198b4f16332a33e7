#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use pm_provider::Field;
use serde_json::{Value, json};

use super::{MergeInput, Merged, merge};
use crate::config::Policy;
use crate::item::{ItemKey, Kind, Pair, Side};
use crate::plan::{FieldPlan, FieldRule, Flow};
use crate::record::{FieldKey, Patch, Record};
use crate::store::{Cause, Parked};
use crate::translate::Carried;

const FIELD: Field = Field::Title;

/// One field on two sides that say everything alike, unless a case says otherwise.
#[derive(Clone)]
struct Case {
    key: FieldKey,
    rule: FieldRule,
    now: Pair<Value>,
    base: Option<Pair<Value>>,
    over: Pair<Result<Value, &'static str>>,
    base_over: Pair<Result<Value, &'static str>>,
    waits_for: Vec<ItemKey>,
    strangers: &'static [&'static str],
    parked: Option<Parked>,
    newer: Option<Side>,
    primary: Side,
}

/// A field that was agreed as `base` and is `a` and `b` now.
fn case(field: Field, base: impl Into<Value>, a: impl Into<Value>, b: impl Into<Value>) -> Case {
    let (base, now) = (base.into(), Pair::new(a.into(), b.into()));
    let key = FieldKey::Of(field);
    let policy = if key.is_set() || key.is_text() { Policy::Merge } else { Policy::Primary };
    Case {
        key,
        rule: FieldRule::both(policy),
        over: Pair::new(Ok(now.b.clone()), Ok(now.a.clone())),
        now,
        base_over: Pair::new(Ok(base.clone()), Ok(base.clone())),
        base: Some(Pair::new(base.clone(), base)),
        waits_for: Vec::new(),
        strangers: &[],
        parked: None,
        newer: None,
        primary: Side::A,
    }
}

impl Case {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn never_agreed(self) -> Self {
        self.with(|case| case.base = None)
    }

    fn towards(self, side: Side) -> Self {
        self.with(|case| case.rule.flow = Flow::Towards(side))
    }

    fn policy(self, policy: Policy) -> Self {
        self.with(|case| case.rule.policy = policy)
    }

    /// What a side shows of the other one's base and of what stands there.
    fn shows(self, side: Side, base: impl Into<Value>, now: impl Into<Value>) -> Self {
        self.with(|case| {
            *case.base_over.get_mut(side) = Ok(base.into());
            *case.over.get_mut(side) = Ok(now.into());
        })
    }

    fn cannot_say(self, side: Side) -> Self {
        self.with(|case| *case.over.get_mut(side) = Err("there is no such word"))
    }

    fn parked(self, a: &str, b: &str, winner: Option<Side>) -> Self {
        let values = Pair::new(a.into(), b.into());
        self.with(|case| case.parked = Some(Parked { conflict: "c".to_owned(), values, winner }))
    }

    fn merge(self) -> Merged {
        let plan: FieldPlan = [(Kind::Task, self.key.clone(), self.rule.clone())].into_iter().collect();
        let record = |value: &Value| Record::new().with(self.key.clone(), value.clone());
        let carried = |value: &Result<Value, &str>| Carried {
            record: value.as_ref().map(record).unwrap_or_default(),
            kept: value.as_ref().err().map(|why| (self.key.clone(), (*why).to_owned())).into_iter().collect(),
            waits_for: self.waits_for.clone(),
            strangers: self.strangers.iter().map(|id| (*id).to_owned()).collect(),
            ..Carried::default()
        };
        let now = Pair::of(|side| record(self.now.get(side)));
        let base = Pair::of(|side| self.base.as_ref().map(|base| record(base.get(side))));
        let over = Pair::of(|side| carried(self.over.get(side)));
        let base_over = Pair::of(|side| carried(self.base_over.get(side)));
        let parked: BTreeMap<_, _> = self.parked.iter().map(|parked| (self.key.clone(), parked.clone())).collect();
        merge(&MergeInput {
            kind: Kind::Task,
            plan: &plan,
            now: Pair::of(|side| now.get(side)),
            base: Pair::of(|side| base.get(side).as_ref()),
            over: Pair::of(|side| over.get(side)),
            base_over: Pair::of(|side| base_over.get(side)),
            parked: &parked,
            newer: self.newer,
            primary: self.primary,
        })
    }
}

fn patch(field: Field, value: impl Into<Value>) -> Patch {
    Patch::new().with(field, value)
}

/// What is written to one side, with both bases afterwards.
fn written(field: Field, side: Side, value: impl Into<Value>, bases: [Value; 2]) -> Merged {
    let [a, b] = bases;
    let mut merged = Merged { base_after: Pair::new(patch(field, a), patch(field, b)), ..Merged::default() };
    *merged.write.get_mut(side) = patch(field, value);
    merged
}

fn texts(merged: &Merged) -> [&str; 2] {
    let text = &merged.texts[&Field::Description.into()];
    [&text.sides.a, &text.sides.b].map(|text| text.as_str().unwrap())
}

fn winner(merged: &Merged) -> Option<Side> {
    assert_eq!(merged.conflicts.len(), 1, "{merged:?}");
    merged.conflicts[0].winner
}

#[test]
fn what_nobody_changed_costs_nothing_even_if_the_sides_differ() {
    assert!(case(FIELD, "x", "x", "x").merge().is_empty());
    let coarse = case(FIELD, "Q.A.", "Q.A.", "doing").with(|case| case.base = Some(case.now.clone()));
    assert!(coarse.merge().is_empty());
}

#[test]
fn what_one_side_changed_goes_to_the_other_one() {
    let to_b = case(FIELD, "x", "y", "x").merge();
    assert_eq!(to_b, written(FIELD, Side::B, "y", ["y".into(), "y".into()]));
    let to_a = case(FIELD, "x", "x", "y").merge();
    assert_eq!(to_a, written(FIELD, Side::A, "y", ["y".into(), "y".into()]));
    let cleared = case(Field::DueDate, "2026-01-01", "2026-01-01", Value::Null).merge();
    assert_eq!(cleared, written(Field::DueDate, Side::A, Value::Null, [Value::Null, Value::Null]));
}

#[test]
fn each_side_is_written_and_remembered_in_its_own_terms() {
    let merged =
        case(FIELD, "Eins", "Zwei", "one").with(|case| case.base = Some(Pair::new("Eins".into(), "one".into())));
    let merged = merged.shows(Side::B, "one", "two").shows(Side::A, "Eins", "Eins").merge();
    assert_eq!(merged, written(FIELD, Side::B, "two", ["Zwei".into(), "two".into()]));
}

#[test]
fn what_both_made_the_same_is_agreed_without_a_write() {
    let merged = case(FIELD, "x", "y", "y").merge();
    assert_eq!(merged, Merged { agreed: Pair::new(patch(FIELD, "y"), patch(FIELD, "y")), ..Merged::default() });
    let coarse = case(FIELD, "x", "Q.A.", "doing").shows(Side::B, "x", "doing").shows(Side::A, "x", "started").merge();
    assert_eq!(coarse.agreed, Pair::new(patch(FIELD, "Q.A."), patch(FIELD, "doing")));
}

#[test]
fn a_change_that_the_other_side_would_not_show_stays_where_it_is() {
    // Five statuses here, three over there: `doing` and `doing it` are one and the same to A, whose own value is finer.
    let base = Pair::new("Q.A.".into(), "doing".into());
    let merged = case(FIELD, "Q.A.", "Q.A.", "doing it").with(|case| case.base = Some(base));
    let merged = merged.shows(Side::A, "started", "started").shows(Side::B, "doing", "doing").merge();
    assert_eq!(merged, Merged { agreed: Pair::new(Patch::new(), patch(FIELD, "doing it")), ..Merged::default() });
}

#[test]
fn a_value_that_cannot_be_said_waits_and_bases_stay() {
    assert!(case(FIELD, "x", "y", "x").cannot_say(Side::B).merge().is_empty());
    assert!(case(FIELD, "x", "y", "x").with(|case| case.rule.create_only.b = true).merge().is_empty());
    let uncleared = case(FIELD, "x", Value::Null, "x").with(|case| case.rule.clearable.b = false);
    assert!(uncleared.merge().is_empty());
}

#[test]
fn what_both_changed_is_decided_by_the_policy_and_the_loser_is_kept() {
    let merged = case(FIELD, "x", "y", "z").merge();
    assert_eq!((winner(&merged), &merged.write.b), (Some(Side::A), &patch(FIELD, "y")));
    assert_eq!(merged.conflicts[0].values, Pair::new("y".into(), "z".into()));
    assert_eq!(merged.conflicts[0].base, Pair::new("x".into(), "x".into()));
    assert_eq!((merged.conflicts[0].cause, merged.conflicts[0].decided_by.as_str()), (Cause::BothEdited, "primary"));
    assert_eq!(merged.base_after, Pair::new(patch(FIELD, "y"), patch(FIELD, "y")));
}

#[test]
fn each_policy_has_its_winner() {
    let clash = |policy| case(FIELD, "x", "y", "z").policy(policy).with(|case| case.primary = Side::B);
    let by = |case: Case| {
        let merged = case.merge();
        (winner(&merged), merged.conflicts[0].decided_by.clone())
    };
    assert_eq!(by(clash(Policy::Primary)), (Some(Side::B), "primary".to_owned()));
    assert_eq!(by(clash(Policy::Internal)), (Some(Side::A), "internal".to_owned()));
    assert_eq!(by(clash(Policy::External)), (Some(Side::B), "external".to_owned()));
    assert_eq!(by(clash(Policy::Newest)), (Some(Side::B), "primary".to_owned()));
    let newer = clash(Policy::Newest).with(|case| case.newer = Some(Side::A));
    assert_eq!(by(newer), (Some(Side::A), "newest".to_owned()));
    let manual = clash(Policy::Manual).merge();
    assert_eq!((winner(&manual), manual.writes(), manual.base_after.a.is_empty()), (None, false, true));
}

#[test]
fn an_edit_that_the_winner_would_not_show_is_kept_all_the_same() {
    let clash = case(FIELD, "x", "y", "z").shows(Side::A, "x", "x");
    assert_eq!(winner(&clash.merge()), Some(Side::A));
    let neither = case(FIELD, "x", "y", "z").shows(Side::A, "x", "x").shows(Side::B, "x", "x").merge();
    assert_eq!(neither, Merged { agreed: Pair::new(patch(FIELD, "y"), patch(FIELD, "z")), ..Merged::default() });
}

#[test]
fn a_winner_that_cannot_be_written_leaves_it_to_a_person() {
    let unclearable = case(FIELD, "x", Value::Null, "z").with(|case| case.rule.clearable.b = false).merge();
    assert_eq!(
        (winner(&unclearable), unclearable.conflicts[0].decided_by.as_str()),
        (None, "side `b` cannot empty it")
    );

    let merged = case(FIELD, "x", "y", "z").cannot_say(Side::B).merge();
    assert_eq!((winner(&merged), merged.writes()), (None, false));
    assert_eq!(merged.conflicts[0].decided_by, "there is no such word");
    let merged = case(FIELD, "x", "y", "z").cannot_say(Side::A).merge();
    assert_eq!(winner(&merged), Some(Side::A), "what the loser cannot say does not matter");
}

#[test]
fn a_winner_that_waits_for_a_twin_is_no_matter_for_a_person() {
    let waits = |case: &mut Case| case.waits_for = vec![ItemKey::new(Kind::Task, "1")];
    let parent = case(Field::ParentTaskId, "1", "2", "3").cannot_say(Side::B).with(waits);
    assert!(parent.merge().is_empty());
    let title = case(FIELD, "1", "2", "3").cannot_say(Side::B).with(waits);
    assert_eq!(winner(&title.merge()), None, "a title waits for nothing");
}

#[test]
fn an_edited_copy_is_overwritten_and_kept() {
    let merged = case(FIELD, "x", "x", "y").towards(Side::B).merge();
    assert_eq!((winner(&merged), &merged.write.b), (Some(Side::A), &patch(FIELD, "x")));
    assert_eq!(merged.conflicts[0].cause, Cause::EditedCopy);
    assert_eq!(merged.base_after, Pair::new(patch(FIELD, "x"), patch(FIELD, "x")));
    let both = case(FIELD, "x", "z", "y").towards(Side::A).merge();
    assert_eq!((winner(&both), &both.write.a), (Some(Side::B), &patch(FIELD, "y")));
    let original = case(FIELD, "x", "y", "x").towards(Side::B).merge();
    assert_eq!(original, written(FIELD, Side::B, "y", ["y".into(), "y".into()]));
}

#[test]
fn what_was_never_agreed_flows_to_the_side_that_says_nothing() {
    let merged = case(FIELD, Value::Null, "y", Value::Null).never_agreed().merge();
    assert_eq!(merged, written(FIELD, Side::B, "y", ["y".into(), "y".into()]));
    assert!(case(FIELD, Value::Null, Value::Null, Value::Null).never_agreed().merge().is_empty());
    let equal = case(FIELD, Value::Null, "y", "y").never_agreed().merge();
    assert_eq!(equal.agreed, Pair::new(patch(FIELD, "y"), patch(FIELD, "y")));
    let differ = case(FIELD, Value::Null, "y", "z").never_agreed().merge();
    assert_eq!((winner(&differ), differ.conflicts[0].cause), (Some(Side::A), Cause::NeverAgreed));
}

#[test]
fn a_copy_keeps_what_the_original_never_said() {
    let merged = case(FIELD, Value::Null, Value::Null, "z").never_agreed().towards(Side::B).merge();
    assert!(!merged.writes() && merged.conflicts.is_empty(), "unset is not cleared: {merged:?}");
    assert_eq!(merged.agreed.b, patch(FIELD, "z"));
}

#[test]
fn sets_take_over_what_was_changed_in_them() {
    let labels = Field::Labels;
    let both = case(labels, json!(["a", "b"]), json!(["a", "b", "c"]), json!(["b", "d"])).merge();
    let all = json!(["b", "c", "d"]);
    assert_eq!(both.write, Pair::new(patch(labels, all.clone()), patch(labels, all.clone())));
    assert_eq!(both.base_after, both.write);
    assert!(both.conflicts.is_empty());
    let emptied = case(labels, json!(["a"]), Value::Null, json!(["a"])).merge();
    assert_eq!(emptied, written(labels, Side::B, Value::Null, [Value::Null, Value::Null]));
}

/// `b7` and `b8` have no account on A, where `a1` was agreed to be `b1`.
fn people(a: Value, b: Value, shown_on_a: Value, shown_on_b: Value) -> Case {
    let case = case(Field::Assignees, Value::Null, a, b).shows(Side::A, json!(["a1"]), shown_on_a);
    case.shows(Side::B, json!(["b1"]), shown_on_b).with(|case| {
        case.base = Some(Pair::new(json!(["a1"]), json!(["b1"])));
        case.strangers = &["b7", "b8"];
    })
}

#[test]
fn members_that_cannot_be_named_over_there_are_never_touched() {
    let added = people(json!(["a1", "a2"]), json!(["b1", "b7"]), json!(["a1"]), json!(["b1", "b2"])).merge();
    assert_eq!(added.write, Pair::new(Patch::new(), patch(Field::Assignees, json!(["b1", "b2", "b7"]))));
    assert_eq!(added.base_after.b, patch(Field::Assignees, json!(["b1", "b2"])));
    let copy = people(json!(["a1"]), json!(["b2", "b7"]), json!(["a2"]), json!(["b1"])).towards(Side::B).merge();
    assert_eq!(copy.write.b, patch(Field::Assignees, json!(["b1", "b7"])), "`b2` is known, and not on A");
}

#[test]
fn members_that_cannot_be_named_are_not_agreed_so_that_they_go_over_later() {
    let merged = people(json!(["a1"]), json!(["b1", "b7"]), json!(["a1"]), json!(["b1"])).merge();
    assert!(merged.is_empty(), "{merged:?}");
    let known = people(json!(["a1"]), json!(["b1", "b7"]), json!(["a1", "a7"]), json!(["b1"]));
    let known = known.with(|case| case.strangers = &[]).merge();
    assert_eq!(known.write.a, patch(Field::Assignees, json!(["a1", "a7"])));
    assert_eq!(known.base_after.b, patch(Field::Assignees, json!(["b1", "b7"])));
}

#[test]
fn a_member_is_found_again_by_the_case_that_the_other_side_gave_it() {
    let labels = Field::Labels;
    let base = Some(Pair::new(json!(["Bug", "ui"]), json!(["bug", "ui"])));
    let merged = case(labels, Value::Null, json!(["Bug", "ui"]), json!(["ui"])).with(|case| case.base = base);
    let merged = merged.shows(Side::A, json!(["bug", "ui"]), json!(["ui"])).shows(
        Side::B,
        json!(["bug", "ui"]),
        json!(["bug", "ui"]),
    );
    assert_eq!(merged.merge().write.a, patch(labels, json!(["ui"])));
}

#[test]
fn what_both_added_is_not_added_twice_in_two_spellings() {
    let labels = Field::Labels;
    let merged = case(labels, Value::Null, json!(["Bug", "new"]), json!(["bug"]));
    let merged = merged.shows(Side::B, Value::Null, json!(["bug", "new"])).shows(Side::A, Value::Null, json!(["bug"]));
    let merged = merged.merge();
    assert_eq!(merged.write, Pair::new(Patch::new(), patch(labels, json!(["bug", "new"]))));
    assert_eq!(merged.base_after.a, patch(labels, json!(["Bug", "new"])));
}

#[test]
fn a_set_that_gets_too_large_goes_by_the_policy() {
    let people = Field::Assignees;
    let merged = case(people, json!(["x"]), json!(["y"]), json!(["z"])).with(|case| case.rule.max_items.b = Some(1));
    let merged = merged.merge();
    assert_eq!((winner(&merged), &merged.write.b), (Some(Side::A), &patch(people, json!(["y"]))));
}

#[test]
fn a_set_without_merging_is_decided_as_a_whole() {
    let merged = case(Field::Labels, json!(["x"]), json!(["x", "y"]), json!(["z"])).policy(Policy::Primary).merge();
    assert_eq!((winner(&merged), &merged.write.b), (Some(Side::A), &patch(Field::Labels, json!(["x", "y"]))));
}

#[test]
fn taking_changes_back_goes_by_the_spelling_of_each_side() {
    let labels = Field::Labels;
    let external = |case: Case| case.policy(Policy::External).merge();
    let exact = external(case(labels, json!(["Bug", "UI", "ui"]), json!(["bug"]), json!(["Bug", "UI", "x"])));
    assert_eq!(exact.write.a, patch(labels, json!(["Bug", "UI", "x"])));
    // B writes labels in lower case.
    let base = Some(Pair::new(json!(["Bug", "UI", "x"]), json!(["bug", "ui", "x"])));
    let respelled = case(labels, Value::Null, Value::Null, json!(["ui", "x"])).with(|case| case.base = base);
    let respelled = respelled.shows(Side::A, json!(["bug", "ui", "x"]), json!(["ui", "x"]));
    let respelled = external(respelled.shows(Side::B, json!(["bug", "ui", "x"]), Value::Null));
    assert_eq!(respelled.write.a, patch(labels, json!(["UI", "x"])));
}

#[test]
fn texts_are_merged_line_by_line() {
    let field = Field::Description;
    let one = case(field, "1", "1\n2", "1").merge();
    assert_eq!(one, written(field, Side::B, "1\n2", ["1\n2".into(), "1\n2".into()]));
    let merged = case(field, "1\n2\n3", "1\n2\n3\n4", "one\n2\n3").merge();
    assert_eq!(texts(&merged), ["one\n2\n3\n4", "one\n2\n3\n4"]);
    assert!(merged.conflicts.is_empty() && merged.writes() && merged.write == Pair::default());
    let clash = case(field, "1\n2\n3", "I\n2\n3", "one\n2\n3").merge();
    assert_eq!((winner(&clash), &clash.write.b), (Some(Side::A), &patch(field, "I\n2\n3")));
    let whole = case(field, "1\n2\n3", "1\n2\n3\n4", "one\n2\n3").policy(Policy::Primary).merge();
    assert_eq!(winner(&whole), Some(Side::A));
}

#[test]
fn a_text_keeps_what_only_its_side_can_say() {
    // B drops the two blanks that mean a break.
    let field = Field::Description;
    let base = Some(Pair::new("1  \n2\n3".into(), "1\n2\n3".into()));
    let one = case(field, "", "1  \n2\n3", "1\n2\nthree").with(|case| case.base = base.clone());
    let one = one.shows(Side::A, "1\n2\n3", "1\n2\nthree").shows(Side::B, "1\n2\n3", "1\n2\n3");
    assert_eq!(texts(&one.clone().merge()), ["1  \n2\nthree", "1\n2\nthree"]);
    let both =
        one.with(|case| case.now.a = "1  \n2\n2.5\n2.6\n3".into()).shows(Side::B, "1\n2\n3", "1\n2\n2.5\n2.6\n3");
    assert_eq!(texts(&both.merge()), ["1  \n2\n2.5\n2.6\nthree", "1\n2\n2.5\n2.6\nthree"]);
}

#[test]
fn a_parked_field_costs_nothing_until_something_happens() {
    assert!(case(FIELD, "x", "y", "z").policy(Policy::Manual).parked("y", "z", None).merge().is_empty());
    let edited = case(FIELD, "x", "y", "w").policy(Policy::Manual).parked("y", "z", None).merge();
    assert_eq!((winner(&edited), edited.unparked.len()), (None, 0));
    assert_eq!(edited.conflicts[0].values, Pair::new("y".into(), "w".into()));
    let equal = case(FIELD, "x", "y", "y").parked("y", "z", None).merge();
    assert_eq!((equal.unparked.len(), &equal.agreed.b), (1, &patch(FIELD, "y")));
    let taken_back = case(FIELD, "x", "y", "x").parked("y", "z", None).merge();
    assert_eq!((taken_back.unparked.len(), &taken_back.write.b), (1, &patch(FIELD, "y")));
}

#[test]
fn what_a_person_decided_is_done() {
    let merged = case(FIELD, "x", "y", "z").policy(Policy::Manual).parked("y", "z", Some(Side::B)).merge();
    let mut expected = written(FIELD, Side::A, "z", ["z".into(), "z".into()]);
    expected.unparked = vec![FIELD.into()];
    assert_eq!(merged, expected);
    let unsayable = case(FIELD, "x", "y", "z").parked("y", "z", Some(Side::B)).cannot_say(Side::A).merge();
    assert!(unsayable.is_empty(), "it is done as soon as it can be");
    let against_the_way = case(FIELD, "x", "y", "z").parked("y", "z", Some(Side::B)).towards(Side::B).merge();
    assert!(!against_the_way.writes() && against_the_way.unparked.len() == 1);
}

#[test]
fn a_decision_does_not_overwrite_what_the_person_never_saw() {
    let merged = case(FIELD, "x", "y", "w").policy(Policy::Manual).parked("y", "z", Some(Side::A)).merge();
    assert_eq!((winner(&merged), merged.writes()), (None, false));
    assert_eq!(merged.unparked, [FIELD.into()], "what was decided is over, it is asked anew");
}

#[test]
fn an_ignored_field_is_left_alone() {
    assert!(case(FIELD, "x", "y", "z").with(|case| case.rule = FieldRule::ignored("no")).merge().is_empty());
}
