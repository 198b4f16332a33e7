//! Tests of the test kit.

mod fault;
mod memory;
