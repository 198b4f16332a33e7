//! Sprints.

use pm_http::{Marker, Raw};
use pm_provider::{PMSprint, SprintStatus, SprintStatusCategory};

use crate::dto::{Moment, Sprint};
use crate::places::Places;

/// Jira's words for where a sprint stands, in the only order in which it goes through them.
pub(crate) const SPRINT_STATES: [(&str, SprintStatusCategory, &str); 3] = [
    ("future", SprintStatusCategory::Planned, "Future"),
    ("active", SprintStatusCategory::Active, "Active"),
    ("closed", SprintStatusCategory::Completed, "Closed"),
];

/// The statuses that a sprint can have.
pub(crate) fn sprint_choices() -> Vec<SprintStatus> {
    SPRINT_STATES.iter().map(|(word, category, name)| SprintStatus::new(*category, *name).id(*word)).collect()
}

/// Jira's word for a status.
pub(crate) fn sprint_word(status: &SprintStatus) -> &'static str {
    let of = |(_, category, _): &&(&str, SprintStatusCategory, &str)| *category == status.category;
    SPRINT_STATES.iter().find(of).map_or("future", |(word, ..)| word)
}

/// A sprint of a project.
pub(crate) fn sprint(raw: Raw<Sprint>, project: u64, places: &Places) -> PMSprint {
    let Raw { item, raw } = raw;
    let status = sprint_choices().into_iter().find(|status| status.id.as_deref() == Some(item.state.as_str()));
    let status = status.unwrap_or_else(|| SprintStatus::new(SprintStatusCategory::Unknown, item.state.as_str()));
    let mut sprint = PMSprint::new(item.id.to_string(), project.to_string(), item.name, status).raw_data(raw);
    sprint.start_date = item.start_date.map(Moment::day);
    sprint.end_date = item.end_date.map(Moment::day);
    let goal = item.goal.map(|text| Marker::take_out(&text).0.into_owned());
    sprint.goal = goal.filter(|text| !text.is_empty());
    sprint.url = item.origin_board_id.and_then(|board| places.board(board));
    sprint.created_at = item.created_date.map(Moment::utc);
    sprint
}
