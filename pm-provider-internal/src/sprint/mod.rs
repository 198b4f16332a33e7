//! Sprints.

pub(crate) mod delete;
mod map;
pub(crate) mod query;
pub(crate) mod write;
