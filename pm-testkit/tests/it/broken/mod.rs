//! Planted bugs: broken wrappers of the in-memory provider, each of which its rule must catch.

// Not every bug changes all that the macros let it change.
#![allow(clippy::panic, clippy::unwrap_used, clippy::print_stdout, unused_mut)]

mod attachments;
mod bent;
mod fields;
mod limited;
mod listing;
mod others;
mod pull_requests;
mod races;
mod reads;
mod words;
mod writing;

use std::collections::BTreeSet;
use std::sync::Arc;

use pm_provider::{Capabilities, PmProvider};
use pm_testkit::MemoryProvider;
use pm_testkit::conformance::{RULES, Rule, Subject};

use bent::Hooks;

/// One bug: what it does, and the rule that must catch it.
struct Bug {
    name: &'static str,
    rule: &'static str,
    bend: fn(&mut Hooks),
}

impl Bug {
    const fn new(rule: &'static str, name: &'static str, bend: fn(&mut Hooks)) -> Self {
        Self { name, rule, bend }
    }

    /// Runs the rule on a fresh broken provider; says what is wrong if the bug goes unnoticed.
    async fn goes_unnoticed(&self) -> Option<String> {
        let Some(rule) = Rule::find(self.rule) else { return Some(format!("there is no rule `{}`", self.rule)) };
        let mut hooks = Hooks::default();
        (self.bend)(&mut hooks);
        let memory = MemoryProvider::new().user("ada");
        let provider = bent::wrap(Arc::new(memory.clone()), hooks);
        match rule.run(&Subject::new(provider).branches(memory.clone()).files(memory)).await {
            Err(failure) if failure.came != "a panic" => {
                println!("{}: {failure}", self.name);
                None
            }
            other => Some(format!("{} is not caught by `{}`: {other:?}", self.name, self.rule)),
        }
    }
}

/// Replaces a method: `bend!(hooks.provider.get_task, |inner, id| { … })`.
macro_rules! bend {
    ($hooks:ident.$group:ident.$method:ident, |$($arg:ident),*| $body:block) => {
        $hooks.$group.$method = Some(Box::new(move |$($arg),*| Box::pin(async move { $body })))
    };
    ($hooks:ident.$group:ident.$method:ident, mut |$($arg:ident),*| $body:block) => {
        $hooks.$group.$method = Some(Box::new(move |$(mut $arg),*| Box::pin(async move { $body })))
    };
}
pub(super) use bend;

/// What the in-memory provider says that it can do, for bugs that say something else.
pub(super) fn capabilities() -> Capabilities {
    MemoryProvider::new().capabilities().clone()
}

async fn all_are_caught(bugs: &[Bug]) {
    let mut unnoticed = Vec::new();
    for bug in bugs {
        unnoticed.extend(bug.goes_unnoticed().await);
    }
    assert!(unnoticed.is_empty(), "{} of {} bugs:\n{}", unnoticed.len(), bugs.len(), unnoticed.join("\n"));
}

macro_rules! groups {
    ($($group:ident),*) => {
        $(
            mod $group {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn bugs_are_caught() {
                    super::super::all_are_caught(super::super::$group::BUGS).await;
                }
            }
        )*

        pub(super) const ALL: &[&[super::Bug]] = &[$(super::$group::BUGS),*];
    };
}

/// The tests, one for each group of bugs, so that they run side by side.
mod caught {
    groups!(attachments, fields, listing, others, pull_requests, races, reads, words, writing);
}

#[tokio::test]
async fn without_a_bug_nothing_fails() {
    let memory = MemoryProvider::new();
    let provider = bent::wrap(Arc::new(memory.clone()), Hooks::default());
    let subject = Subject::new(provider).branches(memory.clone()).files(memory);
    let report = pm_testkit::conformance::run_all(&subject).await;
    assert_eq!((report.failed(), report.unsupported()), (0, 0), "{report}");
}

/// Rules that no planted bug breaks; a rule that is added comes with a bug, or with a place in this list.
///
/// What a read-only provider says that it can do is worked out by the contract's own layer: no provider can spoil it.
const UNBROKEN: &[&str] = &["read_only_capabilities_lose_the_writes"];

#[test]
fn rules_that_no_bug_breaks_are_known() {
    let broken: BTreeSet<_> = caught::ALL.iter().flat_map(|bugs| bugs.iter()).map(|bug| bug.rule).collect();
    let bugs: usize = caught::ALL.iter().map(|bugs| bugs.len()).sum();
    let unbroken: Vec<_> = RULES.iter().map(|rule| rule.name).filter(|name| !broken.contains(name)).collect();
    println!("{bugs} bugs break {} of {} rules; none breaks {unbroken:?}", broken.len(), RULES.len());
    assert_eq!(unbroken, UNBROKEN);
    assert!(bugs >= 60, "{bugs}");
}
