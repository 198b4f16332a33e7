//! Two sides that say things differently, and the translation between them.

use std::collections::BTreeSet;

use pm_provider::Field;
use pm_sync::item::{ItemKey, Kind, Pair, Side};
use pm_sync::record::{FieldKey, Record};
use pm_sync::translate::Carried;
use serde_json::Value;

use super::draw::Draw;

/// How many values a field has that holds one of a few.
pub(crate) const VALUES: usize = 5;
const LABELS: [&str; 5] = ["x", "bug", "Bug", "ui", "UI"];

/// What kind of values a field has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Values {
    /// The same words on both sides.
    Same,
    /// Each side has words of its own, which fall into classes; not every class is on both sides.
    Classes,
    Labels,
    People,
    Text,
}

/// The fields of the item, one of each kind at least.
pub(crate) const FIELDS: [(Field, Values); 7] = [
    (Field::Title, Values::Same),
    (Field::Status, Values::Classes),
    (Field::ParentTaskId, Values::Classes),
    (Field::DueDate, Values::Same),
    (Field::Description, Values::Text),
    (Field::Labels, Values::Labels),
    (Field::Assignees, Values::People),
];

/// How the two sides differ.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// The class of each word, by side.
    classes: Pair<[usize; VALUES]>,
    /// Who has an account on both sides.
    known: [bool; VALUES],
    /// The side that writes labels in lower case.
    pub(crate) lowers: Option<Side>,
    /// The side that drops blanks at the ends of lines.
    trims: Option<Side>,
    /// How many people each side takes at most.
    pub(crate) most: Pair<Option<usize>>,
    swapped: bool,
}

impl Terms {
    /// Both sides say everything alike.
    pub(crate) fn alike() -> Self {
        let classes = [0, 1, 2, 3, 4];
        Self {
            classes: Pair::new(classes, classes),
            known: [true; VALUES],
            lowers: None,
            trims: None,
            most: Pair::default(),
            swapped: false,
        }
    }

    /// The sides differ in many ways.
    pub(crate) fn draw(draw: &mut Draw<'_>) -> Self {
        let mut terms = Self::alike();
        if draw.below(3) > 0 {
            let count = 2 + draw.below(VALUES - 1);
            terms.classes = Pair::of(|_| std::array::from_fn(|_| draw.below(count)));
        }
        terms.known = std::array::from_fn(|_| !draw.once_in(3));
        terms.lowers = draw.one_of(&[None, Some(Side::A), Some(Side::B)]);
        terms.trims = draw.one_of(&[None, Some(Side::A), Some(Side::B)]);
        terms
    }

    pub(crate) fn swap(&self) -> Self {
        Self { swapped: !self.swapped, most: Pair::new(self.most.b, self.most.a), ..self.clone() }
    }

    /// A side by the name that it had before it was swapped.
    fn own(&self, side: Side) -> Side {
        if self.swapped { side.other() } else { side }
    }

    /// Any value that a side can have.
    pub(crate) fn value(&self, draw: &mut Draw<'_>, values: Values, side: Side) -> Value {
        match values {
            Values::Same => draw.one_of(&[Value::Null, "1".into(), "2".into(), "3".into()].each_ref()).clone(),
            Values::Classes => word(self.own(side), draw.below(VALUES)),
            Values::Labels => self.shown(side, values, set(draw.some_of(&LABELS))),
            Values::People => {
                let people = draw.some_of(&[0, 1, 2, 3, 4]);
                let people = people.into_iter().take(self.most.get(side).unwrap_or(VALUES));
                set(people.map(|person| format!("{}{person}", self.own(side))))
            }
            Values::Text => {
                let lines = (0..5).map(|line| format!("{line}{}", draw.one_of(&["", "  ", "!", "?"])));
                self.shown(side, values, lines.collect::<Vec<_>>().join("\n").into())
            }
        }
    }

    /// The other side's value in the terms of a side, as it would show it; `None` if it cannot be said.
    pub(crate) fn carry(&self, values: Values, to: Side, value: &Value) -> Option<Value> {
        match values {
            Values::Classes => self.classmate(to, value),
            Values::People => {
                let known = |person: &&str| self.known[number(person)];
                let there = |person: &str| format!("{}{}", self.own(to), number(person));
                let people = members(value).into_iter().filter(known).map(there);
                Some(set(people.take(self.most.get(to).unwrap_or(VALUES))))
            }
            _ => Some(self.shown(to, values, value.clone())),
        }
    }

    /// What a side shows of a value in its own terms.
    fn shown(&self, side: Side, values: Values, value: Value) -> Value {
        let side = Some(self.own(side));
        match values {
            Values::Labels if self.lowers == side => set(members(&value).into_iter().map(str::to_lowercase)),
            Values::Text if self.trims == side => {
                let lines: Vec<_> = value.as_str().unwrap_or_default().split('\n').map(str::trim_end).collect();
                lines.join("\n").into()
            }
            _ => value,
        }
    }

    /// The first word of a side that is in the same class as one of the other side.
    fn classmate(&self, to: Side, value: &Value) -> Option<Value> {
        let Some(word_there) = value.as_str() else { return Some(Value::Null) };
        let to = self.own(to);
        let class = self.classes.get(to.other())[number(word_there)];
        self.classes.get(to).iter().position(|other| *other == class).map(|found| word(to, found))
    }

    /// A value of a side that is the same to the other one as far as it can tell, with something added that only this
    /// side has.
    pub(crate) fn finer(&self, draw: &mut Draw<'_>, values: Values, side: Side, value: &Value) -> Value {
        match values {
            Values::Classes if !value.is_null() => {
                let classes = self.classes.get(self.own(side));
                let same = |other: &usize| classes[*other] == classes[number(value.as_str().unwrap())];
                let same: Vec<_> = (0..VALUES).filter(same).collect();
                word(self.own(side), draw.one_of(&same))
            }
            Values::People if self.most.get(side).is_none() => {
                let strangers: Vec<_> = (0..VALUES).filter(|person| !self.known[*person]).collect();
                let strangers = draw.some_of(&strangers).into_iter();
                let strangers = strangers.map(|person| format!("{}{person}", self.own(side)));
                set(members(value).into_iter().map(str::to_owned).chain(strangers))
            }
            _ => value.clone(),
        }
    }

    /// A value without those whom the other side does not know.
    pub(crate) fn named(&self, values: Values, value: &Value) -> Value {
        match values {
            Values::People => set(members(value).into_iter().filter(|id| self.known[number(id)])),
            _ => value.clone(),
        }
    }

    /// Whether two values are the same as far as both sides can tell.
    pub(crate) fn agree(&self, values: Values, a: &Value, b: &Value) -> bool {
        let (on_b, on_a) = (self.carry(values, Side::B, a), self.carry(values, Side::A, b));
        let both = |shown: &Option<Value>, side| shown.as_ref().and_then(|value| self.carry(values, side, value));
        on_b.as_ref() == Some(b)
            || on_a.as_ref() == Some(a)
            || on_b.is_some() && on_b == both(&on_a, Side::B)
            || on_a.is_some() && on_a == both(&on_b, Side::A)
    }

    /// A record of the other side in the terms of a side.
    pub(crate) fn carried(&self, to: Side, record: &Record) -> Carried {
        let mut carried = Carried::default();
        for (field, values) in FIELDS {
            let key = FieldKey::Of(field);
            if values == Values::People {
                let people = members(record.get(&key));
                carried.strangers =
                    people.into_iter().filter(|id| !self.known[number(id)]).map(str::to_owned).collect();
            }
            match self.carry(values, to, record.get(&key)) {
                Some(value) => carried.record.set(key, value),
                None if field == Field::ParentTaskId => {
                    carried.kept.insert(key, "there is no twin yet".to_owned());
                    carried.waits_for.push(ItemKey::new(Kind::Task, "1"));
                }
                None => drop(carried.kept.insert(key, "there is no such word".to_owned())),
            }
        }
        carried
    }
}

fn word(side: Side, number: usize) -> Value {
    format!("{side}{number}").into()
}

fn number(word: &str) -> usize {
    word[1..].parse().unwrap()
}

pub(crate) fn members(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(crate) fn set<T: Into<String>>(members: impl IntoIterator<Item = T>) -> Value {
    let members: BTreeSet<String> = members.into_iter().map(Into::into).collect();
    if members.is_empty() { Value::Null } else { members.into_iter().collect() }
}
