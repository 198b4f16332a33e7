//! The optional abilities, one file each.

mod batch;
mod changes;
mod comments;
mod relations;
mod sync_support;
mod user_admin;
