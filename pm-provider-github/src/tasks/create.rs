//! Creating issues, never twice.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_http::creating::{comparable, identity, is_since};
use pm_http::{Creating, Made, Marker, Raw, marked, named, unless_missing};
use pm_provider::{Entity, Error, Field, NewTask, PMTask, Result};

use super::draft::{Draft, dropped, require_push, words};
use super::filter::second;
use super::references::distinct_labels;
use super::steps::{Move, Step};
use super::{Housed, map};
use crate::api::Api;
use crate::config::MAX_PAGE_SIZE;
use crate::dto::Issue;
use crate::endpoints;
use crate::repositories::Repository;

/// A new issue, put together and validated.
#[derive(Debug)]
struct Planned {
    /// What the create itself sets.
    draft: Draft,
    /// What has to be done afterwards: a new issue is open, and part of none.
    later: Vec<Step>,
}

impl Api {
    /// Creates a task.
    pub(crate) async fn create_task(&self, new: &NewTask) -> Result<PMTask> {
        self.capabilities.check_create(new)?;
        let repository = self.repository_of(&new.project_id).await?;
        if self.is_gone(repository.id) {
            return Err(Error::not_found("project", &new.project_id));
        }
        let marker = Marker::of_key(Entity::Task, new.idempotency_key.as_deref());
        let planned = self.planned(new, &repository, marker.as_ref()).await?;
        let creating = self.creating_issue(&planned.draft, &repository, marker.as_ref()).new_key(new.new_key);
        let made = self.http.create(&creating).await;
        let made = made.map_err(|error| named(error, "project", &new.project_id))?;
        if let Some(marker) = &marker {
            self.put_mark(&repository, marker, made.row.item.number).await?;
        }
        let is_new = creating.is_new();
        let housed = Housed { repository: Arc::clone(&repository), row: made.row };
        if !is_new && !is_untouched(&housed.row.item) {
            return self.to_task(housed).await;
        }
        let housed = self.finished(housed, &planned).await?;
        if planned.draft.labels.is_some() {
            self.forget_labels(&repository).await;
        }
        self.to_task(housed).await
    }

    /// Puts together what a new issue takes; nothing is sent that writes.
    async fn planned(&self, new: &NewTask, repository: &Arc<Repository>, marker: Option<&Marker>) -> Result<Planned> {
        let mut labels = distinct_labels(&new.labels)?;
        if let Some(wanted) = &new.priority {
            labels.push(self.priority_label(repository, wanted).await?);
        }
        let mut draft = Draft { title: Some(new.title.clone()), ..Draft::default() };
        let text = new.description.as_deref().unwrap_or_default();
        draft.body = Some(marked(text, marker)).filter(|body| !body.is_empty());
        draft.labels = Some(labels).filter(|labels| !labels.is_empty());
        if !new.assignees.is_empty() {
            draft.assignees = Some(self.assignees(repository, &new.assignees).await?);
        }
        if let Some(sprint) = &new.sprint_id {
            draft.milestone = Some(Some(self.milestone(repository, sprint).await?));
        }
        if let Some(name) = &new.task_type {
            draft.kind = Some(Some(self.issue_type(repository, name).await?));
        }
        let droppable = [Field::Labels, Field::Assignees, Field::SprintId, Field::TaskType];
        let asked: Vec<_> = draft.fields().into_iter().filter(|field| droppable.contains(field)).collect();
        require_push(repository, &asked)?;
        let mut later = Vec::new();
        if let Some(wanted) = &new.status {
            let status = self.wanted_status(wanted)?;
            let closed = Draft { status: Some(status), ..Draft::default() };
            later.extend((status != map::OPEN).then_some(Step::Patch(closed)));
        }
        if let Some(parent) = &new.parent_task_id {
            require_push(repository, &[Field::ParentTaskId])?;
            later.push(Step::Parent(Move::Into(Box::new(self.wanted_parent(repository, parent).await?))));
        }
        Ok(Planned { draft, later })
    }

    fn creating_issue<'a>(
        &'a self,
        draft: &'a Draft,
        repository: &'a Repository,
        marker: Option<&'a Marker>,
    ) -> Creating<'a, Issue> {
        let texts = [draft.title.as_deref().unwrap_or_default(), draft.body.as_deref().unwrap_or_default()];
        let identity = identity(Entity::Task, marker, repository.id, &texts);
        let place = self.places.page(&format!("{}/issues?q=is:issue", repository.full_name()));
        let body = draft.json();
        let send = move || {
            let body = body.clone();
            async move {
                let row: Raw<Issue> = self.write_in(repository, &endpoints::CREATE_ISSUE, &[], &body).await?;
                Ok(Made::new(row.item.id, row))
            }
        };
        let find = move |since| async move {
            let found = match marker {
                Some(marker) => self.issues_with(repository, marker).await?,
                None => self.issues_like(repository, draft, since).await?,
            };
            Ok(found.into_iter().map(|row| Made::new(row.item.id, row)).collect())
        };
        Creating::new(identity, marker, place, send, find)
    }

    /// The issue with a mark, where it is still there and has it.
    pub(crate) async fn issues_with(&self, repository: &Repository, marker: &Marker) -> Result<Vec<Raw<Issue>>> {
        let found = self.marked_issues(repository, &[marker]).await?;
        let Some(number) = found.get(marker.as_str()) else { return Ok(Vec::new()) };
        let row: Result<Raw<Issue>> = self.get_in(repository, &endpoints::GET_ISSUE, &[&number.to_string()]).await;
        let row = unless_missing(row)?.filter(|row| self.is_marked(repository, row, marker));
        if row.is_none() {
            self.drop_mark(repository, marker).await?;
        }
        Ok(row.into_iter().collect())
    }

    /// One that was transferred meanwhile answers to no key of this repository.
    fn is_marked(&self, repository: &Repository, row: &Raw<Issue>, marker: &Marker) -> bool {
        let name = row.item.repository_url.full_name();
        let is_here = name.is_none_or(|name| name.eq_ignore_ascii_case(&repository.full_name()));
        is_here && marker.matches(row.item.body.as_deref().unwrap_or_default())
    }

    /// What we ourselves created since a time with the same texts, oldest first.
    async fn issues_like(
        &self,
        repository: &Repository,
        draft: &Draft,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Raw<Issue>>> {
        let request = self.in_repository(repository, &endpoints::LIST_ISSUES, &[]).query("state", "all");
        let login = self.my_login().await?;
        let request = login.iter().fold(request, |request, login| request.query("creator", login));
        // What was created since then was changed since then.
        let request = since.iter().fold(request, |request, since| request.query("since", second(*since)));
        let request = request.query("sort", "created").query("direction", "desc").query("per_page", MAX_PAGE_SIZE);
        let mut found: Vec<Raw<Issue>> = request.send().await?.json()?;
        found.retain(|row| is_since(row.item.created_at, since) && is_like(&row.item, draft));
        found.reverse();
        Ok(found)
    }

    /// Notices what was dropped, and does what a create cannot do itself.
    async fn finished(&self, housed: Housed, planned: &Planned) -> Result<Housed> {
        let mut applied = vec!["create".to_owned()];
        let lost = planned.draft.dropped_by(&housed.row.item);
        let kept = planned.draft.fields().into_iter().filter(|field| !lost.contains(field)).collect::<Vec<_>>();
        applied.extend(words(&kept));
        if !lost.is_empty() {
            let undone = planned.later.iter().flat_map(Step::fields);
            let failed: Vec<_> = lost.into_iter().chain(undone).collect();
            return Err(dropped(housed.id().as_str(), applied, &failed));
        }
        self.carry_out(housed, &planned.later, applied).await
    }
}

/// Whether an issue that an earlier create made is still as that left it: then what comes after the create may not have
/// been done.
fn is_untouched(issue: &Issue) -> bool {
    issue.updated_at == issue.created_at
}

fn is_like(issue: &Issue, draft: &Draft) -> bool {
    let same = |one: Option<&str>, other: Option<&str>| {
        comparable(one.unwrap_or_default()) == comparable(other.unwrap_or_default())
    };
    !issue.pull_request
        && same(Some(&issue.title), draft.title.as_deref())
        && same(issue.body.as_deref(), draft.body.as_deref())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lost_issue_is_known_by_its_texts() {
        let issue = |json: &str| serde_json::from_str::<Issue>(json).unwrap();
        let draft = Draft { title: Some("Paint ".to_owned()), body: Some("a\nb".to_owned()), ..Draft::default() };
        assert!(is_like(&issue(r#"{"id": 1, "number": 7, "title": "Paint", "body": "a\r\nb"}"#), &draft));
        assert!(!is_like(&issue(r#"{"id": 1, "number": 7, "title": "Paint", "body": null}"#), &draft));
        assert!(!is_like(
            &issue(r#"{"id": 1, "number": 7, "title": "Paint", "body": "a\nb", "pull_request": {}}"#),
            &draft
        ));
    }
}
