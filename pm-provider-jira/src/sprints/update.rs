//! Changed sprints: future, then active, then closed, and never back.

use pm_http::{Marker, Raw, marked, named};
use pm_provider::{
    Effect, Error, ErrorKind, Field, FieldPatch, PMSprint, Result, SprintId, SprintPatch, SprintStatusRef,
};
use serde_json::{Map, Value, json};

use super::create::{begin_of, end_of};
use crate::api::Api;
use crate::dto::{Moment, Sprint};
use crate::map::{self, SPRINT_STATES};
use crate::{endpoints, ids};

impl Api {
    /// Changes a sprint. It has no lock: the last write wins.
    pub(crate) async fn update_sprint(&self, id: &SprintId, patch: &SprintPatch) -> Result<PMSprint> {
        self.capabilities.check_update(patch)?;
        let number = ids::existing("sprint", id)?;
        let (mut row, project) = self.sprint_row(number).await?;
        let body = patch_body(patch, &row.item)?;
        let states = match patch.status.value() {
            Some(status) => {
                let has = |day: &FieldPatch<_>, own: Option<Moment>| match day {
                    FieldPatch::Keep => own.is_some(),
                    day => day.value().is_some(),
                };
                let dates = (has(&patch.start_date, row.item.start_date), has(&patch.end_date, row.item.end_date));
                steps(&row.item.state, wanted(status)?, dates.0, dates.1)?
            }
            None => Vec::new(),
        };
        // Behind the gateway that is a request, which must not fail behind a write.
        let places = self.places().await?;
        let mut applied = Vec::new();
        if !body.is_empty() {
            row = self.write_sprint(&row.item, body).await?;
            applied.push("fields");
        }
        for state in states {
            let changed = self.change_sprint(number, &json!({"state": state})).await;
            row = changed.map_err(|error| half_changed(error, number, &applied, "status"))?;
            applied.push("status");
        }
        Ok(map::sprint(row, project, places))
    }

    /// Sends what changed. Only a full update empties a date: what a partial one leaves out stays, and what it says is
    /// null does as well (unverified).
    async fn write_sprint(&self, current: &Sprint, body: Map<String, Value>) -> Result<Raw<Sprint>> {
        if !body.iter().any(|(name, value)| name != "goal" && value.is_null()) {
            return self.change_sprint(current.id, &Value::Object(body)).await;
        }
        let mut whole = Map::new();
        whole.insert("id".to_owned(), json!(current.id));
        whole.insert("name".to_owned(), json!(current.name));
        whole.insert("state".to_owned(), json!(current.state));
        whole.insert("goal".to_owned(), json!(current.goal.as_deref().unwrap_or_default()));
        let time =
            |moment: Option<Moment>| moment.map(|moment| moment.utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
        whole.insert("startDate".to_owned(), json!(time(current.start_date)));
        whole.insert("endDate".to_owned(), json!(time(current.end_date)));
        if let Some(board) = current.origin_board_id {
            whole.insert("originBoardId".to_owned(), json!(board));
        }
        whole.extend(body);
        whole.retain(|_, value| !value.is_null());
        let path = current.id.to_string();
        self.write(&endpoints::REPLACE_SPRINT, &[&path], &Value::Object(whole)).await
    }

    /// Sends a partial update.
    pub(super) async fn change_sprint(&self, id: u64, body: &Value) -> Result<Raw<Sprint>> {
        let answer = self.write(&endpoints::UPDATE_SPRINT, &[&id.to_string()], body).await;
        answer.map_err(|error| named(error, "sprint", id))
    }
}

/// Only what is not so already; what is to be emptied is null.
fn patch_body(patch: &SprintPatch, current: &Sprint) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    if let Some(name) = patch.name.value().filter(|name| **name != current.name) {
        body.insert("name".to_owned(), json!(name));
    }
    if !patch.goal.is_keep() {
        let stored = current.goal.as_deref().unwrap_or_default();
        let marker = Marker::take_out(stored).1;
        let goal = marked(patch.goal.value().map_or("", String::as_str), marker.as_ref());
        if goal != stored {
            body.insert("goal".to_owned(), json!(goal));
        }
    }
    let days = [
        ("startDate", Field::StartDate, &patch.start_date, current.start_date, begin_of as fn(_) -> String),
        ("endDate", Field::EndDate, &patch.end_date, current.end_date, end_of),
    ];
    for (name, field, patch, own, time) in days {
        let wanted = match patch {
            FieldPatch::Set(day) if own.map(Moment::day) != Some(*day) => json!(time(*day)),
            FieldPatch::Clear if own.is_some() => Value::Null,
            _ => continue,
        };
        if current.state == "closed" {
            let error = Error::invalid_input("of a closed sprint only name and goal can be changed");
            return Err(error.on_field(field, "the sprint is closed"));
        }
        body.insert(name.to_owned(), wanted);
    }
    let is_emptied = |name: &str| body.get(name).is_some_and(Value::is_null);
    let emptied = days.iter().find(|(name, ..)| is_emptied(name)).map(|(_, field, ..)| *field);
    if let Some(field) = emptied.filter(|_| current.state == "active") {
        let error = Error::invalid_input("an active sprint has both of its dates");
        return Err(error.on_field(field, "it can be changed, not emptied"));
    }
    Ok(body)
}

/// The state that is wanted, as Jira's word.
pub(super) fn wanted(status: &SprintStatusRef) -> Result<&'static str> {
    let status = status
        .resolve(&map::sprint_choices(), &[])
        .map_err(|error| Error::invalid_input("a sprint does not fit").on_field(Field::Status, error.message()))?;
    Ok(map::sprint_word(&status))
}

/// The states to go through from one to another. They are checked before anything is sent: a sprint is started with both
/// dates, and never goes back.
pub(super) fn steps(from: &str, to: &str, has_start: bool, has_end: bool) -> Result<Vec<&'static str>> {
    let place = |state: &str| SPRINT_STATES.iter().position(|(word, ..)| *word == state);
    let (Some(start), Some(end)) = (place(from), place(to)) else {
        return Err(Error::new(ErrorKind::InvalidResponse, format!("`{from}` is no state of sprints that we know")));
    };
    if end < start {
        let later: Vec<_> = SPRINT_STATES[start..].iter().map(|(word, ..)| format!("`{word}`")).collect();
        let message = format!("a sprint that is `{from}` cannot become `{to}`; it can be {}", later.join(", "));
        let error = Error::new(ErrorKind::Conflict, message);
        return Err(error.on_field(Field::Status, "sprints go from future to active to closed, and never back"));
    }
    if start == 0 && end > 0 {
        for (has, field) in [(has_start, Field::StartDate), (has_end, Field::EndDate)] {
            if !has {
                let error = Error::invalid_input("a sprint is started with both of its dates");
                return Err(error.on_field(field, "it has none"));
            }
        }
    }
    Ok(SPRINT_STATES[start + 1..=end.max(start)].iter().map(|(word, ..)| *word).collect())
}

/// The error of a later request, when earlier ones were executed.
pub(super) fn half_changed(error: Error, id: u64, applied: &[&str], failed: &str) -> Error {
    if applied.is_empty() {
        return error;
    }
    let applied = applied.iter().map(ToString::to_string).collect();
    error.with_effect(Effect::Partial { id: id.to_string(), applied, failed: vec![failed.to_owned()] })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn trap_sprints_go_one_way() {
        assert_eq!(steps("future", "closed", true, true).unwrap(), ["active", "closed"]);
        assert_eq!(steps("active", "closed", false, false).unwrap(), ["closed"]);
        assert!(steps("closed", "closed", false, false).unwrap().is_empty());
        for (from, to) in [("closed", "active"), ("active", "future"), ("closed", "future")] {
            let error = steps(from, to, true, true).unwrap_err();
            assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::Conflict, Field::Status));
        }
    }

    #[test]
    fn trap_a_sprint_is_started_with_both_dates() {
        let error = steps("future", "active", true, false).unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::EndDate));
        assert!(steps("future", "future", false, false).unwrap().is_empty());
    }
}
