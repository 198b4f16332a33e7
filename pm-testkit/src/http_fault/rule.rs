//! Which requests get which fault.

use super::HttpFault;

/// A fault and the requests that get it: all of them, unless narrowed down.
///
/// ```
/// use pm_testkit::http_fault::{FaultRule, HttpFault};
///
/// // The second reply to a create is lost.
/// let rule = FaultRule::new(HttpFault::DropReply).method("POST").path("/work_packages").nth(2);
/// assert_eq!("drop-reply:POST:/work_packages:2".parse(), Ok(rule));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    fault: HttpFault,
    method: Option<String>,
    path: Option<String>,
    first: usize,
    times: Option<usize>,
}

impl FaultRule {
    /// Spoils every request.
    #[must_use]
    pub fn new(fault: HttpFault) -> Self {
        Self { fault, method: None, path: None, first: 1, times: None }
    }

    /// Spoils only requests of this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into().to_uppercase());
        self
    }

    /// Spoils only requests whose path contains this text; the query string does not count.
    #[must_use]
    pub fn path(mut self, part: impl Into<String>) -> Self {
        self.path = Some(part.into());
        self
    }

    /// Spoils only the n-th of the requests that match, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        self.first = n;
        self.times = Some(1);
        self
    }

    /// Spoils this many of the requests that match: the first ones, or those from [`FaultRule::nth`] on.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// The fault.
    #[must_use]
    pub fn fault(&self) -> &HttpFault {
        &self.fault
    }

    pub(super) fn matches(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|part| path.contains(part))
    }

    /// Whether the rule fires for the n-th request that it matches.
    pub(super) fn fires_at(&self, n: usize) -> bool {
        n >= self.first && self.times.is_none_or(|times| n - self.first < times)
    }
}
