//! `--verbose`: what is going on, on standard error.

use std::io::stderr;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};

use crate::host::Host;

/// Those that speak of every byte, and might speak of headers.
const TALKATIVE: [&str; 5] = ["h2", "hyper", "hyper_util", "reqwest", "rustls"];

/// Starts to tell what is going on; a program that has a subscriber of its own keeps it.
pub(crate) fn start(verbose: u8, host: &Host) {
    if verbose == 0 {
        return;
    }
    let talk = fmt::layer().with_writer(stderr).with_ansi(host.terminal.messages).without_time().compact();
    // Fails where there is a subscriber already, which then hears it all.
    let _ = registry().with(talk).with(targets(verbose)).try_init();
}

/// Once: each call of the backend. Twice: whatever the libraries say, but not what may be in a header.
fn targets(verbose: u8) -> Targets {
    let targets = Targets::new();
    if verbose == 1 {
        return targets.with_default(LevelFilter::WARN).with_target("pm_core", LevelFilter::DEBUG);
    }
    let quiet = TALKATIVE.map(|name| (name, LevelFilter::INFO));
    targets.with_default(LevelFilter::DEBUG).with_targets(quiet)
}
