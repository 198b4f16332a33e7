//! A provider as the engine uses it: items as rows, every call counted.

pub(crate) mod read;
mod recorder;
mod row;
mod ties;
mod tracker;
pub(crate) mod write;
mod writing;

pub use row::{Row, Told};
pub use tracker::{Fed, FedPage, Tracker};
pub use writing::Change;
