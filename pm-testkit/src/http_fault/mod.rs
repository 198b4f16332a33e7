//! Faults on the wire, on purpose: lost replies, busy servers, half bodies, pages in the way.
//!
//! A [`FaultyServer`] answers as an axum router does, unless a rule in its [`Faults`] says otherwise. It closes a
//! connection for real, so that a client sees exactly what it would see on the day. The handle also keeps a log of the
//! requests, which shows whether a client tried again.

mod begun;
mod effect;
mod faults;
mod parse;
mod rule;
mod server;

pub use faults::{Faults, LoggedRequest, PlannedFault};
pub use parse::ParseFaultError;
pub use rule::FaultRule;
pub use server::FaultyServer;

#[cfg(feature = "proxy")]
pub(crate) use effect::Closed;

use std::time::Duration;

/// What goes wrong with a request.
///
/// "Applied" means that the server does what it was asked for and the client is not told so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpFault {
    /// The connection is closed without a byte, and nothing was done.
    DropRequest,
    /// The server does it, then the connection is closed without a byte.
    DropReply,
    /// An answer with this status and an empty body.
    Status {
        /// The status.
        status: u16,
        /// Whether the server did it all the same.
        applied: bool,
    },
    /// 429 with `Retry-After` in whole seconds; nothing was done.
    TooManyRequests {
        /// The pause that the client is asked for.
        retry_after: Duration,
    },
    /// 503, as a proxy in front of the server answers.
    ServiceUnavailable {
        /// The pause that the client is asked for, in whole seconds.
        retry_after: Option<Duration>,
        /// Whether the server did it all the same.
        applied: bool,
    },
    /// The server takes this long, then does it. Other faults of the same request come after the pause.
    Latency(Duration),
    /// The server does it at once and takes this long to say so.
    SlowReply(Duration),
    /// The server does it; half of the body arrives, then the connection is closed. `Content-Length` counts all of it.
    Truncate,
    /// An HTML page with this status, as a proxy or a login wall shows it; nothing was done.
    Html(u16),
    /// 302 to another address; nothing was done.
    Redirect(String),
    /// The server does it and calls its JSON `text/plain`.
    WrongContentType,
    /// The server does it; bytes that are not JSON arrive where JSON should be.
    Garbage,
}
