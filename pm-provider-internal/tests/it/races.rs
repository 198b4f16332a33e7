//! Several writers at once: what one statement cannot see, the rules must survive.

use std::collections::HashSet;

use pm_provider::{
    Batch, BatchOperation, BatchOptions, ChangeQuery, Changes, ErrorKind, NewProject, NewSprint, NewTask, NewUser,
    PmProvider, Result, TaskPatch, TaskQuery, UserAdmin,
};
use pm_provider_internal::{InternalConfig, InternalProvider};

use crate::database::TestDatabase;

/// Providers with connections of their own, as processes have.
async fn several(database: &TestDatabase, count: usize) -> Vec<InternalProvider> {
    let mut providers = Vec::new();
    for _ in 0..count {
        providers.push(InternalProvider::open(&InternalConfig::new(&database.url)).await.unwrap());
    }
    providers
}

/// Creates the same from all sides at once, and makes sure that one item comes of it.
async fn one_item<F, Create>(providers: &[InternalProvider], create: F)
where
    F: Fn(InternalProvider) -> Create,
    Create: Future<Output = Result<String>> + Send + 'static,
{
    let creates: Vec<_> = providers.iter().cloned().map(|provider| tokio::spawn(create(provider))).collect();
    let mut ids = HashSet::new();
    for create in creates {
        ids.insert(create.await.unwrap().unwrap());
    }
    assert_eq!(ids.len(), 1);
}

on_each_database! {
    async fn one_idempotency_key_makes_one_task(database: TestDatabase) {
        let providers = several(&database, 8).await;
        let project = providers[0].create_project(NewProject::new("P")).await.unwrap();
        let creates: Vec<_> = providers.iter().cloned().map(|provider| {
            let new = NewTask::new(&project.id, "once").idempotency_key("k");
            tokio::spawn(async move { provider.create_task(new).await.unwrap().id })
        }).collect();
        let mut ids = HashSet::new();
        for create in creates {
            ids.insert(create.await.unwrap());
        }
        assert_eq!(ids.len(), 1);
        assert_eq!(providers[0].tasks_page(&TaskQuery::new(), None).await.unwrap().items.len(), 1);
    }

    async fn whoever_repeats_a_create_with_both_keys_gets_the_first_item(database: TestDatabase) {
        let providers = several(&database, 8).await;
        let home = providers[0].create_project(NewProject::new("Home").key("H")).await.unwrap().id;
        for round in 1..=10 {
            let key = format!("k{round}");
            let project = NewProject::new("P").key(format!("P{round}")).idempotency_key(&key);
            one_item(&providers, |provider| {
                let new = project.clone();
                async move { provider.create_project(new).await.map(|project| project.id.into_string()) }
            }).await;
            let task = NewTask::new(&home, "t").key(format!("H-{round}")).idempotency_key(&key);
            one_item(&providers, |provider| {
                let new = task.clone();
                async move { provider.create_task(new).await.map(|task| task.id.into_string()) }
            }).await;
            let sprint = NewSprint::new(&home, "s").key(format!("H-S{round}")).idempotency_key(&key);
            one_item(&providers, |provider| {
                let new = sprint.clone();
                async move { provider.create_sprint(new).await.map(|sprint| sprint.id.into_string()) }
            }).await;
            let user = NewUser::new("u").login(format!("u{round}")).idempotency_key(&key);
            one_item(&providers, |provider| {
                let new = user.clone();
                async move { provider.create_user(new).await.map(|user| user.id.into_string()) }
            }).await;
        }
    }

    async fn projects_of_one_name_get_keys_of_their_own(database: TestDatabase) {
        let providers = several(&database, 8).await;
        let creates: Vec<_> = providers.into_iter().map(|provider| {
            tokio::spawn(async move {
                let mut keys = Vec::new();
                for _ in 0..5 {
                    keys.push(provider.create_project(NewProject::new("Same Name")).await.unwrap().key.unwrap());
                }
                keys
            })
        }).collect();
        let mut keys = HashSet::new();
        for create in creates {
            keys.extend(create.await.unwrap());
        }
        assert_eq!(keys.len(), 40);
        assert!(keys.contains("SN") && keys.contains("SN2") && keys.contains("SN40"));
    }

    async fn numbers_have_no_gap_and_no_twin(database: TestDatabase) {
        let providers = several(&database, 6).await;
        let project = providers[0].create_project(NewProject::new("P").key("P")).await.unwrap();
        let creates: Vec<_> = providers.into_iter().map(|provider| {
            let project = project.id.clone();
            tokio::spawn(async move {
                let mut keys = Vec::new();
                for _ in 0..10 {
                    keys.push(provider.create_task(NewTask::new(&project, "t")).await.unwrap().key.unwrap());
                }
                keys
            })
        }).collect();
        let mut keys = HashSet::new();
        for create in creates {
            keys.extend(create.await.unwrap());
        }
        assert_eq!(keys, (1..=60).map(|number| format!("P-{number}")).collect::<HashSet<_>>());
    }

    async fn labels_added_at_once_are_all_there(database: TestDatabase) {
        let providers = several(&database, 8).await;
        let project = providers[0].create_project(NewProject::new("P")).await.unwrap();
        let task = providers[0].create_task(NewTask::new(&project.id, "t")).await.unwrap();
        let edits: Vec<_> = providers.iter().cloned().enumerate().map(|(number, provider)| {
            let id = task.id.clone();
            tokio::spawn(async move {
                for round in 0..5 {
                    let patch = TaskPatch::new().add_labels([format!("{number}-{round}")]);
                    provider.update_task(&id, patch).await.unwrap();
                }
            })
        }).collect();
        for edit in edits {
            edit.await.unwrap();
        }
        let task = providers[0].get_task(&task.id).await.unwrap();
        assert_eq!(task.labels.iter().collect::<HashSet<_>>().len(), 40);
        assert_eq!(task.version.unwrap().as_str(), "41");
    }

    async fn of_many_with_one_version_one_wins(database: TestDatabase) {
        let providers = several(&database, 8).await;
        let project = providers[0].create_project(NewProject::new("P")).await.unwrap();
        let task = providers[0].create_task(NewTask::new(&project.id, "t")).await.unwrap();
        let edits: Vec<_> = providers.into_iter().enumerate().map(|(number, provider)| {
            let (id, version) = (task.id.clone(), task.version.clone().unwrap());
            tokio::spawn(async move {
                provider.update_task(&id, TaskPatch::new().title(format!("{number}")).if_version(version)).await
            })
        }).collect();
        let mut won = 0;
        for edit in edits {
            match edit.await.unwrap() {
                Ok(_) => won += 1,
                Err(error) => assert_eq!(error.kind(), ErrorKind::VersionConflict, "{error:?}"),
            }
        }
        assert_eq!(won, 1);
    }

    async fn no_circle_of_parents_is_closed_from_two_sides(database: TestDatabase) {
        let providers = several(&database, 2).await;
        let project = providers[0].create_project(NewProject::new("P")).await.unwrap();
        for _ in 0..10 {
            let a = providers[0].create_task(NewTask::new(&project.id, "a")).await.unwrap().id;
            let b = providers[0].create_task(NewTask::new(&project.id, "b")).await.unwrap().id;
            let (one, other) = tokio::join!(
                providers[0].update_task(&a, TaskPatch::new().parent_task_id(&b)),
                providers[1].update_task(&b, TaskPatch::new().parent_task_id(&a)),
            );
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            let error = one.err().or(other.err()).unwrap();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}");
        }
    }

    async fn a_task_is_never_left_in_a_deleted_project(database: TestDatabase) {
        let providers = several(&database, 2).await;
        for round in 0..10 {
            let project = providers[0].create_project(NewProject::new(format!("P {round}"))).await.unwrap();
            let (deleted, created) = tokio::join!(
                providers[0].delete_project(&project.id, pm_provider::DeleteOptions::with_contents()),
                providers[1].create_task(NewTask::new(&project.id, "t")),
            );
            deleted.unwrap();
            if let Err(error) = created {
                assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
            }
            assert_eq!(providers[0].tasks_page(&TaskQuery::in_project(&project.id), None).await.unwrap().items, []);
        }
    }

    async fn a_child_is_never_left_below_a_deleted_task(database: TestDatabase) {
        let providers = several(&database, 2).await;
        let project = providers[0].create_project(NewProject::new("P")).await.unwrap();
        for _ in 0..10 {
            let parent = providers[0].create_task(NewTask::new(&project.id, "parent")).await.unwrap().id;
            let (deleted, created) = tokio::join!(
                providers[0].delete_task(&parent, pm_provider::DeleteOptions::new()),
                providers[1].create_task(NewTask::new(&project.id, "child").parent_task_id(&parent)),
            );
            match (deleted, created) {
                (Ok(()), Err(error)) => assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}"),
                (Err(error), Ok(_)) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error:?}"),
                other => panic!("{other:?}"),
            }
        }
    }

    async fn the_feed_loses_nothing_while_many_write(database: TestDatabase) {
        const WRITERS: usize = 6;
        const BATCHES: usize = 8;
        const SIZE: usize = 5;
        let providers = several(&database, WRITERS).await;
        let project = providers[0].create_project(NewProject::new("P")).await.unwrap();
        let reader = database.provider().await;
        let query = ChangeQuery::in_project(&project.id).page_size(7_u32);
        let mut cursor = Some(reader.latest(&query).await.unwrap());
        let writers: Vec<_> = providers.into_iter().map(|provider| {
            let project = project.id.clone();
            tokio::spawn(async move {
                for _ in 0..BATCHES {
                    let tasks = (0..SIZE).map(|_| BatchOperation::from(NewTask::new(&project, "t")));
                    for outcome in provider.apply_batch(tasks.collect(), BatchOptions::new()).await.unwrap() {
                        outcome.unwrap();
                    }
                }
            })
        }).collect();
        let mut seen = Vec::new();
        loop {
            let finished = writers.iter().all(tokio::task::JoinHandle::is_finished);
            let page = reader.changes_page(&query, cursor.take()).await.unwrap();
            seen.extend(page.items.iter().map(|change| change.reference().id().to_owned()));
            cursor = Some(page.next);
            if finished && !page.more {
                break;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let distinct: HashSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (WRITERS * BATCHES * SIZE, WRITERS * BATCHES * SIZE));
    }

    async fn a_batch_keeps_what_succeeds_and_undoes_what_does_not(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P").key("P")).await.unwrap();
        let good = || BatchOperation::from(NewTask::new(&project.id, "good").labels(["x"]));
        // Fails after its number was taken: the number must be given back with everything else.
        let bad = || BatchOperation::from(NewTask::new(&project.id, "bad").idempotency_key("k").parent_task_id("nobody"));
        let mixed = provider.apply_batch(vec![good(), bad(), good()], BatchOptions::new()).await.unwrap();
        assert_eq!(mixed.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
        let error = mixed[1].as_ref().unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidInput, Some("create_task")));
        let keys: Vec<_> = provider.tasks_page(&TaskQuery::new(), None).await.unwrap().items.into_iter().map(|task| task.key.unwrap()).collect();
        assert_eq!(keys, ["P-1", "P-2"]);
        let cursor = provider.latest(&ChangeQuery::new()).await.unwrap();
        let atomic = provider.apply_batch(vec![good(), bad(), good()], BatchOptions::new().atomic(true)).await;
        assert_eq!(atomic.unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(provider.tasks_page(&TaskQuery::new(), None).await.unwrap().items.len(), 2);
        assert_eq!(provider.changes_page(&ChangeQuery::new(), Some(cursor)).await.unwrap().items, []);
        let too_many = vec![good(); 1_001];
        assert_eq!(provider.apply_batch(too_many, BatchOptions::new()).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
