//! Reading the properties and links of a write.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::errors::{Answer, Problem};

/// The `_links` of a body; an empty object where there are none.
pub(super) fn links(body: &Map<String, Value>) -> Answer<Map<String, Value>> {
    match body.get("_links") {
        None => Ok(Map::new()),
        Some(Value::Object(links)) => Ok(links.clone()),
        Some(_) => Err(Problem::format("_links", "{ \"name\": { \"href\": \"…\" } }")),
    }
}

/// A text; null counts as an empty one.
pub(super) fn text(name: &str, value: &Value) -> Answer<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        _ => Err(Problem::format(name, "a string")),
    }
}

/// A formattable text, of which only `raw` is written.
pub(super) fn formattable(name: &str, value: &Value) -> Answer<String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Object(object) => text(name, object.get("raw").unwrap_or(&Value::Null)),
        _ => Err(Problem::format(name, "{ \"raw\": \"…\" }")),
    }
}

/// A date without a time, or null.
pub(super) fn date(name: &str, value: &Value) -> Answer<Option<NaiveDate>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
            date.map(Some).map_err(|_| Problem::format(name, "YYYY-MM-DD (ISO 8601 date only)"))
        }
        _ => Err(Problem::format(name, "YYYY-MM-DD (ISO 8601 date only)")),
    }
}

pub(super) fn flag(name: &str, value: &Value) -> Answer<bool> {
    value.as_bool().ok_or_else(|| Problem::format(name, "true"))
}

/// The `href` of a link, or null for none. A link without one is no link:
/// <https://www.openproject.org/docs/api/basic-objects/>.
pub(super) fn href(name: &str, value: &Value) -> Answer<Option<String>> {
    match value.get("href") {
        Some(Value::Null) => Ok(None),
        Some(Value::String(href)) => Ok(Some(href.clone())),
        _ => Err(Problem::format(name, "{ \"href\": \"…\" }")),
    }
}

/// The resource and the id that a link names: `/api/v3/users/5`.
pub(super) fn target(name: &str, resources: &[&str], href: &str) -> Answer<(String, u64)> {
    let expected = resources.first().copied().unwrap_or_default();
    let parts = href.strip_prefix("/api/v3/").and_then(|rest| rest.split_once('/'));
    let found = parts.filter(|(resource, _)| resources.contains(resource));
    let found = found.and_then(|(resource, id)| Some((resource.to_owned(), id.parse().ok()?)));
    found.ok_or_else(|| Problem::resource_type(name, &format!("/api/v3/{expected}/:id"), href))
}

/// The id in a link to one kind of resource, or none.
pub(super) fn id(name: &str, resources: &[&str], value: &Value) -> Answer<Option<u64>> {
    let Some(href) = href(name, value)? else { return Ok(None) };
    target(name, resources, &href).map(|(_, id)| Some(id))
}
