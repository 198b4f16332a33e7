//! People: all of them for administrators, else those whom we share projects with.

use pm_http::Raw;
use pm_http::page::{Fetched, Listing, number, slice};
use pm_provider::{Cursor, Error, ErrorKind, PMUser, Page, ProjectId, Result, UserId, UserQuery};

use crate::NAME;
use crate::api::Api;
use crate::dto::Principal;
use crate::endpoints;
use crate::filters::Filters;
use crate::ids;
use crate::map;
use crate::schema::about_project;

const LISTING: &str = "users";

impl Api {
    /// Lists one page of users.
    pub(crate) async fn users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        self.capabilities.check_query(query)?;
        let size = usize::try_from(self.page_size(query.page_size)).unwrap_or(usize::MAX);
        let listing = Listing::new(NAME, LISTING, query, size);
        if let Some(project) = &query.project {
            let users = self.assignees(project).await?;
            let users = users.into_iter().filter(|user| accepts(query, user)).collect();
            return slice(&listing, cursor, users, key_of);
        }
        match self.all_users(query, &listing, cursor).await {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                let users = self.principals(query).await?;
                slice(&listing, cursor, users, key_of)
            }
            answer => answer,
        }
    }

    /// What administrators see. There is no filter for what was seen: pages go by their number.
    async fn all_users(
        &self,
        query: &UserQuery,
        listing: &Listing<'_, UserQuery>,
        cursor: Option<&Cursor>,
    ) -> Result<Page<PMUser>> {
        let filters = user_filters(query);
        let fetch = |page: u64, size: usize| self.fetch_users(filters.clone(), page, size);
        let page = number(listing, cursor, |row: &Raw<Principal>| row.item.id, fetch).await?;
        let Page { items, next, ahead, total, .. } = page;
        let users = items.into_iter().map(map::user).filter(|user| accepts(query, user)).collect();
        let total = total.filter(|_| query.login.is_none() && query.email.is_none() && query.text.is_none());
        Ok(Page::new(users).next(next).ahead(ahead).total(total))
    }

    async fn fetch_users(&self, filters: Filters, page: u64, size: usize) -> Result<Fetched<Raw<Principal>>> {
        let sort = r#"[["id","asc"]]"#.to_owned();
        let ask = crate::page::Ask { filters, sort, number: page, size: size as u64 };
        let answer = self.fetch::<Principal>(&endpoints::LIST_USERS, &[], ask).await?;
        let given = answer.page_size.and_then(|given| usize::try_from(given).ok());
        let (total, row_count) = (answer.total.unwrap_or(0), given.unwrap_or(size).max(1) as u64);
        let more = answer.count() > 0 && page.saturating_mul(row_count) < total;
        Ok(Fetched::new(answer.into_elements(), more).total(Some(total)).size(given))
    }

    /// Whom we share projects with; who they are to sign in as is hidden from us.
    async fn principals(&self, query: &UserQuery) -> Result<Vec<PMUser>> {
        if query.login.is_some() || query.email.is_some() {
            let message = "only administrators may look people up by login or e-mail address";
            return Err(Error::new(ErrorKind::PermissionDenied, message).hint("look them up by name (`text`)"));
        }
        let mut filters = Filters::none().is("type", ["User"]);
        if let Some(text) = &query.text {
            filters = filters.holds("any_name_attribute", text);
        }
        let rows = self.all(&endpoints::LIST_PRINCIPALS, &[], &[("filters", filters.to_string())]).await?;
        Ok(people(rows))
    }

    /// Whom work can be given to in a project.
    pub(crate) async fn assignees(&self, project: &ProjectId) -> Result<Vec<PMUser>> {
        let Some(id) = ids::number(project.as_str()) else { return Ok(Vec::new()) };
        let path = id.to_string();
        let rows = self.all(&endpoints::LIST_ASSIGNEES, &[&path], &[]).await;
        Ok(people(rows.map_err(|error| about_project(error, id))?))
    }

    /// Gets one user.
    pub(crate) async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        let number = ids::existing("user", id)?;
        let row = self.get(&endpoints::GET_USER, &[&number.to_string()]).await;
        Ok(map::user(row.map_err(|error: Error| error.subject(format!("user `{id}`")))?))
    }
}

fn user_filters(query: &UserQuery) -> Filters {
    let mut filters = Filters::none();
    if let Some(login) = &query.login {
        filters = filters.holds("login", login);
    }
    if let Some(text) = query.email.as_ref().or(query.text.as_ref()) {
        filters = filters.holds("name", text);
    }
    filters
}

fn people(rows: Vec<Raw<Principal>>) -> Vec<PMUser> {
    rows.into_iter().filter(|row| map::is_user(&row.item)).map(map::user).collect()
}

/// By id, as numbers.
fn key_of(user: &PMUser) -> u64 {
    ids::number(user.id.as_str()).unwrap_or(u64::MAX)
}

fn accepts(query: &UserQuery, user: &PMUser) -> bool {
    let is = |wanted: &String, own: Option<&str>| own.is_some_and(|own| own.to_lowercase() == wanted.to_lowercase());
    let holds = |text: &String| {
        let texts = [Some(user.name.as_str()), user.login.as_deref(), user.email.as_deref()];
        let texts: Vec<_> = texts.into_iter().flatten().map(str::to_lowercase).collect();
        text.to_lowercase().split_whitespace().all(|word| texts.iter().any(|own| own.contains(word)))
    };
    query.login.as_ref().is_none_or(|login| is(login, user.login.as_deref()))
        && query.email.as_ref().is_none_or(|email| is(email, user.email.as_deref()))
        && query.text.as_ref().is_none_or(holds)
}
