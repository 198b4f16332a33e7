//! Running rules.

use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};

use super::table::RULES;
use super::verdict::{Outcome, Stop};
use super::{Failure, Setup, Subject, Verdict};

/// How many rules [`run_all`] runs side by side.
const AT_ONCE: usize = 8;

/// One promise of the contract, with the code that proves it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// The number, from 1.
    pub number: u16,
    /// The name without the number.
    pub name: &'static str,
    /// The name of the test: `r001_…`.
    pub test: &'static str,
    /// The promise in a sentence.
    pub summary: &'static str,
    pub(super) body: for<'a> fn(&'a Subject) -> BoxFuture<'a, Outcome>,
}

impl Rule {
    /// Takes number and name from the name of the test.
    pub(super) const fn new(
        test: &'static str,
        summary: &'static str,
        body: for<'a> fn(&'a Subject) -> BoxFuture<'a, Outcome>,
    ) -> Self {
        let digits = test.as_bytes();
        let number = (digits[1] - b'0') as u16 * 100 + (digits[2] - b'0') as u16 * 10 + (digits[3] - b'0') as u16;
        Self { number, name: test.split_at(5).1, test, summary, body }
    }

    /// Finds a rule by its name, with or without the number.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name || rule.test == name)
    }

    /// Runs the rule and takes away what it made.
    ///
    /// # Errors
    /// The failure, when the provider breaks the rule, panics, or takes longer than the subject's patience.
    pub async fn run(&self, subject: &Subject) -> Result<Verdict, Failure> {
        let subject = subject.for_one_rule();
        let body = AssertUnwindSafe((self.body)(&subject)).catch_unwind();
        let ended = tokio::time::timeout(subject.patience, body).await;
        subject.tidy().await;
        match ended {
            Ok(Ok(Ok(()))) => Ok(Verdict::Passed),
            Ok(Ok(Err(Stop::Unsupported(what)))) => Ok(Verdict::Unsupported(what)),
            Ok(Ok(Err(Stop::Failed { expected, came }))) => Err(self.failure(expected, came)),
            Ok(Err(_)) => Err(self.failure("no panic", "a panic")),
            Err(_) => Err(self.failure(format!("an end within {:?}", subject.patience), "none")),
        }
    }

    fn failure(&self, expected: impl Into<String>, came: impl Into<String>) -> Failure {
        Failure { rule: self.test.to_owned(), expected: expected.into(), came: came.into() }
    }
}

/// Runs the parts of a rule one after the other. It is kept if none is broken, and about nothing that the provider
/// can do if none is.
pub(super) fn together<'a>(parts: Vec<BoxFuture<'a, Outcome>>) -> BoxFuture<'a, Outcome> {
    Box::pin(async move {
        let (mut passed, mut lacking) = (false, Vec::new());
        for part in parts {
            match part.await {
                Ok(()) => passed = true,
                Err(Stop::Unsupported(what)) => lacking.push(what),
                Err(failed) => return Err(failed),
            }
        }
        if passed { Ok(()) } else { Err(Stop::Unsupported(lacking.join(", "))) }
    })
}

/// Runs the rule behind one test; the tests of [`conformance!`](crate::conformance!) call it.
///
/// # Errors
/// The failure, when the provider breaks the rule.
pub async fn check(test: &str, setup: impl Into<Setup>) -> Result<(), Failure> {
    let Some(subject) = setup.into().into_subject() else {
        say(&format!("{test}: left out"));
        return Ok(());
    };
    let Some(rule) = Rule::find(test) else {
        let (expected, came) = ("a rule of the suite".to_owned(), "no rule of this name".to_owned());
        return Err(Failure { rule: test.to_owned(), expected, came });
    };
    if let Verdict::Unsupported(what) = rule.run(&subject).await? {
        say(&format!("{test}: not supported, and refused as it should be: {what}"));
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "a test tells its reader why it proved nothing")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// Runs every rule on a provider, a few side by side.
pub async fn run_all(subject: &Subject) -> Report {
    let runs = RULES.iter().map(|rule| async move { (rule, rule.run(subject).await) });
    Report { results: stream::iter(runs).buffered(AT_ONCE).collect().await }
}

/// What came of all rules. `Display` prints the counts, and a line for each rule that did not pass.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Each rule and what came of it, by number.
    pub results: Vec<(&'static Rule, Result<Verdict, Failure>)>,
}

impl Report {
    /// How many rules passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.results.iter().filter(|(_, result)| matches!(result, Ok(Verdict::Passed))).count()
    }

    /// How many rules are about what the provider cannot do.
    #[must_use]
    pub fn unsupported(&self) -> usize {
        self.results.iter().filter(|(_, result)| matches!(result, Ok(Verdict::Unsupported(_)))).count()
    }

    /// How many rules the provider breaks.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failures().count()
    }

    /// The rules that the provider breaks.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.results.iter().filter_map(|(_, result)| result.as_ref().err())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passed, unsupported, failed) = (self.passed(), self.unsupported(), self.failed());
        writeln!(f, "{} rules: {passed} passed, {unsupported} unsupported, {failed} failed", self.results.len())?;
        for (rule, result) in &self.results {
            match result {
                Ok(Verdict::Passed) => {}
                Ok(Verdict::Unsupported(what)) => writeln!(f, "  {}: unsupported: {what}", rule.test)?,
                Err(failure) => writeln!(f, "  {failure}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn rules_are_in_order_and_each_has_a_number_and_a_name_of_its_own() {
        assert!(RULES.is_sorted_by(|one, next| one.number < next.number));
        let names: std::collections::BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
    }
}
