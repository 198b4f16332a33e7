//! A server that a provider is tried against: it answers what a vendor's OpenAPI description promises, and checks every
//! request against the same description.
//!
//! Unlike a mock server it never passes silently what it could not check: the [report](Report) lists schemas that did not
//! compile, bodies that nobody could look into, paths that nobody described, and properties that no schema names.
//!
//! | Module | What is in it |
//! |---|---|
//! | [`specs`] | where the vendors' files are |
//! | [`description`] | an OpenAPI file as operations, and which of them a request is |
//! | [`schema`] | OpenAPI's dialects of JSON Schema as one that compiles |
//! | [`repair`] | known defects of vendors' files, each mended by a function of its own |
//! | [`check`] | what is wrong with a request |
//! | [`answer`] | plausible answers |
//! | [`graphql`] | GraphQL documents against a schema |
//! | [`vendor`] | what a vendor's file does not say |
//! | [`report`] | what was seen, and what was found |
//! | [`server`] | all of it behind a port |

pub mod answer;
pub mod check;
pub mod description;
mod forward;
pub mod graphql;
pub mod repair;
pub mod report;
pub mod schema;
pub mod server;
pub mod specs;
pub mod vendor;

pub use description::{Description, Operation, Template};
pub use report::Report;
pub use server::ContractServer;
