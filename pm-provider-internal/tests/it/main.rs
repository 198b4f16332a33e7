//! What is the database's own business: opening, migrations, the write path, the sync tables.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[macro_use]
mod database;

mod migrations;
mod opening;
mod sync_tables;
mod writes;
