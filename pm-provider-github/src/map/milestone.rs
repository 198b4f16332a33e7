//! Milestones as sprints.

use chrono::{DateTime, NaiveDate, Utc};
use pm_http::{Marker, Raw};
use pm_provider::{PMSprint, SprintStatus, SprintStatusCategory};

use crate::dto::Milestone;
use crate::ids;

/// The word of milestones that are over.
const CLOSED: &str = "closed";

/// The statuses that a milestone can have.
pub(crate) fn sprint_choices() -> Vec<SprintStatus> {
    vec![
        SprintStatus::new(SprintStatusCategory::Active, "Open").id("open"),
        SprintStatus::new(SprintStatusCategory::Completed, "Closed").id(CLOSED),
    ]
}

/// The word of a status on the wire.
pub(crate) fn sprint_word(status: &SprintStatus) -> &str {
    status.id.as_deref().unwrap_or("open")
}

/// How a day is written.
///
/// Whatever time is written, GitHub keeps the day that it is in California then: what is written as midnight UTC is the day
/// before. Noon is safe in summer and in winter (microsoft/PowerShellForGitHub#133, wordpress-mobile/release-toolkit#419).
pub(crate) fn due_on(day: NaiveDate) -> String {
    format!("{}T12:00:00Z", day.format("%Y-%m-%d"))
}

/// The day of a time at which a milestone is due: 07:00 or 08:00 UTC, which is midnight in California.
pub(crate) fn due_day(due: DateTime<Utc>) -> NaiveDate {
    due.date_naive()
}

/// A milestone as a sprint.
pub(crate) fn sprint(raw: Raw<Milestone>, repository: u64) -> PMSprint {
    let Raw { item, raw } = raw;
    let is_closed = item.state.as_deref() == Some(CLOSED);
    let status = sprint_choices().into_iter().find(|status| (status.id.as_deref() == Some(CLOSED)) == is_closed);
    let status = status.unwrap_or_else(|| SprintStatus::new(SprintStatusCategory::Unknown, "Unknown"));
    let id = ids::of_milestone(repository, item.number);
    let mut sprint = PMSprint::new(id, repository.to_string(), item.title, status).raw_data(raw);
    sprint.end_date = item.due_on.map(due_day);
    let text = item.description.map(|text| Marker::take_out(&text).0.into_owned());
    sprint.goal = text.filter(|text| !text.is_empty());
    sprint.url = item.html_url;
    sprint.created_at = item.created_at;
    sprint.updated_at = item.updated_at;
    sprint
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_stays_that_day() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(due_on(day), "2026-03-01T12:00:00Z");
        for held in ["2026-03-01T12:00:00Z", "2026-03-01T08:00:00Z", "2026-03-01T07:00:00Z", "2026-03-01T00:00:00Z"] {
            assert_eq!(due_day(held.parse().unwrap()), day, "{held}");
        }
    }
}
