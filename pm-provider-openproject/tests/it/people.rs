//! People, and what a permission hides.

use pm_provider::{ErrorKind, NewTask, PmProvider, PmProviderExt, Secret, UserQuery};
use pm_provider_openproject::{OpenProjectConfig, OpenProjectProvider};

use crate::support::{provider, seeded};

const SEED: &str = r#"{"users": [{"login": "grace", "name": "Grace Hopper", "email": "grace@example.org"}],
    "projects": [{"identifier": "garden", "name": "Garden", "members": ["grace", "ada"]}]}"#;

#[tokio::test]
async fn trap_only_administrators_may_list_users() {
    let server = seeded(SEED).await;
    let config = OpenProjectConfig::new(server.url(), Secret::new(server.member_api_key()));
    let ada = std::sync::Arc::new(OpenProjectProvider::new(config).unwrap());
    let names: Vec<_> = ada.list_users(UserQuery::new()).await.unwrap().into_iter().map(|user| user.name).collect();
    assert!(names.contains(&"Grace Hopper".to_owned()), "{names:?}");
    let found = ada.list_users(UserQuery::new().text("hopper")).await.unwrap();
    assert_eq!(found.len(), 1);
    let error = ada.list_users(UserQuery::new().login("grace")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn administrators_find_people_by_login_and_address() {
    let server = seeded(SEED).await;
    let admin = provider(&server);
    for query in [UserQuery::new().login("GRACE"), UserQuery::new().email("Grace@Example.org")] {
        let found = admin.list_users(query.clone()).await.unwrap();
        assert_eq!(found.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["Grace Hopper"], "{query:?}");
    }
}

#[tokio::test]
async fn work_is_given_to_members_of_the_project() {
    let server = seeded(SEED).await;
    let admin = provider(&server);
    let project = admin.project_by_key("GARDEN").await.unwrap().id;
    let assignable = admin.list_users(UserQuery::new().project(&project)).await.unwrap();
    let grace = assignable.iter().find(|user| user.name == "Grace Hopper").unwrap();
    let task = admin.create_task(NewTask::new(&project, "Paint").assignees([&grace.id])).await.unwrap();
    assert_eq!(task.assignees, std::slice::from_ref(&grace.id));
    let error =
        admin.create_task(NewTask::new(&project, "Paint").assignees([&grace.id, &"2".into()])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "one assignee is all: {error}");
}
