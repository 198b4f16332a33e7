#![doc = include_str!("../README.md")]

mod api;
#[cfg(feature = "app")]
mod app;
mod batch;
mod capabilities;
mod changes;
mod comments;
mod config;
mod dto;
mod endpoints;
mod error;
mod factory;
mod graphql;
mod health;
mod ids;
mod limits;
mod map;
mod octo;
mod page;
mod people;
mod places;
mod projects;
mod provider;
mod pulls;
mod relations;
mod repositories;
mod schema;
mod sprints;
mod sync_support;
mod tasks;
mod users;
mod v2;
mod webhooks;

#[cfg(feature = "app")]
pub use app::AppConfig;
pub use config::{Deleting, GitHubConfig, ProjectKinds, RepositoryWrites};
pub use factory::GitHubFactory;
pub use provider::GitHubProvider;

/// The name of the provider.
pub(crate) const NAME: &str = "github";
