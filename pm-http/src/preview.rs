//! What a backend will show of a patch: the pieces that previews are made of.

use pm_provider::{Error, Field, FieldPatch, Native, Result, SetPatch, Vocabulary, Wanted};

use crate::Marker;

/// Replaces what is wanted by what a read will show.
///
/// # Errors
/// `InvalidInput` on the field, where none of the choices is meant, or more than one.
pub fn resolved<N, C>(
    field: Field,
    patch: &mut FieldPatch<Wanted<C>>,
    choices: &[N],
    preferred: &[(C, String)],
) -> Result<()>
where
    C: Vocabulary,
    N: Native<Category = C> + Into<Wanted<C>>,
{
    let FieldPatch::Set(wanted) = patch else { return Ok(()) };
    let shown = wanted.resolve(choices, preferred);
    let shown =
        shown.map_err(|error| Error::invalid_input("the patch does not fit").on_field(field, error.message()))?;
    *patch = FieldPatch::Set(shown.into());
    Ok(())
}

/// Replaces a text by the one that is stored: nothing in it is a mark.
pub fn neutral(patch: &mut FieldPatch<String>) {
    if let FieldPatch::Set(text) = patch {
        *text = Marker::neutralise(text).into_owned();
    }
}

/// The same change of a set without anything that is said twice or undone at once.
#[must_use]
pub fn distinct<T: Clone + Ord>(patch: &SetPatch<T>) -> SetPatch<T> {
    match patch {
        SetPatch::Replace(_) => SetPatch::Replace(patch.apply(&[])),
        SetPatch::Edit { remove, .. } => {
            SetPatch::Edit { add: patch.apply(&[]), remove: SetPatch::Replace(remove.clone()).apply(&[]) }
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::{Status, StatusCategory, StatusRef};

    use super::*;

    #[test]
    fn a_category_becomes_the_status_that_will_be_there() {
        let choices =
            [Status::new(StatusCategory::Todo, "New").id("1"), Status::new(StatusCategory::Done, "Closed").id("5")];
        let mut patch: FieldPatch<StatusRef> = FieldPatch::Set(StatusCategory::Done.into());
        resolved(Field::Status, &mut patch, &choices, &[]).unwrap();
        assert_eq!(patch, FieldPatch::Set(choices[1].clone().into()));
        let mut unknown: FieldPatch<StatusRef> = FieldPatch::Set("frozen".into());
        let error = resolved(Field::Status, &mut unknown, &choices, &[]).unwrap_err();
        assert_eq!(error.field_errors()[0].field, Field::Status);
        let mut kept: FieldPatch<StatusRef> = FieldPatch::Keep;
        resolved(Field::Status, &mut kept, &choices, &[]).unwrap();
        assert_eq!(kept, FieldPatch::Keep);
    }

    #[test]
    fn what_people_write_is_stored_without_marks() {
        let planted = Marker::of("task", "k").append("text");
        let mut patch = FieldPatch::Set(planted.clone());
        neutral(&mut patch);
        assert_eq!(patch, FieldPatch::Set(Marker::neutralise(&planted).into_owned()));
    }

    #[test]
    fn nothing_is_said_twice() {
        let labels = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        assert_eq!(distinct(&SetPatch::Replace(labels(&["b", "a", "b"]))), SetPatch::Replace(labels(&["b", "a"])));
        let edit = SetPatch::Edit { add: labels(&["a", "b", "a"]), remove: labels(&["b", "c", "c"]) };
        assert_eq!(distinct(&edit), SetPatch::Edit { add: labels(&["a"]), remove: labels(&["b", "c"]) });
        assert_eq!(distinct(&SetPatch::<String>::Keep), SetPatch::Keep);
    }
}
