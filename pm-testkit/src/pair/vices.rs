//! What is wrong with a tracker.

use std::time::Duration;

/// What is wrong with a tracker: each a habit of some vendor. The default has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vices {
    /// How coarse its clock is: times are shown cut off to it, and the feed begins again with the last grain.
    pub granularity: Duration,
    /// How long a change may take until the feed and the look-up of marks show it; about half of them take that long.
    pub index_lag: Duration,
    /// Until the index shows a change, the feed shows the item as it was before, instead of nothing.
    pub stale_index: bool,
    /// How many seconds its clock is ahead of ours.
    pub skew: i64,
    /// It has no versions: the last writer wins.
    pub lockless: bool,
    /// Its answer to a change is what a look afterwards shows, whoever changed the item in between.
    pub reads_back: bool,
    /// It takes so many changes with one call, at most.
    pub batch: Option<u32>,
    /// It knows three statuses only: `Open`, `Doing`, `Closed`.
    pub coarse_statuses: bool,
    /// It has no priorities.
    pub no_priorities: bool,
    /// It cuts white space off at the ends of the lines of descriptions, goals and comments.
    pub trims: bool,
    /// It stores labels in lower case.
    pub lower_labels: bool,
    /// One person works on a task, at most.
    pub one_assignee: bool,
    /// The author and the time of a comment are always those of the request.
    pub own_comments: bool,
    /// The feed does not tell of deletions.
    pub silent_deletions: bool,
    /// What is gone may as well be hidden: it never says that an item is gone for certain.
    pub hides_absence: bool,
    /// It says that items are gone for certain while all of them are merely hidden from us.
    pub rash: bool,
    /// How it keeps a create from happening twice.
    pub guarantee: Guarantee,
    /// The feed tells some changes twice, and not in order.
    pub repeats: bool,
    /// The feed goes on with the last change that it showed, whatever shows late: no vendor's habit, but a mistake that
    /// a provider could make.
    pub hasty: bool,
    /// The feed takes our clock for the server's: the same.
    pub trusts_our_clock: bool,
    /// Tasks and sprints with this word in their title or name are refused.
    pub refuses: Option<String>,
    /// How many items of each kind its server has in other projects: ids do not begin with one then.
    pub neighbours: u32,
    /// How many changes a page of the feed holds, at most.
    pub page: Option<u32>,
}

/// How a tracker keeps a create from happening twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guarantee {
    /// It keeps idempotency keys.
    #[default]
    Native,
    /// A mark is written into the item, and found once the index shows it. Two creates with one key make two items.
    Marker,
    /// Not at all.
    None,
}

/// When a tracker shows us nothing, though all is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blackout {
    /// The credential was revoked: `Unauthenticated`, whatever is asked.
    Unauthenticated,
    /// The permission was taken away: `PermissionDenied`.
    Forbidden,
    /// The permission was taken away, and nobody may know what there is: `NotFound`.
    NotFound,
    /// The same, and listings are simply empty.
    Empty,
    /// Every other item is hidden.
    Half,
}
