//! The conformance suite: every promise of the contract as a small numbered rule, run against any provider.
//!
//! A provider's own tests run all of it with one line. They need `tokio` (features `macros` and `rt-multi-thread`) as
//! a dev-dependency, nothing else:
//!
//! ```
//! use pm_testkit::MemoryProvider;
//!
//! pm_testkit::conformance!(async { MemoryProvider::new() });
//! # fn main() {}
//! ```
//!
//! That is a module `conformance` with one `#[tokio::test]` per rule. The expression is evaluated for each of them and
//! yields whatever a [`Setup`] can be made of: a provider in an `Arc`, a [`Subject`] where there is more to say about it,
//! or an `Option` of these: `None` leaves the suite out, which each test then says.
//!
//! What a backend cannot do is not skipped: the rule makes sure that it is refused as `Unsupported`, and ends with
//! [`Verdict::Unsupported`]. Rules make a project of their own each, so that they can run side by side, and against a
//! backend that holds other things too. They never panic, whatever the provider does: [`run_all`] can be run on broken
//! ones.

mod capable;
mod expect;
mod fixture;
mod items;
mod report;
mod shelf;
mod subject;
mod table;
mod verdict;

// The rules, by theme.
mod abilities;
mod atomicity;
mod attachments;
mod batch;
mod combined;
mod comments;
mod completions;
mod creating;
mod cursors;
mod deleting;
mod errors;
mod feed;
mod feed_races;
mod fields;
mod filters;
mod given_keys;
mod idempotency;
mod json;
mod keys;
mod locking;
mod markers;
mod paging;
mod parallel;
mod places;
mod pull_requests;
mod ranks;
mod read_only;
mod relations;
mod sets;
mod sorting;
mod statuses;
mod sync;
mod texts;
mod times;
mod totals;
mod updating;
mod users;
mod within;

pub use report::{Report, Rule, check, run_all};
pub use subject::{Branches, EveryBranch, Files, Setup, Subject};
pub use table::RULES;
pub use verdict::{Failure, Verdict};

/// Turns every rule of the conformance suite into a test of the crate that calls it.
///
/// See [the module](mod@crate::conformance) for what the expression may yield.
#[macro_export]
macro_rules! conformance {
    ($setup:expr $(,)?) => {
        $crate::__conformance_table! { __conformance_tests ($setup) }
    };
}

/// Writes the tests; the table of rules calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    (($setup:expr) $($(#[doc = $summary:expr])+ $name:ident => $($module:ident :: $rule:ident ( $($argument:expr),* )),+;)*) => {
        mod conformance {
            #[allow(unused_imports)]
            use super::*;

            $(
                $(#[doc = $summary])+
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() -> ::std::result::Result<(), $crate::conformance::Failure> {
                    $crate::conformance::check(stringify!($name), $setup.await).await
                }
            )*
        }
    };
}
