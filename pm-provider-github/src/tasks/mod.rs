//! Issues of repositories.

mod create;
mod delete;
mod draft;
mod filter;
mod list;
mod marks;
mod memory;
mod parents;
mod references;
mod steps;
mod update;
mod walk;

pub(crate) use draft::unfit;
pub(crate) use filter::second;
pub(crate) use memory::Memory;
pub(crate) use references::{distinct_labels, is_same_label};
pub(crate) use walk::Rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use pm_http::{Raw, unless_hidden};
use pm_provider::{
    Entity, EntityCapabilities, Error, ErrorKind, Field, FieldSupport, Filter, Operation, PMTask, Result, SortField,
    TaskId,
};

use crate::api::Api;
use crate::capabilities::marker;
use crate::config::Deleting;
use crate::dto::{Issue, IssueAddress, RepositoryAddress};
use crate::ids::{self, Numbered, RepositoryId};
use crate::map::{self, Reading};
use crate::repositories::Repository;
use crate::{GitHubConfig, endpoints};

/// The longest title (unverified in the reference; longer ones are refused with "title is too long (maximum is 256
/// characters)").
pub(crate) const MAX_TITLE: usize = 256;
/// The longest body ("body is too long (maximum is 65536 characters)"), less what the mark of a key takes.
pub(crate) const MAX_BODY: usize = 65_536 - 64;
/// How many people an issue is assigned to at most: "adds up to 10 assignees"
/// (<https://docs.github.com/en/rest/issues/assignees#add-assignees-to-an-issue>).
const MAX_ASSIGNEES: usize = 10;
/// How many labels an issue has at most (unverified).
const MAX_LABELS: usize = 100;
/// The longest name of a label (unverified in the reference).
pub(crate) const MAX_LABEL: usize = 50;

/// What can be done with assignees.
pub(crate) fn assignees() -> FieldSupport {
    FieldSupport::full().max_items(MAX_ASSIGNEES)
}

/// What can be done with labels.
pub(crate) fn labels() -> FieldSupport {
    FieldSupport::full().max_items(MAX_LABELS)
}

/// What can be done with tasks; without settings all that any of them allows.
pub(crate) fn capabilities(config: Option<&GitHubConfig>) -> EntityCapabilities {
    let read = [
        Field::Id,
        Field::Key,
        Field::AuthorId,
        Field::Url,
        Field::CreatedAt,
        Field::UpdatedAt,
        Field::CompletedAt,
        Field::RawData,
    ];
    let of_organisations = [Field::StartDate, Field::DueDate, Field::CustomFields];
    let by_permission = [Field::SprintId, Field::TaskType];
    let tasks = EntityCapabilities::new()
        .operations(operations(config))
        .fields(read, &FieldSupport::read_only())
        .fields(of_organisations, &FieldSupport::read_only().per_project())
        .fields([Field::Title], &FieldSupport::required().max_length(MAX_TITLE))
        .fields([Field::ProjectId], &FieldSupport::on_create())
        .fields([Field::Description], &FieldSupport::full().max_length(MAX_BODY))
        .fields([Field::Status], &FieldSupport::required())
        .fields([Field::ParentTaskId], &FieldSupport::full())
        .fields([Field::Assignees], &assignees().per_project())
        .fields([Field::Labels], &labels().per_project())
        .fields(by_permission, &FieldSupport::full().per_project())
        .filters([
            Filter::Project,
            Filter::Key,
            Filter::Sprint,
            Filter::NoSprint,
            Filter::Assignee,
            Filter::Unassigned,
            Filter::Parent,
            Filter::TopLevel,
            Filter::Status,
            Filter::Labels,
            Filter::Text,
            Filter::UpdatedSince,
        ])
        // Not by the time of the last change: pages of such a listing lose what is changed meanwhile.
        .sorts([SortField::CreatedAt])
        .create_guarantee(marker("comment at the end of the body"));
    tasks.fields([Field::Priority], &priorities(config).per_project())
}

/// Labels say priorities; without them there are only those of an organisation's field, which are read.
fn priorities(config: Option<&GitHubConfig>) -> FieldSupport {
    let has_none = config.is_some_and(|config| config.priority_labels.is_empty());
    if has_none { FieldSupport::read_only() } else { FieldSupport::full() }
}

fn operations(config: Option<&GitHubConfig>) -> Vec<Operation> {
    let deletes = config.is_none_or(|config| config.delete != Deleting::Never);
    Operation::ALL.into_iter().filter(|operation| *operation != Operation::Delete || deletes).collect()
}

/// An issue, with the repository that it is in.
#[derive(Clone, Debug)]
pub(crate) struct Housed {
    pub(crate) repository: Arc<Repository>,
    pub(crate) row: Raw<Issue>,
}

impl Housed {
    /// The id of its task.
    pub(crate) fn id(&self) -> TaskId {
        map::task_id(self.repository.id, self.row.item.number)
    }
}

impl Api {
    /// Gets one task.
    pub(crate) async fn get_task(&self, id: &TaskId) -> Result<PMTask> {
        self.capabilities.check_operation(Entity::Task, Operation::Get)?;
        let housed = self.issue(id).await?;
        self.to_task(housed).await
    }

    /// The issue of a task, which must be there. One that was transferred is found where it is now, under another id.
    pub(crate) async fn issue(&self, id: &TaskId) -> Result<Housed> {
        let numbered = ids::existing_issue(id)?;
        let repository = self.repository_with(&numbered.repository, "task", id).await?;
        self.issue_in(&repository, numbered.number).await.map_err(|error| lost(error, id))
    }

    /// The same by repository and number.
    pub(crate) async fn issue_in(&self, repository: &Arc<Repository>, number: u64) -> Result<Housed> {
        let row: Raw<Issue> = self.get_in(repository, &endpoints::GET_ISSUE, &[&number.to_string()]).await?;
        self.housed(repository, row).await
    }

    /// Finds the repository of an issue that was asked for in one: it may have been transferred, or the repository
    /// renamed.
    async fn housed(&self, asked: &Arc<Repository>, row: Raw<Issue>) -> Result<Housed> {
        let home = self.home(asked, &row.item.repository_url).await?;
        let id = map::task_id(home.id, row.item.number);
        if self.is_gone(home.id) {
            return Err(Error::not_found("task", id));
        }
        if row.item.pull_request {
            return Err(Error::not_found("task", id).hint("it is a pull request"));
        }
        self.people.learn_all(map::people_of(&row.item));
        Ok(Housed { repository: home, row })
    }

    /// The repository at an address, where that is another one than was asked.
    pub(crate) async fn home(&self, asked: &Arc<Repository>, address: &RepositoryAddress) -> Result<Arc<Repository>> {
        match address {
            RepositoryAddress::Named(name) if !name.eq_ignore_ascii_case(&asked.full_name()) => {
                let strange = || Error::new(ErrorKind::InvalidResponse, "an issue names no repository");
                self.repository(&RepositoryId::read(name).ok_or_else(strange)?).await
            }
            RepositoryAddress::Id(id) if *id != asked.id => self.repository(&RepositoryId::Number(*id)).await,
            _ => Ok(Arc::clone(asked)),
        }
    }

    /// The issue of a task, where it is there and visible.
    pub(crate) async fn issue_if_there(&self, id: &TaskId) -> Result<Option<Housed>> {
        unless_hidden(self.issue(id).await)
    }

    /// Makes a task of an issue.
    pub(crate) async fn to_task(&self, housed: Housed) -> Result<PMTask> {
        let mut tasks = self.to_tasks(&housed.repository, vec![housed.row]).await?;
        tasks.pop().ok_or_else(|| Error::new(ErrorKind::Internal, "a task was lost on the way"))
    }

    /// Makes tasks of the issues of one repository; pull requests are left out.
    pub(crate) async fn to_tasks(&self, repository: &Repository, rows: Vec<Raw<Issue>>) -> Result<Vec<PMTask>> {
        let full_name = repository.full_name();
        let others = self.parents_elsewhere(&full_name, &rows).await?;
        let reading = Reading {
            repository: repository.id,
            full_name: &full_name,
            priority_prefix: self.priority_prefix(),
            statuses: &self.config.statuses,
            priorities: &self.config.priorities,
            others: &|name| others.get(&name.to_ascii_lowercase()).copied(),
        };
        self.people.learn_all(rows.iter().flat_map(|row| map::people_of(&row.item)));
        let issues = rows.into_iter().filter(|row| !row.item.pull_request);
        Ok(issues.map(|row| map::task(row, &reading)).collect())
    }

    /// What labels that are priorities begin with.
    pub(crate) fn priority_prefix(&self) -> Option<&str> {
        Some(self.config.priority_labels.as_str()).filter(|prefix| !prefix.is_empty())
    }

    /// The ids of the other repositories in which issues have their parents; those that are hidden from us are left
    /// out.
    async fn parents_elsewhere(&self, here: &str, rows: &[Raw<Issue>]) -> Result<BTreeMap<String, u64>> {
        let named = |address: &IssueAddress| address.repository.full_name().map(str::to_ascii_lowercase);
        let parents = rows.iter().filter_map(|row| row.item.parent_issue_url.as_ref());
        let elsewhere = |address: &&IssueAddress| {
            address.repository.full_name().is_some_and(|name| !name.eq_ignore_ascii_case(here))
        };
        let mut ids = BTreeMap::new();
        for name in parents.filter(elsewhere).filter_map(named) {
            if ids.contains_key(&name) {
                continue;
            }
            let Some(id) = RepositoryId::read(&name) else { continue };
            if let Some(repository) = unless_hidden(self.repository(&id).await)? {
                ids.insert(name, repository.id);
            }
        }
        Ok(ids)
    }
}

/// Names the task in the error for one that is not there; one that was deleted is told by 410.
fn lost(error: Error, id: &TaskId) -> Error {
    match error.kind() {
        ErrorKind::NotFound if error.hint_text().is_some() && error.http_status().is_none() => error,
        _ => pm_http::named(error, "task", id),
    }
}

/// The number of a referred issue.
pub(crate) fn referred(field: Field, id: impl AsRef<str>) -> Result<Numbered> {
    ids::issue(id.as_ref()).ok_or_else(|| leads_nowhere(field, id.as_ref()))
}

/// The error for a field that refers to what is not there.
pub(crate) fn leads_nowhere(field: Field, id: &str) -> Error {
    Error::invalid_input("a reference leads nowhere").on_field(field, format!("there is no `{id}`"))
}
