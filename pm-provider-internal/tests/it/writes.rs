//! The write path: all or nothing, and the change feed in the order of commits.

use pm_provider::{Error, ErrorKind, ItemRef};
use pm_provider_internal::store::entity::{change, change_counter, user};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryOrder};

use crate::database::TestDatabase;

fn person(id: &str) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(id.to_owned()),
        name: Set(id.to_owned()),
        active: Set(true),
        version: Set(1),
        created_at: Set(0),
        updated_at: Set(0),
        search_text: Set(id.to_owned()),
        ..Default::default()
    }
}

async fn add(transaction: &mut Transaction, id: &str) -> pm_provider::Result<()> {
    person(id).insert(transaction).await.map_err(Store::error)?;
    transaction.record(ItemRef::Task(id.into()), None);
    Ok(())
}

async fn add_all(store: &Store, ids: &[&str]) -> pm_provider::Result<()> {
    let added = store.write(|mut transaction| async move {
        for id in ids {
            add(&mut transaction, id).await?;
        }
        transaction.done(())
    });
    added.await
}

async fn feed(store: &Store) -> Vec<(i64, String)> {
    let rows = change::Entity::find().order_by_asc(change::Column::Seq).all(store.connection()).await.unwrap();
    rows.into_iter().map(|row| (row.seq, row.item_id)).collect()
}

async fn counter(store: &Store) -> i64 {
    change_counter::Entity::find().one(store.connection()).await.unwrap().unwrap().value
}

async fn people(store: &Store) -> u64 {
    people_within(store.connection()).await
}

async fn people_within<C: ConnectionTrait>(db: &C) -> u64 {
    user::Entity::find().count(db).await.unwrap()
}

on_each_database! {
    async fn an_items_row_moves_to_the_end_of_the_feed(database: TestDatabase) {
        let store = database.store().await;
        add_all(&store, &["a", "b"]).await.unwrap();
        assert_eq!(feed(&store).await, [(1, "a".to_owned()), (2, "b".to_owned())]);
        store.write(|mut transaction| async move {
            for _ in 0..3 {
                transaction.record(ItemRef::Task("a".into()), Some(&"p".into()));
            }
            transaction.record(ItemRef::Task("c".into()), None);
            transaction.record_deletion(ItemRef::Task("a".into()), Some(&"p".into()));
            transaction.done(())
        }).await.unwrap();
        assert_eq!(feed(&store).await, [(2, "b".to_owned()), (3, "c".to_owned()), (4, "a".to_owned())]);
        let row = change::Entity::find_by_id(("task".to_owned(), "a".to_owned())).one(store.connection()).await.unwrap().unwrap();
        assert!(row.deleted);
        assert_eq!(row.project_id.as_deref(), Some("p"));
        assert_eq!(counter(&store).await, 4);
    }

    async fn a_write_that_changes_nothing_moves_nothing(database: TestDatabase) {
        let store = database.store().await;
        store.write(|transaction| async move { transaction.done(()) }).await.unwrap();
        assert_eq!(counter(&store).await, 0);
    }

    async fn a_large_write_is_recorded_whole(database: TestDatabase) {
        let store = database.store().await;
        store.write(|mut transaction| async move {
            for number in 0..2_500 {
                transaction.record(ItemRef::Task(format!("t{number:04}").into()), Some(&"p".into()));
            }
            transaction.done(())
        }).await.unwrap();
        let feed = feed(&store).await;
        assert_eq!(feed.len(), 2_500);
        assert!(feed.iter().zip(0_i64..).all(|((seq, id), number)| *seq == number + 1 && *id == format!("t{number:04}")));
    }

    async fn a_failed_write_leaves_nothing(database: TestDatabase) {
        let store = database.store().await;
        let failed = store.write(|mut transaction| async move {
            add(&mut transaction, "a").await?;
            if people_within(&transaction).await == 1 {
                return Err(Error::invalid_input("changed my mind"));
            }
            transaction.done(())
        });
        assert_eq!(failed.await.unwrap_err().message(), "changed my mind");
        assert_eq!((people(&store).await, counter(&store).await), (0, 0));
        add_all(&store, &["a"]).await.unwrap();
        assert_eq!((people(&store).await, counter(&store).await), (1, 1));
    }

    async fn a_dropped_write_leaves_nothing_and_blocks_nobody(database: TestDatabase) {
        let store = database.store().await;
        for _ in 0..20 {
            let never = store.write(|mut transaction| async move {
                add(&mut transaction, "a").await?;
                std::future::pending::<()>().await;
                transaction.done(())
            });
            let cut = tokio::time::timeout(std::time::Duration::from_millis(20), never).await;
            assert!(cut.is_err());
        }
        add_all(&store, &["b"]).await.unwrap();
        assert_eq!(feed(&store).await, [(1, "b".to_owned())]);
        assert_eq!(people(&store).await, 1);
    }

    async fn a_duplicate_is_a_conflict_without_the_values(database: TestDatabase) {
        let store = database.store().await;
        add_all(&store, &["secret-name"]).await.unwrap();
        let again = add_all(&store, &["secret-name"]);
        let error = again.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret-name"), "{error:?}");
    }

    async fn a_missing_target_is_a_conflict(database: TestDatabase) {
        let store = database.store().await;
        let dangling = store.write(|transaction| async move {
            let sql = "INSERT INTO pm_task_labels (task_id, label, position) VALUES ('none', 'x', 0)";
            transaction.execute_unprepared(sql).await.map_err(Store::error)?;
            transaction.done(())
        });
        assert_eq!(dangling.await.unwrap_err().kind(), ErrorKind::Conflict);
    }

    async fn the_feed_is_complete_and_in_commit_order_under_many_writers(database: TestDatabase) {
        const WRITERS: usize = 8;
        const WRITES: usize = 25;
        let writers: Vec<_> = (0..WRITERS).map(|writer| {
            let url = database.url.clone();
            tokio::spawn(async move {
                // A store each, as processes have.
                let store = Store::open(&url, &pm_provider_internal::store::StoreOptions::default()).await.unwrap();
                for number in 0..WRITES {
                    let id = format!("w{writer}-{number}");
                    add_all(&store, &[id.as_str()]).await.unwrap();
                }
            })
        }).collect();
        let store = database.store().await;
        // A reader that follows the feed must meet each item once, though it reads while others write.
        let mut seen = Vec::new();
        let mut cursor = 0;
        while seen.len() < WRITERS * WRITES {
            let page = feed(&store).await.into_iter().filter(|(seq, _)| *seq > cursor).collect::<Vec<_>>();
            cursor = page.last().map_or(cursor, |(seq, _)| *seq);
            seen.extend(page.into_iter().map(|(_, id)| id));
            tokio::task::yield_now().await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let distinct: std::collections::HashSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), WRITERS * WRITES);
        assert_eq!(counter(&store).await, i64::try_from(WRITERS * WRITES).unwrap());
        assert_eq!(people(&store).await, (WRITERS * WRITES) as u64);
    }
}

/// Two transactions lock two rows crosswise: PostgreSQL ends one, which must be made again without anybody noticing.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_deadlock_is_made_again() {
    let Some(database) = TestDatabase::postgres() else { return };
    let store = database.store().await;
    add_all(&store, &["a", "b"]).await.unwrap();
    let touch = |first: &'static str, second: &'static str| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .write(|transaction| async move {
                    for id in [first, second] {
                        let sql = format!("UPDATE pm_users SET version = version + 1 WHERE id = '{id}'");
                        transaction.execute_unprepared(&sql).await.map_err(Store::error)?;
                        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    }
                    transaction.done(())
                })
                .await
        })
    };
    let (one, other) = (touch("a", "b"), touch("b", "a"));
    one.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
    let versions: Vec<i64> =
        user::Entity::find().all(store.connection()).await.unwrap().iter().map(|user| user.version).collect();
    assert_eq!(versions, [3, 3]);
}

#[test]
fn errors_of_sea_orm_become_the_contracts() {
    let error = Store::error(DbErr::Custom("something else".to_owned()));
    assert_eq!((error.kind(), error.provider()), (ErrorKind::Internal, Some("internal")));
}
