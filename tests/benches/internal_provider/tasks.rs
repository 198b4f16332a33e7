//! The tasks that both sides write: 3 labels and 1 assignee each, a few hundred bytes of text.

use chrono::NaiveDate;
use pm_core::{Hours, NewTask, PriorityLevel, ProjectId, StatusCategory, UserId};

const LABELS: [&str; 7] = ["backend", "frontend", "urgent", "customer", "regression", "documentation", "research"];
const STATUSES: [StatusCategory; 4] =
    [StatusCategory::Backlog, StatusCategory::Todo, StatusCategory::InProgress, StatusCategory::Done];
const PRIORITIES: [PriorityLevel; 3] = [PriorityLevel::Low, PriorityLevel::Normal, PriorityLevel::High];
const DESCRIPTION: &str = "Customers see the old total after they removed an item from the cart. Steps: add two items, \
    remove one, reload. Expected: the total of one item. The cache key lacks the cart's version; see also the notes of \
    the last review.";

/// Makes the tasks of one batch.
pub(crate) fn batch(project: &ProjectId, users: &[UserId], numbers: std::ops::Range<usize>) -> Vec<NewTask> {
    numbers.map(|number| task(project, users, number)).collect()
}

fn task(project: &ProjectId, users: &[UserId], number: usize) -> NewTask {
    let label = |step: usize| LABELS[(number + step) % LABELS.len()];
    let due_date = NaiveDate::from_ymd_opt(2026, 1, 1).map(|day| day + chrono::Days::new(number as u64 % 365));
    let mut task = NewTask::new(project, format!("Correct the total of cart {number}"))
        .description(format!("{DESCRIPTION} Cart: {number}."))
        .status(STATUSES[number % STATUSES.len()])
        .priority(PRIORITIES[number % PRIORITIES.len()])
        .estimated_hours(Hours::from_seconds(900 * (1 + number as u64 % 32)))
        .task_type("Bug")
        .labels([label(0), label(2), label(5)])
        .assignees(users.get(number % users.len().max(1)));
    task.due_date = due_date;
    task
}
