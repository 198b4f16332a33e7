//! Comments and relations of a whole project, without going task by task.

use pm_provider::{
    Comment, CommentQuery, Comments, Cursor, Entity, ErrorKind, Filter, NewComment, NewRelation, Operation, PMTask,
    Page, ProjectId, Relation, RelationKind, RelationQuery, Relations,
};
use serde_json::json;

use super::Subject;
use super::capable::{NOWHERE, must};
use super::expect::{done, ensure, refused, same};
use super::fixture::{everything, pages_from};
use super::verdict::{Outcome, Stop};

/// A second project, where there can be one.
async fn another_project(subject: &Subject) -> Outcome<Option<ProjectId>> {
    match subject.other_project().await {
        Ok(project) => Ok(Some(project)),
        Err(Stop::Unsupported(_)) => Ok(None),
        Err(failed) => Err(failed),
    }
}

/// Small pages take long in a project that holds other things too.
fn sizes(subject: &Subject) -> &'static [u32] {
    if subject.project.is_some() { &[100] } else { &[1, 2, 100] }
}

/// The comments of a project are those of all of its tasks, each once, oldest first, at any page size.
pub(super) async fn comments_of_a_project(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires_filter(Entity::Comment, Filter::Project).await?;
    subject.requires(Entity::Comment, Operation::Create).await?;
    let project = subject.own_project().await?;
    let tasks = subject.tasks(&project, 2).await?;
    let other = another_project(subject).await?;
    let mut written = Vec::new();
    for turn in 0..5 {
        let new = NewComment::new(&tasks[turn % 2].id, format!("number {turn}"));
        written.push(comments.create_comment(new).await?);
        if let (Some(other), 2) = (&other, turn) {
            let stray = subject.task(other, "elsewhere").await?;
            comments.create_comment(NewComment::new(&stray.id, "elsewhere")).await?;
        }
    }
    subject.settled().await;
    for size in sizes(subject) {
        let query = CommentQuery::in_project(&project).page_size(*size);
        let listed = everything(|cursor| comments.comments_page(&query, cursor)).await?;
        let own = |comment: &Comment| subject.project.is_none() || written.contains(comment);
        let listed: Vec<_> = listed.into_iter().filter(own).collect();
        same(&format!("the comments of a project by pages of {size}"), &written, &listed)?;
    }
    match other {
        Some(other) => of_both(&*comments, &tasks[0], &other).await,
        None => Ok(()),
    }
}

/// A task and another project have no comments in common.
async fn of_both(comments: &dyn Comments, task: &PMTask, other: &ProjectId) -> Outcome {
    let query: CommentQuery = serde_json::from_value(json!({ "task": task.id, "project": other }))?;
    let listed = everything(|cursor| comments.comments_page(&query, cursor)).await?;
    same("the comments of a task that are of another project", &Vec::new(), &listed)
}

/// The comments of a project that is not there are not found.
pub(super) async fn comments_of_an_unknown_project(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires_filter(Entity::Comment, Filter::Project).await?;
    let answer = comments.comments_page(&CommentQuery::in_project(NOWHERE), None).await;
    refused("the comments of an unknown project", ErrorKind::NotFound, answer).map(drop)
}

/// The relations of a project that is not there are not found.
pub(super) async fn relations_of_an_unknown_project(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    subject.requires_filter(Entity::Relation, Filter::Project).await?;
    let answer = relations.relations_page(&RelationQuery::in_project(NOWHERE), None).await;
    refused("the relations of an unknown project", ErrorKind::NotFound, answer).map(drop)
}

/// Nobody lists all comments of a backend at once.
pub(super) async fn comments_of_nothing_are_refused(subject: &Subject) -> Outcome {
    let comments = subject.comments()?;
    subject.requires(Entity::Comment, Operation::List).await?;
    let answer = comments.comments_page(&serde_json::from_str("{}")?, None).await;
    refused("the comments of neither task nor project", ErrorKind::InvalidInput, answer).map(drop)
}

/// Nobody lists all relations of a backend at once.
pub(super) async fn relations_of_nothing_are_refused(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let answer = relations.relations_page(&serde_json::from_str("{}")?, None).await;
    refused("the relations of neither task nor project", ErrorKind::InvalidInput, answer).map(drop)
}

/// Relations within a project, and two that cross into another where there is one that takes them.
struct Web {
    project: ProjectId,
    own: Vec<Relation>,
    other: Option<ProjectId>,
    /// The one that comes from the other project.
    others: Vec<Relation>,
}

impl Web {
    async fn spin(subject: &Subject, relations: &dyn Relations) -> Outcome<Self> {
        let project = subject.own_project().await?;
        let tasks = subject.tasks(&project, 3).await?;
        let other = another_project(subject).await?;
        let mut web = Self { project, own: Vec::new(), other, others: Vec::new() };
        for (from, to) in [(0, 1), (1, 2)] {
            let new = NewRelation::new(RelationKind::Blocks, &tasks[from].id, &tasks[to].id);
            web.own.push(done("relating two tasks", relations.create_relation(new).await)?);
        }
        let Some(other) = &web.other else { return Ok(web) };
        let far = subject.task(other, "far").await?;
        web.own.extend(crossing(relations, &tasks[0], &far).await?);
        web.others.extend(crossing(relations, &far, &tasks[1]).await?);
        Ok(web)
    }
}

/// Relates tasks of two projects, if the backend takes that.
async fn crossing(relations: &dyn Relations, from: &PMTask, to: &PMTask) -> Outcome<Option<Relation>> {
    match relations.create_relation(NewRelation::new(RelationKind::Blocks, &from.id, &to.id)).await {
        Ok(relation) => Ok(Some(relation)),
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidInput) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Each relation is listed once, in the project of its `from`, oldest first, at any page size.
pub(super) async fn relations_of_a_project(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    subject.requires_filter(Entity::Relation, Filter::Project).await?;
    subject.requires(Entity::Relation, Operation::Create).await?;
    let web = Web::spin(subject, &*relations).await?;
    subject.settled().await;
    for size in sizes(subject) {
        let query = RelationQuery::in_project(&web.project).page_size(*size);
        let listed = everything(|cursor| relations.relations_page(&query, cursor)).await?;
        let own = |relation: &Relation| subject.project.is_none() || web.own.contains(relation);
        let listed: Vec<_> = listed.into_iter().filter(own).collect();
        same(&format!("the relations of a project by pages of {size}"), &web.own, &listed)?;
    }
    let Some(other) = &web.other else { return Ok(()) };
    let query = RelationQuery::in_project(other);
    let listed = everything(|cursor| relations.relations_page(&query, cursor)).await?;
    same("the relations from the other project", &web.others, &listed)
}

/// A task with five relations, and another with one.
async fn related(subject: &Subject, relations: &dyn Relations) -> Outcome<(PMTask, PMTask, Vec<Relation>)> {
    subject.requires(Entity::Relation, Operation::Create).await?;
    let project = subject.own_project().await?;
    let mut tasks = subject.tasks(&project, 6).await?;
    let (one, mut made) = (tasks.remove(0), Vec::new());
    for task in &tasks {
        let new = NewRelation::new(RelationKind::Blocks, &one.id, &task.id);
        made.push(done("relating two tasks", relations.create_relation(new).await)?);
    }
    subject.settled().await;
    Ok((one, tasks.remove(0), made))
}

/// The relations of a task come by pages: each once, oldest first, at any size, and none larger than asked for.
pub(super) async fn relations_come_by_pages(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let (task, _, made) = related(subject, &*relations).await?;
    for size in [1_u32, 2, 100] {
        let query = RelationQuery::of_task(&task.id).page_size(size);
        let pages: Vec<Page<Relation>> = pages_from(None, |cursor| relations.relations_page(&query, cursor)).await?;
        let largest = pages.iter().map(|page| page.items.len()).max();
        ensure(largest.is_some_and(|most| most <= size as usize), format!("at most {size} to a page"), largest)?;
        let listed: Vec<_> = pages.into_iter().flat_map(|page| page.items).collect();
        same(&format!("the relations of a task by pages of {size}"), &made, &listed)?;
    }
    let answer = relations.relations_page(&RelationQuery::of_task(&task.id).page_size(0_u32), None).await;
    refused("a page of 0 relations", ErrorKind::InvalidInput, answer).map(drop)
}

/// A cursor of the relations of another task, and what is no cursor, is refused.
pub(super) async fn relations_have_cursors_of_their_own(subject: &Subject) -> Outcome {
    let relations = subject.relations()?;
    let (task, other, _) = related(subject, &*relations).await?;
    let first = relations.relations_page(&RelationQuery::of_task(&task.id).page_size(1_u32), None).await?;
    let cursor = must("a next page", first.next)?;
    for (what, cursor) in [("the cursor of another task", cursor), ("garbage", Cursor::from_text("garbage"))] {
        let answer = relations.relations_page(&RelationQuery::of_task(&other.id), Some(cursor)).await;
        refused(&format!("{what} for relations"), ErrorKind::InvalidInput, answer)?;
    }
    Ok(())
}
