//! Which tasks a list shows: <https://developer.clickup.com/reference/gettasks>,
//! <https://developer.clickup.com/reference/getfilteredteamtasks>.

use std::cmp::Ordering;

use crate::clickup::errors::{Answer, Problem};
use crate::clickup::model::{StatusKind, Task, task_key};
use crate::clickup::request::Parameters;

/// Which member of a task a window is about.
type Time = fn(&Task) -> Option<i64>;

const TIMES: [(&str, Time); 4] = [
    ("due_date", |task| task.due),
    ("date_created", |task| Some(task.created)),
    ("date_updated", |task| Some(task.updated)),
    ("date_done", |task| task.done),
];

/// What a query asks for.
pub(super) struct Filter {
    archived: bool,
    closed: bool,
    subtasks: bool,
    parent: Option<String>,
    statuses: Vec<String>,
    assignees: Vec<u64>,
    tags: Vec<String>,
    items: Vec<u64>,
    windows: Vec<(Time, Option<i64>, Option<i64>)>,
    order: String,
    reverse: bool,
}

fn numbers(parameters: &Parameters, name: &str) -> Answer<Vec<u64>> {
    let number = |text: &&str| text.parse().map_err(|_| Problem::invalid(format!("{name} invalid")));
    parameters.list(name).iter().map(number).collect()
}

impl Filter {
    pub(super) fn read(parameters: &Parameters) -> Answer<Self> {
        if parameters.get("custom_fields").is_some() || parameters.get("custom_field").is_some() {
            return Err(Problem::invalid("this server does not filter by custom fields"));
        }
        let mut windows = Vec::new();
        for (name, time) in TIMES {
            let after = parameters.number(&format!("{name}_gt"))?;
            let before = parameters.number(&format!("{name}_lt"))?;
            if after.is_some() || before.is_some() {
                windows.push((time, after, before));
            }
        }
        let order = parameters.get("order_by").unwrap_or("created").to_owned();
        if !["id", "created", "updated", "due_date"].contains(&order.as_str()) {
            return Err(Problem::new(400, "Order by field invalid", "INPUT_010"));
        }
        let lower = |name: &str| parameters.list(name).iter().map(|text| text.to_lowercase()).collect();
        Ok(Self {
            archived: parameters.flag("archived"),
            closed: parameters.flag("include_closed"),
            subtasks: parameters.flag("subtasks"),
            parent: parameters.get("parent").map(str::to_owned),
            statuses: lower("statuses"),
            assignees: numbers(parameters, "assignees")?,
            tags: lower("tags"),
            items: numbers(parameters, "custom_items")?,
            windows,
            order,
            reverse: parameters.flag("reverse"),
        })
    }

    /// The same for the endpoint of the workspace, which knows no archived tasks.
    pub(super) fn without_archived(self) -> Self {
        Self { archived: false, ..self }
    }

    /// Whether a task is shown. Of several values of one filter, any will do (unverified for tags).
    pub(super) fn passes(&self, task: &Task) -> bool {
        let is_closed = task.status.kind == StatusKind::Closed;
        let any = |empty: bool, found: bool| empty || found;
        let level = match &self.parent {
            Some(parent) => task.parent.is_some_and(|id| task_key(id) == *parent),
            None => self.subtasks || task.parent.is_none(),
        };
        level
            && task.archived == self.archived
            && (self.closed || !is_closed)
            && any(self.statuses.is_empty(), self.statuses.contains(&task.status.name))
            && any(self.assignees.is_empty(), task.assignees.iter().any(|id| self.assignees.contains(id)))
            && any(self.tags.is_empty(), task.tags.iter().any(|tag| self.tags.contains(tag)))
            && any(self.items.is_empty(), self.items.contains(&task.item))
            && self.windows.iter().all(|window| inside(task, window))
    }

    /// The newest first, unless it is reversed; tasks without a due date stand behind the others (both unverified: the reference
    /// says "in reverse order", and clients take it either way).
    pub(super) fn compare(&self, one: &Task, other: &Task) -> Ordering {
        let order = match self.order.as_str() {
            "id" => Ordering::Equal,
            "updated" => one.updated.cmp(&other.updated),
            "due_date" => one.due.unwrap_or(i64::MIN).cmp(&other.due.unwrap_or(i64::MIN)),
            _ => one.created.cmp(&other.created),
        };
        let order = order.then(one.id.cmp(&other.id));
        if self.reverse { order } else { order.reverse() }
    }
}

/// Both ends of a window are outside of it.
fn inside(task: &Task, (time, after, before): &(Time, Option<i64>, Option<i64>)) -> bool {
    let time = time(task);
    let later = |after: i64| time.is_some_and(|time| time > after);
    let earlier = |before: i64| time.is_some_and(|time| time < before);
    after.is_none_or(later) && before.is_none_or(earlier)
}
