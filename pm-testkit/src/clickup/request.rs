//! Reading requests: query parameters and bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::errors::{Answer, Problem};
use super::store::App;

/// The parameters of a query string.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Whether a parameter says `true`; anything else is no (unverified).
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A whole number; 400 for anything else (unverified).
    pub(super) fn number(&self, name: &str) -> Answer<Option<i64>> {
        let number = |text: &str| text.parse().map_err(|_| Problem::invalid(format!("{name} invalid")));
        self.get(name).map(number).transpose()
    }

    /// The values of `name[]=…&name[]=…`. Without the brackets a parameter is another one (unverified).
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let key = format!("{name}[]");
        self.0.iter().filter(|(one, _)| *one == key).map(|(_, value)| value.as_str()).collect()
    }

    /// All of them but the number of the page.
    pub(super) fn without_page(&self) -> String {
        let kept = self.0.iter().filter(|(name, _)| name != "page");
        kept.map(|(name, value)| format!("{name}={value}\n")).collect()
    }
}

impl FromRequestParts<App> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        pairs.map(|pairs| Self(pairs.0)).map_err(|_| Problem::invalid("Query invalid"))
    }
}

/// The JSON object of a write.
#[derive(Debug, Default)]
pub(super) struct Body(pub(super) Map<String, Value>);

impl Body {
    /// What a member says: `None` where it is absent.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text; `None` where it is absent or `null`.
    pub(super) fn text(&self, name: &str) -> Answer<Option<&str>> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(Problem::wrong(name, other, "a string")),
        }
    }

    /// A text that must be there and say something.
    pub(super) fn required(&self, name: &str, what: &str) -> Answer<String> {
        let text = self.text(name)?.filter(|text| !text.trim().is_empty());
        text.map(str::to_owned).ok_or_else(|| Problem::invalid(format!("{what} invalid")))
    }

    pub(super) fn flag(&self, name: &str) -> Answer<Option<bool>> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(Problem::wrong(name, other, "a boolean")),
        }
    }

    /// A whole number; `Some(None)` for `null`.
    pub(super) fn integer(&self, name: &str) -> Answer<Option<Option<i64>>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => value.as_i64().map(|number| Some(Some(number))).ok_or_else(|| {
                // Times are numbers in requests, although answers write them as texts.
                Problem::wrong(name, value, "an integer")
            }),
        }
    }

    /// A list; empty where it is absent or `null`.
    pub(super) fn list(&self, name: &str) -> Answer<&[Value]> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(Problem::wrong(name, other, "an array")),
        }
    }
}

impl FromRequest<App> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let unreadable = || Problem::new(400, "Unexpected token in JSON", "INPUT_001");
        let bytes = Bytes::from_request(request, app).await.map_err(|_| unreadable())?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(&bytes).map_err(|_| unreadable())? {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(unreadable()),
        }
    }
}
