//! Changes a stored document to what a text says, and leaves the rest of it as it is.

use serde_json::Value;

use super::fold::{Place, fold};
use super::lost::LostNodes;
use super::merge;
use super::read::{content, kind};
use super::write;

/// A changed document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Update {
    /// The document to store.
    pub document: Value,
    /// What the stored document has, this one has not, and Markdown cannot say.
    pub lost: LostNodes,
}

/// Changes a document to what a text says; nothing where it says so already.
///
/// Nodes whose Markdown has not changed stay what they were, at the top and inside what has changed: items of lists,
/// rows and cells of tables, blocks in quotes, panels and expands. Blocks that changed keep their attributes; mentions,
/// emojis, dates, cards and coloured texts in them stay where the text still says them.
#[must_use]
pub fn update(old: &Value, markdown: &str) -> Option<Update> {
    let shown = super::to_markdown(old);
    if shown == markdown {
        return None;
    }
    let wanted = fold(pm_markdown::read(markdown));
    if wanted == fold(pm_markdown::read(&shown)) {
        return None;
    }
    let known = if kind(old) == "doc" { content(old) } else { &[] };
    let nodes = merge::blocks(known, write::nodes(wanted, Place::Top), Place::Top);
    let mut document = write::document(nodes);
    write::number_tasks(&mut document);
    let lost = LostNodes::between(old, &document);
    Some(Update { document, lost })
}
