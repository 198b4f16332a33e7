//! What the examples share: a board to print, a plan to put on it, and an exit that speaks to people.

mod board;
mod exit;
mod plan;
mod summary;

pub use board::Board;
pub use exit::exit;
pub use plan::{PLAN, Planned, find_or_plan};
pub use summary::Summary;
