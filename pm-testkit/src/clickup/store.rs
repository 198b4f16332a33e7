//! The server's database.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::builder::Options;
use super::limits::Traffic;
use super::model::{
    Comment, Delivery, Dependency, Field, Folder, Hook, Link, List, Place, Space, Status, Task, Token, User, Workspace,
};

/// What every handler gets: the database and the settings of the site.
#[derive(Clone)]
pub(super) struct App {
    pub(super) options: Arc<Options>,
    /// Where attachments are downloaded from.
    pub(super) files: Arc<str>,
    pub(super) traffic: Arc<Mutex<Traffic>>,
    store: Arc<Mutex<Store>>,
    memory: Arc<Mutex<Memory>>,
    /// How far tests have moved the clock.
    moved: Arc<Mutex<TimeDelta>>,
}

/// What was rendered and selected since the last write.
#[derive(Default)]
struct Memory {
    version: u64,
    texts: HashMap<(u64, bool), Arc<str>>,
    selections: HashMap<String, Arc<[u64]>>,
}

/// Keeps the memory small: more queries than this are not remembered.
const SELECTIONS: usize = 256;

/// The database, to be read.
pub(super) struct Reading<'a>(MutexGuard<'a, Store>);

/// The database, to be changed: whatever was rendered before is rendered anew.
pub(super) struct Writing<'a>(MutexGuard<'a, Store>);

impl Deref for Reading<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}

impl Deref for Writing<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.0
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Store {
        &mut self.0
    }
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    pub(super) fn new(options: Options, store: Store, files: &str) -> Self {
        Self {
            options: Arc::new(options),
            files: files.into(),
            traffic: Arc::default(),
            store: Arc::new(Mutex::new(store)),
            memory: Arc::default(),
            moved: Arc::new(Mutex::new(TimeDelta::zero())),
        }
    }

    pub(super) fn read(&self) -> Reading<'_> {
        Reading(open(&self.store))
    }

    pub(super) fn write(&self) -> Writing<'_> {
        let mut store = open(&self.store);
        store.version += 1;
        Writing(store)
    }

    /// The requests of late.
    pub(super) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        open(&self.traffic)
    }

    /// The time by the server's clock, as exact as it is.
    pub(super) fn moment(&self) -> DateTime<Utc> {
        self.options.clock.now() + *open(&self.moved)
    }

    /// The time by the server's clock, in the database's milliseconds.
    pub(super) fn now(&self) -> i64 {
        self.moment().timestamp_millis()
    }

    /// Moves the clock on.
    pub(super) fn advance(&self, time: TimeDelta) {
        *open(&self.moved) += time;
    }

    /// The JSON of a task, rendered once for as long as nothing changes.
    pub(super) fn rendered(&self, store: &Store, key: (u64, bool), render: impl FnOnce() -> String) -> Arc<str> {
        let mut memory = self.memory(store);
        memory.texts.entry(key).or_insert_with(|| render().into()).clone()
    }

    /// The tasks that a query selects, in their order, looked for once for as long as nothing changes.
    pub(super) fn selected(&self, store: &Store, query: String, select: impl FnOnce() -> Vec<u64>) -> Arc<[u64]> {
        let mut memory = self.memory(store);
        if let Some(found) = memory.selections.get(&query) {
            return found.clone();
        }
        if memory.selections.len() >= SELECTIONS {
            memory.selections.clear();
        }
        memory.selections.entry(query).or_insert_with(|| select().into()).clone()
    }

    fn memory(&self, store: &Store) -> MutexGuard<'_, Memory> {
        let mut memory = open(&self.memory);
        if memory.version != store.version {
            *memory = Memory { version: store.version, ..Memory::default() };
        }
        memory
    }
}

/// All tables, by id.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// How many times something was written.
    version: u64,
    pub(super) users: BTreeMap<u64, User>,
    pub(super) tokens: BTreeMap<String, Token>,
    pub(super) workspaces: BTreeMap<u64, Workspace>,
    pub(super) spaces: BTreeMap<u64, Space>,
    pub(super) folders: BTreeMap<u64, Folder>,
    pub(super) lists: BTreeMap<u64, List>,
    pub(super) tasks: BTreeMap<u64, Task>,
    /// Tasks that were there once.
    pub(super) gone: BTreeSet<u64>,
    pub(super) comments: BTreeMap<u64, Comment>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) links: Vec<Link>,
    pub(super) fields: Vec<Field>,
    pub(super) hooks: Vec<Hook>,
    pub(super) deliveries: Vec<Delivery>,
    last_ids: BTreeMap<&'static str, u64>,
}

/// Where the ids of a table begin, so that those of different kinds never look alike.
fn first_id(table: &str) -> u64 {
    match table {
        "users" => 81_230_000,
        "workspaces" => 9_008_100_000,
        "spaces" => 90_110_200_000,
        "folders" => 90_112_300_000,
        "lists" => 901_104_500_000,
        "tasks" => 36_u64.pow(4),
        "comments" => 90_110_006_000_000,
        "items" => 1_000,
        _ => 4_800_000_000_000_000_000,
    }
}

impl Store {
    /// The next id of a table; ids are never used twice.
    pub(super) fn next_id(&mut self, table: &'static str) -> u64 {
        let last = self.last_ids.entry(table).or_insert_with(|| first_id(table));
        *last += 1;
        *last
    }

    /// The statuses that tasks of a list have: its own, its folder's, or its space's.
    pub(super) fn statuses_of(&self, list: u64) -> &[Status] {
        let Some(list) = self.lists.get(&list) else { return &[] };
        let folder = list.folder.and_then(|id| self.folders.get(&id)).and_then(|folder| folder.statuses.as_deref());
        let space = self.spaces.get(&list.space).map(|space| space.statuses.as_slice());
        list.statuses.as_deref().or(folder).or(space).unwrap_or_default()
    }

    /// The workspace of a list.
    pub(super) fn workspace_of(&self, list: u64) -> Option<u64> {
        let space = self.lists.get(&list)?.space;
        self.spaces.get(&space).map(|space| space.workspace)
    }

    /// The folder that a list counts to: one without a folder has a hidden one of its own.
    pub(super) fn folder_of(&self, list: &List) -> (u64, String, bool) {
        let folder = list.folder.and_then(|id| self.folders.get(&id));
        match folder {
            Some(folder) => (folder.id, folder.name.clone(), false),
            None => (list.id - first_id("lists") + first_id("folders") + 500_000, "hidden".to_owned(), true),
        }
    }

    /// A task's subtasks of every depth.
    pub(super) fn descendants(&self, id: u64) -> Vec<u64> {
        let children = self.tasks.values().filter(|task| task.parent == Some(id)).map(|task| task.id);
        children.flat_map(|child| std::iter::once(child).chain(self.descendants(child))).collect()
    }

    /// The topmost task above one; `None` for one that is at the top itself.
    pub(super) fn top_of(&self, task: &Task) -> Option<u64> {
        let above = |id: &u64| self.tasks.get(id).and_then(|task| task.parent);
        std::iter::successors(task.parent, above).last()
    }

    /// Removes a task with all that hangs on it, its subtasks included (unverified).
    pub(super) fn remove_task(&mut self, id: u64) {
        for one in self.descendants(id).into_iter().chain([id]) {
            self.tasks.remove(&one);
            self.gone.insert(one);
            self.comments.retain(|_, comment| comment.task != one);
            self.dependencies.retain(|edge| edge.task != one && edge.depends_on != one);
            self.links.retain(|link| link.from != one && link.to != one);
        }
    }

    pub(super) fn remove_list(&mut self, id: u64) {
        let inside = self.tasks.values().filter(|task| task.list == id).map(|task| task.id);
        inside.collect::<Vec<_>>().into_iter().for_each(|task| self.remove_task(task));
        self.tasks.values_mut().for_each(|task| task.also.retain(|list| *list != id));
        self.lists.remove(&id);
    }

    pub(super) fn remove_folder(&mut self, id: u64) {
        let inside = self.lists.values().filter(|list| list.folder == Some(id)).map(|list| list.id);
        inside.collect::<Vec<_>>().into_iter().for_each(|list| self.remove_list(list));
        self.folders.remove(&id);
    }

    pub(super) fn remove_space(&mut self, id: u64) {
        let folders = self.folders.values().filter(|folder| folder.space == id).map(|folder| folder.id);
        folders.collect::<Vec<_>>().into_iter().for_each(|folder| self.remove_folder(folder));
        let lists = self.lists.values().filter(|list| list.space == id).map(|list| list.id);
        lists.collect::<Vec<_>>().into_iter().for_each(|list| self.remove_list(list));
        self.spaces.remove(&id);
    }

    /// The places that a list lies in, itself included.
    pub(super) fn places_of(&self, list: u64) -> Vec<Place> {
        let Some(list) = self.lists.get(&list) else { return Vec::new() };
        let workspace = self.spaces.get(&list.space).map(|space| Place::Workspace(space.workspace));
        let folder = list.folder.map(Place::Folder);
        [Some(Place::List(list.id)), folder, Some(Place::Space(list.space)), workspace].into_iter().flatten().collect()
    }

    /// The custom fields that tasks of a list have.
    pub(super) fn fields_of(&self, list: u64) -> impl Iterator<Item = &Field> {
        let places = self.places_of(list);
        self.fields.iter().filter(move |field| places.contains(&field.place))
    }
}
