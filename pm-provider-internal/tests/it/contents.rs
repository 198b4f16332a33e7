//! What hangs on an item when it goes: rows, tombstones, numbers that stay taken.

use pm_provider::{
    ChangeKind, ChangeQuery, Changes, Comments, DeleteOptions, ErrorKind, ItemRef, NewComment, NewProject, NewRelation,
    NewSprint, NewTask, NewUser, PMProject, PmProvider, ProjectPatch, RelationKind, Relations, SprintQuery, TaskQuery,
    UserAdmin,
};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store::{connections, mappings};
use sea_orm::{ConnectionTrait, Statement};

use crate::database::TestDatabase;

async fn rows(provider: &InternalProvider, table: &str) -> i64 {
    let connection = provider.store().connection();
    let count = Statement::from_string(connection.get_database_backend(), format!("SELECT count(*) FROM {table}"));
    connection.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn tombstones(provider: &InternalProvider) -> Vec<ItemRef> {
    let page = provider.changes_page(&ChangeQuery::new(), None).await.unwrap();
    let deleted = page.items.into_iter().filter_map(|change| match change.kind {
        ChangeKind::Deleted(item) => Some(item),
        _ => None,
    });
    deleted.collect()
}

/// A project with a sprint, a tree of three tasks in it, comments, labels, assignees and relations.
async fn furnished(provider: &InternalProvider) -> PMProject {
    let ada = provider.create_user(NewUser::new("Ada").login("ada")).await.unwrap();
    let project = provider.create_project(NewProject::new("Full House").owner_id(&ada.id)).await.unwrap();
    let sprint = provider.create_sprint(NewSprint::new(&project.id, "One")).await.unwrap();
    let mut parent = None;
    for title in ["root", "branch", "leaf"] {
        let mut new = NewTask::new(&project.id, title).sprint_id(&sprint.id).labels(["a", "b"]).assignees([&ada.id]);
        new.parent_task_id = parent;
        let task = provider.create_task(new).await.unwrap();
        provider.create_comment(NewComment::new(&task.id, "hello")).await.unwrap();
        parent = Some(task.id);
    }
    let other = provider.create_task(NewTask::new(&project.id, "other")).await.unwrap();
    provider.create_relation(NewRelation::new(RelationKind::Blocks, parent.unwrap(), &other.id)).await.unwrap();
    project
}

on_each_database! {
    async fn a_project_takes_everything_along_when_told_to(database: TestDatabase) {
        let provider = database.provider().await;
        let project = furnished(&provider).await;
        let connection = connections::save(provider.store(), connections::NewConnection::new("c", "jira")).await.unwrap();
        let mapping = mappings::NewMapping::new(&project.id, &connection.id, "1");
        mappings::save(provider.store(), &mapping).await.unwrap();
        let refused = provider.delete_project(&project.id, DeleteOptions::new()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Conflict);
        assert!(refused.message().contains("4 task(s) and 1 sprint(s)"), "{refused}");
        assert_eq!(tombstones(&provider).await, []);
        provider.delete_project(&project.id, DeleteOptions::with_contents()).await.unwrap();
        for table in ["pm_projects", "pm_tasks", "pm_sprints", "pm_comments", "pm_relations", "pm_task_labels", "pm_task_assignees", "project_sync_mappings"] {
            assert_eq!(rows(&provider, table).await, 0, "{table}");
        }
        // One each: 3 comments, 4 tasks, 1 sprint, and the project last.
        let gone = tombstones(&provider).await;
        assert_eq!(gone.len(), 9);
        assert_eq!(gone.last(), Some(&ItemRef::Project(project.id)));
    }

    async fn a_tree_of_tasks_goes_as_a_whole(database: TestDatabase) {
        let provider = database.provider().await;
        let project = furnished(&provider).await;
        let root = provider.tasks_page(&TaskQuery::new().key("fh-1"), None).await.unwrap().items.remove(0);
        let refused = provider.delete_task(&root.id, DeleteOptions::new()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Conflict);
        provider.delete_task(&root.id, DeleteOptions::with_contents()).await.unwrap();
        let left = provider.tasks_page(&TaskQuery::in_project(&project.id), None).await.unwrap().items;
        assert_eq!(left.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["other"]);
        assert_eq!((rows(&provider, "pm_comments").await, rows(&provider, "pm_relations").await), (0, 0));
        assert_eq!(tombstones(&provider).await.len(), 6);
    }

    async fn numbers_are_never_used_twice(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("Website Relaunch")).await.unwrap();
        let first = provider.create_task(NewTask::new(&project.id, "a")).await.unwrap();
        provider.delete_task(&first.id, DeleteOptions::new()).await.unwrap();
        let second = provider.create_task(NewTask::new(&project.id, "b")).await.unwrap();
        assert_eq!((first.key.as_deref(), second.key.as_deref()), (Some("WR-1"), Some("WR-2")));
        let sprint = provider.create_sprint(NewSprint::new(&project.id, "s")).await.unwrap();
        provider.delete_sprint(&sprint.id, DeleteOptions::new()).await.unwrap();
        let sprint = provider.create_sprint(NewSprint::new(&project.id, "s")).await.unwrap();
        assert_eq!(sprint.key.as_deref(), Some("WR-S2"));
    }

    async fn keys_follow_the_project(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("Website Relaunch")).await.unwrap();
        let task = provider.create_task(NewTask::new(&project.id, "a")).await.unwrap();
        let sprint = provider.create_sprint(NewSprint::new(&project.id, "s")).await.unwrap();
        provider.update_project(&project.id, ProjectPatch::new().key("Web_2")).await.unwrap();
        assert_eq!(provider.get_task(&task.id).await.unwrap().key.as_deref(), Some("Web_2-1"));
        let found = provider.sprints_page(&SprintQuery::new().key("WEB_2-s1"), None).await.unwrap().items;
        assert_eq!(found.iter().map(|found| &found.id).collect::<Vec<_>>(), [&sprint.id]);
        for nonsense in ["Web_2", "Web_2-", "Web_2-x", "Web_2-S1", "-1", "Web_2-99999999999999999999"] {
            assert_eq!(provider.tasks_page(&TaskQuery::new().key(nonsense), None).await.unwrap().items, [], "{nonsense}");
        }
    }

    async fn derived_keys_get_the_first_free_number(database: TestDatabase) {
        let provider = database.provider().await;
        for key in ["WR", "WR2", "WR3"] {
            let project = provider.create_project(NewProject::new("Website Relaunch")).await.unwrap();
            assert_eq!(project.key.as_deref(), Some(key));
        }
        provider.create_project(NewProject::new("x").key("wr5")).await.unwrap();
        for key in ["WR4", "WR6"] {
            let project = provider.create_project(NewProject::new("Website Relaunch")).await.unwrap();
            assert_eq!(project.key.as_deref(), Some(key));
        }
    }

    async fn a_user_who_is_named_somewhere_stays(database: TestDatabase) {
        let provider = database.provider().await;
        furnished(&provider).await;
        let ada = provider.users_page(&pm_provider::UserQuery::new().login("ADA"), None).await.unwrap().items.remove(0);
        let error = provider.delete_user(&ada.id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(error.hint_text(), Some("make the user inactive instead"));
    }
}

/// An application's own connection may have foreign keys off and no write-ahead log: nothing may depend on either.
#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_plain_connection_is_enough() {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

    let folder = tempfile::tempdir().unwrap();
    let file = SqliteConnectOptions::new().filename(folder.path().join("app.db")).create_if_missing(true);
    let plain = file.foreign_keys(false).journal_mode(SqliteJournalMode::Delete);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(plain).await.unwrap();
    let connection = sea_orm::SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    pm_provider_internal::store::migrate(&connection).await.unwrap();
    let provider = InternalProvider::from_connection(connection).await.unwrap();
    let project = furnished(&provider).await;
    let orphan = NewTask::new(&project.id, "t").assignees(["nobody"]);
    assert_eq!(provider.create_task(orphan).await.unwrap_err().kind(), ErrorKind::InvalidInput);
    provider.delete_project(&project.id, DeleteOptions::with_contents()).await.unwrap();
    for table in ["pm_projects", "pm_tasks", "pm_sprints", "pm_comments", "pm_relations", "pm_task_labels"] {
        assert_eq!(rows(&provider, table).await, 0, "{table}");
    }
    assert_eq!(tombstones(&provider).await.len(), 9);
}

on_each_database! {
    async fn an_id_that_no_row_can_have_is_not_found(database: TestDatabase) {
        use pm_provider::{Existence, MarkerQuery, SyncSupport};

        let provider = database.provider().await;
        let nul = "a\0b";
        let kinds = [
            provider.get_task(&nul.into()).await.unwrap_err().kind(),
            provider.get_project(&nul.into()).await.unwrap_err().kind(),
            provider.get_sprint(&nul.into()).await.unwrap_err().kind(),
            provider.get_user(&nul.into()).await.unwrap_err().kind(),
            provider.update_task(&nul.into(), pm_provider::TaskPatch::new().title("x")).await.unwrap_err().kind(),
            provider.delete_task(&nul.into(), DeleteOptions::new()).await.unwrap_err().kind(),
            provider.project_schema(&nul.into()).await.unwrap_err().kind(),
            provider.delete_relation(&nul.into(), &nul.into()).await.unwrap_err().kind(),
            provider.get_comment(&nul.into(), &nul.into()).await.unwrap_err().kind(),
            provider.delete_comment(&nul.into(), &nul.into(), DeleteOptions::new()).await.unwrap_err().kind(),
            provider.delete_user(&nul.into()).await.unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::NotFound; 11]);
        assert_eq!(provider.exists(&[ItemRef::Task(nul.into())]).await.unwrap(), [Existence::Absent]);
        assert_eq!(provider.get_many(&[ItemRef::Sprint(nul.into())]).await.unwrap(), []);
        let marked = provider.find_by_marker(&MarkerQuery::new(pm_provider::Entity::Task, [nul])).await.unwrap();
        assert_eq!(marked, []);
    }
}
