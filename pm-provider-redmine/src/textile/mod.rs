//! Between Markdown and the Textile of Redmine.
//!
//! Our side speaks Markdown; a Redmine server stores Markdown or Textile, as its administrator chose, and its API does
//! not tell which. These functions serve the second sort.
//!
//! # What is converted
//!
//! Paragraphs, line breaks, headings, nested lists, quotes, code (within lines and in blocks, with its language), strong
//! (`*`), emphasised (`_`) and deleted (`-`) text, links, images (also those that are links), tables with alignment, and
//! horizontal rules. Plain text stays plain: where Redmine would see a mark in it, an entity (`&#42;`) stands for the
//! character. What Redmine sees in both its formats stays as it is: `#12`, `@user`, `[[page]]`, `{{macro}}`.
//!
//! Redmine breaks the line at every line end of Textile. A line end that Markdown does not mean is written with a space
//! before it, so that it comes back as what it was.
//!
//! # What Textile cannot say
//!
//! - Items hold text, code and lists: other blocks in them become text, and their lists come last.
//! - Numbered lists begin with 1. Tasks keep `[ ]`, alerts `[!NOTE]` as text, which is read as what it was.
//! - Links to anything but a scheme with `//`, `/`, `www.` or `mailto:` become text with the target in parentheses, as
//!   do titles with other than letters, digits and simple punctuation.
//! - Targets are percent-encoded where a character would end them or mark text.
//! - Parentheses, `<`, `>`, `|` and `@` in the text of images become look-alikes; an image has no title.
//! - Raw HTML is text, except `<br>`.
//! - Nesting deeper than twelve levels is flattened.
//!
//! # What stays text on the way to Markdown
//!
//! `+inserted+`, `^super^`, `~sub~`, `%span%`, `??citation??`, footnotes, abbreviations, classes, styles and languages of
//! any construct, cells that span others, and tags that nothing closes.
//!
//! # Properties
//!
//! Both functions take any text, never panic, and take time in proportion to its length. What one writes the other
//! reads: going to Textile and back once gives the normal form of a document, and going again changes nothing.
//!
//! Source: Redmine's formatter, `lib/redmine/wiki_formatting/textile` of redmine/redmine (5.0), and
//! <https://www.redmine.org/projects/redmine/wiki/RedmineTextFormattingTextile>.

use std::borrow::Cow;

mod canonical;
mod canonical_inline;
mod lift;
mod syntax;
mod target;
mod textile_pieces;
mod textile_read;
mod textile_read_inline;
mod textile_write;
mod textile_write_inline;
mod verbatim;

#[cfg(test)]
mod tests;

/// Writes Markdown as Redmine's Textile.
#[must_use]
pub(crate) fn to_textile(markdown: &str) -> String {
    textile_write::write(&canonical::blocks(pm_markdown::read(&line_feeds(markdown))))
}

/// Writes Redmine's Textile as Markdown.
#[must_use]
pub(crate) fn to_markdown(textile: &str) -> String {
    pm_markdown::write(lift::lift(canonical::blocks(textile_read::read(&line_feeds(textile)))))
}

/// Brings every sort of line end into one.
fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}
