//! Ten requests, each wrong in one way: every one is caught, and a right one is not.

use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, Description};

use crate::support::{Sent, findings_of, tracker, vendor};

/// What is wrong, the request, and what the one line about it has to say.
type Planted = (&'static str, Sent<'static>, &'static str);

async fn all_are_caught(description: Description, right: &[Sent<'static>], planted: [Planted; 10]) {
    let server = ContractServer::start(description, 0).await.unwrap();
    for sent in right {
        assert_eq!(findings_of(&server, *sent).await, Vec::<String>::new(), "{sent:?}");
    }
    for (wrong, sent, expected) in planted {
        let found = findings_of(&server, sent).await;
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert!(found[0].contains(expected), "{wrong}: `{}` lacks `{expected}`", found[0]);
    }
    assert!(!server.report().is_clean());
}

#[tokio::test]
async fn small_tracker() {
    let right = [
        Sent::plain("GET", "/api/tasks?state=open&limit=5&include=labels,comments"),
        Sent::plain("GET", "/api/tasks/1"),
        Sent::plain("DELETE", "/api/tasks/1"),
        Sent::json("POST", "/api/tasks", r#"{"title": "x", "due": null, "owner": null, "plan": {"hours": 1.5}}"#),
        Sent::json("POST", "/api/tasks", r#"{"title": "x", "owner": {"login": "ada"}}"#)
            .typed("application/json; charset=utf-8"),
    ];
    let planted = [
        (
            "misspelt field",
            Sent::json("POST", "/api/tasks", r#"{"title": "x", "dew": null}"#),
            "body `/dew`: no schema",
        ),
        (
            "field in the wrong place",
            Sent::json("POST", "/api/tasks", r#"{"title": "x", "plan": {"due": null}}"#),
            "body `/plan/due`: no schema",
        ),
        ("wrong type", Sent::json("POST", "/api/tasks", r#"{"title": 7}"#), "body `/title`: 7 is not of type"),
        (
            "unknown query parameter",
            Sent::plain("GET", "/api/tasks?stat=open"),
            "query `stat`: the operation has no such",
        ),
        ("value that is not allowed", Sent::plain("GET", "/api/tasks?include=labels,colours"), "query `include`: "),
        ("missing body", Sent::plain("POST", "/api/tasks"), "body: required, but missing"),
        (
            "wrong content type",
            Sent::json("POST", "/api/tasks", r#"{"title": "x"}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        ("wrong method", Sent::plain("PUT", "/api/tasks/1"), "PUT /api/tasks/{id}: method: no such method, but `GET`"),
        ("unknown path", Sent::plain("GET", "/api/task"), "GET /api/task: path: no such path"),
        ("missing required", Sent::json("POST", "/api/tasks", r#"{"due": null}"#), "\"title\" is a required property"),
    ];
    all_are_caught(tracker(), &right, planted).await;
}

#[tokio::test]
async fn openproject() {
    let Some(description) = vendor(Vendor::OpenProject) else { return };
    let right = [
        Sent::plain(
            "GET",
            "/api/v3/work_packages?filters=%5B%5D&sortBy=%5B%5B%22id%22,%22asc%22%5D%5D&offset=1&pageSize=20",
        ),
        Sent::json("POST", "/api/v3/projects/1/work_packages?notify=false", r#"{"subject": "x"}"#),
        Sent::json(
            "POST",
            "/api/v3/work_packages",
            r#"{"subject": "x", "description": {"raw": "y"}, "dueDate": null, "date": "2026-11-21", "estimatedTime": "PT1H30M",
                "customField3": "a", "_links": {"project": {"href": "/api/v3/projects/1"}, "assignee": {"href": null},
                "customField4": {"href": "/api/v3/custom_options/1"}}}"#,
        ),
        Sent::json(
            "PATCH",
            "/api/v3/work_packages/7",
            r#"{"lockVersion": 1, "_links": {"version": {"href": "/api/v3/versions/1"}}}"#,
        ),
        Sent::json("POST", "/api/v3/projects/1/work_packages/form", "{}"),
    ];
    let create = |body| Sent::json("POST", "/api/v3/projects/1/work_packages", body);
    let planted = [
        ("misspelt field", create(r#"{"subject": "x", "descripton": {"raw": "y"}}"#), "body `/descripton`: no schema"),
        (
            "field in the wrong place",
            create(r#"{"subject": "x", "_links": {"subject": {"href": "/"}}}"#),
            "body `/_links/subject`: no schema",
        ),
        ("wrong type", create(r#"{"subject": 7}"#), "body `/subject`: 7 is not of type"),
        (
            "unknown query parameter",
            Sent::plain("GET", "/api/v3/work_packages?page=2"),
            "query `page`: the operation has no such",
        ),
        (
            "filter values that are no list of texts",
            Sent::plain(
                "GET",
                "/api/v3/work_packages?filters=%5B%7B%22status%22:%7B%22operator%22:%22=%22,%22values%22:%221%22%7D%7D%5D",
            ),
            "query `filters`: filter `status`: values are no list of texts",
        ),
        ("missing body", Sent::plain("PATCH", "/api/v3/work_packages/7"), "body: required, but missing"),
        (
            "wrong content type",
            create(r#"{"subject": "x"}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        (
            "wrong method",
            Sent::plain("PUT", "/api/v3/work_packages/7"),
            "method: no such method, but `GET`, `DELETE`, `PATCH`",
        ),
        ("unknown path", Sent::plain("GET", "/api/v3/workpackages"), "path: no such path"),
        (
            "missing required",
            Sent::json("PATCH", "/api/v3/work_packages/7", r#"{"subject": "x"}"#),
            "\"lockVersion\" is a required",
        ),
    ];
    all_are_caught(description, &right, planted).await;
}

#[tokio::test]
async fn redmine() {
    let Some(description) = vendor(Vendor::Redmine) else { return };
    let right = [
        Sent::plain("GET", "/issues.json?status_id=*&sort=id&limit=100&offset=0&cf_3=a&include=relations,attachments"),
        Sent::plain("GET", "/users/current.json").with("x-redmine-switch-user", "ada"),
        Sent::json(
            "POST",
            "/issues.json",
            r#"{"issue": {"project_id": 1, "subject": "x", "due_date": null, "custom_fields": [{"id": 1, "value": "a"}]}}"#,
        ),
        Sent::json("POST", "/issues.json", r#"{"issue": {"project_id": "demo", "subject": "x"}}"#),
    ];
    let create = |body| Sent::json("POST", "/issues.json", body);
    let planted = [
        (
            "misspelt field",
            create(r#"{"issue": {"project_id": 1, "subject": "x", "descripton": "y"}}"#),
            "body `/issue/descripton`: no schema",
        ),
        (
            "field in the wrong place",
            create(r#"{"issue": {"project_id": 1, "subject": "x"}, "priority_id": 1}"#),
            "body `/priority_id`: no schema",
        ),
        (
            "wrong type",
            create(r#"{"issue": {"project_id": 1, "subject": 7}}"#),
            "body `/issue/subject`: 7 is not of type",
        ),
        (
            "unknown query parameter",
            Sent::plain("GET", "/issues.json?page=2"),
            "query `page`: the operation has no such",
        ),
        (
            "value that is not allowed",
            Sent::plain("GET", "/issues.json?include=relations,colours"),
            "query `include`: ",
        ),
        ("missing body", Sent::plain("PUT", "/issues/7.json"), "body: required, but missing"),
        (
            "wrong content type",
            create(r#"{"issue": {"project_id": 1, "subject": "x"}}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        ("wrong method", Sent::plain("PATCH", "/issues/7.json"), "method: no such method, but "),
        ("unknown path", Sent::plain("GET", "/tasks.json"), "path: no such path"),
        ("missing required", create(r#"{"issue": {"project_id": 1}}"#), "\"subject\" is a required property"),
    ];
    all_are_caught(description, &right, planted).await;
}

/// A document of Atlassian's format with one line.
macro_rules! line {
    ($text:literal) => {
        concat!(
            r#"{"version": 1, "type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""#,
            $text,
            r#""}]}]}"#
        )
    };
}

/// A create of an issue with further fields.
macro_rules! issue {
    ($further:expr) => {
        concat!(r#"{"fields": {"project": {"id": "10000"}, "issuetype": {"id": "1"}, "summary": "x""#, $further, "}}")
    };
}

#[tokio::test]
async fn jira_platform() {
    let Some(description) = vendor(Vendor::Jira) else { return };
    let create = |body| Sent::json("POST", "/rest/api/3/issue", body);
    let edit = |body| Sent::json("PUT", "/rest/api/3/issue/10001?returnIssue=true", body);
    let right = [
        create(issue!("")),
        create(concat!(
            r#"{"fields": {"project": {"key": "WEB"}, "issuetype": {"name": "Task"}, "summary": "x", "description": "#,
            line!("text"),
            r#", "labels": ["a", "b"], "duedate": "2026-11-21", "customfield_10016": 3, "assignee": {"accountId": "5b10"},
                "timetracking": {"originalEstimate": "90m"}}, "properties": [{"key": "pm-core", "value": {"key": "k"}}]}"#
        )),
        edit(r#"{"update": {"parent": [{"set": {"none": true}}], "labels": [{"add": "a"}, {"remove": "b"}]}}"#),
        Sent::json(
            "POST",
            "/rest/api/3/search/jql",
            r#"{"jql": "project = 10000", "fields": ["*all"], "maxResults": 100, "reconcileIssues": [10001]}"#,
        ),
        Sent::json("POST", "/rest/api/3/issue/10001/transitions", r#"{"transition": {"id": "31"}}"#),
        Sent::json("POST", "/rest/api/3/issue/10001/comment", concat!(r#"{"body": "#, line!("hi"), "}")),
        Sent::plain("GET", "/rest/api/3/project/search?startAt=0&maxResults=50&expand=description,lead&status=live"),
        Sent::json(
            "POST",
            "/rest/webhooks/1.0/webhook",
            r#"{"name": "pm", "url": "https://example.org/hook", "events": ["jira:issue_created"],
                "filters": {"issue-related-events-section": "project = WEB"}, "secret": "s"}"#,
        ),
    ];
    let planted = [
        (
            "a name that is no id",
            create(issue!(r#", "Story Points": 3"#)),
            "body `/fields/Story Points`: there is no field of this id",
        ),
        (
            "field in the wrong place",
            create(r#"{"summary": "x", "fields": {"project": {"id": "1"}, "issuetype": {"id": "1"}, "summary": "x"}}"#),
            "body: Additional properties are not allowed ('summary'",
        ),
        ("wrong type", create(issue!(r#", "labels": "urgent""#)), "body `/fields/labels`: a list is wanted"),
        (
            "text instead of a document",
            create(issue!(r#", "description": "text""#)),
            "body `/fields/description`: no text",
        ),
        (
            "a node where it cannot stand",
            create(issue!(
                r#", "description": {"version": 1, "type": "doc", "content": [{"type": "text", "text": "x"}]}"#
            )),
            "body `/fields/description/content/0`: `text` cannot stand in `doc`",
        ),
        (
            "a field that only the server writes",
            edit(r#"{"fields": {"timeoriginalestimate": 3600}}"#),
            "body `/fields/timeoriginalestimate`: only the server writes",
        ),
        (
            "a status as a field of an edit",
            edit(r#"{"transition": {"id": "31"}}"#),
            "body `/transition`: an edit ignores",
        ),
        (
            "unknown query parameter",
            Sent::plain("GET", "/rest/api/3/issue/10001?field=summary"),
            "query `field`: the operation has no such",
        ),
        (
            "the search that is gone",
            Sent::json("POST", "/rest/api/3/search", r#"{"jql": "project = WEB"}"#),
            "POST /rest/api/3/search: path: no such path",
        ),
        (
            "missing required",
            create(r#"{"fields": {"project": {"id": "1"}, "issuetype": {"id": "1"}}}"#),
            "needs `summary`",
        ),
    ];
    all_are_caught(description, &right, planted).await;
}

#[tokio::test]
async fn jira_software() {
    let Some(description) = vendor(Vendor::Jira) else { return };
    let create = |body| Sent::json("POST", "/rest/agile/1.0/sprint", body);
    let right = [
        create(r#"{"name": "Sprint 1", "originBoardId": 5, "goal": "g", "startDate": "2026-11-21T09:00:00.000Z"}"#),
        Sent::json("POST", "/rest/agile/1.0/sprint/7", r#"{"state": "active"}"#),
        Sent::json("POST", "/rest/agile/1.0/sprint/7/issue", r#"{"issues": ["10001"]}"#),
        Sent::json("POST", "/rest/agile/1.0/backlog/issue", r#"{"issues": ["10001"]}"#),
        Sent::plain("GET", "/rest/agile/1.0/board?projectKeyOrId=10000&type=scrum&startAt=0&maxResults=50"),
        Sent::plain("GET", "/rest/agile/1.0/board/5/sprint?state=active,future"),
        Sent::plain("DELETE", "/rest/agile/1.0/sprint/7"),
    ];
    let planted = [
        ("misspelt field", create(r#"{"name": "x", "originBoardId": 5, "gaol": "g"}"#), "body"),
        ("wrong type", create(r#"{"name": "x", "originBoardId": "5"}"#), "body `/originBoardId`: \"5\" is not of type"),
        (
            "text instead of a list",
            Sent::json("POST", "/rest/agile/1.0/backlog/issue", r#"{"issues": "10001"}"#),
            "body `/issues`",
        ),
        (
            "numbers instead of texts",
            Sent::json("POST", "/rest/agile/1.0/sprint/7/issue", r#"{"issues": [10001]}"#),
            "body `/issues/0`",
        ),
        (
            "unknown query parameter",
            Sent::plain("GET", "/rest/agile/1.0/board?project=10000"),
            "query `project`: the operation has no such",
        ),
        ("text instead of a number in the path", Sent::plain("GET", "/rest/agile/1.0/sprint/one"), "path `sprintId`: "),
        ("missing body", Sent::plain("POST", "/rest/agile/1.0/sprint"), "body: required, but missing"),
        (
            "wrong content type",
            create(r#"{"name": "x", "originBoardId": 5}"#).typed("text/plain"),
            "header `content-type`: `text/plain`",
        ),
        ("wrong method", Sent::json("PATCH", "/rest/agile/1.0/sprint/7", "{}"), "method: no such method, but "),
        ("unknown path", Sent::plain("GET", "/rest/agile/1.0/sprints"), "path: no such path"),
    ];
    all_are_caught(description, &right, planted).await;
}

#[tokio::test]
async fn jira_data_center() {
    let Some(description) = vendor(Vendor::JiraDataCenter) else { return };
    let create = |body| Sent::json("POST", "/rest/api/2/issue", body);
    let right = [
        create(issue!(r#", "description": "h1. x", "assignee": {"name": "ada"}"#)),
        Sent::json(
            "POST",
            "/rest/api/2/search",
            r#"{"jql": "project = 10000", "startAt": 0, "maxResults": 100, "validateQuery": true}"#,
        ),
        Sent::plain("GET", "/rest/api/2/user/search?username=.&includeInactive=true&startAt=0&maxResults=50"),
        Sent::plain("PUT", "/rest/api/2/project/10000/archive"),
        Sent::json("POST", "/rest/agile/1.0/sprint", r#"{"name": "x", "originBoardId": 5}"#),
        Sent::json("POST", "/rest/api/2/issue/10001/comment", r#"{"body": "*hi*"}"#),
    ];
    let planted = [
        (
            "a document instead of a text",
            create(concat!(
                r#"{"fields": {"project": {"id": "1"}, "issuetype": {"id": "1"}, "summary": "x", "description": "#,
                line!("x"),
                "}}"
            )),
            "Data Center takes wiki markup",
        ),
        (
            "an account instead of a name",
            create(issue!(r#", "assignee": {"accountId": "5b10"}"#)),
            "body `/fields/assignee`: an object is wanted with `name`",
        ),
        (
            "the search of Cloud",
            Sent::json("POST", "/rest/api/2/search/jql", r#"{"jql": "project = WEB"}"#),
            "path: no such path",
        ),
        ("the version of Cloud", Sent::plain("GET", "/rest/api/3/myself"), "path: no such path"),
        (
            "the fetch of Cloud",
            Sent::json("POST", "/rest/api/2/issue/bulkfetch", r#"{"issueIdsOrKeys": ["1"]}"#),
            "no such ",
        ),
        ("a token of Cloud", Sent::json("POST", "/rest/api/2/search", r#"{"jql": "x", "nextPageToken": "t"}"#), "body"),
        (
            "a parameter of Cloud",
            Sent::json("PUT", "/rest/api/2/issue/10001?returnIssue=true", r#"{"fields": {"summary": "y"}}"#),
            "query `returnIssue`",
        ),
        (
            "archiving as on Cloud",
            Sent::plain("POST", "/rest/api/2/project/10000/archive"),
            "method: no such method, but `PUT`",
        ),
        (
            "a comment without a text",
            Sent::json("POST", "/rest/api/2/issue/10001/comment", "{}"),
            "a comment needs a `body`",
        ),
        ("missing required", create(r#"{"fields": {"project": {"id": "1"}, "summary": "x"}}"#), "needs `issuetype`"),
    ];
    all_are_caught(description, &right, planted).await;
}

#[tokio::test]
async fn github() {
    let Some(description) = vendor(Vendor::GitHub) else { return };
    let right = [
        Sent::plain("GET", "/repos/o/r/issues?state=all&sort=created&direction=asc&per_page=100&page=2"),
        Sent::plain("GET", "/user/583231"),
        Sent::plain("GET", "/repositories/1296269"),
        Sent::json(
            "POST",
            "/repos/o/r/issues",
            r#"{"title": "x", "body": "y", "labels": ["bug"], "assignees": ["ada"], "milestone": 3, "type": "Bug"}"#,
        ),
        Sent::json(
            "PATCH",
            "/repos/o/r/issues/7",
            r#"{"state": "closed", "state_reason": "duplicate", "milestone": null}"#,
        ),
        Sent::json("POST", "/repos/o/r/issues/7/sub_issues", r#"{"sub_issue_id": 30001, "replace_parent": true}"#),
        Sent::json("POST", "/graphql", r#"{"query": "{ viewer { id } }", "variables": {"a": 1}}"#),
    ];
    let create = |body| Sent::json("POST", "/repos/o/r/issues", body);
    let planted = [
        ("misspelt field", create(r#"{"title": "x", "asignees": ["ada"]}"#), "body `/asignees`: no schema"),
        (
            "field in the wrong place",
            Sent::json("PATCH", "/repos/o/r/milestones/3", r#"{"title": "x", "milestone": 3}"#),
            "body `/milestone`: no schema",
        ),
        (
            "wrong type",
            Sent::json("POST", "/repos/o/r/issues/7/sub_issues", r#"{"sub_issue_id": "30001"}"#),
            "body `/sub_issue_id`: \"30001\" is not of type",
        ),
        (
            "unknown query parameter",
            Sent::plain("GET", "/repos/o/r/issues?status=all"),
            "query `status`: the operation has no such",
        ),
        ("value that is not allowed", Sent::plain("GET", "/repos/o/r/issues?state=done"), "query `state`: "),
        ("missing body", Sent::plain("POST", "/repos/o/r/milestones"), "body: required, but missing"),
        ("wrong content type", create(r#"{"title": "x"}"#).typed("text/plain"), "header `content-type`: `text/plain`"),
        ("wrong method", Sent::plain("PUT", "/repos/o/r/issues/7"), "method: no such method, but"),
        ("unknown path", Sent::plain("GET", "/repos/o/r/issue/7"), "path: no such path"),
        (
            "missing required",
            Sent::json("POST", "/repos/o/r/issues/7/dependencies/blocked_by", "{}"),
            "\"issue_id\" is a required property",
        ),
    ];
    all_are_caught(description, &right, planted).await;
}

#[tokio::test]
async fn clickup() {
    let Some(description) = vendor(Vendor::ClickUp) else { return };
    let right = [
        Sent::plain(
            "GET",
            "/api/v2/team/9008/task?page=0&space_ids[]=1&space_ids[]=2&statuses[]=to%20do&include_closed=true",
        ),
        Sent::plain("GET", "/api/v2/list/901/task?archived=true&statuses[]=to%20do&assignees[]=81&include_timl=true"),
        Sent::json(
            "POST",
            "/api/v2/list/901/task",
            r#"{"name": "x", "markdown_content": "y", "assignees": [81], "tags": ["a"], "priority": 2, "due_date": 1779883200000}"#,
        ),
        Sent::json("PUT", "/api/v2/task/86c", r#"{"assignees": {"add": [81], "rem": []}, "priority": 3}"#),
        Sent::plain("POST", "/api/v2/task/86c/tag/red%20paint"),
        Sent::plain("DELETE", "/api/v2/task/86c/dependency?depends_on=86d"),
        Sent::json("PUT", "/api/v3/workspaces/9008/tasks/86c/home_list/901", r#"{"status_mappings": []}"#),
        Sent::json("POST", "/api/v2/task/86c/comment", r#"{"comment_text": "x", "notify_all": false}"#),
    ];
    let create = |body| Sent::json("POST", "/api/v2/list/901/task", body);
    let change = |body| Sent::json("PUT", "/api/v2/task/86c", body);
    let planted = [
        ("misspelt field", create(r#"{"name": "x", "asignees": [81]}"#), "body `/asignees`: no schema"),
        ("field in the wrong place", change(r#"{"name": "x", "tags": ["a"]}"#), "body `/tags`: no schema"),
        ("wrong type", change(r#"{"assignees": [81]}"#), "body `/assignees`: [81] is not of type"),
        (
            "unknown query parameter",
            Sent::plain("GET", "/api/v2/list/901/task?statuses=open"),
            "query `statuses`: the operation has no such",
        ),
        ("value that is not allowed", Sent::plain("GET", "/api/v2/list/901/task?page=first"), "query `page`: "),
        ("missing body", Sent::plain("POST", "/api/v2/list/901/task"), "body: required, but missing"),
        ("wrong content type", create(r#"{"name": "x"}"#).typed("text/plain"), "header `content-type`: `text/plain`"),
        ("wrong method", Sent::json("PATCH", "/api/v2/task/86c", "{}"), "method: no such method, but"),
        ("unknown path", Sent::plain("GET", "/api/v2/tasks/86c"), "path: no such path"),
        (
            "missing required",
            Sent::json("POST", "/api/v2/task/86c/comment", r#"{"comment_text": "x"}"#),
            "\"notify_all\" is a required property",
        ),
    ];
    all_are_caught(description, &right, planted).await;
}
