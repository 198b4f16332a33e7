//! Pull requests: opened, listed, got, and found by their tasks.

use std::collections::BTreeSet;
use std::sync::Arc;

use pm_provider::{
    Ability, Entity, ErrorKind, Field, Filter, Freshness, LinkReason, NewPullRequest, Operation, PMTask, PmProvider,
    ProjectId, PullRequest, PullRequestDetails, PullRequestQuery, PullRequestState, PullRequests, Result, Sort,
    SortField,
};

use super::Subject;
use super::capable::{NOWHERE, must, unsupported};
use super::errors::placed;
use super::expect::{broken, done, ensure, refused, same};
use super::fixture::everything;
use super::items::{token, unchanged};
use super::verdict::Outcome;

impl Subject {
    /// The pull requests.
    pub(super) fn pull_requests(&self) -> Outcome<Arc<dyn PullRequests>> {
        self.ability(Ability::PullRequests, PmProvider::pull_requests)
    }

    /// Tries an operation on the pull requests of nothing; `None` where there is no such method.
    pub(super) async fn attempt_pull_request(&self, operation: Operation) -> Option<Result<()>> {
        let pull_requests = self.provider.pull_requests()?;
        let nowhere = ProjectId::new(NOWHERE);
        Some(match operation {
            Operation::List => {
                let query = PullRequestQuery::in_project(nowhere);
                pull_requests.pull_requests_page(&query, None).await.map(drop)
            }
            Operation::Get => pull_requests.get_pull_request(&nowhere, 1, Freshness::Fresh).await.map(drop),
            Operation::Create => {
                pull_requests.create_pull_request(NewPullRequest::new(nowhere, "never made", "b")).await.map(drop)
            }
            _ => return None,
        })
    }

    /// Lists with one filter set to anything; `None` where pull requests have no such filter.
    pub(super) async fn filtered_pull_requests(&self, filter: Filter) -> Option<Result<()>> {
        let query = PullRequestQuery::in_project(NOWHERE);
        let query = match filter {
            Filter::Status => query.states([PullRequestState::Open]),
            Filter::Draft => query.draft(true),
            Filter::Author => query.author("any"),
            Filter::Assignee => query.assignee("any"),
            Filter::Labels => query.labels(["any"]),
            Filter::SourceBranch => query.source_branch("any"),
            Filter::TargetBranch => query.target_branch("any"),
            _ => return None,
        };
        Some(self.provider.pull_requests()?.pull_requests_page(&query, None).await.map(drop))
    }

    async fn requires_pull_requests(&self, operation: Operation) -> Outcome<Arc<dyn PullRequests>> {
        let pull_requests = self.pull_requests()?;
        self.requires(Entity::PullRequest, operation).await?;
        Ok(pull_requests)
    }

    /// A pull request to be opened, of a branch that nobody else has.
    async fn new_pull_request(&self, project: &ProjectId, title: &str) -> Outcome<NewPullRequest> {
        let branch = format!("conformance-{}", token());
        self.branch(project, &branch).await?;
        Ok(NewPullRequest::new(project, title, branch))
    }

    async fn branch(&self, project: &ProjectId, name: &str) -> Outcome {
        self.requires_pull_requests(Operation::Create).await?;
        let Some(branches) = &self.branches else { return unsupported("branches to open pull requests of") };
        done("making a branch", branches.make_branch(project, name).await)
    }

    async fn opened(&self, project: &ProjectId, title: &str) -> Outcome<PullRequest> {
        let new = self.new_pull_request(project, title).await?;
        done("opening a pull request", self.pull_requests()?.create_pull_request(new).await)
    }

    async fn listed(&self, query: &PullRequestQuery) -> Outcome<Vec<PullRequest>> {
        let pull_requests = self.requires_pull_requests(Operation::List).await?;
        everything(|cursor| pull_requests.pull_requests_page(query, cursor)).await
    }

    /// The numbers that a query finds, of those that a rule opened itself.
    async fn found(&self, query: &PullRequestQuery, own: &[PullRequest]) -> Outcome<Vec<u64>> {
        let own: BTreeSet<u64> = own.iter().map(|one| one.number).collect();
        let all = self.listed(query).await?;
        Ok(all.into_iter().map(|one| one.number).filter(|number| own.contains(number)).collect())
    }

    async fn got(&self, project: &ProjectId, number: u64) -> Outcome<PullRequestDetails> {
        let pull_requests = self.requires_pull_requests(Operation::Get).await?;
        let got = pull_requests.get_pull_request(project, number, Freshness::Fresh).await;
        done("getting a pull request", got)
    }
}

fn numbers(of: &[PullRequest]) -> Vec<u64> {
    of.iter().map(|one| one.number).collect()
}

/// Says whether two readings of a pull request show the same, times of change and raw data aside.
fn shows_the_same(when: &str, before: &PullRequest, after: &PullRequest) -> Outcome {
    let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    unchanged(when, &before, &after, &[Field::UpdatedAt])
}

/// What is opened is what was asked for, and what a get shows.
pub(super) async fn opened_is_what_get_shows(subject: &Subject) -> Outcome {
    let pull_requests = subject.requires_pull_requests(Operation::Create).await?;
    let project = subject.own_project().await?;
    let can = |field| subject.can(Entity::PullRequest).field(field).on_create.is_possible();
    let mut new = subject.new_pull_request(&project, "Paint the fence").await?;
    new.description = can(Field::Description).then(|| "A text with *marks*.".to_owned());
    new.draft = can(Field::Draft);
    let opened = done("opening a pull request", pull_requests.create_pull_request(new.clone()).await)?;
    same("the title", &new.title, &opened.title)?;
    same("the description", &new.description, &opened.description)?;
    same("the source branch", &Some(new.source_branch), &opened.source_branch)?;
    same("the state", &PullRequestState::Open, &opened.state)?;
    same("whether it is a draft", &new.draft, &opened.draft)?;
    ensure(opened.target_branch.is_some() && opened.created_at.is_some(), "a target branch and a time", &opened)?;
    let got = subject.got(&opened.project_id, opened.number).await?;
    shows_the_same("between opening and a get", &opened, &got.pull_request)?;
    same("the reviews", &0, &got.reviews.len())
}

/// A listing shows what a get shows.
pub(super) async fn listed_as_it_is_got(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let opened = subject.opened(&project, "listed").await?;
    subject.settled().await;
    let listed = subject.listed(&PullRequestQuery::in_project(&project)).await?;
    let listed = must("the pull request in the listing", listed.into_iter().find(|one| one.number == opened.number))?;
    let got = subject.got(&project, opened.number).await?;
    shows_the_same("between the listing and a get", &listed, &got.pull_request)
}

/// A number is given once.
pub(super) async fn numbers_are_given_once(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let (one, other) = (subject.opened(&project, "one").await?, subject.opened(&project, "other").await?);
    ensure(one.number != other.number && one.id != other.id, "a number and an id of its own", (&one.id, &other.id))?;
    same("the first", "one", subject.got(&project, one.number).await?.pull_request.title.as_str())?;
    same("the second", "other", subject.got(&project, other.number).await?.pull_request.title.as_str())
}

async fn several(subject: &Subject, project: &ProjectId) -> Outcome<Vec<PullRequest>> {
    let mut opened = Vec::new();
    for title in ["first", "second", "third"] {
        opened.push(subject.opened(project, title).await?);
    }
    subject.settled().await;
    Ok(opened)
}

/// They come oldest first, or newest first where that is asked for.
pub(super) async fn come_oldest_first(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let opened = several(subject, &project).await?;
    let query = PullRequestQuery::in_project(&project);
    same("the oldest first", &numbers(&opened), &subject.found(&query, &opened).await?)?;
    if !subject.can(Entity::PullRequest).sorts.contains(&SortField::CreatedAt) {
        return Ok(());
    }
    let newest: Vec<_> = numbers(&opened).into_iter().rev().collect();
    let query = query.sort(Sort::descending(SortField::CreatedAt));
    same("the newest first", &newest, &subject.found(&query, &opened).await?)
}

/// Each filter finds what it names, and filters combine with *and*.
pub(super) async fn are_filtered(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let (plain, other) = (subject.opened(&project, "plain").await?, subject.opened(&project, "other").await?);
    let mut new = subject.new_pull_request(&project, "draft").await?;
    new.draft = subject.can(Entity::PullRequest).field(Field::Draft).on_create.is_possible();
    let draft = done("opening a draft", subject.pull_requests()?.create_pull_request(new).await)?;
    let all = [plain, other, draft];
    subject.settled().await;
    let own = PullRequestQuery::in_project(&project);
    let [plain, _, draft] = &all;
    let branch = plain.source_branch.clone().unwrap_or_default();
    let questions = [
        (Filter::Status, own.clone().states([PullRequestState::Open]), numbers(&all)),
        (Filter::Status, own.clone().states([PullRequestState::Closed, PullRequestState::Merged]), vec![]),
        (Filter::Draft, own.clone().draft(true), draft.draft.then_some(draft.number).into_iter().collect()),
        (Filter::SourceBranch, own.clone().source_branch(&branch), vec![plain.number]),
        (Filter::SourceBranch, own.clone().source_branch(&branch).states([PullRequestState::Merged]), vec![]),
        (Filter::TargetBranch, own.clone().target_branch("conformance-missing-branch"), vec![]),
        (Filter::Labels, own.clone().labels(["conformance-no-such-label"]), vec![]),
    ];
    for (filter, query, expected) in questions {
        if subject.can(Entity::PullRequest).filters.contains(&filter) {
            same(&format!("those by `{filter}`"), &expected, &subject.found(&query, &all).await?)?;
        }
    }
    by_author(subject, &all).await
}

async fn by_author(subject: &Subject, all: &[PullRequest]) -> Outcome {
    let Some(author) = all[0].author_id.clone() else { return Ok(()) };
    if !subject.can(Entity::PullRequest).filters.contains(&Filter::Author) {
        return Ok(());
    }
    let query = PullRequestQuery::in_project(&all[0].project_id).author(author);
    same("those of an author", &numbers(all), &subject.found(&query, all).await?)
}

/// Pages of any size show each once.
pub(super) async fn come_by_pages(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let opened = several(subject, &project).await?;
    for size in [1_u32, 2, 100] {
        let query = PullRequestQuery::in_project(&project).page_size(size);
        same(&format!("pages of {size}"), &numbers(&opened), &subject.found(&query, &opened).await?)?;
    }
    let empty = PullRequestQuery::in_project(&project).page_size(0_u32);
    let answer = subject.pull_requests()?.pull_requests_page(&empty, None).await;
    refused("a page of 0", ErrorKind::InvalidInput, answer).map(drop)
}

/// A cursor belongs to its query; how recent the answer must be is no part of that.
pub(super) async fn cursors_belong_to_their_query(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let opened = several(subject, &project).await?;
    let pull_requests = subject.requires_pull_requests(Operation::List).await?;
    let query = PullRequestQuery::in_project(&project).page_size(1_u32);
    let first = pull_requests.pull_requests_page(&query, None).await?;
    let next = must("a cursor behind the first of three", first.next)?;
    if subject.can(Entity::PullRequest).filters.contains(&Filter::Status) {
        let other = query.clone().states([PullRequestState::Open]);
        let answer = pull_requests.pull_requests_page(&other, Some(next.clone())).await;
        refused("a cursor of another query", ErrorKind::InvalidInput, answer)?;
    }
    let second = pull_requests.pull_requests_page(&query.freshness(Freshness::Fresh), Some(next)).await?;
    let known = second.items.iter().all(|one| !first.items.iter().any(|before| before.number == one.number));
    ensure(known && opened.len() == 3, "another page, though a fresh one is asked for", numbers(&second.items))
}

/// A number that nothing has is not found, be it remembered or asked for.
pub(super) async fn unknown_number_is_not_found(subject: &Subject) -> Outcome {
    let pull_requests = subject.requires_pull_requests(Operation::Get).await?;
    let project = subject.own_project().await?;
    for freshness in [Freshness::Remembered, Freshness::Fresh] {
        let answer = pull_requests.get_pull_request(&project, 987_654, freshness).await;
        refused("an unknown number", ErrorKind::NotFound, answer)?;
    }
    Ok(())
}

/// Those of a project that is not there are not found, and none can be opened.
pub(super) async fn unknown_project_is_not_found(subject: &Subject) -> Outcome {
    subject.pull_requests()?;
    for operation in [Operation::List, Operation::Get, Operation::Create] {
        if subject.provider.capabilities().can(Entity::PullRequest, operation)
            && let Some(answer) = subject.attempt_pull_request(operation).await
        {
            refused(&format!("{operation} in an unknown project"), ErrorKind::NotFound, answer)?;
        }
    }
    Ok(())
}

/// Those of a task that is not there are not found.
pub(super) async fn unknown_task_is_not_found(subject: &Subject) -> Outcome {
    let pull_requests = subject.requires_pull_requests(Operation::List).await?;
    let answer = pull_requests.pull_requests_of_task(&NOWHERE.into(), Freshness::Fresh).await;
    refused("those of an unknown task", ErrorKind::NotFound, answer).map(drop)
}

/// What cannot be opened is refused, and leaves nothing behind.
pub(super) async fn branches_must_be_there(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let good = subject.new_pull_request(&project, "never made").await?;
    let pull_requests = subject.pull_requests()?;
    let mut nothing = good.clone();
    nothing.source_branch = "conformance-missing-branch".to_owned();
    let nowhere = good.clone().target_branch("conformance-missing-branch");
    let mut untitled = good.clone();
    untitled.title = "  ".to_owned();
    for (what, new) in [("without its branch", nothing), ("into no branch", nowhere), ("without a title", untitled)] {
        refused(what, ErrorKind::InvalidInput, pull_requests.create_pull_request(new).await)?;
    }
    subject.settled().await;
    let left = subject.listed(&PullRequestQuery::in_project(&project)).await?;
    let left = left.iter().find(|one| one.source_branch.as_ref() == Some(&good.source_branch));
    ensure(left.is_none(), "nothing that was refused", left)
}

/// A second open one of the same branches is a conflict that names the first.
pub(super) async fn second_of_two_branches_is_conflict(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let new = subject.new_pull_request(&project, "first").await?;
    let pull_requests = subject.pull_requests()?;
    let first = done("opening a pull request", pull_requests.create_pull_request(new.clone()).await)?;
    let mut again = new;
    again.title = "second".to_owned();
    let error = refused("a second one", ErrorKind::Conflict, pull_requests.create_pull_request(again).await)?;
    ensure(error.message().contains(&first.number.to_string()), "the number of the first", error.message())
}

/// How a branch names a task: by its key, or by its number where the key is no word.
fn branch_for(task: &PMTask) -> String {
    let key = task.key.as_deref().unwrap_or_default();
    let word = key.rsplit_once('#').map_or(key, |(_, number)| number);
    format!("{}-{}", word.to_lowercase(), token())
}

async fn reasons(subject: &Subject, task: &PMTask, number: u64) -> Outcome<Vec<LinkReason>> {
    let linked = subject.pull_requests()?.pull_requests_of_task(&task.id, Freshness::Fresh).await;
    let linked = done("finding the pull requests of a task", linked)?;
    let found: Vec<_> = linked.items.into_iter().filter(|one| one.pull_request.number == number).collect();
    match found.as_slice() {
        [] => Ok(Vec::new()),
        [one] => Ok(one.reasons.clone()),
        several => Err(broken("each pull request once", format!("{several:?}"))),
    }
}

async fn keyed_task(subject: &Subject, project: &ProjectId) -> Outcome<(PMTask, String)> {
    subject.requires_pull_requests(Operation::List).await?;
    let task = subject.task(project, "mended").await?;
    match task.key.clone() {
        Some(key) => Ok((task, key)),
        None => unsupported("tasks with keys"),
    }
}

/// Those of a task are found by branch, title and description, each with its reason.
pub(super) async fn of_a_task_say_why(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let (task, key) = keyed_task(subject, &project).await?;
    let titled = subject.opened(&project, &format!("{key}: mend the gate")).await?;
    let mut new = subject.new_pull_request(&project, "Mend it").await?;
    new.description = Some(format!("See {key}."));
    let described = done("opening one with a text", subject.pull_requests()?.create_pull_request(new).await)?;
    let branch = branch_for(&task);
    subject.branch(&project, &branch).await?;
    let new = NewPullRequest::new(&project, "Mend more", branch);
    let branched = done("opening one of a branch", subject.pull_requests()?.create_pull_request(new).await)?;
    subject.settled().await;
    let expected = [
        (titled.number, LinkReason::Title),
        (described.number, LinkReason::Description),
        (branched.number, LinkReason::BranchName),
    ];
    for (number, reason) in expected {
        let came = reasons(subject, &task, number).await?;
        ensure(came.contains(&reason), format!("`{reason}` as a reason"), came)?;
    }
    Ok(())
}

/// One that has several reasons comes once, with all of them, the strongest first.
pub(super) async fn of_a_task_come_once(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let (task, key) = keyed_task(subject, &project).await?;
    let branch = branch_for(&task);
    subject.branch(&project, &branch).await?;
    let new = NewPullRequest::new(&project, format!("{key}: mend"), branch).description(format!("Fixes {key}"));
    let opened = done("opening a pull request", subject.pull_requests()?.create_pull_request(new).await)?;
    subject.settled().await;
    let came = reasons(subject, &task, opened.number).await?;
    let sought = [LinkReason::BranchName, LinkReason::Title, LinkReason::Description];
    let all = sought.iter().all(|reason| came.contains(reason));
    ensure(all && came.is_sorted(), format!("{sought:?}, in this order"), came)
}

/// One that names another task, though its key begins alike, is not this task's.
pub(super) async fn of_others_are_left_out(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let (task, key) = keyed_task(subject, &project).await?;
    let silent = subject.opened(&project, "Say nothing").await?;
    let longer = subject.opened(&project, &format!("{key}99: something else")).await?;
    subject.settled().await;
    same("the reasons of one that names no task", &vec![], &reasons(subject, &task, silent.number).await?)?;
    same("the reasons of one that names another", &vec![], &reasons(subject, &task, longer.number).await?)
}

/// Opening is refused through a read-only layer, and nothing is opened.
pub(super) async fn opening_is_refused_read_only(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let new = subject.new_pull_request(&project, "never made").await?;
    let guarded = super::read_only::guarded(subject).pull_requests()?;
    refused("opening one", ErrorKind::ReadOnly, guarded.create_pull_request(new.clone()).await)?;
    let listed = subject.listed(&PullRequestQuery::in_project(&project)).await?;
    let left = listed.iter().find(|one| one.source_branch.as_ref() == Some(&new.source_branch));
    ensure(left.is_none(), "nothing that was refused", left)
}

/// What is opened is seen at once, also by who is content with what is remembered.
pub(super) async fn opened_are_seen_at_once(subject: &Subject) -> Outcome {
    let project = subject.own_project().await?;
    let query = PullRequestQuery::in_project(&project);
    subject.requires_pull_requests(Operation::Create).await?;
    subject.listed(&query).await?;
    let opened = subject.opened(&project, "seen").await?;
    subject.settled().await;
    for freshness in [Freshness::Remembered, Freshness::Fresh] {
        let found = subject.found(&query.clone().freshness(freshness), std::slice::from_ref(&opened)).await?;
        same(&format!("what is seen when it is {freshness:?}"), &vec![opened.number], &found)?;
    }
    Ok(())
}

/// Errors name the provider and the operation.
pub(super) async fn errors_name_both(subject: &Subject) -> Outcome {
    let pull_requests = subject.pull_requests()?;
    let nowhere = ProjectId::new(NOWHERE);
    let list = pull_requests.pull_requests_page(&PullRequestQuery::in_project(&nowhere), None).await.err();
    placed(subject, "list_pull_requests", list)?;
    let get = pull_requests.get_pull_request(&nowhere, 1, Freshness::Fresh).await.err();
    placed(subject, "get_pull_request", get)?;
    let linked = pull_requests.pull_requests_of_task(&NOWHERE.into(), Freshness::Fresh).await.err();
    placed(subject, "list_pull_requests_of_task", linked)?;
    let create = pull_requests.create_pull_request(NewPullRequest::new(nowhere, "lost", "lost")).await.err();
    placed(subject, "create_pull_request", create)
}
