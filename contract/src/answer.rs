//! Plausible answers: what the description promises, with what was written before.

mod generate;
mod written;

use serde_json::Value;

use crate::check::Incoming;
use crate::description::{Description, Operation};
use crate::schema::resolve;
pub use generate::Generator;
pub(crate) use generate::plural_path;
pub use written::Written;
pub(crate) use written::{merge, merge_known};

/// What the server says.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status that the description names for success.
    pub status: u16,
    /// The form of the body.
    pub content_type: String,
    /// The body, where one is described.
    pub body: Option<Value>,
}

/// Answers a request as the description promises: the same request after the same writes is answered in the same way.
#[must_use]
pub fn answer(description: &Description, operation: &Operation, request: &Incoming, written: &mut Written) -> Answer {
    let document = description.document();
    let (status, response) = success(document, operation);
    let media = response.and_then(|response| json_media(document, response));
    let (content_type, content) = media.unwrap_or(("application/json", None));
    let mut body = content.map(|content| match content {
        Content::Schema(schema) => Generator::new(description, &request.path).generate(schema),
        Content::Example(value) => value.clone(),
    });
    if let Some(body) = &mut body {
        remember(description, request, body, written);
        description.vendor().shape(body, written, &request.query);
    } else {
        remember(description, request, &Value::Null, written);
    }
    Answer { status, content_type: content_type.to_owned(), body }
}

fn remember(description: &Description, request: &Incoming, answer: &Value, written: &mut Written) {
    if let Some((kind, fields)) = description.vendor().switched(&request.path) {
        written.write(kind, &fields);
    }
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else { return };
    for (kind, fields) in description.vendor().written(&body, answer) {
        written.write(&kind, &fields);
    }
}

/// The first response of success.
fn success<'a>(document: &'a Value, operation: &Operation) -> (u16, Option<&'a Value>) {
    let responses = document.pointer(&format!("{}/responses", operation.pointer)).and_then(Value::as_object);
    let mut good =
        responses.into_iter().flatten().filter_map(|(status, response)| Some((status.parse::<u16>().ok()?, response)));
    let found = good.find(|(status, _)| (200..400).contains(status));
    found.map_or((200, None), |(status, response)| (status, Some(resolve(document, response))))
}

/// What a response is made from.
enum Content<'a> {
    Schema(&'a Value),
    Example(&'a Value),
}

/// The form of a response in JSON, and its schema or, where the description has none, its first example.
fn json_media<'a>(document: &'a Value, response: &'a Value) -> Option<(&'a str, Option<Content<'a>>)> {
    let content = response.get("content")?.as_object()?;
    let (name, media) = content.iter().find(|(name, _)| name.ends_with("json"))?;
    let schema = media.get("schema").map(|schema| Content::Schema(resolve(document, schema)));
    Some((name, schema.or_else(|| example(document, media).map(Content::Example))))
}

fn example<'a>(document: &'a Value, media: &'a Value) -> Option<&'a Value> {
    let (_, named) = media.get("examples").and_then(Value::as_object).and_then(|examples| examples.iter().next())?;
    media.get("example").or_else(|| resolve(document, named).get("value"))
}
