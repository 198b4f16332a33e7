//! Repositories as projects.

mod create;
mod delete;
mod update;

pub(crate) use create::{one_line, plain_name};

use pm_http::page::{Listing, slice};
use pm_http::{Raw, unless_hidden, unless_missing};
use pm_provider::{
    Cursor, Entity, Error, Operation, PMProject, Page, ProjectId, ProjectQuery, ProjectStatusCategory, Result,
};
use serde::Deserialize;

use crate::api::Api;
use crate::config::MAX_PAGE_SIZE;
use crate::ids::RepositoryId;
use crate::page::{distinct, holds, linked};
use crate::{NAME, dto, endpoints, map};

const LISTING: &str = "projects";

/// The list of an installation, which is not a bare one.
#[derive(Deserialize)]
struct Installed {
    repositories: Vec<Raw<dto::Repository>>,
}

impl Api {
    /// Lists one page of repositories.
    pub(crate) async fn projects_page(&self, query: &ProjectQuery, cursor: Option<&Cursor>) -> Result<Page<PMProject>> {
        self.capabilities.check_query(query)?;
        let rows = match query.key.as_deref().map(RepositoryId::read) {
            // By name there is one at most: no list has to be read for it.
            Some(Some(id @ RepositoryId::Name(..))) => self.repository_if_ours(&id).await?,
            Some(_) => Vec::new(),
            None => self.repository_rows().await?,
        };
        let projects: Vec<_> = rows.into_iter().map(map::project).filter(|project| accepts(query, project)).collect();
        let (total, size) = (projects.len() as u64, self.page_size(query.page_size) as usize);
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        let key = |project: &PMProject| {
            let created = project.created_at.map(|time| time.timestamp_micros());
            (created, pm_http::ids::number(project.id.as_str()))
        };
        Ok(slice(&listing, cursor, projects, key)?.total(Some(total)))
    }

    /// All repositories that the settings make projects.
    pub(crate) async fn repository_rows(&self) -> Result<Vec<Raw<dto::Repository>>> {
        let rows = match (&self.config.repo_owner, &self.config.repo_name) {
            (Some(owner), Some(name)) => {
                vec![self.repository_row(&RepositoryId::Name(owner.clone(), name.clone())).await?]
            }
            (Some(owner), None) => self.repositories_of(owner).await?,
            _ => self.my_repositories().await?,
        };
        rows.iter().for_each(|row| drop(self.learn(&row.item)));
        let there = rows.into_iter().filter(|row| !self.is_gone(row.item.id)).collect();
        Ok(distinct(there, |row: &dto::Repository| row.id))
    }

    /// A repository by name, where the settings make it a project.
    async fn repository_if_ours(&self, id: &RepositoryId) -> Result<Vec<Raw<dto::Repository>>> {
        let row = unless_hidden(self.repository_row(id).await)?;
        let ours = row.filter(|row| {
            let (owner, name) = row.item.full_name.split_once('/').unwrap_or_default();
            let is =
                |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(own));
            is(&self.config.repo_owner, owner) && is(&self.config.repo_name, name)
        });
        Ok(ours.into_iter().collect())
    }

    async fn my_repositories(&self) -> Result<Vec<Raw<dto::Repository>>> {
        if self.is_installation() {
            return self.installed_repositories().await;
        }
        self.all(&endpoints::LIST_MY_REPOSITORIES, self.request(&endpoints::LIST_MY_REPOSITORIES, &[])).await
    }

    /// Those of an owner: each kind of owner has a list of its own, and only ours shows what is private.
    async fn repositories_of(&self, owner: &str) -> Result<Vec<Raw<dto::Repository>>> {
        let is_owners = |row: &Raw<dto::Repository>| {
            row.item.full_name.split_once('/').is_some_and(|(own, _)| own.eq_ignore_ascii_case(owner))
        };
        if self.is_installation() {
            return Ok(self.installed_repositories().await?.into_iter().filter(is_owners).collect());
        }
        if self.owner(owner).await?.is_organisation() {
            let request = self.request(&endpoints::LIST_ORG_REPOSITORIES, &[owner]);
            return self.all(&endpoints::LIST_ORG_REPOSITORIES, request).await;
        }
        let is_me = self.me().await?.login.as_deref().is_some_and(|login| login.eq_ignore_ascii_case(owner));
        let mut rows: Vec<_> = self.my_repositories().await?.into_iter().filter(is_owners).collect();
        if !is_me {
            let request = self.request(&endpoints::LIST_USER_REPOSITORIES, &[owner]);
            rows.extend(self.all(&endpoints::LIST_USER_REPOSITORIES, request).await?);
        }
        Ok(rows)
    }

    /// The repositories that an installation of a GitHub App can get at.
    async fn installed_repositories(&self) -> Result<Vec<Raw<dto::Repository>>> {
        let endpoint = &endpoints::LIST_INSTALLATION_REPOSITORIES;
        let mut request = self.request(endpoint, &[]).query("per_page", MAX_PAGE_SIZE);
        let mut rows = Vec::new();
        loop {
            let reply = request.revalidate().send().await?;
            let page: Installed = reply.json()?;
            let is_empty = page.repositories.is_empty();
            rows.extend(page.repositories);
            match linked(&reply, "next").filter(|_| !is_empty) {
                Some(next) => request = self.follow(endpoint, next),
                None => return Ok(rows),
            }
        }
    }

    /// The user or organisation of a login.
    pub(crate) async fn owner(&self, login: &str) -> Result<dto::User> {
        let owner: Result<Option<dto::User>> = unless_missing(self.get(&endpoints::GET_USER, &[login]).await);
        owner?.ok_or_else(|| {
            let error = Error::configuration(format!("there is no user or organisation `{login}`"));
            error.hint("check GITHUB_REPO_OWNER")
        })
    }

    /// Says whether a GitHub App signs in, which is nobody and has lists of its own.
    pub(crate) fn is_installation(&self) -> bool {
        self.config.is_installation()
    }

    /// Gets one repository.
    pub(crate) async fn get_project(&self, id: &ProjectId) -> Result<PMProject> {
        self.capabilities.check_operation(Entity::Project, Operation::Get)?;
        Ok(map::project(self.repository_row(&RepositoryId::existing(id)?).await?))
    }
}

fn accepts(query: &ProjectQuery, project: &PMProject) -> bool {
    let is_key = |key: &String| project.key.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(key));
    let texts = || [Some(project.name.as_str()), project.description.as_deref()];
    let category: ProjectStatusCategory = project.status.category;
    query.key.as_ref().is_none_or(is_key)
        && (query.statuses.is_empty() || query.statuses.contains(&category))
        && query.text.as_ref().is_none_or(|text| holds(texts(), text))
        && query.updated_since.is_none_or(|since| project.updated_at.is_some_and(|time| time >= since))
}
