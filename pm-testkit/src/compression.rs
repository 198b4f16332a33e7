//! Compressed answers for clients that take them.

use std::io::Write;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, header};
use axum::middleware::Next;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Collected};

/// Answers that are smaller than this stay as they are.
const LEAST: usize = 1024;

/// Compresses answers with gzip for clients that accept it.
pub(super) async fn compress(request: Request, next: Next) -> Response<Body> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let takes_gzip = accepted.is_some_and(|accepted| accepted.contains("gzip"));
    let (mut head, body) = next.run(request).await.into_parts();
    let bytes = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let packed = if takes_gzip && bytes.len() >= LEAST { pack(&bytes) } else { None };
    let Some(packed) = packed else { return Response::from_parts(head, Body::from(bytes)) };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    head.headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Response::from_parts(head, Body::from(packed))
}

fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).ok()?;
    packer.finish().ok()
}
