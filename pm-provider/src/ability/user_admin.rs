//! Writing users.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::error::Result;
use crate::model::PMUser;
use crate::value::UserId;
use crate::write::{NewUser, UserPatch};

/// Creates, changes and deletes users: an ability of backends that are their own directory.
#[async_trait]
pub trait UserAdmin: Debug + Send + Sync + 'static {
    /// Creates a user; a login that exists already is `Conflict`.
    async fn create_user(&self, new: NewUser) -> Result<PMUser>;

    /// Changes a user.
    async fn update_user(&self, id: &UserId, patch: UserPatch) -> Result<PMUser>;

    /// Deletes a user that nothing refers to; any other is `Conflict`: make it inactive instead.
    async fn delete_user(&self, id: &UserId) -> Result<()>;
}
