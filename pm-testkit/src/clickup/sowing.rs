//! Fills a database: with what every site has, and with what a seed asks for.

use serde_json::{Map, Value, json};

use super::builder::Options;
use super::defaults;
use super::model::{
    Comment, Dependency, Field, Folder, Link, List, Place, Status, StatusKind, Token, User, Workspace, task_key,
};
use super::request::Body;
use super::seed::{Seed, SeedError, SeedField, SeedList, SeedSpace, SeedStatus, SeedTask, SeedUser};
use super::store::{App, Store};
use super::tasks::create;
use super::zone::at_four;
use crate::secrets;

/// The people that every site has.
pub(super) const OWNER: &str = "ada@example.net";
pub(super) const MEMBER: &str = "mel@example.net";

/// The name of the workspace.
pub(super) const WORKSPACE: &str = "Acme";

/// Makes the database of a site with the contents of a seed.
pub(super) fn site(options: Options, seed: &Seed, files: &str) -> Result<App, SeedError> {
    let app = App::new(options, Store::default(), files);
    let mut gardener = Gardener { app: &app, store: Store::default(), workspace: 0, owner: 0 };
    gardener.people(seed);
    gardener.elsewhere()?;
    for field in &seed.custom_fields {
        gardener.field(Place::Workspace(gardener.workspace), field)?;
    }
    for space in &seed.spaces {
        gardener.space(space)?;
    }
    gardener.edges(seed)?;
    let store = gardener.store;
    *app.write() = store;
    Ok(app)
}

/// A personal token that nobody can guess.
pub(super) fn personal_token(user: u64) -> String {
    format!("pk_{user}_{}", secrets::random(2).to_uppercase())
}

/// Somebody by name, by e-mail address, or by what stands before its `@`.
pub(super) fn person(store: &Store, name: &str) -> Option<u64> {
    let local = |email: &str| email.split('@').next().unwrap_or_default().to_owned();
    let fits = |user: &&User| {
        let names = [user.username.clone(), user.email.clone(), local(&user.email)];
        names.iter().any(|one| one.eq_ignore_ascii_case(name))
    };
    store.users.values().find(fits).map(|user| user.id)
}

struct Gardener<'a> {
    app: &'a App,
    store: Store,
    workspace: u64,
    owner: u64,
}

impl Gardener<'_> {
    fn people(&mut self, seed: &Seed) {
        let id = self.store.next_id("workspaces");
        let mut custom_items = std::collections::BTreeMap::new();
        for name in &seed.custom_items {
            custom_items.insert(self.store.next_id("items"), name.clone());
        }
        self.workspace = id;
        let workspace = Workspace { id, name: WORKSPACE.to_owned(), members: Vec::new(), custom_items };
        self.store.workspaces.insert(id, workspace);
        let usual = [("Ada Lovelace", OWNER), ("Mel Kaye", MEMBER)];
        for (name, email) in usual {
            let user = SeedUser { username: name.to_owned(), email: email.to_owned(), ..SeedUser::default() };
            self.user(&user);
        }
        seed.users.iter().for_each(|user| self.user(user));
        self.owner = person(&self.store, OWNER).unwrap_or_default();
        let token = format!("{}_{}", self.owner, secrets::random(4));
        self.store.tokens.insert(token, Token { user: self.owner, oauth: true });
    }

    fn user(&mut self, seed: &SeedUser) {
        let id = self.store.next_id("users");
        let role = match seed.email.as_str() {
            OWNER => 1,
            _ if seed.guest => 4,
            _ => 3,
        };
        let user = User { id, username: seed.username.clone(), email: seed.email.clone(), color: "#5f7c8a", role };
        self.store.users.insert(id, user);
        let token = seed.token.clone().unwrap_or_else(|| personal_token(id));
        self.store.tokens.insert(token, Token { user: id, oauth: false });
        if let Some(workspace) = self.store.workspaces.get_mut(&self.workspace) {
            workspace.members.push(id);
        }
    }

    /// Another workspace, of somebody who is not in this one.
    fn elsewhere(&mut self) -> Result<(), SeedError> {
        let stranger = self.store.next_id("users");
        let user = User {
            id: stranger,
            username: "Sam Elsewhere".to_owned(),
            email: "sam@example.org".to_owned(),
            color: "#000000",
            role: 1,
        };
        self.store.users.insert(stranger, user);
        let id = self.store.next_id("workspaces");
        let workspace =
            Workspace { id, name: "Elsewhere".to_owned(), members: vec![stranger], custom_items: Default::default() };
        self.store.workspaces.insert(id, workspace);
        let space = defaults::space(&mut self.store, id, "Their space");
        let folder = self.store.next_id("folders");
        let name = "Their folder".to_owned();
        self.store.folders.insert(folder, Folder { id: folder, space, name, archived: false, statuses: None });
        let list = SeedList { name: "Their list".to_owned(), ..SeedList::default() };
        let list = self.list((space, None), &list)?;
        let task = json!({ "name": "Their task" });
        let body = Body(task.as_object().cloned().unwrap_or_default());
        self.insert(list, &body).map(drop)
    }

    fn insert(&mut self, list: u64, body: &Body) -> Result<u64, SeedError> {
        let made = create::insert(self.app, &mut self.store, (list, self.owner), body);
        made.map_err(|problem| SeedError::refused("a task", &format!("{problem:?}")))
    }

    fn statuses(&mut self, seeds: &[SeedStatus]) -> Result<Option<Vec<Status>>, SeedError> {
        let kind = |seed: &SeedStatus| {
            let kind =
                StatusKind::of_name(&seed.kind).ok_or_else(|| SeedError::missing("the kind of status", &seed.kind))?;
            Ok((seed.name.clone(), kind))
        };
        let named = seeds.iter().map(kind).collect::<Result<Vec<_>, SeedError>>()?;
        Ok((!named.is_empty()).then(|| defaults::named(&mut self.store, &named)))
    }

    fn field(&mut self, place: Place, seed: &SeedField) -> Result<(), SeedError> {
        let items = self.store.workspaces.get(&self.workspace).map(|one| one.custom_items.clone()).unwrap_or_default();
        let item = |name: &String| {
            let found = items.iter().find(|(_, own)| *own == name).map(|(id, _)| *id);
            found.ok_or_else(|| SeedError::missing("the type of task", name))
        };
        let field = Field {
            id: uuid::Uuid::now_v7().to_string(),
            name: seed.name.clone(),
            kind: seed.kind.clone(),
            place,
            required: seed.required,
            options: seed.options.iter().map(|name| (uuid::Uuid::now_v7().to_string(), name.clone())).collect(),
            items: seed.custom_items.iter().map(item).collect::<Result<_, _>>()?,
            created: self.app.now(),
        };
        self.store.fields.push(field);
        Ok(())
    }

    fn space(&mut self, seed: &SeedSpace) -> Result<(), SeedError> {
        let id = defaults::space(&mut self.store, self.workspace, &seed.name);
        let statuses = self.statuses(&seed.statuses)?;
        let members = seed.members.iter().map(|name| self.person(name)).collect::<Result<Vec<_>, _>>()?;
        let owner = self.owner;
        if let Some(space) = self.store.spaces.get_mut(&id) {
            space.private = seed.private;
            space.archived = seed.archived;
            space.members = if seed.private { [owner].into_iter().chain(members).collect() } else { Vec::new() };
            space.tags = seed.tags.iter().map(|tag| (tag.to_lowercase(), owner)).collect();
            space.prefix.clone_from(&seed.custom_task_prefix);
            space.statuses = statuses.unwrap_or_else(|| space.statuses.clone());
        }
        seed.custom_fields.iter().try_for_each(|field| self.field(Place::Space(id), field))?;
        for folder in &seed.folders {
            let own = self.statuses(&folder.statuses)?;
            let folder_id = self.store.next_id("folders");
            let row = Folder {
                id: folder_id,
                space: id,
                name: folder.name.clone(),
                archived: folder.archived,
                statuses: own,
            };
            self.store.folders.insert(folder_id, row);
            folder.custom_fields.iter().try_for_each(|field| self.field(Place::Folder(folder_id), field))?;
            folder.lists.iter().try_for_each(|list| self.list((id, Some(folder_id)), list).map(drop))?;
        }
        seed.lists.iter().try_for_each(|list| self.list((id, None), list).map(drop))
    }

    fn list(&mut self, (space, folder): (u64, Option<u64>), seed: &SeedList) -> Result<u64, SeedError> {
        let statuses = self.statuses(&seed.statuses)?;
        let id = self.store.next_id("lists");
        let zone = self.app.options.zone;
        let list = List {
            id,
            space,
            folder,
            name: seed.name.clone(),
            content: seed.content.clone(),
            archived: seed.archived,
            color: None,
            priority: None,
            assignee: None,
            start: seed.start.map(|day| at_four(day, zone)),
            due: seed.due.map(|day| at_four(day, zone)),
            due_time: false,
            statuses,
        };
        self.store.lists.insert(id, list);
        seed.custom_fields.iter().try_for_each(|field| self.field(Place::List(id), field))?;
        seed.tasks.iter().try_for_each(|task| self.task(id, task))?;
        Ok(id)
    }

    fn task(&mut self, list: u64, seed: &SeedTask) -> Result<(), SeedError> {
        let body = self.body(list, seed)?;
        let id = self.insert(list, &body)?;
        if let Some(task) = self.store.tasks.get_mut(&id) {
            task.spent = seed.time_spent;
        }
        for text in &seed.comments {
            let number = self.store.next_id("comments");
            let comment = Comment {
                id: number,
                task: id,
                thread: None,
                author: self.owner,
                text: text.clone(),
                date: self.app.now(),
                resolved: false,
                assignee: None,
            };
            self.store.comments.insert(number, comment);
        }
        Ok(())
    }

    /// The request that makes a task.
    fn body(&self, list: u64, seed: &SeedTask) -> Result<Body, SeedError> {
        let zone = self.app.options.zone;
        let assignees = seed.assignees.iter().map(|name| self.person(name)).collect::<Result<Vec<_>, _>>()?;
        let mut body = json!({
            "name": seed.name,
            "markdown_content": seed.description,
            "priority": seed.priority,
            "assignees": assignees,
            "tags": seed.tags,
            "start_date": seed.start.map(|day| at_four(day, zone)),
            "due_date": seed.due.map(|day| at_four(day, zone)),
            "points": seed.points,
            "time_estimate": seed.time_estimate,
            "archived": seed.archived,
            "status": seed.status,
            "custom_fields": self.values(list, seed)?,
        });
        if let Some(parent) = &seed.parent {
            body["parent"] = task_key(self.named(parent)?).into();
        }
        if let Some(item) = &seed.custom_item {
            let items = self.store.workspaces.get(&self.workspace).map(|one| &one.custom_items);
            let found = items.and_then(|items| items.iter().find(|(_, name)| *name == item)).map(|(id, _)| *id);
            body["custom_item_id"] = found.ok_or_else(|| SeedError::missing("the type of task", item))?.into();
        }
        Ok(Body(body.as_object().cloned().unwrap_or_default()))
    }

    fn values(&self, list: u64, seed: &SeedTask) -> Result<Vec<Value>, SeedError> {
        let value = |(name, value): (&String, &Value)| {
            let field = self.store.fields_of(list).find(|field| field.name == *name);
            let field = field.ok_or_else(|| SeedError::missing("the custom field", name))?;
            Ok(json!({ "id": field.id, "value": with_option_ids(field, value) }))
        };
        seed.fields.iter().map(value).collect()
    }

    fn person(&self, name: &str) -> Result<u64, SeedError> {
        person(&self.store, name).ok_or_else(|| SeedError::missing("the person", name))
    }

    fn named(&self, name: &str) -> Result<u64, SeedError> {
        let found = self.store.tasks.values().rev().find(|task| task.name == name).map(|task| task.id);
        found.ok_or_else(|| SeedError::missing("the task", name))
    }

    /// What needs all tasks and lists to be there.
    fn edges(&mut self, seed: &Seed) -> Result<(), SeedError> {
        let lists = seed
            .spaces
            .iter()
            .flat_map(|space| space.folders.iter().flat_map(|folder| &folder.lists).chain(&space.lists));
        let (now, user) = (self.app.now(), self.owner);
        for task in lists.flat_map(|list| &list.tasks) {
            if task.waits_for.is_empty() && task.linked_to.is_empty() && task.lists.is_empty() {
                continue;
            }
            let id = self.named(&task.name)?;
            for other in &task.waits_for {
                let depends_on = self.named(other)?;
                self.store.dependencies.push(Dependency { task: id, depends_on, created: now, user });
            }
            for other in &task.linked_to {
                let to = self.named(other)?;
                self.store.links.push(Link { from: id, to, created: now, user });
            }
            for name in &task.lists {
                let list = self.store.lists.values().find(|list| list.name == *name).map(|list| list.id);
                let list = list.ok_or_else(|| SeedError::missing("the list", name))?;
                self.store.tasks.entry(id).and_modify(|task| task.also.push(list));
            }
        }
        Ok(())
    }
}

/// Options by their ids, where somebody wrote their names.
fn with_option_ids(field: &Field, value: &Value) -> Value {
    let id = |name: &Value| {
        let found = field.options.iter().find(|(_, own)| name == own.as_str());
        found.map_or_else(|| name.clone(), |(id, _)| id.clone().into())
    };
    match (field.kind.as_str(), value) {
        ("labels", Value::Array(names)) => names.iter().map(id).collect(),
        _ => id(value),
    }
}

/// The members of a JSON object.
pub(super) fn members(value: Value) -> Map<String, Value> {
    if let Value::Object(members) = value { members } else { Map::new() }
}
