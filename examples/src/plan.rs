//! The tasks that the examples put on the board, on whatever backend.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use pm_core::{
    CreateGuarantee, Entity, NewTask, PMProject, PMTask, PmProvider, PmProviderExt, Result, SprintId, StatusCategory,
    TaskQuery, UserId,
};

/// A task of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned {
    /// The title.
    pub title: &'static str,
    /// Who works on it: the place in the list of people.
    pub person: Option<usize>,
    /// The label.
    pub label: &'static str,
    /// The days from today to its due date.
    pub days: Option<i64>,
    /// How far it has come by now.
    pub status: StatusCategory,
}

/// The plan of a website's relaunch.
pub const PLAN: [Planned; 5] = [
    planned("Choose a name", Some(0), "idea", None, StatusCategory::Done),
    planned("Draw the front page", Some(1), "design", Some(2), StatusCategory::InProgress),
    planned("Write the texts", Some(0), "text", Some(4), StatusCategory::Todo),
    planned("Move the old articles", None, "text", Some(9), StatusCategory::Todo),
    planned("Tell everybody", None, "launch", Some(13), StatusCategory::Todo),
];

const fn planned(
    title: &'static str,
    person: Option<usize>,
    label: &'static str,
    days: Option<i64>,
    status: StatusCategory,
) -> Planned {
    Planned { title, person, label, days, status }
}

impl Planned {
    /// The task to create, with everything that a task of this plan has.
    ///
    /// The idempotency key makes it one task, however often the program runs.
    #[must_use]
    pub fn task(&self, project: &PMProject, sprint: Option<&SprintId>, people: &[UserId], today: NaiveDate) -> NewTask {
        let mut task = NewTask::new(&project.id, self.title)
            .labels([self.label])
            .idempotency_key(format!("{}/{}", project.id, self.title));
        task.assignees = self.person.and_then(|person| people.get(person)).cloned().into_iter().collect();
        task.sprint_id = sprint.cloned();
        task.due_date = self.days.map(|days| today + Duration::days(days));
        task
    }
}

/// Finds a task of the plan, or creates it with as much of it as the backend can hold.
///
/// # Errors
/// What the backend says.
pub async fn find_or_plan(provider: &Arc<dyn PmProvider>, mut new: NewTask) -> Result<PMTask> {
    if provider.capabilities().entity(Entity::Task).create_guarantee == CreateGuarantee::None {
        // No idempotency keys here: this program is the only one that makes tasks of these titles.
        new.idempotency_key = None;
        let present = provider.list_tasks(TaskQuery::in_project(&new.project_id)).await?;
        if let Some(task) = present.into_iter().find(|task| task.title == new.title) {
            return Ok(task);
        }
    }
    provider.create_task(provider.capabilities().fit(new).item).await
}
