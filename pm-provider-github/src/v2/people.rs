//! People: GraphQL names them by node ids, we by the number that never changes.

use std::sync::PoisonError;

use pm_http::ids::number;
use pm_provider::{Cursor, Error, ErrorKind, Field, PMUser, Page, Result, UserId, UserQuery};

use super::existing_project;
use crate::api::Api;
use crate::people::is_login;
use crate::{dto, endpoints};

/// How many people are remembered before it is begun anew.
const MOST: usize = 10_000;

impl Api {
    /// Lists one page of those whom items of a project can be assigned to.
    ///
    /// GitHub does not tell of a project who that is: it is whoever is listed without a project.
    pub(crate) async fn v2_users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        if let Some(project) = &query.project {
            self.v2_layout(existing_project(project)?).await?;
        }
        let mut everybody = query.clone();
        everybody.project = None;
        self.users_page(&everybody, cursor).await
    }

    /// The node ids of assignees.
    ///
    /// # Errors
    /// `InvalidInput` where there is no such person.
    pub(super) async fn v2_assignees(&self, users: &[UserId]) -> Result<Vec<String>> {
        let mut nodes = Vec::with_capacity(users.len());
        for user in users {
            nodes.push(self.node_of(user).await?);
        }
        Ok(nodes)
    }

    async fn node_of(&self, user: &UserId) -> Result<String> {
        let nobody = || {
            let message = format!("there is no user `{user}`");
            Error::invalid_input("a reference leads nowhere").on_field(Field::Assignees, message)
        };
        let known = |id| self.v2.people.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        let id = number(user.as_str());
        if let Some(node) = id.and_then(known) {
            return Ok(node);
        }
        let row: Result<dto::User> = match id {
            Some(_) => self.get(&endpoints::GET_USER_BY_ID, &[user.as_str()]).await,
            None if is_login(user.as_str()) => self.get(&endpoints::GET_USER, &[user.as_str()]).await,
            None => return Err(nobody()),
        };
        let row = row.map_err(|error| if error.kind() == ErrorKind::NotFound { nobody() } else { error })?;
        self.people.learn(&row);
        let node = row.node_id.ok_or_else(nobody)?;
        if let Some(id) = row.id {
            let mut people = self.v2.people.lock().unwrap_or_else(PoisonError::into_inner);
            if people.len() >= MOST {
                people.clear();
            }
            people.insert(id, node.clone());
        }
        Ok(node)
    }
}
