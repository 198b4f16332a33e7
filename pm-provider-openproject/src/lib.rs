#![doc = include_str!("../README.md")]

mod api;
mod attachments;
mod batch;
mod body;
mod capabilities;
mod changes;
mod comments;
mod config;
mod dto;
mod duration;
mod endpoints;
mod error;
mod factory;
mod filters;
mod ids;
mod map;
mod markers;
mod page;
mod places;
mod projects;
mod provider;
mod relations;
mod schema;
mod sprints;
mod sync_support;
mod tasks;
mod users;
mod webhooks;

pub use config::{Auth, OpenProjectConfig, SprintBackend};
pub use factory::OpenProjectFactory;
pub use provider::OpenProjectProvider;

/// The name of the provider.
pub(crate) const NAME: &str = "openproject";
