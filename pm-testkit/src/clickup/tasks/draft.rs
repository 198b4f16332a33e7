//! What creating and updating a task have in common.

use serde_json::Value;

use super::bump;
use crate::clickup::errors::{Answer, Problem};
use crate::clickup::model::{Status, StatusKind, Task, task_number};
use crate::clickup::request::Body;
use crate::clickup::store::{App, Store};
use crate::clickup::zone::snapped;

/// A body that is put into a task.
pub(super) struct Draft<'a> {
    pub(super) app: &'a App,
    pub(super) store: &'a Store,
    pub(super) body: &'a Body,
    pub(super) now: i64,
}

impl Draft<'_> {
    /// Puts everything in that both calls take.
    pub(super) fn fill(&self, task: &mut Task) -> Answer<()> {
        self.texts(task)?;
        self.numbers(task)?;
        self.dates(task)?;
        if let Some(name) = self.body.text("status")? {
            let status = self.status(task, name)?;
            set_status(task, status, self.now);
        }
        if let Some(archived) = self.body.flag("archived")? {
            task.archived = archived;
        }
        self.parent(task)?;
        bump(task, self.now);
        Ok(())
    }

    /// A description is cleared by a blank; an empty text changes nothing.
    ///
    /// <https://developer.clickup.com/reference/updatetask>
    fn texts(&self, task: &mut Task) -> Answer<()> {
        if let Some(name) = self.body.text("name")? {
            if name.trim().is_empty() {
                return Err(Problem::new(400, "Task name invalid", "INPUT_005"));
            }
            task.name = name.to_owned();
        }
        let markdown = self.body.text("markdown_content")?.filter(|text| !text.is_empty());
        if let Some(text) = markdown.or(self.body.text("description")?).filter(|text| !text.is_empty()) {
            task.text = if text.trim().is_empty() { String::new() } else { text.to_owned() };
        }
        Ok(())
    }

    fn numbers(&self, task: &mut Task) -> Answer<()> {
        if let Some(priority) = self.body.integer("priority")? {
            task.priority = match priority {
                None => None,
                Some(number @ 1..=4) => u8::try_from(number).ok(),
                Some(_) => return Err(Problem::new(400, "Priority invalid", "INPUT_006")),
            };
        }
        if let Some(estimate) = self.body.integer("time_estimate")? {
            if estimate.is_some_and(|estimate| estimate < 0) {
                return Err(Problem::invalid("Time estimate invalid"));
            }
            task.estimate = estimate.filter(|estimate| *estimate != 0);
        }
        match self.body.get("points") {
            None => {}
            Some(Value::Null) => task.points = None,
            Some(Value::Number(points)) if self.app.options.points => task.points = Some(points.clone()),
            Some(Value::Number(_)) => return Err(Problem::new(400, "Points are not enabled", "ITEM_212")),
            Some(other) => return Err(Problem::wrong("points", other, "a number")),
        }
        if let Some(item) = self.body.integer("custom_item_id")? {
            task.item = self.item(task.list, item.unwrap_or_default())?;
        }
        Ok(())
    }

    /// A type of task that the workspace has: 0 is the usual one, 1 a milestone.
    fn item(&self, list: u64, item: i64) -> Answer<u64> {
        let workspace = self.store.workspace_of(list).and_then(|id| self.store.workspaces.get(&id));
        let item = u64::try_from(item).ok();
        let known = item.filter(|item| *item < 2 || workspace.is_some_and(|one| one.custom_items.contains_key(item)));
        known.ok_or_else(|| Problem::new(400, "Custom item not found", "ITEM_245"))
    }

    fn dates(&self, task: &mut Task) -> Answer<()> {
        if let Some(due) = self.date("due_date")? {
            task.due = due;
        }
        if let Some(start) = self.date("start_date")? {
            task.start = start;
        }
        Ok(())
    }

    /// A date without a time is stored as a time of its day in the workspace's zone.
    fn date(&self, name: &str) -> Answer<Option<Option<i64>>> {
        let timed = self.body.flag(&format!("{name}_time"))?.unwrap_or_default();
        let zone = self.app.options.zone;
        let stored = |moment: i64| if timed { moment } else { snapped(moment, zone) };
        Ok(self.body.integer(name)?.map(|date| date.map(stored)))
    }

    /// A status of the task's own list, whatever the case of its name.
    pub(super) fn status(&self, task: &Task, name: &str) -> Answer<Status> {
        let found = self.store.statuses_of(task.list).iter().find(|status| status.name == name.to_lowercase());
        // As `codefriar/sf-clickup-mcp` and others met it.
        found.cloned().ok_or_else(|| Problem::new(400, "Status does not exist", "ITEM_114"))
    }

    /// A parent must be in the same list; `null` changes nothing: a subtask never becomes a task again.
    ///
    /// <https://developer.clickup.com/reference/updatetask>
    fn parent(&self, task: &mut Task) -> Answer<()> {
        let Some(key) = self.body.text("parent")? else { return Ok(()) };
        let parent = task_number(key).and_then(|id| self.store.tasks.get(&id));
        let parent = parent.ok_or_else(|| Problem::new(400, "Parent task not found", "ITEM_136"))?;
        if parent.list != task.list {
            return Err(Problem::new(400, "Parent not child of list", "ITEM_137"));
        }
        if parent.id == task.id || self.store.descendants(task.id).contains(&parent.id) {
            return Err(Problem::new(400, "Parent task can not be a subtask of its own", "ITEM_138"));
        }
        task.parent = Some(parent.id);
        Ok(())
    }

    /// People of the workspace by their ids; others are refused (unverified).
    pub(super) fn people(&self, list: u64, ids: &[Value]) -> Answer<Vec<u64>> {
        let workspace = self.store.workspace_of(list).and_then(|id| self.store.workspaces.get(&id));
        let person = |value: &Value| {
            let id = value.as_u64().ok_or_else(|| Problem::wrong("assignees", value, "an integer"))?;
            let known = workspace.is_some_and(|workspace| workspace.members.contains(&id));
            if known { Ok(id) } else { Err(Problem::new(400, "Assignee not found in the workspace", "ITEM_022")) }
        };
        ids.iter().map(person).collect()
    }
}

/// Gives a task another status; notes when it was done and closed.
pub(super) fn set_status(task: &mut Task, status: Status, now: i64) {
    let is_closed = status.kind == StatusKind::Closed;
    let is_done = is_closed || status.kind == StatusKind::Done;
    task.closed = is_closed.then(|| task.closed.unwrap_or(now));
    task.done = is_done.then(|| task.done.unwrap_or(now));
    task.status = status;
}
