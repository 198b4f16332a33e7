//! Listing items.

use std::cmp::Ordering;

use pm_http::page::Listing;
use pm_provider::{Cursor, Direction, Match, PMTask, Page, Result, TaskQuery};
use serde::{Deserialize, Serialize};

use super::rows::Row;
use super::{existing_project, map};
use crate::api::Api;
use crate::page::holds;
use crate::{NAME, ids};

const LISTING: &str = "tasks v2";

/// What a listing is sorted by: time, number and id.
type Key = (i64, u64, String);

/// Where a listing is: the last item that was told of, in its project.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Place {
    #[serde(rename = "p")]
    project: String,
    /// None where the project is yet to begin.
    #[serde(rename = "k")]
    last: Option<Key>,
}

impl Api {
    /// Lists one page of the items of a project, or of all projects, one after the other.
    pub(crate) async fn v2_tasks_page(&self, query: &TaskQuery, cursor: Option<&Cursor>) -> Result<Page<PMTask>> {
        self.v2_capabilities().check_query(query)?;
        let size = self.page_size(query.page_size) as usize;
        let listing = Listing::new(NAME, LISTING, query, size).direction(query.sort.direction);
        let place: Option<Place> = listing.open(cursor)?;
        let projects = self.projects_to_list(query).await?;
        let start = place.as_ref().and_then(|place| projects.iter().position(|own| *own == place.project));
        // A project that is gone meanwhile is left behind with all that was to come of it.
        let Some(project) = projects.get(start.unwrap_or_default()) else { return Ok(Page::default()) };
        let after = place.filter(|_| start.is_some()).and_then(|place| place.last);
        let (items, last) = self.items_after(project, query, after, size, cursor.is_none()).await?;
        let following = projects.get(start.unwrap_or_default() + 1);
        let next = match (last, following) {
            (Some(last), _) => Some(Place { project: project.clone(), last: Some(last) }),
            (None, Some(following)) => Some(Place { project: following.clone(), last: None }),
            (None, None) => None,
        };
        Ok(Page::new(items).next(next.map(|place| listing.seal(&place)).transpose()?))
    }

    async fn projects_to_list(&self, query: &TaskQuery) -> Result<Vec<String>> {
        if let Some(project) = &query.project {
            return Ok(vec![existing_project(project)?.to_owned()]);
        }
        let projects = self.v2_every_project().await?;
        let nodes = projects.iter().filter_map(|project| ids::v2_project(project.id.as_str()));
        Ok(nodes.map(ToOwned::to_owned).collect())
    }

    /// Up to so many items after a place, and the place of the last one, where more may follow.
    async fn items_after(
        &self,
        project: &str,
        query: &TaskQuery,
        after: Option<Key>,
        size: usize,
        is_first: bool,
    ) -> Result<(Vec<PMTask>, Option<Key>)> {
        let (layout, rows) = (self.v2_layout(project).await?, self.v2_rows(project, is_first).await?);
        let rows = ordered(&rows, query.sort.direction, after.as_ref());
        let rows: Vec<&Row> = rows.into_iter().filter(|row| may_match(row, query)).collect();
        let (last, mut tasks) = (rows.last().map(|row| row.key()), Vec::new());
        for rows in rows.chunks(size) {
            let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
            let mut found = self.v2_items(&ids).await?;
            for row in rows {
                let Some(item) = found.remove(&row.id) else { continue };
                let task = map::task(item, &layout);
                if accepts(query, &task) {
                    tasks.push(task);
                }
                if tasks.len() == size {
                    let has_more = last != Some(row.key());
                    return Ok((tasks, has_more.then(|| (row.created, row.number, row.id.clone()))));
                }
            }
        }
        Ok((tasks, None))
    }
}

/// The rows after a place, in a direction.
fn ordered<'a>(rows: &'a [Row], direction: Direction, after: Option<&Key>) -> Vec<&'a Row> {
    let is = |row: &Row, wanted: Ordering| {
        after.is_none_or(|(created, number, id)| row.key().cmp(&(*created, *number, id.as_str())) == wanted)
    };
    match direction {
        Direction::Descending => rows.iter().rev().filter(|row| is(row, Ordering::Less)).collect(),
        _ => rows.iter().filter(|row| is(row, Ordering::Greater)).collect(),
    }
}

/// What needs no look at the item itself.
fn may_match(row: &Row, query: &TaskQuery) -> bool {
    query.updated_since.is_none_or(|since| row.updated.is_none_or(|updated| updated >= since))
}

fn accepts(query: &TaskQuery, task: &PMTask) -> bool {
    let is_called = |key: &String| task.key.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(key));
    let has_label = |wanted: &String| task.labels.iter().any(|own| own.to_lowercase() == wanted.to_lowercase());
    let is_assigned = match &query.assignee {
        Match::Any => true,
        Match::Is(user) => task.assignees.contains(user),
        _ => task.assignees.is_empty(),
    };
    is_assigned
        && query.sprint.accepts(task.sprint_id.as_ref())
        && query.key.as_ref().is_none_or(is_called)
        && (query.statuses.is_empty() || query.statuses.contains(&task.status.category))
        && query.labels.iter().all(has_label)
        && query.text.as_ref().is_none_or(|text| holds([Some(task.title.as_str()), task.description.as_deref()], text))
        && query.updated_since.is_none_or(|since| task.updated_at.is_some_and(|updated| updated >= since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_goes_on_after_the_last_one_in_either_direction() {
        let row = |created, id: &str| Row { created, number: 0, id: id.to_owned(), updated: None };
        let rows = [row(1, "a"), row(1, "b"), row(2, "a"), row(3, "c")];
        let ids = |direction, after: Option<(i64, &str)>| {
            let after = after.map(|(created, id)| (created, 0, id.to_owned()));
            let found = ordered(&rows, direction, after.as_ref());
            found.into_iter().map(|row| format!("{}{}", row.created, row.id)).collect::<Vec<_>>()
        };
        assert_eq!(ids(Direction::Ascending, None), ["1a", "1b", "2a", "3c"]);
        assert_eq!(ids(Direction::Ascending, Some((1, "a"))), ["1b", "2a", "3c"]);
        assert_eq!(ids(Direction::Ascending, Some((1, "aa"))), ["1b", "2a", "3c"], "it was deleted meanwhile");
        assert_eq!(ids(Direction::Descending, Some((2, "a"))), ["1b", "1a"]);
        assert_eq!(ids(Direction::Descending, None), ["3c", "2a", "1b", "1a"]);
    }
}
