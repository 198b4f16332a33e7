//! What tests plant and look at by hand, without a request.

use axum::body::Bytes;
use serde_json::Value;

use super::FakeClickUp;
use super::defaults;
use super::errors::Problem;
use super::model::{Attachment, Comment, Field, Folder, List, Place, StatusKind, Task, Token, task_key, task_number};
use super::request::Body;
use super::sowing::{MEMBER, OWNER, WORKSPACE, members, person, personal_token};
use super::store::Store;
use super::tasks::{create, render, update};

/// Ids in answers and in calls of tests.
fn number(id: &str) -> u64 {
    id.parse().unwrap_or_default()
}

fn owner(store: &Store) -> u64 {
    person(store, OWNER).unwrap_or_default()
}

fn place(store: &Store, id: &str) -> Option<Place> {
    let id = number(id);
    let known = [
        store.spaces.contains_key(&id).then_some(Place::Space(id)),
        store.folders.contains_key(&id).then_some(Place::Folder(id)),
        store.lists.contains_key(&id).then_some(Place::List(id)),
        store.workspaces.contains_key(&id).then_some(Place::Workspace(id)),
    ];
    known.into_iter().flatten().next()
}

/// People and tokens.
impl FakeClickUp {
    /// The personal token of the workspace's owner. Made anew for each server.
    #[must_use]
    pub fn token(&self) -> String {
        self.token_of(OWNER).unwrap_or_default()
    }

    /// The personal token of somebody who is an ordinary member.
    #[must_use]
    pub fn member_token(&self) -> String {
        self.token_of(MEMBER).unwrap_or_default()
    }

    /// The personal token of somebody, by name or e-mail address; `None` for those who have none.
    #[must_use]
    pub fn token_of(&self, name: &str) -> Option<String> {
        let store = self.app.read();
        let user = person(&store, name)?;
        let own = |token: &Token| token.user == user && !token.oauth;
        store.tokens.iter().find(|(_, token)| own(token)).map(|(text, _)| text.clone())
    }

    /// A token of an OAuth app that acts for the owner: it goes behind `Bearer`.
    #[must_use]
    pub fn oauth_token(&self) -> String {
        let store = self.app.read();
        store.tokens.iter().find(|(_, token)| token.oauth).map(|(text, _)| text.clone()).unwrap_or_default()
    }

    /// Makes a personal token useless, and another one for whom it belonged to.
    #[must_use]
    pub fn replace_token(&self, old: &str) -> Option<String> {
        let mut store = self.app.write();
        let token = store.tokens.remove(old)?;
        let text = personal_token(token.user);
        store.tokens.insert(text.clone(), token);
        Some(text)
    }

    /// The id of somebody, by name or e-mail address.
    #[must_use]
    pub fn user_id(&self, name: &str) -> Option<String> {
        person(&self.app.read(), name).map(|id| id.to_string())
    }

    /// The id of the workspace, which the vendor calls a team.
    #[must_use]
    pub fn workspace_id(&self) -> String {
        let store = self.app.read();
        let found = store.workspaces.values().find(|workspace| workspace.name == WORKSPACE);
        found.map(|workspace| workspace.id.to_string()).unwrap_or_default()
    }

    /// Lets the two people of every site into the other workspace as well: their tokens see two from now on. Its id.
    #[allow(clippy::must_use_candidate, reason = "most tests only want it to happen")]
    pub fn join_elsewhere(&self) -> String {
        let mut store = self.app.write();
        let people = [OWNER, MEMBER].map(|email| person(&store, email).unwrap_or_default());
        let other = store.workspaces.values_mut().find(|workspace| workspace.name != WORKSPACE);
        let Some(other) = other else { return String::new() };
        other.members.extend(people);
        other.id.to_string()
    }
}

/// Places.
impl FakeClickUp {
    /// Adds a space with the usual statuses; its id.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn add_space(&self, name: &str) -> String {
        let workspace = number(&self.workspace_id());
        defaults::space(&mut self.app.write(), workspace, name).to_string()
    }

    /// Adds a folder to a space; its id.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn add_folder(&self, space: &str, name: &str) -> String {
        let mut store = self.app.write();
        let id = store.next_id("folders");
        let folder = Folder { id, space: number(space), name: name.to_owned(), archived: false, statuses: None };
        store.folders.insert(id, folder);
        id.to_string()
    }

    /// Adds a list to a space or to a folder; its id.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn add_list(&self, place: &str, name: &str) -> String {
        let mut store = self.app.write();
        let folder = store.folders.get(&number(place)).map(|folder| (folder.space, Some(folder.id)));
        let (space, folder) = folder.unwrap_or((number(place), None));
        let id = store.next_id("lists");
        let list = List {
            id,
            space,
            folder,
            name: name.to_owned(),
            content: String::new(),
            archived: false,
            color: None,
            priority: None,
            assignee: None,
            start: None,
            due: None,
            due_time: false,
            statuses: None,
        };
        store.lists.insert(id, list);
        id.to_string()
    }

    /// Gives a list a start and an end, in milliseconds: the API lets nobody set a start.
    pub fn set_list_dates(&self, list: &str, start: Option<i64>, due: Option<i64>) {
        self.app.write().lists.entry(number(list)).and_modify(|list| (list.start, list.due) = (start, due));
    }

    /// Gives a space, a folder or a list statuses of its own: names, and `open`, `custom`, `done` or `closed`.
    ///
    /// Tasks that are there keep what they have.
    pub fn set_statuses(&self, place: &str, statuses: &[(&str, &str)]) {
        let mut store = self.app.write();
        let kind = |name: &str| StatusKind::of_name(name).unwrap_or(StatusKind::Custom);
        let named: Vec<(&str, StatusKind)> = statuses.iter().map(|(name, of)| (*name, kind(of))).collect();
        let named = defaults::named(&mut store, &named);
        let id = number(place);
        if let Some(space) = store.spaces.get_mut(&id) {
            space.statuses = named;
        } else if let Some(folder) = store.folders.get_mut(&id) {
            folder.statuses = Some(named);
        } else if let Some(list) = store.lists.get_mut(&id) {
            list.statuses = Some(named);
        }
    }

    /// Archives a space, a folder or a list, or takes it out again.
    pub fn set_archived(&self, place: &str, archived: bool) {
        let mut store = self.app.write();
        let id = number(place);
        store.spaces.entry(id).and_modify(|space| space.archived = archived);
        store.folders.entry(id).and_modify(|folder| folder.archived = archived);
        store.lists.entry(id).and_modify(|list| list.archived = archived);
    }

    /// Makes a space one that the owner alone sees.
    pub fn make_private(&self, space: &str) {
        let mut store = self.app.write();
        let owner = owner(&store);
        store.spaces.entry(number(space)).and_modify(|space| (space.private, space.members) = (true, vec![owner]));
    }

    /// Lets tasks of a space have custom ids: `ENG-1`.
    pub fn set_custom_ids(&self, space: &str, prefix: &str) {
        self.app.write().spaces.entry(number(space)).and_modify(|space| space.prefix = Some(prefix.to_owned()));
    }

    /// Adds a custom field to a workspace, a space, a folder or a list; its id.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn add_field(&self, at: &str, name: &str, kind: &str, options: &[&str]) -> String {
        let now = self.app.now();
        let mut store = self.app.write();
        let new_id = || uuid::Uuid::now_v7().to_string();
        let id = new_id();
        let field = Field {
            id: id.clone(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            place: place(&store, at).unwrap_or(Place::Workspace(0)),
            required: false,
            options: options.iter().map(|name| (new_id(), (*name).to_owned())).collect(),
            items: Vec::new(),
            created: now,
        };
        store.fields.push(field);
        id
    }

    /// Whether there is a space, a folder or a list of this id.
    #[must_use]
    pub fn has_place(&self, id: &str) -> bool {
        place(&self.app.read(), id).is_some()
    }

    /// The id of a space, a folder or a list by its name.
    #[must_use]
    pub fn place_named(&self, name: &str) -> Option<String> {
        let store = self.app.read();
        let space = store.spaces.values().find(|space| space.name == name).map(|space| space.id);
        let folder = || store.folders.values().find(|folder| folder.name == name).map(|folder| folder.id);
        let list = || store.lists.values().find(|list| list.name == name).map(|list| list.id);
        space.or_else(folder).or_else(list).map(|id| id.to_string())
    }

    /// The ids of the space, the folder, the list and the task of the workspace that nobody here is in.
    #[must_use]
    pub fn elsewhere(&self) -> [String; 4] {
        let [space, folder, list] =
            ["Their space", "Their folder", "Their list"].map(|name| self.place_named(name).unwrap_or_default());
        let store = self.app.read();
        let task = store.tasks.values().find(|task| task.name == "Their task");
        [space, folder, list, task.map(Task::key).unwrap_or_default()]
    }
}

/// Tasks.
impl FakeClickUp {
    /// Adds a task to a list, as the request would; its id.
    ///
    /// # Errors
    ///
    /// What the server would answer.
    pub fn add_task(&self, list: &str, body: Value) -> Result<String, String> {
        let mut store = self.app.write();
        let owner = owner(&store);
        let made = create::insert(&self.app, &mut store, (number(list), owner), &Body(members(body)));
        made.map(task_key).map_err(|problem| told(&problem))
    }

    /// Changes a task, as the request would. Besides, `"tags"` are put on, and `"time_spent"` is set.
    ///
    /// # Errors
    ///
    /// What the server would answer.
    pub fn edit_task(&self, task: &str, body: Value) -> Result<(), String> {
        let mut store = self.app.write();
        let (id, owner) = (task_number(task).unwrap_or_default(), owner(&store));
        let body = Body(members(body));
        update::change(&self.app, &mut store, (id, owner), &body).map_err(|problem| told(&problem))?;
        if let Some(task) = store.tasks.get_mut(&id) {
            let tags = body.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            task.tags.extend(tags.map(str::to_lowercase));
            task.spent = body.get("time_spent").map_or(task.spent, Value::as_i64);
        }
        Ok(())
    }

    /// Sets the times of a task's making and of its last change, in milliseconds.
    pub fn set_times(&self, task: &str, created: i64, updated: i64) {
        let id = task_number(task).unwrap_or_default();
        self.app.write().tasks.entry(id).and_modify(|task| (task.created, task.updated) = (created, updated));
    }

    /// Shows a task in one more list.
    pub fn add_to_list(&self, task: &str, list: &str) {
        let id = task_number(task).unwrap_or_default();
        self.app.write().tasks.entry(id).and_modify(|task| task.also.push(number(list)));
    }

    /// Deletes a task with its subtasks. Whether there was such a one.
    #[allow(clippy::must_use_candidate, reason = "most tests know that there is")]
    pub fn delete_task(&self, task: &str) -> bool {
        let mut store = self.app.write();
        let id = task_number(task).filter(|id| store.tasks.contains_key(id));
        id.map(|id| store.remove_task(id)).is_some()
    }

    /// A task as the API shows it, with its attachments.
    #[must_use]
    pub fn task(&self, task: &str) -> Option<Value> {
        let store = self.app.read();
        let found = task_number(task).and_then(|id| store.tasks.get(&id));
        found.map(|task| render::single(&self.app, &store, task, (true, false)))
    }

    /// The tasks of the workspace as the API shows them, by id, the closed and archived ones included.
    #[must_use]
    pub fn tasks(&self) -> Vec<Value> {
        let store = self.app.read();
        let here = number(&{
            let found = store.workspaces.values().find(|workspace| workspace.name == WORKSPACE);
            found.map(|workspace| workspace.id.to_string()).unwrap_or_default()
        });
        let inside = store.tasks.values().filter(|task| store.workspace_of(task.list) == Some(here));
        inside.map(|task| render::task(&self.app, &store, task, true)).collect()
    }

    /// Adds a comment of the owner's to a task; its id.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn add_comment(&self, task: &str, text: &str) -> String {
        let date = self.app.now();
        let mut store = self.app.write();
        let (id, author) = (store.next_id("comments"), owner(&store));
        let task = task_number(task).unwrap_or_default();
        let text = text.to_owned();
        let comment = Comment { id, task, thread: None, author, text, date, resolved: false, assignee: None };
        store.comments.insert(id, comment);
        id.to_string()
    }

    /// Adds an answer of the owner's to a comment; its id.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn add_reply(&self, comment: &str, text: &str) -> String {
        let date = self.app.now();
        let mut store = self.app.write();
        let (id, author, thread) = (store.next_id("comments"), owner(&store), number(comment));
        let task = store.comments.get(&thread).map(|comment| comment.task).unwrap_or_default();
        let text = text.to_owned();
        let reply = Comment { id, task, thread: Some(thread), author, text, date, resolved: false, assignee: None };
        store.comments.insert(id, reply);
        id.to_string()
    }

    /// The texts of a task's comments, the oldest first.
    #[must_use]
    pub fn comments(&self, task: &str) -> Vec<String> {
        let store = self.app.read();
        let of_task = |comment: &&Comment| Some(comment.task) == task_number(task);
        store.comments.values().filter(of_task).map(|comment| comment.text.clone()).collect()
    }

    /// Adds an attachment to a task; its id, without the extension that answers put behind it.
    #[allow(clippy::must_use_candidate, reason = "some tests only want it to be there")]
    pub fn attach(&self, task: &str, title: &str, content_type: &str, content: impl Into<Vec<u8>>) -> String {
        let date = self.app.now();
        let mut store = self.app.write();
        let user = owner(&store);
        let id = uuid::Uuid::now_v7().to_string();
        let file = Attachment {
            id: id.clone(),
            title: title.to_owned(),
            content_type: content_type.to_owned(),
            content: Bytes::from(content.into()),
            date,
            user,
        };
        store.tasks.entry(task_number(task).unwrap_or_default()).and_modify(|task| task.attachments.push(file));
        id
    }

    /// Sets what a webhook's receiver has come to: `active`, `failing` or `suspended`, and how often it failed.
    pub fn set_hook_health(&self, hook: &str, status: &str, failures: u64) {
        let mut store = self.app.write();
        if let Some(found) = store.hooks.iter_mut().find(|one| one.id == hook) {
            (found.status, found.failures) = (status.to_owned(), failures);
        }
    }
}

fn told(problem: &Problem) -> String {
    format!("{problem:?}")
}

/// Tasks of many kinds at once, for benchmarks and for pages.
impl FakeClickUp {
    /// Adds so many tasks to a list, a second apart, with descriptions of so many bytes; their ids.
    #[allow(clippy::must_use_candidate, reason = "some tests only want them to be there")]
    pub fn add_tasks(&self, list: &str, count: usize, bytes: usize) -> Vec<String> {
        let mut store = self.app.write();
        let (list, owner) = (number(list), owner(&store));
        let line = "Sphinx of black quartz, judge my vow. ";
        let text: String = line.chars().cycle().take(bytes).collect();
        let start = self.app.now() - i64::try_from(count).unwrap_or_default() * 1_000;
        let made = (0..count).map(|index| {
            let body = serde_json::json!({ "name": format!("Task {index}"), "markdown_content": text });
            let id = create::insert(&self.app, &mut store, (list, owner), &Body(members(body))).unwrap_or_default();
            let at = start + i64::try_from(index).unwrap_or_default() * 1_000;
            store.tasks.entry(id).and_modify(|task| (task.created, task.updated) = (at, at));
            task_key(id)
        });
        made.collect()
    }
}
