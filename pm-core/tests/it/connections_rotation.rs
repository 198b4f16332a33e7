//! Tokens that are replaced while a connection is at work.

use std::fs;
use std::sync::Arc;

use futures_util::future::try_join_all;
use pm_core::connections::Connections;
use pm_core::{NewProject, NewTask, PmProvider, PmProviderBuilder, PmProviderExt, TaskPatch, TaskQuery};
use pm_testkit::openproject::FakeOpenProject;

use crate::connections::Home;

async fn connected(home: &Home, server: &FakeOpenProject) -> Arc<dyn PmProvider> {
    fs::write(home.folder().join("token"), server.api_key()).unwrap();
    let file = format!(
        "[connections.club]\nprovider = 'openproject'\nbase_url = '{}'\napi_key = 'file:token'\npage_size = 5\n",
        server.url()
    );
    fs::write(home.path(), file).unwrap();
    let connections = Connections::of_environment(&home.environment()).unwrap();
    let builder = PmProviderBuilder::from_environment(home.environment());
    builder.connection(connections.get("club").await.unwrap()).build().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_file_that_is_swapped_in_the_middle_of_a_run_fails_no_call() {
    const ROUNDS: usize = 12;
    const AT_ONCE: usize = 8;
    let (home, server) = (Home::new(""), FakeOpenProject::start().await.unwrap());
    let provider = connected(&home, &server).await;
    let project = provider.create_project(NewProject::new("Shed").key("shed")).await.unwrap();
    let mut key = server.api_key().to_owned();
    let mut tasks = Vec::new();
    for round in 0..ROUNDS {
        // Every third round begins with another key, as a rotation leaves things: first the file, then the server.
        if round % 3 == 1 {
            let next = format!("rotated-{round}");
            fs::write(home.folder().join("token"), format!("{next}\n")).unwrap();
            assert!(server.replace_api_key(&key, &next));
            key = next;
        }
        let new = (0..AT_ONCE).map(|at| provider.create_task(NewTask::new(&project.id, format!("{round}/{at}"))));
        tasks.extend(try_join_all(new).await.expect("no create fails"));
        let patches =
            tasks.iter().rev().take(AT_ONCE).map(|task| provider.update_task(&task.id, TaskPatch::new().title("Done")));
        try_join_all(patches).await.expect("no update fails");
        let listed = provider.list_tasks(TaskQuery::in_project(&project.id)).await.expect("no list fails");
        assert_eq!(listed.len(), tasks.len());
    }
    let refused = server.requests().iter().filter(|request| request.status == Some(401)).count();
    assert!(refused >= ROUNDS / 3, "the old keys were refused {refused} times");
    assert_eq!(tasks.len(), ROUNDS * AT_ONCE, "nothing was made twice");
}

#[tokio::test]
async fn a_token_that_is_not_replaced_is_refused_after_one_more_look() {
    let (home, server) = (Home::new(""), FakeOpenProject::start().await.unwrap());
    let provider = connected(&home, &server).await;
    provider.health_check().await.unwrap();
    assert!(server.replace_api_key(server.api_key(), "unknown-to-the-file"));
    server.faults().forget_requests();
    let error = provider.health_check().await.unwrap_err();
    assert_eq!(error.kind(), pm_core::ErrorKind::Unauthenticated);
    assert!(!format!("{error} {error:?}").contains(server.api_key()), "{error:?}");
    assert!(server.requests().iter().filter(|request| request.status == Some(401)).count() <= 2);
}
