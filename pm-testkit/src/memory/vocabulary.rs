//! The words of statuses and priorities: the usual ones, and whatever is in use besides.

use pm_provider::{
    Native, Priority, ProjectId, ProjectSchema, ProjectStatus, Result, SprintStatus, Status, Vocabulary, Wanted,
};

use super::state::State;

/// Finds the value that is wanted, or takes the usual one when nothing is.
pub(super) fn resolve<N>(
    wanted: Option<&Wanted<N::Category>>,
    usual: N::Category,
    choices: impl FnOnce() -> Vec<N>,
) -> Result<N>
where
    N: Native + From<N::Category>,
{
    wanted.map_or_else(|| Ok(N::from(usual)), |wanted| wanted.resolve_open(&choices()))
}

/// The usual values, one for each category, and those in use besides.
fn choices<'a, N>(in_use: impl Iterator<Item = &'a N>) -> Vec<N>
where
    N: Native + PartialEq + From<N::Category>,
{
    let usual = N::Category::ALL.iter().copied().filter(|category| category.is_writable()).map(N::from);
    let mut choices: Vec<N> = usual.collect();
    for value in in_use {
        if !choices.contains(value) {
            choices.push(value.clone());
        }
    }
    choices
}

impl State {
    /// The statuses that projects can be given by name.
    pub(super) fn project_statuses(&self) -> Vec<ProjectStatus> {
        choices(self.projects.values().map(|row| &row.project.status))
    }

    /// The priorities that projects can be given by name.
    pub(super) fn project_priorities(&self) -> Vec<Priority> {
        choices(self.projects.values().filter_map(|row| row.project.priority.as_ref()))
    }

    /// The statuses that a project's tasks can be given by name.
    pub(super) fn task_statuses(&self, project: &ProjectId) -> Vec<Status> {
        choices(self.tasks_of(project).map(|row| &row.task.status))
    }

    /// The priorities that a project's tasks can be given by name, lowest first.
    pub(super) fn task_priorities(&self, project: &ProjectId) -> Vec<Priority> {
        let mut priorities = choices(self.tasks_of(project).filter_map(|row| row.task.priority.as_ref()));
        priorities.sort_by_key(|priority| priority.level);
        priorities
    }

    /// The statuses that a project's sprints can be given by name.
    pub(super) fn sprint_statuses(&self, project: &ProjectId) -> Vec<SprintStatus> {
        choices(self.sprints_of(project).map(|row| &row.sprint.status))
    }

    /// The schema of a project.
    pub(super) fn project_schema(&self, id: &ProjectId) -> Result<ProjectSchema> {
        self.project_row(id)?;
        Ok(ProjectSchema::new(id)
            .statuses(self.task_statuses(id))
            .project_statuses(self.project_statuses())
            .sprint_statuses(self.sprint_statuses(id))
            .priorities(self.task_priorities(id))
            .open_vocabulary(true))
    }
}
