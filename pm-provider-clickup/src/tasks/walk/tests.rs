#![allow(clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::*;

/// Tasks by source: moment and id.
struct Site {
    sources: RefCell<BTreeMap<String, Vec<(i64, u32)>>>,
    requests: Cell<u32>,
    page: usize,
    falls: bool,
}

fn row(moment: i64, id: u32, archived: bool) -> Raw<Task> {
    let json = format!(r#"{{"id": "t{id:05}", "date_created": "{moment}", "archived": {archived}}}"#);
    serde_json::from_str(&json).unwrap()
}

fn archived(list: &str) -> Source {
    Source::Archived(list.to_owned())
}

impl Site {
    fn of(sources: &[(&str, Vec<(i64, u32)>)]) -> Self {
        let sources = sources.iter().map(|(name, rows)| ((*name).to_owned(), rows.clone())).collect();
        Self { sources: RefCell::new(sources), requests: Cell::new(0), page: 4, falls: false }
    }

    fn answer(&self, ask: &Ask) -> Rows {
        self.requests.set(self.requests.get() + 1);
        let name = match &ask.source {
            Source::Archived(list) | Source::Hidden(list) => list.as_str(),
            Source::Main => "",
        };
        let mut rows = self.sources.borrow().get(name).cloned().unwrap_or_default();
        rows.retain(|(moment, _)| ask.behind.is_none_or(|at| if self.falls { *moment < at } else { *moment > at }));
        rows.sort_unstable();
        if self.falls {
            rows.reverse();
        }
        let start = (ask.page as usize * self.page).min(rows.len());
        let end = (start + self.page).min(rows.len());
        let shown = rows[start..end].iter().map(|(moment, id)| row(*moment, *id, !name.is_empty()));
        Rows { rows: shown.collect(), more: end < rows.len() }
    }

    async fn page(&self, walk: &Walk, place: &Place) -> (Vec<String>, Option<Place>, Vec<Place>) {
        let found = walk.read(place, |ask| async move { Ok(self.answer(&ask)) }, |_| true).await.unwrap();
        (found.rows.iter().map(|row| row.item.id.clone()).collect(), found.next, found.ahead)
    }

    /// Follows `next` alone.
    async fn walk(&self, walk: &Walk, between: impl Fn(usize, &mut Vec<(i64, u32)>)) -> Vec<String> {
        let (mut place, mut seen) = (Some(Place::default()), Vec::new());
        for step in 0.. {
            let Some(at) = place else { break };
            // As a cursor holds it.
            let at: Place = serde_json::from_str(&serde_json::to_string(&at).unwrap()).unwrap();
            let (rows, next, _) = self.page(walk, &at).await;
            seen.extend(rows);
            place = next;
            between(step, self.sources.borrow_mut().entry(String::new()).or_default());
        }
        seen
    }

    /// Reads the pages ahead as well, as streams do: `next` of the last one leads on. How many rounds that took, too.
    async fn race(&self, walk: &Walk) -> (Vec<String>, usize) {
        let (mut upcoming, mut seen, mut rounds) = (vec![Place::default()], Vec::new(), 0);
        while !upcoming.is_empty() {
            rounds += 1;
            let mut last = (None, Vec::new());
            for place in &upcoming {
                let (rows, next, ahead) = self.page(walk, place).await;
                seen.extend(rows);
                last = (next, ahead);
            }
            upcoming = last.0.into_iter().chain(last.1).collect();
        }
        (seen, rounds)
    }
}

fn walk(size: Option<usize>, lists: &[&str]) -> Walk {
    let sources = std::iter::once(Source::Main).chain(lists.iter().map(|list| archived(list))).collect();
    Walk { by: SortField::CreatedAt, direction: Direction::Ascending, size, page: 4, is_complete: true, sources }
}

fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|id| format!("t{id:05}")).collect()
}

/// Tasks of moments of their own.
fn tasks(numbers: impl IntoIterator<Item = u32>) -> Vec<(i64, u32)> {
    numbers.into_iter().map(|id| (i64::from(id), id)).collect()
}

#[tokio::test]
async fn every_task_comes_once_at_any_size() {
    for count in [0, 1, 4, 5, 8, 23] {
        for size in [None, Some(1), Some(3), Some(100)] {
            let site = Site::of(&[("", tasks(0..count))]);
            assert_eq!(site.walk(&walk(size, &[]), |_, _| ()).await, ids(0..count), "{count} by {size:?}");
        }
        let site = Site::of(&[("", tasks(0..count))]);
        assert_eq!(site.race(&walk(None, &[])).await.0, ids(0..count), "{count} side by side");
    }
}

#[tokio::test]
async fn sources_are_merged_by_the_moment_of_creation() {
    let main = tasks((0..40).filter(|id| id % 3 > 0));
    let away = tasks((0..40).filter(|id| id % 6 == 0));
    let other = tasks((0..40).filter(|id| id % 6 == 3));
    for size in [None, Some(1), Some(3), Some(4), Some(9)] {
        let site = Site::of(&[("", main.clone()), ("a", away.clone()), ("b", other.clone()), ("c", vec![])]);
        assert_eq!(site.walk(&walk(size, &["a", "b", "c"]), |_, _| ()).await, ids(0..40), "{size:?}");
        let (raced, _) = site.race(&walk(size, &["a", "b", "c"])).await;
        assert_eq!(raced, ids(0..40), "{size:?} side by side");
    }
}

#[tokio::test]
async fn archived_tasks_come_wherever_they_lie() {
    for away in [vec![0, 1], vec![30, 31], vec![5, 6, 7, 8, 9, 10, 11, 12, 13], vec![39], vec![50, 60, 61, 62, 63, 64]]
    {
        let main = tasks((0..40).filter(|id| !away.contains(id)));
        let mut expected: Vec<_> = (0..40).chain(away.iter().copied()).collect();
        expected.sort_unstable();
        expected.dedup();
        let site = Site::of(&[("", main), ("a", tasks(away.clone()))]);
        assert_eq!(site.race(&walk(None, &["a"])).await.0, ids(expected.clone()), "{away:?}");
        assert_eq!(site.walk(&walk(None, &["a"]), |_, _| ()).await, ids(expected), "{away:?}");
    }
}

#[tokio::test]
async fn many_of_one_moment_come_once() {
    let main: Vec<_> = (0..30).map(|id| (if (5..25).contains(&id) { 7 } else { i64::from(id) }, id)).collect();
    let away: Vec<_> = (30..42).map(|id| (7, id)).collect();
    for size in [None, Some(1), Some(3)] {
        let site = Site::of(&[("", main.clone()), ("a", away.clone())]);
        for mut seen in [site.walk(&walk(size, &["a"]), |_, _| ()).await, site.race(&walk(size, &["a"])).await.0] {
            seen.sort_unstable();
            assert_eq!(seen, ids(0..42), "{size:?}");
        }
    }
}

#[tokio::test]
async fn what_goes_hides_nothing_and_what_comes_doubles_nothing() {
    let site = Site::of(&[("", tasks(0..20))]);
    let between = |step, rows: &mut Vec<(i64, u32)>| {
        if step < 4 {
            rows.remove(0);
            let next = u32::try_from(100 + step).unwrap();
            rows.push((i64::from(next), next));
        }
    };
    assert_eq!(site.walk(&walk(Some(3), &[]), between).await, ids((0..20).chain(100..104)));
}

#[tokio::test]
async fn the_newest_come_first_if_that_is_asked_for() {
    let falling = |size| Walk { direction: Direction::Descending, ..walk(size, &["a"]) };
    for size in [None, Some(3)] {
        let mut site = Site::of(&[("", tasks((0..40).filter(|id| id % 7 > 0))), ("a", tasks((0..40).step_by(7)))]);
        site.falls = true;
        assert_eq!(site.walk(&falling(size), |_, _| ()).await, ids((0..40).rev()), "{size:?}");
        assert_eq!(site.race(&falling(size)).await.0, ids((0..40).rev()), "{size:?} side by side");
    }
}

#[tokio::test]
async fn pages_side_by_side_are_few_rounds_and_few_requests() {
    for size in [None, Some(4), Some(100)] {
        let site = Site::of(&[("", tasks(0..400))]);
        let (seen, rounds) = site.race(&walk(size, &["a", "b"])).await;
        assert_eq!(seen, ids(0..400));
        assert!(rounds <= 12, "{rounds}");
        // A hundred pages, two Lists without archived tasks, and what the last batch asked for in vain.
        assert!(site.requests.get() <= 125, "{}", site.requests.get());
    }
}

#[tokio::test]
async fn small_listings_ask_for_no_more_than_they_must() {
    let site = Site::of(&[("", tasks(0..3)), ("a", tasks([7]))]);
    let (seen, next, ahead) = site.page(&walk(None, &["a", "b"]), &Place::default()).await;
    assert_eq!((seen.len(), next, ahead.len(), site.requests.get()), (4, None, 0, 3));
}

#[tokio::test]
async fn filters_and_orders_that_move_tasks_have_no_pages_ahead() {
    let site = Site::of(&[("", tasks(0..40))]);
    let filtered = Walk { is_complete: false, ..walk(None, &[]) };
    assert!(site.page(&filtered, &Place::default()).await.2.is_empty());
    assert!(site.page(&walk(Some(3), &[]), &Place::default()).await.2.is_empty());
    assert_eq!(site.page(&walk(None, &[]), &Place::default()).await.2.len(), 1);
}

#[tokio::test]
async fn what_is_not_wanted_counts_for_no_page() {
    let site = Site::of(&[("", tasks(0..40))]);
    let (walk, mut place, mut seen) = (walk(Some(2), &[]), Some(Place::default()), Vec::new());
    while let Some(at) = place {
        let even = |row: &Raw<Task>| row.item.id.ends_with(['0', '5']);
        let found = walk
            .read(
                &at,
                |ask| {
                    let site = &site;
                    async move { Ok(site.answer(&ask)) }
                },
                even,
            )
            .await
            .unwrap();
        assert!(found.rows.len() <= 2);
        seen.extend(found.rows.iter().map(|row| row.item.id.clone()));
        place = found.next;
    }
    assert_eq!(seen, ids((0..40).step_by(5)));
}
