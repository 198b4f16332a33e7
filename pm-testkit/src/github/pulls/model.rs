//! What a pull request has beside its issue.

use chrono::{DateTime, Utc};

/// The part of an issue that makes it a pull request.
#[derive(Clone, Debug)]
pub(in crate::github) struct Pull {
    /// Pull requests have ids of their own beside those of their issues.
    pub(in crate::github) id: u64,
    pub(in crate::github) draft: bool,
    pub(in crate::github) head: Branch,
    pub(in crate::github) base: Branch,
    pub(in crate::github) merged: Option<DateTime<Utc>>,
    pub(in crate::github) merged_by: Option<u64>,
    pub(in crate::github) merge_sha: Option<String>,
    /// Whether it cannot be merged as it is.
    pub(in crate::github) conflict: bool,
    /// How often it must still be asked for until its mergeability has been computed.
    pub(in crate::github) computing: u32,
    pub(in crate::github) maintainers_may_edit: bool,
    /// Issues that it was linked to by hand and that its merge closes.
    pub(in crate::github) closes: Vec<u64>,
    pub(in crate::github) reviews: Vec<Review>,
    /// Who was asked for a review and has not given one.
    pub(in crate::github) requested: Vec<u64>,
    pub(in crate::github) checks: Vec<Check>,
    pub(in crate::github) statuses: Vec<Status>,
    pub(in crate::github) commits: Vec<Commit>,
}

impl Pull {
    /// A pull request of one commit between two branches.
    pub(in crate::github) fn new(id: u64, (head, base): (Branch, Branch), draft: bool, commit: Commit) -> Self {
        Self {
            id,
            draft,
            head,
            base,
            merged: None,
            merged_by: None,
            merge_sha: None,
            conflict: false,
            computing: 1,
            maintainers_may_edit: false,
            closes: Vec::new(),
            reviews: Vec::new(),
            requested: Vec::new(),
            checks: Vec::new(),
            statuses: Vec::new(),
            commits: vec![commit],
        }
    }
}

/// One end of a pull request.
#[derive(Clone, Debug)]
pub(in crate::github) struct Branch {
    /// `None` once the fork is gone.
    pub(in crate::github) repository: Option<u64>,
    /// The account whose branch it is.
    pub(in crate::github) owner: u64,
    pub(in crate::github) name: String,
    pub(in crate::github) sha: String,
}

#[derive(Clone, Debug)]
pub(in crate::github) struct Review {
    pub(in crate::github) id: u64,
    pub(in crate::github) author: u64,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
    pub(in crate::github) state: String,
    pub(in crate::github) body: String,
    pub(in crate::github) commit: String,
    pub(in crate::github) submitted: DateTime<Utc>,
}

/// A run of a check on the last commit.
#[derive(Clone, Debug)]
pub(in crate::github) struct Check {
    pub(in crate::github) id: u64,
    pub(in crate::github) name: String,
    /// `queued`, `in_progress` or `completed`.
    pub(in crate::github) status: String,
    /// `success`, `failure` and so on once it is completed.
    pub(in crate::github) conclusion: Option<String>,
    pub(in crate::github) started: DateTime<Utc>,
    pub(in crate::github) completed: Option<DateTime<Utc>>,
}

/// A status that something outside put on the last commit.
#[derive(Clone, Debug)]
pub(in crate::github) struct Status {
    pub(in crate::github) id: u64,
    pub(in crate::github) context: String,
    /// `success`, `pending`, `failure` or `error`.
    pub(in crate::github) state: String,
    pub(in crate::github) description: Option<String>,
    pub(in crate::github) target: Option<String>,
    pub(in crate::github) creator: u64,
    pub(in crate::github) created: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(in crate::github) struct Commit {
    pub(in crate::github) sha: String,
    pub(in crate::github) message: String,
    pub(in crate::github) author: u64,
    pub(in crate::github) created: DateTime<Utc>,
}

/// A commit's name that is made of numbers: forty hexadecimal digits.
pub(in crate::github) fn sha(seed: u64) -> String {
    let mut word = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut text = String::new();
    while text.len() < 40 {
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word ^= word >> 27;
        text.push_str(&format!("{:08x}", word >> 32));
    }
    text.truncate(40);
    text
}
