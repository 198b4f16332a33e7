//! What was sent.

use serde_json::Value;

use super::Check;
use crate::description::{Body, MediaType};

impl Check<'_> {
    /// A body has to be there where one is described, in a described form, and valid; and nowhere else.
    pub(super) fn body(&mut self) {
        let operation = self.operation;
        match (&operation.body, self.request.body.is_empty()) {
            (Some(body), true) if body.required => self.violation("body", "required, but missing"),
            (_, true) => {}
            (None, false) => self.violation("body", "the operation takes none"),
            (Some(body), false) => self.sent(body),
        }
    }

    fn sent(&mut self, body: &Body) {
        let name = self.request.header("content-type").unwrap_or_default();
        let name = name.split(';').next().unwrap_or_default().trim().to_lowercase();
        if let Some(media) = body.media_types.iter().find(|media| media.name == name) {
            return self.of_type(media);
        }
        let described: Vec<&str> = body.media_types.iter().map(|media| media.name.as_str()).collect();
        self.violation("header `content-type`", format!("`{name}` is none of `{}`", described.join("`, `")));
        // What is wrong in the body shall be told as well, when it can only be one.
        if let [media] = body.media_types.as_slice() {
            self.of_type(media);
        }
    }

    fn of_type(&mut self, media: &MediaType) {
        if !media.is_json() {
            return self.unchecked("body", format!("only JSON is looked into, not `{}`", media.name));
        }
        match serde_json::from_slice::<Value>(&self.request.body) {
            Ok(value) => self.json(media, &value),
            Err(problem) => self.violation("body", format!("not JSON: {problem}")),
        }
    }

    fn json(&mut self, media: &MediaType, value: &Value) {
        match &media.validator {
            Ok(validator) => {
                for problem in validator.iter_errors(value) {
                    self.violation(place(problem.instance_path().as_str()), shorten(&problem.to_string()));
                }
            }
            Err(_) => self.unchecked("body", "its schema does not compile"),
        }
        self.names(&media.schema, value);
    }
}

/// The place of a value within the body.
pub(crate) fn place(pointer: &str) -> String {
    if pointer.is_empty() { "body".to_owned() } else { format!("body `{pointer}`") }
}

/// A long value in a message helps nobody.
fn shorten(message: &str) -> String {
    const LONGEST: usize = 300;
    if message.chars().count() <= LONGEST {
        return message.to_owned();
    }
    // The end tells what was wanted, the beginning what was sent.
    let characters: Vec<char> = message.chars().collect();
    let (head, tail) = (&characters[..LONGEST / 2], &characters[characters.len() - LONGEST / 2..]);
    format!("{} … {}", head.iter().collect::<String>(), tail.iter().collect::<String>())
}
