//! What is forgotten when something is written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use pm_provider::{Answered, Call, Interceptor, Next, Result};

use super::CacheKind;

/// Counts, for each kind, how often it was forgotten: an answer counts while its kind's number is the one that it was
/// asked under.
#[derive(Debug, Default)]
pub(super) struct Generations([AtomicU64; CacheKind::ALL.len()]);

impl Generations {
    pub(super) fn of(&self, kind: CacheKind) -> u64 {
        self.0[kind as usize].load(Ordering::SeqCst)
    }

    pub(super) fn forget(&self, kinds: &[CacheKind]) {
        for kind in kinds {
            self.0[*kind as usize].fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// Sees every write of every ability, below the memory.
#[derive(Clone, Debug)]
pub(super) struct Forget {
    generations: Arc<Generations>,
}

impl Forget {
    pub(super) fn new(generations: Arc<Generations>) -> Self {
        Self { generations }
    }
}

#[async_trait]
impl Interceptor for Forget {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if !call.writes {
            return next.await;
        }
        let kinds = changed_by(&call.operation);
        // What is read while the write is under way may be from before it.
        self.generations.forget(kinds);
        let _at_the_end = AtTheEnd { generations: &self.generations, kinds };
        next.await
    }
}

/// Forgets once more when the write is over: done, failed, or dropped by a caller who does not know what became of it.
struct AtTheEnd<'a> {
    generations: &'a Generations,
    kinds: &'static [CacheKind],
}

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.generations.forget(self.kinds);
    }
}

/// What an operation may change, by its name in the contract. Generous: a task's dates move its parents', its labels
/// become the project's, and its comments touch its time of change.
fn changed_by(operation: &str) -> &'static [CacheKind] {
    use CacheKind::{Comment, Project, Relation, Schema, Sprint, Task, User};

    match operation.split_once('_').map_or(operation, |(_, about)| about) {
        "webhook" => &[],
        "task" => &[Task, Sprint, Schema, Comment, Relation],
        "sprint" => &[Sprint, Schema, Task],
        "comment" => &[Comment, Task],
        "relation" => &[Relation, Task],
        "user" => &[User, Task, Project, Comment],
        "project" => &[Project, Schema, Task, Sprint, Comment, Relation],
        _ => &CacheKind::ALL,
    }
}

#[cfg(test)]
mod tests {
    use pm_provider::{Entity, Operation};

    use super::*;

    #[test]
    fn every_write_forgets_at_least_its_own_kind() {
        let kinds = [
            (Entity::Project, CacheKind::Project),
            (Entity::Task, CacheKind::Task),
            (Entity::Sprint, CacheKind::Sprint),
            (Entity::User, CacheKind::User),
            (Entity::Comment, CacheKind::Comment),
            (Entity::Relation, CacheKind::Relation),
        ];
        for (entity, kind) in kinds {
            for operation in [Operation::Create, Operation::Update, Operation::Delete] {
                let name = operation.on(entity);
                assert!(changed_by(&name).contains(&kind), "{name}");
            }
        }
        for unknown in ["apply_batch", "redeliver", "something_new"] {
            assert_eq!(changed_by(unknown), CacheKind::ALL, "{unknown}");
        }
    }
}
