//! Reading requests: query properties and bodies.

use std::io::Read;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;
use serde_json::{Map, Value};

use super::errors::{Answer, Problem};
use super::store::App;

/// The properties of a query string, `eprops` unpacked.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A positive number; anything else counts as not given (unverified).
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// The pairs as they came, to repeat them in links.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let mut pairs = pairs.map(|pairs| pairs.0).map_err(|_| Problem::invalid_query("The query is not readable."))?;
        if let Some(at) = pairs.iter().position(|(name, _)| name == "eprops") {
            let (_, packed) = pairs.remove(at);
            pairs.extend(unpack(&packed).ok_or_else(|| Problem::invalid_query("The eprops are not readable."))?);
        }
        Ok(Self(pairs))
    }
}

/// All query properties in one: base64 of zlib of JSON, <https://www.openproject.org/docs/api/filters/>.
fn unpack(packed: &str) -> Option<Vec<(String, String)>> {
    // Line ends come from encoders that break lines; a blank is a plus sign that was not encoded.
    let packed: String =
        packed.chars().filter(|c| !matches!(c, '\n' | '\r')).map(|c| if c == ' ' { '+' } else { c }).collect();
    let bytes = STANDARD.decode(packed).ok()?;
    let mut text = String::new();
    ZlibDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
    let properties: Map<String, Value> = serde_json::from_str(&text).ok()?;
    let plain = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(properties.into_iter().map(|(name, value)| (name, plain(value))).collect())
}

/// The JSON object of a write.
#[derive(Debug)]
pub(super) struct Body(pub(super) Map<String, Value>);

/// What is wrong with a request's content.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// No content type: 406 in plain text.
    NoContentType,
    /// Anything else.
    Problem(Problem),
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        match self {
            Self::NoContentType => (StatusCode::NOT_ACCEPTABLE, "Missing content-type header").into_response(),
            Self::Problem(problem) => problem.into_response(),
        }
    }
}

impl FromRequest<App> for Body {
    type Rejection = Unreadable;

    async fn from_request(request: Request, app: &App) -> Result<Self, Unreadable> {
        let bytes = Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|_| Unreadable::Problem(Problem::invalid_body()))?;
        object(&bytes).map(Self).map_err(Unreadable::Problem)
    }
}

fn object(bytes: &[u8]) -> Answer<Map<String, Value>> {
    // Forms may be asked for with no body at all: <https://www.openproject.org/docs/api/forms/>.
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    serde_json::from_slice(bytes).map_err(|_| Problem::invalid_body())
}

/// Refuses a write without a JSON content type: 406 where there is none, 415 where it is another.
///
/// The vendor's description lists both for DELETE as well: <https://www.openproject.org/docs/api/endpoints/work-packages/>.
pub(super) fn check_content_type(parts: &Parts) -> Result<(), Unreadable> {
    if parts.method == axum::http::Method::GET {
        return Ok(());
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).ok_or(Unreadable::NoContentType)?;
    let kind = kind.to_str().unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/json" | "application/hal+json" => Ok(()),
        _ => Err(Unreadable::Problem(Problem::wrong_type(kind))),
    }
}
