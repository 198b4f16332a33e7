//! What texts refer to, and which issues a merge closes.
//!
//! <https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>
//! and <https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue>.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::github::model::Issue;
use crate::github::store::Store;

/// The words that make a merge close an issue.
const CLOSING: [&str; 9] = ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

/// Somebody's text that mentions an issue.
#[derive(Clone, Debug)]
pub(in crate::github) struct Reference {
    /// The issue or pull request in whose body or comments it stands.
    pub(in crate::github) source: u64,
    pub(in crate::github) actor: u64,
    pub(in crate::github) at: DateTime<Utc>,
}

/// The issues that are closed when a pull request is merged: those linked by hand, and those that its body names
/// behind a closing word. Only pull requests to the default branch close anything.
pub(in crate::github) fn closes(store: &Store, issue: &Issue) -> BTreeSet<u64> {
    let Some(pull) = &issue.pull else { return BTreeSet::new() };
    let mut found: BTreeSet<u64> = pull.closes.iter().copied().collect();
    let default = store.repositories.get(&issue.repository).is_some_and(|one| one.default_branch == pull.base.name);
    if default {
        let mentions = mentions(store, issue.repository, issue.body.as_deref().unwrap_or_default());
        found.extend(mentions.into_iter().filter(|(_, closing)| *closing).map(|(id, _)| id));
    }
    found.retain(|id| store.issues.get(id).is_some_and(|other| other.pull.is_none()));
    found
}

/// Everything that refers to an issue, each source once: bodies and comments count, titles and branches do not.
pub(in crate::github) fn to(store: &Store, target: &Issue) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let bodies = store
        .issues
        .values()
        .map(|issue| (issue, issue.author, issue.created, issue.body.as_deref().unwrap_or_default()));
    let comments = store.comments.values().filter_map(|comment| {
        Some((store.issues.get(&comment.issue)?, comment.author, comment.created, comment.body.as_str()))
    });
    for (issue, actor, at, text) in bodies.chain(comments) {
        let known = found.iter().any(|reference| reference.source == issue.id);
        let names_it = || mentions(store, issue.repository, text).iter().any(|(id, _)| *id == target.id);
        if issue.id != target.id && !known && names_it() {
            found.push(Reference { source: issue.id, actor, at });
        }
    }
    found.sort_by_key(|reference| reference.at);
    found
}

/// The issues and pull requests that a text names, and whether a closing word stands before each: `#7`, `GH-7`,
/// `owner/name#7`, or an address.
pub(in crate::github) fn mentions(store: &Store, repository: u64, text: &str) -> Vec<(u64, bool)> {
    let mut found = Vec::new();
    let mut before = String::new();
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        let closing = CLOSING.contains(&before.trim_end_matches(':').to_lowercase().as_str());
        let issue = named(store, repository, bare).and_then(|(place, number)| store.issue_at(place, number));
        found.extend(issue.map(|issue| (issue.id, closing)));
        before = word.to_owned();
    }
    found
}

/// The repository and the number that a word names.
fn named(store: &Store, here: u64, word: &str) -> Option<(u64, u64)> {
    if let Some(number) = word.strip_prefix('#') {
        return Some((here, number.parse().ok()?));
    }
    if let Some(number) = word.strip_prefix("GH-").or_else(|| word.strip_prefix("gh-")) {
        return Some((here, number.parse().ok()?));
    }
    if let Some((_, path)) = word.split_once("github.com/") {
        let (name, rest) = path.split_once("/issues/").or_else(|| path.split_once("/pull/"))?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return Some((store.repository_named(name)?.id, digits.parse().ok()?));
    }
    let (name, number) = word.split_once('#')?;
    Some((store.repository_named(name)?.id, number.parse().ok()?))
}
