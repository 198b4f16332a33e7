//! What a Redmine has to be asked for at least, told from what was done to it and not from what the engine counts.
//!
//! Its REST API answers a changed issue with 204 and no body, a comment likewise, and shows comments with single issues
//! alone: <https://www.redmine.org/projects/redmine/wiki/Rest_Issues>.

use std::collections::HashSet;
use std::fmt;

use pm_sync::item::{ItemKey, Kind, Side};
use pm_sync::store::Event;

/// How many issues a list holds.
const LIST: usize = 100;
/// Statuses, priorities, trackers, custom fields; the project and an issue of it, which say what issues can hold.
const TO_BEGIN_WITH: usize = 6;
/// How often an issue is looked for before it is believed to be gone.
const LOOKS: usize = 2;

/// What happened while a Redmine was asked.
pub(crate) struct Happened<'e> {
    /// What was written, as the journal has it: a fact of the Redmine, too, for its board is compared afterwards.
    pub(crate) events: &'e [Event],
    /// The links of issues that people made or changed in the Redmine since their comments were read last, with those that
    /// it changed in consequence.
    pub(crate) touched: &'e HashSet<String>,
    /// The links of issues that the Redmine changed by itself while the runs were going on: only a look says that nobody
    /// talked about them.
    pub(crate) by_itself: &'e HashSet<String>,
    /// The links of issues that a run was about to change when it was killed: who talked about them since is not known.
    pub(crate) in_doubt: &'e HashSet<String>,
    /// The links of issues whose comments were read already, by runs that are not counted.
    pub(crate) read: &'e HashSet<String>,
    /// How often the Redmine has to be looked at: once, once more for every proof, and once to find nothing.
    pub(crate) runs: usize,
    /// How many issues there are.
    pub(crate) issues: usize,
    /// How many issues were deleted in the Redmine.
    pub(crate) deleted_there: usize,
    /// How many of these were looked for already, by runs that are not counted.
    pub(crate) looked_for: usize,
}

/// Requests by what they are for.
pub(crate) struct Least(Vec<(&'static str, usize)>);

impl Least {
    pub(crate) fn of(happened: &Happened<'_>) -> Self {
        let written = |op: &str, kind: Kind| {
            let there = |event: &&Event| event.side == Side::B && event.op == op && is_of(event.item.as_ref(), kind);
            happened.events.iter().filter(there).count()
        };
        let updates = written("update", Kind::Task) + written("update", Kind::Sprint);
        let deletes = written("delete", Kind::Task);
        // What was written here had been changed there, be it by the Redmine itself: its comments have to be read.
        let is_news = |event: &&Event| event.side == Side::A && matches!(event.op.as_str(), "create" | "update");
        let came = happened.events.iter().filter(is_news).filter(|event| is_of(event.item.as_ref(), Kind::Task));
        let touched = happened.touched.iter().chain(happened.by_itself).chain(happened.in_doubt);
        let talked: HashSet<&String> = came.map(|event| &event.link).chain(touched).collect();
        let talked = talked.into_iter().filter(|link| !happened.read.contains(*link)).count();
        let looks = LOOKS * happened.deleted_there - happened.looked_for;
        let signs = looks.div_ceil(happened.deleted_there.max(1));
        Self(vec![
            ("vocabulary and project: once", TO_BEGIN_WITH),
            ("signs of life and the feed: two a run", 2 * happened.runs),
            ("all ids and versions, for deletions: once", happened.issues.div_ceil(LIST) + 1),
            ("new issues and versions: one each", written("create", Kind::Task) + written("create", Kind::Sprint)),
            ("new comments, with the look that tells their ids: two each", 2 * written("create", Kind::Comment)),
            ("changes: one each", updates),
            ("lists that guard changes, and that show what became of them", 2 * updates.div_ceil(LIST)),
            ("comments of issues that were touched: one look each", talked),
            ("changes in doubt: one list", happened.in_doubt.len().div_ceil(LIST)),
            ("relations of issues that were looked at: a list", talked.div_ceil(LIST)),
            ("deletions passed on: a look and the deletion", 2 * deletes),
            ("deletions proven: two looks each", looks),
            ("signs of life after these looks", signs),
        ])
    }

    pub(crate) fn sum(&self) -> usize {
        self.0.iter().map(|(_, requests)| requests).sum()
    }
}

impl fmt::Display for Least {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(what, requests)| writeln!(f, "    {requests:4} {what}"))
    }
}

fn is_of(item: Option<&ItemKey>, kind: Kind) -> bool {
    item.is_some_and(|item| item.kind == kind)
}
