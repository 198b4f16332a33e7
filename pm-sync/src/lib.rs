#![doc = include_str!("../README.md")]
//!
//! # Where things are
//!
//! | Module | What is in it |
//! |---|---|
//! | [`item`], [`record`] | what is synchronised: sides, kinds, keys; an item as comparable fields |
//! | [`config`] | what a mapping says: mode, primary, policies, filters, times |
//! | [`plan`] | which field goes where, from what both sides can do |
//! | [`merge`] | the three-way merge with a base per side, as pure functions |
//! | [`translate`] | from the terms of one side into those of the other |
//! | [`matching`] | finding what is on both sides already |
//! | [`relations`] | ties between tasks, as sets |
//! | [`store`] | what the engine remembers: one method per transaction |
//! | [`side`] | a provider as the engine uses it |
//! | [`engine`] | the run: pull, step, recover, merge, absent, reconcile |
//! | [`report`] | parity, progress |

pub mod config;
pub mod engine;
pub mod item;
pub mod matching;
pub mod merge;
pub mod plan;
pub mod record;
pub mod relations;
pub mod report;
pub mod side;
pub mod store;
pub mod translate;
