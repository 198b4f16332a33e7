//! The client against servers that behave, and against some that do not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod batches;
mod bodies;
mod creates;
mod downloads;
mod limits;
mod pages;
mod redirects;
mod retries;
mod revalidation;
mod secrets;
mod server;
mod transport;
mod wire;
