#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[macro_use]
mod store_bed;

mod crash;
mod deletions;
mod first_steps;
mod idle;
mod machine;
mod merge_laws;
mod parity;
#[cfg(pm_planted)]
mod planted;
mod relations;
#[cfg(feature = "sql")]
mod store_engine;
mod store_rows;
#[cfg(feature = "sql")]
mod store_same;
#[cfg(feature = "sql")]
mod store_sql;
mod store_suite;
