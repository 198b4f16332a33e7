//! Tests of the test kit.

mod conformance;
mod fault;
mod memory;
