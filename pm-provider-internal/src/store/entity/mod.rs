//! The tables, one entity each.
//!
//! Read them freely. Write the `pm_*` tables of projects, tasks and so on through the provider: it keeps the change
//! feed, versions and search texts; write connections and mappings through [`connections`](super::connections) and
//! [`mappings`](super::mappings). The `sync_*` tables are the sync engine's alone.

pub mod change;
pub mod change_counter;
pub mod comment;
pub mod idempotency_key;
pub mod project;
pub mod project_sync_mapping;
pub mod provider_connection;
pub mod relation;
pub mod sprint;
pub mod sync_conflict;
pub mod sync_cursor;
pub mod sync_event;
pub mod sync_intent;
pub mod sync_item;
pub mod sync_lease;
pub mod sync_run;
pub mod sync_user;
pub mod sync_work;
pub mod task;
pub mod task_assignee;
pub mod task_label;
pub mod user;
pub mod vocabulary;
