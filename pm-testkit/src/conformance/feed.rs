//! The change feed: each item at its latest change, in order, deletions too.

use std::sync::Arc;

use pm_provider::{
    Change, ChangeKind, ChangePage, ChangeQuery, Changes, Cursor, DeleteOptions, Entity, ErrorKind, Field, ItemRef,
    NewComment, NewTask, Operation, ProjectId, TaskId, TaskPatch,
};
use serde_json::json;

use super::Subject;
use super::capable::{NOWHERE, must, unsupported};
use super::expect::{broken, done, ensure, refused, same};
use super::verdict::Outcome;

/// More pages than this without an end are no feed.
const PAGES: usize = 5_000;

/// A feed, and a query of one project.
pub(super) struct Feed {
    pub(super) changes: Arc<dyn Changes>,
    pub(super) query: ChangeQuery,
    pub(super) project: ProjectId,
    subject: Subject,
}

impl Feed {
    pub(super) async fn of_own_project(subject: &Subject, entity: Entity) -> Outcome<Self> {
        let changes = subject.feed(entity)?;
        let project = subject.own_project().await?;
        let query = ChangeQuery::in_project(&project).entities([entity]);
        Ok(Self { changes, query, project, subject: subject.clone() })
    }

    /// Reads to the end: all changes, and the cursor to come back with.
    pub(super) async fn read(&self, query: &ChangeQuery, from: Option<Cursor>) -> Outcome<(Vec<Change>, Cursor)> {
        tokio::time::sleep(self.changes.facts().index_lag).await;
        let (mut cursor, mut changes) = (from, Vec::new());
        for _ in 0..PAGES {
            let page: ChangePage = done("reading the feed", self.changes.changes_page(query, cursor).await)?;
            changes.extend(page.items);
            if !page.more {
                return Ok((changes, page.next));
            }
            cursor = Some(page.next);
        }
        Err(broken("a feed that ends", format!("more than {PAGES} pages")))
    }

    /// What the feed tells of, each item once, at its latest change.
    async fn told(&self, from: Option<Cursor>) -> Outcome<Vec<(ItemRef, bool)>> {
        let (changes, _) = self.read(&self.query, from).await?;
        let told = self.each_once(&changes)?;
        Ok(told.into_iter().filter(|(item, _)| self.is_own(item)).collect())
    }

    /// In a project that is shared only the rule's own items count.
    fn is_own(&self, item: &ItemRef) -> bool {
        match item {
            ItemRef::Task(task) | ItemRef::Comment(task, _) => self.subject.owns_task(task),
            ItemRef::Sprint(sprint) => self.subject.owns_sprint(sprint),
            _ => true,
        }
    }

    /// Takes repetitions out where the feed may have some, and refuses them where it may not.
    fn each_once(&self, changes: &[Change]) -> Outcome<Vec<(ItemRef, bool)>> {
        let facts = self.changes.facts();
        let exact = !facts.inclusive && facts.granularity.is_zero();
        let mut told: Vec<(ItemRef, bool)> = Vec::new();
        for change in changes {
            let reference = change.reference();
            let before = told.iter().position(|(item, _)| *item == reference);
            ensure(before.is_none() || !exact, "each item once", &reference)?;
            if let Some(before) = before {
                told.remove(before);
            }
            told.push((reference, matches!(change.kind, ChangeKind::Deleted(_))));
        }
        Ok(told)
    }

    /// A cursor that lies behind everything that was done so far.
    async fn now(&self) -> Outcome<Cursor> {
        tokio::time::sleep(self.changes.facts().index_lag).await;
        done("the latest cursor", self.changes.latest(&self.query).await)
    }
}

fn written(ids: &[&TaskId]) -> Vec<(ItemRef, bool)> {
    ids.iter().map(|id| (ItemRef::Task((*id).clone()), false)).collect()
}

/// Creates and updates are told in order, each item at its latest change.
pub(super) async fn in_order(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let start = feed.now().await?;
    let tasks = subject.tasks(&feed.project, 3).await?;
    // Changes that meet within the grain of its clock have no order of their own.
    tokio::time::sleep(feed.changes.facts().granularity).await;
    subject.provider.update_task(&tasks[0].id, TaskPatch::new().title("changed")).await?;
    let expected = written(&[&tasks[1].id, &tasks[2].id, &tasks[0].id]);
    same("the changes", &expected, &feed.told(Some(start)).await?)
}

/// The feed shows items as they are now.
pub(super) async fn shows_items_as_they_are(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let task = subject.task(&feed.project, "before").await?;
    subject.provider.update_task(&task.id, TaskPatch::new().title("after")).await?;
    let (changes, _) = feed.read(&feed.query, None).await?;
    let read = subject.provider.get_task(&task.id).await?;
    let told: Vec<_> = changes
        .iter()
        .filter_map(|change| match &change.kind {
            ChangeKind::Written(pm_provider::Item::Task(told)) if told.id == task.id => Some(told.as_ref()),
            _ => None,
        })
        .collect();
    same("the task in the feed", &Some(&read), &told.last().copied())?;
    let elsewhere = changes.iter().find(|change| change.project_id.as_ref().is_some_and(|id| *id != feed.project));
    ensure(elsewhere.is_none(), "changes of one project", elsewhere)
}

/// A deletion is told as a tombstone, in order, and nothing else of the item.
pub(super) async fn deletions(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    subject.requires(Entity::Task, Operation::Delete).await?;
    if !feed.changes.facts().tombstones {
        return unsupported("deletions in the change feed");
    }
    let start = feed.now().await?;
    let tasks = subject.tasks(&feed.project, 2).await?;
    subject.provider.delete_task(&tasks[0].id, DeleteOptions::new()).await?;
    let expected = vec![(ItemRef::Task(tasks[1].id.clone()), false), (ItemRef::Task(tasks[0].id.clone()), true)];
    same("the changes", &expected, &feed.told(Some(start)).await?)
}

/// What goes along with a deleted item has a tombstone of its own.
pub(super) async fn deletions_of_contents(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    subject.requires_contents(Entity::Task).await?;
    subject.requires_on_create(Entity::Task, Field::ParentTaskId, json!(NOWHERE)).await?;
    if !feed.changes.facts().tombstones {
        return unsupported("deletions in the change feed");
    }
    let top = subject.task(&feed.project, "top").await?.id;
    let child = subject.create_task(NewTask::new(&feed.project, "child").parent_task_id(&top)).await?.id;
    let start = feed.now().await?;
    subject.provider.delete_task(&top, DeleteOptions::with_contents()).await?;
    let mut told = feed.told(Some(start)).await?;
    told.sort();
    let mut expected = vec![(ItemRef::Task(top), true), (ItemRef::Task(child), true)];
    expected.sort();
    same("the tombstones", &expected, &told)
}

/// The tasks of a deleted sprint are told, because they change.
pub(super) async fn tasks_of_a_deleted_sprint(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    subject.requires(Entity::Sprint, Operation::Delete).await?;
    subject.requires_on_create(Entity::Task, Field::SprintId, json!(NOWHERE)).await?;
    let sprint = subject.sprint(&feed.project, "going").await?;
    let task = subject.create_task(NewTask::new(&feed.project, "freed").sprint_id(&sprint.id)).await?;
    let start = feed.now().await?;
    subject.provider.delete_sprint(&sprint.id, DeleteOptions::new()).await?;
    same("the changes", &written(&[&task.id]), &feed.told(Some(start)).await?)
}

/// What changes nothing is not told.
pub(super) async fn no_change_no_news(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    subject.requires(Entity::Task, Operation::Update).await?;
    let task = subject.task(&feed.project, "quiet").await?;
    let start = feed.now().await?;
    subject.provider.update_task(&task.id, TaskPatch::new().title("quiet")).await?;
    subject.provider.update_task(&task.id, TaskPatch::new()).await?;
    let failed = subject.provider.update_task(&task.id, TaskPatch::new().status("conformance-no-such-status")).await;
    ensure(failed.is_err(), "an unknown status to be refused", failed)?;
    let told = feed.told(Some(start)).await?;
    let exact = !feed.changes.facts().inclusive;
    ensure(told.is_empty() || !exact, "no news", told)
}

/// A cursor resumes where it left off, after a trip through JSON, as often as it is used.
pub(super) async fn cursors_resume(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    subject.task(&feed.project, "before").await?;
    let (_, cursor) = feed.read(&feed.query, None).await?;
    let stored = serde_json::to_string(&cursor)?;
    let late = subject.task(&feed.project, "late").await?;
    for _ in 0..2 {
        let told = feed.told(Some(serde_json::from_str(&stored)?)).await?;
        let told: Vec<_> = told.into_iter().filter(|(item, _)| item.id() == late.id.as_str()).collect();
        same("what changed since", &written(&[&late.id]), &told)?;
    }
    let (rest, next) = feed.read(&feed.query, Some(cursor)).await?;
    ensure(!rest.is_empty(), "what changed since", &rest)?;
    let nothing = feed.told(Some(next)).await?;
    let inclusive = feed.changes.facts().inclusive;
    ensure(nothing.is_empty() || inclusive, "nothing more", nothing)
}

/// From the latest cursor on only what changes afterwards is told.
pub(super) async fn latest_shows_only_what_is_new(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    subject.tasks(&feed.project, 2).await?;
    let start = feed.now().await?;
    let inclusive = feed.changes.facts().inclusive;
    let told = feed.told(Some(start.clone())).await?;
    ensure(told.is_empty() || inclusive, "nothing yet", told)?;
    let late = subject.task(&feed.project, "late").await?;
    let told = feed.told(Some(start)).await?;
    ensure(told.contains(&(ItemRef::Task(late.id), false)), "what is new", &told)?;
    ensure(told.len() == 1 || inclusive, "only what is new", told)
}

/// The feed of one project tells of no other; that of all projects tells of all.
pub(super) async fn by_project(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let everywhere = ChangeQuery::new().entities([Entity::Task]);
    let start = done("the latest cursor", feed.changes.latest(&everywhere).await)?;
    let other = subject.other_project().await?;
    let (mine, theirs) = (subject.task(&feed.project, "mine").await?, subject.task(&other, "theirs").await?);
    let told = feed.told(None).await?;
    ensure(told.contains(&(ItemRef::Task(mine.id.clone()), false)), "the task of the project", &told)?;
    ensure(told.iter().all(|(item, _)| item.id() != theirs.id.as_str()), "no task of another project", &told)?;
    let (all, _) = feed.read(&everywhere, Some(start)).await?;
    for id in [&mine.id, &theirs.id] {
        ensure(all.iter().any(|change| change.reference().id() == id.as_str()), "the tasks of all projects", id)?;
    }
    Ok(())
}

/// The feed tells of the kinds that are asked for, and without a wish of all that its facts name.
pub(super) async fn by_kind(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let facts = feed.changes.facts();
    let mut made = vec![(Entity::Task, subject.task(&feed.project, "one of many").await?.id.into_string())];
    if facts.entities.contains(&Entity::Sprint) {
        made.push((Entity::Sprint, subject.sprint(&feed.project, "one of many").await?.id.into_string()));
    }
    if facts.entities.contains(&Entity::Project) && subject.project.is_none() {
        made.push((Entity::Project, feed.project.as_str().to_owned()));
    }
    if facts.entities.contains(&Entity::Comment) {
        let comments = subject.comments()?;
        let new = NewComment::new(made[0].1.as_str(), "one of many");
        made.push((Entity::Comment, comments.create_comment(new).await?.id.into_string()));
    }
    let (all, _) = feed.read(&ChangeQuery::in_project(&feed.project), None).await?;
    for (entity, id) in &made {
        let told = |change: &Change| change.reference().id() == id && change.reference().entity() == *entity;
        ensure(all.iter().any(told), format!("the {entity} in the feed of all kinds"), id)?;
        let (some, _) = feed.read(&ChangeQuery::in_project(&feed.project).entities([*entity]), None).await?;
        ensure(some.iter().any(told), format!("the {entity} in the feed of its kind"), id)?;
        let other = some.iter().find(|change| change.reference().entity() != *entity);
        ensure(other.is_none(), format!("only {entity}s"), other)?;
    }
    Ok(())
}

/// Pages of any size tell the same, and none is larger than was asked for.
pub(super) async fn page_sizes(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let tasks = subject.tasks(&feed.project, 5).await?;
    subject.provider.update_task(&tasks[2].id, TaskPatch::new().title("changed")).await?;
    let all = feed.told(None).await?;
    for size in [1_u32, 2, 100] {
        let query = feed.query.clone().page_size(size);
        let page = done("a page of the feed", feed.changes.changes_page(&query, None).await)?;
        ensure(page.items.len() <= size as usize, format!("at most {size} changes"), page.items.len())?;
        let (changes, _) = feed.read(&query, None).await?;
        let mut told = feed.each_once(&changes)?;
        told.retain(|(item, _)| feed.is_own(item));
        same(&format!("the feed by pages of {size}"), &all, &told)?;
    }
    Ok(())
}

/// The cursor of another query is refused, and so is what is none.
pub(super) async fn cursors_belong_to_their_query(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Task).await?;
    let cursor = feed.now().await?;
    let other = ChangeQuery::in_project(NOWHERE).entities([Entity::Task]);
    for query in [other, ChangeQuery::new()] {
        let answer = feed.changes.changes_page(&query, Some(cursor.clone())).await;
        refused("the cursor of another feed", ErrorKind::InvalidInput, answer)?;
    }
    let answer = feed.changes.changes_page(&feed.query, Some(Cursor::from_text("garbage"))).await;
    refused("garbage as a cursor", ErrorKind::InvalidInput, answer).map(drop)
}

/// Comments are told as comments, when they are written and when they are deleted.
pub(super) async fn comments(subject: &Subject) -> Outcome {
    let feed = Feed::of_own_project(subject, Entity::Comment).await?;
    let comments = subject.comments()?;
    let task = subject.task(&feed.project, "talked about").await?.id;
    let start = feed.now().await?;
    let (one, two) = (
        comments.create_comment(NewComment::new(&task, "one")).await?.id,
        comments.create_comment(NewComment::new(&task, "two")).await?.id,
    );
    let reference = |id: &pm_provider::CommentId| ItemRef::Comment(task.clone(), id.clone());
    same(
        "the changes",
        &vec![(reference(&one), false), (reference(&two), false)],
        &feed.told(Some(start.clone())).await?,
    )?;
    subject.requires(Entity::Comment, Operation::Delete).await?;
    comments.delete_comment(&task, &one, DeleteOptions::new()).await?;
    if !feed.changes.facts().tombstones {
        return unsupported("deletions in the change feed");
    }
    same("the changes", &vec![(reference(&two), false), (reference(&one), true)], &feed.told(Some(start)).await?)
}

/// The facts of the feed name kinds of items that the provider has.
pub(super) async fn facts(subject: &Subject) -> Outcome {
    let feed = subject.feed(Entity::Task)?;
    let facts = feed.facts();
    same("the facts", &facts, &feed.facts())?;
    let strange = facts.entities.iter().find(|entity| !subject.provider.capabilities().can(**entity, Operation::List));
    ensure(strange.is_none(), "kinds of items that can be listed", strange)?;
    must("a kind of item in the feed", facts.entities.first()).map(drop)
}
