#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::needless_pass_by_value)]

mod adf;
mod both_ways;
mod corpus;
mod properties;
mod updates;
