//! What was read lately is not asked for again.

mod abilities;
mod forget;
mod provider;
mod shelf;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pm_provider::{Layer, PmProvider, intercept};

use self::forget::{Forget, Generations};
use self::provider::Cached;

/// A kind of answer, which has a time to live and a size of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CacheKind {
    /// Projects: 5 minutes, 1,000.
    Project,
    /// What projects accept: 10 minutes, 200.
    Schema,
    /// Tasks: 30 seconds, 20,000.
    Task,
    /// Sprints: 2 minutes, 2,000.
    Sprint,
    /// Users: 10 minutes, 5,000.
    User,
    /// Comments: 30 seconds, 5,000.
    Comment,
    /// Relations: 30 seconds, 5,000.
    Relation,
}

impl CacheKind {
    const ALL: [Self; 7] =
        [Self::Project, Self::Schema, Self::Task, Self::Sprint, Self::User, Self::Comment, Self::Relation];

    const fn default_life(self) -> Duration {
        match self {
            Self::Task | Self::Comment | Self::Relation => Duration::from_secs(30),
            Self::Sprint => Duration::from_secs(120),
            Self::Project => Duration::from_secs(300),
            Self::Schema | Self::User => Duration::from_secs(600),
        }
    }

    const fn default_size(self) -> u64 {
        match self {
            Self::Task => 20_000,
            Self::User | Self::Comment | Self::Relation => 5_000,
            Self::Sprint => 2_000,
            Self::Project => 1_000,
            Self::Schema => 200,
        }
    }
}

/// Answers from memory what was read lately: single items, pages by their query, what projects accept.
///
/// What goes through the layer and writes, forgets whatever it may have changed, also when it fails or is cancelled half-way;
/// an answer that was under way meanwhile is not kept. What others change is seen when the time to live is over.
/// Errors are never kept. Health, change feeds, batches, attachments (their addresses expire), pull requests (their
/// provider remembers by itself), and everything that a sync engine asks for go straight to the backend.
///
/// Each provider that it is put in front of has a memory of its own. Somebody who must see what is there *now* says
/// [`fresh`].
///
/// ```
/// use std::time::Duration;
/// use pm_core::PmProviderBuilder;
/// use pm_core::layers::{CacheKind, CacheLayer};
///
/// let cache = CacheLayer::new()
///     .time_to_live(CacheKind::Task, Duration::from_secs(10))
///     .items(CacheKind::User, 500)
///     .stale_if_unavailable(Duration::from_secs(3600));
/// let builder = PmProviderBuilder::from_env().layer(cache);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct CacheLayer {
    lives: BTreeMap<CacheKind, Duration>,
    sizes: BTreeMap<CacheKind, u64>,
    stale: Duration,
}

impl CacheLayer {
    /// Keeps each kind for the time, and as many of it, as [`CacheKind`] says.
    pub fn new() -> Self {
        Self {
            lives: CacheKind::ALL.map(|kind| (kind, kind.default_life())).into(),
            sizes: CacheKind::ALL.map(|kind| (kind, kind.default_size())).into(),
            stale: Duration::ZERO,
        }
    }

    /// Keeps a kind for this time; zero is not at all.
    pub fn time_to_live(mut self, kind: CacheKind, life: Duration) -> Self {
        self.lives.insert(kind, life);
        self
    }

    /// Keeps so many items of a kind at most, those of pages among them; zero is none.
    pub fn items(mut self, kind: CacheKind, most: u64) -> Self {
        self.sizes.insert(kind, most);
        self
    }

    /// Answers with what is up to so much older than its time to live, where the backend cannot be reached, gives no
    /// answer in time or wants to be left alone. Not by default: who shows old things should know it. What was written
    /// through this layer is never answered as it was before. A trace event of level warn tells of each such answer.
    pub fn stale_if_unavailable(mut self, most: Duration) -> Self {
        self.stale = most;
        self
    }

    fn life(&self, kind: CacheKind) -> Duration {
        self.lives.get(&kind).copied().unwrap_or_default()
    }

    fn size(&self, kind: CacheKind) -> u64 {
        self.sizes.get(&kind).copied().unwrap_or_default()
    }
}

impl Default for CacheLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl Layer for CacheLayer {
    fn wrap(&self, inner: Arc<dyn PmProvider>) -> Arc<dyn PmProvider> {
        let generations = Arc::new(Generations::default());
        let inner = intercept(inner, Forget::new(Arc::clone(&generations)));
        Arc::new(Cached::new(inner, self, &generations))
    }
}

tokio::task_local! {
    static FRESH: ();
}

/// Asks the backend itself for whatever is read within, past every [`CacheLayer`]; what it says is remembered from then
/// on. Holds for this task alone, and not for others that are spawned within.
///
/// ```no_run
/// # async fn example(provider: std::sync::Arc<dyn pm_core::PmProvider>) -> pm_core::Result<()> {
/// let task = pm_core::layers::fresh(provider.get_task(&"42".into())).await?;
/// # Ok(())
/// # }
/// ```
pub async fn fresh<F: Future>(reading: F) -> F::Output {
    FRESH.scope((), reading).await
}

fn is_fresh_wanted() -> bool {
    FRESH.try_with(|()| ()).is_ok()
}
