//! How fast requests of some kinds may follow each other.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::endpoint::Endpoint;

/// How fast requests of one kind may follow each other: so many in any minute, so many in any hour, each so long after the
/// one before.
///
/// What counts, and for how much, is a function of the endpoint: requests that create things count in one pace, points of
/// reads and writes in another. A request may belong to several.
///
/// ```
/// use std::time::Duration;
/// use pm_http::{Endpoint, Limits, Pace};
/// fn creates(endpoint: &Endpoint) -> u32 {
///     u32::from(endpoint.path.ends_with("/issues") && endpoint.is_write())
/// }
/// let pace = Pace::new(creates)
///     .at_most(80, Duration::from_secs(60))
///     .at_most(500, Duration::from_secs(3600))
///     .least_gap(Duration::from_secs(1));
/// let limits = Limits::new().pace(pace);
/// # drop(limits);
/// ```
#[derive(Clone)]
pub struct Pace {
    cost: fn(&Endpoint) -> u32,
    windows: Vec<Window>,
    gap: Duration,
    is_told: bool,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    most: u32,
    per: Duration,
}

impl Pace {
    /// Counts every request for what the function says; one of zero is none of this pace's.
    #[must_use]
    pub fn new(cost: fn(&Endpoint) -> u32) -> Self {
        Self { cost, windows: Vec::new(), gap: Duration::ZERO, is_told: false }
    }

    /// Lets no more than so much through in any span of this length: not by the clock's minutes, and counted from when an
    /// answer came, because nobody knows when the backend began to count.
    #[must_use]
    pub fn at_most(mut self, most: u32, per: Duration) -> Self {
        self.windows.push(Window { most: most.max(1), per });
        self
    }

    /// Takes how much its first span may hold from what the backend tells ([`Quota::limit`](crate::Quota::limit)), as soon
    /// as it does: where that depends on what somebody pays.
    #[must_use]
    pub fn as_told(mut self) -> Self {
        self.is_told = true;
        self
    }

    /// Lets at least so much time pass from one beginning to the next.
    #[must_use]
    pub fn least_gap(mut self, gap: Duration) -> Self {
        self.gap = gap;
        self
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace").field("windows", &self.windows).field("gap", &self.gap).finish_non_exhaustive()
    }
}

/// When to look again at requests that are still under way: when they end is not known.
const UNKNOWN: Duration = Duration::from_millis(10);

/// A pace at work.
pub(crate) struct Pacer {
    pace: Pace,
    /// One after the other, as they came.
    turn: tokio::sync::Mutex<()>,
    sent: Mutex<Sent>,
}

#[derive(Default)]
struct Sent {
    rows: VecDeque<Row>,
    numbers: u64,
    last: Option<Instant>,
    /// How much the first span may hold, where the backend told.
    told: Option<u32>,
}

/// One request: its number, what it counts for, and when it was answered.
struct Row {
    number: u64,
    cost: u32,
    ended: Option<Instant>,
}

impl Pacer {
    /// Begins with nothing sent; all waits are so many times as long as the pace says.
    pub(crate) fn new(pace: &Pace, scale: f64) -> Self {
        let mut pace = pace.clone();
        pace.gap = pace.gap.mul_f64(scale);
        pace.windows.iter_mut().for_each(|window| window.per = window.per.mul_f64(scale));
        Self { pace, turn: tokio::sync::Mutex::default(), sent: Mutex::default() }
    }

    /// Says whether a request counts here at all.
    pub(crate) fn counts(&self, endpoint: &Endpoint) -> bool {
        (self.pace.cost)(endpoint) > 0
    }

    /// The turn to ask for the passage: nobody overtakes.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Lets a request through, or says how long it has to wait before it asks again.
    pub(crate) fn pass(self: &Arc<Self>, endpoint: &Endpoint) -> Result<Passage, Duration> {
        let (cost, now) = ((self.pace.cost)(endpoint), Instant::now());
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = self.pause(&mut sent, cost, now);
        if !pause.is_zero() {
            return Err(pause);
        }
        sent.numbers += 1;
        sent.last = Some(now);
        let number = sent.numbers;
        sent.rows.push_back(Row { number, cost, ended: None });
        Ok(Passage { pacer: Arc::clone(self), number })
    }

    /// How long a request would have to wait that came now.
    pub(crate) fn wait_of(&self, endpoint: &Endpoint) -> Duration {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        self.pause(&mut sent, (self.pace.cost)(endpoint), Instant::now())
    }

    /// Takes how much the first span may hold, where that is the backend's word.
    pub(crate) fn tell(&self, most: u32) {
        if self.pace.is_told {
            self.sent.lock().unwrap_or_else(PoisonError::into_inner).told = Some(most.max(1));
        }
    }

    fn pause(&self, sent: &mut Sent, cost: u32, now: Instant) -> Duration {
        let longest = self.pace.windows.iter().map(|window| window.per).max().unwrap_or_default();
        sent.rows.retain(|row| row.ended.is_none_or(|ended| ended + longest > now));
        let gap = sent.last.map(|last| (last + self.pace.gap).saturating_duration_since(now));
        let told = |index: usize, window: &Window| sent.told.filter(|_| index == 0).unwrap_or(window.most);
        let windows = self.pace.windows.iter().enumerate();
        let windows =
            windows.map(|(index, window)| Window { most: told(index, window), ..*window }.pause(&sent.rows, cost, now));
        windows.chain(gap).max().unwrap_or_default()
    }

    fn end(&self, number: u64, counts: bool) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if counts {
            let row = sent.rows.iter_mut().rev().find(|row| row.number == number);
            row.into_iter().for_each(|row| row.ended = Some(Instant::now()));
        } else {
            sent.rows.retain(|row| row.number != number);
        }
    }
}

impl Window {
    /// How long until there is room for so much more.
    fn pause(&self, rows: &VecDeque<Row>, cost: u32, now: Instant) -> Duration {
        let counts = |row: &&Row| row.ended.is_none_or(|ended| ended + self.per > now);
        let counted: Vec<_> = rows.iter().filter(counts).collect();
        let sum: u32 = counted.iter().map(|row| row.cost).sum();
        // What is too much for any window goes alone.
        let mut excess = (sum + cost).saturating_sub(self.most).min(sum);
        if excess == 0 {
            return Duration::ZERO;
        }
        let mut ends: Vec<_> = counted.iter().filter_map(|row| Some((row.ended?, row.cost))).collect();
        ends.sort_unstable();
        for (ended, freed) in ends {
            excess = excess.saturating_sub(freed);
            if excess == 0 {
                return (ended + self.per).saturating_duration_since(now).max(Duration::from_micros(1));
            }
        }
        UNKNOWN
    }
}

/// A request on its way: it counts from when it is dropped on.
pub(crate) struct Passage {
    pacer: Arc<Pacer>,
    number: u64,
}

impl Passage {
    /// Takes it back: nothing was sent.
    pub(crate) fn cancel(self) {
        self.pacer.end(self.number, false);
        // What is no longer there is not found when this is dropped.
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.pacer.end(self.number, true);
    }
}

impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passage").field("number", &self.number).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CREATE: Endpoint = Endpoint::create("issues");
    const READ: Endpoint = Endpoint::get("issues");

    fn points(endpoint: &Endpoint) -> u32 {
        if endpoint.is_write() { 5 } else { 1 }
    }

    fn pacer(pace: &Pace) -> Arc<Pacer> {
        Arc::new(Pacer::new(pace, 1.0))
    }

    #[tokio::test(start_paused = true)]
    async fn any_span_holds_no_more_than_it_may() {
        let minute = Duration::from_secs(60);
        let pacer = pacer(&Pace::new(points).at_most(11, minute));
        drop(pacer.pass(&CREATE).unwrap());
        tokio::time::advance(Duration::from_secs(20)).await;
        drop(pacer.pass(&CREATE).unwrap());
        drop(pacer.pass(&READ).unwrap());
        assert_eq!(pacer.pass(&READ).unwrap_err(), Duration::from_secs(40));
        assert_eq!(pacer.wait_of(&CREATE), Duration::from_secs(40));
        tokio::time::advance(Duration::from_secs(40)).await;
        drop(pacer.pass(&CREATE).unwrap());
        assert_eq!(pacer.pass(&CREATE).unwrap_err(), Duration::from_secs(20));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_counts_from_its_answer_on() {
        let pacer = pacer(&Pace::new(points).at_most(5, Duration::from_secs(60)));
        let under_way = pacer.pass(&CREATE).unwrap();
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(pacer.pass(&CREATE).unwrap_err(), UNKNOWN, "it may take for ever");
        drop(under_way);
        assert_eq!(pacer.pass(&CREATE).unwrap_err(), Duration::from_secs(60));
        tokio::time::advance(Duration::from_secs(60)).await;
        pacer.pass(&CREATE).unwrap().cancel();
        drop(pacer.pass(&CREATE).unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn each_begins_so_long_after_the_one_before() {
        let pace = Pace::new(points).least_gap(Duration::from_secs(1)).at_most(1, Duration::from_millis(1));
        let pacer = Arc::new(Pacer::new(&pace, 0.5));
        drop(pacer.pass(&CREATE).unwrap());
        assert_eq!(pacer.pass(&CREATE).unwrap_err(), Duration::from_millis(500), "half the time");
        tokio::time::advance(Duration::from_millis(500)).await;
        drop(pacer.pass(&CREATE).unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn the_backends_word_comes_before_ours_where_it_is_wanted() {
        let minute = Duration::from_secs(60);
        for (pace, most) in
            [(Pace::new(points).at_most(2, minute), 2), (Pace::new(points).at_most(2, minute).as_told(), 3)]
        {
            let pacer = pacer(&pace);
            pacer.tell(3);
            (0..most).for_each(|_| drop(pacer.pass(&READ).unwrap()));
            assert_eq!(pacer.pass(&READ).unwrap_err(), minute);
        }
    }
}
