//! Texts of many lines.
//!
//! A side that holds a text more finely than the other one keeps what only it can say (blanks at ends of lines that
//! mean a break, say): what was changed over there is made in its own text, line by line, instead of replacing it.

use serde_json::Value;

use super::MergedText;
use super::field::FieldView;
use super::lines::{follow, merge_lines};
use crate::config::Policy;
use crate::item::{Pair, Side};
use crate::plan::Flow;

/// What was changed on the other side, made in the finer text of a side; `None` where the whole text may be taken as
/// well, or must.
pub(super) fn with_change(field: &FieldView<'_>, target: Side) -> Option<MergedText> {
    let wanted = field.rule.flow == Flow::Both && field.rule.policy == Policy::Merge;
    let text = on_side(field, target).filter(|text| wanted && field.over(target) != Ok(text))?;
    let mut sides = field.now.map(Clone::clone);
    *sides.get_mut(target) = text;
    Some(MergedText { sides, otherwise: target.other() })
}

/// Both changes, made in the text of each side.
pub(super) fn together(field: &FieldView<'_>, primary: Side) -> Option<MergedText> {
    let sides = Pair::new(on_side(field, Side::A)?, on_side(field, Side::B)?);
    Some(MergedText { sides, otherwise: primary })
}

/// Both changes, in the terms of a side: the other side's is made in the finer text that was agreed here, and then
/// merged with what was changed here.
fn on_side(field: &FieldView<'_>, side: Side) -> Option<Value> {
    let writable = |side| field.takes(side, &Value::from("text")).is_ok();
    if !field.key.is_text() || !Side::BOTH.into_iter().all(writable) {
        return None;
    }
    let base = field.base_of(side).as_str()?;
    let theirs = follow(field.base_over(side)?.as_str()?, base, field.over(side).ok()?.as_str()?)?;
    let text = merge_lines(base, field.now.get(side).as_str()?, &theirs)?;
    Some(if text.is_empty() { Value::Null } else { text.into() })
}
