//! Three-way merges: what was imported, what the source says now, what is here.
//!
//! A field that changed in the source alone is taken over, one that changed here alone stays, and one that changed on
//! both sides to different values stays as it is here and is reported. Sets are merged element by element and never
//! conflict.

use std::collections::BTreeMap;

use pm_core::Field;

/// A field that is compared: one of the contract's, or one that a project defined itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Field(Field),
    Custom(String),
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(field) => write!(f, "{field}"),
            Self::Custom(name) => write!(f, "field:{name}"),
        }
    }
}

/// What one side says, each value in a form that can be compared and shown; a field without a value is not there.
pub(super) type Side = BTreeMap<Slot, String>;

/// A field that changed on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Conflict {
    pub(super) slot: Slot,
    pub(super) imported: Option<String>,
    pub(super) source: Option<String>,
    pub(super) here: Option<String>,
}

/// What is taken over from the source, and what both sides changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) taken: Vec<Slot>,
    pub(super) conflicts: Vec<Conflict>,
}

/// Merges field by field.
pub(super) fn merge(imported: &Side, source: &Side, here: &Side) -> Merged {
    let mut merged = Merged::default();
    let slots: std::collections::BTreeSet<_> = imported.keys().chain(source.keys()).collect();
    for slot in slots {
        let (base, theirs, ours) = (imported.get(slot), source.get(slot), here.get(slot));
        if theirs == base || theirs == ours {
            continue;
        }
        if ours == base {
            merged.taken.push(slot.clone());
        } else {
            let (imported, source, here) = (base.cloned(), theirs.cloned(), ours.cloned());
            merged.conflicts.push(Conflict { slot: slot.clone(), imported, source, here });
        }
    }
    merged
}

/// What must be added to a set and removed from it, so that the source's changes are in it.
pub(super) fn merge_sets<T: PartialEq + Clone>(imported: &[T], source: &[T], here: &[T]) -> (Vec<T>, Vec<T>) {
    let added = source.iter().filter(|value| !imported.contains(value) && !here.contains(value));
    let removed = imported.iter().filter(|value| !source.contains(value) && here.contains(value));
    (added.cloned().collect(), removed.cloned().collect())
}

/// Puts a value in, unless there is none; an empty text is none.
pub(super) fn put(side: &mut Side, field: Field, value: Option<impl ToString>) {
    if let Some(text) = value.map(|value| value.to_string()).filter(|text| !text.is_empty()) {
        side.insert(Slot::Field(field), text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(title: Option<&str>) -> Side {
        let mut side = Side::new();
        put(&mut side, Field::Title, title);
        side
    }

    #[test]
    fn each_case_of_three_sides() {
        let kept = |taken: bool, conflict: bool| (usize::from(taken), usize::from(conflict));
        for (imported, source, here, expected) in [
            (Some("a"), Some("a"), Some("a"), kept(false, false)),
            (Some("a"), Some("a"), Some("b"), kept(false, false)),
            (Some("a"), Some("b"), Some("a"), kept(true, false)),
            (Some("a"), Some("b"), Some("b"), kept(false, false)),
            (Some("a"), Some("b"), Some("c"), kept(false, true)),
            (Some("a"), None, Some("a"), kept(true, false)),
            (Some("a"), None, Some("c"), kept(false, true)),
            (None, Some("b"), None, kept(true, false)),
            (None, Some("b"), Some("c"), kept(false, true)),
            (None, None, Some("c"), kept(false, false)),
        ] {
            let merged = merge(&side(imported), &side(source), &side(here));
            let counts = (merged.taken.len(), merged.conflicts.len());
            assert_eq!(counts, expected, "{imported:?} {source:?} {here:?}");
        }
    }

    #[test]
    fn sets_take_over_what_changed_in_the_source() {
        let (added, removed) = merge_sets(&["a", "b"], &["b", "c", "d"], &["a", "b", "d", "x"]);
        assert_eq!((added, removed), (vec!["c"], vec!["a"]));
        let (added, removed) = merge_sets(&["a"], &["b"], &[]);
        assert_eq!((added, removed), (vec!["b"], vec![]));
    }
}
