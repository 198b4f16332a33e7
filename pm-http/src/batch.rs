//! Batches, for backends that have none.

use std::collections::HashSet;
use std::future::Future;

use chrono::Utc;
use futures_util::{StreamExt, stream};
use pm_provider::{
    BatchOperation, BatchOptions, BatchOutcome, Error, FieldPatch, Item, ItemRef, PmProvider, Result, TaskPatch,
};

/// Applies operations one by one, or side by side where they touch different items; one result for each, in their order.
///
/// Operations see what those before them did. Those that may touch more than they name (deletes, anything about a
/// project or a sprint) run alone. What would begin too late for the options is not begun.
pub async fn apply_batch(
    provider: &dyn PmProvider,
    operations: Vec<BatchOperation>,
    options: &BatchOptions,
    concurrency: usize,
) -> Vec<Result<BatchOutcome>> {
    let mut outcomes = Vec::with_capacity(operations.len());
    for wave in waves(operations) {
        outcomes.extend(apply_wave(provider, wave, options, concurrency).await);
    }
    outcomes
}

/// Applies operations that do not touch each other's items side by side; one result for each, in their order. Moves come
/// last, one by one: two side by side could close a circle that neither of them sees.
pub async fn apply_wave(
    provider: &dyn PmProvider,
    wave: Vec<BatchOperation>,
    options: &BatchOptions,
    concurrency: usize,
) -> Vec<Result<BatchOutcome>> {
    let apply = |operation| async move {
        options.check_time(Utc::now())?;
        apply(provider, operation).await
    };
    side_by_side(wave, concurrency, is_move, apply).await
}

fn is_move(operation: &BatchOperation) -> bool {
    matches!(operation, BatchOperation::UpdateTask(_, patch) if hangs_elsewhere(patch))
}

/// Whether a patch hangs its task below another one.
#[must_use]
pub fn hangs_elsewhere(patch: &TaskPatch) -> bool {
    matches!(patch.parent_task_id, FieldPatch::Set(_))
}

/// Does all of some work side by side, but what must not meet its like: that is done afterwards, one by one. The answers
/// come in the order of the work.
pub async fn side_by_side<T, R, Answer: Future<Output = R>>(
    work: Vec<T>,
    concurrency: usize,
    alone: impl Fn(&T) -> bool,
    run: impl Fn(T) -> Answer,
) -> Vec<R> {
    let (last, free): (Vec<_>, Vec<_>) = work.into_iter().enumerate().partition(|(_, one)| alone(one));
    let run = &run;
    let placed = |(place, one): (usize, T)| async move { (place, run(one).await) };
    let mut done: Vec<(usize, R)> = stream::iter(free).map(placed).buffered(concurrency.max(1)).collect().await;
    for one in last {
        done.push(placed(one).await);
    }
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, answer)| answer).collect()
}

/// Cuts a batch into runs of neighbours that do not touch each other's items, for backends that take many of some kind
/// at once and leave the others to [`apply_wave`].
///
/// ```
/// use pm_http::batch::waves;
/// use pm_provider::{BatchOperation, TaskPatch};
/// let rename = |id: &str| BatchOperation::UpdateTask(id.into(), Box::new(TaskPatch::new().title("x")));
/// let waves = waves(vec![rename("1"), rename("2"), rename("1")]);
/// assert_eq!(waves.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
/// ```
#[must_use]
pub fn waves(operations: Vec<BatchOperation>) -> Vec<Vec<BatchOperation>> {
    let (mut waves, mut wave): (Vec<Vec<BatchOperation>>, Touches) = Default::default();
    let mut is_closed = true;
    for operation in operations {
        let touches = touches(&operation);
        if is_closed || !touches.as_ref().is_some_and(|touches| touches.fit(&wave)) {
            waves.push(Vec::new());
            wave = Touches::default();
        }
        is_closed = touches.is_none();
        wave.extend(touches.unwrap_or_default());
        if let Some(wave) = waves.last_mut() {
            wave.push(operation);
        }
    }
    waves
}

/// The names of what operations write, and of what has to stay as it is for them.
#[derive(Default)]
struct Touches {
    written: HashSet<String>,
    needed: HashSet<String>,
}

impl Touches {
    fn writing(names: impl IntoIterator<Item = String>) -> Self {
        Self { written: names.into_iter().collect(), needed: HashSet::new() }
    }

    fn fit(&self, wave: &Self) -> bool {
        let apart = |these: &HashSet<String>, those: &HashSet<String>| these.is_disjoint(those);
        apart(&self.written, &wave.written) && apart(&self.written, &wave.needed) && apart(&self.needed, &wave.written)
    }

    fn extend(&mut self, other: Self) {
        self.written.extend(other.written);
        self.needed.extend(other.needed);
    }
}

/// What an operation touches, or `None` where that cannot be told.
fn touches(operation: &BatchOperation) -> Option<Touches> {
    use BatchOperation as Op;
    match operation {
        // Twins, and what shares a key, must not meet; a create also counts as a touch of what it hangs from.
        Op::CreateTask(new) => {
            let mut names = vec![format!("task by content {}/{}", new.project_id, new.title)];
            names.extend(new.idempotency_key.iter().map(|key| format!("task by key {key}")));
            names.extend(new.key.iter().map(|key| format!("task called {}", key.to_lowercase())));
            names.extend(new.parent_task_id.iter().map(|id| format!("task {id}")));
            Some(Touches::writing(names))
        }
        Op::UpdateTask(id, patch) => {
            let mut touches = Touches::writing([format!("task {id}")]);
            touches.needed.extend(patch.parent_task_id.value().map(|parent| format!("task {parent}")));
            Some(touches)
        }
        Op::CreateComment(new) => Some(Touches::writing([format!("task {}", new.task_id)])),
        Op::UpdateComment(task, ..) => Some(Touches::writing([format!("task {task}")])),
        _ => None,
    }
}

async fn apply(provider: &dyn PmProvider, operation: BatchOperation) -> Result<BatchOutcome> {
    let name = operation.operation().on(operation.entity());
    let outcome = apply_one(provider, operation).await;
    outcome.map_err(|error| error.in_provider(provider.name()).during(&name))
}

async fn apply_one(provider: &dyn PmProvider, operation: BatchOperation) -> Result<BatchOutcome> {
    use BatchOperation as Op;
    let written: Item = match operation {
        Op::CreateProject(new) => provider.create_project(*new).await?.into(),
        Op::UpdateProject(id, patch) => provider.update_project(&id, *patch).await?.into(),
        Op::CreateTask(new) => provider.create_task(*new).await?.into(),
        Op::UpdateTask(id, patch) => provider.update_task(&id, *patch).await?.into(),
        Op::CreateSprint(new) => provider.create_sprint(*new).await?.into(),
        Op::UpdateSprint(id, patch) => provider.update_sprint(&id, *patch).await?.into(),
        Op::CreateComment(new) => comments(provider)?.create_comment(*new).await?.into(),
        Op::UpdateComment(task, id, patch) => comments(provider)?.update_comment(&task, &id, *patch).await?.into(),
        Op::Delete(item, options) => {
            delete(provider, &item, options).await?;
            return Ok(BatchOutcome::Deleted(item));
        }
        _ => return Err(Error::unsupported("a kind of operation that is newer than this provider")),
    };
    Ok(BatchOutcome::Written(written))
}

async fn delete(provider: &dyn PmProvider, item: &ItemRef, options: pm_provider::DeleteOptions) -> Result<()> {
    match item {
        ItemRef::Project(id) => provider.delete_project(id, options).await,
        ItemRef::Task(id) => provider.delete_task(id, options).await,
        ItemRef::Sprint(id) => provider.delete_sprint(id, options).await,
        ItemRef::Comment(task, id) => comments(provider)?.delete_comment(task, id, options).await,
        ItemRef::User(_) => Err(Error::unsupported("a user cannot be deleted in a batch")),
        _ => Err(Error::unsupported("a kind of item that is newer than this provider")),
    }
}

fn comments(provider: &dyn PmProvider) -> Result<std::sync::Arc<dyn pm_provider::Comments>> {
    provider.comments().ok_or_else(|| Error::unsupported("this backend has no comments"))
}

#[cfg(test)]
mod tests {
    use pm_provider::{DeleteOptions, NewComment, NewProject, NewTask, TaskPatch};

    use super::*;

    fn sizes(operations: Vec<BatchOperation>) -> Vec<usize> {
        waves(operations).iter().map(Vec::len).collect()
    }

    fn new_task(title: &str) -> NewTask {
        NewTask::new("1", title)
    }

    fn update(id: &str, patch: TaskPatch) -> BatchOperation {
        BatchOperation::UpdateTask(id.into(), Box::new(patch))
    }

    #[test]
    fn what_touches_different_items_runs_side_by_side() {
        let rename = || TaskPatch::new().title("x");
        let operations = vec![
            new_task("a").into(),
            new_task("b").into(),
            update("1", rename()),
            update("2", rename()),
            NewComment::new("3", "text").into(),
        ];
        assert_eq!(sizes(operations), [5]);
    }

    #[test]
    fn what_touches_the_same_item_runs_in_order() {
        let rename = || TaskPatch::new().title("x");
        assert_eq!(sizes(vec![update("1", rename()), update("2", rename()), update("1", rename())]), [2, 1]);
        assert_eq!(sizes(vec![update("1", rename()), NewComment::new("1", "text").into()]), [1, 1]);
        assert_eq!(sizes(vec![new_task("a").into(), new_task("a").into()]), [1, 1]);
        let keyed = |title| new_task(title).idempotency_key("k").into();
        assert_eq!(sizes(vec![keyed("a"), keyed("b")]), [1, 1]);
        assert_eq!(sizes(vec![update("1", rename()), new_task("a").parent_task_id("1").into()]), [1, 1]);
    }

    #[test]
    fn a_move_needs_its_new_parent_as_it_is() {
        let rename = |id| update(id, TaskPatch::new().title("x"));
        let hang = |id, parent: &str| update(id, TaskPatch::new().parent_task_id(parent));
        assert_eq!(sizes(vec![rename("1"), hang("2", "9"), hang("3", "9"), rename("4")]), [4]);
        assert_eq!(sizes(vec![rename("9"), hang("2", "9"), rename("9")]), [1, 1, 1]);
        assert_eq!(sizes(vec![hang("1", "2"), hang("2", "1")]), [1, 1]);
    }

    #[tokio::test]
    async fn what_must_not_meet_its_like_comes_last_and_one_by_one() {
        let log = std::cell::RefCell::new(Vec::new());
        let run = |number: u32| {
            let log = &log;
            async move {
                log.borrow_mut().push((number, "begins"));
                tokio::task::yield_now().await;
                log.borrow_mut().push((number, "ends"));
                number
            }
        };
        assert_eq!(side_by_side(vec![1, 2, 3, 4], 4, |number| number % 2 == 1, run).await, [1, 2, 3, 4]);
        let log = log.into_inner();
        assert_eq!(log[..2], [(2, "begins"), (4, "begins")]);
        assert_eq!(log[4..], [(1, "begins"), (1, "ends"), (3, "begins"), (3, "ends")]);
    }

    #[test]
    fn what_may_touch_anything_runs_alone() {
        let rename = || update("1", TaskPatch::new().title("x"));
        let delete = BatchOperation::Delete(ItemRef::Task("4".into()), DeleteOptions::new());
        let alone = [delete, NewProject::new("p").into()];
        for operation in alone {
            assert_eq!(sizes(vec![rename(), operation, rename()]), [1, 1, 1]);
        }
        assert_eq!(sizes(Vec::new()), [0; 0]);
    }
}
