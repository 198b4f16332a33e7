//! Paths with parameters.

use std::fmt;

use percent_encoding::percent_decode_str;

/// A path of a description, such as `/issues/{issue_id}.{format}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    text: String,
    segments: Vec<Vec<Piece>>,
}

/// A part of one segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Piece {
    Literal(String),
    Parameter(String),
}

impl Template {
    /// Reads a template; braces that do not pair are literal text.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self { text: text.to_owned(), segments: split(text).map(pieces).collect() }
    }

    /// The values of the parameters, percent-decoded, when a path fits; `None` when it does not. Each parameter stands for at
    /// least one character and for nothing beyond its segment.
    #[must_use]
    pub fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let segments: Vec<&str> = split(path).collect();
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (pieces, segment) in self.segments.iter().zip(segments) {
            match_segment(pieces, segment, &mut values)?;
        }
        Some(values)
    }

    /// How much text is literal: the more, the closer a fit.
    #[must_use]
    pub fn literal_length(&self) -> usize {
        let pieces = self.segments.iter().flatten();
        pieces.map(|piece| if let Piece::Literal(text) = piece { text.len() } else { 0 }).sum()
    }

    /// The template with every parameter filled in with the same text.
    #[must_use]
    pub fn fill(&self, value: &str) -> String {
        let segment = |pieces: &Vec<Piece>| -> String {
            pieces.iter().map(|piece| if let Piece::Literal(text) = piece { text } else { value }).collect()
        };
        self.segments.iter().map(|pieces| format!("/{}", segment(pieces))).collect()
    }
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// The segments of a path; one slash at the end makes no difference.
fn split(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/')
}

fn pieces(segment: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = segment;
    while let Some((before, name, after)) = next_parameter(rest) {
        if !before.is_empty() {
            found.push(Piece::Literal(before.to_owned()));
        }
        found.push(Piece::Parameter(name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Literal(rest.to_owned()));
    }
    found
}

fn next_parameter(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn match_segment(pieces: &[Piece], segment: &str, values: &mut Vec<(String, String)>) -> Option<()> {
    match pieces {
        [] => segment.is_empty().then_some(()),
        [Piece::Literal(text), rest @ ..] => match_segment(rest, segment.strip_prefix(text.as_str())?, values),
        [Piece::Parameter(name), rest @ ..] => {
            // As much as possible: a title with dots in it is still one title before `.json`.
            let end = match rest.first() {
                Some(Piece::Literal(text)) => segment.rfind(text.as_str())?,
                _ => segment.len(),
            };
            let value = Some(&segment[..end]).filter(|value| !value.is_empty())?;
            values.push((name.clone(), percent_decode_str(value).decode_utf8_lossy().into_owned()));
            match_segment(rest, &segment[end..], values)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(template: &str, path: &str) -> Option<String> {
        let values = Template::parse(template).matches(path)?;
        Some(values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn parameters_stand_for_whole_segments_or_parts_of_one() {
        assert_eq!(values("/a/{id}/b", "/a/7/b").as_deref(), Some("id=7"));
        assert_eq!(values("/a/{id}.{format}", "/a/7.json").as_deref(), Some("id=7 format=json"));
        assert_eq!(values("/wiki/{title}.{format}", "/wiki/v1.2.json").as_deref(), Some("title=v1.2 format=json"));
        assert_eq!(values("/a/{id}", "/a/x%2Fy").as_deref(), Some("id=x/y"));
    }

    #[test]
    fn what_does_not_fit_does_not_match() {
        for (template, path) in
            [("/a/{id}", "/a"), ("/a/{id}", "/a/"), ("/a/{id}", "/a/1/b"), ("/a/{id}.json", "/a/1.xml"), ("/a", "/b")]
        {
            assert_eq!(values(template, path), None, "{template} {path}");
        }
    }

    #[test]
    fn a_template_filled_in_matches_itself() {
        let template = Template::parse("/issues/{issue_id}.{format}");
        assert_eq!(template.fill("1"), "/issues/1.1");
        assert_eq!(template.literal_length(), "issues.".len());
        assert!(template.matches(&template.fill("1")).is_some());
    }
}
