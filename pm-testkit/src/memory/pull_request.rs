//! Pull requests: of branches that tests make, because there is no repository underneath.

use async_trait::async_trait;
use pm_provider::{
    Cursor, Entity, Error, Field, Freshness, LinkReason, LinkedPullRequest, LinkedPullRequests, Mergeability,
    NewPullRequest, Operation, Page, ProjectId, PullRequest, PullRequestDetails, PullRequestQuery, PullRequestState,
    PullRequests, Result, TaskId,
};

use super::state::{Session, State, conflict, refuse};
use super::{MemoryProvider, listing};

/// The branch that every project has.
const MAIN: &str = "main";

impl MemoryProvider {
    /// Gives a project a branch that a pull request can bring in; every project has `main`.
    ///
    /// # Errors
    /// `NotFound` for an unknown project.
    pub fn add_branch(&self, project: &ProjectId, name: impl Into<String>) -> Result<()> {
        self.run("add_branch", |session| {
            session.state.project_row(project)?;
            session.state.branches.insert((project.clone(), name.into()));
            Ok(())
        })
    }
}

impl State {
    fn check_branch(&self, project: &ProjectId, field: Field, name: &str) -> Result<()> {
        if name == MAIN || self.branches.contains(&(project.clone(), name.to_owned())) {
            return Ok(());
        }
        Err(refuse(field, format!("there is no branch `{name}`")))
    }

    fn pull_request(&self, project: &ProjectId, number: u64) -> Result<&PullRequest> {
        self.project_row(project)?;
        let found = self.pull_requests.values().find(|one| one.project_id == *project && one.number == number);
        found.ok_or_else(|| Error::not_found("pull request", format!("{project}#{number}")))
    }

    fn draft_pull_request(&self, new: NewPullRequest) -> Result<PullRequest> {
        let target = new.target_branch.unwrap_or_else(|| MAIN.to_owned());
        self.check_branch(&new.project_id, Field::SourceBranch, &new.source_branch)?;
        self.check_branch(&new.project_id, Field::TargetBranch, &target)?;
        if new.source_branch == target {
            return Err(refuse(Field::SourceBranch, format!("`{target}` brings nothing into itself")));
        }
        let all = self.pull_requests.values().filter(|one| one.project_id == new.project_id);
        let taken = all.clone().find(|one| is_open_between(one, &new.source_branch, &target));
        if let Some(first) = taken {
            let message = format!("pull request {} of `{}` into `{target}` is open", first.number, new.source_branch);
            return Err(conflict(message));
        }
        let number = all.map(|one| one.number).max().unwrap_or_default() + 1;
        let now = self.now();
        let mut draft = PullRequest::new("", number, new.project_id, new.title, PullRequestState::Open)
            .draft(new.draft)
            .source_branch(new.source_branch)
            .target_branch(target)
            .created_at(now)
            .updated_at(now);
        draft.description = new.description;
        draft.author_id.clone_from(&self.acting_user);
        let author = self.acting_user.as_ref().and_then(|id| self.users.get(id));
        draft.author_name = author.map(|row| row.user.name.clone());
        Ok(draft)
    }

    /// The number of a task is a part of its key, and branches and texts name tasks by their keys.
    fn reasons(&self, task: &TaskId, pull_request: &PullRequest) -> Result<Vec<LinkReason>> {
        let key = self.show_task(self.task_row(task)?).key.unwrap_or_default();
        let texts = [
            (LinkReason::BranchName, pull_request.source_branch.as_deref()),
            (LinkReason::Title, Some(pull_request.title.as_str())),
            (LinkReason::Description, pull_request.description.as_deref()),
        ];
        let named = texts.into_iter().filter(|(_, text)| text.is_some_and(|text| names(text, &key)));
        Ok(named.map(|(reason, _)| reason).collect())
    }
}

fn is_open_between(pull_request: &PullRequest, source: &str, target: &str) -> bool {
    pull_request.state == PullRequestState::Open
        && pull_request.source_branch.as_deref() == Some(source)
        && pull_request.target_branch.as_deref() == Some(target)
}

/// Says whether a text holds a key as a word of its own, without regard to case.
fn names(text: &str, key: &str) -> bool {
    let (text, key) = (text.to_lowercase(), key.to_lowercase());
    text.match_indices(&key).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + key.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

impl Session<'_> {
    fn pull_requests_page(&self, query: &PullRequestQuery, cursor: Option<&Cursor>) -> Result<Page<PullRequest>> {
        self.capabilities.check_query(query)?;
        self.state.project_row(&query.project)?;
        let all = self.state.pull_requests.values();
        let rows = all.filter(|one| one.project_id == query.project && query.matches(one));
        listing::page(query, cursor, rows, PullRequest::clone)
    }

    fn get_pull_request(&self, project: &ProjectId, number: u64) -> Result<PullRequestDetails> {
        self.capabilities.check_operation(Entity::PullRequest, Operation::Get)?;
        let found = self.state.pull_request(project, number)?.clone();
        // There are no contents that could be in each other's way.
        Ok(PullRequestDetails::new(found).checks(Vec::new()).mergeability(Mergeability::Mergeable))
    }

    fn pull_requests_of_task(&self, task: &TaskId) -> Result<LinkedPullRequests> {
        self.capabilities.check_operation(Entity::PullRequest, Operation::List)?;
        let project = &self.state.task_row(task)?.task.project_id;
        let mut linked = Vec::new();
        for one in self.state.pull_requests.values().filter(|one| one.project_id == *project) {
            let reasons = self.state.reasons(task, one)?;
            if !reasons.is_empty() {
                linked.push(LinkedPullRequest::new(one.clone(), reasons));
            }
        }
        Ok(LinkedPullRequests::new(linked))
    }

    fn create_pull_request(&mut self, new: NewPullRequest) -> Result<PullRequest> {
        self.capabilities.check_create(&new)?;
        self.state.project_row(&new.project_id)?;
        let find = |id: &str| self.state.pull_requests.get(id).cloned();
        if let Some(first) = self.state.made_with(Entity::PullRequest, new.idempotency_key.as_deref(), find)? {
            return Ok(first);
        }
        let key = new.idempotency_key.clone();
        let mut opened = self.state.draft_pull_request(new)?;
        opened.id = self.state.next_id(Entity::PullRequest);
        self.state.keep_key(Entity::PullRequest, key, &opened.id);
        self.state.pull_requests.insert(opened.id.clone(), opened.clone());
        Ok(opened)
    }
}

#[async_trait]
impl PullRequests for MemoryProvider {
    async fn pull_requests_page(&self, query: &PullRequestQuery, cursor: Option<Cursor>) -> Result<Page<PullRequest>> {
        self.run("list_pull_requests", |session| session.pull_requests_page(query, cursor.as_ref()))
    }

    async fn get_pull_request(&self, project: &ProjectId, number: u64, _: Freshness) -> Result<PullRequestDetails> {
        self.run("get_pull_request", |session| session.get_pull_request(project, number))
    }

    async fn pull_requests_of_task(&self, task: &TaskId, _: Freshness) -> Result<LinkedPullRequests> {
        self.run("list_pull_requests_of_task", |session| session.pull_requests_of_task(task))
    }

    async fn create_pull_request(&self, new: NewPullRequest) -> Result<PullRequest> {
        self.run("create_pull_request", |session| session.create_pull_request(new))
    }
}
