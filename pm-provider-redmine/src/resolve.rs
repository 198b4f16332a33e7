//! From what callers want to what the server calls it.

use pm_provider::{
    Error, ErrorKind, Field, Native, Priority, ProjectStatus, ProjectStatusRef, Result, SprintStatus, SprintStatusRef,
    Status, StatusRef, Wanted,
};

use crate::dto::{Reference, StatusDto};
use crate::id;
use crate::vocabulary::{Vocabulary, project_statuses, version_statuses};

/// Finds the status of an issue: among those that the workflow lets it take, where the server tells them.
pub(crate) fn status(vocabulary: &Vocabulary, allowed: Option<&[StatusDto]>, wanted: &StatusRef) -> Result<u64> {
    let preferred = vocabulary.names().statuses.preferred();
    let everywhere = &vocabulary.statuses;
    let Some(allowed) = allowed else {
        return native_id(wanted.resolve(everywhere, preferred), Field::Status);
    };
    let allowed: Vec<Status> = allowed.iter().map(|status| vocabulary.status(status)).collect();
    match (wanted.resolve(&allowed, preferred), wanted.resolve(everywhere, preferred)) {
        (Ok(found), _) => native_id(Ok(found), Field::Status),
        (Err(_), Ok(there)) => Err(not_permitted(&there, &allowed)),
        (Err(_), Err(error)) => native_id::<Status>(Err(error), Field::Status),
    }
}

fn not_permitted(wanted: &Status, allowed: &[Status]) -> Error {
    let names: Vec<_> = allowed.iter().map(|status| format!("`{}`", status.name)).collect();
    let message = format!("the status cannot become `{}` now; allowed are {}", wanted.name, names.join(", "));
    Error::new(ErrorKind::Conflict, message)
        .on_field(Field::Status, "not permitted by the workflow")
        .hint("the workflow of the user's role decides; open sub-tasks or blocking tasks keep a task from being closed")
}

/// Finds a priority.
pub(crate) fn priority(vocabulary: &Vocabulary, wanted: &Wanted<pm_provider::PriorityLevel>) -> Result<u64> {
    let found: Result<Priority> = wanted.resolve(&vocabulary.priorities, vocabulary.names().priorities.preferred());
    native_id(found, Field::Priority)
}

/// Finds the status of a project.
pub(crate) fn project_status(wanted: &ProjectStatusRef) -> Result<ProjectStatus> {
    wanted.resolve(&project_statuses(), &[]).map_err(|error| on(error, Field::Status))
}

/// Finds the status of a version.
pub(crate) fn version_status(wanted: &SprintStatusRef) -> Result<SprintStatus> {
    wanted.resolve(&version_statuses(), &[]).map_err(|error| on(error, Field::Status))
}

/// Finds a tracker by its name: exact first, then without regard to case.
pub(crate) fn tracker(trackers: &[Reference], name: &str) -> Result<u64> {
    let names = || trackers.iter().filter_map(|tracker| Some((tracker.id, tracker.name.as_deref()?)));
    let exact = names().find(|(_, known)| *known == name);
    let lower = name.to_lowercase();
    let found = exact.or_else(|| names().find(|(_, known)| known.to_lowercase() == lower));
    found.map(|(id, _)| id).ok_or_else(|| {
        let choices: Vec<_> = names().map(|(_, known)| format!("`{known}`")).collect();
        let message = format!("`{name}` is no type of task here; allowed are {}", choices.join(", "));
        Error::invalid_input(message.clone()).on_field(Field::TaskType, message)
    })
}

/// Reads the id of another item that a field refers to.
pub(crate) fn reference(field: Field, what: &str, text: &str) -> Result<u64> {
    id::number(text).ok_or_else(|| {
        let message = format!("there is no {what} `{text}`");
        Error::invalid_input(message.clone()).on_field(field, message)
    })
}

fn native_id<N: Native>(found: Result<N>, field: Field) -> Result<u64> {
    let found = found.map_err(|error| on(error, field))?;
    found.id().and_then(id::number).ok_or_else(|| Error::new(ErrorKind::Internal, "a value without an id"))
}

fn on(error: Error, field: Field) -> Error {
    let message = error.message().to_owned();
    error.on_field(field, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::vocabulary::Names;
    use pm_provider::StatusCategory;

    fn statuses() -> Vec<StatusDto> {
        let status = |id, name: &str, is_closed| StatusDto { id, name: name.to_owned(), is_closed: Some(is_closed) };
        vec![
            status(1, "New", false),
            status(2, "In Progress", false),
            status(4, "Feedback", false),
            status(5, "Closed", true),
        ]
    }

    fn vocabulary() -> Vocabulary {
        Vocabulary::new(&Names::default(), &statuses(), &[], &[], Vec::new())
    }

    #[test]
    fn the_workflow_narrows_a_category_down() {
        let vocabulary = vocabulary();
        let all = statuses();
        assert_eq!(status(&vocabulary, Some(&all), &StatusCategory::InProgress.into()).unwrap(), 2);
        assert_eq!(status(&vocabulary, Some(&all[2..3]), &StatusCategory::InProgress.into()).unwrap(), 4);
        assert_eq!(status(&vocabulary, None, &StatusCategory::Done.into()).unwrap(), 5);
    }

    #[test]
    fn what_the_workflow_forbids_is_a_conflict_that_lists_the_choices() {
        let error = status(&vocabulary(), Some(&statuses()[..2]), &"Closed".into()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(error.to_string().contains("allowed are `New`, `In Progress`"), "{error}");
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        let error = status(&vocabulary(), Some(&statuses()), &"Nirvana".into()).unwrap_err();
        assert_eq!((error.kind(), error.field_errors()[0].field), (ErrorKind::InvalidInput, Field::Status));
    }

    #[test]
    fn trackers_are_found_in_any_case() {
        let trackers = [Reference { id: 1, name: Some("Bug".to_owned()) }];
        assert_eq!(tracker(&trackers, "bug").unwrap(), 1);
        assert!(tracker(&trackers, "Story").unwrap_err().to_string().contains("allowed are `Bug`"));
    }
}
