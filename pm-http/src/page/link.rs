//! Backends that give links to further pages in a header.

/// The target of the link `next` in a `Link` header (RFC 8288), if there is one; follow it with
/// [`Client::follow`](crate::Client::follow), which goes to no other place than the backend.
///
/// ```
/// let header = r#"<https://pm.example.org/items?page=1>; rel="prev", <items?page=3>; title="a, b"; rel="last next""#;
/// assert_eq!(pm_http::page::next_link(header), Some("items?page=3"));
/// ```
#[must_use]
pub fn next_link(header: &str) -> Option<&str> {
    link(header, "next")
}

/// The target of the link with a relation (`last`) in a `Link` header, if there is one.
#[must_use]
pub fn link<'a>(header: &'a str, relation: &str) -> Option<&'a str> {
    let mut rest = header;
    loop {
        let (_, after) = rest.split_once('<')?;
        let (target, after) = after.split_once('>')?;
        let end = end_of_link(after);
        if parameters(&after[..end]).any(|(name, value)| name.eq_ignore_ascii_case("rel") && has(value, relation)) {
            return Some(target.trim());
        }
        rest = &after[end..];
    }
}

fn has(relations: &str, wanted: &str) -> bool {
    relations.trim_matches('"').split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case(wanted))
}

/// Where the parameters of a link end: at a comma that stands in no quotes.
fn end_of_link(text: &str) -> usize {
    outside_quotes(text).find(|(_, c)| *c == ',').map_or(text.len(), |(at, _)| at)
}

fn parameters(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = outside_quotes(rest).find(|(_, c)| *c == ';').map_or(rest.len(), |(at, _)| at);
            let (part, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if let Some((name, value)) = part.split_once('=') {
                return Some((name.trim(), value.trim()));
            }
        }
        None
    })
}

fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut is_quoted = false;
    text.char_indices().filter(move |(_, c)| {
        is_quoted ^= *c == '"';
        !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::{link, next_link};

    #[test]
    fn other_relations_are_found_as_well() {
        let header = r#"<a?page=2>; rel="next", <a?page=9>; rel="last""#;
        assert_eq!((link(header, "last"), link(header, "first")), (Some("a?page=9"), None));
    }

    #[test]
    fn the_next_link_is_found_in_any_company() {
        for (header, expected) in [
            ("<a>; rel=next", Some("a")),
            ("<a>; rel=\"prev\", <b>; rel=\"next\"", Some("b")),
            ("<a>;title=\"x, <y>; rel=next\";rel=prev", None),
            ("<a>; REL=NEXT; type=x", Some("a")),
            ("<a>; rel=nextish", None),
            ("", None),
            ("<a", None),
            ("<>; rel=next", Some("")),
        ] {
            assert_eq!(next_link(header), expected, "{header}");
        }
    }
}
