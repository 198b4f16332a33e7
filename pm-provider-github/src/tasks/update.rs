//! Changing issues: only what differs, everything validated before anything is sent.
//!
//! GitHub has no lock. A set that is replaced goes out as a whole; what is added to one or taken from it goes out by
//! itself, so that what others add meanwhile stays.

use std::sync::Arc;

use pm_http::{Marker, marked};
use pm_provider::{Field, FieldPatch, PMTask, Result, SetPatch, TaskId, TaskPatch, UserId};

use super::draft::{Draft, require_push, unfit};
use super::references::{distinct_labels, is_same_label};
use super::steps::Step;
use super::{Housed, MAX_ASSIGNEES, MAX_BODY};
use crate::api::Api;
use crate::dto::Issue;
use crate::repositories::Repository;
use crate::{ids, map};

impl Api {
    /// Changes a task.
    pub(crate) async fn update_task(&self, id: &TaskId, patch: &TaskPatch) -> Result<PMTask> {
        self.capabilities.check_update(patch)?;
        let numbered = ids::existing_issue(id)?;
        let repository = self.repository_with(&numbered.repository, "task", id).await?;
        let _turn = self.turns.of((repository.id, numbered.number)).await;
        let housed = self.issue(id).await?;
        let steps = self.steps(patch, &housed).await?;
        let makes_labels = steps.iter().any(|step| step.fields().contains(&Field::Labels));
        let repository = Arc::clone(&housed.repository);
        let housed = self.carry_out(housed, &steps, Vec::new()).await?;
        if makes_labels {
            self.forget_labels(&repository).await;
        }
        self.to_task(housed).await
    }

    /// What it takes to make an issue what a patch wants. Nothing is sent that writes.
    async fn steps(&self, patch: &TaskPatch, housed: &Housed) -> Result<Vec<Step>> {
        let (issue, repository) = (&housed.row.item, housed.repository.as_ref());
        let mut draft = Draft::default();
        if let FieldPatch::Set(title) = &patch.title {
            draft.title = Some(title.clone()).filter(|title| *title != issue.title);
        }
        draft.body = new_body(&patch.description, issue)?;
        if let FieldPatch::Set(wanted) = &patch.status {
            let status = self.wanted_status(wanted)?;
            draft.status = Some(status).filter(|status| map::status_id(issue) != Some(*status));
        }
        draft.milestone = self.milestone_change(&patch.sprint_id, housed).await?;
        draft.kind = self.type_change(&patch.task_type, housed).await?;
        let labels = self.label_change(patch, issue, repository).await?;
        let people = self.people_change(&patch.assignees, issue, repository).await?;
        let mut steps = Vec::new();
        match labels {
            Change::None => {}
            Change::Replace(labels) => draft.labels = Some(labels),
            Change::Edit { add, remove } => {
                steps.extend((!add.is_empty()).then_some(Step::AddLabels(add)));
                steps.extend(remove.into_iter().map(Step::RemoveLabel));
            }
        }
        match people {
            Change::None => {}
            Change::Replace(logins) => draft.assignees = Some(logins),
            Change::Edit { add, remove } => {
                // Those who go make room for those who come.
                steps.extend((!remove.is_empty()).then_some(Step::Unassign(remove)));
                steps.extend((!add.is_empty()).then_some(Step::Assign(add)));
            }
        }
        if !draft.is_empty() {
            steps.insert(0, Step::Patch(draft));
        }
        steps.extend(self.parent_move(&patch.parent_task_id, housed).await?.map(Step::Parent));
        check_permission(repository, &steps)?;
        Ok(steps)
    }

    async fn milestone_change(
        &self,
        patch: &FieldPatch<pm_provider::SprintId>,
        housed: &Housed,
    ) -> Result<Option<Option<u64>>> {
        let wanted = match patch {
            FieldPatch::Keep => return Ok(None),
            FieldPatch::Set(sprint) => Some(self.milestone(&housed.repository, sprint).await?),
            _ => None,
        };
        let now = housed.row.item.milestone.map(|milestone| milestone.number);
        Ok(Some(wanted).filter(|wanted| *wanted != now))
    }

    async fn type_change(&self, patch: &FieldPatch<String>, housed: &Housed) -> Result<Option<Option<String>>> {
        let wanted = match patch {
            FieldPatch::Keep => return Ok(None),
            FieldPatch::Set(name) => Some(self.issue_type(&housed.repository, name).await?),
            _ => None,
        };
        let now = housed.row.item.kind.as_ref().map(|kind| kind.name.clone());
        Ok(Some(wanted).filter(|wanted| *wanted != now))
    }

    /// What becomes of the labels, and of the one among them that says the priority.
    async fn label_change(&self, patch: &TaskPatch, issue: &Issue, repository: &Repository) -> Result<Change> {
        let now: Vec<String> = issue.labels.iter().map(|label| label.0.clone()).collect();
        let (priorities, counts) = self.priority_labels(&now);
        let wanted = match &patch.priority {
            FieldPatch::Set(wanted) => Some(self.priority_label(repository, wanted).await?),
            _ => None,
        };
        let is_kept = patch.priority.is_keep();
        if let SetPatch::Replace(labels) = &patch.labels {
            let labels = distinct_labels(labels)?;
            let priority = if is_kept { counts } else { wanted };
            let all: Vec<_> = labels.into_iter().chain(priority).collect();
            return Ok(replace(&now, distinct_labels(&all)?));
        }
        let (mut add, mut remove) = match &patch.labels {
            SetPatch::Edit { add, remove } => (distinct_labels(add)?, remove.clone()),
            _ => (Vec::new(), Vec::new()),
        };
        add.retain(|label| !remove.iter().any(|gone| is_same_label(gone, label)));
        if !is_kept {
            let others = priorities.into_iter().filter(|label| wanted.as_deref() != Some(label.as_str()));
            remove.extend(others);
            add.extend(wanted);
        }
        Ok(edit(&now, add, &remove, is_same_label))
    }

    /// The labels that say priorities, and the one of them that counts.
    fn priority_labels(&self, labels: &[String]) -> (Vec<String>, Option<String>) {
        let read = |label: &String| {
            let priority = map::priority_of_label(label, self.priority_prefix(), &self.config.priorities)?;
            Some((map::rank(priority.level), label.clone()))
        };
        let found: Vec<_> = labels.iter().filter_map(read).collect();
        let highest = found.iter().fold(None::<&(usize, String)>, |highest, label| match highest {
            Some(known) if known.0 >= label.0 => Some(known),
            _ => Some(label),
        });
        let counts = highest.map(|(_, label)| label.clone());
        (found.into_iter().map(|(_, label)| label).collect(), counts)
    }

    async fn people_change(&self, patch: &SetPatch<UserId>, issue: &Issue, repository: &Repository) -> Result<Change> {
        let now: Vec<String> = issue.assignees.iter().map(|person| person.login.clone()).collect();
        let change = match patch {
            SetPatch::Replace(users) => replace(&now, self.assignees(repository, users).await?),
            SetPatch::Edit { add, remove } => {
                let adding: Vec<_> = add.iter().filter(|user| !remove.contains(user)).cloned().collect();
                let add = self.assignees(repository, &adding).await?;
                let mut gone = Vec::new();
                for user in remove {
                    // Whoever is not there any more is assigned by nobody's id.
                    let is_now = issue.assignees.iter().find(|person| person.id.to_string() == user.as_str());
                    let login = match is_now {
                        Some(person) => Some(person.login.clone()),
                        None => pm_http::unless_hidden(self.login_of(user).await)?,
                    };
                    gone.extend(login);
                }
                edit(&now, add, &gone, str::eq_ignore_ascii_case)
            }
            _ => Change::None,
        };
        let count = match &change {
            Change::Edit { add, remove } => now.len() - remove.len() + add.len(),
            _ => 0,
        };
        if count > MAX_ASSIGNEES {
            return Err(unfit(Field::Assignees, &format!("has {count} values; allowed are {MAX_ASSIGNEES}")));
        }
        Ok(change)
    }
}

/// What becomes of a set.
enum Change {
    None,
    Replace(Vec<String>),
    Edit { add: Vec<String>, remove: Vec<String> },
}

fn replace(now: &[String], wanted: Vec<String>) -> Change {
    if now == wanted { Change::None } else { Change::Replace(wanted) }
}

/// Leaves out what is there already, and what is not there to be taken away.
fn edit(now: &[String], add: Vec<String>, remove: &[String], is_same: impl Fn(&str, &str) -> bool) -> Change {
    let add: Vec<_> = add.into_iter().filter(|new| !now.iter().any(|known| is_same(known, new))).collect();
    let gone = now.iter().filter(|known| remove.iter().any(|gone| is_same(gone, known)));
    let remove: Vec<_> = gone.cloned().collect();
    if add.is_empty() && remove.is_empty() { Change::None } else { Change::Edit { add, remove } }
}

/// The body that a description makes, where that is another one than now. The mark of the create stays where it is.
fn new_body(patch: &FieldPatch<String>, issue: &Issue) -> Result<Option<String>> {
    let text = match patch {
        FieldPatch::Keep => return Ok(None),
        FieldPatch::Set(text) => text.as_str(),
        _ => "",
    };
    let now = issue.body.as_deref().unwrap_or_default();
    let (shown, marker) = Marker::take_out(now);
    if shown == text {
        return Ok(None);
    }
    let body = marked(text, marker.as_ref());
    if body.chars().count() > MAX_BODY + 64 {
        return Err(unfit(Field::Description, "is too long together with the mark of the task"));
    }
    Ok(Some(body).filter(|body| body != now))
}

/// Without push access only authors change their own title, body and state; everything else is dropped.
fn check_permission(repository: &Repository, steps: &[Step]) -> Result<()> {
    let own = [Field::Title, Field::Description, Field::Status];
    let fields: Vec<_> = steps.iter().flat_map(Step::fields).filter(|field| !own.contains(field)).collect();
    require_push(repository, &fields)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn issue(body: &str) -> Issue {
        serde_json::from_value(serde_json::json!({ "id": 1, "number": 7, "body": body })).unwrap()
    }

    #[test]
    fn what_is_there_is_not_added_and_what_is_not_is_not_removed() {
        let now = texts(&["Bug", "ui"]);
        let Change::Edit { add, remove } = edit(&now, texts(&["bug", "new"]), &texts(&["UI", "gone"]), is_same_label)
        else {
            panic!("a change")
        };
        assert_eq!((add, remove), (texts(&["new"]), texts(&["ui"])));
        assert!(matches!(edit(&now, texts(&["bug"]), &[], is_same_label), Change::None));
        assert!(matches!(replace(&now, texts(&["Bug", "ui"])), Change::None));
        assert!(matches!(replace(&now, texts(&["ui", "Bug"])), Change::Replace(_)), "the order counts");
    }

    #[test]
    fn the_mark_of_the_create_stays() {
        let marker = Marker::of("task", "k");
        let stored = issue(&marker.append("old"));
        let set = |text: &str| FieldPatch::Set(text.to_owned());
        assert_eq!(new_body(&set("new"), &stored).unwrap(), Some(marker.append("new")));
        assert_eq!(new_body(&FieldPatch::Clear, &stored).unwrap(), Some(marker.line()));
        assert_eq!(new_body(&set("old"), &stored).unwrap(), None);
        assert_eq!(new_body(&FieldPatch::Keep, &stored).unwrap(), None);
        assert_eq!(new_body(&FieldPatch::Clear, &issue("")).unwrap(), None);
        assert_eq!(
            new_body(&set(&marker.append("planted")), &issue("")).unwrap(),
            Some(Marker::neutralise(&marker.append("planted")).into_owned())
        );
    }
}
