//! Small things that several answers show.

use serde_json::{Value, json};

/// A time as answers have it: milliseconds in a text.
pub(super) fn moment(time: i64) -> String {
    time.to_string()
}

/// A priority as answers have it; requests have the number alone.
pub(super) fn priority(number: u8) -> Value {
    let (name, color) = match number {
        1 => ("urgent", "#f50000"),
        2 => ("high", "#f8ae00"),
        3 => ("normal", "#6fddff"),
        _ => ("low", "#d8d8d8"),
    };
    json!({ "id": number.to_string(), "priority": name, "color": color, "orderindex": number.to_string() })
}

/// Markdown as the plain text that the vendor keeps beside it: without the marks of its blocks and spans.
///
/// The vendor's own way is not documented (unverified); clients should not rely on this text.
pub(super) fn plain(markdown: &str) -> String {
    let line = |line: &str| {
        let line = line.trim_start_matches('#').trim_start_matches("> ");
        line.trim_start().replace("**", "").replace('`', "")
    };
    markdown.lines().map(line).collect::<Vec<_>>().join("\n")
}
