//! What a query asks for: as parameters as far as ClickUp has them, exactly by our own check.

use std::collections::HashSet;

use pm_provider::{Match, Overrides, ProjectId, SprintId, StatusCategory, TaskId, TaskQuery, UserId};

use crate::dto::Task;
use crate::map;

/// What tasks have to be like to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    project: Option<&'a ProjectId>,
    sprint: &'a Match<SprintId>,
    assignee: &'a Match<UserId>,
    parent: &'a Match<TaskId>,
    categories: &'a [StatusCategory],
    labels: Vec<String>,
    text: Option<String>,
    /// The first moment, in milliseconds.
    since: Option<i64>,
    statuses: &'a Overrides<StatusCategory>,
}

impl<'a> Wanted<'a> {
    /// Takes a query.
    pub(crate) fn new(query: &'a TaskQuery, statuses: &'a Overrides<StatusCategory>) -> Self {
        Self {
            project: query.project.as_ref(),
            sprint: &query.sprint,
            assignee: &query.assignee,
            parent: &query.parent,
            categories: &query.statuses,
            labels: query.labels.iter().map(|label| label.to_lowercase()).collect(),
            text: query.text.as_ref().map(|text| text.to_lowercase()),
            since: since(query),
            statuses,
        }
    }

    /// Says whether a task is wanted, of which it is known where it is.
    pub(crate) fn accepts(&self, task: &Task, project: &ProjectId, is_in_sprint: impl Fn(&Task) -> bool) -> bool {
        let sprint = match self.sprint {
            Match::Is(sprint) => is_in(task, sprint.as_str()),
            Match::Unset => !is_in_sprint(task),
            _ => true,
        };
        let assignee = match self.assignee {
            Match::Is(user) => task.assignees.iter().any(|person| person.id == user.as_str()),
            Match::Unset => task.assignees.is_empty(),
            _ => true,
        };
        let parent = match self.parent {
            Match::Is(parent) => task.parent.as_deref() == Some(parent.as_str()),
            Match::Unset => task.parent.is_none(),
            _ => true,
        };
        let has = |label: &String| task.tags.iter().any(|tag| tag.0.to_lowercase() == *label);
        self.project.is_none_or(|wanted| wanted == project)
            && sprint
            && assignee
            && parent
            && self.labels.iter().all(has)
            && self.since.is_none_or(|since| task.date_updated.is_some_and(|at| at >= since))
            && self.has_status(task)
            && self.has_text(task)
    }

    fn has_status(&self, task: &Task) -> bool {
        self.categories.is_empty() || self.categories.contains(&map::task_status(task, self.statuses).category)
    }

    fn has_text(&self, task: &Task) -> bool {
        let Some(text) = &self.text else { return true };
        let holds = |shown: &str| shown.to_lowercase().contains(text);
        holds(&task.name) || map::description(task).is_some_and(|shown| holds(&shown))
    }
}

/// The first moment that a query asks for, in milliseconds: never before it.
pub(crate) fn since(query: &TaskQuery) -> Option<i64> {
    let micros = query.updated_since?.timestamp_micros();
    Some(micros.div_euclid(1_000) + i64::from(micros.rem_euclid(1_000) > 0))
}

/// Says whether a task is in a List, at home or besides.
pub(crate) fn is_in(task: &Task, list: &str) -> bool {
    super::home(task) == list || task.locations.iter().any(|beside| beside.id == list)
}

/// Says whether any of the Lists that a task is in is one of these.
pub(crate) fn is_in_any(task: &Task, lists: &HashSet<String>) -> bool {
    lists.contains(super::home(task)) || task.locations.iter().any(|beside| lists.contains(&beside.id))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn task() -> Task {
        serde_json::from_str(
            r#"{"id": "1", "name": "Repaint ÄPFEL", "markdown_description": "and the\nwalls", "list": {"id": "7"},
            "locations": [{"id": "9"}], "assignees": [{"id": 183}], "parent": "86a", "date_updated": "1000",
            "tags": [{"name": "paint"}, {"name": "wood"}], "status": {"status": "in review", "type": "custom"}}"#,
        )
        .unwrap()
    }

    fn passes(query: &TaskQuery) -> bool {
        Wanted::new(query, &Overrides::new()).accepts(&task(), &"space:1".into(), |task| is_in(task, "9"))
    }

    #[test]
    fn each_filter_looks_at_its_own() {
        let yes = [
            TaskQuery::in_project("space:1").assignee("183").parent("86a").sprint("9"),
            TaskQuery::new().labels(["Wood", "paint"]).text("äpfel").statuses([StatusCategory::InProgress]),
            TaskQuery::new().text("THE\nw").updated_since(crate::dates::time(1_000).unwrap()),
        ];
        assert!(yes.iter().all(passes));
        let later = chrono::DateTime::from_timestamp_micros(1_000_001).unwrap();
        let no = [
            TaskQuery::in_project("space:2"),
            TaskQuery::new().unassigned(),
            TaskQuery::new().without_sprint(),
            TaskQuery::new().sprint("8"),
            TaskQuery::new().top_level(),
            TaskQuery::new().labels(["paint", "absent"]),
            TaskQuery::new().text("fence"),
            TaskQuery::new().statuses([StatusCategory::Done]),
            TaskQuery::new().updated_since(later),
        ];
        for query in no {
            assert!(!passes(&query), "{query:?}");
        }
    }
}
