//! Writing users.

use async_trait::async_trait;
use pm_provider::{Entity, NewUser, Operation, PMUser, PmProvider, Result, UserAdmin, UserId, UserPatch};

use crate::InternalProvider;
use crate::provider::write;
use crate::user::write as writing;

#[async_trait]
impl UserAdmin for InternalProvider {
    async fn create_user(&self, new: NewUser) -> Result<PMUser> {
        self.capabilities().check_create(&new)?;
        let new = &new;
        write!(self, "create_user", |transaction| writing::create(&mut transaction, new))
    }

    async fn update_user(&self, id: &UserId, patch: UserPatch) -> Result<PMUser> {
        self.capabilities().check_update(&patch)?;
        let patch = &patch;
        write!(self, "update_user", |transaction| writing::update(&mut transaction, id, patch))
    }

    async fn delete_user(&self, id: &UserId) -> Result<()> {
        self.capabilities().check_operation(Entity::User, Operation::Delete)?;
        write!(self, "delete_user", |transaction| writing::delete(&mut transaction, self.user(), id))
    }
}
