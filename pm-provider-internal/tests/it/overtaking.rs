//! A write that waits while another one overtakes it: what was read before the wait is old by then.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use pm_provider::{
    ChangeKind, ChangeQuery, Changes, Clock, DeleteOptions, Effect, ErrorKind, ItemRef, NewProject, NewRelation,
    NewTask, NewUser, PmProvider, RelationKind, RelationQuery, Relations, Retry, TaskId, TaskPatch, TaskQuery,
    UserAdmin,
};
use pm_provider_internal::store::entity::change;
use pm_provider_internal::store::{Store, StoreOptions};
use pm_provider_internal::{InternalConfig, InternalProvider};
use sea_orm::{ConnectionTrait, EntityTrait, Statement, TransactionOptions, TransactionTrait};

use crate::database::TestDatabase;

/// Long enough for a write to reach the row that it waits for.
const HEAD_START: Duration = Duration::from_millis(200);

#[derive(Debug)]
struct StoppedClock(DateTime<Utc>);

impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

async fn at(database: &TestDatabase, time: &str) -> InternalProvider {
    let store = database.store().await.clock(Arc::new(StoppedClock(time.parse().unwrap())));
    InternalProvider::from_store(store, None).await.unwrap()
}

async fn acting(database: &TestDatabase) -> InternalProvider {
    InternalProvider::open(&InternalConfig::new(&database.url).user("me")).await.unwrap()
}

async fn me(provider: &InternalProvider) -> pm_provider::UserId {
    provider.health_check().await.unwrap().user.unwrap().id
}

on_each_database! {
    async fn an_item_that_is_gone_without_a_word_is_told_as_deleted(database: TestDatabase) {
        let provider = database.provider().await;
        let sql = "INSERT INTO pm_changes (entity, item_id, seq, task_id, deleted, changed_at) \
                   VALUES ('comment', 'gone', 1, 't', false, 0)";
        provider.store().connection().execute_unprepared(sql).await.unwrap();
        let page = provider.changes_page(&ChangeQuery::new(), None).await.unwrap();
        let kinds: Vec<_> = page.items.into_iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [ChangeKind::Deleted(ItemRef::Comment("t".into(), "gone".into()))]);
    }

    async fn the_time_of_an_item_never_goes_back(database: TestDatabase) {
        let (late, early) = (at(&database, "2026-05-02T12:00:00Z").await, at(&database, "2026-05-02T11:00:00Z").await);
        let project = late.create_project(NewProject::new("P")).await.unwrap();
        let task = late.create_task(NewTask::new(&project.id, "t")).await.unwrap();
        let changed = early.update_task(&task.id, TaskPatch::new().title("u")).await.unwrap();
        assert_eq!(changed.version.as_ref().map(pm_provider::Version::as_str), Some("2"));
        assert_eq!(changed.updated_at, task.updated_at);
        assert_eq!(early.get_task(&task.id).await.unwrap(), changed);
    }

    async fn the_acting_user_cannot_be_deleted(database: TestDatabase) {
        let provider = acting(&database).await;
        let error = provider.delete_user(&me(&provider).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
        let other = provider.create_user(NewUser::new("other")).await.unwrap();
        provider.delete_user(&other.id).await.unwrap();
    }

    async fn tasks_can_be_made_after_another_program_deleted_the_acting_user(database: TestDatabase) {
        let provider = acting(&database).await;
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        let task = provider.create_task(NewTask::new(&project.id, "mine")).await.unwrap();
        assert_eq!(task.author_id, Some(me(&provider).await));
        provider.delete_task(&task.id, DeleteOptions::new()).await.unwrap();
        database.provider().await.delete_user(&me(&provider).await).await.unwrap();
        let task = provider.create_task(NewTask::new(&project.id, "nobody's")).await.unwrap();
        assert_eq!(task.author_id, None);
    }

    async fn tasks_are_related_once_from_both_ends(database: TestDatabase) {
        let (one, other) = (database.provider().await, database.provider().await);
        let project = one.create_project(NewProject::new("P")).await.unwrap();
        for round in 0..20 {
            let a = one.create_task(NewTask::new(&project.id, "a")).await.unwrap().id;
            let b = one.create_task(NewTask::new(&project.id, "b")).await.unwrap().id;
            let (forth, back) = tokio::join!(
                one.create_relation(NewRelation::new(RelationKind::Relates, &a, &b)),
                other.create_relation(NewRelation::new(RelationKind::Relates, &b, &a)),
            );
            assert_eq!(forth.unwrap(), back.unwrap(), "round {round}");
            let there = one.relations_page(&RelationQuery::of_task(&a), None).await.unwrap();
            assert_eq!(there.items.len(), 1, "round {round}");
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;

    /// Writes a comment and commits late.
    async fn comment_slowly(store: &Store, task: &TaskId) {
        let written = store.write(|mut transaction| async move {
            let sql = format!(
                "INSERT INTO pm_comments (id, task_id, visibility, version, created_at, updated_at, body) \
                 VALUES ('late', '{task}', 'public', 1, 0, 0, 'late')"
            );
            transaction.execute_unprepared(&sql).await.map_err(Store::error)?;
            transaction.record(ItemRef::Comment(task.clone(), "late".into()), None);
            tokio::time::sleep(HEAD_START * 2).await;
            transaction.done(())
        });
        written.await.unwrap();
    }

    async fn is_told_as_deleted(provider: &InternalProvider) -> bool {
        let key = ("comment".to_owned(), "late".to_owned());
        change::Entity::find_by_id(key).one(provider.store().connection()).await.unwrap().unwrap().deleted
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_comment_that_was_under_way_is_deleted_with_its_task() {
        let Some(database) = TestDatabase::postgres() else { return };
        let (provider, store) = (database.provider().await, database.store().await);
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        let parent = provider.create_task(NewTask::new(&project.id, "parent")).await.unwrap().id;
        let child = provider.create_task(NewTask::new(&project.id, "c").parent_task_id(&parent)).await.unwrap().id;
        let delete = async {
            tokio::time::sleep(HEAD_START).await;
            provider.delete_task(&parent, DeleteOptions::with_contents()).await.unwrap();
        };
        tokio::join!(comment_slowly(&store, &child), delete);
        assert!(is_told_as_deleted(&provider).await);
        provider.changes_page(&ChangeQuery::new(), None).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_comment_that_was_under_way_is_deleted_with_its_project() {
        let Some(database) = TestDatabase::postgres() else { return };
        let (provider, store) = (database.provider().await, database.store().await);
        let project = provider.create_project(NewProject::new("P")).await.unwrap().id;
        let task = provider.create_task(NewTask::new(&project, "t")).await.unwrap().id;
        let delete = async {
            tokio::time::sleep(HEAD_START).await;
            provider.delete_project(&project, DeleteOptions::with_contents()).await.unwrap();
        };
        tokio::join!(comment_slowly(&store, &task), delete);
        assert!(is_told_as_deleted(&provider).await);
    }

    /// More children than one statement loosens, so that a later statement sees what came meanwhile.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_child_that_was_under_way_does_not_lose_its_parent() {
        let Some(database) = TestDatabase::postgres() else { return };
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        let root = provider.create_task(NewTask::new(&project.id, "root")).await.unwrap().id;
        let wide = provider.create_task(NewTask::new(&project.id, "wide").parent_task_id(&root)).await.unwrap().id;
        let deep = provider.create_task(NewTask::new(&project.id, "deep").parent_task_id(&wide)).await.unwrap().id;
        let copy = |ids: &str, parent: &TaskId, rows: &str| {
            format!(
                "INSERT INTO pm_tasks (id, project_id, number, title, status_category, status_name, parent_task_id, \
                 visibility, version, created_at, updated_at, search_text) SELECT {ids}, project_id, {rows}, title, \
                 status_category, status_name, '{parent}', visibility, 1, 0, 0, search_text \
                 FROM pm_tasks, generate_series(1, {rows}) WHERE id = '{wide}'"
            )
        };
        let many = copy("'many' || generate_series", &root, "1500")
            .replace("project_id, 1500", "project_id, 10000 + generate_series");
        provider.store().connection().execute_unprepared(&many).await.unwrap();
        let connection = database.connection().await;
        let between = connection.begin_with_options(TransactionOptions::default()).await.unwrap();
        between.execute_unprepared(&format!("UPDATE pm_tasks SET title = 'w' WHERE id = '{wide}'")).await.unwrap();
        between
            .execute_unprepared(&copy("'late'", &deep, "1").replace("project_id, 1,", "project_id, 99999,"))
            .await
            .unwrap();
        let delete = provider.delete_task(&root, DeleteOptions::with_contents());
        let overtake = async {
            tokio::time::sleep(HEAD_START).await;
            between.commit().await.unwrap();
        };
        let (deleted, ()) = tokio::join!(delete, overtake);
        deleted.unwrap();
        let left = provider.tasks_page(&TaskQuery::new(), None).await.unwrap().items;
        assert_eq!(left, []);
    }

    /// The server ends the line while it commits, as a crash or a broken network would.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_commit_without_an_answer_is_not_to_be_repeated() {
        let Some(database) = TestDatabase::postgres() else { return };
        let provider = database.provider().await;
        let sql = "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS \
                   'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; \
                   CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON pm_projects DEFERRABLE INITIALLY DEFERRED \
                   FOR EACH ROW EXECUTE FUNCTION cut()";
        provider.store().connection().execute_unprepared(sql).await.unwrap();
        let error = provider.create_project(NewProject::new("P")).await.unwrap_err();
        assert_eq!((error.retry(), error.effect()), (Retry::Never, &Effect::Unknown), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert!(error.message().ends_with("it may have been done"), "{error:?}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn writes_do_not_take_the_servers_isolation_level() {
        let Some(database) = TestDatabase::postgres() else { return };
        let sql = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = \
                   ''repeatable read''', current_database()); END $$";
        database.connection().await.execute_unprepared(sql).await.unwrap();
        let store = database.store().await;
        let level = store.write(|transaction| async move {
            let show = Statement::from_string(transaction.get_database_backend(), "SHOW transaction_isolation");
            let row = transaction.query_one_raw(show).await.map_err(Store::error)?.unwrap();
            transaction.done(row.try_get_by_index::<String>(0).unwrap())
        });
        assert_eq!(level.await.unwrap(), "read committed");
    }

    /// Gives a write up after so many steps.
    async fn give_up_after(steps: u32, store: &Store) {
        let mut write = std::pin::pin!(store.write(|transaction| async move {
            std::future::pending::<()>().await;
            transaction.done(())
        }));
        let mut taken = 0;
        let given_up = std::future::poll_fn(|context| {
            taken += 1;
            if taken > steps { std::task::Poll::Ready(()) } else { write.as_mut().poll(context).map(drop) }
        });
        tokio::time::timeout(HEAD_START / 2, given_up).await.ok();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_write_given_up_at_its_beginning_leaves_no_transaction_open() {
        let Some(database) = TestDatabase::postgres() else { return };
        let watch = database.connection().await;
        for steps in 1..8 {
            let store = Store::open(&database.url, &StoreOptions::default().max_connections(1)).await.unwrap();
            // Connecting takes steps of its own.
            store.write(|transaction| async move { transaction.done(()) }).await.unwrap();
            give_up_after(steps, &store).await;
            tokio::time::sleep(HEAD_START / 2).await;
            let open = "SELECT count(*) FROM pg_stat_activity \
                        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            let row = watch.query_one_raw(Statement::from_string(watch.get_database_backend(), open)).await.unwrap();
            assert_eq!(row.unwrap().try_get_by_index::<i64>(0).unwrap(), 0, "after {steps} steps");
        }
    }
}
