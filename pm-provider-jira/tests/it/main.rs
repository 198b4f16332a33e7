//! The provider against a server on a loopback port, and on the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod attachments;
mod bad_input;
mod batches;
mod comments;
mod conformance;
mod deletes;
mod docs;
mod issues;
mod marks;
mod people;
mod projects;
mod rotation;
mod search;
mod site;
mod sprints;
mod support;
mod webhook_admin;
mod webhooks;
mod wire;
mod workflow;
