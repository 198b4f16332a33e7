//! Relations between tasks: sets of ties between pairs of tasks, merged by what came and went.
//!
//! A tie is named by the ids that its tasks have on side `A`, so that both sides' ties compare. What was last agreed is kept
//! with the links of both of its tasks, beside the fields of the base. Making a tie that is there and taking away one that
//! is gone change nothing, so nothing has to be written down before: a run that ended in between is made good by the next.

use std::collections::BTreeSet;

use pm_provider::RelationKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::item::{Pair, Side};
use crate::record::{FieldKey, Record};

/// A relation of two tasks, by their ids on side `A`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Tie(RelationKind, String, String);

impl Tie {
    /// Names a tie. That two tasks have to do with each other says the same from both ends.
    #[must_use]
    pub fn new(kind: RelationKind, from: impl Into<String>, to: impl Into<String>) -> Self {
        let (from, to) = (from.into(), to.into());
        if kind == RelationKind::Relates && to < from { Self(kind, to, from) } else { Self(kind, from, to) }
    }

    /// How the first task stands to the second one.
    #[must_use]
    pub fn kind(&self) -> RelationKind {
        self.0
    }

    /// Both tasks, the one that the kind speaks of first.
    #[must_use]
    pub fn ends(&self) -> [&str; 2] {
        [&self.1, &self.2]
    }
}

/// What becomes of ties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untied {
    /// Those that are to be made on each side.
    pub make: Pair<BTreeSet<Tie>>,
    /// Those that are to be taken away on each side.
    pub take_away: Pair<BTreeSet<Tie>>,
    /// Those that both sides have.
    pub agreed: BTreeSet<Tie>,
}

/// Decides what becomes of ties by what stands on both sides and what both had last. A side that is not written to keeps
/// what it has of its own, and what was taken away there is made again where it is only copied to.
#[must_use]
pub fn decide(now: &Pair<BTreeSet<Tie>>, base: &BTreeSet<Tie>, writes: Pair<bool>) -> Untied {
    let mut untied = Untied::default();
    untied.agreed.extend(now.a.intersection(&now.b).cloned());
    for has in Side::BOTH {
        let lacks = has.other();
        for tie in now.get(has).difference(now.get(lacks)) {
            if base.contains(tie) && *writes.get(has) {
                untied.take_away.get_mut(has).insert(tie.clone());
            } else if *writes.get(lacks) {
                untied.make.get_mut(lacks).insert(tie.clone());
            }
        }
    }
    untied
}

/// The name under which ties are kept in the base: no project has a field that is called by an invisible character.
const NAME: &str = "\u{2064}ties";

fn key() -> FieldKey {
    FieldKey::Custom(NAME.to_owned())
}

/// Whether a name in a base is not that of a field, but the one under which ties are kept.
#[must_use]
pub fn is_ties(field: &FieldKey) -> bool {
    matches!(field, FieldKey::Custom(name) if name == NAME)
}

/// The ties that are kept in a base.
#[must_use]
pub fn kept(base: &Record) -> BTreeSet<Tie> {
    serde_json::from_value(base.get(&key()).clone()).unwrap_or_default()
}

/// Keeps ties in a base.
pub fn keep(base: &mut Record, ties: &BTreeSet<Tie>) {
    let value = if ties.is_empty() { Value::Null } else { serde_json::to_value(ties).unwrap_or_default() };
    base.set(key(), value);
}

/// A base without its ties: the fields alone.
#[must_use]
pub fn without(base: &Record) -> Record {
    let mut fields = base.clone();
    fields.set(key(), Value::Null);
    fields
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tie(number: u8) -> Tie {
        Tie::new(RelationKind::Blocks, "1", number.to_string())
    }

    fn ties() -> impl Strategy<Value = BTreeSet<Tie>> {
        proptest::collection::btree_set(0_u8..6, 0..6).prop_map(|numbers| numbers.into_iter().map(tie).collect())
    }

    /// What stands after everything was done.
    fn done(now: &Pair<BTreeSet<Tie>>, untied: &Untied) -> Pair<BTreeSet<Tie>> {
        Pair::of(|side| {
            let kept = now.get(side) - untied.take_away.get(side);
            &kept | untied.make.get(side)
        })
    }

    #[test]
    fn a_tie_between_equals_has_no_direction() {
        assert_eq!(Tie::new(RelationKind::Relates, "2", "1"), Tie::new(RelationKind::Relates, "1", "2"));
        assert_ne!(Tie::new(RelationKind::Blocks, "2", "1"), Tie::new(RelationKind::Blocks, "1", "2"));
    }

    #[test]
    fn a_base_keeps_its_fields() {
        let fields = Record::new().with(pm_provider::Field::Title, "x");
        let mut base = fields.clone();
        let ties = BTreeSet::from([tie(2), tie(3)]);
        keep(&mut base, &ties);
        let read: Record = serde_json::from_str(&serde_json::to_string(&base).unwrap_or_default()).unwrap_or_default();
        assert_eq!((kept(&read), without(&read)), (ties, fields.clone()));
        keep(&mut base, &BTreeSet::new());
        assert_eq!(base, fields);
    }

    proptest! {
        #[test]
        fn both_ways_both_sides_become_equal_and_what_came_and_went_is_done(a in ties(), b in ties(), base in ties()) {
            let now = Pair::new(a, b);
            let untied = decide(&now, &base, Pair::new(true, true));
            let then = done(&now, &untied);
            prop_assert_eq!(&then.a, &then.b);
            for side in Side::BOTH {
                let ours = now.get(side);
                prop_assert!((ours - &base).is_subset(&then.a), "what is new is on both");
                prop_assert!((&base - ours).is_disjoint(&then.a), "what went is gone from both");
            }
            let again = decide(&then, &then.a, Pair::new(true, true));
            prop_assert_eq!(again, Untied { agreed: then.a, ..Untied::default() });
        }

        #[test]
        fn a_copy_never_changes_its_original(a in ties(), b in ties(), base in ties()) {
            let now = Pair::new(a, b);
            let untied = decide(&now, &base, Pair::new(false, true));
            let then = done(&now, &untied);
            prop_assert_eq!(&then.a, &now.a);
            prop_assert!(now.a.is_subset(&then.b));
            prop_assert!((&now.b - &base).is_subset(&then.b), "what is only there stays");
        }
    }
}
