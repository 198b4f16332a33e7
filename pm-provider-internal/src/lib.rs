#![doc = include_str!("../README.md")]
// Without a database nothing can be opened, so little is used; the crate must compile all the same.
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code, unused_variables))]

pub mod store;

mod error;
mod id;

/// The provider's name in the registry and in errors.
pub const NAME: &str = "internal";
