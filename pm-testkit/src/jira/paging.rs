//! Lists in pages by offset: `startAt`, `maxResults`.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#pagination>

use serde_json::{Value, json};

use super::errors::Answer;
use super::request::Parameters;

/// One page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) start: usize,
    pub(super) size: usize,
}

impl Page {
    /// What a request asks for: by default so many items, never more than the greatest number.
    pub(super) fn read(parameters: &Parameters, default: usize, greatest: usize) -> Answer<Self> {
        let start = parameters.number("startAt")?.unwrap_or(0);
        let size = parameters.number("maxResults")?.unwrap_or(default);
        Ok(Self { start, size: size.min(greatest) })
    }

    /// The items of this page.
    pub(super) fn cut<T>(self, items: &[T]) -> &[T] {
        let start = self.start.min(items.len());
        &items[start..items.len().min(start.saturating_add(self.size))]
    }

    /// A page with its total, without links to others.
    pub(super) fn with_total<T>(self, name: &str, items: &[T], show: impl FnMut(&T) -> Value) -> Value {
        let shown = self.cut(items);
        let last = self.start + shown.len() >= items.len();
        let mut page = json!({ "startAt": self.start, "maxResults": self.size, "total": items.len() });
        page[name] = shown.iter().map(show).collect();
        if name == "values" {
            page["isLast"] = last.into();
        }
        page
    }

    /// A page that is a bare array.
    pub(super) fn array<T>(self, items: &[T], show: impl FnMut(&T) -> Value) -> Value {
        self.cut(items).iter().map(show).collect()
    }

    /// A page of `values` with the address of its neighbor.
    pub(super) fn linked<T>(self, href: &str, items: &[T], show: impl FnMut(&T) -> Value) -> Value {
        let mut page = self.with_total("values", items, show);
        let address = |start: usize| format!("{href}?maxResults={}&startAt={start}", self.size);
        page["self"] = address(self.start).into();
        if page["isLast"] == false {
            page["nextPage"] = address(self.start + self.size).into();
        }
        page
    }
}
