//! A server of tasks, in a process of its own: neither its time nor its memory is anybody's.

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};

use crate::vendor::Vendor;
use crate::{Result, clickup, github, jira, tasks};

const WORD: &str = "--serve";
/// No product gives more at once as it comes.
pub(crate) const PAGE: usize = 100;

/// Is what the process of a server is sent for.
#[derive(Debug)]
pub(crate) struct Errand {
    vendor: String,
    tasks: String,
    milliseconds: String,
}

/// What all requests share.
#[derive(Debug)]
struct Shop {
    vendor: Vendor,
    tasks: Vec<String>,
    count: usize,
    latency: Duration,
}

/// Is a running server; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Starts one with some tasks, which takes its time to answer each request.
    pub(crate) fn start(vendor: Vendor, tasks: usize, latency: Duration) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([WORD, vendor.word(), &tasks.to_string(), &latency.as_millis().to_string()]);
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        BufReader::new(process.stdout.take().ok_or("the server has no output")?).read_line(&mut url)?;
        Ok(Self { process, url: url.trim().to_owned() })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Errand {
    /// Reads the command line of such a process; `None` on any other.
    pub(crate) fn read(arguments: &[String]) -> Option<Self> {
        let [word, vendor, tasks, milliseconds] = arguments else { return None };
        let errand = || Self { vendor: vendor.clone(), tasks: tasks.clone(), milliseconds: milliseconds.clone() };
        (word == WORD).then(errand)
    }

    /// Serves until it is killed.
    pub(crate) async fn run(self) -> Result<()> {
        let (vendor, count) = (self.vendor.parse()?, self.tasks.parse()?);
        let latency = Duration::from_millis(self.milliseconds.parse()?);
        // The tasks are made before anybody counts time, unless there are too many to keep.
        let tasks =
            if count <= 10_000 { (0..count).map(|number| tasks::json(vendor, number)).collect() } else { Vec::new() };
        let router = Router::new().fallback(answer).with_state(Arc::new(Shop { vendor, tasks, count, latency }));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("http://{}", listener.local_addr()?);
        Ok(axum::serve(listener, router).await?)
    }
}

async fn answer(
    State(shop): State<Arc<Shop>>,
    uri: Uri,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    sent: Bytes,
) -> Response {
    tokio::time::sleep(shop.latency).await;
    let body = match shop.vendor {
        Vendor::OpenProject => shop.open_project(uri.path(), &query),
        Vendor::Redmine => shop.redmine(uri.path(), &query),
        Vendor::Jira => shop.jira(uri.path(), &query, &sent),
        Vendor::ClickUp => shop.clickup(uri.path(), &query),
        Vendor::GitHub => return shop.github(uri.path(), &query, &headers),
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

impl Shop {
    fn open_project(&self, path: &str, query: &[(String, String)]) -> String {
        match path.trim_start_matches("/api/v3/") {
            "work_packages" => self.work_packages(query),
            "statuses" => collection(r#"{"_type":"Status","id":1,"name":"New","isClosed":false,"isDefault":true,"position":1,"_links":{"self":{"href":"/api/v3/statuses/1"}}}"#),
            "priorities" => collection(r#"{"_type":"Priority","id":2,"name":"Normal","position":2,"isDefault":true,"isActive":true,"_links":{"self":{"href":"/api/v3/priorities/2"}}}"#),
            "types" => collection(r#"{"_type":"Type","id":1,"name":"Task","isDefault":true,"isMilestone":false,"position":1,"_links":{"self":{"href":"/api/v3/types/1"}}}"#),
            "users/me" => r#"{"_type":"User","id":5,"login":"ada","name":"Ada Lovelace","status":"active","_links":{"self":{"href":"/api/v3/users/5"}}}"#.to_owned(),
            _ => collection(""),
        }
    }

    fn work_packages(&self, query: &[(String, String)]) -> String {
        let start = value(query, "filters").map_or(0, |filters| self.number_since(filters));
        let size = number(query, "pageSize").unwrap_or(20).min(PAGE);
        let page = number(query, "offset").unwrap_or(1).max(1);
        let from = start + (page - 1) * size;
        let items = self.items(from, size);
        format!(
            r#"{{"_type":"WorkPackageCollection","total":{},"count":{},"pageSize":{size},"offset":{page},"_embedded":{{"elements":[{}]}},"_links":{{"self":{{"href":"/api/v3/work_packages"}}}}}}"#,
            self.count - start,
            items.len(),
            items.join(","),
        )
    }

    fn redmine(&self, path: &str, query: &[(String, String)]) -> String {
        match path {
            "/issues.json" => self.issues(query),
            "/issue_statuses.json" => r#"{"issue_statuses":[{"id":1,"name":"New","is_closed":false}]}"#.to_owned(),
            "/enumerations/issue_priorities.json" => r#"{"issue_priorities":[{"id":2,"name":"Normal","is_default":true}]}"#.to_owned(),
            "/trackers.json" => r#"{"trackers":[{"id":2,"name":"Feature","default_status":{"id":1,"name":"New"}}]}"#.to_owned(),
            "/users/current.json" => r#"{"user":{"id":5,"login":"ada","admin":true,"firstname":"Ada","lastname":"Lovelace","mail":"ada@example.com"}}"#.to_owned(),
            _ => "{}".to_owned(),
        }
    }

    fn issues(&self, query: &[(String, String)]) -> String {
        let start = ["created_on", "updated_on"].iter().find_map(|name| value(query, name));
        let start = start.map_or(0, |filter| self.number_since(filter));
        // Ids are numbers from 1 on.
        let after = value(query, "issue_id").and_then(|filter| filter.strip_prefix(">=")?.parse::<usize>().ok());
        let start = start.max(after.map_or(0, |id| id.saturating_sub(1))).min(self.count);
        let (size, offset) = (number(query, "limit").unwrap_or(25).min(PAGE), number(query, "offset").unwrap_or(0));
        let items = self.items(start + offset, size);
        format!(
            r#"{{"issues":[{}],"total_count":{},"offset":{offset},"limit":{size}}}"#,
            items.join(","),
            self.count - start,
        )
    }

    fn jira(&self, path: &str, query: &[(String, String)], sent: &[u8]) -> String {
        if let Some(fixed) = jira::fixed(path) {
            return fixed.to_string();
        }
        let wanted = jira::Wanted::read(sent, query);
        jira::page(wanted, &self.items(wanted.start, wanted.size.min(PAGE)), self.count)
    }

    fn github(&self, path: &str, query: &[(String, String)], headers: &HeaderMap) -> Response {
        let json = |body: String| ([(header::CONTENT_TYPE, "application/json")], body).into_response();
        match path.rsplit('/').next() {
            Some("issues") => {
                let (page, size) = (number(query, "page").unwrap_or(1).max(1), number(query, "per_page").unwrap_or(30));
                let listing = github::Listing { headers, page, size: size.clamp(1, PAGE), count: self.count };
                listing.answer(|from, size| self.items(from, size).join(","))
            }
            Some("user") => json(github::user()),
            _ => json(github::repository()),
        }
    }

    fn clickup(&self, path: &str, query: &[(String, String)]) -> String {
        if !path.ends_with("/task") {
            return clickup::fixed(path).to_string();
        }
        if value(query, "archived") == Some("true") {
            return clickup::page(&[], true);
        }
        let moment = value(query, "date_created_gt").and_then(|moment| moment.parse().ok());
        let start = moment.map_or(0, clickup::number_after) + number(query, "page").unwrap_or(0) * PAGE;
        clickup::page(&self.items(start, PAGE), start + PAGE >= self.count)
    }

    fn items(&self, from: usize, size: usize) -> Vec<std::borrow::Cow<'_, str>> {
        (from..(from + size).min(self.count))
            .map(|number| match self.tasks.get(number) {
                Some(task) => task.as_str().into(),
                None => tasks::json(self.vendor, number).into(),
            })
            .collect()
    }

    /// The number of the first task that was made at the time that a filter names, or later.
    fn number_since(&self, filter: &str) -> usize {
        let time = filter.find("20").and_then(|at| filter.get(at..)).and_then(time);
        let seconds = time.map_or(0, |time| (time - tasks::first()).num_milliseconds().max(0) as usize);
        seconds.div_ceil(1_000).min(self.count)
    }
}

/// The time that a text begins with.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let end = text.find('Z')? + 1;
    text.get(..end)?.parse().ok()
}

fn collection(element: &str) -> String {
    let count = usize::from(!element.is_empty());
    format!(
        r#"{{"_type":"Collection","total":{count},"count":{count},"pageSize":20,"offset":1,"_embedded":{{"elements":[{element}]}},"_links":{{"self":{{"href":"/"}}}}}}"#
    )
}

fn value<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn number(query: &[(String, String)], name: &str) -> Option<usize> {
    value(query, name)?.parse().ok()
}
