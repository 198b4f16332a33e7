//! Creating, changing and deleting issues, against a site that keeps them.

use pm_provider::{
    DeleteOptions, Effect, ErrorKind, Existence, Field, ItemRef, NewComment, NewRelation, NewSprint, NewTask,
    PmProvider, PmProviderExt, Relation, RelationKind, RelationQuery, Relations, SprintPatch, SprintStatusCategory,
    SprintStatusRef, SyncSupport, TaskPatch, TaskQuery,
};
use pm_testkit::http_fault::{FaultRule, HttpFault};
use pm_testkit::jira::FakeJira;

use crate::site::Site;

#[tokio::test]
async fn trap_a_create_answers_no_fields_and_is_read_back() {
    let site = Site::cloud().await;
    let new = NewTask::new(&site.project, "Paint").description("the _fence_").labels(["wood", "Äpfel"]);
    let made =
        site.provider.create_task(new.due_date("2026-12-31".parse::<chrono::NaiveDate>().unwrap())).await.unwrap();
    assert_eq!((made.key.as_deref(), made.task_type.as_deref()), (Some("WEB-1"), Some("Task")));
    assert_eq!((made.description.as_deref(), made.labels.len()), (Some("the _fence_"), 2));
    assert!(made.url.unwrap().ends_with("/browse/WEB-1") && made.created_at.is_some());
    let requests = site.requests();
    assert_eq!(requests.iter().filter(|request| *request == "POST issue").count(), 1);
    assert!(requests.contains(&format!("GET issue/{}", made.id)), "{requests:?}");
}

#[tokio::test]
async fn a_create_whose_answer_was_lost_is_found_by_its_mark() {
    for site in [Site::cloud().await, Site::data_center().await] {
        for key in [None, Some("key-1")] {
            let twin = site.task("Twin").await;
            let fault = site.lose("POST", "/issue");
            let mut new = NewTask::new(&site.project, "Twin");
            new.idempotency_key = key.map(ToOwned::to_owned);
            let made = site.provider.create_task(new.status("In Progress")).await.unwrap();
            assert_eq!((fault.fired(), made.title.as_str()), (1, "Twin"));
            assert_ne!(made.id, twin.id, "the mark tells it from its twin");
            assert_eq!(made.status.name, "In Progress", "what comes after the create is done as well");
            assert!(made.description.is_none() && made.labels.is_empty(), "nobody sees the mark");
        }
        assert_eq!(site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap().len(), 4);
    }
}

#[tokio::test]
async fn a_key_gives_the_first_task_again_to_other_programs_too() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let new = || NewTask::new(&site.project, "Once").idempotency_key("import:1");
        let first = site.provider.create_task(new()).await.unwrap();
        assert_eq!(site.provider.create_task(new()).await.unwrap().id, first.id);
        // The index of another program lags.
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        let another = site.another();
        assert_eq!(another.create_task(new()).await.unwrap().id, first.id);
        site.provider.delete_task(&first.id, DeleteOptions::new()).await.unwrap();
        assert_ne!(site.provider.create_task(new()).await.unwrap().id, first.id, "the key of a deleted task is free");
    }
}

#[tokio::test]
async fn looking_for_marks_reads_only_what_is_new() {
    let site = Site::cloud().await;
    for number in 0..5 {
        site.provider
            .create_task(NewTask::new(&site.project, "x").idempotency_key(format!("key-{number}")))
            .await
            .unwrap();
    }
    let requests = site.requests();
    let searches = requests.iter().filter(|request| request.starts_with("POST search")).count();
    assert_eq!(searches, 5, "one small request for a create with a key: {requests:?}");
    site.task("without a key").await;
    assert!(site.requests().iter().all(|request| !request.starts_with("POST search")));
}

#[tokio::test]
async fn what_changes_nothing_writes_nothing() {
    let site = Site::cloud().await;
    let new = NewTask::new(&site.project, "Same").description("a\n\n- b").labels(["x"]).status("In Progress");
    let task = site.provider.create_task(new.custom_field("Story Points", 5)).await.unwrap();
    site.requests();
    let patch = TaskPatch::new().title("Same").description("a\n\n- b").add_labels(["x"]).remove_labels(["y"]);
    let patch = patch.status("in progress").clear_due_date().clear_parent_task_id().custom_field("story points", 5);
    let same = site.provider.update_task(&task.id, patch.clear_custom_field("Customer")).await.unwrap();
    assert_eq!(same.updated_at, task.updated_at);
    assert!(site.writes().is_empty());
}

#[tokio::test]
async fn labels_of_others_stay() {
    let site = Site::cloud().await;
    let task = site.task("shared").await;
    let (one, other) = (site.another(), site.another());
    let add = |label: &str| TaskPatch::new().add_labels([label]);
    let (first, second) = tokio::join!(one.update_task(&task.id, add("one")), other.update_task(&task.id, add("two")));
    assert!(first.is_ok() && second.is_ok());
    let mut labels = site.provider.get_task(&task.id).await.unwrap().labels;
    labels.sort();
    assert_eq!(labels, ["one", "two"]);
}

#[tokio::test]
async fn trap_a_field_that_is_on_no_screen_is_refused_before_anything_is_sent() {
    let site = Site::of(FakeJira::builder().off_edit_screen("duedate").off_create_screen("duedate")).await;
    let task = site.task("hidden").await;
    site.requests();
    let day = "2026-12-31".parse::<chrono::NaiveDate>().unwrap();
    let error = site.provider.update_task(&task.id, TaskPatch::new().title("x").due_date(day)).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Unsupported, Field::DueDate));
    let error = site.provider.create_task(NewTask::new(&site.project, "x").due_date(day)).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Unsupported, Field::DueDate));
    assert!(site.writes().is_empty(), "and nothing was dropped");
}

#[tokio::test]
async fn what_only_the_edit_screen_has_is_set_after_the_create() {
    let site = Site::of(FakeJira::builder().off_create_screen("duedate")).await;
    let day = "2026-12-31".parse::<chrono::NaiveDate>().unwrap();
    site.task("first of its type").await;
    let task = site.provider.create_task(NewTask::new(&site.project, "later").due_date(day)).await.unwrap();
    assert_eq!(task.due_date, Some(day));
    site.server
        .faults()
        .add(FaultRule::new(HttpFault::Status { status: 403, applied: false }).method("PUT").path("/issue/").times(9));
    let error = site.provider.create_task(NewTask::new(&site.project, "half").due_date(day)).await.unwrap_err();
    assert!(matches!(error.effect(), Effect::Partial { applied, .. } if applied == &["the issue"]), "{error:?}");
}

#[tokio::test]
async fn trap_required_fields_are_named_before_anything_is_sent() {
    let site = Site::of(FakeJira::builder().required("Severity")).await;
    site.requests();
    let error = site.provider.create_task(NewTask::new(&site.project, "x")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`Severity` must be given"), "{error}");
    assert!(site.writes().is_empty());
    let new = NewTask::new(&site.project, "x").custom_field("severity", "major");
    let task = site.provider.create_task(new).await.unwrap();
    assert_eq!(task.custom_fields["Severity"], "Major".into());
}

#[tokio::test]
async fn trap_ids_of_custom_fields_are_found_by_name() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let new = NewTask::new(&site.project, "Custom").custom_field("Story Points", 8).custom_field("Customer", "Ann");
        let new = new.custom_field("Platforms", vec!["linux".into(), "macOS".into()]);
        let task = site.provider.create_task(new.custom_field("Acceptance criteria", "- one\n- two")).await.unwrap();
        assert_eq!(task.custom_fields["Story Points"], 8.into());
        assert_eq!(task.custom_fields["Platforms"], vec!["Linux".into(), "macOS".into()].into());
        assert_eq!(task.custom_fields["Acceptance criteria"], "- one\n- two".into());
        let patch = TaskPatch::new().clear_custom_field("Customer").custom_field("Story Points", 2.5);
        let task = site.provider.update_task(&task.id, patch).await.unwrap();
        assert_eq!(task.custom_fields["Story Points"], 2.5.into());
        assert!(!task.custom_fields.contains_key("Customer"));
        let error = site.provider.update_task(&task.id, TaskPatch::new().custom_field("Nope", 1)).await.unwrap_err();
        assert!(error.to_string().contains("there is no field `Nope`"), "{error}");
    }
}

#[tokio::test]
async fn a_preview_of_custom_fields_shows_what_a_read_shows() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let task = site.task("previewed").await;
        let patch =
            TaskPatch::new().custom_field("Acceptance criteria", "* one\n* two\n").custom_field("Story Points", 5.0);
        let shown = site.provider.preview_task(&site.project, patch.clone()).await.unwrap();
        let stored = site.provider.update_task(&task.id, patch).await.unwrap();
        for (name, value) in &shown.custom_fields {
            assert_eq!(value.value(), stored.custom_fields.get(name), "{name}");
        }
        assert_eq!(shown.custom_fields.len(), 2);
    }
}

#[tokio::test]
async fn parents_are_one_level_up_and_of_the_same_project() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let epic = site.provider.create_task(NewTask::new(&site.project, "Epic").task_type("Epic")).await.unwrap();
        let story = NewTask::new(&site.project, "Story").parent_task_id(&epic.id);
        let story = site.provider.create_task(story).await.unwrap();
        assert_eq!((story.parent_task_id.as_ref(), story.task_type.as_deref()), (Some(&epic.id), Some("Task")));
        let part = NewTask::new(&site.project, "Part").parent_task_id(&story.id);
        let part = site.provider.create_task(part).await.unwrap();
        assert!(
            part.task_type.as_deref().is_some_and(|name| name.to_lowercase().contains("sub")),
            "{:?}",
            part.task_type
        );
        let wrong = TaskPatch::new().parent_task_id(&part.id);
        let error = site.provider.update_task(&story.id, wrong).await.unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::ParentTaskId));
        let freed = site.provider.update_task(&story.id, TaskPatch::new().clear_parent_task_id()).await.unwrap();
        assert_eq!(freed.parent_task_id, None);
        let orphan = site.provider.update_task(&part.id, TaskPatch::new().clear_parent_task_id()).await;
        assert_eq!(orphan.unwrap_err().kind(), ErrorKind::InvalidInput, "a sub-task must have a parent");
        let below = TaskQuery::new().parent(&story.id);
        assert_eq!(site.provider.list_tasks(below).await.unwrap()[0].id, part.id);
    }
}

#[tokio::test]
async fn children_go_along_only_when_told_to() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let epic = site.provider.create_task(NewTask::new(&site.project, "Epic").task_type("Epic")).await.unwrap();
        let story = site.provider.create_task(NewTask::new(&site.project, "a").parent_task_id(&epic.id)).await.unwrap();
        site.provider.create_task(NewTask::new(&site.project, "b").parent_task_id(&story.id)).await.unwrap();
        for whole in [&story.id, &epic.id] {
            let error = site.provider.delete_task(whole, DeleteOptions::new()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
        }
        site.provider.delete_task(&epic.id, DeleteOptions::with_contents()).await.unwrap();
        assert!(site.provider.list_tasks(TaskQuery::in_project(&site.project)).await.unwrap().is_empty());
        let gone = site.provider.exists(&[ItemRef::Task(epic.id)]).await.unwrap();
        assert_eq!(gone, [Existence::Absent], "we deleted it ourselves");
    }
}

#[tokio::test]
async fn sprints_are_joined_and_left() {
    let site = Site::cloud().await;
    let sprint = site.provider.create_sprint(NewSprint::new(&site.project, "Sprint 1")).await.unwrap();
    let new = NewTask::new(&site.project, "planned").sprint_id(&sprint.id);
    let task = site.provider.create_task(new).await.unwrap();
    assert_eq!(task.sprint_id.as_ref(), Some(&sprint.id));
    let query = TaskQuery::new().sprint(&sprint.id);
    assert_eq!(site.provider.list_tasks(query).await.unwrap().len(), 1);
    let task = site.provider.update_task(&task.id, TaskPatch::new().clear_sprint_id()).await.unwrap();
    assert_eq!(task.sprint_id, None);
    let error = site.provider.update_task(&task.id, TaskPatch::new().sprint_id("999999")).await.unwrap_err();
    assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::SprintId));
}

#[tokio::test]
async fn trap_a_sprint_that_is_over_holds_only_what_is_done() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let to = |category| SprintPatch::new().status(SprintStatusRef::from(category));
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let new = NewSprint::new(&site.project, "Sprint 1").start_date(day("2026-11-02")).end_date(day("2026-11-13"));
        let first = site.provider.create_sprint(new).await.unwrap();
        site.provider.update_sprint(&first.id, to(SprintStatusCategory::Active)).await.unwrap();
        let create = |title: &str, status: &str| {
            site.provider.create_task(NewTask::new(&site.project, title).sprint_id(&first.id).status(status))
        };
        let (left, done) = (create("left", "To Do").await.unwrap(), create("done", "Done").await.unwrap());
        site.provider.update_sprint(&first.id, to(SprintStatusCategory::Completed)).await.unwrap();
        let get = async |id| site.provider.get_task(id).await.unwrap().sprint_id;
        assert_eq!((get(&left.id).await, get(&done.id).await), (None, Some(first.id.clone())));
        let backlog = site.provider.list_tasks(TaskQuery::in_project(&site.project).without_sprint()).await.unwrap();
        assert_eq!(backlog.iter().map(|task| task.title.as_str()).collect::<Vec<_>>(), ["left"]);
        let second = site.provider.create_sprint(NewSprint::new(&site.project, "Sprint 2")).await.unwrap();
        let joined = site.provider.update_task(&left.id, TaskPatch::new().sprint_id(&second.id)).await.unwrap();
        assert_eq!(joined.sprint_id, Some(second.id));
        let freed = site.provider.update_task(&left.id, TaskPatch::new().clear_sprint_id()).await.unwrap();
        assert_eq!(freed.sprint_id, None, "and not the one before");
        site.requests();
        let error = site.provider.update_task(&done.id, TaskPatch::new().clear_sprint_id()).await.unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::SprintId));
        site.provider.update_task(&left.id, TaskPatch::new().clear_sprint_id()).await.unwrap();
        assert!(site.writes().is_empty());
    }
}

#[tokio::test]
async fn links_read_the_same_from_both_ends_and_are_made_once() {
    for site in [Site::cloud().await, Site::data_center().await] {
        let (from, to) = (site.task("from").await.id, site.task("to").await.id);
        let fault = site.lose("POST", "/issueLink");
        let new = NewRelation::new(RelationKind::Blocks, &from, &to);
        let made = site.provider.create_relation(new.clone()).await.unwrap();
        assert_eq!((fault.fired(), made.name.as_deref(), &made.from), (1, Some("blocks"), &from));
        assert_eq!(site.provider.create_relation(new).await.unwrap().id, made.id);
        for end in [&from, &to] {
            let page = site.provider.relations_page(&RelationQuery::of_task(end), None).await.unwrap();
            let ends: Vec<_> = page.items.iter().map(|link: &Relation| (&link.from, &link.to)).collect();
            assert_eq!(ends, [(&from, &to)]);
        }
        let error = site.provider.create_relation(NewRelation::new(RelationKind::Precedes, &from, &to)).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("`clones`"), "{error}");
        site.provider.delete_relation(&to, &made.id).await.unwrap();
    }
}

#[tokio::test]
async fn many_tasks_are_read_by_one_request() {
    for (site, request) in [(Site::cloud().await, "POST issue/bulkfetch"), (Site::data_center().await, "POST search")] {
        let (one, two) = (site.task("one").await, site.task("two").await);
        site.requests();
        let wanted = [ItemRef::Task(one.id.clone()), ItemRef::Task("WEB-1".into()), ItemRef::Task(two.id.clone())];
        assert_eq!(site.provider.get_many(&wanted).await.unwrap().len(), 2);
        assert_eq!(site.requests(), [request]);
        let wanted = [ItemRef::Task(one.id), ItemRef::Task("999999".into()), ItemRef::Task(two.id)];
        assert_eq!(site.provider.get_many(&wanted).await.unwrap().len(), 2, "what is not there is left out");
    }
}

#[tokio::test]
async fn times_of_changes_are_told_by_the_feed_once() {
    use pm_provider::{ChangeQuery, Changes};
    for site in [Site::cloud().await, Site::data_center().await] {
        let query = ChangeQuery::in_project(&site.project).page_size(2_u32);
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(site.task(&format!("number {number}")).await.id);
        }
        let (mut told, mut cursor) = (Vec::new(), None);
        loop {
            let page = site.provider.changes_page(&query, cursor).await.unwrap();
            told.extend(page.items.iter().map(|change| change.reference().id().to_owned()));
            cursor = Some(page.next);
            if !page.more {
                break;
            }
        }
        assert_eq!(told, made.iter().map(ToString::to_string).collect::<Vec<_>>());
        site.provider.update_task(&made[1], TaskPatch::new().title("changed")).await.unwrap();
        let page = site.provider.changes_page(&query, cursor).await.unwrap();
        let told: Vec<_> = page.items.iter().map(|change| change.reference().id().to_owned()).collect();
        assert_eq!(told, [made[1].to_string()], "what was told is not told again, though it is read again");
        assert!(page.high_water.is_some_and(|time| time < chrono::Utc::now()));
    }
}

#[tokio::test]
async fn comments_do_not_come_with_their_tasks() {
    use pm_provider::Comments;
    let site = Site::cloud().await;
    let task = site.task("talked about").await;
    site.provider.create_comment(NewComment::new(&task.id, "a secret text")).await.unwrap();
    let read = site.provider.get_task(&task.id).await.unwrap();
    assert!(!read.raw_data.as_str().unwrap().contains("a secret text"));
}
