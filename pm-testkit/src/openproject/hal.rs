//! HAL+JSON: links, formattable texts, times, and answers.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};

/// The media type of every JSON answer.
pub(super) const HAL: &str = "application/hal+json; charset=utf-8";

/// An answer with a JSON body, or none.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    body: Option<Value>,
}

impl Reply {
    pub(super) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body: Some(body) }
    }

    pub(super) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body: Some(body) }
    }

    pub(super) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self.body {
            Some(body) => (self.status, [(header::CONTENT_TYPE, HAL)], body.to_string()).into_response(),
            None => self.status.into_response(),
        }
    }
}

/// The path of a resource: links are relative to the server.
pub(super) fn path(resource: &str, id: u64) -> String {
    format!("/api/v3/{resource}/{id}")
}

pub(super) fn link(resource: &str, id: u64, title: &str) -> Value {
    json!({ "href": path(resource, id), "title": title })
}

/// A link to nothing keeps its name: <https://www.openproject.org/docs/api/basic-objects/>.
pub(super) fn no_link() -> Value {
    json!({ "href": null })
}

/// A Markdown text as the vendor shows it, rendered as one escaped paragraph.
pub(super) fn formattable(raw: &str) -> Value {
    let html = match raw {
        "" => String::new(),
        raw => format!("<p class=\"op-uc-p\">{}</p>", escape(raw)),
    };
    json!({ "format": "markdown", "raw": raw, "html": html })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A time: UTC, in milliseconds, although the database keeps microseconds, so that the `updatedAt` of an item, as the upper
/// bound of a filter, can leave that item out.
///
/// <https://www.openproject.org/docs/api/basic-objects/>
pub(super) fn time(time: DateTime<Utc>) -> Value {
    time.to_rfc3339_opts(SecondsFormat::Millis, true).into()
}

pub(super) fn date(date: Option<NaiveDate>) -> Value {
    date.map(|date| date.to_string()).into()
}

/// An unpaginated collection: the small dictionaries.
pub(super) fn collection(href: &str, elements: Vec<Value>) -> Value {
    let mut collection = json!({
        "_type": "Collection",
        "total": elements.len(),
        "count": elements.len(),
        "_embedded": {},
        "_links": { "self": { "href": href } },
    });
    // Moved in: `json!` would copy every element.
    collection["_embedded"]["elements"] = Value::Array(elements);
    collection
}
