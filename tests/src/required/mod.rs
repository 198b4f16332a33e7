//! What must work on each backend, written by hand from the vendors' pages: so that `Unsupported` is never an easy way
//! out, and each lack names the page that it comes from.

mod clickup;
mod github;
mod jira;
mod openproject;
mod redmine;

use pm_core::{Ability, Capabilities, Entity, Field, Filter, Operation};
use pm_testkit::conformance::{Report, Verdict};

/// What must work on a backend, and what it is known to lack.
#[derive(Clone, Copy, Debug)]
pub struct Backend {
    /// The provider.
    pub provider: &'static str,
    /// What must work, by kind of item.
    pub entities: &'static [Required],
    /// The abilities that must be there.
    pub abilities: &'static [Ability],
    /// What the backend lacks, as the conformance suite words it, and where the vendor says so. What a rule reports must
    /// begin with one of these.
    pub lacks: &'static [(&'static str, &'static str)],
}

/// What must work with a kind of item.
#[derive(Clone, Copy, Debug)]
pub struct Required {
    /// The kind of item.
    pub entity: Entity,
    /// The operations.
    pub operations: &'static [Operation],
    /// The fields that can be read.
    pub readable: &'static [Field],
    /// The fields that can be given on create, in some projects at least.
    pub on_create: &'static [Field],
    /// The fields that can be changed, in some projects at least.
    pub on_update: &'static [Field],
    /// The filters that are honoured.
    pub filters: &'static [Filter],
}

/// What is lacking on every REST backend so far, and why.
pub const EVERYWHERE: &[(&str, &str)] = &[
    ("an atomic batch", "no vendor has transactions over several requests"),
    ("writes that are all or nothing when they are dropped", "a dropped future may leave one request executed"),
    ("a limit to the size of a batch", "a batch is a fan-out of single requests"),
    ("`raw_data` on creating", "the backend's own JSON is what it answers, nobody gives it"),
    ("`created_at` on creating", "vendors set times of creation themselves"),
    ("`completed_at` on creating", "vendors set times of completion themselves"),
    ("a change of `completed_at`", "vendors set times of completion themselves"),
    ("`key` on creating a task", "vendors number tasks themselves"),
    ("`key` on creating a sprint", "versions and sprints have no keys"),
    ("filter sprint by `key`", "versions and sprints have no keys"),
    ("`author_id` on creating", "the author is who the credential belongs to"),
    ("`author_name` on creating", "the author is who the credential belongs to"),
    ("3 assignees", "one assignee is all that these trackers have"),
    ("deletions in the change feed", "a filter by time of change shows what is there, not what went"),
    ("changes of comments", "the feed is the list of tasks by time of change"),
    ("ability `user_admin`", "users are read-only in the contract but for the internal backend"),
    ("create user", "users are read-only in the contract but for the internal backend"),
    ("custom fields of any name", "administrators define custom fields"),
];

/// The backends with a table.
pub const BACKENDS: [Backend; 5] =
    [clickup::BACKEND, github::BACKEND, jira::BACKEND, openproject::BACKEND, redmine::BACKEND];

impl Backend {
    /// Finds the table of a provider.
    #[must_use]
    pub fn find(provider: &str) -> Option<&'static Self> {
        BACKENDS.iter().find(|backend| backend.provider == provider)
    }

    /// Lists what must work and does not, by what the provider says of itself.
    #[must_use]
    pub fn missing(&self, says: &Capabilities) -> Vec<String> {
        let abilities = self.abilities.iter().filter(|ability| !says.abilities.contains(ability));
        let mut missing: Vec<_> = abilities.map(|ability| format!("ability {ability}")).collect();
        missing.extend(self.entities.iter().flat_map(|required| required.missing(says)));
        missing
    }

    /// Lists what rules say is unsupported without a page of the vendor's behind it.
    #[must_use]
    pub fn without_a_page(&self, report: &Report) -> Vec<String> {
        let verdicts = report.results.iter().filter_map(|(rule, result)| match result {
            Ok(Verdict::Unsupported(what)) => Some((rule.test, what)),
            _ => None,
        });
        verdicts
            .flat_map(|(test, what)| what.split(", ").map(move |part| (test, part)))
            .filter(|(_, part)| !self.lacks.iter().chain(EVERYWHERE).any(|(known, _)| part.starts_with(known)))
            .map(|(test, part)| format!("{test}: {part}"))
            .collect()
    }
}

impl Required {
    fn missing(&self, says: &Capabilities) -> Vec<String> {
        let entity = self.entity;
        let of = says.entity(entity);
        let operations = self.operations.iter().filter(|operation| !of.operations.contains(operation));
        let readable = self.readable.iter().filter(|field| !of.field(**field).readable.is_possible());
        let on_create = self.on_create.iter().filter(|field| !of.field(**field).on_create.is_possible());
        let on_update = self.on_update.iter().filter(|field| !of.field(**field).on_update.is_possible());
        let filters = self.filters.iter().filter(|filter| !of.filters.contains(filter));
        operations
            .map(|operation| format!("{operation} {entity}"))
            .chain(readable.map(|field| format!("reading {field} of {entity}")))
            .chain(on_create.map(|field| format!("{field} on creating {entity}")))
            .chain(on_update.map(|field| format!("changing {field} of {entity}")))
            .chain(filters.map(|filter| format!("filtering {entity} by {filter}")))
            .collect()
    }
}
