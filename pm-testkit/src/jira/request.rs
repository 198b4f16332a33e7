//! Reading requests: query parameters and bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::Flavor;
use super::errors::{Answer, Problem};
use super::store::App;

/// The parameters of a query string.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
    cloud: bool,
    path: String,
}

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a parameter that may be repeated, each perhaps a list with commas.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.pairs.iter().filter(|(key, _)| key == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).collect()
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A number; a negative one counts as zero. For what is none, Cloud answers 400 (measured: `brekkylab/backlot`,
    /// `errors/atlassian.py`), Data Center 404, as its framework does (unverified).
    pub(super) fn number(&self, name: &str) -> Answer<Option<usize>> {
        let Some(text) = self.get(name).filter(|text| !text.is_empty()) else { return Ok(None) };
        let refused = || match self.cloud {
            true => {
                let detail = format!("Failed to convert '{name}' with value: '{text}'");
                Problem::framework(400, "Bad Request", &detail, &self.path)
            }
            false => Problem::empty(404),
        };
        let number: i64 = text.trim().parse().map_err(|_| refused())?;
        Ok(Some(usize::try_from(number).unwrap_or(0)))
    }

    /// Whether `expand` names this.
    pub(super) fn expands(&self, name: &str) -> bool {
        self.list("expand").contains(&name)
    }
}

impl FromRequestParts<App> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let pairs = pairs.map_err(|_| Problem::bad("The query string is not readable."))?.0;
        let cloud = app.options.flavor == Flavor::Cloud;
        Ok(Self { pairs, cloud, path: parts.uri.path().to_owned() })
    }
}

/// The JSON of a write.
#[derive(Debug)]
pub(super) struct Body(pub(super) Value);

impl Body {
    /// The body as an object; 400 for anything else.
    pub(super) fn object(self) -> Answer<Map<String, Value>> {
        match self.0 {
            Value::Object(object) => Ok(object),
            _ => Err(Problem::invalid_payload()),
        }
    }
}

impl FromRequest<App> for Body {
    type Rejection = Problem;

    /// Reads JSON: 415 for another content type, 400 for what is not JSON.
    ///
    /// The forms on Cloud are measured (`brekkylab/backlot`, `errors/atlassian.py`), on Data Center unverified.
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let path = request.uri().path().to_owned();
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.to_owned();
        let bytes = Bytes::from_request(request, app).await.map_err(|_| Problem::invalid_payload())?;
        if kind.split(';').next().unwrap_or_default().trim() != "application/json" {
            let shown = if kind.is_empty() { "null" } else { &kind };
            let detail = format!("Content-Type '{shown}' is not supported.");
            return Err(Problem::framework(415, "Unsupported Media Type", &detail, &path));
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Problem::bad("No content to map to Object due to end of input"));
        }
        let unreadable = "There was an error parsing JSON. Check that your request body is valid.";
        serde_json::from_slice(&bytes).map(Self).map_err(|_| Problem::bad(unreadable))
    }
}

/// The members of an object that a request may have; with `strict`, others are refused as a typing error would be.
pub(super) fn only(app: &App, object: &Map<String, Value>, allowed: &[&str]) -> Answer<()> {
    let unknown = app.options.strict && object.keys().any(|name| !allowed.contains(&name.as_str()));
    if unknown { Err(Problem::invalid_payload()) } else { Ok(()) }
}

/// A number that may be written as a string, as ids are.
pub(super) fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}
