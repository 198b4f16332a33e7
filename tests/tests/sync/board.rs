//! What people see of a project: titles instead of ids, so that two systems can be compared.

use std::collections::BTreeMap;
use std::sync::Arc;

use pm_core::{
    CommentQuery, PMTask, PmProvider, PmProviderExt, PriorityLevel, ProjectId, SprintQuery, StatusCategory, TaskQuery,
};

/// One task as people see it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Card {
    pub(crate) description: String,
    pub(crate) status: StatusCategory,
    pub(crate) priority: Option<PriorityLevel>,
    pub(crate) due: Option<String>,
    pub(crate) start: Option<String>,
    pub(crate) hours: Option<u64>,
    pub(crate) parent: Option<String>,
    pub(crate) sprint: Option<String>,
    pub(crate) comments: Vec<String>,
}

/// A project as people see it: its tasks by title.
pub(crate) type Board = BTreeMap<String, Card>;

/// Reads a project.
///
/// # Panics
/// When two tasks have one title: a twin.
pub(crate) async fn board(provider: &Arc<dyn PmProvider>, project: &ProjectId) -> Board {
    let tasks = provider.list_tasks(TaskQuery::in_project(project)).await.unwrap();
    let sprints = provider.list_sprints(SprintQuery::in_project(project)).await.unwrap();
    let titles: BTreeMap<_, _> = tasks.iter().map(|task| (task.id.clone(), task.title.clone())).collect();
    let names: BTreeMap<_, _> = sprints.into_iter().map(|sprint| (sprint.id, sprint.name)).collect();
    let mut board = Board::new();
    for task in &tasks {
        let comments = comments(provider, task).await;
        let card = Card {
            description: task.description.clone().unwrap_or_default(),
            status: task.status.category,
            // A backend whose tasks all have a priority shows its usual one where nobody chose any.
            priority: task
                .priority
                .as_ref()
                .map(|priority| priority.level)
                .filter(|level| *level != PriorityLevel::Normal),
            due: task.due_date.map(|date| date.to_string()),
            start: task.start_date.map(|date| date.to_string()),
            hours: task.estimated_hours.map(pm_core::Hours::as_seconds),
            parent: task.parent_task_id.as_ref().and_then(|id| titles.get(id).cloned()),
            sprint: task.sprint_id.as_ref().and_then(|id| names.get(id).cloned()),
            comments,
        };
        assert!(board.insert(task.title.clone(), card).is_none(), "`{}` is there twice", task.title);
    }
    board
}

async fn comments(provider: &Arc<dyn PmProvider>, task: &PMTask) -> Vec<String> {
    let comments = provider.comments().unwrap();
    let (query, mut cursor, mut bodies) = (CommentQuery::of_task(&task.id), None, Vec::new());
    loop {
        let page = comments.comments_page(&query, cursor).await.unwrap();
        // A copied comment may begin with who wrote it and when: what was written is its last line here.
        bodies.extend(page.items.iter().filter_map(|comment| comment.body.lines().last().map(str::to_owned)));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    bodies.sort();
    bodies
}

/// What differs, for people.
pub(crate) fn differences(one: &Board, other: &Board) -> Vec<String> {
    let mut found = Vec::new();
    for title in one.keys().filter(|title| !other.contains_key(*title)) {
        found.push(format!("`{title}` is only on the first"));
    }
    for title in other.keys().filter(|title| !one.contains_key(*title)) {
        found.push(format!("`{title}` is only on the second"));
    }
    for (title, card) in one {
        if let Some(there) = other.get(title).filter(|there| *there != card) {
            found.push(format!("`{title}`:\n  {card:?}\n  {there:?}"));
        }
    }
    found
}
