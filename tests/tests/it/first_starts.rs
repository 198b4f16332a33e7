//! Eight processes open one fresh database at the same moment.

use pm_core::{PmProviderExt, ProjectQuery};
use pm_provider_internal::store;
use pm_tests::TestDatabase;
use pm_tests::protocol::Event;

use crate::sql;
use crate::worker::Worker;

const PROCESSES: usize = 8;
const ROUNDS: usize = 4;

/// Eight first starts: each creates a project, and each migration runs once.
async fn start_all_on(database: &TestDatabase) {
    let mut workers = Vec::new();
    for _ in 0..PROCESSES {
        workers.push(Worker::ready(&["first-start", database.url()]).await);
    }
    for worker in &mut workers {
        worker.go().await;
    }
    let mut created = Vec::new();
    for worker in workers {
        let heard = worker.finish().await.succeeded();
        created.extend(heard.into_iter().filter_map(|event| match event {
            Event::Wrote { id, .. } => Some(id),
            _ => None,
        }));
    }
    let listed = database.provider().await.list_projects(ProjectQuery::new()).await.unwrap();
    let mut listed: Vec<_> = listed.into_iter().map(|project| project.id.into_string()).collect();
    created.sort();
    listed.sort();
    assert_eq!(created.len(), PROCESSES);
    assert_eq!(created, listed);
    assert_migrated_once(database).await;
}

async fn assert_migrated_once(database: &TestDatabase) {
    let connection = database.connection().await;
    let versions: Vec<String> = sql::column(&connection, "SELECT version FROM pm_migrations ORDER BY version").await;
    assert_eq!(versions, store::migration_names());
    sql::assert_intact(&connection).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_start_on_one_fresh_sqlite_file() {
    for _ in 0..ROUNDS {
        start_all_on(&TestDatabase::sqlite()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_start_on_one_fresh_postgres_database() {
    for _ in 0..ROUNDS {
        let Some(database) = TestDatabase::postgres() else { return };
        start_all_on(&database).await;
    }
}
