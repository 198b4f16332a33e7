//! Between Markdown and the wiki markup in which Jira Data Center keeps its texts.
//!
//! # What is converted
//!
//! Paragraphs, line breaks, headings, nested lists, quotes (`bq.`, `{quote}`), code in lines (`{{text}}`) and in blocks
//! (`{code:lang}`, `{noformat}`), strong (`*`), emphasised (`_`) and deleted (`-`) text, links (`[text|target]`),
//! images with their parameters (`!source|alt=text,width=300!`), tables, and horizontal rules. A task item is an item
//! that begins with `[ ]` or `[x]`, an alert (`> [!NOTE]`) is a panel with the title `Note`. Plain text stays plain:
//! where Jira would see a mark in it, a backslash or an entity stands before it.
//!
//! Jira breaks the line at every line end of its markup. A line end that Markdown does not mean is written with a space
//! before it, so that it comes back as what it was.
//!
//! # What Markdown has no marks for
//!
//! Nothing is thrown away on the way to Markdown; what it cannot say comes as HTML, and goes back as what it was:
//!
//! | wiki markup | Markdown |
//! |---|---|
//! | `+inserted+`, `^super^`, `~sub~`, `??citation??` | `<u>`, `<sup>`, `<sub>`, `<cite>` |
//! | `{color:red}text{color}` | `<font color="red">text</font>` |
//! | `{anchor:name}` | `<a name="name"></a>` |
//! | `{panel:title=Hi}` … `{panel}` | `<!-- {panel:title=Hi} -->` … `<!-- {panel} -->`, on lines of their own |
//! | `{code:java\|title=A.java}` | ```` ```java title=A.java ```` |
//! | `!a.png\|width=300!` | `![](a.png "width=300")` |
//! | `[~name]` | `[~name]`: who writes it mentions the user |
//!
//! Macros that are none of Jira's own (`{name}`, `{name:parameters}`) are text to it unless a plug-in knows them: they stay as
//! they are in both. So do the signs that Jira draws, like `(x)` and `:)`.
//!
//! # What wiki markup cannot say
//!
//! - Items hold text, code, quotes, panels and lists: other blocks in them become text, and their lists come last.
//! - Numbered lists begin with 1; tables have no alignment, cells no blocks, headings no line breaks.
//! - A quote in a quote is one line or no quote, a panel in a panel is none, a colour in a colour is none.
//! - Titles, alternative texts and targets get look-alikes and percent signs for what would end them.
//! - HTML that is not in the table above is text; so is an image whose source does not look like a file.
//! - Marks end with their line.
//!
//! # Properties
//!
//! Both functions take any text, never panic, and take time in proportion to its length. What one writes the other
//! reads: going to wiki markup and back once gives the normal form of a document, and going again changes nothing.
//!
//! Sources: Jira's help on text formatting notation (`secure/WikiRendererHelpAction.jspa?section=all` of any server),
//! and the behaviour of `atlassian-renderer`, the library that Jira renders with: which macros are taken out first,
//! what may stand beside a mark, and what a backslash escapes.

mod canonical;
mod canonical_inline;
mod from_markdown;
mod html;
mod macros;
mod model;
mod pieces;
mod read;
mod read_inline;
mod span_html;
mod syntax;
mod target;
mod to_markdown;
mod write;
mod write_inline;

#[cfg(test)]
mod tests;

/// Writes Markdown as wiki markup.
#[must_use]
pub(crate) fn to_wiki(markdown: &str) -> String {
    write::write(&canonical::blocks(from_markdown::read(&line_feeds(markdown))))
}

/// Writes wiki markup as Markdown.
#[must_use]
pub(crate) fn to_markdown(wiki: &str) -> String {
    to_markdown::write(&canonical::blocks(read::read(&line_feeds(wiki))))
}

/// Brings every sort of line end into one.
fn line_feeds(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
