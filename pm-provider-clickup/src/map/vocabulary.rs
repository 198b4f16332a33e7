//! Statuses and priorities: native names, and what code branches on.

use pm_provider::{Overrides, Priority, PriorityLevel, Status, StatusCategory};

use crate::dto;

/// A status of a List: its type says whether work began and whether it is over, names and the user say the rest.
pub(crate) fn status(status: &dto::Status, overrides: &Overrides<StatusCategory>) -> Status {
    let is_closed = matches!(status.kind.as_str(), "done" | "closed");
    let by_name = StatusCategory::of_native(&status.status, is_closed);
    let by_type = match status.kind.as_str() {
        "open" | "unstarted" if by_name == StatusCategory::Backlog => StatusCategory::Backlog,
        "open" | "unstarted" => StatusCategory::Todo,
        "done" | "closed" if by_name == StatusCategory::Cancelled => StatusCategory::Cancelled,
        "done" | "closed" => StatusCategory::Done,
        "custom" if by_name == StatusCategory::Backlog => StatusCategory::Backlog,
        "custom" => StatusCategory::InProgress,
        _ => by_name,
    };
    let category = overrides.category_of(&status.status).unwrap_or(by_type);
    Status::new(category, status.status.clone())
}

/// The statuses of a List, in its order.
pub(crate) fn statuses(rows: &[dto::Status], overrides: &Overrides<StatusCategory>) -> Vec<Status> {
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|row| row.orderindex.unwrap_or(i64::MAX));
    rows.into_iter().map(|row| status(row, overrides)).collect()
}

/// Names and numbers are the same everywhere; lowest first.
const PRIORITIES: [(PriorityLevel, &str, &str); 4] = [
    (PriorityLevel::Low, "low", "4"),
    (PriorityLevel::Normal, "normal", "3"),
    (PriorityLevel::High, "high", "2"),
    (PriorityLevel::Urgent, "urgent", "1"),
];

/// The priorities of tasks and Lists, lowest first.
pub(crate) fn priorities(overrides: &Overrides<PriorityLevel>) -> Vec<Priority> {
    let row = |(level, name, id): &(PriorityLevel, &str, &str)| {
        Priority::new(overrides.category_of(name).unwrap_or(*level), *name).id(*id)
    };
    PRIORITIES.iter().map(row).collect()
}

/// The priority with a name or an id.
pub(crate) fn priority(name_or_id: &str, overrides: &Overrides<PriorityLevel>) -> Option<Priority> {
    let is = |known: &Priority| known.name.eq_ignore_ascii_case(name_or_id) || known.id.as_deref() == Some(name_or_id);
    priorities(overrides).into_iter().find(is)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(name: &str, kind: &str) -> StatusCategory {
        let row = dto::Status { status: name.to_owned(), kind: kind.to_owned(), ..dto::Status::default() };
        status(&row, &"on hold=backlog".parse().unwrap()).category
    }

    #[test]
    fn types_say_what_names_leave_open() {
        use StatusCategory::{Backlog, Cancelled, Done, InProgress, Todo};
        let cases = [
            ("to do", "open", Todo),
            ("offen", "open", Todo),
            ("in progress", "custom", InProgress),
            ("in review", "custom", InProgress),
            ("Fertig", "done", Done),
            ("complete", "closed", Done),
            ("cancelled", "closed", Cancelled),
            ("backlog", "open", Backlog),
            ("on hold", "custom", Backlog),
        ];
        for (name, kind, category) in cases {
            assert_eq!(of(name, kind), category, "{name} {kind}");
        }
    }

    #[test]
    fn priorities_are_four_and_users_know_better() {
        let overrides = "high=urgent".parse().unwrap();
        let levels: Vec<_> = priorities(&overrides).iter().map(|priority| priority.level).collect();
        use PriorityLevel::{Low, Normal, Urgent};
        assert_eq!(levels, [Low, Normal, Urgent, Urgent]);
        assert_eq!(priority("2", &overrides).unwrap().name, "high");
        assert_eq!(priority("Low", &overrides).unwrap().id.as_deref(), Some("4"));
    }
}
