//! The mission's program on every provider. A new backend gets a line in [`every_provider`].

use std::sync::Arc;

use async_trait::async_trait;
use pm_core::{
    Answered, Call, Capabilities, Entity, Error, Interceptor, NewUser, Next, Operation, PmProvider, Result, intercept,
};
use pm_testkit::MemoryProvider;
use pm_tests::mission::{Walk, walk_the_mission};
use pm_tests::{TestDatabase, open};

/// Every provider there is, by name; those that this machine lacks something for are left out.
async fn every_provider() -> Vec<(&'static str, Arc<dyn PmProvider>, Option<TestDatabase>)> {
    let file = TestDatabase::sqlite();
    let mut providers: Vec<(_, Arc<dyn PmProvider>, _)> = vec![
        ("memory", Arc::new(MemoryProvider::new()), None),
        ("internal on SQLite in memory", open("sqlite::memory:").await.unwrap(), None),
        ("internal on an SQLite file", file.provider().await, Some(file)),
    ];
    if let Some(database) = TestDatabase::postgres() {
        providers.push(("internal on PostgreSQL", database.provider().await, Some(database)));
    }
    for (_, provider, _) in &providers {
        provider.user_admin().unwrap().create_user(NewUser::new("Ada")).await.unwrap();
    }
    providers
}

#[tokio::test]
async fn the_missions_program_runs_on_every_provider() {
    for (name, provider, _database) in every_provider().await {
        let walk = walk_the_mission(&provider).await.unwrap_or_else(|deviation| panic!("{name}: {deviation}"));
        println!("mission: {name}: {walk}");
        // Health, listing and getting users, five operations on three kinds of items.
        assert_eq!((walk.answered, walk.unsupported), (18, 0), "{name}");
    }
}

/// Takes everything about a kind of item away; whether calls are refused is another matter.
#[derive(Clone, Debug)]
struct Without {
    entity: Entity,
    refuses: bool,
}

#[async_trait]
impl Interceptor for Without {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if self.refuses && call.operation.contains(self.entity.word()) {
            return Err(Error::unsupported("taken away"));
        }
        next.await
    }

    fn capabilities(&self, mut inner: Capabilities) -> Capabilities {
        inner.entities.remove(&self.entity);
        inner
    }
}

#[tokio::test]
async fn the_missions_program_bears_with_a_backend_that_lacks_something() {
    for (entity, lacking) in [(Entity::Sprint, 5), (Entity::User, 2), (Entity::Task, 5)] {
        let provider = intercept(Arc::new(MemoryProvider::new()), Without { entity, refuses: true });
        let Walk { unsupported, .. } = walk_the_mission(&provider).await.unwrap();
        assert_eq!(unsupported, lacking, "{entity}");
    }
}

#[tokio::test]
async fn the_missions_program_works_in_a_project_that_is_there_where_none_can_be_created() {
    let inner: Arc<dyn PmProvider> = Arc::new(MemoryProvider::new());
    inner.create_project(pm_core::NewProject::new("There Already")).await.unwrap();
    let provider = intercept(inner, ReadOnlyProjects);
    let walk = walk_the_mission(&provider).await.unwrap();
    // Creating and deleting one; nothing is renamed in somebody else's project.
    assert_eq!(walk.unsupported, 2);
}

#[derive(Clone, Debug)]
struct ReadOnlyProjects;

#[async_trait]
impl Interceptor for ReadOnlyProjects {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        match call.operation.as_str() {
            "create_project" | "update_project" | "delete_project" => Err(Error::unsupported("taken away")),
            _ => next.await,
        }
    }

    fn capabilities(&self, mut inner: Capabilities) -> Capabilities {
        let projects = inner.entities.entry(Entity::Project).or_default();
        projects.operations.retain(|operation| matches!(operation, Operation::List | Operation::Get));
        inner
    }
}

#[tokio::test]
async fn the_missions_program_catches_a_backend_that_pretends() {
    let pretends = Without { entity: Entity::Sprint, refuses: false };
    let provider = intercept(Arc::new(MemoryProvider::new()), pretends);
    let deviation = walk_the_mission(&provider).await.unwrap_err();
    assert_eq!(deviation.to_string(), "create sprint is not supported, but was answered");

    let forgets = intercept(Arc::new(MemoryProvider::new()), Forgets);
    let deviation = walk_the_mission(&forgets).await.unwrap_err();
    assert!(deviation.to_string().starts_with("get task failed: "), "{deviation}");
}

/// Says that it can get tasks, and cannot.
#[derive(Clone, Debug)]
struct Forgets;

#[async_trait]
impl Interceptor for Forgets {
    async fn around<'a>(&'a self, call: &'a Call, next: Next<'a>) -> Result<Answered> {
        if call.operation == "get_task" {
            return Err(Error::unsupported("not today"));
        }
        next.await
    }
}
