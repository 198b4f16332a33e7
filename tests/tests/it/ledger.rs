//! What writers were told, held against what is there.

use std::collections::{BTreeMap, BTreeSet};

use pm_core::PMTask;
use pm_tests::protocol::{Act, Event, Seen, number_of};

/// Two processes may read the clock in the same microsecond in either order; a millisecond is beyond doubt.
const CLOCK_DOUBT: u64 = 1_000;

/// What must be there after all that the writers were told, and what may.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: BTreeMap<String, Entry>,
    /// The label that each writer put last on the shared task, and the one that it may have put after it.
    labels: Vec<(Option<String>, Option<String>)>,
    /// The titles of tasks that may have been created, and the tasks that may have got another comment.
    maybe_created: BTreeSet<String>,
    maybe_commented: Vec<String>,
    /// How many writes were answered, and how many of those on the shared task.
    pub(crate) writes: usize,
    shared_writes: u64,
}

/// What is known of one item.
#[derive(Clone, Debug)]
struct Entry {
    /// The task of a comment.
    task: Option<String>,
    title: String,
    version: Option<u64>,
    fate: Fate,
    /// When its last write was asked for and answered; `None` where another write may have followed.
    span: Option<(u64, u64)>,
    /// The title that a write which was never answered may have given it.
    maybe_title: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Present,
    Deleted,
    /// It was being deleted when the writer was killed.
    Either,
}

impl Ledger {
    /// Takes down what each writer heard, in the order of the writers.
    pub(crate) fn of<'a>(writers: impl IntoIterator<Item = &'a [Event]>) -> Self {
        let mut ledger = Self::default();
        for heard in writers {
            ledger.take_down(heard);
        }
        ledger
    }

    fn take_down(&mut self, heard: &[Event]) {
        let mut begun = None;
        self.labels.push((None, None));
        for event in heard {
            match event {
                Event::Begins(act) => begun = Some(act.clone()),
                Event::Wrote { id, version, begun: from, ended } => {
                    let act = begun.take().expect("every write is announced");
                    self.answered(act, id, *version, (*from, *ended));
                }
                _ => {}
            }
        }
        if let Some(act) = begun {
            self.unanswered(act);
        }
    }

    fn answered(&mut self, act: Act, id: &str, version: Option<u64>, span: (u64, u64)) {
        self.writes += 1;
        let entry = Entry {
            task: None,
            title: String::new(),
            version,
            fate: Fate::Present,
            span: Some(span),
            maybe_title: None,
        };
        match act {
            Act::Create { title } => self.insert(id, Entry { title, ..entry }),
            Act::Comment { task } => self.insert(id, Entry { task: Some(task), ..entry }),
            Act::Rename { task, title } => {
                assert_eq!(task, id, "the answer to an update is the item that was updated");
                self.entries.insert(task, Entry { title, ..entry });
            }
            Act::Label { label } => {
                self.shared_writes += 1;
                *self.labels.last_mut().unwrap() = (Some(label), None);
            }
            Act::Delete { task } => self.delete(&task, Fate::Deleted, Some(span)),
        }
    }

    fn insert(&mut self, id: &str, entry: Entry) {
        assert!(self.entries.insert(id.to_owned(), entry).is_none(), "`{id}` was given to two items");
    }

    /// A task takes its comments along.
    fn delete(&mut self, task: &str, fate: Fate, span: Option<(u64, u64)>) {
        for (id, entry) in &mut self.entries {
            if id == task || entry.task.as_deref() == Some(task) {
                (entry.fate, entry.span) = (fate, span);
            }
        }
    }

    fn unanswered(&mut self, act: Act) {
        match act {
            Act::Create { title } => drop(self.maybe_created.insert(title)),
            Act::Comment { task } => self.maybe_commented.push(task),
            Act::Rename { task, title } => {
                let entry = self.entries.get_mut(&task).unwrap();
                (entry.span, entry.maybe_title) = (None, Some(title));
            }
            Act::Label { label } => self.labels.last_mut().unwrap().1 = Some(label),
            Act::Delete { task } => self.delete(&task, Fate::Either, None),
        }
    }

    /// Makes sure that the tasks which are there are those that must be, as they must be.
    pub(crate) fn assert_tasks(&self, tasks: &[PMTask]) {
        let present: BTreeMap<_, _> = tasks.iter().map(|task| (task.id.as_str(), task)).collect();
        assert_eq!(present.len(), tasks.len(), "a listing shows each task once");
        for (id, entry) in self.entries.iter().filter(|(_, entry)| entry.task.is_none()) {
            match (present.get(id.as_str()), entry.fate) {
                (Some(task), Fate::Present | Fate::Either) => entry.assert_task(task),
                (None, Fate::Deleted | Fate::Either) => {}
                (None, Fate::Present) => panic!("`{id}` was acknowledged and is lost: {entry:?}"),
                (Some(task), Fate::Deleted) => panic!("`{id}` was deleted and is still there: {task:?}"),
            }
        }
        let mut maybe = self.maybe_created.clone();
        for task in tasks.iter().filter(|task| !self.entries.contains_key(task.id.as_str())) {
            assert!(maybe.remove(&task.title), "nobody created {task:?}");
        }
    }

    /// Makes sure that no edit of the task that all writers share went under.
    pub(crate) fn assert_shared_task(&self, task: &PMTask) {
        let maybe = self.labels.iter().filter(|(_, maybe)| maybe.is_some()).count() as u64;
        let edits = number_of(task.version.as_ref()).unwrap() - 1;
        let all = self.shared_writes..=self.shared_writes + maybe;
        assert!(all.contains(&edits), "{edits} edits are there, {all:?} were acknowledged");
        let mut labels: BTreeSet<_> = task.labels.iter().collect();
        for (last, maybe) in &self.labels {
            let found = [last, maybe].into_iter().flatten().any(|label| labels.remove(label));
            assert!(found || last.is_none(), "{last:?} or {maybe:?} is missing in {:?}", task.labels);
        }
        assert!(labels.is_empty(), "labels that were taken off are back: {labels:?}");
    }

    /// Makes sure that the feed has every item once, at its latest version, and nothing else; `others` are items that
    /// the test made itself.
    pub(crate) fn assert_feed(&self, feed: &[Seen], others: &[&str]) {
        let by_id: BTreeMap<_, _> = feed.iter().map(|seen| (seen.id.as_str(), seen)).collect();
        assert_eq!(by_id.len(), feed.len(), "the feed shows an item once, at its latest change");
        for (id, entry) in &self.entries {
            let seen = by_id.get(id.as_str()).unwrap_or_else(|| panic!("`{id}` is not in the feed: {entry:?}"));
            entry.assert_seen(seen);
        }
        assert!(others.iter().all(|id| by_id.contains_key(id)));
        let unknown = feed.iter().filter(|seen| !self.entries.contains_key(&seen.id) && !others.contains(&&*seen.id));
        let maybe = self.maybe_created.len() + self.maybe_commented.len();
        let unknown: Vec<_> = unknown.collect();
        assert!(unknown.len() <= maybe, "nobody wrote one of {unknown:?}");
    }

    /// Makes sure that the feed is in commit order: a write that began after another was answered stands behind it.
    pub(crate) fn assert_commit_order(&self, feed: &[Seen]) {
        let mut latest_begin = (0, "");
        for seen in feed {
            let Some((begun, ended)) = self.entries.get(&seen.id).and_then(|entry| entry.span) else { continue };
            let (latest, before) = latest_begin;
            assert!(
                ended + CLOCK_DOUBT >= latest,
                "`{}` was answered before the write of `{before}` began, and stands behind it",
                seen.id
            );
            latest_begin = latest_begin.max((begun, &seen.id));
        }
    }

    /// How many tasks and comments are there for certain.
    pub(crate) fn certain(&self) -> usize {
        self.entries.values().filter(|entry| entry.fate == Fate::Present).count()
    }

    /// The comments that must be there, with their tasks.
    pub(crate) fn comments(&self) -> impl Iterator<Item = (&str, &str)> {
        let certain = self.entries.iter().filter(|(_, entry)| entry.fate == Fate::Present);
        certain.filter_map(|(id, entry)| Some((entry.task.as_deref()?, id.as_str())))
    }
}

impl Entry {
    fn assert_task(&self, task: &PMTask) {
        let version = number_of(task.version.as_ref());
        let as_answered = task.title == self.title && version == self.version;
        let one_further = self.maybe_title.as_ref() == Some(&task.title) && version == self.version.map(|it| it + 1);
        assert!(as_answered || one_further, "{task:?} is not what was acknowledged: {self:?}");
    }

    fn assert_seen(&self, seen: &Seen) {
        let fate = if seen.deleted { Fate::Deleted } else { Fate::Present };
        assert!(self.fate == fate || self.fate == Fate::Either, "the feed says {seen:?} of {self:?}");
        if self.task.is_none() && !seen.deleted {
            let one_further = self.maybe_title.as_ref().and(self.version).map(|it| it + 1);
            assert!(
                seen.version == self.version || one_further.is_some_and(|it| seen.version == Some(it)),
                "the feed has an old version: {seen:?} of {self:?}"
            );
        }
    }
}

/// Holds what a reader saw who followed the feed during the writing against the feed as it is in the end.
///
/// Returns how many changes the reader saw.
pub(crate) fn assert_nothing_missed(pages: &[Event], feed: &[Seen]) -> usize {
    let mut latest: BTreeMap<&str, &Seen> = BTreeMap::new();
    let mut count = 0;
    let seen = pages.iter().filter_map(|event| match event {
        Event::Page(seen) => Some(seen),
        _ => None,
    });
    for seen in seen.flatten() {
        count += 1;
        if let Some(before) = latest.insert(&seen.id, seen) {
            assert!(!before.deleted, "{seen:?} was seen after its deletion");
            let later = seen.deleted || seen.version > before.version;
            assert!(later, "{seen:?} was seen after {before:?}");
        }
    }
    for item in feed {
        assert_eq!(latest.remove(item.id.as_str()), Some(item), "who followed the feed missed a change");
    }
    assert!(latest.is_empty(), "who followed the feed saw what never was: {latest:?}");
    count
}

mod tests {
    use super::*;

    fn wrote(id: &str, version: u64, begun: u64) -> Event {
        Event::Wrote { id: id.to_owned(), version: Some(version), begun, ended: begun + 10 }
    }

    fn created(id: &str, begun: u64) -> [Event; 2] {
        [Event::Begins(Act::Create { title: id.to_owned() }), wrote(id, 1, begun)]
    }

    fn seen(id: &str, version: u64) -> Seen {
        Seen { entity: "task".to_owned(), id: id.to_owned(), version: Some(version), deleted: false }
    }

    fn ledger(events: &[Event]) -> Ledger {
        Ledger::of([events])
    }

    fn two_tasks() -> Ledger {
        ledger(&[created("a", 0), created("b", 1_000_000)].concat())
    }

    #[test]
    fn a_whole_feed_in_order_is_taken() {
        let feed = [seen("a", 1), seen("b", 1)];
        two_tasks().assert_feed(&feed, &[]);
        two_tasks().assert_commit_order(&feed);
        let pages = [Event::Page(vec![seen("a", 1)]), Event::Page(vec![seen("b", 1)])];
        assert_eq!(assert_nothing_missed(&pages, &feed), 2);
    }

    #[test]
    #[should_panic(expected = "is not in the feed")]
    fn a_missing_item_is_found() {
        two_tasks().assert_feed(&[seen("a", 1)], &[]);
    }

    #[test]
    #[should_panic(expected = "nobody wrote")]
    fn a_surplus_item_is_found() {
        two_tasks().assert_feed(&[seen("a", 1), seen("b", 1), seen("c", 1)], &[]);
    }

    #[test]
    #[should_panic(expected = "old version")]
    fn an_old_version_is_found() {
        let act = Act::Rename { task: "a".to_owned(), title: "A".to_owned() };
        let events = [&created("a", 0)[..], &[Event::Begins(act), wrote("a", 2, 50)]].concat();
        ledger(&events).assert_feed(&[seen("a", 1)], &[]);
    }

    #[test]
    #[should_panic(expected = "stands behind it")]
    fn a_wrong_order_is_found() {
        two_tasks().assert_commit_order(&[seen("b", 1), seen("a", 1)]);
    }

    #[test]
    #[should_panic(expected = "missed a change")]
    fn a_missed_change_is_found() {
        assert_nothing_missed(&[Event::Page(vec![seen("a", 1)])], &[seen("a", 2)]);
    }

    #[test]
    #[should_panic(expected = "was seen after")]
    fn a_change_that_comes_twice_is_found() {
        assert_nothing_missed(&[Event::Page(vec![seen("a", 1), seen("a", 1)])], &[seen("a", 1)]);
    }

    #[test]
    #[should_panic(expected = "is lost")]
    fn a_lost_task_is_found() {
        two_tasks().assert_tasks(&[]);
    }

    #[test]
    fn what_was_not_answered_may_be_there_or_not() {
        let unanswered = Event::Begins(Act::Create { title: "c".to_owned() });
        let ledger = ledger(&[&created("a", 0)[..], &[unanswered]].concat());
        ledger.assert_feed(&[seen("a", 1)], &[]);
        ledger.assert_feed(&[seen("a", 1), seen("c", 1)], &[]);
    }
}
