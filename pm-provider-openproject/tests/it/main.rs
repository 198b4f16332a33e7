//! The provider against a server on a loopback port, and on the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod attachments;
mod bad_input;
mod conformance;
mod docs;
mod lost_replies;
mod people;
mod planning;
mod review;
mod support;
mod traps;
mod webhooks;
mod wire;
