//! What was seen, and what was found.

use serde::Serialize;

/// Everything that a contract server can tell. Serialised as JSON on `GET /__report`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The title of the description.
    pub description: String,
    /// Every operation that was asked for.
    pub operations: Vec<Seen>,
    /// What was wrong.
    pub violations: Vec<Finding>,
    /// What was wrong by the description but is known to be right, with the reason.
    pub excepted: Vec<Finding>,
    /// Paths that nobody described.
    pub unknown: Vec<Finding>,
    /// Requests, or places in them, that could not be checked.
    pub unchecked: Vec<Finding>,
    /// Schemas that do not compile, asked for or not.
    pub uncompilable: Vec<Finding>,
    /// Places where the description leaves open which properties there are: nothing can be misspelt there.
    pub open: Vec<Finding>,
    /// Which known defects of the description were mended, and in how many places.
    pub repaired: Vec<Repaired>,
}

/// An operation that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// In capitals.
    pub method: String,
    /// Its path template.
    pub template: String,
    /// How often.
    pub requests: u64,
    /// The paths that were asked for, each once.
    pub paths: Vec<String>,
}

/// Something to tell about a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Method and template, or method and path where no template fits.
    pub operation: String,
    /// Which part of the request: query `offset`, body `/_links/project`, …
    #[serde(rename = "where")]
    pub place: String,
    /// What is the matter.
    pub what: String,
    /// How often.
    pub times: u64,
}

/// A defect that was mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Its name.
    pub defect: String,
    /// In how many places.
    pub places: usize,
}

impl Finding {
    /// Makes a finding that was made once.
    #[must_use]
    pub fn new(operation: &str, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { operation: operation.to_owned(), place: place.into(), what: what.into(), times: 1 }
    }
}

impl Report {
    /// Whether every request was described, checked in full, and right.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty() && self.unknown.is_empty() && self.unchecked.is_empty()
    }

    /// How many requests came, unknown ones included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        let known: u64 = self.operations.iter().map(|seen| seen.requests).sum();
        known + self.unknown.iter().map(|finding| finding.times).sum::<u64>()
    }

    /// Notes a request of a described operation.
    pub(crate) fn see(&mut self, method: &str, template: &str, path: &str) {
        let known = self.operations.iter_mut().find(|seen| seen.method == method && seen.template == template);
        let Some(seen) = known else {
            let (method, template) = (method.to_owned(), template.to_owned());
            self.operations.push(Seen { method, template, requests: 1, paths: vec![path.to_owned()] });
            return;
        };
        seen.requests += 1;
        if !seen.paths.iter().any(|known| known == path) {
            seen.paths.push(path.to_owned());
        }
    }
}

/// Adds a finding, or counts it when it is known already.
pub(crate) fn note(findings: &mut Vec<Finding>, finding: Finding) {
    let is_same = |known: &&mut Finding| {
        (&known.operation, &known.place, &known.what) == (&finding.operation, &finding.place, &finding.what)
    };
    match findings.iter_mut().find(is_same) {
        Some(known) => known.times += 1,
        None => findings.push(finding),
    }
}
