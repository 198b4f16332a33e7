//! Users of an export.

use pm_core::{Entity, ErrorKind, NewUser, PMUser, PmProviderExt};

use super::super::ledger::{Ledger, Outcome, Remark};
use super::{Line, Restore, known, made};
use crate::failure::Result;

impl Restore {
    /// Makes users, or finds those who have the same login.
    pub(super) async fn users(&mut self, users: Vec<Line<PMUser>>, ledger: &mut Ledger<'_>) -> Result<()> {
        self.ids.learn(Entity::User, users.iter().map(|(_, user)| user.id.as_str())).await?;
        for (line, user) in users {
            let outcome = match self.ids.get(Entity::User, user.id.as_str()) {
                Some(found) => known(found),
                None => self.user(&user, ledger).await?,
            };
            self.tell(ledger, line, user.login.as_deref(), Some(&user.name), outcome)?;
        }
        Ok(())
    }

    async fn user(&mut self, user: &PMUser, ledger: &mut Ledger<'_>) -> Result<Outcome> {
        if let Some(login) = &user.login {
            match self.provider.user_by_login(login).await {
                Ok(same) => {
                    self.ids.put(Entity::User, user.id.as_str(), same.id.as_str());
                    return Ok(Outcome::Unchanged { changed_in_source: false });
                }
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unsupported) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let Some(admin) = self.provider.user_admin() else {
            ledger.remark(Remark::UnknownPerson, user.login.as_deref().unwrap_or(&user.name));
            return Ok(Outcome::LeftOut { reason: "people cannot be made in this backend".to_owned() });
        };
        if self.options.dry_run {
            self.ids.put(Entity::User, user.id.as_str(), user.id.as_str());
            return Ok(Outcome::Created);
        }
        let new = NewUser::copy_of(user).item.idempotency_key(self.ids.key(Entity::User, user.id.as_str()));
        let result = admin.create_user(self.fit(new, ledger)).await.map(|made| made.id.as_str().to_owned());
        if let Ok(id) = &result {
            self.ids.put(Entity::User, user.id.as_str(), id);
        }
        Ok(made(&result))
    }
}
