//! What hangs on tasks: comments and relations, in the order of the tasks.

use std::sync::Arc;

use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use pm_core::capability::Filter;
use pm_core::{
    Ability, Comment, CommentQuery, Entity, Error, PMProject, PmProvider, PmProviderExt, Relation, RelationQuery,
    TaskId,
};

use super::order::{Place, Sorter, TaskOrder};
use super::record::Record;
use super::writer::Writer;
use crate::failure::Result;

/// Requests at the same time, where a backend has to be asked task by task.
const AT_ONCE: usize = 8;

type Items<T> = BoxStream<'static, Result<T, Error>>;

/// Writes all comments, then all relations; says which were left out, since their tasks are not in the export.
pub(super) async fn write(
    provider: &Arc<dyn PmProvider>,
    projects: &[PMProject],
    order: &TaskOrder,
    writer: &mut Writer<'_, impl std::io::Write>,
) -> Result<Vec<String>> {
    let mut left_out = Vec::new();
    let has = |ability| provider.capabilities().abilities.contains(&ability);
    if has(Ability::Comments) {
        let mut sorter = Sorter::new();
        let mut comments = all_comments(provider, projects, order);
        let mut homeless = 0;
        while let Some(comment) = comments.try_next().await? {
            if order.holds(&comment.task_id) {
                let place = (order.place(&comment.task_id), comment.created_at);
                sorter.add(place, writer.prepare(&Record::Comment(comment))?)?;
            } else {
                homeless += 1;
            }
        }
        sorter.each(|line| writer.line(Some("comments"), line))?;
        left_out.extend(told(homeless, "comment"));
    }
    if has(Ability::Relations) {
        let mut sorter = Sorter::<(Place, Place, pm_core::RelationKind)>::new();
        let mut relations = all_relations(provider, projects, order);
        let mut homeless = 0;
        while let Some(relation) = relations.try_next().await? {
            // A relation to a task that is not exported would point to nothing.
            if order.holds(&relation.from) && order.holds(&relation.to) {
                let place = (order.place(&relation.from), order.place(&relation.to), relation.kind);
                sorter.add(place, writer.prepare(&Record::Relation(relation))?)?;
            } else {
                homeless += 1;
            }
        }
        sorter.each(|line| writer.line(Some("relations"), line))?;
        left_out.extend(told(homeless, "relation"));
    }
    Ok(left_out)
}

/// `2 relations: a task of theirs is not in this export`
fn told(count: u64, what: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {what}: a task of it is not in this export")),
        _ => Some(format!("{count} {what}s: a task of theirs is not in this export")),
    }
}

fn by_project(provider: &Arc<dyn PmProvider>, entity: Entity) -> bool {
    provider.capabilities().entity(entity).filters.contains(&Filter::Project)
}

fn all_comments(provider: &Arc<dyn PmProvider>, projects: &[PMProject], order: &TaskOrder) -> Items<Comment> {
    let owned = Arc::clone(provider);
    if by_project(provider, Entity::Comment) {
        let ids: Vec<_> = projects.iter().map(|project| project.id.clone()).collect();
        return stream::iter(ids).flat_map(move |id| owned.stream_comments(CommentQuery::in_project(id))).boxed();
    }
    let fetch = move |task: TaskId| {
        let provider = Arc::clone(&owned);
        async move { provider.list_comments(task).await }
    };
    one_by_one(order, fetch)
}

fn all_relations(provider: &Arc<dyn PmProvider>, projects: &[PMProject], order: &TaskOrder) -> Items<Relation> {
    let owned = Arc::clone(provider);
    if by_project(provider, Entity::Relation) {
        let ids: Vec<_> = projects.iter().map(|project| project.id.clone()).collect();
        return stream::iter(ids).flat_map(move |id| owned.stream_relations(RelationQuery::in_project(id))).boxed();
    }
    let fetch = move |task: TaskId| {
        let provider = Arc::clone(&owned);
        async move {
            let relations: Vec<Relation> =
                provider.stream_relations(RelationQuery::of_task(&task)).try_collect().await?;
            // Each relation is met at both ends.
            Ok(relations.into_iter().filter(|relation| relation.from == task).collect())
        }
    };
    one_by_one(order, fetch)
}

/// Asks for the items of each task, a few tasks at a time.
fn one_by_one<T, F>(order: &TaskOrder, fetch: impl Fn(TaskId) -> F + Send + 'static) -> Items<T>
where
    T: Send + 'static,
    F: Future<Output = Result<Vec<T>, Error>> + Send + 'static,
{
    let tasks: Vec<_> = order.ids().cloned().collect();
    stream::iter(tasks)
        .map(fetch)
        .buffered(AT_ONCE)
        .map_ok(|items| stream::iter(items.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}
