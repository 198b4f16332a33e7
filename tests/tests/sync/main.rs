//! The sync engine between real databases, real servers and vendors' fakes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod blackouts;
mod board;
mod github_export;
mod least;
mod redmine_shadow;
mod redmine_two_ways;
