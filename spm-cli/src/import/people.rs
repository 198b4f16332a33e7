//! From the people that rows name to users.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use pm_core::capability::Filter;
use pm_core::{CreateGuarantee, Entity, ErrorKind, NewUser, PmProvider, PmProviderExt, UserId, UserQuery};

use super::ledger::{Ledger, Remark};
use super::row::PersonRow;
use super::target::Target;
use crate::failure::Result;

/// People that are remembered, at most: memory stays flat.
const REMEMBERED: usize = 10_000;

/// Finds people by login, and makes those who are not there where the backend lets one.
#[derive(Debug)]
pub(crate) struct People {
    preset: String,
    /// By login: who was found, and whether one would have been made.
    known: HashMap<String, (Option<UserId>, Missing)>,
    /// Who there is, where the backend cannot look for a login.
    all: Option<HashMap<String, UserId>>,
}

/// Whether who is not there is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Make a user, or pretend to in a dry run.
    Create,
    /// Leave the field empty: it is only compared.
    Ignore,
}

impl People {
    pub(crate) fn new(preset: &str) -> Self {
        Self { preset: preset.to_owned(), known: HashMap::new(), all: None }
    }

    /// The users for some people, without those who cannot be found.
    pub(crate) async fn all(
        &mut self,
        people: &[PersonRow],
        missing: Missing,
        target: &Target,
        ledger: &mut Ledger<'_>,
    ) -> Result<Vec<UserId>> {
        let mut users = Vec::with_capacity(people.len());
        for person in people {
            let user = self.one(person, missing, target, ledger).await?;
            users.extend(user.filter(|user| !users.contains(user)));
        }
        Ok(users)
    }

    /// The user for a person.
    pub(crate) async fn one(
        &mut self,
        person: &PersonRow,
        missing: Missing,
        target: &Target,
        ledger: &mut Ledger<'_>,
    ) -> Result<Option<UserId>> {
        let name = person.login.to_lowercase();
        let told = |(user, asked): &&(Option<UserId>, Missing)| {
            user.is_some() || *asked == Missing::Create || missing == Missing::Ignore
        };
        let known = self.known.get(&name).filter(told);
        let user = match known {
            Some((user, _)) => user.clone(),
            None => {
                let user = self.ask(person, missing, target, ledger).await?;
                if self.known.len() >= REMEMBERED {
                    self.known.clear();
                }
                self.known.insert(name, (user.clone(), missing));
                user
            }
        };
        if user.is_none() && missing == Missing::Create {
            ledger.remark(Remark::UnknownPerson, &person.login);
        }
        Ok(user)
    }

    async fn ask(
        &mut self,
        person: &PersonRow,
        missing: Missing,
        target: &Target,
        ledger: &mut Ledger<'_>,
    ) -> Result<Option<UserId>> {
        let found = match target.provider() {
            Some(provider) => self.find(person, provider).await?,
            None => None,
        };
        match (found, missing) {
            (None, Missing::Create) => self.create(person, target, ledger).await,
            (found, _) => Ok(found),
        }
    }

    async fn find(&mut self, person: &PersonRow, provider: &Arc<dyn PmProvider>) -> Result<Option<UserId>> {
        let filters = &provider.capabilities().entity(Entity::User).filters;
        if !filters.contains(&Filter::Login) {
            return self.find_in_list(person, provider).await;
        }
        if let Some(user) = seen(provider.user_by_login(&person.login).await)? {
            return Ok(Some(user.id));
        }
        let Some(email) = person.email.as_ref().filter(|_| filters.contains(&Filter::Email)) else { return Ok(None) };
        let mut users = provider.stream_users(UserQuery::new().email(email));
        Ok(users.try_next().await?.map(|user| user.id))
    }

    async fn find_in_list(&mut self, person: &PersonRow, provider: &Arc<dyn PmProvider>) -> Result<Option<UserId>> {
        let all = match &mut self.all {
            Some(all) => all,
            none => {
                let users: Vec<_> = match provider.list_users(UserQuery::new()).await {
                    Err(error) if error.kind() == ErrorKind::Unsupported => Vec::new(),
                    listed => listed?,
                };
                let named = users.into_iter().map(|user| (user.login.unwrap_or(user.name).to_lowercase(), user.id));
                none.insert(named.collect())
            }
        };
        Ok(all.get(&person.login.to_lowercase()).cloned())
    }

    async fn create(&mut self, person: &PersonRow, target: &Target, ledger: &mut Ledger<'_>) -> Result<Option<UserId>> {
        let pretended = UserId::from(format!("new user {}", person.login));
        let Some(provider) = target.provider() else {
            ledger.summary.users_created += 1;
            return Ok(Some(pretended));
        };
        let Some(admin) = provider.user_admin() else { return Ok(None) };
        if ledger.summary.dry_run {
            ledger.summary.users_created += 1;
            return Ok(Some(pretended));
        }
        let mut new = NewUser::new(&person.login).login(&person.login).raw_data(person.raw.clone());
        (new.email, new.avatar_url) = (person.email.clone(), person.avatar_url.clone());
        if provider.capabilities().entity(Entity::User).create_guarantee != CreateGuarantee::None {
            new.idempotency_key = Some(format!("import:user:{}:{}", self.preset, person.key));
        }
        let new = provider.capabilities().fit(new).item;
        match admin.create_user(new).await {
            Ok(user) => {
                // Another login: somebody who came in before and goes by another name here.
                let is_new = user.login.as_deref() == Some(person.login.as_str());
                ledger.summary.users_created += u64::from(is_new);
                Ok(Some(user.id))
            }
            // Somebody whom this backend does not take, or who was deleted on purpose.
            Err(error) if is_refusal(error.kind()) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_refusal(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidInput | ErrorKind::Conflict | ErrorKind::Unsupported | ErrorKind::PermissionDenied)
}

fn seen<T>(found: pm_core::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(item) => Ok(Some(item)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
