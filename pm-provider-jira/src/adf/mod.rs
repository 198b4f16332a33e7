//! Between Markdown and the Atlassian Document Format (ADF), in which Jira Cloud stores texts.
//!
//! Nothing in here asks a server. [`from_markdown`] makes a document, [`to_markdown`] says what one says, and [`update`]
//! changes a stored document to what a text says without touching what the text does not change.
//!
//! # How Markdown is stored
//!
//! | Markdown | ADF |
//! |---|---|
//! | paragraphs, headings, quotes, code, rules, lists | the nodes of these names; `order` has a first number other than 1 |
//! | strong, emphasised and deleted text, code, links | the marks `strong`, `em`, `strike`, `code`, `link` |
//! | `<u>`, `<sub>`, `<sup>` | the marks `underline` and `subsup` |
//! | a break (two spaces at the end of a line, `<br>`) | `hardBreak` |
//! | a list of tasks | `taskList`; other lists with tasks have `[ ]` or `[x]` as text, which is read as what it is |
//! | `> [!NOTE]`, `TIP`, `IMPORTANT`, `WARNING`, `CAUTION` | `panel`: `info`, `success`, `note`, `warning`, `error` |
//! | an image alone in a paragraph, also as a link | `mediaSingle` with external `media`; its title is the `caption` |
//! | an image among text | a link whose text begins with 🖼 |
//! | a table | `table`; the paragraphs of a column in the middle or at the right have the mark `alignment` |
//! | `<details>` with `<summary>`, `</details>`, with empty lines around | `expand`, inside another one `nestedExpand` |
//!
//! # What ADF cannot hold
//!
//! Everything else of GFM survives from Markdown to ADF and back, up to [`pm_markdown::normal`] and these:
//!
//! - A line end that means nothing is a space. Marks that cross each other or stand in another order are regrouped.
//! - Code has no other mark than a link; nor have images among text. An image in a link among text is the link's text.
//! - A link without text shows its target; links without a target and those to scripts are text.
//! - In items and quotes, headings are strong paragraphs and rules are `---`. Quotes and alerts stand at the top and in
//!   expands; elsewhere what they hold stands in their place, an alert's after its name. Tables are lines of text in
//!   items, quotes and alerts. Tables without rows are left out; columns at the left do not say so.
//! - HTML but the above is text. Of what follows the fence of code only the language is kept.
//!
//! # What is said of ADF in Markdown
//!
//! Mentions are `@Name`, emojis and dates what they show, states and placeholders their text, cards links, stored files
//! 📎 and their name, decisions a list, layouts their columns one after another, extensions their text or key in
//! brackets. Colours, comments on text, sizes and indentation are not said. Nodes that are not known are what they hold.
//!
//! Sources: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/> and the JSON schema that
//! `@atlaskit/adf-schema` 57.7 publishes. Whether Jira's fields take captions is unverified.

mod details;
mod fold;
mod lost;
mod merge;
mod read;
mod read_inline;
mod read_table;
mod runs;
mod update;
mod write;
mod write_inline;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use lost::LostNodes;
pub use update::{Update, update};

/// Makes a document of Markdown: valid by the published schema, the same for the same text.
#[must_use]
pub fn from_markdown(markdown: &str) -> Value {
    let mut document = write::document(write::nodes(fold::fold(pm_markdown::read(markdown)), fold::Place::Top));
    write::number_tasks(&mut document);
    document
}

/// Says in Markdown what a document says; takes any value.
///
/// A text that is no document is taken for Markdown as it is, nothing (`null`) for an empty document.
#[must_use]
pub fn to_markdown(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        document => pm_markdown::write(blocks(document)),
    }
}

/// What a document says.
fn blocks(document: &Value) -> Vec<pm_markdown::Block> {
    match document {
        Value::Array(nodes) => read::blocks(nodes, 0),
        document if read::kind(document) == "doc" => read::blocks(read::content(document), 0),
        document => read::blocks(std::slice::from_ref(document), 0),
    }
}
