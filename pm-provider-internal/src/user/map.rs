//! Rows of `pm_users` and users.

use chrono::{DateTime, Utc};
use pm_provider::{ItemRef, PMUser, ProjectId, Version};
use sea_orm::QueryResult;

use crate::error::Result;
use crate::record::{Fields, Record};
use crate::row::Row;
use crate::text::{fold, search_text};

/// What a statement selects, in the order in which [`read`] takes it.
pub(super) const COLUMNS: [&str; 7] = ["id", "name", "login", "email", "avatar_url", "active", "raw_data"];

pub(super) fn read(row: &QueryResult) -> Result<PMUser> {
    let mut row = Row::new(PMUser::TABLE, row);
    let (id, name): (String, String) = (row.take()?, row.take()?);
    let mut user = PMUser::new(id, name);
    user.login = row.take()?;
    user.email = row.take()?;
    user.avatar_url = row.take()?;
    user.active = row.take()?;
    user.raw_data = row.raw_data()?;
    Ok(user)
}

impl Record for PMUser {
    const TABLE: &'static str = "pm_users";
    const WHAT: &'static str = "user";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn fields(&self) -> Result<Fields> {
        Ok(vec![
            ("name", self.name.as_str().into()),
            ("login", self.login.as_deref().into()),
            ("login_folded", self.login.as_deref().map(fold).into()),
            ("email", self.email.as_deref().into()),
            ("email_folded", self.email.as_deref().map(fold).into()),
            ("avatar_url", self.avatar_url.as_deref().into()),
            ("active", self.active.into()),
            ("raw_data", self.raw_data.as_str().into()),
            ("search_text", search_text(&self.name, self.login.as_deref()).into()),
        ])
    }

    /// Users show no version: nobody locks them.
    fn version(&self) -> Option<&Version> {
        None
    }

    fn stamp(&mut self, _version: Version, _updated_at: DateTime<Utc>) {}

    /// The change feed does not tell of users.
    fn change(&self) -> Option<(ItemRef, Option<ProjectId>)> {
        None
    }
}
