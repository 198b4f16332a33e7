//! Tests of the contract itself: shapes, checks, resolution, streams, layers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attachments;
mod check;
mod cursor;
mod error;
mod json;
mod layer;
mod overrides;
mod pull_requests;
mod resolution;
mod settings;
mod stream;
mod support;
