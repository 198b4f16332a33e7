//! Writes rows of text as ADF.

use pm_markdown::Target;
use serde_json::{Value, json};

use super::runs::{Marks, Piece, Run, Script};

/// What stands before the text of an image among text: ADF has images in text only for files that it stores itself, so
/// that others are links that say what they are.
pub(super) const PICTURE: char = '\u{1f5bc}';

/// Writes a row.
pub(super) fn text_nodes(runs: &[Run]) -> Vec<Value> {
    runs.iter().map(node).collect()
}

fn node(run: &Run) -> Value {
    match &run.piece {
        Piece::Break => json!({"type": "hardBreak"}),
        Piece::Image(target, text) => {
            let shown = format!("{PICTURE} {text}");
            json!({"type": "text", "text": shown.trim_end(), "marks": [link_mark(target)]})
        }
        Piece::Text(text) => marked(text, marks(&run.marks)),
        Piece::Code(text) => {
            let mut marks = marks(&run.marks);
            marks.push(json!({"type": "code"}));
            marked(text, marks)
        }
    }
}

fn marked(text: &str, marks: Vec<Value>) -> Value {
    let mut node = json!({"type": "text", "text": text});
    if !marks.is_empty() {
        node["marks"] = Value::Array(marks);
    }
    node
}

fn marks(marks: &Marks) -> Vec<Value> {
    let simple = |on: bool, name: &str| on.then(|| json!({"type": name}));
    let script = marks.script.map(
        |script| json!({"type": "subsup", "attrs": {"type": if script == Script::Below { "sub" } else { "sup" }}}),
    );
    [
        marks.link.as_ref().map(link_mark),
        simple(marks.strong, "strong"),
        simple(marks.emphasis, "em"),
        simple(marks.deleted, "strike"),
        simple(marks.underlined, "underline"),
        script,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The mark of a link.
pub(super) fn link_mark(target: &Target) -> Value {
    let mut attributes = json!({"href": target.url});
    if !target.title.is_empty() {
        attributes["title"] = json!(target.title);
    }
    json!({"type": "link", "attrs": attributes})
}
