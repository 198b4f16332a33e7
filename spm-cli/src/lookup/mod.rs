//! From what people write to items, and from ids to what people read.

mod find;
mod names;

pub(crate) use find::Finder;
pub(crate) use names::{Names, References, Wants};
