//! Lists by offset, read whole: `startAt`, `maxResults`, `total` or `isLast`.

use std::collections::HashSet;

use pm_http::{Endpoint, Raw};
use pm_provider::{Error, ErrorKind, Result};
use serde::de::DeserializeOwned;

use crate::api::Api;
use crate::dto::{Board, Comment, FieldMeta, IssueType, Paged, Project, Sprint};

/// How often a list is read that changes meanwhile.
const READS: usize = 5;
/// How many pages a list has at most, before the server is believed to answer for ever.
const MOST_PAGES: usize = 10_000;

/// What lists by offset are made of.
pub(crate) trait Row {
    /// What tells it from the others; `None` where nothing does.
    fn row_id(&self) -> Option<String>;
}

impl<T: Row> Row for Raw<T> {
    fn row_id(&self) -> Option<String> {
        self.item.row_id()
    }
}

impl Row for FieldMeta {
    fn row_id(&self) -> Option<String> {
        self.field_id.clone()
    }
}

macro_rules! numbered {
    ($($row:ty),*) => {$(
        impl Row for $row {
            fn row_id(&self) -> Option<String> {
                Some(self.id.to_string())
            }
        }
    )*};
}

numbered!(Board, Comment, IssueType, Project, Sprint);

/// What was read of a list so far.
struct Reading<T> {
    items: Vec<T>,
    seen: HashSet<String>,
    /// How many rows the server gave, with those that came twice.
    place: u64,
    most: u64,
}

impl<T: Row> Reading<T> {
    /// Takes in a page. Says whether the list is the one that it was: where a row comes again it has moved, and perhaps
    /// another past us; a list that is shorter has lost one.
    fn add(&mut self, page: Vec<T>, total: Option<u64>) -> bool {
        let mut here = HashSet::new();
        let mut is_same = total.is_none_or(|total| total >= self.most);
        self.most = total.unwrap_or(0).max(self.most);
        self.place += page.len() as u64;
        for row in page {
            let id = row.row_id();
            is_same &= id.as_ref().is_none_or(|id| !self.seen.contains(id));
            if id.is_none_or(|id| here.insert(id)) {
                self.items.push(row);
            }
        }
        self.seen.extend(here);
        is_same
    }
}

impl Api {
    /// All of a list by offset. Where rows come, go or move meanwhile, which moves others past the place where we are, it is
    /// read once more.
    pub(crate) async fn all<T: DeserializeOwned + Row>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        query: &[(&str, String)],
    ) -> Result<Vec<T>> {
        for _ in 0..READS {
            if let Some(items) = self.all_once(endpoint, parameters, query).await? {
                return Ok(items);
            }
        }
        let message = "the list kept changing while it was read: rows were gone, or came twice";
        Err(Error::new(ErrorKind::Unavailable, message).hint("try again later"))
    }

    async fn all_once<T: DeserializeOwned + Row>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        query: &[(&str, String)],
    ) -> Result<Option<Vec<T>>> {
        let mut reading = Reading { items: Vec::new(), seen: HashSet::new(), place: 0, most: 0 };
        for _ in 0..MOST_PAGES {
            let page: Result<Paged<T>> = self.page_from(endpoint, parameters, query, reading.place).await;
            let page = page.map_err(|error| if reading.place > 0 { cut_off(error) } else { error })?;
            let (count, total) = (page.values.len(), page.total);
            if count == 0 && reading.place == 0 {
                self.believe_emptiness().await?;
            }
            if !reading.add(page.values, total) {
                return Ok(None);
            }
            let has_all = page.is_last == Some(true) || total.is_some_and(|total| reading.place >= total);
            // Without `isLast` or `total` a short page is no end: only an empty one is.
            if count == 0 || has_all {
                return Ok(Some(reading.items));
            }
        }
        Err(Error::new(ErrorKind::InvalidResponse, "the server's list never ends"))
    }

    /// One page of a list by offset.
    pub(crate) async fn page_from<T: DeserializeOwned>(
        &self,
        endpoint: &Endpoint,
        parameters: &[&str],
        query: &[(&str, String)],
        start: u64,
    ) -> Result<Paged<T>> {
        let request = self.request(endpoint, parameters).await?;
        let request = query.iter().fold(request, |request, (name, value)| request.query(name, value));
        let request = request.query("startAt", start).query("maxResults", self.config.page_size.min(MOST_ROWS));
        self.send(request).await?.json()
    }
}

/// What most lists give at most.
const MOST_ROWS: u32 = 100;

/// A refusal in the middle of a list: what it would say of the whole list, that nothing is there, is not so.
fn cut_off(error: Error) -> Error {
    if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) {
        return error;
    }
    let message = format!("the list broke off while it was read: {}", error.message());
    let broken = Error::new(ErrorKind::Unavailable, message).hint("try again later");
    match error.http_status() {
        Some(status) => broken.with_http_status(status),
        None => broken,
    }
}

/// Says whether each word of a text is somewhere in others, without regard to case.
pub(crate) fn has_words<'a>(texts: impl IntoIterator<Item = Option<&'a str>>, words: &str) -> bool {
    let texts: Vec<_> = texts.into_iter().flatten().map(str::to_lowercase).collect();
    words.to_lowercase().split_whitespace().all(|word| texts.iter().any(|own| own.contains(word)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn boards(ids: &[u64]) -> Vec<Board> {
        ids.iter().map(|id| serde_json::from_str(&format!(r#"{{ "id": {id} }}"#)).unwrap()).collect()
    }

    #[test]
    fn trap_rows_move_while_a_list_is_read() {
        let reading = || Reading { items: Vec::new(), seen: HashSet::new(), place: 0, most: 0 };
        let mut calm = reading();
        assert!(calm.add(boards(&[1, 2, 2]), Some(4)) && calm.add(boards(&[3]), Some(4)));
        assert_eq!((calm.items.len(), calm.place), (3, 4), "one page may name somebody twice");
        let mut moved = reading();
        assert!(moved.add(boards(&[1, 2]), None) && !moved.add(boards(&[2, 3]), None));
        let mut shorter = reading();
        assert!(shorter.add(boards(&[1, 2]), Some(4)) && !shorter.add(boards(&[4]), Some(3)));
    }

    #[test]
    fn words_are_found_in_any_order() {
        let texts = [Some("Web site"), None];
        assert!(has_words(texts, "site WEB") && has_words(texts, "eb") && !has_words(texts, "site shop"));
    }
}
