//! What people are told: parity, progress.

mod parity;

pub use parity::{Comparison, Difference, Lone, Named, NotCompared, ParityReport, TwoRows, Why};
