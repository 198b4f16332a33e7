//! Who asks, and what they see.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::errors::{Answer, Problem};
use super::model::{Comment, Folder, Hook, List, Space, Task, Workspace, task_number};
use super::request::Parameters;
use super::store::{App, Store};

/// Who asks.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) user: u64,
    /// What the limits count.
    pub(super) token: String,
    /// Whether ids that nobody has are answered as those of foreigners are.
    unknown_is_foreign: bool,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    /// The caller that the door has let in.
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::no_token)
    }
}

impl Caller {
    /// Reads `Authorization: pk_…`, with no word before it, or `Bearer …` of an OAuth app.
    ///
    /// <https://developer.clickup.com/docs/authentication>
    pub(super) fn of(app: &App, headers: &HeaderMap) -> Answer<Self> {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let header = header.filter(|header| !header.is_empty()).ok_or_else(Problem::no_token)?;
        let (text, bearer) = match header.strip_prefix("Bearer ") {
            Some(text) => (text, true),
            None => (header, false),
        };
        let refused = || if bearer { Problem::token_not_found() } else { Problem::token_invalid() };
        let store = app.read();
        let token = store.tokens.get(text).filter(|token| token.oauth == bearer).ok_or_else(refused)?;
        Ok(Self { user: token.user, token: text.to_owned(), unknown_is_foreign: app.options.unknown_is_foreign })
    }

    /// What an id is answered with that nobody has.
    fn unknown(&self, problem: Problem) -> Problem {
        if self.unknown_is_foreign { Problem::foreign() } else { problem }
    }

    pub(super) fn is_member(&self, workspace: &Workspace) -> bool {
        workspace.members.contains(&self.user)
    }

    pub(super) fn workspace<'a>(&self, store: &'a Store, id: &str) -> Answer<&'a Workspace> {
        let found = id.parse().ok().and_then(|id: u64| store.workspaces.get(&id));
        found.filter(|one| self.is_member(one)).ok_or_else(Problem::foreign_team)
    }

    pub(super) fn sees(&self, store: &Store, space: &Space) -> bool {
        let inside = store.workspaces.get(&space.workspace).is_some_and(|workspace| self.is_member(workspace));
        inside && (!space.private || space.members.contains(&self.user))
    }

    fn sees_space(&self, store: &Store, space: u64) -> bool {
        store.spaces.get(&space).is_some_and(|space| self.sees(store, space))
    }

    fn place<'a, T>(
        &self,
        store: &Store,
        (what, id): (&str, &str),
        table: impl FnOnce(u64) -> Option<&'a T>,
        space: impl FnOnce(&T) -> u64,
    ) -> Answer<&'a T> {
        let id: u64 = id.parse().map_err(|_| Problem::new(400, format!("{what} ID invalid"), "INPUT_003"))?;
        let found = table(id).ok_or_else(|| self.unknown(Problem::none(what)))?;
        if self.sees_space(store, space(found)) { Ok(found) } else { Err(Problem::foreign()) }
    }

    pub(super) fn space<'a>(&self, store: &'a Store, id: &str) -> Answer<&'a Space> {
        self.place(store, ("Space", id), |id| store.spaces.get(&id), |space| space.id)
    }

    pub(super) fn folder<'a>(&self, store: &'a Store, id: &str) -> Answer<&'a Folder> {
        self.place(store, ("Folder", id), |id| store.folders.get(&id), |folder| folder.space)
    }

    pub(super) fn list<'a>(&self, store: &'a Store, id: &str) -> Answer<&'a List> {
        self.place(store, ("List", id), |id| store.lists.get(&id), |list| list.space)
    }

    pub(super) fn sees_list(&self, store: &Store, list: u64) -> bool {
        store.lists.get(&list).is_some_and(|list| self.sees_space(store, list.space))
    }

    /// A task by its id, or by its custom id where `custom_task_ids=true&team_id=…` says so.
    pub(super) fn task<'a>(&self, store: &'a Store, id: &str, parameters: &Parameters) -> Answer<&'a Task> {
        let found = if parameters.flag("custom_task_ids") {
            let team = parameters.get("team_id").ok_or_else(|| Problem::invalid("team_id is required"))?;
            let team = self.workspace(store, team)?.id;
            let fits = |task: &&Task| {
                task.custom_id.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(id))
                    && store.workspace_of(task.list) == Some(team)
            };
            store.tasks.values().find(fits)
        } else {
            task_number(id).and_then(|number| store.tasks.get(&number))
        };
        let Some(task) = found else {
            let was_there = task_number(id).is_some_and(|number| store.gone.contains(&number));
            return Err(if was_there { Problem::no_task() } else { self.unknown(Problem::no_task()) });
        };
        if self.sees_list(store, task.list) { Ok(task) } else { Err(Problem::foreign()) }
    }

    pub(super) fn comment<'a>(&self, store: &'a Store, id: &str) -> Answer<&'a Comment> {
        let missing = || self.unknown(Problem::none("Comment"));
        let comment = id.parse().ok().and_then(|id: u64| store.comments.get(&id)).ok_or_else(missing)?;
        let list = store.tasks.get(&comment.task).map(|task| task.list);
        let seen = list.is_some_and(|list| self.sees_list(store, list));
        if seen { Ok(comment) } else { Err(Problem::foreign()) }
    }

    /// A webhook of the caller's own: others' are not shown.
    pub(super) fn hook<'a>(&self, store: &'a Store, id: &str) -> Answer<&'a Hook> {
        let found = store.hooks.iter().find(|hook| hook.id == id && hook.user == self.user);
        found.ok_or_else(|| Problem::none("Webhook"))
    }
}
