//! Sprints: Lists in Folders of sprints.

use chrono::NaiveDate;
use chrono_tz::Tz;
use pm_http::Raw;
use pm_provider::{PMSprint, ProjectId, SprintStatus, SprintStatusCategory};

use crate::{dates, dto, places};

/// What a sprint's status can be: ClickUp keeps none, days and the archive tell.
pub(crate) fn sprint_choices() -> Vec<SprintStatus> {
    [SprintStatusCategory::Planned, SprintStatusCategory::Active, SprintStatusCategory::Completed]
        .into_iter()
        .map(SprintStatus::from)
        .collect()
}

/// Makes a sprint of a List.
pub(crate) fn sprint(team: &str, project: ProjectId, row: Raw<dto::List>, zone: Tz, today: NaiveDate) -> PMSprint {
    let Raw { item, raw } = row;
    let day = |time: Option<i64>| time.and_then(|time| dates::day(zone, time));
    let (start, end) = (day(item.start_date), day(item.due_date));
    let status = status(item.archived, start, end, today);
    let url = places::list(team, &item.id);
    let mut sprint = PMSprint::new(item.id, project, item.name, status).raw_data(raw).url(url);
    (sprint.start_date, sprint.end_date) = (start, end);
    sprint.goal = super::text(item.content.as_deref());
    sprint
}

/// Put away or over is completed, not begun is planned; what has no days is on until it is put away.
fn status(archived: bool, start: Option<NaiveDate>, end: Option<NaiveDate>, today: NaiveDate) -> SprintStatusCategory {
    let is_over = archived || end.is_some_and(|end| end < today);
    match start {
        _ if is_over => SprintStatusCategory::Completed,
        Some(start) if start > today => SprintStatusCategory::Planned,
        _ => SprintStatusCategory::Active,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_and_the_archive_tell_the_status() {
        use SprintStatusCategory::{Active, Completed, Planned};
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 5, day);
        let today = day(10).unwrap();
        let cases = [
            (false, day(1), day(14), Active),
            (false, day(10), day(10), Active),
            (false, day(1), day(9), Completed),
            (false, day(11), day(20), Planned),
            (true, day(11), day(20), Completed),
            (false, None, None, Active),
            (false, None, day(9), Completed),
        ];
        for (archived, start, end, expected) in cases {
            assert_eq!(status(archived, start, end, today), expected, "{archived} {start:?} {end:?}");
        }
    }
}
