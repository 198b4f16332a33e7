//! Dates stay dates, times are UTC to the microsecond, durations are whole seconds.

use chrono::{DateTime, NaiveDate, Utc};
use pm_provider::{Entity, ErrorKind, Field, Hours, NewTask, TaskPatch};
use serde_json::json;

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, refused, same};
use super::verdict::Outcome;

/// Dates at the edges of zones, years and the calendar come back as the same day.
pub(super) async fn dates_stay_dates(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::DueDate, json!("2026-01-01")).await?;
    let project = subject.own_project().await?;
    let days =
        [(1970, 1, 1), (2000, 2, 29), (2024, 3, 31), (2024, 10, 27), (2025, 12, 31), (2026, 1, 1), (9999, 12, 31)];
    for (year, month, day) in days {
        let date = must("a day", NaiveDate::from_ymd_opt(year, month, day))?;
        let created = subject.create_task(NewTask::new(&project, "due").due_date(date)).await?;
        let read = subject.provider.get_task(&created.id).await?;
        same("the day", &Some(date), &read.due_date)?;
    }
    Ok(())
}

/// A year beyond 9999 is refused.
pub(super) async fn years_beyond_9999_are_refused(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::DueDate, json!("2026-01-01")).await?;
    let project = subject.own_project().await?;
    let date = must("a day", NaiveDate::from_ymd_opt(10_000, 1, 1))?;
    let answer = subject.create_task(NewTask::new(&project, "due").due_date(date)).await;
    refused("a day in the year 10000", ErrorKind::InvalidInput, answer)?;
    let task = subject.task(&project, "due").await?;
    let answer = subject.provider.update_task(&task.id, TaskPatch::new().due_date(date)).await;
    refused("a change to a day in the year 10000", ErrorKind::InvalidInput, answer).map(drop)
}

/// A time given with nanoseconds is shown truncated, not rounded, to the microsecond, before 1970 too.
pub(super) async fn times_are_truncated(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::CreatedAt, json!("2020-01-01T00:00:00Z")).await?;
    if subject.can(Entity::Task).field(Field::CreatedAt).lossy.is_some() {
        return unsupported("`created_at` of a task as it is written");
    }
    let project = subject.own_project().await?;
    let times = [
        ("2025-12-31T23:59:59.999999999Z", "2025-12-31T23:59:59.999999Z"),
        ("2024-03-31T01:30:00.000001499Z", "2024-03-31T01:30:00.000001Z"),
        ("1969-12-31T23:59:59.000001Z", "1969-12-31T23:59:59.000001Z"),
    ];
    for (given, expected) in times {
        let mut new = NewTask::new(&project, "old");
        // Set past the setter, which would truncate it.
        new.created_at = Some(time(given)?);
        let created = done(&format!("a task created at {given}"), subject.create_task(new).await)?;
        let read = subject.provider.get_task(&created.id).await?;
        same(&format!("the time for {given} in the answer"), &Some(time(expected)?), &created.created_at)?;
        same(&format!("the time for {given}"), &Some(time(expected)?), &read.created_at)?;
    }
    Ok(())
}

fn time(text: &str) -> Outcome<DateTime<Utc>> {
    must("a time", text.parse().ok())
}

/// Durations are exact to the second, a third of an hour too.
pub(super) async fn hours_are_exact(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::EstimatedHours, json!(1.0)).await?;
    if subject.can(Entity::Task).field(Field::EstimatedHours).lossy.is_some() {
        return unsupported("`estimated_hours` to the second");
    }
    let project = subject.own_project().await?;
    for seconds in [0, 1, 59, 1_200, 3_599, 9_001, 360_000_007] {
        let hours = Hours::from_seconds(seconds);
        let created = subject.create_task(NewTask::new(&project, "long").estimated_hours(hours)).await?;
        let read = subject.provider.get_task(&created.id).await?;
        same("the duration", &Some(hours), &read.estimated_hours)?;
    }
    Ok(())
}
