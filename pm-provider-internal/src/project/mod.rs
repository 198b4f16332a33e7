//! Projects.

pub(crate) mod delete;
pub(crate) mod key;
mod map;
pub(crate) mod query;
pub(crate) mod write;
