//! The three-way merge with a base per side: pure functions, no I/O, no time.
//!
//! Each side is compared with *its own* last agreed value, so that a value which one side holds coarser never looks
//! like an edit. What is written is said in the terms of the side that is written to, as that side will show it.
//!
//! | What happened to a field | What comes of it |
//! |---|---|
//! | nothing | nothing |
//! | both sides say the same, in the terms of one of them | it is agreed: only bases move |
//! | one side changed it | the other one gets it; sets and texts by what was changed in them, not as a whole |
//! | one side changed it so that the other one would not show it | only its base moves: the finer value stays |
//! | one side changed it to what cannot be said over there | nothing, bases included, until it can |
//! | both changed it | sets by members, texts by lines, else the policy decides and the loser's value is kept |
//! | the copy of a field that goes one way was edited | the original wins again, what was edited is kept |
//! | it was never agreed, and one side says nothing | that side gets it: unset is not the same as cleared |
//! | the winner's value cannot be written | a person decides; if it waits for a twin: nothing until that is there |

mod field;
mod lines;
mod outcome;
mod parked;
mod sets;
#[cfg(test)]
mod tests;
mod texts;
mod verdict;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::item::{Kind, Pair, Side};
use crate::plan::{FieldPlan, Flow};
use crate::record::{FieldKey, Patch, Record};
use crate::store::{Cause, Parked};
use crate::translate::Carried;

pub(crate) use field::{FieldView, Obstacle};
use outcome::record;
use verdict::Ties;

/// Decides what an item and its twin become.
#[must_use]
pub fn merge(input: &MergeInput<'_>) -> Merged {
    let ties = Ties { newer: input.newer, primary: input.primary };
    let mut merged = Merged::default();
    for (key, rule) in input.plan.fields(input.kind).filter(|(_, rule)| rule.flow != Flow::Ignored) {
        let field = FieldView::new(input, key, rule);
        match input.parked.get(key) {
            Some(parked) => parked::merge(&field, parked, ties, &mut merged),
            None => record(&field, verdict::decide(&field, ties), &mut merged),
        }
    }
    merged
}

/// What is agreed of a field that is written to both sides when `first` is done and the other side is not. By then it
/// has both changes: what it has beyond the other one is its own, which no later look may take for both.
#[must_use]
pub fn halfway(input: &MergeInput<'_>, key: &FieldKey, first: Side) -> Option<Pair<Value>> {
    let field = FieldView::new(input, key, input.plan.rule(input.kind, key));
    let mut bases = Pair::<Value>::default();
    *bases.get_mut(first) = field.over(first).ok()?.clone();
    *bases.get_mut(first.other()) = field.named(first.other()).clone();
    Some(bases)
}

/// All that decides a merge of an item and its twin.
#[derive(Clone, Debug)]
pub struct MergeInput<'a> {
    /// The kind of item.
    pub kind: Kind,
    /// Which field goes where.
    pub plan: &'a FieldPlan,
    /// What stands on each side, in its own terms.
    pub now: Pair<&'a Record>,
    /// What was last agreed on each side, in its own terms; `None` on either one if nothing ever was: then the bases of
    /// both sides begin empty after the merge.
    pub base: Pair<Option<&'a Record>>,
    /// What each side would show if the other one's values were written to it: `over.b` is what stands on `A`, in the
    /// terms of `B`, as `B` would show it.
    pub over: Pair<&'a Carried>,
    /// The same of the other side's base: `base_over.b` is the base of `A` as `B` would show it.
    pub base_over: Pair<&'a Carried>,
    /// What a person has to decide, or has decided.
    pub parked: &'a BTreeMap<FieldKey, Parked>,
    /// The side that was changed later by the servers' clocks, where that is clear.
    pub newer: Option<Side>,
    /// The side that breaks ties.
    pub primary: Side,
}

/// What a merge comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    /// What is to be written to each side, in its own terms, as a read will show it.
    pub write: Pair<Patch>,
    /// What becomes agreed on each side, for fields that need no write on either side.
    pub agreed: Pair<Patch>,
    /// What becomes agreed on each side once `write` of both sides is done. Of a field that is written to one side
    /// only, both sides' bases are in here.
    pub base_after: Pair<Patch>,
    /// Texts that were merged line by line. What is written, and what becomes agreed, is for the caller to find out:
    /// see [`MergedText`].
    pub texts: BTreeMap<FieldKey, MergedText>,
    /// What stood against each other. One without a winner parks its field, if need be with other values than before.
    pub conflicts: Vec<FieldConflict>,
    /// Fields that were parked with what was asked or decided of them before; a new question may be in `conflicts`.
    pub unparked: Vec<FieldKey>,
}

impl Merged {
    /// Whether there is nothing to do and nothing to remember.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something is to be written to either side.
    #[must_use]
    pub fn writes(&self) -> bool {
        !self.texts.is_empty() || Side::BOTH.iter().any(|side| !self.write.get(*side).is_empty())
    }
}

/// A text that was merged on both sides, each in its own terms and with what only that side can say.
///
/// Whether the two are the same text is for the caller to ask: if one of them, carried over, is shown as the other one,
/// both are. If not, the text of `otherwise` is taken, and carried to the other side.
#[derive(Clone, Debug, PartialEq)]
pub struct MergedText {
    /// What each side becomes.
    pub sides: Pair<Value>,
    /// The side whose text is taken for both where the two are not the same.
    pub otherwise: Side,
}

/// Two values that stand against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldConflict {
    /// The field.
    pub field: FieldKey,
    /// How it came about.
    pub cause: Cause,
    /// What was last agreed, in the terms of each side.
    pub base: Pair<Value>,
    /// What stands on each side, in its own terms.
    pub values: Pair<Value>,
    /// Whose value is taken; `None`: a person decides, the field is parked.
    pub winner: Option<Side>,
    /// What decided: the policy's word, `one_way` for the edited copy of a field that goes one way; without a winner:
    /// why nothing could.
    pub decided_by: String,
}
