//! Users.

use async_trait::async_trait;
use pm_provider::{
    Cursor, Entity, Error, Field, FieldPatch, NewUser, Operation, PMUser, Page, Result, UserAdmin, UserId, UserPatch,
    UserQuery,
};

use super::rows::UserRow;
use super::state::{Session, State, conflict, is_same, set, set_raw};
use super::{MemoryProvider, listing};

impl State {
    /// The stored user.
    pub(super) fn user_row(&self, id: &UserId) -> Result<&UserRow> {
        self.users.get(id).ok_or_else(|| Error::not_found("user", id))
    }

    /// Keeps a new user.
    pub(super) fn insert_user(&mut self, user: PMUser) {
        let now = self.now();
        self.users.insert(user.id.clone(), UserRow { user, created_at: now, updated_at: now });
    }

    fn check_login(&self, login: Option<&String>, own: Option<&UserId>) -> Result<()> {
        let Some(login) = login else { return Ok(()) };
        let mut others = self.users.values().filter(|row| Some(&row.user.id) != own);
        if others.any(|row| listing::is_called(Some(login), row.user.login.as_deref())) {
            let problem = "another user has it";
            return Err(conflict(format!("the login `{login}` is taken")).on_field(Field::Login, problem));
        }
        Ok(())
    }

    /// What still points to a user.
    fn uses_of(&self, id: &UserId) -> Vec<&'static str> {
        let owns = self.projects.values().any(|row| row.project.owner_id.as_ref() == Some(id));
        let works = self.tasks.values().any(|row| row.task.assignees.contains(id));
        let wrote_task = self.tasks.values().any(|row| row.task.author_id.as_ref() == Some(id));
        let wrote_comment = self.comments.values().any(|comment| comment.author_id.as_ref() == Some(id));
        let attached = self.attachments.values().any(|row| row.attachment.author_id.as_ref() == Some(id));
        let acts = self.acting_user.as_ref() == Some(id);
        let uses = [
            (owns, "projects as their owner"),
            (works, "tasks as their assignee"),
            (wrote_task, "tasks as their author"),
            (wrote_comment, "comments as their author"),
            (attached, "attachments as their author"),
            (acts, "this provider as the acting user"),
        ];
        uses.into_iter().filter_map(|(used, what)| used.then_some(what)).collect()
    }
}

impl Session<'_> {
    pub(super) fn users_page(&self, query: &UserQuery, cursor: Option<&Cursor>) -> Result<Page<PMUser>> {
        self.capabilities.check_query(query)?;
        // Everybody can be assigned everywhere, where there is such a project.
        let anywhere = query.project.as_ref().is_none_or(|project| self.state.projects.contains_key(project));
        let rows = self.state.users.values().filter(|row| {
            let user = &row.user;
            anywhere
                && listing::is_called(query.login.as_ref(), user.login.as_deref())
                && listing::is_called(query.email.as_ref(), user.email.as_deref())
                && listing::holds(query.text.as_ref(), [Some(&user.name), user.login.as_deref()])
        });
        listing::page(query, cursor, rows, |row| row.user.clone())
    }

    fn create_user(&mut self, new: NewUser) -> Result<PMUser> {
        self.capabilities.check_create(&new)?;
        let find = |id: &str| self.state.users.get(&id.into()).map(|row| row.user.clone());
        if let Some(first) = self.state.made_with(Entity::User, new.idempotency_key.as_deref(), find)? {
            return Ok(first);
        }
        self.state.check_login(new.login.as_ref(), None)?;
        let mut user = PMUser::new(self.state.next_id(Entity::User), new.name);
        user.login = new.login;
        user.email = new.email;
        user.avatar_url = new.avatar_url;
        user.active = new.active.unwrap_or(true);
        user.raw_data = new.raw_data;
        self.state.keep_key(Entity::User, new.idempotency_key, user.id.as_str());
        self.state.insert_user(user.clone());
        Ok(user)
    }

    fn update_user(&mut self, id: &UserId, patch: UserPatch) -> Result<PMUser> {
        self.capabilities.check_update(&patch)?;
        let old = &self.state.user_row(id)?.user;
        if let FieldPatch::Set(login) = &patch.login {
            self.state.check_login(Some(login), Some(id))?;
        }
        let mut user = old.clone();
        set(patch.name, &mut user.name);
        patch.login.apply(&mut user.login);
        patch.email.apply(&mut user.email);
        patch.avatar_url.apply(&mut user.avatar_url);
        set(patch.active, &mut user.active);
        set_raw(patch.raw_data, &mut user.raw_data);
        if is_same((&user, &user.raw_data), (old, &old.raw_data)) {
            return Ok(user);
        }
        let now = self.state.now();
        if let Some(row) = self.state.users.get_mut(id) {
            row.user = user.clone();
            row.updated_at = now;
        }
        Ok(user)
    }

    fn delete_user(&mut self, id: &UserId) -> Result<()> {
        self.capabilities.check_operation(Entity::User, Operation::Delete)?;
        self.state.user_row(id)?;
        let uses = self.state.uses_of(id);
        if !uses.is_empty() {
            let message = format!("user `{id}` is still needed by {}", uses.join(", "));
            return Err(conflict(message).hint("make the user inactive instead"));
        }
        self.state.users.remove(id);
        Ok(())
    }
}

#[async_trait]
impl UserAdmin for MemoryProvider {
    async fn create_user(&self, new: NewUser) -> Result<PMUser> {
        self.run("create_user", |session| session.create_user(new))
    }

    async fn update_user(&self, id: &UserId, patch: UserPatch) -> Result<PMUser> {
        self.run("update_user", |session| session.update_user(id, patch))
    }

    async fn delete_user(&self, id: &UserId) -> Result<()> {
        self.run("delete_user", |session| session.delete_user(id))
    }
}
