//! People: all of them on Cloud and on newer Data Centers, those that a search finds on older ones.

use std::collections::HashSet;

use pm_http::page::{Listing, slice};
use pm_http::{Raw, named, unless_missing};
use pm_provider::{Cursor, Entity, Error, ErrorKind, Operation, PMUser, Page, ProjectId, Result, UserId, UserQuery};
use serde::Deserialize;

use crate::api::Api;
use crate::capabilities::MAX_PAGE_SIZE;
use crate::dto::User;
use crate::page::has_words;
use crate::{NAME, endpoints, ids, map};

const LISTING: &str = "users";
/// How many people a request asks for: what Cloud gives at most.
const CHUNK: usize = 1_000;
/// How many of them before the server is believed to answer for ever.
const MOST_CHUNKS: usize = 10_000;

/// One page of the list of Data Center.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stream {
    #[serde(default)]
    is_last: Option<bool>,
    #[serde(default)]
    next_cursor: Option<serde_json::Value>,
    values: Vec<Raw<User>>,
}

impl Api {
    /// Lists one page of users.
    ///
    /// The lists have no order and no filter of ours, and count what they leave out: they are read whole, which an
    /// account's page after page does not do anew.
    pub(crate) async fn users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        self.capabilities.check_query(query)?;
        let size = self.page_size(query.page_size, MAX_PAGE_SIZE) as usize;
        let listing = Listing::new(NAME, LISTING, query, size);
        let users = match &query.project {
            Some(project) => self.assignees_like(project, query.text.as_deref()).await?,
            None => (*self.everybody.get(self.read_everybody()).await?).clone(),
        };
        let users: Vec<_> = users.into_iter().filter(|user| accepts(query, user)).collect();
        // Of a project there may be more than those that the server looks through.
        let total = query.project.is_none().then_some(users.len() as u64);
        Ok(slice(&listing, cursor, users, |user| user.id.to_string())?.total(total))
    }

    async fn read_everybody(&self) -> Result<Vec<PMUser>> {
        let rows = if self.flavor().await?.is_cloud() {
            self.all_users(&endpoints::LIST_USERS, &[]).await?
        } else {
            match unless_missing(self.stream_of_users().await)? {
                Some(rows) => rows,
                None => {
                    self.all_users(&endpoints::SEARCH_USERS, &[("username", "."), ("includeInactive", "true")]).await?
                }
            }
        };
        if rows.is_empty() {
            self.believe_emptiness().await?;
        }
        Ok(distinct(rows))
    }

    /// A list that is over with an empty page: what we may not see is taken out of pages after they were cut, so that
    /// short ones are no end.
    async fn all_users(&self, endpoint: &pm_http::Endpoint, query: &[(&str, &str)]) -> Result<Vec<Raw<User>>> {
        let (mut users, mut seen): (Vec<Raw<User>>, HashSet<Option<String>>) = Default::default();
        for _ in 0..MOST_CHUNKS {
            let request = self.request(endpoint, &[]).await?;
            let request = query.iter().fold(request, |request, (name, value)| request.query(name, value));
            let request = request.query("startAt", users.len()).query("maxResults", CHUNK);
            let page: Vec<Raw<User>> = self.send(request).await?.json()?;
            // A server that takes no notice of `startAt` gives the first ones again: that is all, if they are few.
            let is_again = page.first().zip(users.first()).is_some_and(|(one, first)| one.item.id() == first.item.id());
            let is_new = page.iter().filter(|row| seen.insert(row.item.id().map(ToOwned::to_owned))).count() > 0;
            if page.len() >= CHUNK && (is_again || !is_new) {
                return Err(repeats());
            }
            if page.is_empty() || is_again {
                return Ok(users);
            }
            users.extend(page);
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the list of users never ends"))
    }

    /// All people of a Data Center that has such a list.
    async fn stream_of_users(&self) -> Result<Vec<Raw<User>>> {
        let (mut users, mut cursor): (Vec<Raw<User>>, Option<String>) = (Vec::new(), None);
        let mut cursors = HashSet::new();
        for _ in 0..MOST_CHUNKS {
            let request = self.request(&endpoints::LIST_USERS_ON_SERVER, &[]).await?.query("maxResults", CHUNK);
            let request = match &cursor {
                Some(cursor) => request.query("cursor", cursor),
                None => request,
            };
            let page: Stream = self.send(request).await?.json()?;
            users.extend(page.values);
            let next = page.next_cursor.filter(|_| page.is_last != Some(true)).and_then(|next| match next {
                serde_json::Value::String(text) => Some(text).filter(|text| !text.is_empty()),
                serde_json::Value::Number(number) => Some(number.to_string()),
                _ => None,
            });
            let Some(next) = next else { return Ok(users) };
            if !cursors.insert(next.clone()) {
                return Err(repeats());
            }
            cursor = Some(next);
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the list of users never ends"))
    }

    /// Whom work can be given to in a project.
    ///
    /// The server looks through the first thousand people, and leaves out who cannot be assigned, so that it is asked once;
    /// whoever comes after them on a larger site is not found. On Data Center it looks through those that match the text,
    /// which makes the thousand go further
    /// (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-user-search/#api-rest-api-3-user-assignable-search-get>).
    async fn assignees_like(&self, project: &ProjectId, text: Option<&str>) -> Result<Vec<PMUser>> {
        let Some(id) = ids::number(project.as_str()) else { return Ok(Vec::new()) };
        let flavor = self.flavor().await?;
        let request = self.request(&endpoints::LIST_ASSIGNEES, &[]).await?;
        let request = if flavor.is_cloud() {
            // Some word of a name begins with the text, for the server; for us it is somewhere in it.
            request.query("project", id).query("query", "")
        } else {
            request.query("project", self.project_row(id).await?.item.key).query("username", text.unwrap_or_default())
        };
        let request = request.query("startAt", 0).query("maxResults", CHUNK);
        let reply = self.send(request).await.map_err(|error| named(error, "project", id))?;
        let rows: Vec<Raw<User>> = reply.json()?;
        if rows.is_empty() {
            self.believe_emptiness().await?;
        }
        Ok(distinct(rows))
    }

    /// Gets one user.
    pub(crate) async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        self.capabilities.check_operation(Entity::User, Operation::Get)?;
        let lost = || Error::not_found("user", id);
        if id.as_str().is_empty() {
            return Err(lost());
        }
        let name = if self.flavor().await?.is_cloud() { "accountId" } else { "key" };
        let row: Result<Raw<User>> = self.get_with(&endpoints::GET_USER, &[], &[(name, id.as_str())]).await;
        match row {
            // What can be no account id is answered with 400.
            Err(error) if error.http_status() == Some(400) => Err(lost()),
            row => map::user(row.map_err(|error| named(error, "user", id))?).ok_or_else(lost),
        }
    }
}

fn repeats() -> Error {
    Error::new(ErrorKind::InvalidResponse, "the server's list of users repeats itself, so that its end is never seen")
}

/// Each person once: pages overlap where the server leaves somebody out.
fn distinct(rows: Vec<Raw<User>>) -> Vec<PMUser> {
    let mut seen = HashSet::new();
    rows.into_iter().filter_map(map::user).filter(|user| seen.insert(user.id.clone())).collect()
}

fn accepts(query: &UserQuery, user: &PMUser) -> bool {
    let is = |wanted: &String, own: Option<&str>| own.is_some_and(|own| own.to_lowercase() == wanted.to_lowercase());
    let holds =
        |text: &String| has_words([Some(user.name.as_str()), user.login.as_deref(), user.email.as_deref()], text);
    query.login.as_ref().is_none_or(|login| is(login, user.login.as_deref()))
        && query.email.as_ref().is_none_or(|email| is(email, user.email.as_deref()))
        && query.text.as_ref().is_none_or(holds)
}
