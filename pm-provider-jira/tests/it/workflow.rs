//! Changing statuses by transitions.

use pm_provider::{Effect, ErrorKind, Field, NewTask, PmProvider, StatusCategory, TaskPatch};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::{FakeJira, Workflow};

use crate::site::Site;

/// To Do, Doing, Review, Done: one after the other, the last one with a resolution.
async fn in_steps() -> Site {
    let workflow = r#"{
        "statuses": [{ "name": "To Do", "category": "new" }, { "name": "Doing", "category": "indeterminate" },
            { "name": "Review", "category": "indeterminate" }, { "name": "Done", "category": "done" },
            { "name": "Limbo", "category": "indeterminate" }],
        "transitions": [
            { "name": "Start", "from": ["To Do"], "to": "Doing" },
            { "name": "Show", "from": ["Doing"], "to": "Review" },
            { "name": "Finish", "from": ["Review"], "to": "Done", "screen": [{ "field": "resolution", "required": true }] },
            { "name": "Reopen", "from": ["Done"], "to": "To Do" },
            { "name": "Leave", "from": ["Limbo"], "to": "To Do" }
        ]}"#;
    Site::of(FakeJira::builder().workflow(workflow.parse::<Workflow>().unwrap())).await
}

fn transitions(writes: &[String]) -> usize {
    writes.iter().filter(|write| write.ends_with("/transitions")).count()
}

#[tokio::test]
async fn a_known_way_costs_one_order_a_step_and_one_read() {
    let site = Site::cloud().await;
    let task = site.task("walk").await;
    site.provider.update_task(&task.id, TaskPatch::new().status("In Progress")).await.unwrap();
    let warm = site.task("walk too").await;
    site.requests();
    let moved = site.provider.update_task(&warm.id, TaskPatch::new().status("In Progress")).await.unwrap();
    assert_eq!(moved.status.category, StatusCategory::InProgress);
    let id = &warm.id;
    assert_eq!(site.requests(), [format!("POST issue/{id}/transitions"), format!("GET issue/{id}")]);
}

#[tokio::test]
async fn trap_a_status_is_no_field() {
    let site = Site::cloud().await;
    let task = site.task("both").await;
    site.requests();
    let patch = TaskPatch::new().title("changed").status(StatusCategory::Done);
    let changed = site.provider.update_task(&task.id, patch).await.unwrap();
    assert_eq!((changed.title.as_str(), changed.status.name.as_str()), ("changed", "Done"));
    let writes = site.writes();
    assert_eq!(writes, [format!("PUT issue/{}", task.id), format!("POST issue/{}/transitions", task.id)]);
}

#[tokio::test]
async fn trap_a_step_that_asks_for_nobody_knows_what_is_not_tried() {
    let site = in_steps().await;
    let task = site.task("far").await;
    site.requests();
    let patch = || TaskPatch::new().status("Done").custom_field("Resolution", "won't do");
    let error = site.provider.update_task(&task.id, patch()).await.unwrap_err();
    // The workflow shows the way and that its last step has a screen; what is on that only an issue before it shows.
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted), "{error}");
    assert!(error.message().contains("`Finish`"), "{error}");
    assert!(site.writes().is_empty());
    let moved = site.provider.update_task(&task.id, TaskPatch::new().status("Review")).await.unwrap();
    assert_eq!((moved.status.name.as_str(), transitions(&site.writes())), ("Review", 2));
    let done = site.provider.update_task(&task.id, patch()).await.unwrap();
    assert_eq!((done.status.name.as_str(), transitions(&site.writes())), ("Done", 1));
    assert_eq!(done.custom_fields["Resolution"], "Won't Do".into());
}

#[tokio::test]
async fn steps_are_learnt_from_other_issues_of_the_type() {
    let site = in_steps().await;
    for steps in 1..=2 {
        let other = site.task("pioneer").await;
        for status in ["Doing", "Review"].iter().take(steps) {
            site.provider.update_task(&other.id, TaskPatch::new().status(*status)).await.unwrap();
        }
    }
    let provider = site.another();
    let task = site.task("follower").await;
    // The index of another program lags.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    site.requests();
    let patch = TaskPatch::new().status(StatusCategory::Done).custom_field("resolution", "Done");
    let done = provider.update_task(&task.id, patch).await.unwrap();
    assert_eq!(done.status.name, "Done");
    assert_eq!(done.custom_fields["Resolution"], "Done".into());
    assert_eq!(transitions(&site.writes()), 3);
}

#[tokio::test]
async fn trap_what_a_transition_requires_is_missed_before_the_first_step() {
    let site = in_steps().await;
    let task = site.task("unresolved").await;
    for status in ["Doing", "Review"] {
        site.provider.update_task(&task.id, TaskPatch::new().status(status)).await.unwrap();
    }
    site.requests();
    let error = site.provider.update_task(&task.id, TaskPatch::new().status("Done").title("x")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidInput, &Effect::NotExecuted));
    assert_eq!(error.field_errors()[0].field, Field::CustomFields);
    let message = &error.field_errors()[0].message;
    assert!(message.contains("`Finish` requires `Resolution`; allowed are `Done`, `Won't Do`"), "{message}");
    assert!(site.writes().is_empty(), "the title neither");
}

#[tokio::test]
async fn a_status_that_cannot_be_reached_names_those_that_can() {
    let site = in_steps().await;
    let task = site.task("lost").await;
    site.requests();
    let error = site.provider.update_task(&task.id, TaskPatch::new().status("Limbo")).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted));
    assert!(error.message().contains("from here transitions lead to `Doing`"), "{error}");
    let error = site.provider.update_task(&task.id, TaskPatch::new().status("Nowhere")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`Limbo`"), "{error}");
    assert!(site.writes().is_empty());
}

#[tokio::test]
async fn a_new_task_goes_to_its_status_after_it_is_there() {
    let site = Site::cloud().await;
    let task = site.provider.create_task(NewTask::new(&site.project, "begun").status("In Review")).await.unwrap();
    assert_eq!(task.status.name, "In Review");
    assert_eq!(transitions(&site.writes()), 1);
}

#[tokio::test]
async fn a_step_that_fails_after_something_was_done_is_told_as_partial() {
    let site = Site::cloud().await;
    let task = site.task("half").await;
    site.server.faults().add(
        FaultRule::new(HttpFault::Status { status: 403, applied: false }).method("POST").path("/transitions").times(9),
    );
    let patch = TaskPatch::new().title("changed").status("Done");
    let error = site.provider.update_task(&task.id, patch).await.unwrap_err();
    let Effect::Partial { id, applied, failed } = error.effect() else { panic!("{error:?}") };
    assert_eq!((id.as_str(), applied.as_slice()), (task.id.as_str(), ["`title`".to_owned()].as_slice()));
    assert_eq!(failed.len(), 1);
    assert_eq!(site.provider.get_task(&task.id).await.unwrap().title, "changed");
}

#[tokio::test]
async fn trap_changes_that_meet_are_ordered_again() {
    let site = Site::of(FakeJira::builder().transition_time(std::time::Duration::from_millis(150))).await;
    let task = site.task("busy").await;
    let (one, other) = (site.another(), site.another());
    let (first, second) = tokio::join!(
        one.update_task(&task.id, TaskPatch::new().status("In Progress")),
        other.update_task(&task.id, TaskPatch::new().status("Done")),
    );
    assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_is_not_taken_twice() {
    let site = Site::cloud().await;
    let task = site.task("once").await;
    let fault = site.lose("POST", "/transitions");
    let moved = site.provider.update_task(&task.id, TaskPatch::new().status("Done")).await.unwrap();
    assert_eq!((moved.status.name.as_str(), fault.fired()), ("Done", 1));
    assert_eq!(transitions(&site.writes()), 1);
}

#[tokio::test]
async fn a_status_that_was_changed_by_others_is_looked_at_again() {
    let site = in_steps().await;
    let (task, other) = (site.task("mine").await, site.another());
    let scout = site.task("scout").await;
    site.provider.update_task(&scout.id, TaskPatch::new().status("Doing")).await.unwrap();
    site.provider.get_task(&task.id).await.unwrap();
    other.update_task(&task.id, TaskPatch::new().status("Doing")).await.unwrap();
    // What is remembered says that it still is to be done: that order is refused, and everything is read.
    let moved = site.provider.update_task(&task.id, TaskPatch::new().status("Doing")).await.unwrap();
    assert_eq!(moved.status.name, "Doing");
}

#[tokio::test]
async fn trap_where_one_issue_can_go_another_one_may_not() {
    let workflow = r#"{
        "statuses": [{ "name": "To Do", "category": "new" }, { "name": "Doing", "category": "indeterminate" },
            { "name": "Done", "category": "done" }],
        "transitions": [{ "name": "Start", "from": ["To Do"], "to": "Doing" },
            { "name": "Finish", "from": ["To Do"], "to": "Done", "condition": "assignee" }]
        }"#;
    let site = Site::of(FakeJira::builder().workflow(workflow.parse::<Workflow>().unwrap())).await;
    let me = site.provider.health_check().await.unwrap().user.unwrap().id;
    let theirs = site.task("theirs").await;
    let ours = site.provider.create_task(NewTask::new(&site.project, "ours").assignees([&me])).await.unwrap();
    let patch = || TaskPatch::new().title("done").status("Done");
    for _ in 0..2 {
        site.requests();
        let error = site.provider.update_task(&theirs.id, patch()).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, &Effect::NotExecuted), "{error}");
        assert!(site.writes().is_empty(), "the title neither");
        let title = format!("ours {}", site.requests().len());
        let other = NewTask::new(&site.project, title).assignees([&me]);
        let other = site.provider.create_task(other).await.unwrap();
        assert_eq!(site.provider.update_task(&other.id, patch()).await.unwrap().status.name, "Done");
    }
    let done = site.provider.update_task(&ours.id, TaskPatch::new().status("Done")).await.unwrap();
    assert_eq!(done.status.name, "Done");
    site.provider.update_task(&theirs.id, patch()).await.unwrap_err();
    site.provider.update_task(&theirs.id, TaskPatch::new().assignees([&me])).await.unwrap();
    let done = site.provider.update_task(&theirs.id, TaskPatch::new().status("Done")).await.unwrap();
    assert_eq!(done.status.name, "Done", "it was asked again");
}
