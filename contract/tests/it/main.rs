//! The contract server against descriptions: a small one of its own, and the vendors' where they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod defects;
mod planted;
mod support;
mod unchecked;
