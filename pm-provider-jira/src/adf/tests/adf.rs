//! Small pieces of documents.

use serde_json::{Value, json};

pub(super) fn doc(content: Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

pub(super) fn para(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

pub(super) fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}
