#![doc = include_str!("../README.md")]

pub mod conformance;
pub mod fault;
#[cfg(feature = "http-fault")]
pub mod http_fault;
pub mod memory;
#[cfg(feature = "openproject")]
pub mod openproject;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "proxy")]
pub mod proxy;

pub use fault::{Fault, FaultInjector};
pub use memory::MemoryProvider;
