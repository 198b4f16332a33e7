//! Fills a database: with what every site has, and with what a seed asks for.

use chrono::{DateTime, SubsecRound, Utc};

use super::access::Rights;
use super::builder::Options;
use super::issues::empty;
use super::labels::{add_defaults, label_for};
use super::milestones::due_of;
use super::model::{Account, AccountKind, Comment, Issue, IssueField, IssueType, Milestone, Reason, Repository, Token};
use super::seed::{Seed, SeedError, SeedIssue, SeedMilestone, SeedOrganization, SeedRepository, SeedUser};
use super::store::Store;
use super::{projects_v2, pulls};
use crate::secrets;

/// Who owns everything, who may push, and the organisation that every site has.
pub(super) const ADMIN: &str = "ada";
pub(super) const MEMBER: &str = "mel";
pub(super) const ORGANIZATION: &str = "acme";

/// The types that a new organisation has:
/// <https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/managing-issue-types-in-an-organization>.
const ISSUE_TYPES: [(&str, &str, &str); 3] = [
    ("Task", "yellow", "A specific piece of work"),
    ("Bug", "red", "An unexpected problem or behavior"),
    ("Feature", "blue", "A request, idea, or new functionality"),
];

/// Makes the database of a new site with the contents of a seed.
pub(super) fn plant(options: &Options, seed: &Seed) -> Result<Store, SeedError> {
    let now = options.clock.now().trunc_subsecs(0);
    let mut gardener = Gardener { store: Store::new(), now };
    gardener.person(&named(ADMIN, "Ada Admin", Rights::Admin))?;
    gardener.person(&named(MEMBER, "Mel Member", Rights::Write))?;
    for user in &seed.users {
        gardener.person(user)?;
    }
    for (login, rights) in &options.tokens {
        gardener.token(login, *rights)?;
    }
    let acme = SeedOrganization { login: ORGANIZATION.into(), owners: vec![ADMIN.into()], ..Default::default() };
    let described = seed.organizations.iter().any(|one| one.login == ORGANIZATION);
    for organization in seed.organizations.iter().chain((!described).then_some(&acme)) {
        gardener.organization(organization)?;
    }
    for repository in &seed.repositories {
        gardener.repository(repository)?;
    }
    for project in &seed.projects {
        projects_v2::plant(&mut gardener.store, project, now)?;
    }
    Ok(gardener.store)
}

fn named(login: &str, name: &str, rights: Rights) -> SeedUser {
    let (name, rights) = (Some(name.to_owned()), Some(rights.name().to_owned()));
    SeedUser { login: login.to_owned(), name, rights, ..SeedUser::default() }
}

fn rights(name: &str) -> Result<Rights, SeedError> {
    Rights::of_name(name).ok_or_else(|| SeedError::missing("the rights", name))
}

/// A token of the form that the vendor's have.
pub(super) fn new_token(prefix: &str) -> String {
    format!("{prefix}_{}", &secrets::random(3)[..36])
}

struct Gardener {
    store: Store,
    now: DateTime<Utc>,
}

impl Gardener {
    fn account(&mut self, login: &str, kind: AccountKind) -> u64 {
        let id = self.store.next_id("accounts");
        let account = Account {
            id,
            login: login.to_owned(),
            kind,
            name: None,
            email: None,
            everywhere: None,
            owners: Vec::new(),
            members: Vec::new(),
            created: self.now,
        };
        self.store.accounts.insert(id, account);
        id
    }

    /// Makes somebody, or says more of somebody who is there.
    fn person(&mut self, seed: &SeedUser) -> Result<(), SeedError> {
        let kind = if seed.bot { AccountKind::Bot } else { AccountKind::User };
        let known = self.store.account_named(&seed.login).map(|account| account.id);
        let id = known.unwrap_or_else(|| self.account(&seed.login, kind));
        let everywhere = seed.rights.as_deref().map(rights).transpose()?;
        if let Some(account) = self.store.accounts.get_mut(&id) {
            account.name = seed.name.clone().or(account.name.take());
            account.email = seed.email.clone().or(account.email.take());
            account.everywhere = everywhere.or(account.everywhere);
        }
        let token = seed.token.clone().unwrap_or_else(|| new_token("ghp"));
        self.store.tokens.insert(token, Token { account: id, ceiling: Rights::Admin, expires: None });
        Ok(())
    }

    /// Makes a token that may do so much, for somebody who is made where there is nobody of the name.
    fn token(&mut self, login: &str, rights: Rights) -> Result<(), SeedError> {
        if self.store.account_named(login).is_none() {
            self.account(login, AccountKind::User);
        }
        let id = self.login(login)?;
        if let Some(account) = self.store.accounts.get_mut(&id) {
            account.everywhere = account.everywhere.or(Some(rights));
        }
        self.store.tokens.retain(|_, token| token.account != id);
        self.store.tokens.insert(new_token("github_pat"), Token { account: id, ceiling: rights, expires: None });
        Ok(())
    }

    fn organization(&mut self, seed: &SeedOrganization) -> Result<(), SeedError> {
        let id = self.account(&seed.login, AccountKind::Organization);
        let people = |logins: &[String]| logins.iter().map(|login| self.login(login)).collect::<Result<Vec<_>, _>>();
        let (owners, members) = (people(&seed.owners)?, people(&seed.members)?);
        if let Some(account) = self.store.accounts.get_mut(&id) {
            (account.owners, account.members) = (owners, members);
        }
        let usual = || ISSUE_TYPES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        for name in seed.issue_types.clone().unwrap_or_else(usual) {
            self.issue_type(id, &name);
        }
        for field in &seed.issue_fields {
            let number = self.store.next_id("issue fields");
            let options = field.options.iter().map(|name| (self.store.next_id("options"), name.clone())).collect();
            let (name, data_type) = (field.name.clone(), field.data_type.clone());
            let field = IssueField { id: number, organization: id, name, data_type, options };
            self.store.issue_fields.insert(number, field);
        }
        Ok(())
    }

    fn issue_type(&mut self, organization: u64, name: &str) {
        let id = self.store.next_id("issue types");
        let usual = ISSUE_TYPES.iter().find(|(usual, ..)| *usual == name);
        let kind = IssueType {
            id,
            organization,
            name: name.to_owned(),
            description: usual.map(|(_, _, description)| (*description).to_owned()),
            color: Some(usual.map_or("gray", |(_, color, _)| *color).to_owned()),
            enabled: true,
            created: self.now,
            updated: self.now,
        };
        self.store.issue_types.insert(id, kind);
    }

    fn repository(&mut self, seed: &SeedRepository) -> Result<(), SeedError> {
        let (owner, name) = seed.name.split_once('/').ok_or_else(|| SeedError::missing("the owner of", &seed.name))?;
        let owner = self.login(owner)?;
        let id = self.store.next_id("repositories");
        let mut repository = blank_repository(id, owner, name.to_owned(), self.now);
        repository.old_names.clone_from(&seed.old_names);
        repository.description.clone_from(&seed.description);
        (repository.private, repository.archived) = (seed.private, seed.archived);
        repository.has_issues = seed.has_issues;
        for (login, role) in &seed.collaborators {
            repository.collaborators.insert(self.login(login)?, rights(role)?);
        }
        self.store.repositories.insert(id, repository);
        add_defaults(&mut self.store, id);
        for name in &seed.labels {
            label_for(&mut self.store, id, name);
        }
        for milestone in &seed.milestones {
            self.milestone(id, owner, milestone);
        }
        for issue in &seed.issues {
            self.issue(id, owner, issue)?;
        }
        for pull in &seed.pull_requests {
            pulls::plant(&mut self.store, &seed.name, pull, self.now)?;
        }
        Ok(())
    }

    fn milestone(&mut self, repository: u64, creator: u64, seed: &SeedMilestone) {
        let id = self.store.next_id("milestones");
        let Some(place) = self.store.repositories.get_mut(&repository) else { return };
        place.last_milestone += 1;
        let milestone = Milestone {
            id,
            repository,
            number: place.last_milestone,
            title: seed.title.clone(),
            description: seed.description.clone(),
            open: !seed.closed,
            due: seed.due.map(due_of),
            creator,
            created: self.now,
            updated: self.now,
            closed: seed.closed.then_some(self.now),
        };
        self.store.milestones.insert(id, milestone);
    }

    fn issue(&mut self, repository: u64, owner: u64, seed: &SeedIssue) -> Result<(), SeedError> {
        let author = seed.author.as_deref().map_or(Ok(None), |login| self.login(login).map(Some))?;
        let (id, number) = (self.store.next_id("issues"), self.store.next_number(repository));
        let admin = self.login(ADMIN)?;
        let is_person = self.store.accounts.get(&owner).is_some_and(|owner| owner.kind == AccountKind::User);
        let author = author.unwrap_or(if is_person { owner } else { admin });
        let created = seed.created.map_or(self.now, |created| created.trunc_subsecs(0));
        let mut issue = empty(id, (repository, number), author, (seed.title.clone(), created));
        issue.body.clone_from(&seed.body);
        issue.labels = seed.labels.iter().map(|name| label_for(&mut self.store, repository, name)).collect();
        issue.assignees = seed.assignees.iter().map(|login| self.login(login)).collect::<Result<_, _>>()?;
        self.references(&mut issue, seed)?;
        close(&mut issue, seed)?;
        self.hang(&issue);
        for body in &seed.comments {
            let number = self.store.next_id("comments");
            let (body, updated) = (body.clone(), created);
            self.store.comments.insert(number, Comment { id: number, issue: id, author, body, created, updated });
            issue.comments.push(number);
        }
        self.store.insert_issue(issue);
        Ok(())
    }

    /// What an issue names: its milestone, its type, and other issues.
    fn references(&self, issue: &mut Issue, seed: &SeedIssue) -> Result<(), SeedError> {
        if let Some(title) = &seed.milestone {
            let fits = |one: &&Milestone| one.repository == issue.repository && one.title == *title;
            let found = self.store.milestones.values().find(fits);
            issue.milestone = Some(found.ok_or_else(|| SeedError::missing("the milestone", title))?.id);
        }
        if let Some(name) = &seed.kind {
            let found = self.store.issue_type_named(issue.repository, name);
            issue.kind = Some(found.ok_or_else(|| SeedError::missing("the issue type", name))?.id);
        }
        let titled = |title: &String| {
            let found = self.store.issues_of(issue.repository).find(|other| other.title == *title);
            found.map(|other| other.id).ok_or_else(|| SeedError::missing("the issue", title))
        };
        issue.parent = seed.parent.as_ref().map(titled).transpose()?;
        issue.blocked_by = seed.blocked_by.iter().map(titled).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Tells the other ends of an issue's references.
    fn hang(&mut self, issue: &Issue) {
        if let Some(parent) = issue.parent.and_then(|parent| self.store.issues.get_mut(&parent)) {
            parent.children.push(issue.id);
        }
        for blocking in &issue.blocked_by {
            if let Some(other) = self.store.issues.get_mut(blocking) {
                other.blocking.push(issue.id);
            }
        }
    }

    fn login(&self, login: &str) -> Result<u64, SeedError> {
        let account = self.store.account_named(login);
        account.map(|account| account.id).ok_or_else(|| SeedError::missing("the account", login))
    }
}

fn close(issue: &mut Issue, seed: &SeedIssue) -> Result<(), SeedError> {
    match seed.state.as_deref() {
        None | Some("open") => return Ok(()),
        Some("closed") => {}
        Some(other) => return Err(SeedError::missing("the state", other)),
    }
    let name = seed.state_reason.as_deref().unwrap_or("completed");
    issue.reason = Some(Reason::of_name(name).ok_or_else(|| SeedError::missing("the reason", name))?);
    issue.open = false;
    issue.closed = Some(issue.created);
    issue.closed_by = Some(issue.author);
    Ok(())
}

/// A new public repository with issues.
pub(super) fn blank_repository(id: u64, owner: u64, name: String, now: DateTime<Utc>) -> Repository {
    Repository {
        id,
        owner,
        name,
        old_names: Vec::new(),
        description: None,
        homepage: None,
        private: false,
        archived: false,
        disabled: false,
        has_issues: true,
        has_projects: true,
        has_wiki: true,
        default_branch: "main".to_owned(),
        topics: Vec::new(),
        collaborators: std::collections::BTreeMap::new(),
        last_number: 0,
        last_milestone: 0,
        created: now,
        updated: now,
        pushed: now,
    }
}
