//! What each fault does to an answer.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::stream::{self, StreamExt};

use super::HttpFault;
use super::server::Answering;

/// A page as proxies show it: long enough to be told from JSON, short enough to be read in a test's output.
const PAGE: &str =
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>";

/// The connection is closed instead of an answer.
#[derive(Debug)]
pub(crate) struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for Closed {}

/// Answers a request as the fault has it. The answering does nothing until it is awaited.
pub(super) async fn answer(fault: Option<HttpFault>, answering: Answering) -> Result<Response<Body>, Closed> {
    match fault {
        None | Some(HttpFault::Latency(_)) => Ok(whole(answering.await?)),
        Some(HttpFault::DropRequest) => Err(Closed),
        Some(HttpFault::DropReply) => answering.await.and(Err(Closed)),
        Some(HttpFault::Status { status, applied }) => after(applied, answering, plain(status, None)).await,
        Some(HttpFault::TooManyRequests { retry_after }) => Ok(plain(429, Some(retry_after))),
        Some(HttpFault::ServiceUnavailable { retry_after, applied }) => {
            after(applied, answering, plain(503, retry_after)).await
        }
        Some(HttpFault::SlowReply(pause)) => {
            let answer = answering.await?;
            tokio::time::sleep(pause).await;
            Ok(whole(answer))
        }
        Some(HttpFault::Truncate) => Ok(truncated(answering.await?)),
        Some(HttpFault::Html(status)) => Ok(page(status)),
        Some(HttpFault::Redirect(address)) => Ok(redirect(&address)),
        Some(HttpFault::WrongContentType) => Ok(plain_text(answering.await?)),
        Some(HttpFault::Garbage) => Ok(garbage(answering.await?)),
    }
}

async fn after(applied: bool, answering: Answering, reply: Response<Body>) -> Result<Response<Body>, Closed> {
    if applied {
        answering.await?;
    }
    Ok(reply)
}

fn whole(answer: Response<Bytes>) -> Response<Body> {
    answer.map(Body::from)
}

fn plain(status: u16, retry_after: Option<Duration>) -> Response<Body> {
    let mut reply = Response::new(Body::empty());
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(pause) = retry_after {
        reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(pause.as_secs()));
    }
    reply
}

fn page(status: u16) -> Response<Body> {
    let mut reply = plain(status, None).map(|_| Body::from(PAGE));
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    reply
}

fn redirect(address: &str) -> Response<Body> {
    let mut reply = plain(302, None);
    if let Ok(address) = HeaderValue::from_str(address) {
        reply.headers_mut().insert(header::LOCATION, address);
    }
    reply
}

fn plain_text(answer: Response<Bytes>) -> Response<Body> {
    let mut reply = whole(answer);
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    reply
}

fn garbage(answer: Response<Bytes>) -> Response<Body> {
    let mut reply = answer.map(|_| Body::from(&b"{\"\xff\xfe]]"[..]));
    reply.headers_mut().remove(header::CONTENT_LENGTH);
    reply.headers_mut().remove(header::CONTENT_ENCODING);
    reply
}

/// Half of the body, then the end of the connection, under the length of the whole.
fn truncated(answer: Response<Bytes>) -> Response<Body> {
    let (mut head, bytes) = answer.into_parts();
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let half = stream::iter([Ok(bytes.slice(..bytes.len() / 2))]);
    // The pause lets the first half leave: an error right behind it would throw it away unsent.
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Response::from_parts(head, Body::from_stream(half.chain(end)))
}

/// What a router's impossible error becomes.
impl From<Infallible> for Closed {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
