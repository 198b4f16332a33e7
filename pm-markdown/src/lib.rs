#![doc = include_str!("../README.md")]

mod html;
mod model;
mod pieces;
mod read;
mod source;
mod target;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tidy;
mod tidy_inline;
mod write;
mod write_inline;

#[cfg(test)]
mod tests;

pub use model::{AlertKind, Alignment, Block, Code, DEEPEST, Inline, Item, List, Mark, Table, Target, plain_text};
pub use read::read;
pub use tidy::tidy;
pub use tidy_inline::{Lines, tidy_inlines};
pub use write::write;

/// The normal form of a document: what [`write()`] makes of what [`read()`] finds in it.
///
/// The normal form of a normal form is itself.
#[must_use]
pub fn normal(markdown: &str) -> String {
    write(read(markdown))
}
