//! Users.

mod map;
pub(crate) mod query;
pub(crate) mod write;
