//! Pages while rows come and go between them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use pm_http::page::{Fetched, Listing, TokenPlace, keyset, number, offset, slice, token};
use pm_provider::{Cursor, Direction, ErrorKind, Page, Result};

const QUERY: &&str = &"all";

/// A backend whose rows change between requests; in the order of its listing.
struct Rows {
    rows: RefCell<Vec<u32>>,
    next: Cell<u32>,
    /// The largest page that it gives, whatever is asked for.
    most: usize,
    requests: Cell<usize>,
}

impl Rows {
    fn new(count: u32, most: usize) -> Self {
        Self { rows: RefCell::new((1..=count).collect()), next: Cell::new(count + 1), most, requests: Cell::new(0) }
    }

    fn from(&self, offset: usize, limit: usize, direction: Direction) -> Fetched<u32> {
        self.requests.set(self.requests.get() + 1);
        let mut rows = self.rows.borrow().clone();
        if direction == Direction::Descending {
            rows.reverse();
        }
        let limit = limit.min(self.most);
        let total = rows.len();
        let items: Vec<_> = rows.into_iter().skip(offset).take(limit).collect();
        let more = offset + items.len() < total;
        Fetched::new(items, more).total(Some(total as u64)).size(Some(limit))
    }

    /// Deletes some rows and adds others at the end; those in `kept` stay.
    fn change(&self, kept: &BTreeSet<u32>, random: &mut fastrand::Rng) {
        self.rows.borrow_mut().retain(|row| kept.contains(row) || random.u8(..) > 80);
        for _ in 0..random.usize(..4) {
            self.rows.borrow_mut().push(self.next.replace(self.next.get() + 1));
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Slice,
    Keyset,
    Offset,
    Number,
}

const WAYS: [Way; 4] = [Way::Slice, Way::Keyset, Way::Offset, Way::Number];

async fn page(way: Way, rows: &Rows, listing: &Listing<'_, &str>, cursor: Option<&Cursor>) -> Result<Page<u32>> {
    let (direction, size) = (listing.direction, listing.size);
    match way {
        Way::Slice => slice(listing, cursor, rows.rows.borrow().clone(), |row| *row),
        Way::Keyset => {
            keyset(
                listing,
                cursor,
                |row| *row,
                |after: Option<u32>, skip| async move {
                    // A coarse filter: whole tens.
                    let all = rows.from(0, usize::MAX, direction);
                    let is_in = |row: &u32| match (after, direction) {
                        (None, _) => true,
                        (Some(after), Direction::Descending) => row / 10 <= after / 10,
                        (Some(after), _) => row / 10 >= after / 10,
                    };
                    let left: Vec<_> =
                        all.items.into_iter().filter(is_in).skip(usize::try_from(skip).unwrap()).collect();
                    let limit = size.min(rows.most.min(7));
                    Ok(Fetched::new(left.iter().copied().take(limit).collect(), left.len() > limit))
                },
            )
            .await
        }
        Way::Offset => {
            let most = rows.most.min(100);
            offset(
                listing,
                cursor,
                most,
                |row| *row,
                |from, limit| async move { Ok(rows.from(usize::try_from(from).unwrap(), limit, direction)) },
            )
            .await
        }
        Way::Number => {
            number(
                listing,
                cursor,
                |row| *row,
                |number, size| async move {
                    let start = usize::try_from(number - 1).unwrap() * size.min(rows.most);
                    Ok(rows.from(start, size, direction))
                },
            )
            .await
        }
    }
}

/// Follows `next` alone while the backend changes; says what was seen.
async fn walk(way: Way, rows: &Rows, direction: Direction, size: usize, kept: &BTreeSet<u32>, seed: u64) -> Vec<u32> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut seen, mut cursor) = (Vec::new(), None);
    for _ in 0..1000 {
        // The size may change from page to page: it is no part of a cursor.
        let size = if seed.is_multiple_of(2) { size } else { random.usize(1..=size) };
        let listing = Listing::new("test", "rows", QUERY, size).direction(direction);
        let page = page(way, rows, &listing, cursor.as_ref()).await.unwrap();
        assert!(page.items.len() <= size, "{way:?}");
        seen.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return seen;
        }
        rows.change(kept, &mut random);
    }
    panic!("{way:?} never ends");
}

#[tokio::test]
async fn what_was_there_all_along_is_seen_exactly_once() {
    for way in WAYS {
        for seed in 0..60 {
            for direction in [Direction::Ascending, Direction::Descending] {
                // New rows come at the end of an ascending listing: at the start of a descending one they move all.
                let rows = Rows::new(90, if matches!(way, Way::Keyset | Way::Slice) { 1000 } else { 6 });
                let kept: BTreeSet<u32> = (1..=90).filter(|row| row % 3 == 0).collect();
                let seen = walk(way, &rows, direction, 6, &kept, seed).await;
                let case = format!("{way:?} {direction:?} seed {seed}: {seen:?}");
                let distinct: BTreeSet<u32> = seen.iter().copied().collect();
                assert_eq!(distinct.len(), seen.len(), "twice: {case}");
                assert!(distinct.is_superset(&kept), "missing {:?}: {case}", &kept - &distinct);
                let is_sorted = match direction {
                    Direction::Descending => seen.is_sorted_by(|a, b| a > b),
                    _ => seen.is_sorted(),
                };
                assert!(is_sorted, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn pages_that_are_only_announced_fit_together() {
    for (way, most) in [
        (Way::Offset, 1),
        (Way::Offset, 4),
        (Way::Offset, 10),
        (Way::Offset, 100),
        (Way::Number, 4),
        (Way::Number, 10),
        (Way::Number, 100),
    ] {
        let rows = Rows::new(95, most);
        let listing = Listing::new("test", "rows", QUERY, 10);
        let first = page(way, &rows, &listing, None).await.unwrap();
        let mut seen = first.items.clone();
        let mut cursors: Vec<_> = first.next.iter().chain(&first.ahead).cloned().collect();
        assert!(cursors.len() >= 9, "{way:?} {most}");
        // As many are announced at once as fit; the last of them leads on.
        let mut at = 0;
        while let Some(cursor) = cursors.get(at) {
            let next = page(way, &rows, &listing, Some(cursor)).await.unwrap();
            seen.extend(next.items);
            at += 1;
            if at == cursors.len() {
                cursors.extend(next.next.into_iter().chain(next.ahead));
            }
        }
        assert_eq!(seen, (1..=95).collect::<Vec<_>>(), "{way:?} {most}");
    }
}

#[tokio::test]
async fn a_quiet_listing_costs_little() {
    for (way, most) in [(Way::Offset, 10), (Way::Number, 20), (Way::Keyset, 10)] {
        let rows = Rows::new(100, 1000);
        let kept = (1..=100).collect();
        let listing = Listing::new("test", "rows", QUERY, 10);
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = page(way, &rows, &listing, cursor.as_ref()).await.unwrap();
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.into_iter().collect::<BTreeSet<u32>>(), kept);
        assert!(rows.requests.get() <= most + 30 * usize::from(matches!(way, Way::Keyset)), "{way:?}");
    }
}

#[tokio::test]
async fn a_backend_with_smaller_pages_is_listed_whole() {
    let rows = Rows::new(50, 4);
    let seen = walk(Way::Number, &rows, Direction::Ascending, 20, &(1..=50).collect(), 2).await;
    assert_eq!(seen[..50], (1..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_empty_page_that_claims_more_is_an_error() {
    let listing = Listing::new("test", "rows", QUERY, 10);
    let empty = |_| async { Ok(Fetched::<u32>::new(Vec::new(), true)) };
    let errors = [
        keyset(&listing, None, |row| *row, |_, _| empty(())).await.unwrap_err(),
        offset(&listing, None, 10, |row| *row, |_, _| empty(())).await.unwrap_err(),
        number(&listing, None, |row| *row, |_, _| empty(())).await.unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::InvalidResponse));
}

#[tokio::test]
async fn a_backend_that_repeats_itself_is_left() {
    let listing = Listing::new("test", "rows", QUERY, 3);
    let cursor = listing.seal(&7_u32).unwrap();
    let same = |_: Option<u32>, _| async { Ok(Fetched::new(vec![1, 2, 3], true)) };
    let error = keyset(&listing, Some(&cursor), |row| *row, same).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    for way in [Way::Offset, Way::Number] {
        // The same page whatever is asked for: each page leads on, but to nothing new.
        let first = match way {
            Way::Offset => offset(&listing, None, 3, |row| *row, |_, _| same(None, 0)).await.unwrap(),
            _ => number(&listing, None, |row| *row, |_, _| same(None, 0)).await.unwrap(),
        };
        let asked = match way {
            Way::Offset => offset(&listing, first.next.as_ref(), 3, |row| *row, |_, _| same(None, 0)).await,
            _ => number(&listing, first.next.as_ref(), |row| *row, |_, _| same(None, 0)).await,
        };
        assert_eq!(asked.unwrap_err().kind(), ErrorKind::InvalidResponse, "{way:?}");
    }
}

#[test]
fn circles_of_tokens_are_noticed_without_memory() {
    let listing = Listing::new("test", "rows", QUERY, 10);
    for (tail, circle) in [(0, 1), (0, 2), (3, 1), (5, 7), (20, 50)] {
        let token_at = |step: usize| if step < tail { step } else { tail + (step - tail) % circle };
        let mut cursor: Option<Cursor> = None;
        let steps = (0..1000).find(|step| {
            let place: Option<TokenPlace> = listing.open(cursor.as_ref()).unwrap();
            match token(&listing, place.as_ref(), vec![1], Some(token_at(*step).to_string())) {
                Ok(page) => {
                    cursor = page.next;
                    assert!(cursor.as_ref().unwrap().as_str().len() < 100);
                    false
                }
                Err(error) => error.kind() == ErrorKind::InvalidResponse,
            }
        });
        assert!(steps.unwrap() <= 4 * (tail + circle) + 4, "{tail} {circle}: {steps:?}");
    }
}

#[test]
fn tokens_end() {
    let listing = Listing::new("test", "rows", QUERY, 10);
    for end in [None, Some(String::new())] {
        assert_eq!(token(&listing, None, vec![1], end).unwrap().next, None);
    }
    let page = token(&listing, None, vec![1], Some("abc".into())).unwrap();
    let place: TokenPlace = listing.open(page.next.as_ref()).unwrap().unwrap();
    assert_eq!(place.token(), "abc");
}

#[test]
fn cursors_belong_to_their_query() {
    let cursor = Listing::new("test", "rows", QUERY, 10).seal(&7_u32).unwrap();
    for listing in [Listing::new("test", "rows", &"other", 10), Listing::new("other", "rows", QUERY, 10)] {
        let error = slice(&listing, Some(&cursor), vec![1_u32], |row| *row).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    let damaged = Cursor::seal("test", "rows", QUERY, "{{");
    let listing = Listing::new("test", "rows", QUERY, 10);
    assert_eq!(listing.open::<u32>(Some(&damaged)).unwrap_err().kind(), ErrorKind::InvalidInput);
}
