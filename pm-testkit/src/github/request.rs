//! Reading requests: query parameters and bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::errors::{Answer, Problem};
use super::store::App;

/// The parameters of a query string.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pairs: Vec<(String, String)>,
    /// The path that was asked for, as links repeat it.
    pub(super) path: String,
}

impl Parameters {
    /// A parameter that says something.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A positive number; anything else counts as not given.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok().filter(|number| *number > 0)
    }

    /// One of several words; 422 for any other.
    pub(super) fn one_of<'a>(&'a self, name: &str, words: &[&str], default: &'a str) -> Answer<&'a str> {
        let word = self.get(name).unwrap_or(default);
        match words.contains(&word) {
            true => Ok(word),
            false => Err(Problem::invalid("Issue", name, word)),
        }
    }

    /// A moment; 422 for what is none.
    pub(super) fn time(&self, name: &str) -> Answer<Option<DateTime<Utc>>> {
        self.get(name).map(|text| moment(text).ok_or_else(|| Problem::invalid("Issue", name, text))).transpose()
    }

    /// The pairs as they came, to repeat them in links.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }
}

impl FromRequestParts<App> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let pairs = pairs.map_err(|_| Problem::new(400, "Bad Request"))?.0;
        Ok(Self { pairs, path: parts.uri.path().to_owned() })
    }
}

/// A moment of ISO 8601, a date without a time included.
pub(super) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let full = DateTime::parse_from_rfc3339(text).map(|moment| moment.to_utc()).ok();
    full.or_else(|| Some(text.parse::<chrono::NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc()))
}

/// The JSON object of a write.
#[derive(Debug, Default)]
pub(super) struct Body(pub(super) Map<String, Value>);

impl Body {
    /// What a member says: `None` where it is absent.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text; `Some(None)` for `null`. Numbers are taken as their digits, as titles may be (422 for other things).
    pub(super) fn text(&self, name: &str) -> Answer<Option<Option<String>>> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) => Ok(Some(Some(text.clone()))),
            Some(Value::Number(number)) => Ok(Some(Some(number.to_string()))),
            Some(other) => Err(wrong(name, other, "a string")),
        }
    }

    /// A text that must be there.
    pub(super) fn required(&self, name: &str) -> Answer<String> {
        let missing = || Problem::invalid_request(format!("\"{name}\" wasn't supplied."));
        self.text(name)?.flatten().ok_or_else(missing)
    }

    pub(super) fn flag(&self, name: &str) -> Answer<Option<bool>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(wrong(name, other, "a boolean")),
        }
    }

    /// A positive number that must be there, an id as a rule.
    pub(super) fn id(&self, name: &str) -> Answer<u64> {
        match self.0.get(name) {
            None => Err(Problem::invalid_request(format!("\"{name}\" wasn't supplied."))),
            Some(value) => value.as_u64().ok_or_else(|| wrong(name, value, "an integer")),
        }
    }

    pub(super) fn list(&self, name: &str) -> Answer<Option<&[Value]>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(other) => Err(wrong(name, other, "an array")),
        }
    }

    /// A list of texts.
    pub(super) fn texts(&self, name: &str) -> Answer<Option<Vec<String>>> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        let texts = items.iter().map(|item| match item.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(wrong(&format!("{name}/items"), item, "a string")),
        });
        texts.collect::<Answer<Vec<_>>>().map(Some)
    }
}

/// 422 as the vendor's check of forms tells it.
pub(super) fn wrong(name: &str, value: &Value, kind: &str) -> Problem {
    Problem::invalid_request(format!("For 'properties/{name}', {value} is not {kind}."))
}

impl FromRequest<App> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let unreadable = || Problem::new(400, "Problems parsing JSON");
        let bytes = Bytes::from_request(request, app).await.map_err(|_| unreadable())?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(&bytes).map_err(|_| unreadable())? {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Problem::new(400, "Body should be a JSON object")),
        }
    }
}
