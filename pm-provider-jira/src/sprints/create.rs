//! New sprints.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use pm_http::creating::{comparable, identity, is_since};
use pm_http::{Creating, Made, Marker, Raw, marked};
use pm_provider::{Entity, NewSprint, PMSprint, Result};
use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::update::{half_changed, steps, wanted};
use crate::api::Api;
use crate::dto::{self, Moment, Sprint};
use crate::{endpoints, ids, map};

impl Api {
    /// Creates a sprint. It begins as a future one: what it is to be besides that, it is made afterwards.
    pub(crate) async fn create_sprint(&self, new: &NewSprint) -> Result<PMSprint> {
        self.capabilities.check_create(new)?;
        let project = ids::existing("project", &new.project_id)?;
        self.project_row(project).await?;
        let states = match &new.status {
            Some(status) => steps("future", wanted(status)?, new.start_date.is_some(), new.end_date.is_some())?,
            None => Vec::new(),
        };
        let marker = Marker::of_key(Entity::Sprint, new.idempotency_key.as_deref());
        let board = self.board_for(project).await?;
        let body = new_body(new, board, marker.as_ref());
        let before = OnceCell::new();
        let creating = self.creating_sprint(&body, project, marker.as_ref(), &before).await?.new_key(new.new_key);
        let made = self.http.create(&creating).await?;
        let mut row = made.row;
        if creating.is_new() {
            for state in states {
                let changed = self.change_sprint(row.item.id, &json!({"state": state})).await;
                row = changed.map_err(|error| half_changed(error, row.item.id, &["create"], "status"))?;
            }
        }
        Ok(map::sprint(row, project, self.places().await?))
    }

    async fn ids_on(&self, board: u64) -> Result<HashSet<u64>> {
        Ok(self.sprints_on(board).await?.iter().map(|row| row.item.id).collect())
    }

    async fn creating_sprint<'a>(
        &'a self,
        body: &'a Map<String, Value>,
        project: u64,
        marker: Option<&'a Marker>,
        before: &'a OnceCell<HashSet<u64>>,
    ) -> Result<Creating<'a, Sprint>> {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let board = body.get(BOARD).and_then(Value::as_u64).unwrap_or_default();
        let identity = identity(Entity::Sprint, marker, project, &[text("name"), text("goal")]);
        let place = self.places().await?.board(board).unwrap_or_else(|| format!("the board `{board}`"));
        let send = move || async move {
            if marker.is_none() {
                before.get_or_try_init(|| self.ids_on(board)).await?;
            }
            let row = self.write::<Sprint>(&endpoints::CREATE_SPRINT, &[], &Value::Object(body.clone())).await?;
            Ok(Made::new(row.item.id, row))
        };
        let find = move |since| async move {
            let rows = match marker {
                Some(marker) => self.marked_sprints(Some(project), marker).await?,
                None => self.like_sprints(body, board, before.get(), since).await?,
            };
            Ok(rows.into_iter().map(|row| Made::new(row.item.id, row)).collect())
        };
        Ok(Creating::new(identity, marker, place, send, find))
    }

    /// Sprints have no author, and a time of creation on Cloud only: one that was not on the board before, with the same
    /// texts and times, is ours.
    async fn like_sprints(
        &self,
        body: &Map<String, Value>,
        board: u64,
        before: Option<&HashSet<u64>>,
        since: Option<DateTime<Utc>>,
    ) -> Result<Vec<Raw<Sprint>>> {
        let Some(before) = before else { return Ok(Vec::new()) };
        let like = |row: &Raw<Sprint>| {
            !before.contains(&row.item.id)
                && is_as_sent(body, &row.item)
                && is_since(row.item.created_date.map(Moment::utc), since)
        };
        Ok(self.sprints_on(board).await?.into_iter().filter(like).collect())
    }
}

/// Where the board stands in a body.
const BOARD: &str = "originBoardId";

fn is_as_sent(body: &Map<String, Value>, sprint: &Sprint) -> bool {
    let sent = |name: &str| body.get(name).and_then(Value::as_str);
    let text = |name: &str, own: Option<&str>| {
        comparable(sent(name).unwrap_or_default()) == comparable(own.unwrap_or_default())
    };
    let time = |name: &str, own: Option<Moment>| sent(name).and_then(dto::moment) == own.map(Moment::utc);
    text("name", Some(&sprint.name))
        && text("goal", sprint.goal.as_deref())
        && time("startDate", sprint.start_date)
        && time("endDate", sprint.end_date)
}

fn new_body(new: &NewSprint, board: u64, marker: Option<&Marker>) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("name".to_owned(), json!(new.name));
    body.insert(BOARD.to_owned(), json!(board));
    let goal = marked(new.goal.as_deref().unwrap_or_default(), marker);
    if !goal.is_empty() {
        body.insert("goal".to_owned(), json!(goal));
    }
    if let Some(day) = new.start_date {
        body.insert("startDate".to_owned(), json!(begin_of(day)));
    }
    if let Some(day) = new.end_date {
        body.insert("endDate".to_owned(), json!(end_of(day)));
    }
    body
}

/// A day as the time at which a sprint begins: one that is on the same day from Hawaii to New Zealand, as far as a time
/// can be.
pub(super) fn begin_of(day: NaiveDate) -> String {
    format!("{day}T10:00:00.000Z")
}

/// A day as the time at which a sprint ends: later than it can begin on the same day, which Jira insists on.
pub(super) fn end_of(day: NaiveDate) -> String {
    format!("{day}T10:30:00.000Z")
}
