//! Tasks.

pub(crate) mod delete;
mod map;
mod members;
pub(crate) mod placement;
pub(crate) mod query;
pub(crate) mod write;
