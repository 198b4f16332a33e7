//! Users: the directory for administrators, the members of projects for others.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use pm_http::page::{Listing, slice};
use pm_http::{Endpoint, Raw, named, unless_forbidden, unless_missing};
use pm_provider::{Cursor, Entity, Health, Operation, PMUser, Page, Result, UserId, UserQuery};

use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::{Memberships, OneUser, Reference, UserDto, Users};
use crate::server::{Parameter, Server};
use crate::{NAME, endpoints, id};

/// Active, registered and locked (`app/models/principal.rb`). Lists do not show the status, so each is asked for.
const STATUSES: [u64; 3] = [1, 2, 3];
/// How many requests are sent at once.
const SIDE_BY_SIDE: usize = 4;

impl Server {
    pub(crate) async fn health(&self) -> Result<Health> {
        let user = self.current_user().await?;
        Ok(Health::new("Redmine").user(self.mapper.user(&user)?))
    }

    pub(crate) async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        self.capabilities.check_operation(Entity::User, Operation::Get)?;
        let number = id::existing("user", id.as_str())?;
        let found: Result<OneUser> = self.get(&endpoints::GET_USER, &[&number.to_string()], &[]).await;
        self.mapper.user(&found.map_err(|error| named(error, "user", number))?.user)
    }

    pub(crate) async fn users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        self.capabilities.check_query(query)?;
        let size = query.page_size.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, "users", query, size);
        listing.open::<u64>(cursor)?;
        let key = |user: &PMUser| id::number(user.id.as_str()).unwrap_or_default();
        let members = match &query.project {
            Some(project) => Some(self.members_of(id::existing("project", project.as_str())?).await?),
            None => None,
        };
        if let Some(directory) = self.directory().await? {
            let members: Option<BTreeSet<u64>> = members.map(|users| users.iter().map(|user| user.item.id).collect());
            let users =
                directory.into_iter().filter(|user| members.as_ref().is_none_or(|ids| ids.contains(&key(user))));
            let found: Vec<_> = users.filter(|user| accepts(query, user)).collect();
            let total = found.len() as u64;
            return Ok(slice(&listing, cursor, found, key)?.total(Some(total)));
        }
        self.members_page(query, &listing, cursor, members).await
    }

    /// What others than administrators see: the members of projects, each looked up for what lists do not show.
    async fn members_page(
        &self,
        query: &UserQuery,
        listing: &Listing<'_, UserQuery>,
        cursor: Option<&Cursor>,
        members: Option<Vec<Raw<Reference>>>,
    ) -> Result<Page<PMUser>> {
        let members = match members {
            Some(members) => members,
            None => self.members_anywhere().await?,
        };
        let users: Vec<_> = members.iter().map(|user| self.mapper.member(user)).collect();
        let key = |user: &PMUser| id::number(user.id.as_str()).unwrap_or_default();
        if query.login.is_none() && query.email.is_none() && query.text.is_none() {
            let total = users.len() as u64;
            let mut page = slice(listing, cursor, users, key)?.total(Some(total));
            page.items = self.looked_up(page.items).await?;
            return Ok(page);
        }
        let users = self.looked_up(users).await?;
        let found: Vec<_> = users.into_iter().filter(|user| accepts(query, user)).collect();
        let total = found.len() as u64;
        Ok(slice(listing, cursor, found, key)?.total(Some(total)))
    }

    /// Reads each user; one who is hidden stays what the list says.
    async fn looked_up(&self, users: Vec<PMUser>) -> Result<Vec<PMUser>> {
        let look_up = |user: PMUser| async move {
            Ok(unless_forbidden(unless_missing(self.get_user(&user.id).await))?.flatten().unwrap_or(user))
        };
        stream::iter(users).map(look_up).buffered(SIDE_BY_SIDE).try_collect().await
    }

    /// All users, for administrators.
    async fn directory(&self) -> Result<Option<Vec<PMUser>>> {
        let mut all = Vec::new();
        for status in STATUSES {
            let query = vec![("status", status.to_string()), ("sort", "created_on:asc".to_owned())];
            let Some(users) = unless_forbidden(self.users_with(query).await)? else { return Ok(None) };
            for user in users {
                let mut mapped = self.mapper.user(&user)?;
                mapped.active = status == 1;
                all.push(mapped);
            }
        }
        Ok(Some(all))
    }

    async fn users_with(&self, query: Vec<Parameter>) -> Result<Vec<Raw<UserDto>>> {
        let rows = |answer: Users| (answer.users, answer.total_count);
        self.all_rows(&endpoints::LIST_USERS, &[], query, rows, |user| user.item.id).await
    }

    /// The users among a project's members; groups are none.
    async fn members_of(&self, project: u64) -> Result<Vec<Raw<Reference>>> {
        let path = project.to_string();
        let path = [path.as_str()];
        let rows = |answer: Memberships| (answer.memberships, answer.total_count);
        let found = self.all_rows(&endpoints::LIST_MEMBERSHIPS, &path, Vec::new(), rows, |member| {
            member.user.as_ref().map(|user| user.item.id).unwrap_or_default()
        });
        let members = found.await.map_err(|error| named(error, "project", project))?;
        Ok(members.into_iter().filter_map(|member| member.user).collect())
    }

    async fn members_anywhere(&self) -> Result<Vec<Raw<Reference>>> {
        let projects = self.all_projects().await?;
        let of = |project: u64| async move { unless_forbidden(unless_missing(self.members_of(project).await)) };
        let asked = stream::iter(projects).map(|project| of(project.item.id)).buffered(SIDE_BY_SIDE);
        let found: Vec<_> = asked.try_collect().await?;
        let found = found.into_iter().flatten().flatten().flatten();
        Ok(found.map(|user| (user.item.id, user)).collect::<BTreeMap<_, _>>().into_values().collect())
    }

    /// Reads all pages of a list. Each begins with the last row of the one before, so that a deletion shows.
    async fn all_rows<A, T>(
        &self,
        endpoint: &Endpoint,
        path: &[&str],
        query: Vec<Parameter>,
        rows: impl Fn(A) -> (Vec<T>, Option<u64>),
        key: impl Fn(&T) -> u64,
    ) -> Result<Vec<T>>
    where
        A: serde::de::DeserializeOwned,
    {
        let mut all: Vec<T> = Vec::new();
        let mut offset = 0;
        loop {
            let mut query = query.clone();
            query.push(("limit", MAX_PAGE_SIZE.to_string()));
            query.push(("offset", offset.to_string()));
            let (page, total) = rows(self.get(endpoint, path, &query).await?);
            let reached = (offset + page.len()) as u64;
            let is_last =
                page.is_empty() || total.map_or(page.len() < MAX_PAGE_SIZE as usize, |total| reached >= total);
            let joins = offset == 0 || page.first().is_some_and(|first| all.iter().any(|row| key(row) == key(first)));
            if !joins && offset > 0 && !page.is_empty() {
                offset = offset.saturating_sub(MAX_PAGE_SIZE as usize / 2);
                continue;
            }
            for row in page {
                if key(&row) == 0 || !all.iter().any(|known| key(known) == key(&row)) {
                    all.push(row);
                }
            }
            if is_last {
                return Ok(all);
            }
            offset = usize::try_from(reached).unwrap_or(usize::MAX).saturating_sub(1);
        }
    }
}

/// Whether a user is one that the query asks for.
fn accepts(query: &UserQuery, user: &PMUser) -> bool {
    let same = |wanted: &Option<String>, held: &Option<String>| match wanted {
        Some(wanted) => held.as_ref().is_some_and(|held| held.to_lowercase() == wanted.to_lowercase()),
        None => true,
    };
    let text = query.text.as_ref().map(|text| text.to_lowercase());
    let holds = |field: &str| text.as_ref().is_none_or(|text| field.to_lowercase().contains(text));
    same(&query.login, &user.login)
        && same(&query.email, &user.email)
        && (holds(&user.name) || user.login.as_deref().is_some_and(holds))
}
