//! Searches that are read to their end, a page at a time.

use chrono::{DateTime, TimeDelta, Utc};
use pm_http::Raw;
use pm_provider::{Direction, Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::search::{Ask, OffsetPage};
use crate::api::Api;
use crate::dto::Issue;
use crate::jql::Jql;

/// How many pages a search has at most, before the server is believed to answer for ever.
const MOST_PAGES: usize = 100_000;

/// A search in the order of creation, and how far it was read.
pub(crate) struct Pages<'a> {
    api: &'a Api,
    jql: Jql,
    fields: Vec<&'a str>,
    marks: bool,
    size: u32,
    is_cloud: bool,
    /// What the index may not have yet: the same for every page.
    fresh: Vec<u64>,
    tokens: Vec<String>,
    place: Second,
    read: usize,
    is_over: bool,
}

impl Api {
    /// Begins a search that is read to its end.
    pub(crate) async fn pages<'a>(&'a self, jql: Jql, fields: &[&'a str], size: u32) -> Result<Pages<'a>> {
        let is_cloud = self.flavor().await?.is_cloud();
        let mut fields = fields.to_vec();
        if !is_cloud && !fields.iter().any(|field| ["*all", "created"].contains(field)) {
            fields.push("created");
        }
        let is_over = jql.finds_nothing();
        let fresh = self.issues.fresh();
        let (tokens, place) = (Vec::new(), Second::default());
        Ok(Pages { api: self, jql, fields, marks: false, size, is_cloud, fresh, tokens, place, read: 0, is_over })
    }
}

impl Pages<'_> {
    /// Has our property come along, where the search shows any: on Cloud.
    pub(crate) fn with_marks(mut self) -> Self {
        self.marks = self.is_cloud;
        self
    }

    /// The next page, without what we deleted and an index still has; `None` after the last one.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Raw<Issue>>>> {
        if self.is_over {
            return Ok(None);
        }
        self.read += 1;
        if self.read > MOST_PAGES {
            return Err(endless("it has too many pages"));
        }
        let rows = if self.is_cloud { self.by_token().await? } else { self.by_offset().await? };
        Ok(Some(self.api.unburied(rows)))
    }

    async fn by_token(&mut self) -> Result<Vec<Raw<Issue>>> {
        let jql = ordered(self.jql.clone());
        let ask = Ask { jql: &jql, fields: &self.fields, marks: self.marks, size: self.size };
        let page = self.api.search_by_token(ask, self.tokens.last().map(String::as_str), &self.fresh).await?;
        match page.next_page_token {
            None => self.is_over = true,
            Some(token) if self.tokens.contains(&token) => return Err(endless("the token of a page came before")),
            Some(token) => self.tokens.push(token),
        }
        Ok(page.issues)
    }

    /// Offsets move when issues go: each page asks for what was created in the second of the last issue seen or later, and
    /// leaves out what was told of that second.
    async fn by_offset(&mut self) -> Result<Vec<Raw<Issue>>> {
        let jql = ordered(self.place.bound(self.jql.clone(), Direction::Ascending));
        let ask = Ask { jql: &jql, fields: &self.fields, marks: false, size: self.size };
        let (mut start, mut page) = self.api.search_behind(ask, &self.place).await?;
        loop {
            let end = start + page.issues.len() as u64;
            self.is_over = page.issues.is_empty() || end >= page.total;
            let rows = self.place.untold(page.issues);
            if self.is_over || !rows.is_empty() {
                self.place.tell(&rows);
                return Ok(rows);
            }
            start = end;
            page = self.api.search_by_offset(ask, start).await?;
        }
    }
}

impl Api {
    /// The page by offset that goes on behind a place, and where it begins: what was told of the second stands in front, unless
    /// some of it is gone.
    pub(crate) async fn search_behind(&self, ask: Ask<'_>, place: &Second) -> Result<(u64, OffsetPage)> {
        let start = (place.told.len() as u64).saturating_sub(1);
        let page = self.search_by_offset(ask, start).await?;
        if start > 0 && page.issues.first().is_none_or(|row| !place.told.contains(&row.item.id.0)) {
            return Ok((0, self.search_by_offset(ask, 0).await?));
        }
        Ok((start, page))
    }
}

/// Where a listing by offset stands: what was told of the second in which the last issue was created.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Second {
    #[serde(rename = "s")]
    second: Option<i64>,
    #[serde(rename = "t")]
    told: Vec<u64>,
    /// How many issues the first page said there are.
    #[serde(rename = "n")]
    pub(crate) total: Option<u64>,
}

impl Second {
    /// What was created in the second or behind it. Indexes hold whole seconds; one that is finer is asked for all of it.
    pub(crate) fn bound(&self, jql: Jql, direction: Direction) -> Jql {
        let Some(start) = self.second.and_then(|second| DateTime::<Utc>::from_timestamp(second, 0)) else { return jql };
        match direction {
            Direction::Descending => {
                let end = start + TimeDelta::milliseconds(999);
                jql.clause(format!("created <= {}", end.timestamp_millis()))
            }
            _ => jql.since("created", start),
        }
    }

    /// Takes note of what was told.
    pub(crate) fn tell(&mut self, rows: &[Raw<Issue>]) {
        for row in rows {
            let second = row.item.fields.created.map(|time| time.utc().timestamp());
            if second != self.second {
                (self.second, self.told) = (second, Vec::new());
            }
            self.told.push(row.item.id.0);
        }
    }

    /// Leaves out what was told.
    pub(crate) fn untold(&self, mut rows: Vec<Raw<Issue>>) -> Vec<Raw<Issue>> {
        rows.retain(|row| !self.told.contains(&row.item.id.0));
        rows
    }
}

fn ordered(jql: Jql) -> String {
    jql.order("created", Direction::Ascending).order("key", Direction::Ascending).to_string()
}

/// The error for a search that would be read for ever.
fn endless(what: &str) -> Error {
    Error::new(ErrorKind::InvalidResponse, format!("the search never ends: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_by_offset_begins_in_the_second_of_the_last_issue() {
        let row = |id: u64, created: &str| {
            let json = format!(r#"{{"id": "{id}", "fields": {{"created": "{created}"}}}}"#);
            serde_json::from_str::<Raw<Issue>>(&json).ok()
        };
        let rows = [
            row(1, "2026-01-01T00:00:00.900+0000"),
            row(2, "2026-01-01T00:00:01.000+0000"),
            row(3, "2026-01-01T00:00:01.100+0000"),
        ];
        let rows: Vec<_> = rows.into_iter().flatten().collect();
        let mut place = Second::default();
        place.tell(&rows);
        assert_eq!(place.told, [2, 3]);
        let (up, down) =
            (place.bound(Jql::new(), Direction::Ascending), place.bound(Jql::new(), Direction::Descending));
        assert_eq!(up.to_string(), "created >= 1767225601000");
        assert_eq!(down.to_string(), "created <= 1767225601999");
    }
}
