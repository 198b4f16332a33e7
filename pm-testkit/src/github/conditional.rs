//! Entity tags: what a client has already is not sent again, and costs nothing.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate>

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Collected};
use sha2::{Digest, Sha256};

/// Tags an answer, or leaves its body out where the client has it.
pub(super) async fn revalidate(response: Response<Body>, condition: Option<&HeaderValue>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    let bytes = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let mut digest = Sha256::new();
    digest.update(&bytes);
    // That the links count as well is unverified: a page that did not change may have another one behind it.
    digest.update(head.headers.get(header::LINK).map_or(&[][..], HeaderValue::as_bytes));
    let digits: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("W/\"{digits}\"");
    let known =
        condition.and_then(|condition| condition.to_str().ok()).is_some_and(|condition| has(condition, &digits));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, tag);
    }
    head.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60, s-maxage=60"));
    head.headers.insert(header::VARY, HeaderValue::from_static("Accept, Authorization, Cookie, X-GitHub-OTP"));
    if !known {
        return Response::from_parts(head, Body::from(bytes));
    }
    head.status = StatusCode::NOT_MODIFIED;
    head.headers.remove(header::CONTENT_TYPE);
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::empty())
}

/// Whether one of the tags of a condition is this one, strong or weak.
fn has(condition: &str, digits: &str) -> bool {
    condition
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/").trim_matches('"') == digits)
}
