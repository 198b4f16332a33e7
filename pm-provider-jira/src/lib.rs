#![doc = include_str!("../README.md")]

pub mod adf;
mod api;
mod attachments;
mod batch;
mod boards;
mod capabilities;
mod changes;
mod comment_marks;
mod comments;
mod config;
mod dto;
mod endpoints;
mod error;
mod factory;
mod flavor;
mod health;
mod ids;
mod jql;
mod map;
mod marks;
mod page;
mod places;
mod projects;
mod provider;
mod relations;
mod schema;
mod sprints;
mod sync_support;
mod tasks;
mod text;
mod users;
mod webhooks;
mod wiki;

pub use config::{JiraConfig, RestrictedTo};
pub use factory::JiraFactory;
pub use flavor::Flavor;
pub use provider::JiraProvider;

/// The name of the provider.
pub(crate) const NAME: &str = "jira";
