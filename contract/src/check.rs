//! What is wrong with a request.

mod body;
mod headers;
mod names;
mod parameters;

use crate::description::{Description, Operation};
use crate::report::Finding;
pub(crate) use body::place;

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Incoming {
    /// In capitals.
    pub method: String,
    /// The path, percent-encoded as it came.
    pub path: String,
    /// Names and values behind the question mark, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Names in small letters, with their values.
    pub headers: Vec<(String, String)>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Incoming {
    /// The value of a header, by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Everything that checking one request told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What is wrong.
    pub violations: Vec<Finding>,
    /// What could not be checked.
    pub unchecked: Vec<Finding>,
    /// Where the description leaves open which properties there are.
    pub open: Vec<Finding>,
}

/// What the checks of one request share.
struct Check<'a> {
    description: &'a Description,
    operation: &'a Operation,
    request: &'a Incoming,
    name: String,
    findings: Findings,
}

/// Checks a request against the operation that it is, with the values that its path holds.
#[must_use]
pub fn check(
    description: &Description,
    operation: &Operation,
    path: &[(String, String)],
    request: &Incoming,
) -> Findings {
    let mut check = Check { description, operation, request, name: operation.name(), findings: Findings::default() };
    check.path(path);
    check.query();
    check.headers();
    check.body();
    check.findings
}

impl Check<'_> {
    fn violation(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.findings.violations.push(Finding::new(&self.name, place, what));
    }

    fn unchecked(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.findings.unchecked.push(Finding::new(&self.name, place, what));
    }
}
