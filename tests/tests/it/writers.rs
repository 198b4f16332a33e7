//! Eight processes write one database at once, a ninth follows its change feed.

use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use pm_core::{
    ChangeQuery, CommentId, ItemRef, NewProject, NewTask, PMTask, PmProvider, PmProviderExt, TaskId, TaskQuery,
};
use pm_tests::TestDatabase;
use pm_tests::protocol::Seen;

use crate::ledger::{Ledger, assert_nothing_missed};
use crate::sql;
use crate::worker::{Ended, Worker, random_below};

const WRITERS: usize = 8;

/// How long writers write: short for every day, as long as the promise says where somebody asks for it.
fn seconds(short: u64) -> u64 {
    let long = std::env::var("PM_TEST_LONG").is_ok_and(|value| value == "1");
    if long { 30 } else { short }
}

/// A database with a project and the task that all writers share.
struct Ground {
    database: TestDatabase,
    project: String,
    shared: String,
}

impl Ground {
    async fn new(database: TestDatabase) -> Self {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("Written Under Load")).await.unwrap().id;
        let shared = provider.create_task(NewTask::new(&project, "Shared")).await.unwrap().id;
        Self { database, project: project.into_string(), shared: shared.into_string() }
    }

    async fn writer(&self, number: usize, seconds: u64) -> Worker {
        let (number, seconds) = (number.to_string(), seconds.to_string());
        Worker::ready(&["write", self.database.url(), &self.project, &self.shared, &number, &seconds]).await
    }

    async fn run(&self, name: &str, seconds: u64, kills: bool) {
        let mut follower = Worker::ready(&["follow", self.database.url(), "50"]).await;
        follower.go().await;
        let mut writers = Vec::new();
        for number in 0..WRITERS {
            // Who is to be killed would never come to an end, however late the killer comes.
            let seconds = if kills && is_killed(number) { 3_600 } else { seconds };
            writers.push(self.writer(number, seconds).await);
        }
        for writer in &mut writers {
            writer.go().await;
        }
        let ended = end_all(writers, seconds, kills).await;
        // But for the `ready` at the beginning.
        let meanwhile = follower.heard_so_far() - 1;
        assert!(meanwhile > 1, "the feed was read while they wrote");
        let pages = follower.finish().await.succeeded();

        let ledger = Ledger::of(ended.iter().map(|ended| &ended.heard[..]));
        let (feed, changes) = self.verify(&ledger, &pages).await;
        println!(
            "writers: {name}: {WRITERS} processes, {seconds} s: {} writes acknowledged, {} items there, {feed} in the \
             feed, {changes} changes followed in {} pages, {meanwhile} of them during the writing",
            ledger.writes,
            ledger.certain(),
            pages.len() - 2,
        );
    }

    /// Looks at everything with a process that was not there. Returns the length of the feed and of what was followed.
    async fn verify(&self, ledger: &Ledger, pages: &[pm_tests::protocol::Event]) -> (usize, usize) {
        let provider = self.database.provider().await;
        let mut tasks = provider.list_tasks(TaskQuery::in_project(self.project.as_str())).await.unwrap();
        assert_keys_differ(&tasks);
        let shared = tasks.iter().position(|task| task.id.as_str() == self.shared).unwrap();
        ledger.assert_shared_task(&tasks.remove(shared));
        ledger.assert_tasks(&tasks);
        assert_comments(&provider, ledger).await;

        let feed = self.feed(&provider).await;
        ledger.assert_feed(&feed, &[&self.project, &self.shared]);
        ledger.assert_commit_order(&feed);
        let connection = self.database.connection().await;
        sql::assert_intact(&connection).await;
        assert_numbered(&connection, &feed).await;
        (feed.len(), assert_nothing_missed(pages, &feed))
    }

    async fn feed(&self, provider: &Arc<dyn PmProvider>) -> Vec<Seen> {
        let changes: Vec<_> = provider.stream_changes(ChangeQuery::new()).try_collect().await.unwrap();
        changes.iter().map(Seen::from_change).collect()
    }
}

/// Half of them are.
fn is_killed(writer: usize) -> bool {
    writer.is_multiple_of(2)
}

/// Waits for the writers, or kills every second one half-way.
async fn end_all(writers: Vec<Worker>, seconds: u64, kills: bool) -> Vec<Ended> {
    if kills {
        let half = seconds * 1_000 / 2;
        tokio::time::sleep(Duration::from_millis(half / 2 + random_below(half))).await;
    }
    let mut ended = Vec::new();
    let mut spared = Vec::new();
    for (number, writer) in writers.into_iter().enumerate() {
        if kills && is_killed(number) {
            let killed = writer.kill().await;
            assert!(!killed.status.success(), "writer {number} was killed while it wrote");
            assert_eq!(killed.errors(), Vec::<&str>::new());
            ended.push(killed);
        } else {
            spared.push(writer);
        }
    }
    for writer in spared {
        let Ended { status, heard } = writer.finish().await;
        let heard = Ended { status, heard }.succeeded();
        ended.push(Ended { status, heard });
    }
    ended
}

fn assert_keys_differ(tasks: &[PMTask]) {
    let mut keys: Vec<_> = tasks.iter().map(|task| task.key.clone().unwrap()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), tasks.len(), "each task has a key of its own");
}

async fn assert_comments(provider: &Arc<dyn PmProvider>, ledger: &Ledger) {
    let support = provider.sync_support().unwrap();
    let wanted: Vec<_> =
        ledger.comments().map(|(task, id)| ItemRef::Comment(TaskId::from(task), CommentId::from(id))).collect();
    assert!(!wanted.is_empty());
    for wanted in wanted.chunks(100) {
        let mut found: Vec<_> = support.get_many(wanted).await.unwrap().iter().map(pm_core::Item::reference).collect();
        found.sort();
        let mut wanted = wanted.to_vec();
        wanted.sort();
        assert_eq!(found, wanted, "an acknowledged comment is lost");
    }
}

/// The numbers behind the feed strictly increase, and the counter stands at the last one.
async fn assert_numbered(connection: &sea_orm::DatabaseConnection, feed: &[Seen]) {
    let sql = "SELECT item_id FROM pm_changes WHERE entity <> 'user' ORDER BY seq";
    let ids: Vec<String> = sql::column(connection, sql).await;
    assert!(ids.iter().eq(feed.iter().map(|seen| &seen.id)), "the feed is not in the order of its numbers");
    let numbers: Vec<i64> = sql::column(connection, "SELECT seq FROM pm_changes ORDER BY seq").await;
    assert!(numbers.is_sorted_by(|before, after| before < after));
    let counter: i64 = sql::value(connection, "SELECT value FROM pm_change_counter").await;
    assert_eq!(numbers.last(), Some(&counter));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_writers_on_one_sqlite_file() {
    let ground = Ground::new(TestDatabase::sqlite()).await;
    ground.run("SQLite", seconds(5), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_writers_on_one_sqlite_file_half_of_them_killed() {
    let ground = Ground::new(TestDatabase::sqlite()).await;
    ground.run("SQLite, 4 killed", seconds(5), true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_writers_on_one_postgres_database() {
    let Some(database) = TestDatabase::postgres() else { return };
    Ground::new(database).await.run("PostgreSQL", seconds(3), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_writers_on_one_postgres_database_half_of_them_killed() {
    let Some(database) = TestDatabase::postgres() else { return };
    Ground::new(database).await.run("PostgreSQL, 4 killed", seconds(3), true).await;
}
