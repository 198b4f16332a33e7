#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! Everything of the contract, [`pm_provider`], stands here as well: the trait [`PmProvider`], what callers enjoy on
//! top of it ([`PmProviderExt`]), models, queries, errors. This crate adds
//!
//! | Item | What it is for |
//! |---|---|
//! | [`build_pm_provider`] | the provider that the environment asks for |
//! | [`PmProviderBuilder`] | the same with layers, a database connection or a vault of one's own |
//! | [`builtin_registry`] | the backends that are compiled in |
//! | [`build_named`], [`connections`] | several systems in one program, each by a name |
//! | [`sync`] | two systems kept in step |
//! | [`layers`] | tracing, read-only, concurrency limit, cache, audit |
//! | [`Environment`], [`EnvironmentSecrets`] | where settings and secrets come from |
//!
//! # Features
//!
//! Every backend is on by default. `default-features = false` is the lean build:
//!
//! | Feature | What it brings in |
//! |---|---|
//! | `internal` | the embedded backend; choose `sqlite`, `postgres` or both with it |
//! | `sqlite`, `postgres` | its databases |
//! | `clickup`, `github`, `jira`, `openproject`, `redmine` | the backends of these names |
//! | `connections` | named connections |
//! | `sync` | the sync engine, between the internal database and connections |
//! | `cache` | the layer that remembers what was read lately |
//! | `keyring` | secrets from the keyring of the system, off by default |
//! | `github-app` | credentials of GitHub Apps, off by default |
//! | `mock` | `MockPmProvider` and `mock_provider()`, for tests |

pub use pm_provider::*;
/// For implementing the contract's traits, and for dates and times: applications need no other version of these.
pub use {async_trait::async_trait, chrono};

pub mod builder;
#[cfg(feature = "connections")]
pub mod connections;
pub mod environment;
pub mod layers;
pub mod registry;
pub mod secrets;
#[cfg(feature = "sync")]
pub mod sync;

pub use builder::{PmProviderBuilder, build_pm_provider, build_pm_provider_from, build_pm_provider_with};
#[cfg(feature = "connections")]
pub use connections::{Connection, Connections, build_named};
pub use environment::Environment;
pub use registry::builtin_registry;
pub use secrets::EnvironmentSecrets;

/// ClickUp: its provider and its configuration.
#[cfg(feature = "clickup")]
pub mod clickup {
    pub use pm_provider_clickup::*;
}

/// GitHub: its provider and its configuration.
#[cfg(feature = "github")]
pub mod github {
    pub use pm_provider_github::*;
}

/// Jira: its provider and its configuration.
#[cfg(feature = "jira")]
pub mod jira {
    pub use pm_provider_jira::*;
}

/// OpenProject: its provider and its configuration.
#[cfg(feature = "openproject")]
pub mod openproject {
    pub use pm_provider_openproject::*;
}

/// Redmine: its provider and its configuration.
#[cfg(feature = "redmine")]
pub mod redmine {
    pub use pm_provider_redmine::*;
}

/// The embedded backend: its provider, its configuration, its database.
#[cfg(feature = "internal")]
pub mod internal {
    pub use pm_provider_internal::*;
}
