//! Another server that answers.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use reqwest::redirect::Policy;

/// Headers that belong to one connection.
const HOP: [header::HeaderName; 4] =
    [header::HOST, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// Somebody who looks at answers as they pass.
pub(crate) type Look<'a> = &'a (dyn Fn(&[u8]) + Sync);

/// The server behind the check.
#[derive(Debug)]
pub(crate) struct Target {
    client: Client,
    url: String,
}

impl Target {
    pub(crate) fn new(url: &str) -> reqwest::Result<Self> {
        let client = Client::builder().no_proxy().no_gzip().no_brotli().redirect(Policy::none()).build()?;
        Ok(Self { client, url: url.trim_end_matches('/').to_owned() })
    }

    /// Sends a request on and its answer back; 502 when there is none. Somebody may look at the answer as it passes: then it
    /// comes uncompressed.
    pub(crate) async fn forward(
        &self,
        method: &Method,
        uri: &Uri,
        mut headers: HeaderMap,
        body: Bytes,
        look: Option<Look<'_>>,
    ) -> Response {
        if look.is_some() {
            headers.remove(header::ACCEPT_ENCODING);
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        HOP.iter().for_each(|name| drop(headers.remove(name)));
        let request = self.client.request(method.clone(), format!("{}{path}", self.url)).headers(headers).body(body);
        match request.send().await {
            Ok(reply) => passed_on(reply, look).await,
            Err(problem) => (StatusCode::BAD_GATEWAY, problem.to_string()).into_response(),
        }
    }
}

async fn passed_on(reply: reqwest::Response, look: Option<Look<'_>>) -> Response {
    let (status, mut headers) = (reply.status(), reply.headers().clone());
    HOP.iter().for_each(|name| drop(headers.remove(name)));
    match reply.bytes().await {
        Ok(body) => {
            if let Some(look) = look {
                look(&body);
            }
            (status, headers, Body::from(body)).into_response()
        }
        Err(problem) => (StatusCode::BAD_GATEWAY, problem.to_string()).into_response(),
    }
}
