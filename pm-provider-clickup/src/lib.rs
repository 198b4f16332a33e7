#![doc = include_str!("../README.md")]

mod api;
mod attachments;
mod batch;
mod capabilities;
mod changes;
mod comments;
mod config;
mod dates;
mod dto;
mod endpoints;
mod error;
mod factory;
mod health;
mod ids;
mod limits;
mod map;
mod markers;
mod places;
mod projects;
mod provider;
mod relations;
mod schema;
mod sprints;
mod sync_support;
mod tasks;
mod tree;
mod users;
mod webhooks;

pub use config::{ClickUpConfig, ProjectLevel, SprintMembership};
pub use factory::ClickUpFactory;
pub use provider::ClickUpProvider;

/// The name of the provider.
pub(crate) const NAME: &str = "clickup";
