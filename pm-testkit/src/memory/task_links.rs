//! What a task points to: people, its parent, its sprint.

use pm_provider::{Field, PMTask, ProjectId, Result, SprintId, TaskId};

use super::state::{State, refuse};

impl State {
    /// Checks that everything that a task points to is there and fits.
    pub(super) fn check_links(&self, task: &PMTask) -> Result<()> {
        for assignee in &task.assignees {
            self.check_user(Field::Assignees, assignee)?;
        }
        if let Some(author) = &task.author_id {
            self.check_user(Field::AuthorId, author)?;
        }
        if let Some(sprint) = &task.sprint_id {
            self.check_sprint_of(&task.project_id, sprint)?;
        }
        if let Some(parent) = &task.parent_task_id {
            self.check_parent_of(&task.project_id, parent)?;
            self.check_no_circle(&task.id, parent)?;
        }
        Ok(())
    }

    /// Checks that a sprint is there and belongs to the project.
    pub(super) fn check_sprint_of(&self, project: &ProjectId, id: &SprintId) -> Result<()> {
        let Some(row) = self.sprints.get(id) else {
            return Err(refuse(Field::SprintId, format!("there is no sprint `{id}`")));
        };
        if row.sprint.project_id != *project {
            let problem = format!("the sprint `{id}` belongs to another project; allowed are those of the task's own");
            return Err(refuse(Field::SprintId, problem));
        }
        Ok(())
    }

    /// Checks that a parent is there and belongs to the project.
    pub(super) fn check_parent_of(&self, project: &ProjectId, id: &TaskId) -> Result<()> {
        let Some(row) = self.tasks.get(id) else {
            return Err(refuse(Field::ParentTaskId, format!("there is no task `{id}`")));
        };
        if row.task.project_id != *project {
            let problem = format!("the task `{id}` belongs to another project; allowed are those of the task's own");
            return Err(refuse(Field::ParentTaskId, problem));
        }
        Ok(())
    }

    /// Checks that a task does not become a part of itself, directly or by way of its parts.
    fn check_no_circle(&self, id: &TaskId, parent: &TaskId) -> Result<()> {
        let mut ancestor = Some(parent);
        while let Some(task) = ancestor {
            if task == id {
                let problem = match parent == id {
                    true => "a task cannot be its own parent".to_owned(),
                    false => format!("the task `{parent}` is a part of this one"),
                };
                return Err(refuse(Field::ParentTaskId, problem));
            }
            ancestor = self.tasks.get(task).and_then(|row| row.task.parent_task_id.as_ref());
        }
        Ok(())
    }
}
