//! Tests of the test kit.

mod broken;
#[cfg(feature = "clickup")]
mod clickup;
mod conformance;
mod fault;
#[cfg(feature = "github")]
mod github;
#[cfg(feature = "github")]
mod github_graphql;
#[cfg(feature = "http-fault")]
mod http_fault;
#[cfg(feature = "jira")]
mod jira;
mod memory;
#[cfg(feature = "openproject")]
mod openproject;
mod pair;
