//! A process killed at any moment leaves of an atomic batch all or nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use pm_core::{NewProject, PmProviderExt, TaskQuery};
use pm_tests::TestDatabase;
use pm_tests::protocol::Event;

use crate::sql;
use crate::worker::{Ended, Worker, random_below};

const BATCHES: usize = 40;
const SIZE: usize = 20;

/// A database, and the project that the writer fills at present.
struct Ground {
    database: TestDatabase,
    project: String,
}

impl Ground {
    async fn new(database: TestDatabase) -> Self {
        let project = new_project(&database).await;
        Self { database, project }
    }

    async fn writer(&self) -> Worker {
        let (count, size) = (BATCHES.to_string(), SIZE.to_string());
        let mut writer = Worker::ready(&["batches", self.database.url(), &self.project, &count, &size]).await;
        writer.go().await;
        writer
    }

    /// How many batches are there; each of them whole, in the order of their making, in an intact database.
    async fn whole_batches(&self) -> usize {
        let provider = self.database.provider().await;
        let tasks = provider.list_tasks(TaskQuery::in_project(self.project.as_str())).await.unwrap();
        let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
        for task in &tasks {
            let batch = task.labels.iter().find_map(|label| label.strip_prefix("batch ")).unwrap();
            *sizes.entry(batch.parse().unwrap()).or_default() += 1;
        }
        assert!(sizes.values().all(|size| *size == SIZE), "of a batch there is all or nothing: {sizes:?}");
        assert!(sizes.keys().copied().eq(0..sizes.len()), "batches are there in the order of their making: {sizes:?}");
        sql::assert_intact(&self.database.connection().await).await;
        sizes.len()
    }

    /// Kills a writer at some moment; returns whether that came before it had done everything.
    async fn kill_one(&self, attempt: usize) -> bool {
        let before = self.whole_batches().await;
        let mut writer = self.writer().await;
        if attempt.is_multiple_of(3) {
            // Anywhere, and that is mostly while it finds again what it made before.
            tokio::time::sleep(Duration::from_micros(random_below(50_000))).await;
        } else {
            writer.hear(|event| *event == Event::Batch(before)).await;
            tokio::time::sleep(Duration::from_micros(random_below(20_000))).await;
        }
        let Ended { status, heard } = writer.kill().await;
        let acknowledged = heard.iter().filter(|event| matches!(event, Event::Batch(_))).count();
        let after = self.whole_batches().await;
        assert!(after >= before.max(acknowledged), "{acknowledged} batches were acknowledged, {after} are there");
        // Those that were killed before the answer of their last batch came may have made one more.
        assert!(after <= before.max(acknowledged) + 1);
        !status.success()
    }

    /// Kills writers, then lets one come to its end: then there is each task once.
    async fn run(&mut self, name: &str, kills: usize) {
        let (mut killed, mut filled) = (0, 0);
        while killed < kills {
            if self.kill_one(killed).await {
                killed += 1;
            }
            if self.whole_batches().await == BATCHES {
                self.come_to_the_end().await;
                self.project = new_project(&self.database).await;
                filled += 1;
            }
        }
        self.come_to_the_end().await;
        println!("sudden death: {name}: {killed} kills, {} projects of {} tasks filled", filled + 1, BATCHES * SIZE);
    }

    async fn come_to_the_end(&self) {
        let heard = self.writer().await.finish().await.succeeded();
        assert_eq!(heard.iter().filter(|event| matches!(event, Event::Batch(_))).count(), BATCHES);
        assert_eq!(self.whole_batches().await, BATCHES);
    }
}

async fn new_project(database: &TestDatabase) -> String {
    database.provider().await.create_project(NewProject::new("Filled")).await.unwrap().id.into_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_leaves_whole_batches_in_an_sqlite_file() {
    Ground::new(TestDatabase::sqlite()).await.run("SQLite", 30).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_leaves_whole_batches_in_a_postgres_database() {
    let Some(database) = TestDatabase::postgres() else { return };
    Ground::new(database).await.run("PostgreSQL", 10).await;
}
