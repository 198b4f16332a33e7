//! The service under octocrab: it hands each request to the shared client.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, Full};
use octocrab::OctoBody;
use pm_http::{Client, Endpoint, Reply};
use pm_provider::{Error, ErrorKind, Result};
use tower::Service;

/// What a request needs besides what HTTP has: it travels in the request's extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    pub(super) endpoint: Endpoint,
    pub(super) revalidates: bool,
}

/// Sends requests by the shared client.
#[derive(Clone, Debug)]
pub(super) struct Transport(Client);

impl Transport {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }
}

impl Service<http::Request<OctoBody>> for Transport {
    type Response = http::Response<Full<Bytes>>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        // Whoever has to wait, for limits say, waits inside of the client.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<OctoBody>) -> Self::Future {
        send(self.0.clone(), request).boxed()
    }
}

async fn send(client: Client, request: http::Request<OctoBody>) -> Result<http::Response<Full<Bytes>>> {
    let (mut parts, body) = request.into_parts();
    let sending = parts.extensions.remove::<Sending>();
    let sending = sending.ok_or_else(|| Error::new(ErrorKind::Internal, "a request is none of this library's"))?;
    let unread = |error: octocrab::Error| Error::new(ErrorKind::Internal, "a body cannot be read").with_source(error);
    let body = body.collect().await.map_err(unread)?.to_bytes();
    let mut draft = client.follow(&sending.endpoint, &parts.uri.to_string());
    if !body.is_empty() {
        draft = draft.json_text(body);
    }
    for (name, value) in &parts.headers {
        // The client knows these by itself.
        if *name != CONTENT_LENGTH && *name != CONTENT_TYPE {
            draft = draft.header(name.as_str(), value.to_str().unwrap_or_default());
        }
    }
    let draft = if sending.revalidates { draft.revalidate() } else { draft };
    Ok(answered(draft.send().await?))
}

/// The answer goes up as a whole beside its own body: nothing of it is copied.
fn answered(reply: Reply) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(reply.bytes()));
    *response.status_mut() = http::StatusCode::from_u16(reply.status()).unwrap_or_default();
    response.extensions_mut().insert(reply);
    response
}
