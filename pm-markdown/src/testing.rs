//! Documents for property tests: everything that GFM has, and text that looks like it.

mod models;
mod sources;

pub use models::models;
pub use sources::{documents, soup};
