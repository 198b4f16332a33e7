//! From options to patches.

use pm_core::{Effect, Error, ErrorKind, FieldPatch, SetPatch};

use crate::failure::{Failure, Result};

/// Sets a field, where a value is given.
pub(crate) fn set<T>(field: &mut FieldPatch<T>, value: Option<T>) {
    if let Some(value) = value {
        *field = FieldPatch::Set(value);
    }
}

/// Empties a field that nothing else is done to.
pub(crate) fn clear<T>(field: &mut FieldPatch<T>, name: &str) -> Result<()> {
    if !field.is_keep() {
        return Err(both(name));
    }
    *field = FieldPatch::Clear;
    Ok(())
}

/// Empties a set that nothing else is done to.
pub(crate) fn clear_set<T>(set: &mut SetPatch<T>, name: &str) -> Result<()> {
    if !set.is_keep() {
        return Err(both(name));
    }
    *set = SetPatch::Replace(Vec::new());
    Ok(())
}

/// Two options that contradict each other.
pub(crate) fn both(name: &str) -> Failure {
    Failure::usage(format!("`--clear {name}` empties what another option sets")).hint("say one of the two")
}

/// The name of a value of `--clear`, as the user wrote it.
pub(crate) fn name_of(value: &impl clap::ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Nothing was said to be changed.
pub(crate) fn nothing(command: &str) -> Failure {
    Failure::usage("nothing is named to change").hint(format!("`spm {command} --help` shows what can be changed"))
}

/// A lost update is told as such: what was written in an editor began with a text that is not the present one.
pub(crate) fn lost_update(error: Error, what: &str) -> Failure {
    if error.kind() == ErrorKind::VersionConflict && *error.effect() == Effect::NotExecuted {
        let code = crate::exit::Code::Conflict;
        return Failure::new(code, format!("{what} was changed by somebody else while you wrote; nothing was done"));
    }
    error.into()
}
