//! What happens at which point of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{pending, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use pm_provider::ErrorKind;

/// What happens at a point of a run: before or after a call to a tracker, before or after a commit.
#[derive(Debug)]
#[non_exhaustive]
pub enum Act {
    /// The process dies: nothing that it was at goes on.
    Crash,
    /// The process is stopped until somebody says [`Script::resume`].
    Pause,
    /// Something else happens in the world.
    Do(Deed),
    /// The call goes wrong.
    Trouble(Trouble),
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// It fails, and nothing is done.
    FailBefore,
    /// It is refused with this kind of error, and nothing is done.
    Refuse(ErrorKind),
    /// It is made, and its answer gets lost.
    FailAfter,
    /// It gets lost on the way, which looks as if its answer had.
    Vanish,
    /// It seems to get lost, and a write is made after this time.
    Late(Duration),
    /// The process dies, and a write that it had sent is made after this time.
    CrashLate(Duration),
}

/// Something that happens in the world.
pub struct Deed(Box<dyn FnOnce() + Send>);

impl Act {
    /// Something happens in the world.
    #[must_use]
    pub fn deed(deed: impl FnOnce() + Send + 'static) -> Self {
        Self::Do(Deed(Box::new(deed)))
    }
}

impl From<Trouble> for Act {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl fmt::Debug for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deed")
    }
}

/// Counts the points that one process passes, and says what happens at which. Clones are the same script.
///
/// Points are counted from 1. Whoever calls something on behalf of the process passes a point before and one after it;
/// a script without acts lets everything through.
#[derive(Clone, Default)]
pub struct Script {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    passed: Vec<String>,
    acts: BTreeMap<usize, Vec<Act>>,
    yields: bool,
    limit: Option<usize>,
    stopped: bool,
    paused: bool,
    wakers: Vec<Waker>,
}

impl Script {
    /// Lets everything through.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Plans an act for a point; several are done in the order in which they were planned.
    pub fn at(&self, point: usize, act: impl Into<Act>) {
        self.lock().acts.entry(point).or_default().push(act.into());
    }

    /// Dies after so many points: a process that gets there has no end.
    pub fn limit(&self, points: usize) {
        self.lock().limit = Some(points);
    }

    /// Whether the process died because it passed more points than it may.
    #[must_use]
    pub fn has_no_end(&self) -> bool {
        let state = self.lock();
        state.limit.is_some_and(|limit| state.passed.len() > limit)
    }

    /// Gives way to others at each point.
    pub fn yield_often(&self) {
        self.lock().yields = true;
    }

    /// How many points were passed so far.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.lock().passed.len()
    }

    /// The points that were passed so far, by name.
    #[must_use]
    pub fn points(&self) -> Vec<String> {
        self.lock().passed.clone()
    }

    /// Whether the process is dead: whoever runs it drops its future.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Whether the process waits for [`resume`](Self::resume).
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.lock().paused
    }

    /// Kills the process: from here on nothing of it goes on.
    pub fn stop(&self) {
        self.lock().stopped = true;
    }

    /// Lets a process go on that was paused.
    pub fn resume(&self) {
        let mut state = self.lock();
        state.paused = false;
        state.wakers.drain(..).for_each(Waker::wake);
    }

    /// Passes a point. The trouble that is returned is left to the caller; a dead process never comes back from here.
    pub async fn pass(&self, point: &str) -> Option<Trouble> {
        self.live().await;
        if self.lock().yields {
            give_way().await;
            self.live().await;
        }
        let acts = self.lock().reach(point);
        if self.has_no_end() {
            self.die().await;
        }
        let mut left = None;
        for act in acts {
            match act {
                Act::Crash => self.die().await,
                Act::Pause => self.pause().await,
                Act::Do(deed) => (deed.0)(),
                Act::Trouble(trouble) => left = Some(trouble),
            }
        }
        left
    }

    /// Dies here.
    pub async fn die(&self) {
        self.stop();
        pending::<()>().await;
    }

    async fn live(&self) {
        if self.is_stopped() {
            pending::<()>().await;
        }
    }

    async fn pause(&self) {
        self.lock().paused = true;
        poll_fn(|context| {
            let mut state = self.lock();
            if !state.paused && !state.stopped {
                return Poll::Ready(());
            }
            state.wakers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn reach(&mut self, point: &str) -> Vec<Act> {
        self.passed.push(point.to_owned());
        self.acts.remove(&self.passed.len()).unwrap_or_default()
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Script").field("passed", &state.passed.len()).field("acts", &state.acts).finish_non_exhaustive()
    }
}

/// Lets others run once.
async fn give_way() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
