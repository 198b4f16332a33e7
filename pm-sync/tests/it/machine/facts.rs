//! What an item says, field by field, in words that both sides understand.

use std::collections::BTreeMap;

use pm_provider::{Comment, Item, ItemRef, PMSprint, PMTask};
use serde_json::{Value, json};

/// A field by its word in the contract, and its value: people by login, parents and sprints by the number of the item.
pub(crate) type Facts = BTreeMap<&'static str, Value>;

/// Names what facts point to.
pub(crate) trait Names {
    /// The login of a user.
    fn login(&self, id: &str) -> String;
    /// The number of an item.
    fn number(&self, item: &ItemRef) -> Value;
}

pub(crate) fn facts(item: &Item, names: &impl Names) -> Facts {
    match item {
        Item::Task(task) => task_facts(task, names),
        Item::Sprint(sprint) => sprint_facts(sprint),
        Item::Comment(comment) => comment_facts(comment),
        _ => Facts::new(),
    }
}

fn task_facts(task: &PMTask, names: &impl Names) -> Facts {
    let parent = task.parent_task_id.as_ref().map(|id| names.number(&ItemRef::Task(id.clone())));
    let sprint = task.sprint_id.as_ref().map(|id| names.number(&ItemRef::Sprint(id.clone())));
    let mut assignees: Vec<_> = task.assignees.iter().map(|id| names.login(id.as_str())).collect();
    let mut labels = task.labels.clone();
    assignees.sort();
    labels.sort();
    Facts::from([
        ("title", json!(task.title)),
        ("description", json!(task.description.clone().filter(|text| !text.is_empty()))),
        ("status", json!(task.status.name)),
        ("priority", json!(task.priority.as_ref().map(|priority| &priority.name))),
        ("parent_task_id", json!(parent)),
        ("sprint_id", json!(sprint)),
        ("assignees", json!(assignees)),
        ("labels", json!(labels)),
        ("due_date", json!(task.due_date)),
        ("estimated_hours", json!(task.estimated_hours)),
    ])
}

fn sprint_facts(sprint: &PMSprint) -> Facts {
    Facts::from([
        ("name", json!(sprint.name)),
        ("goal", json!(sprint.goal.clone().filter(|text| !text.is_empty()))),
        ("status", json!(sprint.status.category)),
        ("start_date", json!(sprint.start_date)),
    ])
}

fn comment_facts(comment: &Comment) -> Facts {
    Facts::from([("body", json!(without_header(&comment.body)))])
}

/// A comment's text below the line that says who wrote it, where the tracker could not keep that.
fn without_header(body: &str) -> &str {
    let Some((_, text)) =
        body.trim_start().strip_prefix("\u{2064}\u{2064}").and_then(|rest| rest.split_once("\u{2064}\u{2064}"))
    else {
        return body;
    };
    text.trim_start_matches('\n')
}

/// The words in a text that name one act of a human each: `t00017`, in any case.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let is_token =
        |word: &&str| word.len() == 6 && word.starts_with(['t', 'T']) && word[1..].bytes().all(|b| b.is_ascii_digit());
    words.filter(is_token).map(str::to_lowercase).collect()
}

/// The text that names an item: it has the token of the human who wrote it.
pub(crate) fn name_of(item: &Item) -> &str {
    match item {
        Item::Task(task) => &task.title,
        Item::Sprint(sprint) => &sprint.name,
        Item::Comment(comment) => &comment.body,
        _ => "",
    }
}
