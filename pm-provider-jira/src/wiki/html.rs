//! The HTML that stands in Markdown for what only Jira has.

use super::canonical::canonical_args;
use super::model::{Inline, Mark};

/// Stands in Markdown between two characters that must not see each other; shown as nothing.
pub(super) const APART: &str = "<!-- -->";

/// What a block of HTML stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried<'a> {
    /// A panel begins, with its parameters.
    PanelStart(&'a str),
    PanelEnd,
}

/// What a block of HTML stands for, when it is ours.
pub(super) fn block(html: &str) -> Option<Carried<'_>> {
    let tag = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let inner = tag.strip_prefix("{panel")?.strip_suffix('}')?;
    let carried = match inner.strip_prefix(':') {
        Some(args) => Carried::PanelStart(args),
        None if inner.is_empty() => Carried::PanelEnd,
        None => return None,
    };
    Some(carried)
}

/// The block that begins a panel.
pub(super) fn panel_start(args: &str) -> String {
    format!("<!-- {{panel:{}}} -->", canonical_args(args))
}

/// The block that ends a panel.
pub(super) const PANEL_END: &str = "<!-- {panel} -->";

/// What a tag of HTML means to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Break,
    /// Nothing, but that what stands on both sides is not one.
    Apart,
    Open(Kind),
    /// The end of what has a name.
    Close(String),
    Text,
}

/// What HTML can enclose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Marked(Mark),
    Colored(String),
    Anchor(String),
}

/// What a tag means.
pub(super) fn meaning(html: &str) -> Meaning {
    if html.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).is_some_and(|inner| inner.trim().is_empty())
    {
        return Meaning::Apart;
    }
    let Some(inner) = html.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return Meaning::Text };
    if let Some(name) = inner.strip_prefix('/') {
        return Meaning::Close(name.trim().to_ascii_lowercase());
    }
    let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let name = name.to_ascii_lowercase();
    match name.trim_end_matches('/') {
        "br" => Meaning::Break,
        "font" => attribute(attributes, "color").map_or(Meaning::Text, |color| Meaning::Open(Kind::Colored(color))),
        "a" => {
            let anchor = attribute(attributes, "name").filter(|name| is_anchor(name));
            anchor.map_or(Meaning::Text, |name| Meaning::Open(Kind::Anchor(name)))
        }
        name if attributes.trim().is_empty() => {
            mark(name).map_or(Meaning::Text, |mark| Meaning::Open(Kind::Marked(mark)))
        }
        _ => Meaning::Text,
    }
}

/// The value of the only attribute of a tag.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let value = attributes.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim();
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let quoted = quoted.or_else(|| value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')));
    let value = quoted.unwrap_or(value);
    (!value.is_empty() && !value.contains(['"', '\'', '=', '&'])).then(|| value.to_owned())
}

/// Tells whether the name of an anchor can stand in both formats.
pub(super) fn is_anchor(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
}

fn mark(name: &str) -> Option<Mark> {
    Some(match name {
        "strong" | "b" => Mark::Strong,
        "em" | "i" => Mark::Emphasis,
        "del" | "s" | "strike" => Mark::Deleted,
        "ins" | "u" => Mark::Inserted,
        "sup" => Mark::Superscript,
        "sub" => Mark::Subscript,
        "cite" => Mark::Citation,
        _ => return None,
    })
}

impl Kind {
    /// Tells whether a closing tag ends what this is.
    pub(super) fn closed_by(&self, name: &str) -> bool {
        match self {
            Self::Marked(mark) => self::mark(name) == Some(*mark),
            Self::Colored(_) => name == "font",
            Self::Anchor(_) => name == "a",
        }
    }

    /// What it is around inlines.
    pub(super) fn around(self, inner: Vec<Inline>) -> Vec<Inline> {
        match self {
            Self::Marked(mark) => vec![Inline::Span(mark, inner)],
            Self::Colored(color) => vec![Inline::Colored(color, inner)],
            Self::Anchor(name) => [vec![Inline::Tag(format!("{{anchor:{name}}}"))], inner].concat(),
        }
    }
}

/// The HTML that begins and ends a mark that Markdown does not have.
pub(super) fn tags(mark: Mark) -> Option<(&'static str, &'static str)> {
    match mark {
        Mark::Strong | Mark::Emphasis | Mark::Deleted => None,
        Mark::Inserted => Some(("<u>", "</u>")),
        Mark::Superscript => Some(("<sup>", "</sup>")),
        Mark::Subscript => Some(("<sub>", "</sub>")),
        Mark::Citation => Some(("<cite>", "</cite>")),
    }
}

/// Splits a line of HTML into tags (true) and text.
pub(super) fn pieces(line: &str) -> Vec<(bool, &str)> {
    let mut done = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>').map(|end| end + 1) else { break };
        done.push((false, &rest[..start]));
        done.push((true, &rest[start..start + length]));
        rest = &rest[start + length..];
    }
    done.push((false, rest));
    done
}
