//! What is the databases' own business: one writer over many programs, statements, indexes, lines that break.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pm_provider::{Effect, ErrorKind, PmProvider};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{Store, StoreOptions, connect, mappings, migrate};
use pm_sync::config::Mode;
use pm_sync::item::Side;
use pm_sync::store::{IntentOp, RunPhase, Settlement, SqlStore, StoreError, SyncStore, TakeIn, WorkReason};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::store_bed::sql::{Database, mapping};
use crate::store_rows::{at, changed, conflict, event, full_link, intent, run, task};

const LONG: Duration = Duration::from_secs(60);

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// A store that keeps the statements it makes.
async fn watched(database: &Database) -> (SqlStore, Arc<Mutex<Vec<String>>>) {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let mut connection = connect(&database.url, &StoreOptions::default()).await.unwrap();
    let seen = statements.clone();
    connection.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.sql.clone()));
    (SqlStore::new(Store::new(connection)), statements)
}

const TABLES: [&str; 9] = [
    "sync_items",
    "sync_work",
    "sync_cursors",
    "sync_intents",
    "sync_conflicts",
    "sync_events",
    "sync_runs",
    "sync_users",
    "sync_leases",
];

on_each_database! {
    async fn what_is_remembered_goes_with_the_mapping(database: Database) {
        let store = database.store().await;
        let mapping = mapping(&store, "one").await;
        let sync = SqlStore::new(store.clone());
        let lease = sync.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
        let mut taken = TakeIn::default();
        taken.work = vec![changed(Side::A, task("t1"))];
        taken.links = vec![full_link("l1", "a1", "b1")];
        taken.events = vec![event("e1", "r1", 0)];
        taken.state = Some((Side::A, Default::default()));
        sync.take_in(&lease, taken).await.unwrap();
        sync.begin(&lease, vec![intent("i1", IntentOp::Create, 0)]).await.unwrap();
        let mut settlement = Settlement::default();
        settlement.conflicts = vec![conflict("c1", "l1", 0)];
        sync.settle(&lease, settlement).await.unwrap();
        sync.save_run(&lease, &run("r1", 0)).await.unwrap();
        let user = pm_sync::store::UserLink {
            ids: pm_sync::item::Pair::new("a".to_owned(), "b".to_owned()),
            how: pm_sync::store::UserMatch::Login,
        };
        sync.save_users(&lease, vec![user]).await.unwrap();
        for table in TABLES {
            assert_eq!(number(store.connection(), &format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
        }
        let changes = number(store.connection(), "SELECT count(*) FROM pm_changes WHERE entity <> 'project'").await;
        assert_eq!(changes, 0, "nothing of this is for the change feed");

        assert!(mappings::remove(&store, &mapping).await.unwrap());
        for table in TABLES {
            assert_eq!(number(store.connection(), &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        let lost = sync.save_run(&lease, &run("r2", 0)).await.unwrap_err();
        assert!(matches!(lost, StoreError::LeaseLost), "{lost:?}");
        let missing = sync.claim(&mapping, "worker", LONG).await.unwrap_err();
        assert!(matches!(&missing, StoreError::Failed(error) if error.kind() == ErrorKind::NotFound), "{missing:?}");
    }

    async fn a_run_to_the_end_is_the_mappings_last_sync(database: Database) {
        let store = database.store().await;
        let mapping = mapping(&store, "one").await;
        let sync = SqlStore::new(store.clone());
        let lease = sync.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
        let last_sync = async || mappings::list(&store, None).await.unwrap().remove(0).last_sync_at;
        let mut ended = run("r1", 0);
        sync.save_run(&lease, &ended).await.unwrap();
        (ended.phase, ended.ended_at, ended.outcome) = (RunPhase::Ended, Some(at(3)), Some("needs_approval".to_owned()));
        sync.save_run(&lease, &ended).await.unwrap();
        (ended.mode, ended.outcome) = (Mode::Observe, Some("done".to_owned()));
        sync.save_run(&lease, &ended).await.unwrap();
        assert_eq!(last_sync().await, None);
        ended.mode = Mode::Shadow;
        sync.save_run(&lease, &ended).await.unwrap();
        assert_eq!(last_sync().await, Some(at(3)));
    }

    /// Two programs with connections of their own, one of which takes over again and again: what a worker was told that
    /// it wrote is there, and whatever it wrote was written while it had the mapping.
    async fn programs_that_take_over_from_each_other_are_fenced(database: Database) {
        let mapping = mapping(&database.store().await, "one").await;
        let workers = (0..4).map(|worker| {
            let (url, mapping) = (database.url.clone(), mapping.clone());
            tokio::spawn(async move {
                let store = SqlStore::new(Store::open(&url, &StoreOptions::default()).await.unwrap());
                let (mut written, mut lost) = (Vec::new(), 0);
                for _ in 0..10 {
                    // Over at once: everybody else may come in between any two steps.
                    let Some(lease) = store.claim(&mapping, &format!("w{worker}"), Duration::ZERO).await.unwrap() else {
                        continue;
                    };
                    for step in 0..3 {
                        let id = format!("e{:04}-{step}", lease.epoch);
                        let mut settlement = Settlement::default();
                        settlement.events = vec![event(&id, &format!("w{worker}"), lease.epoch)];
                        settlement.work = vec![changed(Side::A, task("t1"))];
                        match store.settle(&lease, settlement).await {
                            Ok(()) => written.push(id),
                            Err(StoreError::LeaseLost) => lost += 1,
                            Err(error) => panic!("{error:?}"),
                        }
                    }
                }
                (written, lost)
            })
        });
        let (mut written, mut lost) = (Vec::new(), 0);
        for worker in workers.collect::<Vec<_>>() {
            let (by_worker, times) = worker.await.unwrap();
            written.extend(by_worker);
            lost += times;
        }
        written.sort();
        let store = SqlStore::new(database.store().await);
        let events = store.events(&mapping, None).await.unwrap();
        assert_eq!(events.into_iter().map(|event| event.id).collect::<Vec<_>>(), written);
        assert_eq!(written.len() + lost, 4 * 10 * 3);
        // Every write took a generation, no two the same one.
        let work = store.all_work(&mapping).await.unwrap();
        assert_eq!(work.iter().map(|work| work.generation).collect::<Vec<_>>(), [written.len() as i64]);
    }

    async fn a_look_that_finds_nothing_to_do_is_cheap(database: Database) {
        let mapping = mapping(&database.store().await, "one").await;
        let (store, statements) = watched(&database).await;
        let lease = store.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
        let mut taken = TakeIn::default();
        taken.links = (0..500).map(|n| full_link(&format!("l{n}"), &format!("a{n}"), &format!("b{n}"))).collect();
        store.take_in(&lease, taken).await.unwrap();
        store.release(&lease).await.unwrap();

        statements.lock().unwrap().clear();
        let lease = store.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
        store.open_intents(&mapping).await.unwrap();
        for side in Side::BOTH {
            store.side_state(&mapping, side).await.unwrap();
        }
        assert_eq!(store.due_work(&mapping, at(0), 100).await.unwrap(), []);
        store.release(&lease).await.unwrap();
        let made = statements.lock().unwrap().clone();
        assert_eq!(made.len(), 6, "{made:#?}");
        assert_eq!(made.iter().filter(|sql| !sql.starts_with("SELECT")).count(), 2, "{made:#?}");
    }

    async fn a_step_takes_as_many_statements_for_fifty_items_as_for_one(database: Database) {
        let mapping = mapping(&database.store().await, "one").await;
        let (store, statements) = watched(&database).await;
        let lease = store.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
        let mut counts = Vec::new();
        for (round, size) in [1, 50].into_iter().enumerate() {
            let ids: Vec<_> = (0..size).map(|n| format!("{round}-{n}")).collect();
            let mut taken = TakeIn::default();
            taken.work = ids.iter().map(|id| changed(Side::A, task(id))).collect();
            store.take_in(&lease, taken).await.unwrap();
            let work = store.due_work(&mapping, at(0), 100).await.unwrap();
            assert_eq!(work.len(), size);
            let intents = ids.iter().map(|id| intent(id, IntentOp::Create, 0)).collect();
            statements.lock().unwrap().clear();
            store.begin(&lease, intents).await.unwrap();
            let mut settlement = Settlement::default();
            settlement.intents_over = ids.clone();
            settlement.links = ids.iter().map(|id| crate::store_rows::link(id, id, id)).collect();
            settlement.events = ids.iter().map(|id| event(id, "r1", 0)).collect();
            settlement.done = work;
            store.settle(&lease, settlement).await.unwrap();
            counts.push(statements.lock().unwrap().len());
        }
        assert_eq!(counts, [8, 8]);
        assert_eq!(store.all_work(&mapping).await.unwrap(), []);
    }
}

/// How SQLite finds the rows of a statement.
async fn plan(db: &DatabaseConnection, statement: &Statement) -> String {
    let explain = Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement.clone() };
    let rows = db.query_all_raw(explain).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn nothing_is_found_by_looking_at_all_rows() {
    let database = Database::sqlite();
    let mapping = mapping(&database.store().await, "one").await;
    let statements = Arc::new(Mutex::new(Vec::new()));
    let mut connection = connect(&database.url, &StoreOptions::default()).await.unwrap();
    migrate(&connection).await.unwrap();
    let seen = statements.clone();
    connection.set_metric_callback(move |info| seen.lock().unwrap().push(info.statement.clone()));
    let store = SqlStore::new(Store::new(connection));

    let lease = store.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
    let mut settlement = Settlement::default();
    settlement.links = vec![full_link("l1", "a1", "b1"), full_link("l2", "a2", "b2")];
    settlement.conflicts = vec![conflict("c1", "l1", 0)];
    settlement.unlinked = vec!["l3".to_owned()];
    settlement.intents_over = vec!["i1".to_owned()];
    settlement.done = vec![changed(Side::A, task("t1"))];
    settlement.work = vec![changed(Side::A, task("t2"))];
    store.settle(&lease, settlement).await.unwrap();
    store.put_off(&lease, vec![changed(Side::A, task("t1"))]).await.unwrap();
    store.due_work(&mapping, at(0), 10).await.unwrap();
    store.links_of(&mapping, Side::A, &[task("a1")]).await.unwrap();
    store.links_of(&mapping, Side::B, &[task("b1")]).await.unwrap();
    store.links_after(&mapping, None, Some("l1"), 10).await.unwrap();
    store.links_after(&mapping, Some(pm_sync::item::Kind::Task), Some("l1"), 10).await.unwrap();
    store.count_links(&mapping).await.unwrap();
    store.comment_links(&mapping, Side::B, "b1").await.unwrap();
    store.pending_children(&mapping).await.unwrap();
    store.work_of(&mapping, Side::A, &[task("t1")]).await.unwrap();
    store.conflicts(&mapping, true).await.unwrap();
    store.runs(&mapping, 10).await.unwrap();
    store.side_state(&mapping, Side::A).await.unwrap();
    store.renew(&lease, LONG).await.unwrap();
    store.resolve(&mapping, "c1", Side::A, "ada").await.unwrap();
    store.release(&lease).await.unwrap();

    let made = std::mem::take(&mut *statements.lock().unwrap());
    let looked = database.store().await;
    let (mut explained, mut ordered) = (0, 0);
    for statement in made.iter().filter(|statement| !statement.sql.starts_with("INSERT")) {
        let plan = plan(looked.connection(), statement).await;
        assert!(!plan.lines().any(|line| line.starts_with("SCAN")), "{}\n{plan}", statement.sql);
        explained += 1;
        if ["sync_work", "sync_items"].iter().any(|table| statement.sql.contains(&format!("ORDER BY \"{table}\""))) {
            assert!(!plan.contains("TEMP B-TREE"), "{}\n{plan}", statement.sql);
            ordered += 1;
        }
    }
    assert!(explained >= 23 && ordered == 4, "{explained} {ordered}");
}

/// The server ends the line while it commits, as a crash or a broken network would.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_without_an_answer_is_in_doubt() {
    let Some(database) = Database::postgres() else { return };
    let store = database.store().await;
    let mapping = mapping(&store, "one").await;
    let sync = SqlStore::new(store.clone());
    let lease = sync.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
    let cut = "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS \
               'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; \
               CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON sync_intents DEFERRABLE INITIALLY DEFERRED \
               FOR EACH ROW EXECUTE FUNCTION cut()";
    store.connection().execute_unprepared(cut).await.unwrap();
    let doubt = sync.begin(&lease, vec![intent("i1", IntentOp::Create, 0)]).await.unwrap_err();
    assert!(matches!(&doubt, StoreError::Failed(error) if *error.effect() == Effect::Unknown), "{doubt:?}");
    store.connection().execute_unprepared("DROP TRIGGER cut ON sync_intents").await.unwrap();
    // Made again with the same ids it is there once, whatever became of the first.
    sync.begin(&lease, vec![intent("i1", IntentOp::Create, 0)]).await.unwrap();
    assert_eq!(sync.open_intents(&mapping).await.unwrap(), [intent("i1", IntentOp::Create, 0)]);
}

/// A worker that is about to commit keeps others from taking the mapping until it has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_waits_for_a_commit_that_is_under_way() {
    let Some(database) = Database::postgres() else { return };
    let store = database.store().await;
    let mapping = mapping(&store, "one").await;
    let sync = SqlStore::new(store.clone());
    let first = sync.claim(&mapping, "first", Duration::ZERO).await.unwrap().unwrap();
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
                'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'; \
                CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON sync_events DEFERRABLE INITIALLY DEFERRED \
                FOR EACH ROW EXECUTE FUNCTION slow()";
    store.connection().execute_unprepared(slow).await.unwrap();
    let mut settlement = Settlement::default();
    settlement.events = vec![event("e1", "r1", 0)];
    let settle = sync.settle(&first, settlement);
    let overtake = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let second = sync.claim(&mapping, "second", LONG).await.unwrap().unwrap();
        (second, sync.events(&mapping, None).await.unwrap().len())
    };
    let (settled, (second, seen)) = tokio::join!(settle, overtake);
    settled.unwrap();
    assert_eq!((second.epoch, seen), (2, 1), "whoever takes over sees what the one before was told that it wrote");
    assert!(matches!(sync.begin(&first, vec![]).await.unwrap_err(), StoreError::LeaseLost));
}

/// The lease goes by the database's clock: a worker whose own clock is wrong neither takes nor loses it for that.
#[tokio::test]
async fn a_workers_clock_does_not_matter() {
    #[derive(Debug)]
    struct Wrong;
    impl pm_provider::Clock for Wrong {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            at(1_000_000_000_000)
        }
    }
    let database = Database::sqlite();
    let store = database.store().await;
    let mapping = mapping(&store, "one").await;
    let right = SqlStore::new(store);
    let wrong = SqlStore::new(database.store().await.clock(Arc::new(Wrong)));
    let lease = right.claim(&mapping, "right", LONG).await.unwrap().unwrap();
    assert_eq!(wrong.claim(&mapping, "wrong", LONG).await.unwrap(), None);
    let left = lease.expires_at - chrono::Utc::now();
    assert!(left > chrono::TimeDelta::seconds(50) && left < chrono::TimeDelta::seconds(70), "{left}");
}

#[tokio::test]
async fn a_project_that_goes_takes_it_along() {
    let database = Database::sqlite();
    let store = database.store().await;
    let mapping = mapping(&store, "one").await;
    let sync = SqlStore::new(store.clone());
    let lease = sync.claim(&mapping, "worker", LONG).await.unwrap().unwrap();
    let mut taken = TakeIn::default();
    taken.work = vec![pm_sync::store::Work::new(Side::B, task("t1"), WorkReason::Deleted)];
    sync.take_in(&lease, taken).await.unwrap();
    let provider = InternalProvider::from_store(store.clone(), None).await.unwrap();
    let project = mappings::list(&store, None).await.unwrap().remove(0).internal_project_id;
    provider.delete_project(&project.into(), pm_provider::DeleteOptions::with_contents()).await.unwrap();
    assert_eq!(number(store.connection(), "SELECT count(*) FROM sync_work").await, 0);
    assert_eq!(store.connection().get_database_backend(), DbBackend::Sqlite);
}
