#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::RefCell;
use std::collections::BTreeSet;

use pm_provider::TaskQuery;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::dto;

/// A server with rows of a time and an id, which clamps the size of its pages.
struct Server {
    rows: RefCell<Vec<(i64, u64)>>,
    most: u64,
    /// How many microseconds the times of its answers are cut to.
    grain: i64,
}

impl Server {
    fn new(rows: impl IntoIterator<Item = (i64, u64)>, most: u64) -> Self {
        Self { rows: RefCell::new(rows.into_iter().collect()), most, grain: 1_000 }
    }

    fn answer(&self, ask: &Ask) -> Collection<Raw<dto::WorkPackage>> {
        let descending = ask.sort.contains("desc");
        let filters: Value = serde_json::from_str(&ask.filters.to_string()).unwrap();
        let mut rows = self.rows.borrow().clone();
        for filter in filters.as_array().unwrap() {
            let values = &filter["createdAt"]["values"];
            let bound = |index: usize| values[index].as_str().unwrap().parse::<DateTime<Utc>>().ok();
            let (from, to) = (bound(0), bound(1));
            rows.retain(|(time, _)| {
                let time = DateTime::from_timestamp_micros(*time).unwrap();
                from.is_none_or(|from| time >= from) && to.is_none_or(|to| time <= to)
            });
        }
        rows.sort_unstable();
        if descending {
            rows.reverse();
        }
        let size = ask.size.min(self.most);
        let start = usize::try_from((ask.number - 1) * size).unwrap();
        let elements = rows.iter().skip(start).take(usize::try_from(size).unwrap());
        let elements: Vec<_> = elements.map(|row| self.row(row)).collect();
        let page = json!({ "total": rows.len(), "pageSize": size, "_embedded": { "elements": elements } });
        serde_json::from_str(&page.to_string()).unwrap()
    }

    /// Answers show milliseconds only, or seconds, whatever the database holds.
    fn row(&self, (time, id): &(i64, u64)) -> Value {
        let shown = DateTime::from_timestamp_micros(time.div_euclid(self.grain) * self.grain).unwrap();
        json!({ "id": id, "subject": "x", "createdAt": shown.to_rfc3339(), "_links": {} })
    }
}

fn listing(query: &TaskQuery, direction: Direction, size: u64) -> Listing<'_, TaskQuery, dto::WorkPackage> {
    Listing {
        name: "tasks",
        query,
        filters: Filters::none(),
        field: "createdAt",
        direction,
        time: |row| row.created_at,
        size,
    }
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Follows `next`, and does something after each page.
fn walk(server: &Server, direction: Direction, size: u64, mut between: impl FnMut(&Server, &[u64])) -> Vec<u64> {
    let query = TaskQuery::new();
    let listing = listing(&query, direction, size);
    let (mut cursor, mut ids) = (None, Vec::new());
    for _ in 0..10_000 {
        let page = block(listing.page(cursor.as_ref(), |ask| async move { Ok(server.answer(&ask)) })).unwrap();
        assert!(page.rows.len() as u64 <= size);
        ids.extend(page.rows.iter().map(|row| row.item.id));
        between(server, &ids);
        cursor = page.next;
        if cursor.is_none() {
            return ids;
        }
    }
    panic!("no end");
}

#[test]
fn trap_rows_move_up_when_one_is_deleted_between_two_pages() {
    let server = Server::new((1..=9).map(|id| (i64::try_from(id).unwrap() * 1_000_000, id)), 1_000);
    let seen = walk(&server, Direction::Ascending, 2, |server, seen| {
        let first = seen.first().copied();
        server.rows.borrow_mut().retain(|(_, id)| Some(*id) != first);
    });
    assert_eq!(seen, (1..=9).collect::<Vec<_>>());
}

#[test]
fn trap_only_the_first_20_rows() {
    let server = Server::new((1..=95).map(|id| (i64::try_from(id).unwrap() * 1_000, id)), 20);
    assert_eq!(walk(&server, Direction::Ascending, 200, |_, _| {}), (1..=95).collect::<Vec<_>>());
    assert_eq!(walk(&server, Direction::Descending, 200, |_, _| {}), (1..=95).rev().collect::<Vec<_>>());
}

#[test]
fn trap_the_size_of_a_page_is_the_servers() {
    let server = Server::new((1..=95).map(|id| (i64::try_from(id).unwrap() * 1_000, id)), 20);
    let query = TaskQuery::new();
    let listing = listing(&query, Direction::Ascending, 200);
    let server = &server;
    let fetch = |cursor: Option<Cursor>| {
        block(listing.page(cursor.as_ref(), |ask| async move { Ok(server.answer(&ask)) })).unwrap()
    };
    let first = fetch(None);
    assert_eq!((first.rows.len(), first.total, first.ahead.len()), (20, Some(95), 3));
    let mut ids: Vec<_> = first.rows.iter().map(|row| row.item.id).collect();
    let cursors = first.next.into_iter().chain(first.ahead);
    for cursor in cursors {
        ids.extend(fetch(Some(cursor)).rows.iter().map(|row| row.item.id));
    }
    assert_eq!(ids, (1..=95).collect::<Vec<_>>(), "the pages ahead begin where the next one ends");
}

#[test]
fn a_whole_page_of_one_time_does_not_stop_the_listing() {
    for most in [5, 7, 1_000] {
        let server = Server::new((1..=40).map(|id| (1_000_000, id)), most);
        assert_eq!(walk(&server, Direction::Ascending, 3, |_, _| {}), (1..=40).collect::<Vec<_>>(), "{most}");
    }
}

#[test]
fn damaged_places_are_no_places() {
    for text in ["", "n:0:5", "n:1", "n:x:5", "a:1:2:3", "a:1:2:3:x", "a:x:0:0:", "z:1", "n:1:2:3"] {
        assert_eq!(Place::parse(text), None, "{text}");
    }
    let after = After { time: DateTime::UNIX_EPOCH, floor: Some(4), seen: vec![7, 9], size: None };
    for place in [Place::After(after), Place::Number { number: 3, size: 20 }] {
        assert_eq!(Place::parse(&place.to_string()), Some(place));
    }
}

#[test]
fn a_page_ahead_tells_how_many_there_are_now() {
    let server = Server::new((1..=9).map(|id| (i64::try_from(id).unwrap() * 1_000_000, id)), 1_000);
    let query = TaskQuery::new();
    let listing = listing(&query, Direction::Ascending, 2);
    let server = &server;
    let fetch =
        |cursor: Option<&Cursor>| block(listing.page(cursor, |ask| async move { Ok(server.answer(&ask)) })).unwrap();
    let first = fetch(None);
    assert_eq!((first.total, first.ahead.len()), (Some(9), 3));
    server.rows.borrow_mut().remove(0);
    assert_eq!(fetch(first.ahead.first()).total, Some(8), "one went, so that the rows moved up");
}

#[test]
fn many_rows_of_one_time_leave_a_short_cursor() {
    let seen: Vec<u64> = (1_000..6_000).chain([7_000, 7_002, 7_003]).collect();
    let place = Place::After(After { time: DateTime::UNIX_EPOCH, floor: None, seen, size: None });
    assert_eq!(place.to_string(), "a:0:0:0:1000-5999,7000,7002-7003");
    assert_eq!(Place::parse(&place.to_string()), Some(place));
    for text in ["a:1:0:0:5-3", "a:1:0:0:1-99999999999", "a:1:0:0:1-x"] {
        assert_eq!(Place::parse(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_row_comes_once_in_either_direction(
        times in prop::collection::vec(0..4_000_i64, 0..40), size in 1..9_u64, most in 1..12_u64, descending: bool,
        is_old: bool,
    ) {
        // Old servers show seconds.
        let (unit, grain) = if is_old { (1_000, 1_000_000) } else { (1, 1_000) };
        let rows: Vec<_> = times.iter().zip(1..).map(|(time, id)| (*time * unit, id)).collect();
        let server = Server { grain, ..Server::new(rows.clone(), most) };
        let direction = if descending { Direction::Descending } else { Direction::Ascending };
        let seen = walk(&server, direction, size, |_, _| {});
        let mut expected = rows;
        expected.sort_unstable();
        if descending {
            expected.reverse();
        }
        prop_assert_eq!(seen, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    }

    #[test]
    fn what_stays_is_seen_while_others_go(
        times in prop::collection::vec(0..4_000_i64, 1..30), size in 1..6_u64, gone in prop::collection::vec(0..30_u64, 0..12),
    ) {
        let rows: Vec<_> = times.iter().zip(1..).map(|(time, id)| (*time, id)).collect();
        let server = Server::new(rows.clone(), 1_000);
        let mut gone = gone.into_iter();
        let mut removed = BTreeSet::new();
        let seen = walk(&server, Direction::Ascending, size, |server, _| {
            if let Some(id) = gone.next() {
                removed.insert(id);
                server.rows.borrow_mut().retain(|(_, present)| *present != id);
            }
        });
        let stayed: Vec<_> = rows.iter().map(|(_, id)| *id).filter(|id| !removed.contains(id)).collect();
        let mut found: Vec<_> = seen.iter().copied().filter(|id| !removed.contains(id)).collect();
        found.sort_unstable();
        prop_assert_eq!(found, stayed);
    }
}
