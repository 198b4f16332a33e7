#![doc = include_str!("../README.md")]

#[cfg(feature = "clickup")]
pub mod clickup;
#[cfg(any(feature = "clickup", feature = "github", feature = "jira", feature = "openproject"))]
mod compression;
pub mod conformance;
pub mod fault;
#[cfg(any(feature = "jira", feature = "openproject"))]
mod file_store;
#[cfg(feature = "github")]
pub mod github;
#[cfg(feature = "http-fault")]
pub mod http_fault;
#[cfg(feature = "jira")]
pub mod jira;
pub mod memory;
#[cfg(feature = "openproject")]
pub mod openproject;
pub mod pair;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod provider_page;
#[cfg(feature = "proxy")]
pub mod proxy;
#[cfg(any(feature = "clickup", feature = "github", feature = "jira", feature = "openproject"))]
mod secrets;

pub use fault::{Fault, FaultInjector};
pub use memory::MemoryProvider;
pub use provider_page::ProviderPage;
