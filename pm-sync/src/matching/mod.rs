//! Finding what is on both sides already: people, and items by what they say.

mod pairs;
#[cfg(test)]
mod tests;
mod users;

pub use pairs::{Pairs, Unsure, pair_up};
pub use users::match_users;
