//! The program as people and scripts run it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod commands_attachments;
mod commands_formats;
mod commands_help;
mod commands_life;
mod commands_projects;
mod commands_pull_requests;
mod commands_sprints;
mod commands_support;
mod commands_tasks;
mod commands_terminal;
mod connections;
#[cfg(all(feature = "fake", unix))]
mod connections_isolation;
mod databases;
mod export;
#[cfg(all(feature = "fake", unix))]
mod fake;
mod github_list;
mod import;
mod import_killed;
mod import_messages;
mod import_support;
mod import_twice;
mod killed;
mod settings;
mod settings_commands;
mod settings_secrets;
mod settings_trust;
mod support;
#[cfg(feature = "sync")]
mod sync;
mod tour;
mod wrong;
