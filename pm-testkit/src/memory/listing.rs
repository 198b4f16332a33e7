//! Pages of listings: sorted, resumable, exact while rows come and go.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use pm_provider::{
    AttachmentQuery, CommentQuery, Cursor, Direction, Page, ProjectQuery, Result, SortField, SprintQuery, TaskQuery,
};
use pm_provider::{PullRequestQuery, RelationQuery, Sort, UserQuery};
use serde::Serialize;

use super::NAME;
use super::capabilities::MAX_PAGE_SIZE;

/// What a listing sorts by.
pub(super) trait Listed {
    fn id(&self) -> &str;
    fn created_at(&self) -> DateTime<Utc>;
    fn updated_at(&self) -> DateTime<Utc>;
}

/// A query that lists rows.
pub(super) trait Lists: Serialize {
    /// The kind of listing, which keeps the cursors of two kinds apart.
    const LISTING: &'static str;
    fn sort(&self) -> Sort;
    fn page_size(&self) -> Option<u32>;
    /// Whether all that the query finds is to be counted.
    fn with_total(&self) -> bool;
}

macro_rules! lists {
    ($($query:ty => $listing:literal $($counted:ident)?),*) => { $(
        impl Lists for $query {
            const LISTING: &'static str = $listing;

            fn sort(&self) -> Sort {
                self.sort
            }

            fn page_size(&self) -> Option<u32> {
                self.page_size
            }

            fn with_total(&self) -> bool {
                false $(|| self.$counted)?
            }
        }
    )* };
}
lists!(
    ProjectQuery => "projects" with_total, TaskQuery => "tasks" with_total, SprintQuery => "sprints" with_total,
    UserQuery => "users" with_total, CommentQuery => "comments", PullRequestQuery => "pull_requests"
);

/// Attachments and relations come in one order.
macro_rules! lists_in_order {
    ($($query:ty => $listing:literal),*) => { $(
        impl Lists for $query {
            const LISTING: &'static str = $listing;

            fn sort(&self) -> Sort {
                Sort::default()
            }

            fn page_size(&self) -> Option<u32> {
                self.page_size
            }

            fn with_total(&self) -> bool {
                false
            }
        }
    )* };
}
lists_in_order!(AttachmentQuery => "attachments", RelationQuery => "relations");

/// The place of a row in its order. Rows that come later never push it: it names the row, not how many precede it.
type Place<'r> = (i64, &'r str);

/// Makes the page of the rows after the cursor.
pub(super) fn page<'r, Q: Lists, R: Listed + 'r, T>(
    query: &Q,
    cursor: Option<&Cursor>,
    rows: impl Iterator<Item = &'r R>,
    show: impl Fn(&R) -> T,
) -> Result<Page<T>> {
    let sort = query.sort();
    let after = cursor.map(|cursor| open(query, cursor)).transpose()?;
    let mut rows: Vec<_> = rows.map(|row| (place(sort.by, row), row)).collect();
    rows.sort_unstable_by(|(one, _), (other, _)| order(sort.direction, one, other));
    let start = after.map_or(0, |after| {
        rows.partition_point(|(place, _)| order(sort.direction, place, &after) != Ordering::Greater)
    });
    let end = rows.len().min(start + page_size(query.page_size()));
    let next = (end < rows.len()).then(|| seal(query, rows[end - 1].0));
    let items = rows[start..end].iter().map(|(_, row)| show(row)).collect();
    Ok(Page::new(items).next(next).total(query.with_total().then_some(rows.len() as u64)))
}

/// How many items a page holds, given how many are asked for.
pub(super) fn page_size(asked: Option<u32>) -> usize {
    asked.unwrap_or(MAX_PAGE_SIZE).min(MAX_PAGE_SIZE) as usize
}

fn place<R: Listed>(by: SortField, row: &R) -> Place<'_> {
    let time = match by {
        SortField::UpdatedAt => row.updated_at(),
        _ => row.created_at(),
    };
    (time.timestamp_micros(), row.id())
}

fn order(direction: Direction, one: &Place<'_>, other: &Place<'_>) -> Ordering {
    match direction {
        Direction::Descending => other.cmp(one),
        _ => one.cmp(other),
    }
}

fn seal<Q: Lists>(query: &Q, (time, id): Place<'_>) -> Cursor {
    Cursor::seal(NAME, Q::LISTING, query, &format!("{time}:{id}"))
}

fn open<'c, Q: Lists>(query: &Q, cursor: &'c Cursor) -> Result<Place<'c>> {
    let (time, id) = cursor.open(NAME, Q::LISTING, query)?.split_once(':').ok_or_else(Cursor::malformed)?;
    Ok((time.parse().map_err(|_| Cursor::malformed())?, id))
}

/// Says whether one of the texts holds another, without regard to case.
pub(super) fn holds(wanted: Option<&String>, texts: [Option<&str>; 2]) -> bool {
    let Some(wanted) = wanted else { return true };
    let wanted = wanted.to_lowercase();
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(&wanted))
}

/// Says whether a filter is unset or equals a text without regard to case.
pub(super) fn is_called(wanted: Option<&String>, text: Option<&str>) -> bool {
    let Some(wanted) = wanted else { return true };
    text.is_some_and(|text| text.to_lowercase() == wanted.to_lowercase())
}

/// Says whether a list filter is empty or holds a value.
pub(super) fn is_among<C: PartialEq>(wanted: &[C], value: &C) -> bool {
    wanted.is_empty() || wanted.contains(value)
}

/// Says whether a time is not before a filter's.
pub(super) fn is_since(wanted: Option<DateTime<Utc>>, time: Option<DateTime<Utc>>) -> bool {
    wanted.is_none_or(|wanted| time.is_some_and(|time| time >= wanted))
}
