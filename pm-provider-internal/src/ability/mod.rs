//! The optional abilities, one file each.

mod batch;
pub(crate) mod changes;
mod comments;
mod relations;
mod sync_support;
mod user_admin;
