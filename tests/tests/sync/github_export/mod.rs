//! The whole of a repository's issues goes from GitHub into our database, and from there into a Redmine; then every title,
//! state, label, comment, author and time of the export is accounted for by name.
//!
//! `PM_TEST_GITHUB_EXPORT` names a folder with an export: `issues.json`, `comments.json`, `milestones.json`, `users.json`, an
//! array in each as `gh api --paginate` writes it. Without it the export is a small invented one.

mod account;
mod export;
mod invented;
mod listing;
mod mirrored;
mod server;
mod shadowed;
mod world;

use std::sync::Arc;

use pm_core::{NewProject, PmProvider, ProjectId, Secret};
use pm_provider_github::{GitHubConfig, GitHubProvider};
use pm_sync::engine::Engine;
use pm_tests::redmine::{TestRedmine, redmine_server};

use export::Export;
use server::{ExportServer, REPOSITORY};
use world::{Contents, World, settle};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_goes_from_github_through_our_database_into_redmine() {
    let export = Arc::new(Export::wanted());
    let server = ExportServer::start(Arc::clone(&export)).await;
    let world = World::new(&export.full_name).await;
    let inward = world.engine(github(&server, &export), ProjectId::from(REPOSITORY.to_string()), "mirror_in").await;
    mirror(&world, &inward, &export, &server).await;

    match redmine_server() {
        Some(redmine) => shadow(&world, redmine, &export).await,
        None => println!("left out: the copy in Redmine"),
    }
    // The way outward has taken nothing away, and nothing of it is news for the way inward.
    let ours = Contents::read(&world.ours, &world.project).await;
    mirrored::account(&export, &ours).close("our database at the end");
    assert_eq!(settle(&inward).await.len(), 0, "a second round writes nothing");
    assert_eq!(server.refused_writes().len(), 0, "{:?}", server.refused_writes());
    assert_eq!(server.unanswered().len(), 0, "{:?}", server.unanswered());
}

/// From GitHub into our database.
async fn mirror(world: &World, engine: &Engine, export: &Export, server: &ExportServer) {
    let wrote = settle(engine).await;
    println!("GitHub: {} requests, {} runs that wrote", server.requests().len(), wrote.len());
    let ours = Contents::read(&world.ours, &world.project).await;
    mirrored::account(export, &ours).close("our database");
    mirrored::account_for_report(export, &engine.parity().await.unwrap());
}

/// From our database into a project of a Redmine.
async fn shadow(world: &World, redmine: &TestRedmine, export: &Export) {
    let theirs = redmine.provider();
    let key = format!("export-{}", std::process::id());
    let there = theirs.create_project(NewProject::new(&*export.full_name).key(key)).await.unwrap().id;
    let engine = world.engine(Arc::clone(&theirs), there.clone(), "shadow").await;
    let wrote = settle(&engine).await;
    println!("Redmine: {} runs that wrote", wrote.len());
    let ours = Contents::read(&world.ours, &world.project).await;
    let copy = Contents::read(&theirs, &there).await;
    let twins = shadowed::twins(&engine).await;
    shadowed::account(export, &ours, &copy, &twins).close("Redmine");
    shadowed::account_for_report(export, &engine.parity().await.unwrap());
}

/// A provider that may only read, and reads in small pages.
fn github(server: &ExportServer, export: &Export) -> Arc<dyn PmProvider> {
    let (owner, name) = export.place();
    let config = GitHubConfig::new(Secret::new("a-token-that-may-read")).base_url(server.url()).repository(owner, name);
    // Labels stay labels, also those that begin as priorities do.
    Arc::new(GitHubProvider::new(config.priority_labels("").page_size(10).pace(0.001)).unwrap())
}
