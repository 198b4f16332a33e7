//! Applying patches to models.

use pm_provider::{FieldPatch, RawData};

/// Changes a field that may be empty.
pub(crate) fn apply<T: Clone>(patch: &FieldPatch<T>, field: &mut Option<T>) {
    patch.clone().apply(field);
}

/// Changes a field that always has a value; emptying it was refused before.
pub(crate) fn assign<T: Clone>(patch: &FieldPatch<T>, field: &mut T) {
    if let Some(value) = patch.value() {
        field.clone_from(value);
    }
}

/// Changes the raw data, whose emptiness is a value of its own.
pub(crate) fn apply_raw(patch: &FieldPatch<RawData>, raw: &mut RawData) {
    match patch {
        FieldPatch::Set(value) => raw.clone_from(value),
        FieldPatch::Clear => *raw = RawData::none(),
        _ => {}
    }
}
