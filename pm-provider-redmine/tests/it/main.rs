//! The provider against answers that are planted: the exact wire, and every trap of the vendor's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attachments;
mod bad_input;
mod batches;
mod creates;
mod deletes;
mod docs;
mod dropped;
mod recognised;
mod script;
mod support;
mod traps;
mod writes;
