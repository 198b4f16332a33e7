//! What all resources have in common: links, collections, texts.

use serde::Deserialize;

/// A link to another resource; `href` is `null` where there is none.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub(crate) struct Link {
    #[serde(default)]
    pub(crate) href: Option<String>,
    #[serde(default)]
    pub(crate) title: Option<String>,
}

impl Link {
    /// The numeric id at the end of the link.
    pub(crate) fn id(&self) -> Option<u64> {
        id_of(self.href.as_deref()?)
    }
}

/// The numeric id at the end of a link.
pub(crate) fn id_of(href: &str) -> Option<u64> {
    last_segment(href).parse().ok()
}

/// The last part of a link: an id, or a word such as `on_track`.
pub(crate) fn last_segment(href: &str) -> &str {
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/');
    path.rsplit(['/', ':']).next().unwrap_or_default()
}

/// A text in Markdown; `html` is skipped.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Formattable {
    #[serde(default)]
    pub(crate) raw: Option<String>,
}

/// One page of a collection, or all of one that has no pages.
#[derive(Debug, Deserialize)]
pub(crate) struct Collection<T> {
    /// How many there are in all pages.
    #[serde(default)]
    pub(crate) total: Option<u64>,
    /// How many the server puts on a page, which may be fewer than were asked for; `None` where there are no pages.
    #[serde(default, rename = "pageSize")]
    pub(crate) page_size: Option<u64>,
    #[serde(rename = "_embedded", default = "Elements::none")]
    embedded: Elements<T>,
}

#[derive(Debug, Deserialize)]
struct Elements<T> {
    #[serde(default = "Vec::new")]
    elements: Vec<T>,
}

impl<T> Elements<T> {
    fn none() -> Self {
        Self { elements: Vec::new() }
    }
}

impl<T> Collection<T> {
    /// The items.
    pub(crate) fn into_elements(self) -> Vec<T> {
        self.embedded.elements
    }

    /// How many items came.
    pub(crate) fn count(&self) -> usize {
        self.embedded.elements.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_stand_at_the_end_of_links() {
        let cases = [
            ("/api/v3/users/5", Some(5)),
            ("/openproject/api/v3/users/5/", Some(5)),
            ("/api/v3/users/5?x=1", Some(5)),
            ("/api/v3/project_statuses/on_track", None),
            ("", None),
        ];
        for (href, id) in cases {
            assert_eq!(id_of(href), id, "{href}");
        }
        assert_eq!(last_segment("/api/v3/project_statuses/on_track"), "on_track");
        assert_eq!(last_segment("urn:openproject-org:api:v3:sprints:status:active"), "active");
    }

    #[test]
    fn a_collection_may_leave_its_page_size_and_elements_out() {
        let full = r#"{"total":3,"count":1,"pageSize":1,"offset":1,"_embedded":{"elements":[7]}}"#;
        let page: Collection<u64> = serde_json::from_str(full).unwrap();
        assert_eq!((page.total, page.page_size, page.count()), (Some(3), Some(1), 1));
        let bare: Collection<u64> = serde_json::from_str(r#"{"_type":"Collection"}"#).unwrap();
        assert_eq!((bare.total, bare.count()), (None, 0));
        assert!(bare.into_elements().is_empty());
    }
}
