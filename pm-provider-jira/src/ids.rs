//! Ids: numbers on the server, texts in the contract.

pub(crate) use pm_http::ids::{existing, number};
use pm_provider::{Error, Field, Result};

/// The number of an item that a field refers to.
pub(crate) fn referred(field: Field, id: impl AsRef<str>) -> Result<u64> {
    number(id.as_ref()).ok_or_else(|| leads_nowhere(field, id.as_ref()))
}

/// The error for a field that refers to what is not there.
pub(crate) fn leads_nowhere(field: Field, id: &str) -> Error {
    Error::invalid_input("a reference leads nowhere").on_field(field, format!("there is no `{id}`"))
}
