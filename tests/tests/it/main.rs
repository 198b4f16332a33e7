//! What spans crates and processes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Some tests tell figures to whoever runs them with `--nocapture`.
#![allow(clippy::print_stdout)]

mod bad_input;
mod conformance;
mod first_starts;
mod ledger;
mod migrations;
mod mission;
mod provider_table;
mod sql;
mod sudden_death;
mod worker;
mod writers;
