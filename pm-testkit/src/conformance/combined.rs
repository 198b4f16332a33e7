//! Filters together: all of them must hold, checked against a model.

use pm_provider::{
    Entity, Error, ErrorKind, Field, Filter, Match, NewTask, Operation, PMTask, ProjectId, SprintId, StatusCategory,
    TaskId, TaskQuery, UserId,
};

use super::Subject;
use super::expect::{ensure, same};
use super::ranks::Ranks;
use super::verdict::{Outcome, Stop};

/// How many combinations are tried.
const COMBINATIONS: u64 = 120;

/// What filters can be about.
struct World {
    project: ProjectId,
    sprints: Vec<SprintId>,
    people: Vec<UserId>,
    statuses: Vec<StatusCategory>,
    /// Whether labels of any name can be given.
    labels: bool,
    ranks: Ranks,
    tasks: Vec<PMTask>,
}

/// A small generator of numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Every combination of filters finds what a look at each task finds.
pub(super) async fn every_filter_must_hold(subject: &Subject) -> Outcome {
    subject.requires_filter(Entity::Task, Filter::Project).await?;
    let world = World::build(subject).await?;
    ensure(world.tasks.len() >= 24, "every task in the listing of its project", world.tasks.len())?;
    let mut dice = Dice(7);
    let mut hits = 0;
    for _ in 0..COMBINATIONS {
        let query = world.query(subject, &mut dice);
        let expected: Vec<TaskId> =
            world.tasks.iter().filter(|task| accepts(&query, task)).map(|task| task.id.clone()).collect();
        hits += expected.len();
        same(&format!("tasks for {query:?}"), &expected, &subject.task_ids(&query).await?)?;
    }
    ensure(hits > 0, "combinations that find something", hits)
}

impl World {
    async fn build(subject: &Subject) -> Outcome<Self> {
        let project = subject.own_project().await?;
        let gives = |field| subject.can(Entity::Task).field(field).on_create.is_possible();
        let makes_sprints = subject.provider.capabilities().can(Entity::Sprint, Operation::Create);
        let sprints = if gives(Field::SprintId) && makes_sprints {
            vec![subject.sprint(&project, "one").await?.id, subject.sprint(&project, "two").await?.id]
        } else {
            Vec::new()
        };
        let people = if gives(Field::Assignees) { subject.people(2).await.unwrap_or_default() } else { Vec::new() };
        let statuses = subject.categories(&project).await?;
        let labels = subject.field(Entity::Task, Field::Labels, Some(&project)).await?;
        let labels = labels.on_create.is_possible() && labels.lossy.is_none();
        let ranks = match subject.ranks(&project, 2).await {
            // Where nothing is part of anything, all other filters can be combined.
            Err(Stop::Unsupported(_)) => Ranks::flat(),
            ranks => ranks?,
        };
        let mut world = Self { project, sprints, people, statuses, labels, ranks, tasks: Vec::new() };
        let mut parent = None;
        for index in 0..24 {
            let new = world.task(subject, index, parent.as_ref());
            let task = match subject.create_task(new.clone()).await {
                Err(error) if is_apart(&error) => subject.create_task(world.with_its_whole(new)).await?,
                answer => answer?,
            };
            parent.get_or_insert(task.id);
        }
        subject.settled().await;
        world.tasks = subject.list_tasks(&TaskQuery::in_project(&world.project)).await?;
        Ok(world)
    }

    fn task(&self, subject: &Subject, index: usize, parent: Option<&TaskId>) -> NewTask {
        let gives = |field| subject.can(Entity::Task).field(field).on_create.is_possible();
        let title = ["Paint the wall", "Wash", "Sweep the floor"][index % 3];
        // The first one is the whole that others are parts of.
        let mut new = self.ranks.task(usize::from(parent.is_some()), &self.project, title);
        if gives(Field::Description) && index.is_multiple_of(4) {
            new = new.description("wall by wall");
        }
        if self.labels {
            let labels = [("red", 1), ("green", 2), ("blue", 4)];
            new = new.labels(labels.iter().filter(|(_, bit)| (index / 2) & bit != 0).map(|(label, _)| *label));
        }
        if gives(Field::Status) && !self.statuses.is_empty() {
            new = new.status(self.statuses[(index / 3) % self.statuses.len()]);
        }
        if let Some(sprint) = self.sprints.get(index % 3) {
            new = new.sprint_id(sprint);
        }
        if !self.people.is_empty() {
            let count = subject.most_assignees(1 + index % 2);
            new = new.assignees(self.people.iter().skip(index % 3).take(count));
        }
        match parent {
            Some(parent) if gives(Field::ParentTaskId) && self.ranks.count() > 1 && index % 2 == 1 => {
                new.parent_task_id(parent)
            }
            _ => new,
        }
    }

    /// The same part in the sprint of its whole: some backends keep the two together.
    fn with_its_whole(&self, mut new: NewTask) -> NewTask {
        new.sprint_id = self.sprints.first().cloned();
        new
    }

    fn query(&self, subject: &Subject, dice: &mut Dice) -> TaskQuery {
        let filters = &subject.can(Entity::Task).filters;
        let substring = subject.provider.capabilities().text_search == pm_provider::capability::TextSearch::Substring;
        let mut query = TaskQuery::in_project(&self.project).page_size(1 + dice.roll(9) as u32);
        for filter in filters {
            if dice.roll(4) != 0 {
                continue;
            }
            let pick = dice.roll(2) as usize;
            query = match filter {
                Filter::Sprint if !self.sprints.is_empty() => query.sprint(&self.sprints[pick]),
                Filter::NoSprint if query.sprint.is_any() => query.without_sprint(),
                Filter::Assignee if !self.people.is_empty() => query.assignee(&self.people[pick]),
                Filter::Unassigned if query.assignee.is_any() => query.unassigned(),
                Filter::Parent => query.parent(&self.tasks[0].id),
                Filter::TopLevel if query.parent.is_any() => query.top_level(),
                Filter::Status if pick == 0 => query.statuses([StatusCategory::Todo, StatusCategory::Done]),
                Filter::Status => query.statuses([StatusCategory::InProgress]),
                Filter::Labels if pick == 0 => query.labels(["red", "blue"]),
                Filter::Labels => query.labels(["green"]),
                Filter::Text if substring => query.text(["WALL", "he "][pick]),
                Filter::UpdatedSince => match self.tasks[self.tasks.len() / 2].updated_at {
                    Some(time) => query.updated_since(time),
                    None => query,
                },
                _ => query,
            };
        }
        query
    }
}

/// Whether a part is refused because it is elsewhere than its whole.
fn is_apart(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidInput && error.field_errors().iter().any(|one| one.field == Field::ParentTaskId)
}

/// The model: what each filter says about a task.
fn accepts(query: &TaskQuery, task: &PMTask) -> bool {
    let assigned = match &query.assignee {
        Match::Any => true,
        Match::Is(user) => task.assignees.contains(user),
        _ => task.assignees.is_empty(),
    };
    let text = query.text.as_ref().map(|text| text.to_lowercase());
    let holds = |field: &str| text.as_ref().is_none_or(|text| field.to_lowercase().contains(text));
    assigned
        && query.project.as_ref().is_none_or(|project| *project == task.project_id)
        && query.sprint.accepts(task.sprint_id.as_ref())
        && query.parent.accepts(task.parent_task_id.as_ref())
        && (query.statuses.is_empty() || query.statuses.contains(&task.status.category))
        && query.labels.iter().all(|label| task.labels.contains(label))
        && (holds(&task.title) || task.description.as_deref().is_some_and(holds))
        && query.updated_since.is_none_or(|since| task.updated_at.is_some_and(|updated| updated >= since))
}
