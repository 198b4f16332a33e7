//! Keys that callers give: copies are called like their originals, and numbering survives whatever is asked for.

use pm_provider::{
    Batch, BatchOperation, BatchOptions, DeleteOptions, ErrorKind, Field, NewProject, NewSprint, NewTask, PMProject,
    PMTask, PmProvider, ProjectPatch, SprintQuery, TaskQuery,
};
use pm_provider_internal::InternalProvider;

use crate::database::TestDatabase;

const LARGEST: &str = "999999999999999999";

async fn with_project(database: &TestDatabase) -> (InternalProvider, PMProject) {
    let provider = database.provider().await;
    let project = provider.create_project(NewProject::new("Website").key("WEB")).await.unwrap();
    (provider, project)
}

async fn task(provider: &InternalProvider, project: &PMProject, key: Option<&str>) -> PMTask {
    let mut new = NewTask::new(&project.id, "t");
    new.key = key.map(str::to_owned);
    provider.create_task(new).await.unwrap()
}

async fn keys(provider: &InternalProvider) -> Vec<String> {
    let tasks = provider.tasks_page(&TaskQuery::new(), None).await.unwrap().items;
    let sprints = provider.sprints_page(&SprintQuery::new(), None).await.unwrap().items;
    let keys = tasks.into_iter().map(|task| task.key).chain(sprints.into_iter().map(|sprint| sprint.key));
    keys.map(Option::unwrap).collect()
}

fn next_key(task: &PMTask) -> Option<&str> {
    task.key.as_deref()
}

on_each_database! {
    async fn a_copy_of_a_project_keeps_keys_and_gaps(database: TestDatabase) {
        let (provider, project) = with_project(&database).await;
        for _ in 0..4 {
            task(&provider, &project, None).await;
            provider.create_sprint(NewSprint::new(&project.id, "s")).await.unwrap();
        }
        let second = provider.tasks_page(&TaskQuery::new().key("WEB-2"), None).await.unwrap().items.remove(0);
        provider.delete_task(&second.id, DeleteOptions::new()).await.unwrap();
        let original = keys(&provider).await;
        provider.delete_project(&project.id, DeleteOptions::with_contents()).await.unwrap();

        let copy = provider.create_project(NewProject::new("Website").key("WEB")).await.unwrap();
        for key in &original {
            if key.contains("-S") {
                provider.create_sprint(NewSprint::new(&copy.id, "s").key(key)).await.unwrap();
            } else {
                task(&provider, &copy, Some(key)).await;
            }
        }
        assert_eq!(keys(&provider).await, original);
        assert_eq!(original, ["WEB-1", "WEB-3", "WEB-4", "WEB-S1", "WEB-S2", "WEB-S3", "WEB-S4"]);
        assert_eq!(next_key(&task(&provider, &copy, None).await), Some("WEB-5"));
    }

    async fn numbering_goes_on_behind_the_largest_key(database: TestDatabase) {
        let (provider, project) = with_project(&database).await;
        let largest = task(&provider, &project, Some(&format!("web-{LARGEST}"))).await;
        assert_eq!(largest.key, Some(format!("WEB-{LARGEST}")));
        assert_eq!(next_key(&task(&provider, &project, None).await), Some("WEB-1000000000000000000"));
        assert_eq!(next_key(&task(&provider, &project, Some("WEB-2")).await), Some("WEB-2"));
        assert_eq!(next_key(&task(&provider, &project, None).await), Some("WEB-1000000000000000001"));
        let too_large = NewTask::new(&project.id, "t").key("WEB-1000000000000000000");
        let error = provider.create_task(too_large).await.unwrap_err();
        let problem = &error.field_errors()[0];
        assert_eq!((error.kind(), problem.field), (ErrorKind::InvalidInput, Field::Key));
        assert_eq!(
            problem.message,
            "`WEB-1000000000000000000` is no key of a task of this project; allowed are `WEB-` and a number from 1 to \
             999999999999999999, without leading zeros"
        );
    }

    async fn keys_are_those_of_the_project_as_it_is_called_now(database: TestDatabase) {
        let (provider, project) = with_project(&database).await;
        let renamed = provider.update_project(&project.id, ProjectPatch::new().key("shop")).await.unwrap();
        let error = provider.create_task(NewTask::new(&project.id, "t").key("WEB-1")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(next_key(&task(&provider, &renamed, Some("SHOP-7")).await), Some("shop-7"));
        let nowhere = NewTask::new("nowhere", "t").key("WEB-1");
        assert_eq!(provider.create_task(nowhere).await.unwrap_err().kind(), ErrorKind::NotFound);
        let sprint = provider.create_sprint(NewSprint::new(&project.id, "s").key("shop-3")).await.unwrap_err();
        assert!(sprint.to_string().contains("allowed are `shop-S` and a number"), "{sprint}");
    }

    async fn a_refused_key_in_a_batch_uses_up_nothing(database: TestDatabase) {
        let (provider, project) = with_project(&database).await;
        let new = |key: &str| BatchOperation::from(NewTask::new(&project.id, "t").key(key));
        let operations = vec![new("WEB-3"), new("WEB-3"), new("OTHER-90"), new("WEB-2")];
        let results = provider.apply_batch(operations, BatchOptions::new()).await.unwrap();
        let kinds: Vec<_> = results.iter().map(|result| result.as_ref().err().map(pm_provider::Error::kind)).collect();
        assert_eq!(kinds, [None, Some(ErrorKind::Conflict), Some(ErrorKind::InvalidInput), None]);
        assert_eq!(next_key(&task(&provider, &project, None).await), Some("WEB-4"));
        assert_eq!(keys(&provider).await, ["WEB-3", "WEB-2", "WEB-4"]);
    }
}
