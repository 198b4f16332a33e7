//! Batches: one result for each operation, in order; alone, or all or nothing.

use std::sync::Arc;

use pm_provider::{
    Batch, BatchOperation, BatchOptions, BatchOutcome, DeleteOptions, Entity, Error, ErrorKind, Field, Item, ItemRef,
    NewProject, NewSprint, NewTask, Operation, ProjectId, TaskPatch, TaskQuery,
};

use super::Subject;
use super::capable::{NOWHERE, unsupported};
use super::expect::{broken, done, ensure, refused, same};
use super::items::unique;
use super::verdict::Outcome;

fn titles(project: &ProjectId, titles: &[&str]) -> Vec<BatchOperation> {
    titles.iter().map(|title| NewTask::new(project, *title).into()).collect()
}

async fn title_list(subject: &Subject, project: &ProjectId) -> Outcome<Vec<String>> {
    subject.settled().await;
    let tasks = subject.list_tasks(&TaskQuery::in_project(project)).await?;
    Ok(tasks.into_iter().map(|task| task.title).collect())
}

/// Applies a batch and notes what it made.
async fn apply(
    subject: &Subject,
    batch: &Arc<dyn Batch>,
    operations: Vec<BatchOperation>,
    options: BatchOptions,
) -> Result<Vec<Result<BatchOutcome, Error>>, Error> {
    let results = batch.apply_batch(operations, options).await?;
    for result in results.iter().flatten() {
        match result {
            BatchOutcome::Written(Item::Task(task)) => subject.note_task(&task.id),
            BatchOutcome::Written(Item::Sprint(sprint)) => subject.note_sprint(&sprint.id),
            BatchOutcome::Written(Item::Project(project)) => subject.note_project(&project.id),
            _ => {}
        }
    }
    Ok(results)
}

fn written_title(outcome: &Result<BatchOutcome, Error>) -> String {
    match outcome {
        Ok(BatchOutcome::Written(Item::Task(task))) => task.title.clone(),
        other => format!("{other:?}"),
    }
}

/// Results come in the order of the operations, and are what a get shows.
pub(super) async fn results_in_order(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    subject.requires(Entity::Task, Operation::Create).await?;
    let project = subject.own_project().await?;
    let names = ["one", "two", "three", "four", "five"];
    let results = done("a batch", apply(subject, &batch, titles(&project, &names), BatchOptions::new()).await)?;
    same(
        "the titles of the results",
        &names.map(str::to_owned).to_vec(),
        &results.iter().map(written_title).collect::<Vec<_>>(),
    )?;
    for result in results {
        let Ok(BatchOutcome::Written(Item::Task(task))) = result else { continue };
        same("the task", task.as_ref(), &subject.provider.get_task(&task.id).await?)?;
    }
    same("the tasks of the project", &5, &title_list(subject, &project).await?.len())
}

/// One bad operation in the middle fails alone.
pub(super) async fn each_alone(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    let project = subject.own_project().await?;
    let mut operations = titles(&project, &["one", "", "three"]);
    operations.insert(1, BatchOperation::UpdateTask(NOWHERE.into(), Box::new(TaskPatch::new().title("lost"))));
    let results = done("a batch with bad operations", apply(subject, &batch, operations, BatchOptions::new()).await)?;
    same("the number of results", &4, &results.len())?;
    let kinds: Vec<_> = results.iter().map(|result| result.as_ref().err().map(Error::kind)).collect();
    same("the kinds of errors", &vec![None, Some(ErrorKind::NotFound), Some(ErrorKind::InvalidInput), None], &kinds)?;
    // What does not touch may be made side by side.
    let mut titles = title_list(subject, &project).await?;
    titles.sort();
    same("the tasks", &vec!["one".to_owned(), "three".to_owned()], &titles)
}

/// Operations see what those before them did; all kinds of writes can be mixed.
pub(super) async fn in_sequence(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    subject.requires(Entity::Task, Operation::Delete).await?;
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 2).await?;
    let first = &tasks[0].id;
    let operations = vec![
        BatchOperation::UpdateTask(first.clone(), Box::new(TaskPatch::new().title("changed"))),
        BatchOperation::UpdateTask(first.clone(), Box::new(TaskPatch::new().title("changed again"))),
        BatchOperation::Delete(ItemRef::Task(tasks[1].id.clone()), DeleteOptions::new()),
        BatchOperation::UpdateTask(tasks[1].id.clone(), Box::new(TaskPatch::new().title("too late"))),
    ];
    let results = done("a batch of changes", apply(subject, &batch, operations, BatchOptions::new()).await)?;
    let shown: Vec<_> = results.iter().take(2).map(written_title).collect();
    same("the titles", &["changed", "changed again"].map(str::to_owned).to_vec(), &shown)?;
    let gone = matches!(results.get(2), Some(Ok(BatchOutcome::Deleted(ItemRef::Task(id)))) if *id == tasks[1].id);
    ensure(gone, "the deleted task", results.get(2))?;
    let late = results.into_iter().nth(3).ok_or_else(|| broken("four results", "fewer"))?;
    refused("a change of a task that was deleted before", ErrorKind::NotFound, late)?;
    same("the tasks", &vec!["changed again".to_owned()], &title_list(subject, &project).await?)
}

/// Projects and sprints are written as well as tasks.
pub(super) async fn other_kinds(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    subject.requires(Entity::Project, Operation::Create).await?;
    subject.requires(Entity::Sprint, Operation::Create).await?;
    let project = subject.own_project().await?;
    let name = unique("Batched");
    let operations = vec![NewProject::new(name.clone()).into(), NewSprint::new(&project, "batched").into()];
    let results = done("a batch", apply(subject, &batch, operations, BatchOptions::new()).await)?;
    let (Some(Ok(BatchOutcome::Written(Item::Project(made)))), Some(Ok(BatchOutcome::Written(Item::Sprint(sprint))))) =
        (results.first(), results.get(1))
    else {
        return Err(broken("a project and a sprint", format!("{results:?}")));
    };
    if subject.can(Entity::Project).field(Field::Name).lossy.is_none() {
        same("the name of the project", &name, &made.name)?;
    }
    same("the project", made.as_ref(), &subject.provider.get_project(&made.id).await?)?;
    same("the sprint", sprint.as_ref(), &subject.provider.get_sprint(&sprint.id).await?)
}

/// An atomic batch that fails leaves nothing behind and gives the error of the operation that failed.
pub(super) async fn all_or_nothing(subject: &Subject) -> Outcome {
    let batch = subject.atomic_batch().await?;
    let project = subject.own_project().await?;
    let task = subject.task(&project, "there").await?;
    let mut operations = titles(&project, &["one", "two"]);
    operations.push(BatchOperation::UpdateTask(task.id.clone(), Box::new(TaskPatch::new().title("changed"))));
    operations.push(BatchOperation::UpdateTask(NOWHERE.into(), Box::new(TaskPatch::new().title("lost"))));
    operations.extend(titles(&project, &["five"]));
    let answer = apply(subject, &batch, operations, BatchOptions::new().atomic(true)).await;
    refused("an atomic batch with a bad operation", ErrorKind::NotFound, answer)?;
    same("the tasks", &vec!["there".to_owned()], &title_list(subject, &project).await?)?;
    same("the task", &task, &subject.provider.get_task(&task.id).await?)
}

/// An atomic batch without a bad operation does all of it.
pub(super) async fn atomic_success(subject: &Subject) -> Outcome {
    let batch = subject.atomic_batch().await?;
    let project = subject.own_project().await?;
    let operations = titles(&project, &["one", "two", "three"]);
    let results = done("an atomic batch", apply(subject, &batch, operations, BatchOptions::new().atomic(true)).await)?;
    same("the number of results", &3, &results.len())?;
    same("the number of tasks", &3, &title_list(subject, &project).await?.len())
}

/// An empty batch does nothing.
pub(super) async fn empty(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    let results = done("an empty batch", apply(subject, &batch, Vec::new(), BatchOptions::new()).await)?;
    same("the number of results", &0, &results.len())
}

/// A batch that is larger than the capabilities say is refused as a whole.
pub(super) async fn too_large(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    let Some(most) = subject.provider.capabilities().max_batch_size.filter(|most| *most < 20_000) else {
        return unsupported("a limit to the size of a batch");
    };
    let project = subject.own_project().await?;
    let operations = (0..=most).map(|_| NewTask::new(&project, "too many").into()).collect();
    let answer = apply(subject, &batch, operations, BatchOptions::new()).await.map(|results| results.len());
    refused("a batch that is too large", ErrorKind::Unsupported, answer)?;
    same("the tasks", &Vec::<String>::new(), &title_list(subject, &project).await?)
}

/// The same key in a batch and outside makes one item.
pub(super) async fn keys_hold_in_batches(subject: &Subject) -> Outcome {
    let batch = subject.batch()?;
    subject.requires_keys(Entity::Task).await?;
    let project = subject.own_project().await?;
    let new = NewTask::new(&project, "keyed").idempotency_key(unique("key"));
    let first = subject.create_task(new.clone()).await?;
    let results = apply(subject, &batch, vec![new.clone().into(), new.into()], BatchOptions::new()).await?;
    for result in results {
        let BatchOutcome::Written(Item::Task(task)) = result? else { return Err(broken("a task", "something else")) };
        same("the id", &first.id, &task.id)?;
    }
    Ok(())
}
