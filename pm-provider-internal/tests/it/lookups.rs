//! Finding things by what people type: keys, markers, logins, long lists of users.

use pm_provider::{
    Entity, ErrorKind, MarkerQuery, NewProject, NewSprint, NewTask, NewUser, PmProvider, SprintQuery, SyncSupport,
    TaskQuery, UserAdmin,
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
        let mut ada = NewUser::new("Ada");
        ada.idempotency_key = Some("there".to_owned());
        provider.create_user(ada).await.unwrap();
        for key in ["there", "nowhere"] {
            let error = provider.find_by_marker(&MarkerQuery::new(Entity::User, key)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{key}: {error}");
        }
        assert_eq!(provider.find_by_marker(&MarkerQuery::new(Entity::Comment, "nowhere")).await.unwrap(), []);
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
