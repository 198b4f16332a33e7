//! The program as people and scripts run it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod settings;
mod settings_commands;
mod settings_secrets;
mod settings_trust;
mod support;
