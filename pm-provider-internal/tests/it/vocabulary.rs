//! Statuses and priorities beside the usual ones.

use pm_provider::{
    ErrorKind, NewProject, NewTask, PmProvider, Priority, PriorityLevel, Status, StatusCategory, TaskPatch,
};

use crate::database::TestDatabase;

on_each_database! {
    async fn a_name_that_came_with_its_category_is_understood_from_then_on(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        let task = provider.create_task(NewTask::new(&project.id, "t")).await.unwrap();
        let unknown = provider.update_task(&task.id, TaskPatch::new().status("QA")).await.unwrap_err();
        assert_eq!(unknown.kind(), ErrorKind::InvalidInput);
        assert!(unknown.to_string().contains("allowed are `Backlog`, `To Do`, `In Progress`, `Done`, `Cancelled`"), "{unknown}");
        let review = Status::new(StatusCategory::InProgress, "QA");
        let task = provider.update_task(&task.id, TaskPatch::new().status(review.clone())).await.unwrap();
        assert_eq!(task.status, review);
        provider.update_task(&task.id, TaskPatch::new().status("done")).await.unwrap();
        let task = provider.update_task(&task.id, TaskPatch::new().status("qa")).await.unwrap();
        assert_eq!(task.status, review);
        // A category still means the usual name.
        let task = provider.update_task(&task.id, TaskPatch::new().status(StatusCategory::InProgress)).await.unwrap();
        assert_eq!(task.status.name, "In Progress");
        let schema = provider.project_schema(&project.id).await.unwrap();
        assert!(schema.open_vocabulary && schema.statuses.contains(&review));
        // Other projects have words of their own.
        let other = provider.create_project(NewProject::new("Q")).await.unwrap();
        assert!(!provider.project_schema(&other.id).await.unwrap().statuses.contains(&review));
        let stranger = provider.create_task(NewTask::new(&other.id, "t").status("QA")).await.unwrap_err();
        assert_eq!(stranger.kind(), ErrorKind::InvalidInput);
    }

    async fn words_of_the_documents_are_understood(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        let task = provider.create_task(NewTask::new(&project.id, "t")).await.unwrap();
        let patch: TaskPatch = serde_json::from_str(r#"{"status": "completed", "priority": "urgent"}"#).unwrap();
        let task = provider.update_task(&task.id, patch).await.unwrap();
        assert_eq!((task.status.name.as_str(), task.priority.unwrap().name.as_str()), ("Done", "Urgent"));
        assert!(task.completed_at.is_some());
    }

    async fn priorities_are_listed_from_the_lowest_up(database: TestDatabase) {
        let provider = database.provider().await;
        let project = provider.create_project(NewProject::new("P")).await.unwrap();
        let someday = Priority::new(PriorityLevel::Lowest, "Someday");
        provider.create_task(NewTask::new(&project.id, "t").priority(someday)).await.unwrap();
        let schema = provider.project_schema(&project.id).await.unwrap();
        let names: Vec<_> = schema.priorities.iter().map(|priority| priority.name.as_str()).collect();
        assert_eq!(names, ["Lowest", "Someday", "Low", "Normal", "High", "Urgent"]);
    }
}
