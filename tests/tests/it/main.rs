//! What spans crates and processes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Some tests tell figures to whoever runs them with `--nocapture`.
#![allow(clippy::print_stdout)]

mod bad_input;
mod conformance;
mod contract;
mod contract_clickup;
mod contract_drive;
mod contract_github;
mod contract_jira;
mod contract_openproject;
mod contract_redmine;
mod first_starts;
mod ledger;
mod lost_replies;
mod lost_replies_clickup;
mod lost_replies_github;
mod lost_replies_jira;
mod lost_replies_openproject;
mod lost_replies_redmine;
mod migrations;
mod mission;
mod multi_provider;
mod provider_table;
mod redmine;
mod required;
mod sql;
mod sudden_death;
mod switch_backend;
mod worker;
mod writers;
