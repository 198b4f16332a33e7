//! What goes over the wire for tasks, comments and relations, to the letter.

use pm_provider::{
    CommentPatch, Comments, Effect, ErrorKind, Match, NewComment, NewRelation, NewTask, PmProvider, PmProviderExt,
    RelationKind, Relations, Sort, SortField, TaskPatch, TaskQuery,
};
use serde_json::{Value, json};
use std::sync::Arc;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{answer, bodies, wire};

const LIST: &str = "/api/v2/list/11";

fn task(id: &str) -> Value {
    json!({
        "id": id, "name": "Paint", "status": { "id": "p1", "status": "to do", "type": "open" },
        "date_created": "1767254400000", "date_updated": "1767254400000", "creator": { "id": 7 }, "assignees": [],
        "tags": [], "parent": null, "priority": null, "due_date": null, "start_date": null, "custom_fields": [],
        "text_content": "", "description": "", "markdown_description": "", "dependencies": [], "linked_tasks": [],
        "list": { "id": "11", "name": "List" }, "folder": { "id": "5", "hidden": true }, "space": { "id": "3" },
    })
}

/// A Space with one List, and one person.
async fn site() -> (wiremock::MockServer, Arc<pm_provider_clickup::ClickUpProvider>) {
    let (server, provider) = wire().await;
    let statuses = json!([
        { "id": "p1", "status": "to do", "type": "open", "orderindex": 0 },
        { "id": "p2", "status": "in progress", "type": "custom", "orderindex": 1 },
        { "id": "p3", "status": "complete", "type": "closed", "orderindex": 2 },
    ]);
    let list = json!({ "id": "11", "name": "List", "statuses": statuses, "space": { "id": "3" },
        "folder": { "id": "5", "hidden": true } });
    answer(&server, "GET", LIST, 200, list.clone()).await;
    answer(&server, "GET", "/api/v2/space/3/list", 200, json!({ "lists": [list] })).await;
    answer(&server, "GET", "/api/v2/space/3/folder", 200, json!({ "folders": [] })).await;
    let space = json!({ "id": "3", "name": "Garden", "statuses": statuses });
    answer(&server, "GET", "/api/v2/space/3", 200, space.clone()).await;
    answer(&server, "GET", "/api/v2/team/9001/space", 200, json!({ "spaces": [space] })).await;
    let me = json!({ "id": 7, "username": "Ada", "timezone": "Europe/Berlin" });
    answer(&server, "GET", "/api/v2/user", 200, json!({ "user": me })).await;
    let members = json!([{ "user": me }, { "user": { "id": 8, "username": null } }]);
    answer(&server, "GET", "/api/v2/team", 200, json!({ "teams": [{ "id": "9001", "members": members }] })).await;
    let fields = json!([{ "id": "f-1", "name": "Size", "type": "drop_down",
        "type_config": { "options": [{ "id": "o-1", "name": "Small", "orderindex": 0 }] } }]);
    answer(&server, "GET", "/api/v2/list/11/field", 200, json!({ "fields": fields })).await;
    (server, Arc::new(provider))
}

/// The requests that came with a method: path and query.
async fn sent(server: &wiremock::MockServer, verb: &str) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let sent = requests.iter().filter(|request| request.method.as_str() == verb);
    let shown = |request: &wiremock::Request| {
        let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", request.url.path())
    };
    sent.map(shown).collect()
}

#[tokio::test]
async fn a_new_task_is_one_request_with_everything_in_it() {
    let (server, provider) = site().await;
    let mut made = task("86abc");
    made["status"] = json!({ "id": "p2", "status": "in progress", "type": "custom" });
    (made["priority"], made["time_estimate"]) = (json!({ "id": "2", "priority": "high" }), json!(9_000_000));
    (made["due_date"], made["markdown_description"]) = (json!("1767265200000"), json!("with *marks*"));
    answer(&server, "POST", "/api/v2/list/11/task", 200, made).await;
    let new = NewTask::new("space:3", "Paint")
        .description("with *marks*")
        .status("in progress")
        .priority("high")
        .assignees(["8", "7", "8"])
        .labels(["Red", "red", "Blue sky"])
        .estimated_hours(pm_provider::Hours::from_seconds(9_000))
        .due_date("2026-01-01".parse::<chrono::NaiveDate>().unwrap())
        .custom_field("Size", "small");
    let task = provider.create_task(new).await.unwrap();
    assert_eq!((task.id.as_str(), task.project_id.as_str()), ("86abc", "space:3"));
    let expected = json!({
        "name": "Paint", "markdown_content": "with *marks*", "status": "in progress", "priority": 2,
        "assignees": [8, 7], "tags": ["red", "blue sky"], "time_estimate": 9_000_000,
        // Noon in Berlin.
        "due_date": 1_767_265_200_000_i64, "due_date_time": false,
        "custom_fields": [{ "id": "f-1", "value": "o-1" }],
    });
    assert_eq!(bodies(&server, "POST").await, [expected]);
    let read = sent(&server, "GET").await;
    assert!(read.iter().all(|path| !path.starts_with("/api/v2/task/")), "the answer showed it all: {read:?}");
}

#[tokio::test]
async fn a_change_with_tags_is_read_tag_and_write() {
    let (server, provider) = site().await;
    let mut before = task("86abc");
    before["tags"] = json!([{ "name": "old" }, { "name": "kept" }]);
    before["assignees"] = json!([{ "id": 7 }]);
    answer(&server, "GET", "/api/v2/task/86abc", 200, before.clone()).await;
    for (verb, tag) in [("DELETE", "old"), ("POST", "blue sky")] {
        answer(&server, verb, &format!("/api/v2/task/86abc/tag/{}", tag.replace(' ', "%20")), 200, json!({})).await;
    }
    let mut after = before;
    (after["name"], after["tags"]) = (json!("Repaint"), json!([{ "name": "kept" }, { "name": "blue sky" }]));
    after["assignees"] = json!([{ "id": 8 }]);
    answer(&server, "PUT", "/api/v2/task/86abc", 200, after).await;
    let patch = TaskPatch::new().title("Repaint").labels(["Kept", "Blue sky"]).assignees(["8"]);
    let task = provider.update_task(&"86abc".into(), patch).await.unwrap();
    assert_eq!(task.labels, ["kept", "blue sky"]);
    assert_eq!(bodies(&server, "PUT").await, [json!({ "name": "Repaint", "assignees": { "add": [8], "rem": [7] } })]);
    assert_eq!(sent(&server, "DELETE").await, ["/api/v2/task/86abc/tag/old"]);
    assert_eq!(sent(&server, "POST").await, ["/api/v2/task/86abc/tag/blue%20sky"]);
    let read: Vec<_> = sent(&server, "GET").await.into_iter().filter(|path| path.contains("/task/")).collect();
    assert_eq!(read, ["/api/v2/task/86abc?include_markdown_description=true"]);
}

#[tokio::test]
async fn what_is_there_already_is_not_written() {
    let (server, provider) = site().await;
    let mut before = task("86abc");
    (before["tags"], before["due_date"]) = (json!([{ "name": "kept" }]), json!("1767236400000"));
    (before["priority"], before["time_estimate"]) = (json!({ "id": "2" }), json!("9000000"));
    answer(&server, "GET", "/api/v2/task/86abc", 200, before).await;
    let patch = TaskPatch::new()
        .title("Paint")
        .status("TO DO")
        .priority("high")
        .estimated_hours(pm_provider::Hours::from_seconds(9_000))
        .due_date("2026-01-01".parse::<chrono::NaiveDate>().unwrap())
        .add_labels(["KEPT"])
        .remove_labels(["absent"])
        .clear_description()
        .clear_start_date();
    provider.update_task(&"86abc".into(), patch).await.unwrap();
    assert!(sent(&server, "PUT").await.is_empty() && sent(&server, "POST").await.is_empty());
}

#[tokio::test]
async fn values_are_taken_away_in_clickups_own_ways() {
    let (server, provider) = site().await;
    let mut before = task("86abc");
    (before["due_date"], before["priority"]) = (json!("1767236400000"), json!({ "id": "2" }));
    (before["markdown_description"], before["time_estimate"]) = (json!("text"), json!(9_000_000));
    let mut field = json!({ "id": "f-1", "name": "Size", "type": "drop_down", "value": 0 });
    field["type_config"] = json!({ "options": [{ "id": "o-1", "name": "Small", "orderindex": 0 }] });
    before["custom_fields"] = json!([field]);
    answer(&server, "GET", "/api/v2/task/86abc", 200, before).await;
    answer(&server, "PUT", "/api/v2/task/86abc", 200, task("86abc")).await;
    answer(&server, "DELETE", "/api/v2/task/86abc/field/f-1", 200, json!({})).await;
    let patch = TaskPatch::new()
        .clear_due_date()
        .clear_priority()
        .clear_description()
        .clear_estimated_hours()
        .clear_custom_field("Size");
    provider.update_task(&"86abc".into(), patch).await.unwrap();
    let cleared = json!({ "due_date": null, "priority": null, "markdown_content": " ", "time_estimate": null });
    assert_eq!(bodies(&server, "PUT").await, [cleared]);
    assert_eq!(sent(&server, "DELETE").await, ["/api/v2/task/86abc/field/f-1"]);
}

#[tokio::test]
async fn nothing_is_written_before_everything_is_checked() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/api/v2/task/86abc", 200, task("86abc")).await;
    let patches = [
        TaskPatch::new().add_labels(["new"]).status("no such status"),
        TaskPatch::new().add_labels(["new"]).assignees(["999"]),
        TaskPatch::new().add_labels(["new"]).custom_field("Size", "Huge"),
        TaskPatch::new().add_labels(["new"]).custom_field("Colour", "red"),
        TaskPatch::new().add_labels(["new"]).parent_task_id("86abc"),
    ];
    for patch in patches {
        let error = provider.update_task(&"86abc".into(), patch.clone()).await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::InvalidInput, &Effect::NotExecuted), "{patch:?}");
    }
    for verb in ["PUT", "POST", "DELETE"] {
        assert!(sent(&server, verb).await.is_empty(), "{verb}");
    }
}

#[tokio::test]
async fn a_failure_half_way_says_what_was_done() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/api/v2/task/86abc", 200, task("86abc")).await;
    answer(&server, "POST", "/api/v2/task/86abc/tag/one", 200, json!({})).await;
    let refused = json!({ "err": "Not allowed", "ECODE": "ACCESS_083" });
    answer(&server, "PUT", "/api/v2/task/86abc", 403, refused).await;
    let patch = TaskPatch::new().title("Repaint").add_labels(["one"]);
    let error = provider.update_task(&"86abc".into(), patch).await.unwrap_err();
    let (applied, failed) = (vec!["labels".to_owned()], vec!["title".to_owned()]);
    assert_eq!(error.effect(), &Effect::Partial { id: "86abc".to_owned(), applied, failed });
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn what_clickup_takes_and_drops_is_told() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/api/v2/task/86abc", 200, task("86abc")).await;
    let mut after = task("86abc");
    after["name"] = json!("Repaint");
    answer(&server, "PUT", "/api/v2/task/86abc", 200, after).await;
    let patch = TaskPatch::new().title("Repaint").custom_field("Points", 3);
    let error = provider.update_task(&"86abc".into(), patch).await.unwrap_err();
    assert!(error.to_string().contains("Points") && error.to_string().contains("ClickApp"), "{error}");
    assert!(matches!(error.effect(), Effect::Partial { failed, .. } if failed == &["Points"]), "{error}");
}

#[tokio::test]
async fn listings_ask_for_all_that_is_hidden_by_default() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/api/v2/team/9001/task", 200, json!({ "tasks": [task("86abc")], "last_page": true })).await;
    answer(&server, "GET", "/api/v2/list/11/task", 200, json!({ "tasks": [], "last_page": true })).await;
    let query =
        TaskQuery::in_project("space:3").assignee("7").labels(["Red"]).sort(Sort::descending(SortField::UpdatedAt));
    provider.tasks_page(&query, None).await.unwrap();
    let listed: Vec<_> = sent(&server, "GET").await.into_iter().filter(|path| path.contains("/task?")).collect();
    let common = "assignees%5B%5D=7&tags%5B%5D=red&include_closed=true&subtasks=true&include_markdown_description=true\
        &order_by=updated&reverse=false&page=0";
    let mut expected = vec![
        format!("/api/v2/team/9001/task?space_ids%5B%5D=3&{common}"),
        format!("/api/v2/list/11/task?archived=true&include_timl=true&{common}"),
    ];
    expected.sort();
    let mut listed = listed;
    listed.sort();
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn a_task_is_found_by_what_people_call_it() {
    let (server, provider) = site().await;
    let mut called = task("86abc");
    called["custom_id"] = json!("DEV-12");
    Mock::given(method("GET"))
        .and(path("/api/v2/task/DEV-12"))
        .and(query_param("custom_task_ids", "true"))
        .and(query_param("team_id", "9001"))
        .respond_with(ResponseTemplate::new(200).set_body_json(called))
        .mount(&server)
        .await;
    let missing = json!({ "err": "Task not found", "ECODE": "ITEM_013" });
    answer(&server, "GET", "/api/v2/task/dev-12", 404, missing).await;
    let task = provider.get_task(&"DEV-12".into()).await.unwrap();
    assert_eq!((task.id.as_str(), task.key.as_deref()), ("86abc", Some("DEV-12")));
    assert_eq!(provider.task_by_key("dev-12").await.unwrap().id, task.id);
}

#[tokio::test]
async fn an_id_of_another_workspace_is_no_bad_token() {
    let (server, provider) = site().await;
    let foreign = json!({ "err": "Team not authorized", "ECODE": "OAUTH_027" });
    answer(&server, "GET", "/api/v2/task/86zzz", 401, foreign).await;
    assert_eq!(provider.get_task(&"86zzz".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn comments_go_on_behind_the_last_one_by_time_and_id() {
    let (server, provider) = site().await;
    let row = |id: u32| {
        json!({ "id": id.to_string(), "comment_text": format!("no. {id}"), "date": (1000 + id).to_string(),
        "user": { "id": 7, "username": "Ada" }, "resolved": false, "assignee": null, "reply_count": "0" })
    };
    let page = |from: u32, to: u32| json!({ "comments": (from..=to).rev().map(row).collect::<Vec<_>>() });
    Mock::given(method("GET"))
        .and(path("/api/v2/task/86abc/comment"))
        .and(query_param("start", "1006"))
        .and(query_param("start_id", "6"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(1, 5)))
        .mount(&server)
        .await;
    answer(&server, "GET", "/api/v2/task/86abc/comment", 200, page(6, 30)).await;
    let comments = provider.list_comments("86abc").await.unwrap();
    assert_eq!(comments.len(), 30);
    assert_eq!((comments[0].body.as_str(), comments[29].body.as_str()), ("no. 1", "no. 30"));
    answer(&server, "PUT", "/api/v2/comment/30", 200, json!({})).await;
    provider.update_comment(&"86abc".into(), &"30".into(), CommentPatch::new().body("new")).await.unwrap();
    assert_eq!(bodies(&server, "PUT").await, [json!({ "comment_text": "new", "resolved": false })]);
    answer(&server, "POST", "/api/v2/task/86abc/comment", 200, json!({ "id": 30, "hist_id": "x", "date": 1030 })).await;
    let made = provider.create_comment(NewComment::new("86abc", "no. 30")).await.unwrap();
    assert_eq!((made.id.as_str(), made.author_id), ("30", Some("7".into())));
    assert_eq!(bodies(&server, "POST").await, [json!({ "comment_text": "no. 30", "notify_all": false })]);
}

#[tokio::test]
async fn dependencies_and_links_are_said_from_the_right_end() {
    let (server, provider) = site().await;
    answer(&server, "GET", "/api/v2/task/86b", 200, task("86b")).await;
    // Before and after the two writes.
    Mock::given(method("GET"))
        .and(path("/api/v2/task/86a"))
        .respond_with(ResponseTemplate::new(200).set_body_json(task("86a")))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let mut related = task("86a");
    related["dependencies"] = json!([{ "task_id": "86b", "depends_on": "86a", "type": 1, "date_created": "5" }]);
    answer(&server, "GET", "/api/v2/task/86a", 200, related).await;
    answer(&server, "POST", "/api/v2/task/86b/dependency", 200, json!({})).await;
    let made = provider.create_relation(NewRelation::new(RelationKind::Blocks, "86a", "86b")).await.unwrap();
    assert_eq!((made.from.as_str(), made.to.as_str()), ("86a", "86b"));
    assert_eq!(bodies(&server, "POST").await, [json!({ "depends_on": "86a" })]);
    answer(&server, "DELETE", "/api/v2/task/86b/dependency", 200, json!({})).await;
    provider.delete_relation(&"86a".into(), &made.id).await.unwrap();
    assert_eq!(sent(&server, "DELETE").await, ["/api/v2/task/86b/dependency?depends_on=86a"]);
    let error = provider.create_relation(NewRelation::new(RelationKind::Duplicates, "86a", "86b")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_move_says_which_status_the_task_gets_where_its_own_is_not_there() {
    let (server, provider) = site().await;
    let sprint = json!({ "id": "21", "name": "Sprint 1", "space": { "id": "3" }, "folder": { "id": "20", "name": "Sprints" },
        "statuses": [{ "id": "s1", "status": "planned", "type": "open", "orderindex": 0 },
                     { "id": "s2", "status": "shipped", "type": "closed", "orderindex": 1 }] });
    answer(&server, "GET", "/api/v2/list/21", 200, sprint).await;
    answer(&server, "GET", "/api/v2/task/86abc", 200, task("86abc")).await;
    answer(&server, "PUT", "/api/v3/workspaces/9001/tasks/86abc/home_list/21", 200, json!({ "data": {} })).await;
    provider.update_task(&"86abc".into(), TaskPatch::new().sprint_id("21")).await.unwrap();
    let mapping = json!([{ "source_status_id": "p1", "destination_status_id": "s1" }]);
    assert_eq!(bodies(&server, "PUT").await, [json!({ "status_mappings": mapping })]);
}

#[tokio::test]
async fn the_tasks_of_a_sprint_are_asked_for_in_its_list() {
    let (server, provider) = site().await;
    let sprint =
        json!({ "id": "21", "name": "Sprint 1", "space": { "id": "3" }, "folder": { "id": "20", "name": "Sprints" } });
    answer(&server, "GET", "/api/v2/list/21", 200, sprint).await;
    answer(&server, "GET", "/api/v2/list/21/task", 200, json!({ "tasks": [], "last_page": true })).await;
    let mut query = TaskQuery::in_project("space:3");
    query.sprint = Match::Is("21".into());
    assert!(provider.tasks_page(&query, None).await.unwrap().items.is_empty());
    let listed: Vec<_> = sent(&server, "GET").await.into_iter().filter(|path| path.contains("/task?")).collect();
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert!(listed.iter().all(|path| path.starts_with("/api/v2/list/21/task?archived=")), "{listed:?}");
}
