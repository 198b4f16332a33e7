#![doc = include_str!("../README.md")]

mod attachments;
mod batch;
mod capabilities;
mod changes;
mod comments;
mod config;
mod creates;
mod custom;
mod draft;
mod dto;
mod endpoints;
mod error;
mod factory;
mod id;
mod map;
mod project;
mod provider;
mod raw;
mod relations;
mod resolve;
mod schema;
mod seconds;
mod server;
mod sprint;
mod sync_support;
mod task;
mod task_query;
mod text;
mod textile;
mod user;
mod vocabulary;

pub use config::RedmineConfig;
pub use factory::RedmineFactory;
pub use provider::RedmineProvider;
pub use text::TextFormat;

/// The provider's name in the registry and in errors.
pub const NAME: &str = "redmine";
