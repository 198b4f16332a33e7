//! How far long work has come, for a person who watches.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::host::Host;

const BAR: &str = "{spinner} {bar:30} {bytes}/{total_bytes} {msg} {eta}";
#[cfg(feature = "sync")]
const ITEMS: &str = "{spinner} {pos}/{len} {wide_msg} {elapsed}";
const SPINNER: &str = "{spinner} {bytes} {msg} {elapsed}";

/// A bar on a terminal, nothing elsewhere.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Counts bytes; of how many, where that is known.
    pub(crate) fn of_bytes(host: &Host, length: Option<u64>) -> Self {
        if !host.terminal.messages {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template(if length.is_some() { BAR } else { SPINNER });
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Counts items, of which more may turn up.
    #[cfg(feature = "sync")]
    pub(crate) fn of_items(host: &Host) -> Self {
        if !host.terminal.messages {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(ITEMS).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So many items of so many.
    #[cfg(feature = "sync")]
    pub(crate) fn reach_of(&self, done: u64, all: u64) {
        self.0.set_length(all.max(done));
        self.0.set_position(done);
    }

    pub(crate) fn reach(&self, bytes: u64) {
        self.0.set_position(bytes);
    }

    pub(crate) fn say(&self, message: String) {
        self.0.set_message(message);
    }

    /// Prints beside the bar.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
