//! Tests of the test kit.

mod broken;
mod conformance;
mod fault;
mod memory;
