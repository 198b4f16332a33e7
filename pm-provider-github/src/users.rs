//! People: those whom issues of a repository can be assigned to, members of an organisation, ourselves.

use pm_http::ids::number;
use pm_http::page::{Listing, slice};
use pm_http::{Raw, named, unless_forbidden, unless_missing};
use pm_provider::{Cursor, Entity, Error, Operation, PMUser, Page, ProjectId, Result, UserId, UserQuery};

use crate::api::Api;
use crate::ids::RepositoryId;
use crate::page::{distinct, holds};
use crate::people::is_login;
use crate::{NAME, dto, endpoints, map};

const LISTING: &str = "users";

impl Api {
    /// Lists one page of users.
    ///
    /// GitHub has no list of everybody that would be of use: without a project these are the assignable users of the
    /// repository that the settings name, or the members of its owner; by their login all are found.
    pub(crate) async fn users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        self.capabilities.check_query(query)?;
        let rows = match (&query.project, &query.login) {
            (Some(project), _) => self.assignees_of(project).await?,
            (None, Some(login)) => self.user_by_login(login).await?.into_iter().collect(),
            (None, None) => self.everybody().await?,
        };
        rows.iter().for_each(|row| self.people.learn(&row.item));
        let rows = distinct(rows, |user: &dto::User| user.id);
        let users: Vec<_> = rows.into_iter().filter_map(map::user).filter(|user| accepts(query, user)).collect();
        let (total, size) = (users.len() as u64, self.page_size(query.page_size) as usize);
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        Ok(slice(&listing, cursor, users, |user| number(user.id.as_str()))?.total(Some(total)))
    }

    /// Whom issues of a repository can be assigned to; nobody where there is no such repository.
    pub(crate) async fn assignees_of(&self, project: &ProjectId) -> Result<Vec<Raw<dto::User>>> {
        let Some(id) = RepositoryId::read(project.as_str()) else { return Ok(Vec::new()) };
        let repository = self.repository(&id).await?;
        let request = self.in_repository(&repository, &endpoints::LIST_ASSIGNEES, &[]);
        self.all(&endpoints::LIST_ASSIGNEES, request).await
    }

    async fn user_by_login(&self, login: &str) -> Result<Option<Raw<dto::User>>> {
        if !is_login(login) && number(login).is_none() {
            return Ok(None);
        }
        let row: Option<Raw<dto::User>> = unless_missing(self.get(&endpoints::GET_USER, &[login]).await)?;
        Ok(row.filter(|row| !row.item.is_organisation()))
    }

    async fn everybody(&self) -> Result<Vec<Raw<dto::User>>> {
        if let (Some(owner), Some(name)) = (&self.config.repo_owner, &self.config.repo_name) {
            return self.assignees_of(&ProjectId::new(format!("{owner}/{name}"))).await;
        }
        let mut rows = Vec::new();
        if let Some(owner) = &self.config.repo_owner {
            let row: Raw<dto::User> = self.get(&endpoints::GET_USER, &[owner]).await?;
            if row.item.is_organisation() {
                let request = self.request(&endpoints::LIST_MEMBERS, &[owner]);
                rows.extend(self.all(&endpoints::LIST_MEMBERS, request).await?);
            } else {
                rows.push(row);
            }
        }
        // An installation of a GitHub App is nobody.
        rows.extend(unless_forbidden(self.get(&endpoints::ME, &[]).await)?);
        Ok(rows)
    }

    /// Gets one user, by the id that never changes or by login.
    pub(crate) async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        self.capabilities.check_operation(Entity::User, Operation::Get)?;
        let lost = || Error::not_found("user", id);
        let row: Result<Raw<dto::User>> = match number(id.as_str()) {
            Some(number) => self.get(&endpoints::GET_USER_BY_ID, &[&number.to_string()]).await,
            None if is_login(id.as_str()) => self.get(&endpoints::GET_USER, &[id.as_str()]).await,
            None => return Err(lost()),
        };
        let row = row.map_err(|error| named(error, "user", id))?;
        if row.item.is_organisation() {
            return Err(lost().hint("it is an organisation"));
        }
        self.people.learn(&row.item);
        map::user(row).ok_or_else(lost)
    }
}

fn accepts(query: &UserQuery, user: &PMUser) -> bool {
    let is_login = |login: &String| user.login.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(login));
    query.login.as_ref().is_none_or(is_login)
        && query.text.as_ref().is_none_or(|text| holds([Some(user.name.as_str()), user.login.as_deref()], text))
}
