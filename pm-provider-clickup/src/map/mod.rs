//! Pure functions between wire types and models.

pub(crate) mod custom;
mod project;
mod sprint;
mod task;
mod user;
mod vocabulary;

pub(crate) use project::{folder, list, project_choices, space};
pub(crate) use sprint::{sprint, sprint_choices};
pub(crate) use task::{
    LIST, Lens, PLAIN_TYPES, POINTS, Whereabouts, comment, description, millis, stored_text, task, task_marker,
    task_status, type_number,
};
pub(crate) use user::user;
pub(crate) use vocabulary::{priorities, priority, status, statuses};

use pm_http::Marker;

/// The text of a List without the mark of an idempotency key; `None` where nothing is left.
pub(crate) fn text(content: Option<&str>) -> Option<String> {
    let (text, _) = Marker::take_out(content?);
    (!text.trim().is_empty()).then(|| text.into_owned())
}

/// The mark in the text of a List.
pub(crate) fn list_marker(content: Option<&str>) -> Option<Marker> {
    Marker::split(content?).1
}
