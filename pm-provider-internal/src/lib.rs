#![doc = include_str!("../README.md")]
// Without a database nothing can be opened, so little is used; the crate must compile all the same.
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code, unused_variables))]

pub mod store;

mod ability;
mod capabilities;
mod comment;
mod config;
mod error;
mod factory;
mod filter;
mod health;
mod id;
mod idempotency;
mod items;
mod keyset;
mod number;
mod patch;
#[cfg(all(test, feature = "sqlite"))]
mod plans;
mod project;
mod provider;
mod record;
mod refer;
mod relation;
mod row;
mod schema;
mod sprint;
mod task;
mod text;
mod time;
mod user;
mod vocabulary;

pub use config::InternalConfig;
pub use factory::InternalFactory;
pub use provider::InternalProvider;

/// The provider's name in the registry and in errors.
pub const NAME: &str = "internal";
