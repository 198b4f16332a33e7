//! What is to happen to a request that has just come.

use std::time::Duration;

use super::HttpFault;

/// The decision about one request.
pub(super) struct Begun {
    /// Its place in the log.
    pub(super) number: usize,
    /// How long the server takes before anything else.
    pub(super) latency: Duration,
    /// What goes wrong then.
    pub(super) fault: Option<HttpFault>,
}
