//! What humans do, on either side.

use pm_provider::{
    BatchOperation, CommentPatch, Contents, DeleteOptions, Hours, Item, NewComment, NewSprint, NewTask, PMTask,
    SprintPatch, StatusCategory, TaskPatch,
};
use pm_sync::item::Side;
use proptest::prelude::*;

use super::setup::REFUSED;
use super::world::World;

/// What a human does on a side. Numbers pick among what is there, whatever that is.
#[derive(Clone, Debug)]
pub(crate) struct Deed {
    pub(crate) side: Side,
    pub(crate) what: What,
    /// Which item.
    pub(crate) pick: u8,
    /// Which value, or which other item.
    pub(crate) value: u8,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum What {
    NewTask,
    NewChild,
    NewSprint,
    NewComment,
    Title,
    AddLine,
    ChangeLine,
    RemoveLine,
    Status,
    Priority,
    AddLabel,
    RemoveLabel,
    Assign,
    Unassign,
    Due,
    Estimate,
    Move,
    Plan,
    SprintName,
    SprintGoal,
    SprintStatus,
    EditComment,
    DeleteTask,
    DeleteSprint,
    DeleteComment,
    Refused,
}

pub(crate) fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::A), Just(Side::B)]
}

pub(crate) fn any_deed() -> impl Strategy<Value = Deed> {
    use What::*;
    let what = prop_oneof![
        5 => Just(NewTask),
        2 => Just(NewChild),
        2 => Just(NewSprint),
        3 => Just(NewComment),
        8 => Just(Title),
        4 => Just(AddLine),
        3 => Just(ChangeLine),
        1 => Just(RemoveLine),
        5 => Just(Status),
        2 => Just(Priority),
        3 => Just(AddLabel),
        2 => Just(RemoveLabel),
        2 => Just(Assign),
        1 => Just(Unassign),
        2 => Just(Due),
        2 => Just(Estimate),
        3 => Just(Move),
        2 => Just(Plan),
        2 => Just(SprintName),
        1 => Just(SprintGoal),
        1 => Just(SprintStatus),
        2 => Just(EditComment),
        3 => Just(DeleteTask),
        1 => Just(DeleteSprint),
        1 => Just(DeleteComment),
        1 => Just(Refused),
    ];
    (any_side(), what, any::<u8>(), any::<u8>()).prop_map(|(side, what, pick, value)| Deed { side, what, pick, value })
}

/// What a human may do to a task that is there.
pub(crate) fn any_edit() -> impl Strategy<Value = Deed> {
    use What::{AddLabel, AddLine, Assign, Due, Estimate, Priority, Status, Title};
    let what = proptest::sample::select(vec![Title, AddLine, Status, Priority, AddLabel, Assign, Due, Estimate]);
    (any_side(), what, any::<u8>(), any::<u8>()).prop_map(|(side, what, pick, value)| Deed { side, what, pick, value })
}

impl Deed {
    /// The same, done to a certain task if that is there.
    pub(crate) fn to(&self, world: &World, task: &str) -> Self {
        let items = world.items(self.side);
        let at = items.iter().filter_map(as_task).position(|one| one.id.as_str() == task);
        let pick = at.and_then(|at| u8::try_from(at).ok()).unwrap_or(self.pick);
        Self { pick, ..self.clone() }
    }

    /// Does it, where there is something to do it to.
    pub(crate) fn done(&self, world: &World) {
        if let Some(operation) = self.operation(world) {
            world.human(self.side, operation);
        }
    }

    /// Changes the very field once more that the engine has just changed; says whether it had changed any.
    pub(crate) fn overwrites(&self, world: &World) -> bool {
        let Some((side, task, before)) = world.just_changed() else { return false };
        let patch = TaskPatch::new();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 2, 1 + u32::from(self.value % 28)).unwrap();
        let patch = if task.title != before.title {
            patch.title(format!("task {}", world.history.token()))
        } else if task.estimated_hours != before.estimated_hours {
            patch.estimated_hours(Hours::from_seconds(1800 * u64::from(self.value)))
        } else if task.due_date != before.due_date {
            patch.due_date(day)
        } else {
            return false;
        };
        world.human(side, BatchOperation::UpdateTask(task.id.clone(), Box::new(patch)));
        true
    }

    fn operation(&self, world: &World) -> Option<BatchOperation> {
        let items = world.items(self.side);
        let project = world.trackers.get(self.side).project().clone();
        let token = || world.history.token();
        let task = || pick(items.iter().filter_map(as_task), self.pick);
        let patch = |patch: TaskPatch| Some(BatchOperation::UpdateTask(task()?.id.clone(), Box::new(patch)));
        let user = || {
            let login = ["ada", "bob", "eve"][usize::from(self.value) % 3];
            world.trackers.get(self.side).user(login)
        };
        match self.what {
            What::NewTask => Some(self.new_task(NewTask::new(project, format!("task {}", token())), &token())),
            What::NewChild => {
                let new = NewTask::new(project, format!("child {}", token())).parent_task_id(&task()?.id);
                Some(self.new_task(new, &token()))
            }
            What::NewSprint => Some(NewSprint::new(project, format!("sprint {}", token())).into()),
            What::NewComment => Some(NewComment::new(&task()?.id, format!("comment {}", token())).into()),
            What::Title => patch(TaskPatch::new().title(format!("task {}", token()))),
            What::Refused => patch(TaskPatch::new().title(format!("{REFUSED} {}", token()))),
            What::AddLine | What::ChangeLine | What::RemoveLine => self.lines(task()?, &token()),
            What::Status => patch(self.status(world)),
            What::Priority => patch(TaskPatch::new().priority(["low", "normal", "high"][usize::from(self.value) % 3])),
            What::AddLabel => patch(TaskPatch::new().add_labels([token().to_uppercase()])),
            What::RemoveLabel => {
                let label = pick(task()?.labels.iter(), self.value)?;
                patch(TaskPatch::new().remove_labels([label.clone()]))
            }
            What::Assign => patch(TaskPatch::new().add_assignees([user()?])),
            What::Unassign => patch(TaskPatch::new().remove_assignees([user()?])),
            What::Due => {
                let day = chrono::NaiveDate::from_ymd_opt(2026, 2, 1 + u32::from(self.value % 28))?;
                patch(if self.value > 220 { TaskPatch::new().clear_due_date() } else { TaskPatch::new().due_date(day) })
            }
            What::Estimate => {
                patch(TaskPatch::new().estimated_hours(Hours::from_seconds(1800 * u64::from(self.value))))
            }
            What::Move => {
                let parent = pick(items.iter().filter_map(as_task), self.value)?;
                patch(match self.value > 200 {
                    true => TaskPatch::new().clear_parent_task_id(),
                    false => TaskPatch::new().parent_task_id(&parent.id),
                })
            }
            What::Plan => match pick(items.iter().filter_map(as_sprint), self.value) {
                Some(sprint) if self.value < 200 => patch(TaskPatch::new().sprint_id(&sprint.id)),
                _ => patch(TaskPatch::new().clear_sprint_id()),
            },
            What::SprintName => self.sprint(&items, SprintPatch::new().name(format!("sprint {}", token()))),
            What::SprintGoal => self.sprint(&items, SprintPatch::new().goal(format!("goal {}", token()))),
            What::SprintStatus => {
                let status = ["planned", "active", "completed"][usize::from(self.value) % 3];
                self.sprint(&items, SprintPatch::new().status(status))
            }
            What::EditComment => {
                let comment = pick(items.iter().filter_map(as_comment), self.pick)?;
                let body = edited(&comment.body, &token());
                let patch = CommentPatch::new().body(body);
                Some(BatchOperation::UpdateComment(comment.task_id.clone(), comment.id.clone(), Box::new(patch)))
            }
            What::DeleteTask => {
                Some(delete(items.iter().find(|item| as_task(item).is_some_and(|one| Some(one) == task()))?))
            }
            What::DeleteSprint => Some(delete(pick(items.iter().filter(|item| as_sprint(item).is_some()), self.pick)?)),
            What::DeleteComment => {
                Some(delete(pick(items.iter().filter(|item| as_comment(item).is_some()), self.pick)?))
            }
        }
    }

    fn new_task(&self, new: NewTask, token: &str) -> BatchOperation {
        match self.value % 4 {
            0 => new,
            1 => new.description(format!("line {token}  ")),
            2 => new.labels([token.to_uppercase()]),
            _ => new.due_date(chrono::NaiveDate::from_ymd_opt(2026, 3, 1 + u32::from(self.value % 28)).unwrap()),
        }
        .into()
    }

    fn status(&self, world: &World) -> TaskPatch {
        use StatusCategory::{Backlog, Cancelled, Done, InProgress, Todo};
        let five = [Backlog, Todo, InProgress, Done, Cancelled];
        let three = [Todo, InProgress, Done];
        let index = usize::from(self.value);
        match world.setup.vices.get(self.side).coarse_statuses {
            true => TaskPatch::new().status(three[index % 3]),
            false => TaskPatch::new().status(five[index % 5]),
        }
    }

    /// Every line has a token of its own; some end with blanks.
    fn lines(&self, task: &PMTask, token: &str) -> Option<BatchOperation> {
        let text = task.description.clone().unwrap_or_default();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let line = format!("line {token}{}", if self.value.is_multiple_of(3) { "  " } else { "" });
        let at = usize::from(self.value) % lines.len().max(1);
        match self.what {
            What::AddLine => lines.insert(usize::from(self.value) % (lines.len() + 1), line),
            What::ChangeLine => *lines.get_mut(at)? = line,
            _ => drop((!lines.is_empty()).then(|| lines.remove(at))?),
        }
        let patch = match lines.is_empty() {
            true => TaskPatch::new().clear_description(),
            false => TaskPatch::new().description(lines.join("\n")),
        };
        Some(BatchOperation::UpdateTask(task.id.clone(), Box::new(patch)))
    }

    fn sprint(&self, items: &[Item], patch: SprintPatch) -> Option<BatchOperation> {
        let sprint = pick(items.iter().filter_map(as_sprint), self.pick)?;
        Some(BatchOperation::UpdateSprint(sprint.id.clone(), Box::new(patch)))
    }
}

/// A comment with another last line: what may stand above it stays.
fn edited(body: &str, token: &str) -> String {
    match body.rsplit_once('\n') {
        Some((above, _)) => format!("{above}\ncomment {token}"),
        None => format!("comment {token}"),
    }
}

fn delete(item: &Item) -> BatchOperation {
    let options = DeleteOptions::new();
    let options = if matches!(item, Item::Task(_)) { options.contents(Contents::Delete) } else { options };
    BatchOperation::Delete(item.reference(), options)
}

fn pick<T>(among: impl Iterator<Item = T>, number: u8) -> Option<T> {
    let mut among: Vec<T> = among.collect();
    let count = among.len();
    (count > 0).then(|| among.swap_remove(usize::from(number) % count))
}

fn as_task(item: &Item) -> Option<&PMTask> {
    match item {
        Item::Task(task) => Some(task),
        _ => None,
    }
}

fn as_sprint(item: &Item) -> Option<&pm_provider::PMSprint> {
    match item {
        Item::Sprint(sprint) => Some(sprint),
        _ => None,
    }
}

fn as_comment(item: &Item) -> Option<&pm_provider::Comment> {
    match item {
        Item::Comment(comment) => Some(comment),
        _ => None,
    }
}
