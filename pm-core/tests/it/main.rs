//! What `pm-core` promises, tested from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod builder;
mod concurrency;
mod environment;
#[cfg(feature = "internal")]
mod internal;
mod planted_tokens;
mod read_only;
mod secrets;
mod support;
mod tracing_layer;
