//! What somebody writes by hand: one client, page after page, typed structs beside the raw text.

use reqwest::Client;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Result;
use crate::server::PAGE;
use crate::vendor::Vendor;

/// A task as the server tells it, and the text of it.
#[derive(Debug)]
pub(crate) struct Item<T> {
    /// Its fields.
    #[allow(dead_code, reason = "parsing and keeping them is what is measured")]
    pub(crate) task: T,
    /// Its text.
    pub(crate) raw: Box<RawValue>,
}

#[derive(Debug, Deserialize)]
struct WorkPackages {
    total: usize,
    #[serde(rename = "_embedded")]
    embedded: Elements,
}

#[derive(Debug, Deserialize)]
struct Elements {
    elements: Vec<Box<RawValue>>,
}

#[derive(Debug, Deserialize)]
struct Issues {
    issues: Vec<Box<RawValue>>,
    total_count: usize,
}

/// The fields of a work package that a task has.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "parsing them is what is measured")]
pub(crate) struct WorkPackage {
    pub(crate) id: u64,
    lock_version: u64,
    subject: String,
    description: Option<Text>,
    start_date: Option<String>,
    due_date: Option<String>,
    estimated_time: Option<String>,
    spent_time: Option<String>,
    percentage_done: Option<u8>,
    created_at: String,
    updated_at: String,
    #[serde(rename = "_links")]
    links: Links,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct Text {
    raw: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct Links {
    project: Link,
    status: Link,
    priority: Link,
    r#type: Link,
    author: Link,
    assignee: Option<Link>,
    version: Option<Link>,
    parent: Option<Link>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct Link {
    href: Option<String>,
    title: Option<String>,
}

/// The fields of an issue that a task has.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
pub(crate) struct Issue {
    pub(crate) id: u64,
    project: Named,
    tracker: Named,
    status: Named,
    priority: Named,
    author: Named,
    assigned_to: Option<Named>,
    fixed_version: Option<Named>,
    subject: String,
    description: Option<String>,
    start_date: Option<String>,
    due_date: Option<String>,
    done_ratio: u8,
    is_private: bool,
    estimated_hours: Option<f64>,
    spent_hours: Option<f64>,
    custom_fields: Vec<CustomField>,
    created_on: String,
    updated_on: String,
    closed_on: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct Named {
    id: u64,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct CustomField {
    id: u64,
    name: String,
    value: serde_json::Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    issues: Vec<Box<RawValue>>,
    next_page_token: Option<String>,
}

/// An issue of Jira's with the fields that a task has.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
pub(crate) struct JiraIssue {
    id: String,
    key: String,
    fields: JiraFields,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct JiraFields {
    summary: String,
    description: Option<serde_json::Value>,
    status: JiraNamed,
    priority: Option<JiraNamed>,
    issuetype: JiraNamed,
    project: JiraNamed,
    parent: Option<JiraNamed>,
    assignee: Option<Person>,
    reporter: Option<Person>,
    labels: Vec<String>,
    created: String,
    updated: String,
    resolutiondate: Option<String>,
    duedate: Option<String>,
    timeoriginalestimate: Option<u64>,
    timespent: Option<u64>,
    /// All others, custom ones above all.
    #[serde(flatten)]
    others: std::collections::HashMap<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct JiraNamed {
    id: String,
    name: Option<String>,
    key: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct Person {
    account_id: String,
    display_name: Option<String>,
}

/// An issue of GitHub's with the fields that a task has.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
pub(crate) struct GitHubIssue {
    id: u64,
    node_id: String,
    number: u64,
    title: String,
    body: Option<String>,
    state: String,
    state_reason: Option<String>,
    html_url: String,
    repository_url: String,
    user: Option<GitHubUser>,
    labels: Vec<GitHubLabel>,
    assignees: Vec<GitHubUser>,
    milestone: Option<GitHubMilestone>,
    parent_issue_url: Option<String>,
    pull_request: Option<serde::de::IgnoredAny>,
    created_at: String,
    updated_at: String,
    closed_at: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct GitHubUser {
    id: u64,
    login: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct GitHubLabel {
    name: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct GitHubMilestone {
    number: u64,
    title: String,
}

#[derive(Debug, Deserialize)]
struct ClickUpPage {
    tasks: Vec<Box<RawValue>>,
    last_page: bool,
}

/// A task of ClickUp's with the fields that a task has. What it tells twice is read once.
#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
pub(crate) struct ClickUpTask {
    id: String,
    custom_id: Option<String>,
    custom_item_id: Option<i64>,
    name: String,
    markdown_description: Option<String>,
    status: ClickUpStatus,
    date_created: String,
    date_updated: String,
    date_closed: Option<String>,
    archived: bool,
    creator: Identified,
    assignees: Vec<Identified>,
    tags: Vec<GitHubLabel>,
    parent: Option<String>,
    priority: Option<ClickUpPriority>,
    due_date: Option<String>,
    start_date: Option<String>,
    points: Option<f64>,
    time_estimate: Option<i64>,
    time_spent: Option<i64>,
    custom_fields: Vec<ClickUpField>,
    locations: Vec<ClickUpPlace>,
    url: String,
    list: ClickUpPlace,
    folder: ClickUpPlace,
    space: ClickUpPlace,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct Identified {
    id: u64,
    username: Option<String>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct ClickUpStatus {
    id: String,
    status: String,
    r#type: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct ClickUpPriority {
    id: String,
    priority: String,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct ClickUpField {
    id: String,
    name: String,
    r#type: String,
    value: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "parsing them is what is measured")]
struct ClickUpPlace {
    id: String,
    name: Option<String>,
}

/// Lists everything, page after page, and gives how many there are and how long their texts are.
pub(crate) async fn list(vendor: Vendor, url: &str) -> Result<(usize, usize)> {
    let client = Client::builder().no_proxy().build()?;
    match vendor {
        Vendor::OpenProject => Ok(sizes(&work_packages(&client, url).await?)),
        Vendor::Redmine => Ok(sizes(&issues(&client, url).await?)),
        Vendor::Jira => Ok(sizes(&jira_issues(&client, url).await?)),
        Vendor::GitHub => Ok(sizes(&github_issues(&client, url).await?)),
        Vendor::ClickUp => Ok(sizes(&clickup_tasks(&client, url).await?)),
    }
}

fn sizes<T>(items: &[Item<T>]) -> (usize, usize) {
    (items.len(), items.iter().map(|item| item.raw.get().len()).sum())
}

async fn work_packages(client: &Client, url: &str) -> Result<Vec<Item<WorkPackage>>> {
    let mut found = Vec::new();
    for page in 1.. {
        let address = format!("{url}/api/v3/work_packages?filters=%5B%5D&pageSize={PAGE}&offset={page}");
        let body = client.get(address).send().await?.error_for_status()?.bytes().await?;
        let list: WorkPackages = serde_json::from_slice(&body)?;
        let is_empty = list.embedded.elements.is_empty();
        for raw in list.embedded.elements {
            found.push(Item { task: serde_json::from_str(raw.get())?, raw });
        }
        if is_empty || found.len() >= list.total {
            break;
        }
    }
    Ok(found)
}

async fn issues(client: &Client, url: &str) -> Result<Vec<Item<Issue>>> {
    let mut found = Vec::new();
    loop {
        let address = format!("{url}/issues.json?status_id=*&limit={PAGE}&offset={}", found.len());
        let body = client.get(address).send().await?.error_for_status()?.bytes().await?;
        let list: Issues = serde_json::from_slice(&body)?;
        let is_empty = list.issues.is_empty();
        for raw in list.issues {
            found.push(Item { task: serde_json::from_str(raw.get())?, raw });
        }
        if is_empty || found.len() >= list.total_count {
            return Ok(found);
        }
    }
}

async fn jira_issues(client: &Client, url: &str) -> Result<Vec<Item<JiraIssue>>> {
    let (mut found, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut body =
            serde_json::json!({"jql": "created >= 0 ORDER BY created", "fields": ["*all"], "maxResults": PAGE});
        if let Some(token) = token {
            body["nextPageToken"] = token.into();
        }
        let request = client
            .post(format!("{url}/rest/api/3/search/jql"))
            .header("content-type", "application/json")
            .body(body.to_string());
        let body = request.send().await?.error_for_status()?.bytes().await?;
        let list: Found = serde_json::from_slice(&body)?;
        for raw in list.issues {
            found.push(Item { task: serde_json::from_str(raw.get())?, raw });
        }
        token = list.next_page_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

async fn github_issues(client: &Client, url: &str) -> Result<Vec<Item<GitHubIssue>>> {
    let (owner, name) = crate::github::REPOSITORY;
    let mut found = Vec::new();
    for page in 1.. {
        let query = format!("state=all&sort=created&direction=asc&per_page={PAGE}&page={page}");
        let request = client.get(format!("{url}/repos/{owner}/{name}/issues?{query}"));
        let answer = request.header("user-agent", "bench").send().await?.error_for_status()?;
        let has_more = answer.headers().get("link").is_some_and(|link| link.to_str().is_ok_and(has_next));
        let list: Vec<Box<RawValue>> = serde_json::from_slice(&answer.bytes().await?)?;
        for raw in list {
            found.push(Item { task: serde_json::from_str(raw.get())?, raw });
        }
        if !has_more {
            break;
        }
    }
    Ok(found)
}

async fn clickup_tasks(client: &Client, url: &str) -> Result<Vec<Item<ClickUpTask>>> {
    let mut found = Vec::new();
    for page in 0.. {
        let query = "include_closed=true&subtasks=true&include_markdown_description=true&order_by=created&reverse=true";
        let team = crate::clickup::WORKSPACE;
        let request = client.get(format!("{url}/api/v2/team/{team}/task?{query}&page={page}"));
        let body = request.header("authorization", "bench").send().await?.error_for_status()?.bytes().await?;
        let list: ClickUpPage = serde_json::from_slice(&body)?;
        for raw in list.tasks {
            found.push(Item { task: serde_json::from_str(raw.get())?, raw });
        }
        if list.last_page {
            break;
        }
    }
    Ok(found)
}

fn has_next(link: &str) -> bool {
    link.contains(r#"rel="next""#)
}
