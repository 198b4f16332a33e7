//! The provider against a server on a loopback port, and on the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[cfg(feature = "app")]
mod app;
mod commenting;
mod conformance;
mod docs;
mod documents;
mod graphql_wire;
mod hooks;
mod issue;
mod issues;
mod limiting;
mod listing;
mod milestones;
mod people;
mod projects_v2;
mod pulls;
mod pulls_opened;
mod pulls_wire;
mod relating;
mod repositories;
mod support;
mod unchanged;
mod wire;
