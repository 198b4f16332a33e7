//! Who asks, and what they may see and do.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::errors::{Answer, Problem};
use super::model::{AccountKind, Issue, Place, Repository};
use super::store::{App, Store};

/// What somebody may do in a repository. Each can do all that the ones before it can.
///
/// <https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rights {
    /// Sees everything, opens issues and comments; labels, assignees and milestones of such issues are dropped.
    Read,
    /// Manages issues, without the code. The REST API speaks of push access alone (unverified).
    Triage,
    /// Push access: labels, assigns, edits the issues of others, makes labels and milestones.
    Write,
    /// As with [`Rights::Write`], and some settings of the repository.
    Maintain,
    /// Everything: webhooks, collaborators, deleting issues and the repository.
    Admin,
}

impl Rights {
    /// As the API calls them: `push` is `write` where roles are named.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Read, Self::Triage, Self::Write, Self::Maintain, Self::Admin];
        all.into_iter().find(|one| one.name() == name).or(match name {
            "pull" => Some(Self::Read),
            "push" => Some(Self::Write),
            _ => None,
        })
    }
}

/// Who asks: somebody, or nobody in particular; and the address that they used.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) account: Option<u64>,
    /// The most that the token may do.
    pub(super) ceiling: Rights,
    /// `http://127.0.0.1:PORT`, with the prefix of the API of an installation if that was used.
    pub(super) base: String,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::requires_authentication)
    }
}

/// What a request says about who sends it.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(rest.trim().to_owned()),
        // The token is the password, or the name with an empty one.
        "basic" => {
            let pair = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let pair = pair.unwrap_or_default();
            let (name, password) = pair.split_once(':').unwrap_or((&pair, ""));
            Some(if password.is_empty() { name.to_owned() } else { password.to_owned() })
        }
        _ => Some(rest.to_owned()),
    }
}

impl Caller {
    /// Finds out who asks; 401 for a token that nobody has, or that has ended.
    pub(super) fn of(app: &App, headers: &HeaderMap, base: String) -> Answer<Self> {
        let Some(token) = token(headers) else {
            return Ok(Self { account: None, ceiling: Rights::Read, base });
        };
        let now = app.now();
        let store = app.lock();
        let known = store.tokens.get(&token).filter(|token| token.expires.is_none_or(|end| now < end));
        let known = known.ok_or_else(Problem::bad_credentials)?;
        Ok(Self { account: Some(known.account), ceiling: known.ceiling, base })
    }

    /// Somebody who asks from inside the server and sees everything, for what tests look at.
    pub(super) fn inside(store: &Store, base: String) -> Self {
        let admin = store.accounts.values().find(|account| account.everywhere == Some(Rights::Admin));
        Self { account: admin.map(|account| account.id), ceiling: Rights::Admin, base }
    }

    /// The account; 401 for nobody in particular.
    pub(super) fn account(&self) -> Answer<u64> {
        self.account.ok_or_else(Problem::requires_authentication)
    }

    /// What the caller may do in a repository; `None` where it is not even visible.
    pub(super) fn rights(&self, store: &Store, repository: &Repository) -> Option<Rights> {
        let own = self.account.and_then(|account| rights_of(store, account, repository));
        let own = own.map(|rights| rights.min(self.ceiling));
        own.or_else(|| (!repository.private).then_some(Rights::Read))
    }

    pub(super) fn may(&self, store: &Store, repository: &Repository, rights: Rights) -> bool {
        self.rights(store, repository) >= Some(rights)
    }

    /// The repository if it is visible; else 404, so that nobody learns that it exists.
    pub(super) fn repository<'a>(&self, store: &'a Store, id: u64) -> Answer<&'a Repository> {
        let found = store.repositories.get(&id);
        found.filter(|repository| self.may(store, repository, Rights::Read)).ok_or_else(Problem::not_found)
    }

    /// The repository if the caller has these rights in it; 401 for nobody in particular, else 403.
    pub(super) fn repository_for<'a>(&self, store: &'a Store, id: u64, rights: Rights) -> Answer<&'a Repository> {
        let repository = self.repository(store, id)?;
        self.account()?;
        match self.may(store, repository, rights) {
            true => Ok(repository),
            false => Err(Problem::needs_rights()),
        }
    }

    /// The same, hidden from those without the rights: 404, as the vendor answers for labels, milestones and hooks.
    pub(super) fn hidden_repository<'a>(&self, store: &'a Store, id: u64, rights: Rights) -> Answer<&'a Repository> {
        self.account()?;
        self.repository_for(store, id, rights).map_err(|_| Problem::not_found())
    }

    /// The issue or pull request of a number, in a repository that is visible.
    pub(super) fn issue<'a>(&self, store: &'a Store, repository: u64, number: u64) -> Answer<&'a Issue> {
        self.repository(store, repository)?;
        match store.places.get(&(repository, number)) {
            Some(Place::Here(id)) => store.issues.get(id).ok_or_else(Problem::not_found),
            Some(Place::Deleted) => Err(Problem::deleted()),
            Some(Place::Moved(_)) | None => Err(Problem::not_found()),
        }
    }

    /// An issue by its database id, if it is visible.
    pub(super) fn issue_by_id<'a>(&self, store: &'a Store, id: u64) -> Option<&'a Issue> {
        store.issues.get(&id).filter(|issue| self.repository(store, issue.repository).is_ok())
    }
}

/// What an account may do in a repository; a public one is readable for everybody.
pub(super) fn rights_of(store: &Store, account: u64, repository: &Repository) -> Option<Rights> {
    let owner = store.accounts.get(&repository.owner);
    if repository.owner == account || owner.is_some_and(|owner| owner.owners.contains(&account)) {
        return Some(Rights::Admin);
    }
    let said = repository.collaborators.get(&account).copied();
    let everywhere = || store.accounts.get(&account).and_then(|account| account.everywhere);
    let member = owner.is_some_and(|owner| owner.members.contains(&account)).then_some(Rights::Read);
    said.or_else(everywhere).or(member).or_else(|| (!repository.private).then_some(Rights::Read))
}

/// Whether issues of a repository can be assigned to somebody: people with push access, and members of the owner.
///
/// <https://docs.github.com/en/rest/issues/assignees>
pub(super) fn is_assignable(store: &Store, account: u64, repository: &Repository) -> bool {
    let is_person = store.accounts.get(&account).is_some_and(|account| account.kind != AccountKind::Organization);
    let owner = store.accounts.get(&repository.owner);
    let is_member = owner.is_some_and(|owner| owner.members.contains(&account));
    is_person && (is_member || rights_of(store, account, repository) >= Some(Rights::Triage))
}
