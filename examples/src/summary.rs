//! A project as a list that looks the same on every backend: nothing in it is a backend's own but what people wrote.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use pm_core::{
    Capabilities, Entity, Field, Operation, PMProject, PMTask, PmProvider, PmProviderExt, Result, SprintId,
    SprintQuery, TaskQuery, UserId,
};

/// What a line of the list shows beside the title, and what it is called when it is lacking.
const DETAILS: [(Field, &str); 4] = [
    (Field::Assignees, "assignees"),
    (Field::Labels, "labels"),
    (Field::SprintId, "sprints"),
    (Field::DueDate, "due dates"),
];

/// A project and its tasks: title, open or done, assignee, labels, sprint, due date.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    project: PMProject,
    tasks: Vec<PMTask>,
    sprints: BTreeMap<SprintId, String>,
    me: Option<UserId>,
    lacking: Vec<&'static str>,
}

impl Summary {
    /// Reads a project; `here` is what its backend can do in it.
    ///
    /// # Errors
    /// What the backend says.
    pub async fn load(provider: &Arc<dyn PmProvider>, project: PMProject, here: &Capabilities) -> Result<Self> {
        let tasks = provider.list_tasks(TaskQuery::in_project(&project.id)).await?;
        let sprints = if here.can(Entity::Sprint, Operation::List) {
            provider.list_sprints(SprintQuery::in_project(&project.id)).await?
        } else {
            Vec::new()
        };
        let sprints = sprints.into_iter().map(|sprint| (sprint.id, sprint.name)).collect();
        let me = provider.health_check().await?.user.map(|user| user.id);
        let lacks = |field| !here.entity(Entity::Task).field(field).readable.is_possible();
        let lacking = DETAILS.into_iter().filter(|(field, _)| lacks(*field)).map(|(_, name)| name).collect();
        Ok(Self { project, tasks, sprints, me, lacking })
    }

    fn line(&self, task: &PMTask) -> String {
        let mark = if task.status.category.is_closed() { "x" } else { " " };
        let me = |id: &&UserId| Some(*id) == self.me.as_ref();
        let people = task.assignees.iter().map(|id| if me(&id) { "you" } else { id.as_str() });
        let mut labels: Vec<_> = task.labels.iter().map(|label| format!("#{label}")).collect();
        labels.sort();
        let sprint = task.sprint_id.as_ref().and_then(|id| self.sprints.get(id));
        let details = [
            people.collect::<Vec<_>>().join(", "),
            labels.join(" "),
            sprint.cloned().unwrap_or_default(),
            task.due_date.map(|date| format!("due {date}")).unwrap_or_default(),
        ];
        let details: Vec<_> = details.into_iter().filter(|detail| !detail.is_empty()).collect();
        format!("[{mark}] {:<24}{}", task.title, details.join(" · ")).trim_end().to_owned()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.project.name)?;
        self.tasks.iter().try_for_each(|task| writeln!(f, "{}", self.line(task)))?;
        match self.lacking.is_empty() {
            true => Ok(()),
            false => writeln!(f, "\nnot supported by this backend: {}", self.lacking.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use pm_core::{ProjectStatusCategory, StatusCategory};

    use super::*;

    #[test]
    fn a_line_shows_what_there_is() {
        let project = PMProject::new("1", "Shed", ProjectStatusCategory::Active);
        let done = PMTask::new("1", "1", "Paint", StatusCategory::Done)
            .assignees(["7", "8"])
            .labels(["wood", "garden"])
            .sprint_id("s");
        let open = PMTask::new("2", "1", "Saw", StatusCategory::Backlog);
        let sprints = BTreeMap::from([("s".into(), "May".to_owned())]);
        let summary =
            Summary { project, tasks: vec![done, open], sprints, me: Some("7".into()), lacking: vec!["due dates"] };
        let expected = "\
Shed

[x] Paint                   you, 8 · #garden #wood · May
[ ] Saw

not supported by this backend: due dates
";
        assert_eq!(summary.to_string(), expected);
    }
}
