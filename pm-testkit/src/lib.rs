#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod fault;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;

pub use fault::{Fault, FaultInjector};
pub use memory::MemoryProvider;
