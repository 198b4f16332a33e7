//! What the tests that span crates and processes share, with the programs that they start.

// Everything in here is test code: a wrong assumption ends the test, with the line that made it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod database;
pub mod mission;
pub mod protocol;
pub mod provider_table;
pub mod redmine;
pub mod remote;
pub mod required;
pub mod sync;

pub use database::{TestDatabase, built, open};

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// So do those of the page about connections.
#[cfg(doctest)]
#[doc = include_str!("../../docs/connections.md")]
pub struct Connections;

/// So do those of the page about tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing-your-app.md")]
pub struct TestingYourApp;
