//! Finding things by what people type: keys, markers, logins, long lists of users.

use pm_provider::{
    Batch, BatchOperation, BatchOptions, Entity, ErrorKind, Existence, Item, ItemRef, Marked, MarkerQuery, NewProject,
    NewSprint, NewTask, NewUser, PmProvider, SprintQuery, SyncSupport, TaskQuery, UserAdmin,
};
use pm_provider_internal::store::connections::{self, NewConnection};
use pm_provider_internal::{InternalConfig, InternalProvider};

use crate::database::TestDatabase;

on_each_database! {
    async fn a_key_has_one_spelling(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P").key("WR")).await.unwrap();
        provider.create_task(NewTask::new(&project.id, "t")).await.unwrap();
        provider.create_sprint(NewSprint::new(&project.id, "s")).await.unwrap();
        for (task, sprint, there) in
            [("wr-1", "wr-s1", 1), ("WR-+1", "WR-S+1", 0), ("WR-01", "WR-S01", 0), ("WR--1", "WR-S-1", 0)]
        {
            let tasks = provider.tasks_page(&TaskQuery::new().key(task), None).await.unwrap();
            let sprints = provider.sprints_page(&SprintQuery::new().key(sprint), None).await.unwrap();
            assert_eq!((tasks.items.len(), sprints.items.len()), (there, there), "{task}");
        }
    }

    async fn what_has_no_marker_is_refused_before_the_search(database: TestDatabase) {
        let provider = database.provider().await;
        let error = provider.find_by_marker(&MarkerQuery::new(Entity::Relation, ["nowhere"])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert_eq!(provider.find_by_marker(&MarkerQuery::new(Entity::Comment, ["nowhere"])).await.unwrap(), []);
    }

    async fn more_markers_than_a_statement_takes_are_found(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P").key("WR")).await.unwrap();
        let key = |number: usize| format!("key {number}");
        let made: Vec<usize> = (0..600).map(|number| number * 100).collect();
        for made in made.chunks(200) {
            let new = |number: &usize| NewTask::new(&project.id, "t").idempotency_key(key(*number)).into();
            let operations: Vec<BatchOperation> = made.iter().map(new).collect();
            provider.apply_batch(operations, BatchOptions::new().atomic(true)).await.unwrap();
        }
        let query = MarkerQuery::new(Entity::Task, (0..60_000).map(key));
        let found = provider.find_by_marker(&query).await.unwrap();
        let told: Vec<_> = found.iter().map(|marked| marked.key.clone()).collect();
        assert_eq!(told, made.into_iter().map(key).collect::<Vec<_>>());
        for marked in found {
            let Some(Item::Task(task)) = marked.item else { panic!("{marked:?}") };
            assert_eq!(task.id.as_str(), marked.id);
        }
    }

    async fn the_marker_of_what_is_gone_tells_its_id(database: TestDatabase) {
        let provider = database.provider().await;
        let mut new = NewUser::new("Ada");
        new.idempotency_key = Some("ada".to_owned());
        let ada = provider.create_user(new).await.unwrap();
        let query = MarkerQuery::new(Entity::User, ["ada"]);
        let there = Marked::new("ada", ada.id.as_str());
        assert_eq!(provider.find_by_marker(&query).await.unwrap(), [there.clone().item(ada.clone())]);
        assert_eq!(provider.get_many(&[ItemRef::User(ada.id.clone())]).await.unwrap(), [Item::from(ada.clone())]);
        provider.delete_user(&ada.id).await.unwrap();
        assert_eq!(provider.find_by_marker(&query).await.unwrap(), [there]);
        assert_eq!(provider.exists(&[ItemRef::User(ada.id)]).await.unwrap(), [Existence::Absent]);
    }

    async fn the_acting_user_is_checked_like_any_other(database: TestDatabase) {
        for login in ["", "a\0b"] {
            let config = InternalConfig::new(&database.url).user(login);
            let error = InternalProvider::open(&config).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{login:?}: {error}");
            assert_eq!(error.provider(), Some("internal"));
        }
        let provider = database.provider().await;
        assert_eq!(provider.users_page(&pm_provider::UserQuery::new(), None).await.unwrap().items, []);
    }

    async fn a_text_too_long_for_an_index_is_the_callers_fault(database: TestDatabase) {
        let store = database.store().await;
        // Compressed, it would fit.
        let long: String = (0..1_000).map(|_| uuid::Uuid::now_v7().to_string()).collect();
        match connections::save(&store, NewConnection::new(long.as_str(), "jira")).await {
            Ok(saved) => assert_eq!((saved.name, database.url.starts_with("sqlite:")), (long, true)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}");
                assert_eq!(error.message(), "a text is too long for the database");
            }
        }
    }
}
