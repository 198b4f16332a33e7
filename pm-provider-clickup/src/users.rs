//! People: the members of the Workspace, guests among them.

use pm_http::Raw;
use pm_http::page::{Listing, slice};
use pm_provider::{Cursor, Error, PMUser, Page, Result, UserId, UserQuery};

use crate::api::Api;
use crate::projects::age;
use crate::{NAME, dto, map};

impl Api {
    /// Lists one page of users. ClickUp gives all of them at once, with the Workspace.
    pub(crate) async fn users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        self.capabilities.check_query(query)?;
        let mut users: Vec<_> = self.members().await?.into_iter().filter_map(map::user).collect();
        users.retain(|user| accepts(query, user));
        let total = users.len() as u64;
        let listing = Listing::new(NAME, "users", query, self.page_size(query.page_size));
        let listing = listing.direction(query.sort.direction);
        Ok(slice(&listing, cursor, users, |user| age(user.id.as_str()))?.total(Some(total)))
    }

    /// Gets one user; one who is not known may have come since.
    pub(crate) async fn get_user(&self, id: &UserId) -> Result<PMUser> {
        let lost = || Error::not_found("user", id);
        if !crate::ids::is_number(id.as_str()) {
            return Err(lost());
        }
        self.member(id.as_str()).await?.and_then(map::user).ok_or_else(lost)
    }

    /// One member of the Workspace, looked for once more where nobody knows them.
    async fn member(&self, id: &str) -> Result<Option<Raw<dto::User>>> {
        let find = |members: Vec<Raw<dto::User>>| members.into_iter().find(|user| user.item.id == id);
        if let Some(user) = find(self.members().await?) {
            return Ok(Some(user));
        }
        self.forget_teams().await;
        Ok(find(self.members().await?))
    }

    /// The members of the Workspace, guests too.
    pub(crate) async fn members(&self) -> Result<Vec<Raw<dto::User>>> {
        let (teams, own) = (self.teams().await?, self.team().await?);
        let members = teams.iter().filter(|team| team.id == *own).flat_map(|team| &team.members);
        Ok(members.map(|member| member.user.clone()).collect())
    }

    /// Says whether a user is a member of the Workspace: whom tasks can be given to.
    pub(crate) async fn is_member(&self, id: &str) -> Result<bool> {
        Ok(self.member(id).await?.is_some())
    }
}

fn accepts(query: &UserQuery, user: &PMUser) -> bool {
    let is = |wanted: &String| user.email.as_deref().is_some_and(|own| own.to_lowercase() == wanted.to_lowercase());
    let holds = |text: &String| {
        let texts = [Some(user.name.as_str()), user.email.as_deref()];
        texts.into_iter().flatten().any(|own| own.to_lowercase().contains(&text.to_lowercase()))
    };
    query.email.as_ref().is_none_or(is) && query.text.as_ref().is_none_or(holds)
}
