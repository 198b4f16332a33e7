//! Creates whose answers get lost: exactly one item, and the caller learns its id or that it may exist.
//!
//! The real Redmine stands behind a proxy that spoils the answers; the fake ClickUp, GitHub, OpenProject and Jiras spoil their own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pm_core::{
    CommentQuery, CreateGuarantee, Effect, Entity, Error, ErrorKind, Field, NewComment, NewProject, NewSprint, NewTask,
    Operation, PmProvider, PmProviderExt, ProjectQuery, Result, SprintQuery, TaskQuery,
};
use pm_testkit::http_fault::{FaultRule, Faults, HttpFault};

/// What is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Project,
    Task,
    Sprint,
    Comment,
}

impl Kind {
    fn entity(self) -> Entity {
        match self {
            Self::Project => Entity::Project,
            Self::Task => Entity::Task,
            Self::Sprint => Entity::Sprint,
            Self::Comment => Entity::Comment,
        }
    }
}

const KINDS: [Kind; 4] = [Kind::Project, Kind::Task, Kind::Sprint, Kind::Comment];

/// How the answer goes wrong.
#[derive(Clone, Debug)]
struct Spoiled {
    name: &'static str,
    fault: HttpFault,
}

fn ways() -> [Spoiled; 3] {
    let second = Duration::from_secs(1);
    [
        Spoiled { name: "dropped", fault: HttpFault::DropReply },
        Spoiled {
            name: "503 after applying",
            fault: HttpFault::ServiceUnavailable { retry_after: None, applied: true },
        },
        Spoiled { name: "429 with Retry-After", fault: HttpFault::TooManyRequests { retry_after: second } },
    ]
}

/// A backend whose answers can be spoiled.
pub(crate) struct Spoilable {
    pub(crate) name: &'static str,
    pub(crate) provider: Arc<dyn PmProvider>,
    pub(crate) faults: Faults,
    /// The method and a part of the path that create each kind.
    pub(crate) create: fn(Kind) -> (&'static str, &'static str),
    /// The key of a project of a name.
    pub(crate) key: fn(&str) -> String,
    /// Whether each project is given its key: a backend may make up keys by trying, and an answer that is lost then may be the
    /// refusal of a key that is taken.
    pub(crate) names_keys: bool,
}

/// Keys of most backends: `Lost replies 1f` is `lost-replies-1f`.
pub(crate) fn dashed(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Where items are made: a project with a task.
pub(crate) struct Place {
    pub(crate) project: String,
    task: String,
}

/// What became of a create.
#[derive(Debug)]
struct Outcome {
    told: Result<String>,
    there: Vec<String>,
}

impl Spoilable {
    /// The kinds that can be made here at all.
    fn kinds(&self) -> Vec<Kind> {
        let can = |kind: &Kind| self.provider.capabilities().can(kind.entity(), Operation::Create);
        KINDS.into_iter().filter(can).collect()
    }

    /// Whether a kind takes keys.
    fn takes_keys(&self, kind: Kind) -> bool {
        self.provider.capabilities().entity(kind.entity()).create_guarantee != CreateGuarantee::None
    }

    pub(crate) async fn place(&self) -> Place {
        let name = unique("Lost replies");
        let mut new = NewProject::new(&name);
        let keys = self.provider.capabilities().entity(Entity::Project).field(Field::Key);
        new.key = keys.on_create.is_possible().then(|| (self.key)(&name));
        let project = self.provider.create_project(new).await.unwrap();
        let task = self.provider.create_task(NewTask::new(&project.id, "Talked about")).await.unwrap();
        Place { project: project.id.to_string(), task: task.id.to_string() }
    }

    /// Creates something of a name, with or without a key, and answers its id.
    async fn create(&self, kind: Kind, place: &Place, name: &str, key: Option<&str>) -> Result<String> {
        let provider = &self.provider;
        match kind {
            Kind::Project => {
                let mut new = NewProject::new(name);
                new.key = self.names_keys.then(|| (self.key)(name));
                new.idempotency_key = key.map(str::to_owned);
                provider.create_project(new).await.map(|project| project.id.to_string())
            }
            Kind::Task => {
                let mut new = NewTask::new(place.project.as_str(), name);
                new.idempotency_key = key.map(str::to_owned);
                provider.create_task(new).await.map(|task| task.id.to_string())
            }
            Kind::Sprint => {
                let mut new = NewSprint::new(place.project.as_str(), name);
                new.idempotency_key = key.map(str::to_owned);
                provider.create_sprint(new).await.map(|sprint| sprint.id.to_string())
            }
            Kind::Comment => {
                let mut new = NewComment::new(place.task.as_str(), name);
                new.idempotency_key = key.map(str::to_owned);
                provider.comments().unwrap().create_comment(new).await.map(|comment| comment.id.to_string())
            }
        }
    }

    /// The ids of all items of a name.
    async fn ids(&self, kind: Kind, place: &Place, name: &str) -> Vec<String> {
        let provider = &self.provider;
        match kind {
            Kind::Project => {
                let all = provider.list_projects(ProjectQuery::new()).await.unwrap();
                // A repository's name has no blanks.
                let named = |it: &str| it == name || it == name.replace(' ', "-");
                all.into_iter().filter(|it| named(&it.name)).map(|it| it.id.to_string()).collect()
            }
            Kind::Task => {
                let all = provider.list_tasks(TaskQuery::in_project(place.project.as_str())).await.unwrap();
                all.into_iter().filter(|it| it.title == name).map(|it| it.id.to_string()).collect()
            }
            Kind::Sprint => {
                let all = provider.list_sprints(SprintQuery::in_project(place.project.as_str())).await.unwrap();
                all.into_iter().filter(|it| it.name == name).map(|it| it.id.to_string()).collect()
            }
            Kind::Comment => {
                let query = CommentQuery::of_task(place.task.as_str());
                let all = provider.comments().unwrap().comments_page(&query, None).await.unwrap().items;
                all.into_iter().filter(|it| it.body == name).map(|it| it.id.to_string()).collect()
            }
        }
    }

    /// Whether two items may have the same name.
    async fn takes_two(&self, kind: Kind, place: &Place) -> bool {
        let name = unique("Same");
        self.create(kind, place, &name, None).await.unwrap();
        self.create(kind, place, &name, None).await.is_ok()
    }

    /// Creates with the answer spoiled once.
    async fn create_spoiled(
        &self,
        kind: Kind,
        place: &Place,
        name: &str,
        key: Option<&str>,
        fault: &HttpFault,
    ) -> Outcome {
        let (method, path) = (self.create)(kind);
        let planned = self.faults.add(FaultRule::new(fault.clone()).method(method).path(path).times(1));
        let told = self.create(kind, place, name, key).await;
        assert_eq!(planned.fired(), 1, "{}: {kind:?}: nothing was spoiled", self.name);
        Outcome { told, there: self.ids(kind, place, name).await }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = match &self.told {
            Ok(id) => format!("told `{id}`"),
            Err(error) => format!("told \"{error}\""),
        };
        write!(formatter, "there: {:?}, {told}", self.there)
    }
}

impl Outcome {
    /// Exactly one item, and its id; or an error that says that it may exist.
    fn assert_once(&self, what: &str) {
        assert_eq!(self.there.len(), 1, "{what}: {self}");
        match &self.told {
            Ok(id) => assert_eq!(*id, self.there[0], "{what}"),
            Err(error) => assert_says_that_it_may_exist(error, what),
        }
    }
}

fn assert_says_that_it_may_exist(error: &Error, what: &str) {
    assert_eq!(*error.effect(), Effect::Unknown, "{what}: {error}");
    assert!(error.to_string().contains("may"), "{what}: {error}");
}

/// Every kind, with and without a key, and every way to lose the answer.
pub(crate) async fn exactly_one(backend: &Spoilable) {
    let place = backend.place().await;
    for kind in backend.kinds() {
        for keyed in [false, true] {
            if keyed && !backend.takes_keys(kind) {
                refuses_keys(backend, &place, kind).await;
                continue;
            }
            for way in ways() {
                one(backend, &place, kind, keyed, &way).await;
            }
        }
    }
}

/// Where a key could not be kept, it is refused before anything is made.
async fn refuses_keys(backend: &Spoilable, place: &Place, kind: Kind) {
    let name = unique("Keyed");
    let refused = backend.create(kind, place, &name, Some("key")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported, "{}: {kind:?}", backend.name);
    assert!(backend.ids(kind, place, &name).await.is_empty(), "{}: {kind:?}", backend.name);
}

async fn one(backend: &Spoilable, place: &Place, kind: Kind, keyed: bool, way: &Spoiled) {
    let what = format!("{}: {kind:?}, {}, {}", backend.name, if keyed { "keyed" } else { "unkeyed" }, way.name);
    let name = unique("Once");
    let key = keyed.then(|| unique("key"));
    let outcome = backend.create_spoiled(kind, place, &name, key.as_deref(), &way.fault).await;
    println!("{what}: {outcome}");
    outcome.assert_once(&what);
    if let Some(key) = &key {
        let again = backend.create(kind, place, &name, Some(key)).await;
        assert_eq!(again.as_ref().ok(), outcome.there.first(), "{what}: again: {again:?}");
        assert_eq!(backend.ids(kind, place, &name).await, outcome.there, "{what}: again");
    }
}

/// Two creates of the same content, both wanted: the second one's lost answer is not taken for the first.
///
/// Where a backend has unique names (Redmine's versions: `validates_uniqueness_of :name` in app/models/version.rb), the second
/// one is refused, and the lost answer was a refusal: there is one, and the caller learns that nothing is certain.
pub(crate) async fn two_that_are_wanted(backend: &Spoilable) {
    let place = backend.place().await;
    for kind in backend.kinds() {
        let expected = if backend.takes_two(kind, &place).await { 2 } else { 1 };
        let name = unique("Twice");
        let first = backend.create(kind, &place, &name, None).await.unwrap();
        if expected == 1 {
            let told = backend.create(kind, &place, &name, None).await.unwrap_err();
            assert_eq!(*told.effect(), Effect::NotExecuted, "{}: {kind:?}: {told}", backend.name);
            assert_eq!(backend.ids(kind, &place, &name).await, [first], "{}: {kind:?}", backend.name);
            continue;
        }
        let outcome = backend.create_spoiled(kind, &place, &name, None, &HttpFault::DropReply).await;
        println!("{}: {kind:?}, the second of two: {outcome}", backend.name);
        assert_eq!(outcome.there.len(), expected, "{}: {kind:?}: {outcome}", backend.name);
        match &outcome.told {
            Ok(id) => assert!(*id != first && outcome.there.contains(id), "{}: {kind:?}: {outcome}", backend.name),
            Err(error) => assert_says_that_it_may_exist(error, backend.name),
        }
    }
}

/// A name that no other test uses, nor an earlier run on the same server.
pub(crate) fn unique(what: &str) -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    format!("{what} {}", &id[id.len() - 10..])
}
