//! Findings that are none.

use crate::report::Finding;

/// Something that a description has wrong against the real server, with the reason.
#[derive(Debug)]
pub struct Exception {
    /// A name for it.
    pub name: &'static str,
    /// The operation: its method and its template.
    pub operation: (&'static str, &'static str),
    /// The place in the request, as findings tell it; a part of it is enough.
    pub place: &'static str,
    /// A part of what the finding says.
    pub what: &'static str,
    /// Why the request is right, with a source.
    pub reason: &'static str,
}

impl Exception {
    /// Whether it speaks of a finding.
    #[must_use]
    pub fn covers(&self, finding: &Finding) -> bool {
        let Some((method, template)) = finding.operation.split_once(' ') else { return false };
        let (own_method, own_template) = self.operation;
        own_method == method
            && own_template == template
            && finding.place.contains(self.place)
            && finding.what.contains(self.what)
    }
}
