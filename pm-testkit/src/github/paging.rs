//! Lists in pages: by number everywhere, by cursor where lists grow long.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::access::Caller;
use super::errors::{Answer, Problem};
use super::reply::Reply;
use super::request::Parameters;

/// How far page numbers reach. The page that ends there is refused already (`google/go-github#3976`, for page 100 of
/// 100 rows each).
const FARTHEST: usize = 10_000;

/// What stands before the place in a cursor, as the vendor's do.
const CURSOR: &[u8] = b"cursor:v2:";

/// One page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    pub(super) number: usize,
    pub(super) size: usize,
}

impl Page {
    /// What a request asks for: 30 rows where nothing is said, never more than 100.
    pub(super) fn read(parameters: &Parameters) -> Self {
        let number = parameters.number("page").unwrap_or(1);
        Self { number, size: parameters.number("per_page").unwrap_or(30).min(100) }
    }

    fn start(self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }
}

/// A page by its number, with the addresses of its neighbors and of both ends.
pub(super) fn numbered<T>(
    caller: &Caller,
    parameters: &Parameters,
    items: &[T],
    show: impl FnMut(&T) -> Value,
) -> Reply {
    let page = Page::read(parameters);
    let start = page.start().min(items.len());
    let shown = items[start..items.len().min(start + page.size)].iter().map(show).collect();
    Reply::page(shown, numbered_links(caller, parameters, items.len()))
}

/// The addresses of the other pages of so many rows.
pub(super) fn numbered_links(caller: &Caller, parameters: &Parameters, rows: usize) -> Vec<(&'static str, String)> {
    let page = Page::read(parameters);
    let last = rows.div_ceil(page.size).max(1);
    let at = |number: usize| address(caller, parameters, &[("page", number.to_string())]);
    let mut links = Vec::new();
    if page.number > 1 {
        links.push(("prev", at((page.number - 1).min(last))));
    }
    if page.number < last {
        links.push(("next", at(page.number + 1)));
        links.push(("last", at(last)));
    }
    if page.number > 1 {
        links.push(("first", at(1)));
    }
    links
}

/// What rows of a long list are sorted by, and their ids.
pub(super) type Key = (i64, u64);

/// A page of a long list, sorted by its keys, by cursor or by number; 422 where the numbers end.
///
/// Its links go to the next and the previous page alone, with the cursor of the row that they begin behind
/// (`google/go-github#3564`); with `ends`, to both ends as well.
pub(super) fn sorted<'a, T>(
    caller: &Caller,
    parameters: &Parameters,
    (items, descending, ends): (&'a [(Key, T)], bool, bool),
    show: impl FnMut(&T) -> Value,
) -> Answer<Reply> {
    let page = Page::read(parameters);
    let (start, end) = match (parameters.get("after"), parameters.get("before")) {
        (Some(cursor), _) => (behind(items, descending, place(cursor)?), items.len()),
        (None, Some(cursor)) => {
            let place = place(cursor)?;
            let end = items.partition_point(|(key, _)| is_before(*key, place, descending));
            (end.saturating_sub(page.size), end)
        }
        (None, None) if page.number.saturating_mul(page.size) >= FARTHEST => return Err(too_far()),
        (None, None) => (page.start().min(items.len()), items.len()),
    };
    let end = end.min(start + page.size);
    let shown: &'a [(Key, T)] = &items[start..end];
    let links = links(caller, parameters, page, (shown, start > 0, end < items.len()));
    let ends = if ends { both_ends(caller, parameters, page, items.len()) } else { Vec::new() };
    Ok(Reply::page(shown.iter().map(|(_, item)| item).map(show).collect(), [links, ends].concat()))
}

fn links<T>(
    caller: &Caller,
    parameters: &Parameters,
    page: Page,
    (shown, has_previous, has_next): (&[(Key, T)], bool, bool),
) -> Vec<(&'static str, String)> {
    let at = |number: usize, name: &str, (key, _): &(Key, T)| {
        address(caller, parameters, &[("page", number.to_string()), (name, cursor(*key))])
    };
    let next = shown.last().filter(|_| has_next).map(|row| ("next", at(page.number + 1, "after", row)));
    let previous = shown.first().filter(|_| has_previous);
    let previous = previous.map(|row| ("prev", at(page.number.saturating_sub(1).max(1), "before", row)));
    next.into_iter().chain(previous).collect()
}

fn both_ends(caller: &Caller, parameters: &Parameters, page: Page, rows: usize) -> Vec<(&'static str, String)> {
    let last = rows.div_ceil(page.size).max(1);
    let at = |number: usize| address(caller, parameters, &[("page", number.to_string())]);
    let last = (page.number < last).then(|| ("last", at(last)));
    let first = (page.number > 1).then(|| ("first", at(1)));
    last.into_iter().chain(first).collect()
}

fn too_far() -> Problem {
    let message = "Pagination with the page parameter is not supported for large datasets, please use cursor based \
                   pagination (after/before)";
    Problem::new(422, message).about("rest/issues/issues#list-repository-issues")
}

fn is_before(key: Key, place: Key, descending: bool) -> bool {
    if descending { key > place } else { key < place }
}

/// The place of the first row behind a cursor, whether the row of the cursor is still there or not.
fn behind<T>(items: &[(Key, T)], descending: bool, place: Key) -> usize {
    items.partition_point(|(key, _)| *key == place || is_before(*key, place, descending))
}

fn cursor((key, id): Key) -> String {
    STANDARD.encode([CURSOR, &key.to_be_bytes(), &id.to_be_bytes()].concat())
}

fn place(cursor: &str) -> Answer<Key> {
    let read = || {
        let bytes = STANDARD.decode(cursor).ok()?;
        let (key, id) = bytes.strip_prefix(CURSOR)?.split_at_checked(8)?;
        Some((i64::from_be_bytes(key.try_into().ok()?), u64::from_be_bytes(id.try_into().ok()?)))
    };
    read().ok_or_else(|| Problem::new(422, "Invalid cursor"))
}

/// The address of another page: the same, but for these parameters.
fn address(caller: &Caller, parameters: &Parameters, changed: &[(&str, String)]) -> String {
    let is_place = |name: &str| matches!(name, "page" | "after" | "before");
    let kept = parameters.pairs().iter().filter(|(name, _)| !is_place(name));
    let kept = kept.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    let changed = changed.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
    let query: Vec<String> = kept.chain(changed).collect();
    format!("{}{}?{}", caller.base, parameters.path, query.join("&"))
}

/// A text as a query has it.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
