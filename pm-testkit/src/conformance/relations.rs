//! Relations between tasks.

use pm_provider::{
    DeleteOptions, Entity, Error, ErrorKind, NewRelation, Operation, PMTask, Relation, RelationKind, RelationQuery,
    Relations, TaskId,
};

use super::Subject;
use super::capable::NOWHERE;
use super::expect::{done, ensure, refused, same};
use super::fixture::everything;
use super::verdict::Outcome;

/// The relations of a task.
pub(super) async fn of_task(relations: &dyn Relations, task: &TaskId) -> Outcome<Vec<Relation>> {
    let query = RelationQuery::of_task(task);
    everything(|cursor| relations.relations_page(&query, cursor)).await
}

async fn pair(subject: &Subject) -> Outcome<(PMTask, PMTask)> {
    let project = subject.own_project().await?;
    Ok((subject.task(&project, "from").await?, subject.task(&project, "to").await?))
}

/// A relation is listed at both of its tasks, and reads the same from both.
pub(super) async fn listed_at_both_tasks(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let (from, to) = pair(subject).await?;
    let mut made = Vec::new();
    for kind in [RelationKind::Blocks, RelationKind::Relates] {
        let new = NewRelation::new(kind, &from.id, &to.id);
        let answer = relations.create_relation(new).await;
        let Some(relation) = unless_taken(subject, (&made, kind), answer)? else { continue };
        same("kind, from and to", &(kind, &from.id, &to.id), &(relation.kind, &relation.from, &relation.to))?;
        made.push(relation);
    }
    subject.settled().await;
    for task in [&from.id, &to.id] {
        same("the relations of a task, oldest first", &made, &of_task(&*relations, task).await?)?;
    }
    Ok(())
}

/// A relation that is there already is returned as it is; `relates` says the same from both ends, `blocks` does not.
pub(super) async fn repeated_create(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let (from, to) = pair(subject).await?;
    let new = NewRelation::new(RelationKind::Blocks, &from.id, &to.id);
    let first = relations.create_relation(new.clone()).await?;
    let second = done("relating two tasks again", relations.create_relation(new).await)?;
    same("the relation", &first, &second)?;
    let mut made = vec![first.clone()];
    let back = relations.create_relation(NewRelation::new(RelationKind::Blocks, &to.id, &from.id)).await;
    if let Some(back) = unless_taken(subject, (&made, RelationKind::Blocks), back)? {
        ensure(back.id != first.id, "another relation in the other direction", &back)?;
        made.push(back);
    }
    let near = relations.create_relation(NewRelation::new(RelationKind::Relates, &from.id, &to.id)).await;
    match unless_taken(subject, (&made, RelationKind::Relates), near)? {
        _ if !takes(subject, RelationKind::Relates) => {}
        Some(near) => {
            same("the relation from its other end", &near, &far_end(&*relations, &from, &to).await?)?;
            made.push(near);
        }
        None => relates_both_ways(subject, &*relations).await?,
    }
    subject.settled().await;
    same("the number of relations", &made.len(), &of_task(&*relations, &from.id).await?.len())
}

async fn far_end(relations: &dyn Relations, from: &PMTask, to: &PMTask) -> Outcome<Relation> {
    let new = NewRelation::new(RelationKind::Relates, &to.id, &from.id);
    done("relating two tasks from the other end", relations.create_relation(new).await)
}

/// The same of two tasks that nothing else relates.
async fn relates_both_ways(subject: &Subject, relations: &dyn Relations) -> Outcome {
    let (one, other) = pair(subject).await?;
    let near = NewRelation::new(RelationKind::Relates, &one.id, &other.id);
    let near = done("relating two tasks", relations.create_relation(near).await)?;
    same("the relation from its other end", &near, &far_end(relations, &one, &other).await?)
}

fn takes(subject: &Subject, kind: RelationKind) -> bool {
    subject.provider.capabilities().takes_relations(kind)
}

/// A kind of relation that can be made: `relates`, where it can.
fn some_kind(subject: &Subject) -> RelationKind {
    let kinds = &subject.provider.capabilities().relation_kinds;
    if takes(subject, RelationKind::Relates) { RelationKind::Relates } else { kinds[0] }
}

/// What came of relating two tasks once more. A backend with one relation between two tasks refuses others as
/// `Conflict`, once it has one; one without relations of the kind refuses it always.
fn unless_taken(
    subject: &Subject,
    (made, kind): (&[Relation], RelationKind),
    answer: Result<Relation, Error>,
) -> Outcome<Option<Relation>> {
    if !takes(subject, kind) {
        return refused("a kind of relation that is not there", ErrorKind::Unsupported, answer).map(|_| None);
    }
    match answer {
        Err(error) if error.kind() == ErrorKind::Conflict && !made.is_empty() => Ok(None),
        answer => done("relating two tasks", answer).map(Some),
    }
}

/// A task is not related to itself; one that is not there is not found.
pub(super) async fn both_tasks_must_be_there(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let (from, _) = pair(subject).await?;
    let kind = some_kind(subject);
    let itself = NewRelation::new(kind, &from.id, &from.id);
    refused("a task related to itself", ErrorKind::InvalidInput, relations.create_relation(itself).await)?;
    let lost = NewRelation::new(kind, &from.id, NOWHERE);
    let answer = relations.create_relation(lost).await;
    refused("a relation to an unknown task", ErrorKind::NotFound, answer)?;
    refused(
        "the relations of an unknown task",
        ErrorKind::NotFound,
        relations.relations_page(&RelationQuery::of_task(NOWHERE), None).await,
    )?;
    same("the number of relations", &0, &of_task(&*relations, &from.id).await?.len())
}

/// A deleted relation is gone at both tasks; a second delete finds nothing.
pub(super) async fn deleted(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let (from, to) = pair(subject).await?;
    let blocks = relations.create_relation(NewRelation::new(RelationKind::Blocks, &from.id, &to.id)).await?;
    let near = relations.create_relation(NewRelation::new(RelationKind::Duplicates, &from.id, &to.id)).await;
    let other = unless_taken(subject, (std::slice::from_ref(&blocks), RelationKind::Duplicates), near)?;
    done("deleting a relation from its other end", relations.delete_relation(&to.id, &blocks.id).await)?;
    for task in [&from.id, &to.id] {
        same(
            "the relations that stay",
            &other.iter().cloned().collect::<Vec<_>>(),
            &of_task(&*relations, task).await?,
        )?;
    }
    let again = relations.delete_relation(&from.id, &blocks.id).await;
    refused("deleting a relation twice", ErrorKind::NotFound, again).map(drop)
}

/// The relations of a deleted task are gone at the other task too.
pub(super) async fn gone_with_their_task(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    subject.requires(Entity::Task, Operation::Delete).await?;
    let (from, to) = pair(subject).await?;
    // Any kind will do: not every backend knows an order in time.
    relations.create_relation(NewRelation::new(RelationKind::Blocks, &from.id, &to.id)).await?;
    done("deleting a related task", subject.provider.delete_task(&from.id, DeleteOptions::new()).await)?;
    same("the relations of the other task", &0, &of_task(&*relations, &to.id).await?.len())?;
    let answer = relations.relations_page(&RelationQuery::of_task(&from.id), None).await;
    refused("its own relations", ErrorKind::NotFound, answer).map(drop)
}
