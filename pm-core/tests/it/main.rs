//! What `pm-core` promises, tested from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod audit;
mod builder;
#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "cache")]
mod cache_conformance;
mod concurrency;
#[cfg(feature = "connections")]
mod connections;
#[cfg(all(feature = "connections", feature = "sqlite"))]
mod connections_database;
#[cfg(all(feature = "connections", feature = "openproject", feature = "jira", feature = "sqlite"))]
mod connections_isolation;
#[cfg(all(feature = "connections", feature = "openproject"))]
mod connections_rotation;
mod environment;
#[cfg(feature = "internal")]
mod internal;
mod planted_tokens;
mod read_only;
mod secrets;
mod support;
#[cfg(all(feature = "sync", feature = "sqlite"))]
mod sync;
mod tracing_layer;
