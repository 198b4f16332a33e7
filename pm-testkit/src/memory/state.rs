//! Everything that the provider holds, and the small steps that all operations are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use pm_provider::{
    AttachmentId, Capabilities, Clock, Comment, CommentId, Entity, Error, ErrorKind, Field, FieldPatch, ItemRef,
    PMUser, ProjectId, PullRequest, RawData, Relation, RelationId, Result, SprintId, SystemClock, TaskId, UserId,
    Version, value::micros,
};

use super::feed::{Entry, Feed};
use super::rows::{AttachmentRow, ProjectRow, SprintRow, TaskRow, UserRow};

/// Everything that the provider holds.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) acting_user: Option<UserId>,
    pub(super) projects: BTreeMap<ProjectId, ProjectRow>,
    pub(super) tasks: BTreeMap<TaskId, TaskRow>,
    pub(super) sprints: BTreeMap<SprintId, SprintRow>,
    pub(super) users: BTreeMap<UserId, UserRow>,
    pub(super) comments: BTreeMap<CommentId, Comment>,
    pub(super) relations: BTreeMap<RelationId, Relation>,
    pub(super) branches: BTreeSet<(ProjectId, String)>,
    pub(super) pull_requests: BTreeMap<String, PullRequest>,
    pub(super) attachments: BTreeMap<AttachmentId, AttachmentRow>,
    pub(super) feed: Feed,
    /// The ids given out per kind of item; deleted items never give theirs back.
    last_ids: BTreeMap<Entity, u64>,
    /// What each idempotency key made. They outlive the items.
    made: BTreeMap<(Entity, String), String>,
}

/// One operation on the state, by a provider that can do this much.
#[derive(Debug)]
pub(super) struct Session<'a> {
    pub(super) capabilities: &'a Capabilities,
    pub(super) state: &'a mut State,
}

impl Default for State {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            acting_user: None,
            projects: BTreeMap::new(),
            tasks: BTreeMap::new(),
            sprints: BTreeMap::new(),
            users: BTreeMap::new(),
            comments: BTreeMap::new(),
            relations: BTreeMap::new(),
            branches: BTreeSet::new(),
            pull_requests: BTreeMap::new(),
            attachments: BTreeMap::new(),
            feed: Feed::default(),
            last_ids: BTreeMap::new(),
            made: BTreeMap::new(),
        }
    }
}

impl State {
    /// The time now, as precise as times are kept.
    pub(super) fn now(&self) -> DateTime<Utc> {
        micros(self.clock.now())
    }

    /// The next id of a kind of item; the zeros make ids sort as they were given out.
    pub(super) fn next_id(&mut self, entity: Entity) -> String {
        let last = self.last_ids.entry(entity).or_default();
        *last += 1;
        format!("{entity}-{last:06}")
    }

    /// Finds what an idempotency key made, if it was used before.
    pub(super) fn made_with<T>(
        &self,
        entity: Entity,
        key: Option<&str>,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(key) = key else { return Ok(None) };
        let Some(id) = self.made.get(&(entity, key.to_owned())) else { return Ok(None) };
        let gone = || conflict(format!("the {entity} `{id}` that the key `{key}` made was deleted since"));
        find(id).map(Some).ok_or_else(gone)
    }

    /// The id of what an idempotency key made, even if it is gone.
    pub(super) fn id_made_with(&self, entity: Entity, key: &str) -> Option<&str> {
        self.made.get(&(entity, key.to_owned())).map(String::as_str)
    }

    /// Keeps what an idempotency key made.
    pub(super) fn keep_key(&mut self, entity: Entity, key: Option<String>, id: &str) {
        if let Some(key) = key {
            self.made.insert((entity, key), id.to_owned());
        }
    }

    /// Notes in the change feed that an item was written.
    pub(super) fn note_written(&mut self, item: ItemRef, project: &ProjectId) {
        self.note(item, project, false);
    }

    /// Notes in the change feed that an item is gone.
    pub(super) fn note_deleted(&mut self, item: ItemRef, project: &ProjectId) {
        self.note(item, project, true);
    }

    fn note(&mut self, item: ItemRef, project: &ProjectId, deleted: bool) {
        let at = self.now();
        self.feed.note(Entry { item, project: project.clone(), deleted, at });
    }

    /// Acts for the user with this login, who is created if need be.
    pub(super) fn act_for(&mut self, login: String) {
        let known = self.users.values().find(|row| row.user.login.as_deref() == Some(&login));
        let id = known.map(|row| row.user.id.clone());
        let id = id.unwrap_or_else(|| {
            let id = UserId::new(self.next_id(Entity::User));
            self.insert_user(PMUser::new(&id, login.clone()).login(login));
            id
        });
        self.acting_user = Some(id);
    }

    /// Checks that a user whom a field names is there.
    pub(super) fn check_user(&self, field: Field, id: &UserId) -> Result<()> {
        if self.users.contains_key(id) {
            return Ok(());
        }
        Err(refuse(field, format!("there is no user `{id}`")))
    }
}

/// The error for what the present state forbids.
pub(super) fn conflict(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Conflict, message)
}

/// The error for one field that cannot have its value.
pub(super) fn refuse(field: Field, problem: impl Into<String>) -> Error {
    Error::invalid_input("the input is not valid").on_field(field, problem)
}

/// The version of a new item.
pub(super) fn first_version() -> Version {
    Version::new("1")
}

/// The version after another.
pub(super) fn next_version(version: Option<&Version>) -> Version {
    let number: u64 = version.and_then(|version| version.as_str().parse().ok()).unwrap_or_default();
    Version::new((number + 1).to_string())
}

/// Checks that an item still has the version that the caller read.
pub(super) fn check_version(item: &ItemRef, has: Option<&Version>, wanted: Option<&Version>) -> Result<()> {
    let (Some(has), Some(wanted)) = (has, wanted) else { return Ok(()) };
    if has == wanted {
        return Ok(());
    }
    let name = format!("{} `{}`", item.entity(), item.id());
    let message = format!("{name} has version `{has}` by now, not `{wanted}`");
    Err(Error::new(ErrorKind::VersionConflict, message).subject(name).hint("read it again, then decide"))
}

/// Gives a field that is never empty its new value.
pub(super) fn set<T>(patch: FieldPatch<T>, field: &mut T) {
    if let FieldPatch::Set(value) = patch {
        *field = value;
    }
}

/// Gives the raw data its new text.
pub(super) fn set_raw(patch: FieldPatch<RawData>, field: &mut RawData) {
    match patch {
        FieldPatch::Set(value) => *field = value,
        FieldPatch::Clear => *field = RawData::none(),
        _ => {}
    }
}

/// Says whether two items are equal in everything, raw data included, which `==` alone does not look at.
pub(super) fn is_same<T: PartialEq>(one: (&T, &RawData), other: (&T, &RawData)) -> bool {
    one.0 == other.0 && one.1.is_same(other.1)
}
