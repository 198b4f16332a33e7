#![doc = include_str!("../README.md")]

mod browser;
mod cli;
mod command;
mod editor;
mod exit;
mod export;
mod failure;
mod host;
mod import;
mod logging;
mod lookup;
mod output;
mod program;
mod progress;
mod prompt;
mod runner;
mod session;
mod settings;
mod whole;

pub use exit::Code;
pub use host::Host;
pub use runner::Runner;
