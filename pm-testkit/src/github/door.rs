//! What every request meets before its resource: who asks, how much they may, where a thing is today.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use tower::ServiceExt;

use super::access::Caller;
use super::addresses;
use super::conditional;
use super::errors::{Answer, Problem};
use super::limits::{self, Kind};
use super::store::App;

/// The version of the API: <https://docs.github.com/en/rest/about-the-rest-api/api-versions>.
const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// The prefix of an installation's API: <https://docs.github.com/en/enterprise-server/rest>.
const ENTERPRISE: &str = "/api/v3";

/// The server's outside: the database, and the routes behind the door.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) app: App,
    pub(super) routes: Router,
}

/// Counts a request as being under way for as long as it lives.
struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers a request.
pub(super) async fn enter(State(door): State<Door>, request: Request) -> Response {
    let agent = request.headers().get(header::USER_AGENT).is_some_and(|agent| !agent.is_empty());
    if !agent {
        // <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#user-agent-required>
        let text = "\r\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent \
                    header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required).";
        return Problem::page(403, text).into_response();
    }
    let app = &door.app;
    let crowd = app.under_way.fetch_add(1, Ordering::Relaxed);
    let _under_way = UnderWay(&app.under_way);
    tokio::time::sleep(app.options.answer_time).await;
    if crowd >= limits::CONCURRENT && app.options.limits.secondary {
        app.lock().traffic.refused_secondary += 1;
        return limits::too_fast(app, Kind::Rest, TimeDelta::seconds(1)).into_response();
    }
    let (path, base) = places(&request);
    // Apps prove who they are by themselves.
    let is_app = path.starts_with("/app/");
    let nobody = HeaderMap::new();
    match Caller::of(app, if is_app { &nobody } else { request.headers() }, base) {
        Ok(caller) => serve(&door, request, &path, caller).await,
        Err(problem) => problem.into_response(),
    }
}

/// The path without the prefix of an installation, and the address that links begin with.
fn places(request: &Request) -> (String, String) {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let path = request.uri().path();
    match path.strip_prefix(ENTERPRISE) {
        Some(rest) => (rest.to_owned(), format!("http://{host}{ENTERPRISE}")),
        None if path == "/api/graphql" => ("/graphql".to_owned(), format!("http://{host}{ENTERPRISE}")),
        None => (path.to_owned(), format!("http://{host}")),
    }
}

async fn serve(door: &Door, request: Request, path: &str, caller: Caller) -> Response {
    let app = &door.app;
    let resource = limits::resource(path);
    let condition = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match answer(door, request, path, &caller).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    if is_read && response.status() == StatusCode::OK {
        response = conditional::revalidate(response, condition.as_ref()).await;
    }
    if response.status() == StatusCode::NOT_MODIFIED {
        limits::refund(app, &caller, resource);
    }
    limits::headers(app, &caller, resource, response.headers_mut());
    general_headers(app, response.headers_mut());
    response
}

async fn answer(door: &Door, request: Request, path: &str, caller: &Caller) -> Answer<Response> {
    let version = request.headers().get("x-github-api-version").and_then(|version| version.to_str().ok());
    if version.is_some_and(|version| !VERSIONS.contains(&version)) {
        return Err(Problem::new(400, "API version is not supported."));
    }
    limits::admit(&door.app, caller, request.method(), path)?;
    let path = addresses::resolve(&door.app, caller, request.method(), path, request.uri().query())?;
    let request = addressed(request, &path, caller)?;
    let routed: Result<Response, std::convert::Infallible> = door.routes.clone().oneshot(request).await;
    let response = routed.map_err(|never| match never {})?;
    // What the router itself refuses is not there for the vendor: other methods, and words where numbers belong.
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => Err(Problem::not_found()),
        StatusCode::BAD_REQUEST if kind.starts_with("text/plain") => Err(Problem::not_found()),
        _ => Ok(response),
    }
}

/// The request at the address of its resource, with who asks.
fn addressed(request: Request, path: &str, caller: &Caller) -> Answer<Request<Body>> {
    let (mut head, body) = request.into_parts();
    let query = head.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    head.uri = format!("{path}{query}").parse::<Uri>().map_err(|_| Problem::not_found())?;
    head.extensions.insert(caller.clone());
    Ok(Request::from_parts(head, body))
}

fn general_headers(app: &App, headers: &mut HeaderMap) {
    // Clients tell the times of the limits by the server's clock, which tests may have moved.
    let date = app.moment().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(header::DATE, date);
    }
    headers.insert("x-github-media-type", HeaderValue::from_static("github.v3; format=json"));
    headers.insert("x-github-api-version-selected", HeaderValue::from_static(VERSIONS[0]));
    if let Ok(id) = HeaderValue::from_str(&crate::secrets::random(1).to_uppercase()) {
        headers.insert("x-github-request-id", id);
    }
}
