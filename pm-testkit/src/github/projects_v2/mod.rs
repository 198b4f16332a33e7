//! Projects of owners, with boards, tables and fields of their own: "Projects v2".
//!
//! <https://docs.github.com/en/issues/planning-and-tracking-with-projects>. They are reached by GraphQL alone here.

mod iterations;
mod model;
mod planting;
mod tables;

pub use planting::{ProjectV2FieldSeed, ProjectV2IterationSeed, ProjectV2Seed};

pub(super) use iterations::{Span, iterations};
pub(super) use model::{
    Content, Draft, Field, FieldKind, FieldValue, Item, Iteration, Iterations, Project, SelectOption,
};
pub(super) use planting::add_fields;
pub(super) use planting::plant;
pub(super) use tables::{ProjectTables, option, set_value};
