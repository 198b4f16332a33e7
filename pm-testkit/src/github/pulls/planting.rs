//! Pull requests that tests make by hand, with what no request of ours can: checks, statuses, forks.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::create::branch;
use super::merge;
use super::model::{Check, Commit, Pull, Review, Status, sha};
use crate::github::FakeGitHub;
use crate::github::issues::empty;
use crate::github::seed::SeedError;
use crate::github::store::Store;

/// A pull request as tests describe it.
///
/// ```
/// use pm_testkit::github::PullRequestSeed;
///
/// let seed: PullRequestSeed = serde_json::from_str(r#"{
///   "title": "Print the manual", "body": "Closes #1", "head": "1-manual",
///   "reviews": [["mel", "APPROVED"]], "checks": [["build", "success"], ["lint", null]], "statuses": [["ci", "pending"]]
/// }"#)?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PullRequestSeed {
    /// The title.
    pub title: String,
    /// The body, with closing words and references.
    pub body: Option<String>,
    /// Who opened it: `ada`, unless told otherwise.
    pub author: String,
    /// The branch that it comes from.
    pub head: String,
    /// The branch that it goes to: `main`, unless told otherwise.
    pub base: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// `open`, `closed` or `merged`.
    pub state: String,
    /// Whether it cannot be merged as it is.
    pub conflict: bool,
    /// How often it is asked for before its mergeability is known: once, unless told otherwise.
    pub computing: u32,
    /// Labels by name.
    pub labels: Vec<String>,
    /// Who is asked for a review, by login.
    pub requested: Vec<String>,
    /// Logins and states: `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`.
    pub reviews: Vec<(String, String)>,
    /// Names and conclusions of check runs; no conclusion while one is under way.
    pub checks: Vec<(String, Option<String>)>,
    /// Contexts and states of statuses: `success`, `pending`, `failure`, `error`.
    pub statuses: Vec<(String, String)>,
    /// Numbers of issues of the same repository that somebody linked by hand.
    pub closes: Vec<u64>,
    /// The messages of further commits.
    pub commits: Vec<String>,
    /// When it was opened.
    pub created: Option<DateTime<Utc>>,
}

impl Default for PullRequestSeed {
    fn default() -> Self {
        Self {
            title: String::new(),
            body: None,
            author: "ada".to_owned(),
            head: "topic".to_owned(),
            base: "main".to_owned(),
            draft: false,
            state: "open".to_owned(),
            conflict: false,
            computing: 1,
            labels: Vec::new(),
            requested: Vec::new(),
            reviews: Vec::new(),
            checks: Vec::new(),
            statuses: Vec::new(),
            closes: Vec::new(),
            commits: Vec::new(),
            created: None,
        }
    }
}

/// Makes a pull request; tells its number.
pub(in crate::github) fn plant(
    store: &mut Store,
    repository: &str,
    seed: &PullRequestSeed,
    now: DateTime<Utc>,
) -> Result<u64, SeedError> {
    let place =
        store.repository_named(repository).ok_or_else(|| SeedError::missing("the repository", repository))?.clone();
    let author = account(store, &seed.author)?;
    let created = seed.created.unwrap_or(now);
    let (head, base) = (branch(store, &place, &seed.head), branch(store, &place, &seed.base));
    let (id, number) = (store.next_id("issues"), store.next_number(place.id));
    let mut issue = empty(id, (place.id, number), author, (seed.title.clone(), created));
    issue.body.clone_from(&seed.body);
    let label = |name: &String| crate::github::labels::label_for(store, place.id, name);
    issue.labels = seed.labels.iter().map(label).collect();
    let first = Commit { sha: head.sha.clone(), message: seed.title.clone(), author, created };
    let mut pull = Pull::new(store.next_id("pulls"), (head, base), seed.draft, first);
    pull.commits.splice(
        0..0,
        seed.commits.iter().enumerate().map(|(at, message)| Commit {
            sha: sha(id.wrapping_mul(97) + at as u64),
            message: message.clone(),
            author,
            created,
        }),
    );
    (pull.conflict, pull.computing) = (seed.conflict, seed.computing);
    pull.requested = seed.requested.iter().map(|login| account(store, login)).collect::<Result<_, _>>()?;
    let linked = seed.closes.iter().filter_map(|number| store.issue_at(place.id, *number));
    pull.closes = linked.map(|issue| issue.id).collect();
    fill(store, &mut pull, seed, (author, created))?;
    issue.pull = Some(pull);
    store.insert_issue(issue);
    match seed.state.as_str() {
        "merged" => {
            merge::close(store, id, author, created);
        }
        "closed" => {
            if let Some(issue) = store.issues.get_mut(&id) {
                (issue.open, issue.closed, issue.closed_by) = (false, Some(created), Some(author));
            }
        }
        _ => {}
    }
    Ok(number)
}

/// Reviews, checks and statuses.
fn fill(
    store: &mut Store,
    pull: &mut Pull,
    seed: &PullRequestSeed,
    (creator, now): (u64, DateTime<Utc>),
) -> Result<(), SeedError> {
    for (login, state) in &seed.reviews {
        let (id, author, commit) = (store.next_id("reviews"), account(store, login)?, pull.head.sha.clone());
        let (state, body) = (state.clone(), String::new());
        pull.reviews.push(Review { id, author, state, body, commit, submitted: now });
    }
    for (name, conclusion) in &seed.checks {
        let status = if conclusion.is_some() { "completed" } else { "in_progress" };
        pull.checks.push(Check {
            id: store.next_id("checks"),
            name: name.clone(),
            status: status.to_owned(),
            conclusion: conclusion.clone(),
            started: now,
            completed: conclusion.as_ref().map(|_| now),
        });
    }
    for (context, state) in &seed.statuses {
        pull.statuses.push(Status {
            id: store.next_id("statuses"),
            context: context.clone(),
            state: state.clone(),
            description: None,
            target: None,
            creator,
            created: now,
        });
    }
    Ok(())
}

impl FakeGitHub {
    /// Makes a pull request in `owner/name`; tells its number.
    ///
    /// # Errors
    ///
    /// The repository, or somebody who is named, is not there.
    pub fn add_pull_request(&self, repository: &str, seed: &PullRequestSeed) -> Result<u64, SeedError> {
        let now = self.app.now();
        plant(&mut self.app.lock(), repository, seed, now)
    }

    /// Merges a pull request as somebody at the site would, and closes the issues that it closes. `false` where there is
    /// no such pull request.
    #[allow(clippy::must_use_candidate, reason = "most tests know that there is")]
    pub fn merge_pull_request(&self, repository: &str, number: u64) -> bool {
        let mut store = self.app.lock();
        let place = store.repository_named(repository).map(|place| place.id);
        let found = place.and_then(|place| store.issue_at(place, number)).filter(|issue| issue.pull.is_some());
        let Some((id, author)) = found.map(|issue| (issue.id, issue.author)) else { return false };
        merge::close(&mut store, id, author, self.app.now());
        true
    }

    /// A pull request of `owner/name` as its page in the API shows it; `None` for a number that has none.
    #[must_use]
    pub fn pull_request(&self, repository: &str, number: u64) -> Option<Value> {
        self.look(|store, view| {
            let repository = store.repository_named(repository)?.id;
            store.issue_at(repository, number).filter(|issue| issue.pull.is_some()).map(|issue| view.pull(issue))
        })
    }
}

fn account(store: &Store, login: &str) -> Result<u64, SeedError> {
    let found = store.account_named(login).map(|account| account.id);
    found.ok_or_else(|| SeedError::missing("the account", login))
}
