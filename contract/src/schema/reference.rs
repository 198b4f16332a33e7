//! References within a document.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A chain of references longer than this is a loop.
const LONGEST_CHAIN: usize = 32;

/// Returns what a schema, parameter, body or response refers to, or itself; what leads nowhere stays a reference.
#[must_use]
pub fn resolve<'a>(document: &'a Value, from: &'a Value) -> &'a Value {
    let mut place = from;
    for _ in 0..LONGEST_CHAIN {
        match target(document, place) {
            Some(next) => place = next,
            None => break,
        }
    }
    place
}

fn target<'a>(document: &'a Value, place: &Value) -> Option<&'a Value> {
    look_up(document, place.get("$ref")?.as_str()?)
}

/// Finds the place of a reference. ClickUp writes its `#/paths/…%7Btask_id%7D…` percent-encoded, as a fragment of a URL
/// has to be, others do not: both are tried.
pub(super) fn look_up<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    document.pointer(pointer).or_else(|| {
        let decoded = percent_decode_str(pointer).decode_utf8().ok()?;
        document.pointer(&decoded)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_is_followed_to_its_end() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/c"}, "c": {"type": "string"}});
        assert_eq!(resolve(&document, &document["a"]), &json!({"type": "string"}));
    }

    #[test]
    fn a_percent_encoded_reference_is_followed() {
        let document = json!({"paths": {"/task/{id}": {"type": "integer"}}, "a": {"$ref": "#/paths/~1task~1%7Bid%7D"}});
        assert_eq!(resolve(&document, &document["a"]), &json!({"type": "integer"}));
    }

    #[test]
    fn a_loop_and_a_dead_end_are_no_trap() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}, "c": {"$ref": "#/nowhere"}});
        assert!(resolve(&document, &document["a"]).get("$ref").is_some());
        assert_eq!(resolve(&document, &document["c"]), &document["c"]);
    }
}
