//! Standard input and output.

use std::io::{BufRead as _, Write as _};
use std::sync::mpsc::{Receiver, channel};

use pm_core::{Error, ErrorKind, Result};
use pm_tests::protocol::Event;

/// Says something. Whoever closed the other end does not want to know.
pub(crate) fn say(event: &Event) {
    let line = serde_json::to_string(event).unwrap_or_default() + "\n";
    // In one piece, line end included: standard output passes that on at once and, below 4 kB, whole, so that a SIGKILL
    // neither swallows nor cuts what was said before it.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}

/// Says that everything is set up, and waits for the signal to begin.
pub(crate) fn wait_for_the_signal() -> Result<()> {
    say(&Event::Ready);
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(bytes) if bytes > 0 => Ok(()),
        _ => Err(Error::new(ErrorKind::Internal, "nobody gave the signal to begin")),
    }
}

/// Waits for the end of standard input on another thread; the receiver is disconnected then.
pub(crate) fn end_of_input() -> Receiver<()> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop(sender);
    });
    receiver
}
