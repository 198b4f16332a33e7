//! The tables, one entity each.
//!
//! Read them freely. Write the `pm_*` tables of projects, tasks and so on through the provider: it keeps the change
//! feed, versions and search texts; write the two sync tables through [`connections`](super::connections) and
//! [`mappings`](super::mappings).

pub mod change;
pub mod change_counter;
pub mod comment;
pub mod idempotency_key;
pub mod project;
pub mod project_sync_mapping;
pub mod provider_connection;
pub mod relation;
pub mod sprint;
pub mod task;
pub mod task_assignee;
pub mod task_label;
pub mod user;
pub mod vocabulary;
