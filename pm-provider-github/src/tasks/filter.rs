//! What a query asks for: in GitHub's parameters as far as it has them, exactly by our own check.

use chrono::{DateTime, TimeDelta, Utc};
use pm_provider::{Match, PMTask, StatusCategory, TaskQuery};

/// Filters on GitHub's side.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filters {
    parameters: Vec<(&'static str, String)>,
    /// Nothing can pass.
    finds_nothing: bool,
}

impl Filters {
    /// Adds a parameter.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.parameters.push((name, value.into()));
    }

    /// Lets nothing pass.
    pub(crate) fn refuse_all(&mut self) {
        self.finds_nothing = true;
    }

    pub(crate) fn finds_nothing(&self) -> bool {
        self.finds_nothing
    }

    /// Says whether every issue is listed, whatever becomes of it.
    pub(crate) fn is_none(&self) -> bool {
        self.parameters.is_empty() && !self.finds_nothing
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Asks for the states in which issues can have one of some statuses, by id. Without `state` only open issues are
    /// listed, so that all are asked for elsewhere.
    pub(crate) fn states<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        let (mut open, mut closed) = (false, false);
        ids.for_each(|id| if id == crate::map::OPEN { open = true } else { closed = true });
        match (open, closed) {
            (true, true) => {}
            (true, false) => self.set("state", "open"),
            (false, true) => self.set("state", "closed"),
            (false, false) => self.refuse_all(),
        }
    }

    /// Asks for issues with all of some labels. One with a comma cannot be asked for: commas separate them.
    pub(crate) fn labels(&mut self, labels: &[String]) {
        let askable: Vec<_> = labels.iter().filter(|label| !label.contains(',')).map(String::as_str).collect();
        if !askable.is_empty() {
            self.set("labels", askable.join(","));
        }
    }

    /// Asks for what changed since a time.
    ///
    /// The documentation of REST says "after the given time", that of GraphQL "at or after": a second more is asked
    /// for. Since the beginning of time nothing is listed at all (airbytehq/airbyte#85376), so that this is not asked.
    pub(crate) fn since(&mut self, since: DateTime<Utc>) {
        let from = since.checked_sub_signed(TimeDelta::seconds(1)).filter(|from| from.timestamp() > 0);
        if let Some(from) = from {
            self.set("since", second(from));
        }
    }
}

/// A time as GitHub takes it, cut to the second.
pub(crate) fn second(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Says whether a task is one that a query asks for.
pub(crate) fn accepts(query: &TaskQuery, task: &PMTask) -> bool {
    let is_of = |category: &StatusCategory| *category == task.status.category;
    query.sprint.accepts(task.sprint_id.as_ref())
        && query.parent.accepts(task.parent_task_id.as_ref())
        && match &query.assignee {
            Match::Is(user) => task.assignees.contains(user),
            Match::Unset => task.assignees.is_empty(),
            _ => true,
        }
        && (query.statuses.is_empty() || query.statuses.iter().any(is_of))
        && query.labels.iter().all(|label| has_label(task, label))
        && query.text.as_deref().is_none_or(|text| has_text(task, text))
        && query.updated_since.is_none_or(|since| task.updated_at.is_some_and(|at| at >= since))
}

/// Labels are the same in any case; the one that says the priority counts as well.
fn has_label(task: &PMTask, wanted: &str) -> bool {
    let priority = task.priority.as_ref().and_then(|priority| priority.id.as_deref());
    let mut labels = task.labels.iter().map(String::as_str).chain(priority);
    let wanted = wanted.to_lowercase();
    labels.any(|label| label.to_lowercase() == wanted)
}

fn has_text(task: &PMTask, text: &str) -> bool {
    let text = text.to_lowercase();
    let texts = [Some(task.title.as_str()), task.description.as_deref()];
    texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pm_provider::{Priority, PriorityLevel};

    use super::*;

    fn parameters(fill: impl FnOnce(&mut Filters)) -> Vec<(&'static str, String)> {
        let mut filters = Filters::default();
        fill(&mut filters);
        filters.parameters
    }

    #[test]
    fn states_are_those_of_the_statuses() {
        let states = |ids: &[&str]| parameters(|filters| filters.states(ids.iter().copied()));
        assert_eq!(states(&["open"]), [("state", "open".to_owned())]);
        assert_eq!(states(&["completed", "duplicate"]), [("state", "closed".to_owned())]);
        assert_eq!(states(&["open", "completed"]), []);
        let mut none = Filters::default();
        none.states(std::iter::empty());
        assert!(none.finds_nothing() && !none.is_none());
    }

    #[test]
    fn trap_since_the_beginning_of_time_finds_nothing() {
        let since = |seconds| parameters(|filters| filters.since(DateTime::from_timestamp(seconds, 0).unwrap()));
        assert_eq!(since(0), []);
        assert_eq!(since(1), []);
        assert_eq!(since(1_700_000_001), [("since", "2023-11-14T22:13:20Z".to_owned())]);
    }

    #[test]
    fn a_label_with_a_comma_is_not_asked_for() {
        let labels = |labels: &[&str]| {
            let labels: Vec<_> = labels.iter().map(|label| (*label).to_owned()).collect();
            parameters(|filters| filters.labels(&labels))
        };
        assert_eq!(labels(&["bug", "a,b", "ui"]), [("labels", "bug,ui".to_owned())]);
        assert_eq!(labels(&["a,b"]), []);
    }

    #[test]
    fn what_github_cannot_filter_is_filtered_here() {
        let mut task = PMTask::new("42#7", "42", "Paint the Fence", StatusCategory::Todo).labels(["Bug", "a,b"]);
        task.priority = Some(Priority::new(PriorityLevel::High, "high").id("priority:high"));
        task.updated_at = DateTime::from_timestamp(100, 0);
        let query = TaskQuery::new;
        assert!(accepts(&query().labels(["bug", "A,B", "Priority:High"]).text("fence"), &task));
        for other in [
            query().labels(["ui"]),
            query().text("gate"),
            query().updated_since(DateTime::from_timestamp(101, 0).unwrap()),
            query().statuses([StatusCategory::Done]),
            query().assignee("5"),
            query().parent("42#1"),
            query().sprint("42#m1"),
        ] {
            assert!(!accepts(&other, &task), "{other:?}");
        }
        assert!(accepts(&query().unassigned().without_sprint().top_level(), &task));
    }
}
