//! The integration tests of the ClickUp backend.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod bad_input;
mod conformance;
mod docs;
mod files;
mod hooks;
mod limiting;
mod lost_replies;
mod places;
mod support;
mod task_traps;
mod task_wire;
mod wire;
