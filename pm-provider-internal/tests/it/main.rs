//! What is the database's own business: opening, migrations, the write path, races, the sync tables.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Where a database is left out, so are its tests.
#![cfg_attr(not(all(feature = "sqlite", feature = "postgres")), allow(unused_imports, unused_macros, dead_code))]

#[macro_use]
mod database;

mod conformance;
mod contents;
mod exports;
mod factory;
mod given_keys;
mod lookups;
mod migrations;
mod opening;
mod overtaking;
#[cfg(all(unix, feature = "postgres"))]
mod passwords;
mod races;
#[cfg(all(unix, feature = "sqlite"))]
mod reading;
mod sync_tables;
mod vocabulary;
mod writes;
